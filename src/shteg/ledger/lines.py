"""The lines of an edition: each of its dated probabilities, with the rule by which it will be closed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from shteg.estimates import Value
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step
from shteg.evidence.steps_taken import steps_taken

DECIMALS = 6
"""Decimals of the probabilities that are written down."""
_DATED = re.compile(r"forecast\.(?P<step>.+)\.(?P<year>[0-9]{4})")
Kind = Literal["real", "reconstructed"]
KINDS: tuple[Kind, ...] = ("real", "reconstructed")


def forecast_lines(
    case: Case, values: Iterable[Value], *, edition: str, kind: Kind, written_on: date
) -> list[dict[str, str]]:
    """Write the dated probabilities of an edition as lines of the ledger, without their hashes.

    Parameters
    ----------
    case : Case
        As of the day of the edition.
    values : iterable of Value
        Those of the edition; `forecast.<step>.<year>` are taken, of steps that the aspirant has not yet taken.
    edition : str
        Its name.
    kind : {"real", "reconstructed"}
        Whether it says so today, or is made later as of its day.
    written_on : date
        Today.

    Returns
    -------
    list of dict
        The text of each cell, in the order of the steps of the case, then of years.
    """
    steps = {step.id: step for step in case.steps}
    taken = steps_taken(case)
    found: dict[tuple[int, int], dict[str, str]] = {}
    order = list(steps)
    for value in values:
        form = _DATED.fullmatch(value.id)
        step = steps.get(form["step"]) if form else None
        if form is None or step is None or step.id in taken or isinstance(value.number, str):
            continue
        year = int(form["year"])
        due = date(year, 12, 31)
        found[order.index(step.id), year] = {
            "id": f"{edition}.{step.id}.{year}",
            "kind": kind,
            "edition": edition,
            "made_on": case.header.as_of.isoformat(),
            "written_on": written_on.isoformat(),
            "country": case.header.aspirant,
            "step": step.id,
            "due": due.isoformat(),
            "events": " ".join(step.events),
            "needs": "" if step.events else " ".join(events_before(step, steps)),
            "rule": rule_in_words(step, case.header.aspirant, due, steps),
            **_numbers(value),
        }
    return [found[key] for key in sorted(found)]


def events_before(step: Step, steps: Mapping[str, Step]) -> tuple[str, ...]:
    """Give the events of the nearest steps that come first and have some: without any of them it cannot be taken."""
    found: list[str] = []
    for name in step.prerequisites:
        if (before := steps.get(name)) is not None:
            found += before.events or events_before(before, steps)
    return tuple(dict.fromkeys(found))


def rule_in_words(step: Step, country: str, due: date, steps: Mapping[str, Step]) -> str:
    """Say by which rule a forecast of a step is closed.

    Parameters
    ----------
    step : Step
        Its `events` count as having reached it.
    country : str
        Code of the country that is to reach it.
    due : date
        The last day that counts.
    steps : mapping of id to Step
        All of the case: some come first.

    Returns
    -------
    str
        One English sentence; pages say it in their own language.
    """
    if not step.events:
        needed = events_before(step, steps)
        unless = f"; no if it has no {_either(needed)} of {country} by then" if needed else ""
        return (
            f"Yes if {country} reaches `{step.id}` on or before {due}; no event of ladder.csv counts as that, so that "
            f"it is closed by hand, with reason and source{unless}."
        )
    events = _either(step.events)
    return (
        f"Yes if ladder.csv has {events} of {country}, surely on or before {due}; no if the evidence runs past that "
        "day and has none."
    )


def _either(events: Iterable[str]) -> str:
    return " or ".join(f"`{event}`" for event in events)


def written_share(share: float) -> str:
    """Write a share with as many decimals as the ledger keeps."""
    text = f"{share:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return text or "0"


def _numbers(value: Value) -> Mapping[str, str]:
    number = float(value.number)
    told = {"probability": written_share(number)}
    if value.low is None or value.high is None or value.level is None:
        return told
    ends = {"low": min(value.low, number), "high": max(value.high, number), "level": value.level}
    return told | {name: written_share(end) for name, end in ends.items()}
