"""What `tabulate` refuses: parts of another kind, nothing to tabulate, options that do not exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from shteg.errors import UsageError
from shteg.evidence.records.surveys import QualityRules
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.requests import is_number
from shteg.survey.tables.plan import (
    CHANGES,
    FORMS,
    MULTIPLICITIES,
    PERCENTS,
    SORTS,
    Grid,
    Grouping,
    Options,
    Source,
    TableItem,
)
from shteg.survey.tables.protect import PrintedTable


def check_parts(sources: object, items: object, groupings: object) -> None:
    """Refuse what cannot be tabulated: of another kind, nothing, or two of one name.

    Parameters
    ----------
    sources, items, groupings : object
        What was given for them.

    Raises
    ------
    UsageError
        One of them is of another kind, or stands twice; there is nothing to tabulate.
    """
    _require(sources, Source, "source", "Source(id='2025', title={'en': '2025'}, design=design)")
    _require(items, TableItem, "item", "TableItem(column='q', title={'en': 'Question'})")
    _require(groupings, Grouping, "grouping", "Grouping(variables=('sex',), titles={'sex': {'en': 'Sex'}})")
    assert isinstance(sources, Sequence)
    assert isinstance(items, Sequence)
    assert isinstance(groupings, Sequence)
    for source in sources:
        _require_design(source)
    for item in items:
        _require_item(item)
    _require_once("source", (source.id for source in sources))
    _require_once("item", (item.column for item in items))
    _require_once("grouping", (grouping.name for grouping in groupings), needed=False)
    for grouping in groupings:
        if not grouping.variables or isinstance(grouping.variables, str):
            raise UsageError("a grouping has no variables", "write variables=('sex',), a tuple of columns", "groupings")
        twice = next((one for one in grouping.variables if grouping.variables.count(one) > 1), None)
        if twice is not None:
            raise UsageError(f"{twice!r} is crossed with itself", "name each variable of a crossing once", "groupings")


def check_options(options: Options, groupings: Sequence[Grouping], earlier: object) -> None:
    """Refuse options that do not exist or do not go together.

    Parameters
    ----------
    options : Options
        As they were given.
    groupings : sequence of Grouping
        Row percentages need one.
    earlier : object
        What was given for the tables printed earlier.

    Raises
    ------
    UsageError
        An option has a value that it cannot have.
    """
    percent, level, rules, minimum_base = options.percent, options.level, options.rules, options.minimum_base
    for name, found, known, what in (
        ("percent", percent, PERCENTS, "base of a percentage"),
        ("letters", options.letters, (None, *MULTIPLICITIES), "way to adjust for many tests"),
        ("changes", options.changes, (None, *CHANGES), "wave to compare with"),
        ("sort", options.sort, SORTS, "order of answers"),
    ):
        if found not in known:
            raise UsageError(f"{found!r} is no {what}", "choose " + ", ".join(str(one) for one in known if one), name)
    if percent == "row" and not groupings:
        raise UsageError("row percentages need columns", "name a grouping variable", "by")
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level < 1:
        raise UsageError(f"a coverage of {level} is not between 0 and 1", "give for example 0.95", "level")
    if not isinstance(rules, QualityRules):
        hint = "write rules=QualityRules(suppress_below_n=30)"
        raise UsageError(f"the rules are no QualityRules but {type(rules).__name__}", hint, "rules")
    if isinstance(minimum_base, bool) or not isinstance(minimum_base, int) or minimum_base < 1:
        problem = f"a minimum of {minimum_base!r} respondents is no whole number above 0"
        raise UsageError(problem, "give for example 20", "minimum_base")
    if earlier is not None and not (isinstance(earlier, Mapping) and _are_notes(earlier.values())):
        hint = "give the `printed` of earlier tables: {sample: (PrintedTable, …)}"
        raise UsageError("the earlier tables are no mapping of a sample to its tables", hint, "earlier")


def _are_notes(found: Iterable[object]) -> bool:
    return all(
        isinstance(notes, list | tuple) and all(isinstance(one, PrintedTable) for one in notes) for notes in found
    )


def _require_item(item: TableItem) -> None:
    place = f"item {item.column!r}"
    if item.form not in FORMS:
        raise UsageError(f"{item.form!r} is no form of an item", "choose " + ", ".join(FORMS), place)
    for name, found in (("options", item.options or {}), ("scores", item.scores)):
        if not isinstance(found, Mapping):
            hint = f"write {name}={{'1': …, '2': …}}"
            raise UsageError(f"the {name} are no mapping of codes but {type(found).__name__}", hint, place)
    wrong = next((one for one in item.scores.values() if not is_number(one) or not isfinite(one)), None)
    if wrong is not None:
        raise UsageError(f"the score {wrong!r} is no number", "give each option a number", place)


def _require(found: object, kind: type, name: str, example: str) -> None:
    many = f"{name}s"
    if not isinstance(found, Sequence) or isinstance(found, str):
        raise UsageError(f"`{many}` is no list but {type(found).__name__}", f"write {many}=[{example}]", many)
    wrong = next((one for one in found if not isinstance(one, kind)), None)
    if wrong is not None:
        raise UsageError(f"{_short(wrong)} is no {kind.__name__}", f"write {example}", many)


def _short(found: object) -> str:
    """A text or a number as it is, of anything else its type."""
    return repr(found) if isinstance(found, str | int | float) else f"a {type(found).__name__}"


def _require_design(source: Source) -> None:
    place = f"source {source.id!r}"
    if not isinstance(source.design, Design | ReplicateDesign):
        hint = "make one with Design.from_frame(data, stratum=…, psu=…, weight=…)"
        raise UsageError(f"the design is no Design but {type(source.design).__name__}", hint, place)


def _require_once(what: str, found: Iterable[str], *, needed: bool = True) -> None:
    names = list(found)
    if needed and not names:
        raise UsageError(f"there is no {what} to tabulate", f"name at least one {what}", what)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"the {what} {twice[0]!r} stands twice", "name each once", what)


def check_grids(grids: object, items: Sequence[TableItem], percent: str) -> None:
    """Refuse grids of items that are not tabulated, or that have other options than the first.

    Parameters
    ----------
    grids : object
        What was given for them.
    items : sequence of TableItem
        All that are tabulated.
    percent : str
        Of what the shares are.

    Raises
    ------
    UsageError
        An item is not there, stands twice, is a set or a number, or has other options.
    """
    _require(grids, Grid, "grid", "Grid(name='trust', items=('police', 'courts'))")
    assert isinstance(grids, Sequence)
    _require_once("grid", (grid.name for grid in grids), needed=False)
    if grids and percent == "row":
        raise UsageError("a grid shows shares of those who answered each item", "ask for column percentages", "percent")
    known = {item.column: item for item in items}
    _require_once("item of a grid", (name for grid in grids for name in grid.items), needed=False)
    for grid in grids:
        place = f"grid {grid.name!r}"
        lost = next((name for name in grid.items if name not in known), None)
        if lost is not None or not grid.items:
            problem = "the grid has no items" if lost is None else f"the item {lost!r} is not tabulated"
            raise UsageError(problem, "name items that are tabulated too", place)
        first = known[grid.items[0]]
        for name in grid.items:
            item = known[name]
            if item.form != "single":
                raise UsageError(f"{name!r} is no question with one answer", "leave it out of the grid", place)
            if item.substantive != first.substantive:
                hint = "a grid holds items with the same options in the same order; tabulate the others apart"
                raise UsageError(f"{name!r} has other options than {first.column!r}", hint, place)
