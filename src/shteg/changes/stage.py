"""The comparison of two editions as tables that an edition can freeze and a page can print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shteg.changes.attribution import Attribution, Progress, attribute
from shteg.changes.figures import MovedFigure, moved_figures
from shteg.changes.groups import ASSUMPTIONS, CODE, FIELDS, GROUPS, RECORD, TIME, WITHOUT_PATH, differing
from shteg.changes.rows import ChangedRow, changed_rows
from shteg.changes.runs import MODELS
from shteg.changes.shapley import MOST_SETS, rounded_to_sum
from shteg.changes.sides import ASSUMED, LIKE_EVIDENCE, WEIGHTS, Side, require_one_case, same_code
from shteg.errors import ModelError
from shteg.estimates import StageResult, Table, column, table_row

STAGE = "changes"
DECIMALS = 4
"""Digits of a share with which contributions are printed: hundredths of a percentage point."""
MOST = 0.9
"""Of all that moved a figure up and down, the share that is named."""
Cause = Literal["swapped", "same", "no_path", "not_computed"]


@table_row
class ComparedEdition:
    """One of the two editions."""

    side: str = column("`before` or `after`.", key=True)
    edition: str = column("Its name.")
    month: str = column("Month of its day.")
    number: int = column("Which edition of that month it is, from 1.", "count")
    reconstructed: bool = column("Whether it was made later, as of its day.")
    day: str = column("The day as of which it stands.")
    other_code: bool = column("Whether other code made it than the code of today.")


@table_row
class ForecastChange:
    """The forecast of a step in both editions."""

    model: str = column("The published forecast (`pool`) or the simulated path (`pathways`).", key=True)
    step: str = column("Step.", key=True)
    year: int = column("By the end of this year.", "year", key=True)
    before: float = column("Probability in the earlier edition.", "share")
    after: float = column("Probability in the later edition.", "share")
    change: float = column("The difference.", "points")
    shown: float = column("The difference in hundredths of a percentage point.", "points")


@table_row
class Contribution:
    """What a group contributes to the change of a forecast."""

    model: str = column("The published forecast (`pool`) or the simulated path (`pathways`).", key=True)
    step: str = column("Step.", key=True)
    year: int = column("By the end of this year.", "year", key=True)
    group: str = column("What changed.", key=True)
    change: float = column("Contribution; over the groups they sum to the change.", "points")
    shown: float = column(
        "The contribution in hundredths of a percentage point; over the groups they sum to the change shown.", "points"
    )
    std_error: float = column("Standard error where orders were drawn, 0 where all sets were computed.", "points")


@table_row
class GroupChange:
    """A group of evidence: what changed in it, and whether a path leads from it to the forecast."""

    group: str = column("Group.", key=True)
    cause: Cause = column("Whether it was swapped, holds the same on both sides, or leads to no forecast.")
    added: int = column("Rows added.", "count")
    changed: int = column("Rows changed.", "count")
    withdrawn: int = column("Rows withdrawn.", "count")


@table_row
class Attributed:
    """How the contributions were computed."""

    how: str = column("Always `attribution`.", key=True)
    computed: bool = column("Whether they could be computed.")
    reason: str | None = column("Why not, in English.")
    sets: int = column("Sets of groups whose forecast was computed.", "count")
    all_sets: bool = column("Whether these were all sets.")
    groups: int = column("Groups of evidence that differ and lead to the forecast.", "count")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Two editions compared: the tables, and why the forecast is not shared out where it is not."""

    before: Side
    after: Side
    attribution: Attribution | None
    reason: str
    result: StageResult


def compare_sides(
    before: Side, after: Side, *, cache: Path | None = None, threads: int | None = None,
    progress: Progress | None = None, attributed: bool = True, most_sets: int = MOST_SETS,
) -> Comparison:  # fmt: skip
    """Compare two editions of one case.

    Parameters
    ----------
    before, after : Side
    cache : Path, optional
        Folder in which runs are kept.
    threads : int, optional
        Never changes a number.
    progress : callable, optional
        Told `(done, total)` of the attribution.
    attributed : bool
        Share the change of the forecast out.
    most_sets : int
        Of groups, whose forecasts are computed; with more of them, orders are drawn.

    Returns
    -------
    Comparison
        Stage "changes": tables `editions`, `forecast`, `contributions`, `groups`, `attribution`, `figures`, `evidence`.

    Raises
    ------
    EditionError
        The editions are of different cases.
    """
    require_one_case(before, after)
    found, reason = None, "it was not asked for"
    if attributed:
        try:
            found, reason = (
                attribute(before, after, cache=cache, threads=threads, progress=progress, most_sets=most_sets),
                "",
            )
        except ModelError as error:
            reason = error.problem
    rows = tuple(changed_rows(before, after))
    groups = tuple(_groups(before, after, rows, found))
    differs = {one.group: _differs(one) for one in groups}
    contributions = tuple(_contributions(found)) if found else ()
    figures = moved_figures(before, after, differs, _ranked(contributions))
    tables = (
        Table.of("editions", "The editions compared", ComparedEdition, _editions(before, after)),
        Table.of("forecast", "The forecast in both editions", ForecastChange, _forecasts(found) if found else ()),
        Table.of("contributions", "What moved the forecast", Contribution, contributions),
        Table.of("groups", "What changed by group of evidence", GroupChange, groups),
        Table.of("attribution", "How contributions were computed", Attributed, [_attributed(found, reason)]),
        Table.of("figures", "Figures that moved", MovedFigure, figures),
        Table.of("evidence", "Rows added, changed and withdrawn", ChangedRow, rows),
    )
    result = StageResult(stage=STAGE, tables={table.name: table for table in tables})
    return Comparison(before=before, after=after, attribution=found, reason=reason, result=result)


def _differs(one: GroupChange) -> bool:
    """Tell whether a group can be why a figure moved: rows of it differ, or it was found to be another."""
    counts = one.added + one.changed + one.withdrawn
    return one.cause == "swapped" or (one.cause in ("no_path", "not_computed") and (counts > 0 or one.group in _WHOLE))


_WHOLE = (CODE, TIME, RECORD)
"""Groups that have no rows."""


def _editions(before: Side, after: Side) -> Iterator[ComparedEdition]:
    for name, side in (("before", before), ("after", after)):
        yield ComparedEdition(
            side=name,
            edition=side.edition,
            month=str(side.spoken.get("month", f"{side.day:%Y-%m}")),
            number=int(str(side.spoken.get("number", 1))),
            reconstructed=side.reconstructed,
            day=side.day.isoformat(),
            other_code=not same_code(side, "pool"),
        )


def _forecasts(found: Attribution) -> Iterator[ForecastChange]:
    for at, model in enumerate(MODELS):
        for place, (step, year) in enumerate(found.cells):
            one, other = float(found.before[at, place]), float(found.after[at, place])
            yield ForecastChange(
                model=model, step=step, year=year, before=one, after=other, change=other - one,
                shown=round(other - one, DECIMALS),
            )  # fmt: skip


def _contributions(found: Attribution) -> Iterator[Contribution]:
    for at, model in enumerate(MODELS):
        for place, (step, year) in enumerate(found.cells):
            shares = {group: float(table[at, place]) for group, table in found.shares.items()}
            total = float(found.after[at, place] - found.before[at, place])
            shown = rounded_to_sum(list(shares.values()), total, DECIMALS)
            for (group, share), one in zip(shares.items(), shown, strict=True):
                yield Contribution(
                    model=model, step=step, year=year, group=group, change=share, shown=one,
                    std_error=float(found.std_error[group][at, place]),
                )  # fmt: skip


def _ranked(contributions: tuple[Contribution, ...]) -> Mapping[str, tuple[str, ...]]:
    """Order the groups that moved a forecast by the id of its value: the largest, so many as make `MOST` of it."""
    found: dict[str, list[Contribution]] = {}
    for one in contributions:
        middle = "" if one.model == MODELS[0] else f".{one.model}"
        if one.shown:
            found.setdefault(f"forecast{middle}.{one.step}.{one.year}", []).append(one)
    return {name: tuple(_largest(rows)) for name, rows in found.items()}


def _largest(rows: list[Contribution]) -> Iterator[str]:
    whole, told = sum(abs(one.change) for one in rows), 0.0
    for one in sorted(rows, key=lambda one: -abs(one.change)):
        if told > MOST * whole:
            return
        told += abs(one.change)
        yield one.group


def _groups(
    before: Side, after: Side, rows: tuple[ChangedRow, ...], found: Attribution | None
) -> Iterator[GroupChange]:
    known = before.inputs is not None and after.inputs is not None
    swapped: tuple[str, ...] = ()
    if before.inputs is not None and after.inputs is not None:
        swapped = differing(before.inputs, after.inputs)
    for group in GROUPS:
        fields = FIELDS.get(group) or WITHOUT_PATH.get(group, ())
        tables = {f"{LIKE_EVIDENCE}{name}" for name in fields} | ({ASSUMED} if group == ASSUMPTIONS else set())
        counts = {state: sum(row.table in tables and row.became == state for row in rows) for state in _STATES}
        cause: Cause = "same"
        if group in WITHOUT_PATH:
            cause = "no_path"
        elif group in FIELDS:
            cause = "swapped" if group in swapped else "same" if known else "not_computed"
        elif _moved(group, before, after):
            cause = "swapped" if found else "not_computed"
        yield GroupChange(group=group, cause=cause, **counts)


_STATES = ("added", "changed", "withdrawn")


def _moved(group: str, before: Side, after: Side) -> bool:
    """Tell whether days passed, the record of the parts is another, or other code made one of the editions."""
    if group == TIME:
        return before.day != after.day
    if group == CODE:
        return before.seed != after.seed or not (same_code(before, "pool") and same_code(after, "pool"))
    assert group == RECORD
    one, other = before.tables.get(WEIGHTS), after.tables.get(WEIGHTS)
    return one is not None and other is not None and not one.equals(other)


def _attributed(found: Attribution | None, reason: str) -> Attributed:
    if found is None:
        return Attributed(how="attribution", computed=False, reason=reason, sets=0, all_sets=False, groups=0)
    return Attributed(
        how="attribution", computed=True, reason=None, sets=found.sets, all_sets=found.exact, groups=len(found.swapped)
    )
