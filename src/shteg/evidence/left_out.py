"""What an as-of day leaves out of a case: rows of its tables by their dates, and what of its frame was not there yet.

A date may be a month or a year: the row counts from its last day on. Where the day of the case falls inside, the row is
left out although it may have happened before; that must be said, since nothing else shows it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shteg.errors import Problem
from shteg.evidence.case import Case, counted_from
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import FileSpec, Record, TakenBack, marked
from shteg.evidence.records.files import TABLES


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """One row that the day leaves out, or only its date in `column` (`whole` False: the row counts without it).

    `imprecise`: the date begins before the day and ends after it. `line` is the physical line in `file`, 0 where it is
    not known; `key` is what tells the row from the others.
    """

    table: str
    file: str
    line: int
    key: str
    column: str
    when: DateInterval
    imprecise: bool
    whole: bool = True


def list_left_out(case: Case, day: date | None = None) -> tuple[LeftOut, ...]:
    """List what `case.as_of(day)` leaves out by date: rows, and imprecise dates inside rows that count; by file, line.

    `case` is as read from the folder, with all its rows; without a day it is the case's own.
    """
    day = day or case.header.as_of
    found = _of_pathways(case, day)
    for spec in TABLES:
        rows = () if spec.chained else case.rows(spec.record)  # what editions said is no fact that a day leaves out
        lines = case.lines.get(spec.path, ())
        for place, row in enumerate(rows):
            if (since := counted_from(row)) is None:
                continue
            line = lines[place] if len(lines) == len(rows) else 0
            where = spec.table, spec.path, line, _key(spec, row)
            if since[1].last > day:
                found.append(_left_out(*where, *since, day))
                continue
            dates = ((name, getattr(row, name)) for name in marked(spec.record, TakenBack))
            found += [_left_out(*where, *end, day, whole=False) for end in dates if _may_be_past(end[1], day)]
    return tuple(sorted(found, key=lambda one: (one.file, one.line, one.key)))


def _may_be_past(when: DateInterval | None, day: date) -> bool:
    return when is not None and when.first <= day < when.last


def _of_pathways(case: Case, day: date) -> list[LeftOut]:
    dates = [("started_on", area.id, area.started_on) for area in case.pathways.areas]
    dates += [("under_way_since", shock.id, shock.under_way_since) for shock in case.pathways.shocks]
    return [
        _left_out("pathways", "pathways.toml", 0, name, key, when, day, whole=False)
        for key, name, when in dates
        if when is not None and _may_be_past(when, day)
    ]


def _left_out(
    table: str, file: str, line: int, key: str, column: str, when: DateInterval, day: date, *, whole: bool = True
) -> LeftOut:
    imprecise = when.first <= day
    return LeftOut(
        table=table, file=file, line=line, key=key, column=column, when=when, imprecise=imprecise, whole=whole
    )


def count_left_out(rows: Sequence[LeftOut]) -> dict[str, dict[str, int]]:
    """Count rows by table for the manifest: `left_out` all, `left_out_imprecise` those that may lie before the day.

    A key that would hold nothing is not there.
    """
    found: dict[str, dict[str, int]] = {}
    whole = [one for one in rows if one.whole]
    for name, chosen in (("left_out", whole), ("left_out_imprecise", [one for one in whole if one.imprecise])):
        counts: dict[str, int] = {}
        for one in chosen:
            counts[one.table] = counts.get(one.table, 0) + 1
        if counts:
            found[name] = dict(sorted(counts.items()))
    return found


def imprecise_notices(rows: Sequence[LeftOut], day: date) -> tuple[Problem, ...]:
    """Say of each imprecise date where it stands and how to make it count; these are notices, not problems."""
    return tuple(_notice(one, day) for one in rows if one.imprecise)


def _notice(one: LeftOut, day: date) -> Problem:
    what = "the row is left out" if one.whole else f"`{one.column}` is left out"
    hint = f"write `{one.column}` as exactly as the source allows"
    if one.column == "happened_on":
        hint += ", or the day it became public in `known_on`"
    problem = f"{one.key}: {what} as of {day}, since {one.when} may be before or after that day"
    return Problem(one.file, one.line, 0, problem, hint)


def _key(spec: FileSpec, row: Record) -> str:
    return " ".join(str(getattr(row, name)) for name in spec.key if getattr(row, name, None) is not None)


Kind = Literal[
    "aspirant", "measure", "scenario", "step", "route", "settlement", "requirement", "programme", "population", "wave"
]
Manner = Literal["passed_over", "in_part", "not_yet"]
"""Gone; kept without a part; kept although it did not exist on the day (the aspirant, steps of the frame)."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class PassedOver:
    """One thing of the case that was not there on the day, or not all of it; `without` names what was not."""

    kind: Kind
    id: str
    manner: Manner = "passed_over"
    without: tuple[str, ...] = ()


def list_passed_over(whole: Case, day: date) -> tuple[PassedOver, ...]:
    """List what of the frame `whole.as_of(day)` passes over, has in part, or has although it did not exist yet."""
    seen = whole.as_of(day)
    found = [*_gone(whole, seen), *_parts(whole, seen)]
    for country in whole.countries:
        independent = country.independent_on
        if country.country == whole.header.aspirant and independent is not None and independent.first > day:
            found.append(PassedOver(kind="aspirant", id=country.country, manner="not_yet"))
    found += [
        PassedOver(kind="step", id=step.id, manner="not_yet")
        for step in seen.steps
        if step.existed_from is not None and step.existed_from.first > day
    ]
    return tuple(found)


def _gone(whole: Case, seen: Case) -> list[PassedOver]:
    def lost(kind: Kind, before: Iterable[str], after: Iterable[str]) -> list[PassedOver]:
        kept = set(after)
        return [PassedOver(kind=kind, id=name) for name in dict.fromkeys(before) if name not in kept]

    return [
        *lost("step", (s.id for s in whole.steps), (s.id for s in seen.steps)),
        *lost(
            "measure",
            (m.id for m in whole.recommendations.measures),
            (m.id for m in seen.recommendations.measures),
        ),
        *lost("scenario", whole.scenarios, seen.scenarios),
        *lost("route", (r.id for r in whole.pathways.routes), (r.id for r in seen.pathways.routes)),
        *lost("requirement", (r.id for r in whole.requirements), (r.id for r in seen.requirements)),
        *lost("programme", (p.id for p in whole.programmes), (p.id for p in seen.programmes)),
        *lost("population", (p.scheme for p in whole.population), (p.scheme for p in seen.population)),
        *lost("wave", (w.id for w in whole.waves), (w.id for w in seen.waves)),
    ]


def _parts(whole: Case, seen: Case) -> list[PassedOver]:
    found: list[PassedOver] = []

    def less(kind: Kind, name: str, before: Iterable[str], after: Iterable[str]) -> None:
        kept = set(after)
        if without := tuple(one for one in dict.fromkeys(before) if one not in kept):
            found.append(PassedOver(kind=kind, id=name, manner="in_part", without=without))

    steps = {step.id: step for step in seen.steps}
    for step in whole.steps:
        if step.id in steps:
            less("step", step.id, step.sponsors, steps[step.id].sponsors)
    measures = {one.id: one for one in seen.recommendations.measures}
    for measure in whole.recommendations.measures:
        if measure.id in measures:
            kept = [effect.target for effect in measures[measure.id].effects]
            less("measure", measure.id, (effect.target for effect in measure.effects), kept)
    for name, one in whole.scenarios.items():
        if name in seen.scenarios:
            now = seen.scenarios[name]
            kept = [*(measure.id for measure in now.measures), *now.set]
            less("scenario", name, [*(measure.id for measure in one.measures), *one.set], kept)
    if whole.pathways.settlement and seen.pathways.settlement:
        less("settlement", "settlement", whole.pathways.settlement.moves, seen.pathways.settlement.moves)
    return found
