"""Which figures moved between two editions: from, to, and what they rest on that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from shteg.changes.groups import ASSUMPTIONS, CODE, EVENTS, FIELDS, RECORD, TIME, WITHOUT_PATH
from shteg.changes.sides import Side
from shteg.edition.stage_table import STAGES
from shteg.estimates import Value, column, table_row

State = Literal["moved", "added", "gone"]
ROOMS = {"coherence": "survey", "ladder": "accession", "ratification": "accession", "rollcall": "stance"}
"""Pages of docs/methods that stand for a stage of another name."""
SAME = 1e-9
"""Figures nearer to each other than this, seen against their size, are the same: two processors may differ so much."""
BETWEEN = " "


@table_row
class MovedFigure:
    """A figure that is another, is new, or is no longer given."""

    moved_value: str = column("Id of the value in values.json.", key=True)
    became: State = column("Whether it moved, was added, or is gone.")
    unit: str = column("Its unit.")
    printed_decimals: int = column("Decimals with which it is printed.", "count")
    label_key: str = column("Kind of the value.")
    before: float | None = column("Number of the earlier edition; empty where it has none.")
    before_low: float | None = column("Lower end of its interval.")
    before_high: float | None = column("Upper end of its interval.")
    before_text: str | None = column("What the earlier edition has, where it is no number.")
    after: float | None = column("Number of the later edition; empty where it has none.")
    after_low: float | None = column("Lower end of its interval.")
    after_high: float | None = column("Upper end of its interval.")
    after_text: str | None = column("What the later edition has, where it is no number.")
    why: str = column("Groups of evidence that changed and from which a path leads to the figure, the largest first.")


def moved_figures(
    before: Side, after: Side, changed: Mapping[str, bool], ranked: Mapping[str, tuple[str, ...]]
) -> Iterator[MovedFigure]:
    """Compare all figures of two editions, in the order of their ids.

    Parameters
    ----------
    before, after : Side
    changed : mapping of str to bool
        Groups, and whether they differ.
    ranked : mapping of str to tuple of str
        Id of a forecast → the groups that moved it, the largest first, where this was computed.

    Yields
    ------
    MovedFigure
        Only of figures that are not the same.
    """
    for name in sorted({*before.values, *after.values}):
        one, other = before.values.get(name), after.values.get(name)
        if one is not None and other is not None and _same(one, other):
            continue
        known = other or one
        assert known is not None
        state: State = "moved" if one and other else "added" if other else "gone"
        why = ranked.get(name) or reasons(known, changed)
        yield MovedFigure(
            moved_value=name, became=state, unit=known.unit, printed_decimals=known.decimals, label_key=known.label_key,
            before=_number(one), before_low=one.low if one else None, before_high=one.high if one else None,
            before_text=_text(one),
            after=_number(other), after_low=other.low if other else None, after_high=other.high if other else None,
            after_text=_text(other), why=BETWEEN.join(why),
        )  # fmt: skip


def reasons(value: Value, changed: Mapping[str, bool]) -> tuple[str, ...]:
    """Name the groups that differ and that the stage which gives a figure reads, itself or through others."""
    stage = stage_of(value)
    chain, reads = _read_by(stage) if stage else (set(), set())
    found = [group for group in (CODE, TIME) if changed.get(group)]
    for group, fields in {**FIELDS, **WITHOUT_PATH}.items():
        under_way = group == EVENTS and "pathways" in chain
        own = {*fields, *(("pathways",) if under_way or group == ASSUMPTIONS else ())}
        if changed.get(group) and (own & reads if stage else _tells_of(value, fields)):
            found.append(group)
    if changed.get(RECORD) and stage in ("pool", "evaluation"):
        found.append(RECORD)
    return tuple(found)


def stage_of(value: Value) -> str:
    """Name the stage that gives a value; empty for counts of the evidence."""
    page = value.method.partition("#")[0]
    page = ROOMS.get(page, page)
    return page if any(stage.name == page for stage in STAGES) else ""


def _tells_of(value: Value, fields: tuple[str, ...]) -> bool:
    """Tell whether a count of the evidence counts rows of these tables."""
    return value.id in ("case.rows", "case.unverified-rows", "case.sources") or value.id.removeprefix("case.") in fields


def _read_by(stage: str) -> tuple[set[str], set[str]]:
    """Give the stages that a stage rests on, itself among them, and the fields of the case that they read."""
    wanted, reads = {stage}, set[str]()
    for one in reversed(STAGES):
        if one.name in wanted:
            wanted |= set(one.needs)
            reads |= set(one.reads)
    return wanted, reads


def _number(value: Value | None) -> float | None:
    return None if value is None or isinstance(value.number, str) else float(value.number)


def _text(value: Value | None) -> str | None:
    return value.number if value is not None and isinstance(value.number, str) else None


def _same(one: Value, other: Value) -> bool:
    pairs = ((one.number, other.number), (one.low, other.low), (one.high, other.high))
    return one.unit == other.unit and all(_close(a, b) for a, b in pairs)


def _close(one: float | str | None, other: float | str | None) -> bool:
    if isinstance(one, str | None) or isinstance(other, str | None):
        return one == other
    return abs(one - other) <= SAME * max(1.0, abs(one), abs(other))
