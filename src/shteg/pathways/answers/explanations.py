"""What the answers come to, in sentences: message keys and what fills them, for either language."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import polars as pl

from shteg.estimates import Column, Table, Value
from shteg.pathways.answers.frames import make_table

Fills = dict[str, list[str]]
"""What fills a placeholder, to be joined by commas: lexicon ids, `value:<id>`, `share:<number>`, `points:<number>`."""

MOST_NAMED = 3
SMALLEST_TOLD = 0.0005
"""Differences of probability below a twentieth of a percentage point are not told."""


def explain(tables: Mapping[str, Table], values: Sequence[Value], step: str, year: int) -> list[tuple[str, Fills]]:
    """List the sentences on a step by a year; the keys are `sentence.pathways.<key>`."""
    known = {value.id: value for value in values}
    base: Fills = {"step": [f"step:{step}"], "year": [str(year)]}
    found = [
        *_why_not(known, step, base),
        *_who(known, step, base),
        *_sets(tables["blocking_sets"].frame, step, year, base),
        *_rests_on(tables["value_of_information"].frame, step, year, base),
        *_range(tables["tornado"].frame, step, year, base),
        *_measures(tables["shapley"].frame, step, year, base),
        *_routes(known, tables["routes"].frame, year),
    ]
    return [(f"sentence.pathways.{key}", fills) for key, fills in found]


def explanations_table(sentences: Sequence[tuple[str, Fills]]) -> Table:
    """Keep the sentences for whoever prints them."""
    columns = (
        Column(name="place", description="Order.", unit="count"),
        Column(name="key", description="Message of report/messages."),
        Column(name="fills", description="What fills it, as JSON: lexicon ids, values, shares, points."),
    )
    rows = [
        [place, key, json.dumps(fills, ensure_ascii=False, sort_keys=True)]
        for place, (key, fills) in enumerate(sentences, start=1)
    ]
    return make_table("explanations", "What the forecast comes to", columns, ("place",), rows)


def _cell(frame: pl.DataFrame, step: str, year: int) -> list[dict[str, object]]:
    return frame.filter((pl.col("step") == step) & (pl.col("year") == year)).to_dicts()


def _why_not(known: Mapping[str, Value], step: str, base: Fills) -> list[tuple[str, Fills]]:
    stops = [(v.number, name) for name, v in known.items() if name.startswith(f"stop.{step}.")]
    shares = [(float(number), name) for number, name in stops if not isinstance(number, str)]
    if not shares:
        return []
    _, name = max((_tied(number), name) for number, name in shares)
    at, condition = name.split(".")[2:4]
    return [(f"stops_{condition}", {"step": base["step"], "at_step": [f"step:{at}"], "share": [f"value:{name}"]})]


def _who(known: Mapping[str, Value], step: str, base: Fills) -> list[tuple[str, Fills]]:
    start = f"blocker.last.{step}."
    found = [(float(v.number), name) for name, v in known.items() if name.startswith(start) and float(v.number) > 0]
    if not found:
        return []
    found.sort(key=lambda pair: (-_tied(pair[0]), pair[1]))
    members = [f"member:{name.removeprefix(start)}" for _, name in found[:MOST_NAMED]]
    return [("last", {"step": base["step"], "members": members, "share": [f"value:{found[0][1]}"]})]


def _sets(frame: pl.DataFrame, step: str, year: int, base: Fills) -> list[tuple[str, Fills]]:
    rows = _cell(frame, step, year)
    nobody = next((row for row in rows if row["size"] == 0), None)
    everyone = next((row for row in rows if row["members"] == "all"), None)
    if nobody is None or everyone is None:
        return []
    ends = {"now": [f"value:forecast.{step}.{year}"], "everyone": [f"value:blocker.everyone.{step}.{year}"], **base}
    smallest = [row for row in rows if row["what"] == "smallest"]
    if not smallest:
        largest = max((row for row in rows if row["members"] != "all"), key=_size_and_probability)
        members = [f"member:{code}" for code in str(largest["members"]).split()]
        then = [f"value:blocker.best.{step}.{year}.{largest['size']}"]
        return [("no_set", {**ends, "members": members, "then": then})] if members else []
    best = max(smallest, key=lambda row: _tied(row["probability"]))
    members = [f"member:{code}" for code in str(best["members"]).split()]
    key = "set_one" if len(members) == 1 else "set_many"
    return [(key, {**ends, "members": members, "then": [f"value:blocker.without.{step}.{year}"]})]


def _size_and_probability(row: Mapping[str, object]) -> tuple[float, float]:
    return float(str(row["size"])), _tied(row["probability"])


def _tied(number: object) -> float:
    """Give a number to twelve decimals, for comparing: what differs less is a tie."""
    return round(float(str(number)), 12)


def _rests_on(frame: pl.DataFrame, step: str, year: int, base: Fills) -> list[tuple[str, Fills]]:
    rows = [row for row in _cell(frame, step, year) if row["clear"] == "yes" and row["kind"] != "effect"]
    rows.sort(key=lambda row: -_tied(row["explained"]))
    found = []
    if rows:
        names = list(dict.fromkeys(_title(row) for row in rows))[:MOST_NAMED]
        found.append(("rests_on", {**base, "names": names, "share": [f"share:{rows[0]['explained']}"]}))
    return found


def _title(row: Mapping[str, object]) -> str:
    """Name a quantity; a stance or a rate says whose it is."""
    prefix = {"stance": "stance+", "rate": "rate+", "ratification": "ratification+"}.get(str(row["kind"]), "")
    return f"{prefix}{row['title_id']}"


def _range(frame: pl.DataFrame, step: str, year: int, base: Fills) -> list[tuple[str, Fills]]:
    rows = _cell(frame, step, year)
    if not rows:
        return []
    widest = max(rows, key=lambda row: abs(_tied(row["swing"])))
    if abs(_tied(widest["swing"])) < SMALLEST_TOLD:
        return []
    ends = sorted([float(str(widest["at_low"])), float(str(widest["at_high"]))])
    fills = {**base, "name": [str(widest["title_id"])], "low": [f"share:{ends[0]}"], "high": [f"share:{ends[1]}"]}
    return [("range", fills)]


def _measures(frame: pl.DataFrame, step: str, year: int, base: Fills) -> list[tuple[str, Fills]]:
    rows = [row for row in _cell(frame, step, year) if row["player"] == "measure"]
    shares = {str(row["measure"]): (_tied(row["share"]), _tied(row["alone"])) for row in rows}
    if not shares:
        return []
    found = []
    ranked = sorted(shares, key=lambda name: -shares[name][0])
    if shares[ranked[0]][0] >= SMALLEST_TOLD:
        best = ranked[0]
        points = [f"points:{number}" for number in shares[best]]
        found.append(("most", {**base, "measure": [f"measure:{best}"], "share": points[:1], "alone": points[1:]}))
    gain = {one: _tied(shares[one][0] - shares[one][1]) for one in ranked}
    more = [one for one in ranked if gain[one] >= max(SMALLEST_TOLD, _tied(0.25 * abs(shares[one][1])))]
    more.sort(key=lambda one: -gain[one])
    if more:
        found.append(("together", {**base, "measures": [f"measure:{one}" for one in more[:MOST_NAMED]]}))
    nothing = [name for name in shares if shares[name] == (0.0, 0.0)]
    if nothing and len(nothing) < len(shares):
        found.append(("beside", {"step": base["step"], "measures": [f"measure:{one}" for one in nothing]}))
    return found


def _routes(known: Mapping[str, Value], frame: pl.DataFrame, year: int) -> list[tuple[str, Fills]]:
    rows = sorted(frame.filter(pl.col("year") == year).to_dicts(), key=lambda row: -_tied(row["probability"]))
    if len(rows) < 2:
        return []
    first, last = rows[0]["route"], rows[-1]["route"]
    if f"route.{first}.{year}" not in known:
        return []
    fills = {
        "year": [str(year)],
        "better": [f"route:{first}"],
        "worse": [f"route:{last}"],
        "high": [f"value:route.{first}.{year}"],
        "low": [f"value:route.{last}.{year}"],
    }
    return [("routes", fills)]
