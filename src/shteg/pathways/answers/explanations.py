"""What the answers come to, in sentences: message keys and what fills them, for either language."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shteg.estimates import Table, column, table_row
from shteg.pathways.answers.blocking_sets import EVERYONE, SetOutcome
from shteg.pathways.answers.futures import RouteOutcome
from shteg.pathways.answers.information import Worth
from shteg.pathways.answers.shapley import MeasureShare
from shteg.pathways.answers.tornado import Swing
from shteg.pathways.forecast.tables import Blocker, Stop

Fills = dict[str, list[str]]
"""What fills a placeholder, to be joined by commas: lexicon ids, `value:<id>`, `share:<number>`, `points:<number>`."""

MOST_NAMED = 3
SMALLEST_TOLD = 0.0005
"""Differences of probability below a twentieth of a percentage point are not told."""


@table_row
class Sentence:
    """A message of `report/messages` and what fills it."""

    place: int = column("Order.", "count", key=True)
    key: str = column("Message of report/messages.")
    fills: Fills = column(
        "What fills it, as JSON: lexicon ids, values, shares, points.",
        written=lambda fills: json.dumps(fills, ensure_ascii=False, sort_keys=True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """The rows that the sentences are made of."""

    stops: Sequence[Stop]
    blockers: Sequence[Blocker]
    sets: Sequence[SetOutcome]
    worth: Sequence[Worth]
    swings: Sequence[Swing]
    shares: Sequence[MeasureShare]
    routes: Sequence[RouteOutcome]


def explain(found: Findings, step: str, year: int) -> list[Sentence]:
    """Say what the answers come to for a step by a year.

    Parameters
    ----------
    found : Findings
        Rows of any steps and years.
    step : str
        Id of the step.
    year : int
        A report year.

    Returns
    -------
    list of Sentence
        Their keys are `sentence.pathways.<key>`. Of those named as first, who cannot be told apart by the intervals are
        told as a tie.
    """
    base: Fills = {"step": [f"step:{step}"], "year": [str(year)]}
    at = step, year
    told = [
        *_why_not([row for row in found.stops if row.step == step], base),
        *_who([row for row in found.blockers if row.step == step], base),
        *_sets([row for row in found.sets if (row.step, row.year) == at], base),
        *_rests_on([row for row in found.worth if (row.step, row.year) == at], base),
        *_range([row for row in found.swings if (row.step, row.year) == at], base),
        *_measures([row for row in found.shares if (row.step, row.year) == at], base),
        *_routes([row for row in found.routes if row.year == year]),
    ]
    return [
        Sentence(place=place, key=f"sentence.pathways.{key}", fills=fills)
        for place, (key, fills) in enumerate(told, start=1)
    ]


def explanations_table(sentences: Iterable[Sentence]) -> Table:
    """Keep the sentences for whoever prints them."""
    return Table.of("explanations", "What the forecast comes to", Sentence, sentences)


def tied(number: float) -> float:
    """Give a number to twelve decimals, for comparing: what differs less is a tie."""
    return round(number, 12)


def _why_not(rows: Sequence[Stop], base: Fills) -> list[tuple[str, Fills]]:
    if not rows:
        return []
    one = max(rows, key=lambda row: (tied(row.share_of_misses), row.value_id))
    fills = {"step": base["step"], "at_step": [f"step:{one.at_step}"], "share": [f"value:{one.value_id}"]}
    return [(f"missed_{one.condition}", fills)]


def _who(rows: Sequence[Blocker], base: Fills) -> list[tuple[str, Fills]]:
    found = sorted((row for row in rows if row.last > 0), key=lambda row: (-tied(row.last), row.member))
    if not found:
        return []
    named = found[:MOST_NAMED]
    members = [f"member:{row.member}" for row in named]
    if len(named) > 1 and tied(named[1].last_high) >= tied(found[0].last_low):
        level = [row for row in named if tied(row.last_high) >= tied(found[0].last_low)]
        return [("last_tied", {"step": base["step"], "members": members[: len(level)]})]
    return [("last", {"step": base["step"], "members": members, "share": [f"value:{found[0].last_id}"]})]


def _sets(rows: Sequence[SetOutcome], base: Fills) -> list[tuple[str, Fills]]:
    if not any(row.size == 0 for row in rows) or not any(row.members == EVERYONE for row in rows):
        return []
    end = f"{rows[0].step}.{rows[0].year}"
    ends = {"now": [f"value:forecast.pathways.{end}"], "everyone": [f"value:blocker.everyone.{end}"], **base}
    smallest = [row for row in rows if row.what == "smallest"]
    if not smallest:
        largest = max(
            (row for row in rows if row.members != EVERYONE), key=lambda row: (row.size, tied(row.probability))
        )
        members = [f"member:{code}" for code in largest.members.split()]
        then = [f"value:blocker.best.{end}.{largest.size}"]
        return [("no_set", {**ends, "members": members, "then": then})] if members else []
    members = [f"member:{code}" for code in max(smallest, key=lambda row: tied(row.probability)).members.split()]
    key = "set_one" if len(members) == 1 else "set_many"
    return [(key, {**ends, "members": members, "then": [f"value:blocker.without.{end}"]})]


def _rests_on(rows: Sequence[Worth], base: Fills) -> list[tuple[str, Fills]]:
    clear = [row for row in rows if row.clear == "yes" and row.kind != "effect"]
    clear.sort(key=lambda row: -tied(row.explained))
    if not clear:
        return []
    names = list(dict.fromkeys(_title(row) for row in clear))[:MOST_NAMED]
    return [("rests_on", {**base, "names": names, "share": [f"share:{clear[0].explained}"]})]


def _title(row: Worth) -> str:
    """Name a quantity; a stance or a rate says whose it is."""
    return f"{row.kind}+{row.title_id}" if row.kind in ("stance", "rate", "ratification") else row.title_id


def _range(rows: Sequence[Swing], base: Fills) -> list[tuple[str, Fills]]:
    widest = max(rows, key=lambda row: abs(tied(row.swing)), default=None)
    if widest is None or abs(tied(widest.swing)) < SMALLEST_TOLD:
        return []
    low, high = sorted([widest.at_low, widest.at_high])
    return [("range", {**base, "name": [widest.title_id], "low": [f"share:{low}"], "high": [f"share:{high}"]})]


def _measures(rows: Sequence[MeasureShare], base: Fills) -> list[tuple[str, Fills]]:
    shares = {row.measure: (tied(row.share), tied(row.alone)) for row in rows if row.player == "measure"}
    if not shares:
        return []
    found = []
    ranked = sorted(shares, key=lambda name: -shares[name][0])
    if shares[ranked[0]][0] >= SMALLEST_TOLD:
        best = ranked[0]
        intervals = {
            row.measure: (tied(row.share_low), tied(row.share_high)) for row in rows if row.player == "measure"
        }
        level = [
            one
            for one in ranked[:MOST_NAMED]
            if intervals[one][1] >= intervals[best][0] and shares[one][0] >= SMALLEST_TOLD
        ]
        points = [f"points:{number}" for number in shares[best]]
        if len(level) > 1:
            found.append(("most_tied", {**base, "measures": [f"measure:{one}" for one in level]}))
        else:
            found.append(("most", {**base, "measure": [f"measure:{best}"], "share": points[:1], "alone": points[1:]}))
    gain = {one: tied(shares[one][0] - shares[one][1]) for one in ranked}
    more = [one for one in ranked if gain[one] >= max(SMALLEST_TOLD, tied(0.25 * abs(shares[one][1])))]
    more.sort(key=lambda one: -gain[one])
    if more:
        found.append(("together", {**base, "measures": [f"measure:{one}" for one in more[:MOST_NAMED]]}))
    nothing = [name for name in shares if shares[name] == (0.0, 0.0)]
    if nothing and len(nothing) < len(shares):
        found.append(("beside", {"step": base["step"], "measures": [f"measure:{one}" for one in nothing]}))
    return found


def _routes(rows: Sequence[RouteOutcome]) -> list[tuple[str, Fills]]:
    if len(rows) < 2:
        return []
    ranked = sorted(rows, key=lambda row: -tied(row.probability))
    first, last = ranked[0], ranked[-1]
    fills = {
        "year": [str(first.year)],
        "better": [f"route:{first.route}"],
        "worse": [f"route:{last.route}"],
        "high": [f"value:{first.value_id}"],
        "low": [f"value:{last.value_id}"],
    }
    return [("routes_tied" if tied(last.high) >= tied(first.low) else "routes", fills)]
