"""What an as-of day leaves out of the tables of a case, row by row, and which of these rows might lie before it.

A date may be a month or a year: the row counts from its last day on. Where the day of the case falls inside, the row is
left out although it may have happened before; that must be said, since nothing else shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shteg.errors import Problem
from shteg.evidence.case import Case
from shteg.evidence.past_frame import counted_from
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

    Parameters
    ----------
    case : Case
        As read from the folder, with all its rows.
    day : date, optional
        The case's own day if left out.
    """
    day = day or case.header.as_of
    found = _of_pathways(case, day)
    for spec in TABLES:
        rows = case.rows(spec.record)
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
