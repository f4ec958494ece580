"""Whether a request for tables can be met: types, names that stand twice, options that do not exist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite

from shteg.errors import UsageError
from shteg.evidence.records.surveys import QualityRules
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.requests import is_number
from shteg.survey.tables.plan import FORMS, MULTIPLICITIES, PERCENTS, Grouping, Source, TableItem
from shteg.survey.tables.printed import PrintedTable


def check_parts(sources: object, items: object, groupings: object) -> None:
    """Refuse what cannot be tabulated.

    Parameters
    ----------
    sources, items, groupings : any
        What a caller gave as sequences of `Source`, `TableItem` and `Grouping`.

    Raises
    ------
    UsageError
        Something is of another kind, there is nothing, or two have one name.
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


def check_options(
    percent: str, letters: str | None, level: float, rules: object, minimum_base: object, earlier: object
) -> None:
    """Refuse options that do not exist, and letters where nothing is compared.

    Parameters
    ----------
    percent : str
        One of `PERCENTS`.
    letters : str, optional
        One of `MULTIPLICITIES`; goes with column percentages only.
    level : float in (0, 1)
        Coverage.
    rules, minimum_base, earlier : any
        As of `tabulate`.

    Raises
    ------
    UsageError
        An option does not exist or has another form.
    """
    if percent not in PERCENTS:
        raise UsageError(f"{percent!r} is no base of a percentage", "choose " + ", ".join(PERCENTS), "percent")
    if letters is not None and letters not in MULTIPLICITIES:
        hint = "choose " + ", ".join(MULTIPLICITIES)
        raise UsageError(f"{letters!r} is no way to adjust for many tests", hint, "letters")
    if letters is not None and percent != "column":
        raise UsageError("letters compare columns", "use them with column percentages", "letters")
    if isinstance(level, bool) or not isinstance(level, int | float) or not 0 < level < 1:
        raise UsageError(f"a coverage of {level} is not between 0 and 1", "give for example 0.95", "level")
    if rules is not None and not isinstance(rules, QualityRules):
        hint = "write rules=QualityRules(suppress_below_n=30)"
        raise UsageError(f"the rules are no QualityRules but {type(rules).__name__}", hint, "rules")
    if isinstance(minimum_base, bool) or not isinstance(minimum_base, int) or minimum_base < 1:
        raise UsageError(
            f"a minimum of {minimum_base!r} respondents is no whole number above 0",
            "give for example 20",
            "minimum_base",
        )
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
    if isinstance(source.design, ReplicateDesign):
        hint = (
            "make tables from the Design with strata and PSUs; estimate_proportions and estimate_means take replicates"
        )
        raise UsageError("tables are not made from replicate weights", hint, place)
    if not isinstance(source.design, Design):
        hint = "make one with Design.from_frame(data, stratum=…, psu=…, weight=…)"
        raise UsageError(f"the design is no Design but {type(source.design).__name__}", hint, place)


def _require_once(what: str, found: Iterable[str], *, needed: bool = True) -> None:
    names = list(found)
    if needed and not names:
        raise UsageError(f"there is no {what} to tabulate", f"name at least one {what}", what)
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UsageError(f"the {what} {twice[0]!r} stands twice", "name each once", what)
