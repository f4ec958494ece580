"""From waves, items and grouping variables to tables: every figure with its error, its letters and what it may show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import isfinite

import numpy as np
import polars as pl
from scipy import special

from shteg.arrays import Bools, Floats
from shteg.errors import UsageError
from shteg.evidence.records.surveys import QualityRules
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.linear import covariance
from shteg.survey.one_pass.domains import ALL
from shteg.survey.requests import is_number
from shteg.survey.tables.cells import Banner
from shteg.survey.tables.exposed import TOTAL_ROW, Cell
from shteg.survey.tables.plan import (
    FORMS,
    MULTIPLICITIES,
    PERCENTS,
    Grouping,
    Multiplicity,
    Options,
    Percent,
    Source,
    TableItem,
)
from shteg.survey.tables.protect import Part, Printed, PrintedTable, close_all_gaps, make_part, note_printed
from shteg.survey.tables.quality import Cause, apply_rules

COLUMNS = (
    *("item", "source", "row_kind", "option", "domain_variable", "domain", "column_letter"),
    *("estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_weighted", "n_effective", "deff"),
    *("letters", "flag", "quality", "suppressed"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tables:
    """Tables in memory: `frame` has one line for each cell (columns `COLUMNS`), in the order of print.

    `causes` say why columns with enough respondents are hidden; `printed` notes, by sample, what was shown and hidden.
    """

    items: tuple[TableItem, ...]
    groupings: tuple[Grouping, ...]
    sources: tuple[Source, ...]
    percent: Percent
    level: float
    letters: Multiplicity | None
    rules: QualityRules
    minimum_base: int
    frame: pl.DataFrame
    causes: tuple[Cause, ...] = ()
    printed: Mapping[str, tuple[PrintedTable, ...]] = field(default_factory=dict)


def tabulate(
    sources: Sequence[Source],
    items: Sequence[TableItem],
    groupings: Sequence[Grouping] = (),
    *,
    percent: Percent = "column",
    level: float = 0.95,
    letters: Multiplicity | None = None,
    rules: QualityRules | None = None,
    minimum_base: int = 1,
    earlier: Mapping[str, Sequence[PrintedTable]] | None = None,
) -> Tables:
    """Make one table for each item, with the whole sample and every domain of the grouping variables as columns.

    Parameters
    ----------
    sources : sequence of Source
        Waves or weight schemes, side by side.
    items : sequence of TableItem
    groupings : sequence of Grouping
        The banner; without one the tables are toplines.
    percent : "column" | "row" | "total"
        Share within the domain; of the domain among those who gave the answer; of both together.
    level : float in (0, 1)
        Coverage of intervals; tests are made at 1 − level.
    letters : Multiplicity, optional
        Compare the columns of each grouping variable, within each source; None makes no tests.
    rules : QualityRules, optional
    minimum_base : int
        Cells with fewer respondents are hidden, with what would reveal them.
    earlier : mapping of sample to sequence of PrintedTable, optional
        What earlier calls printed of each `Source.sample` (their `Tables.printed`): figures that, together with it,
        would give a hidden one away are hidden too.

    Returns
    -------
    Tables
        One table for each item: cells with estimates, intervals, bases, letters, flags and what is hidden.

    Raises
    ------
    DesignError
        The data do not fit the items, the groupings or the design.
    UsageError
        An option that does not exist; nothing to tabulate; two sources or items of one name.
    """
    _check_parts(sources, items, groupings)
    _check_options(percent, letters, level, rules, minimum_base, earlier)
    options = Options(
        percent=percent, level=level, letters=letters, rules=rules or QualityRules(), minimum_base=minimum_base
    )
    printed = [Printed(source, groupings, (earlier or {}).get(source.sample, ())) for source in sources]
    parts = [make_part(item, of, options) for item in items for of in printed]
    close_all_gaps(parts, options.fewest)
    frames = [one for item in items for one in _finish_item([part for part in parts if part.item is item], options)]
    return Tables(
        items=tuple(items),
        groupings=tuple(groupings),
        sources=tuple(sources),
        percent=percent,
        level=level,
        letters=letters,
        rules=options.rules,
        minimum_base=minimum_base,
        frame=pl.concat(frames),
        causes=tuple(cause for part in parts for cause in part.causes),
        printed=note_printed(parts),
    )


def _finish_item(parts: Sequence[Part], options: Options) -> list[pl.DataFrame]:
    frames, first = [], 0
    for part in parts:
        shown = apply_rules(part.cells, part.table.hidden, options.rules)
        order = _order(part.of.banner)
        compared = [key for key in order if key[0] != ALL] if options.letters else []
        letter = {key: column_letter(first + i) for i, key in enumerate(compared)}
        first += len(letter)
        frames.append(_arrange(part, shown, order, letter, _letters(part, shown, letter, options)))
    return frames


def _order(banner: Banner) -> list[tuple[str, str]]:
    """Columns in the order of print: everyone, then grouping after grouping."""
    keys = [(ALL, ALL)]
    for grouping in banner.groupings:
        keys += [(grouping.name, name) for name in sorted(banner.names_of(grouping), key=grouping.order)]
    return keys


def _letters(
    part: Part, cells: pl.DataFrame, letter: Mapping[tuple[str, str], str], options: Options
) -> dict[Cell, str]:
    """Letters of every cell that is shown and whose standard error says something (no flag)."""
    marks: dict[Cell, str] = {}
    if options.letters is None:
        return marks
    banner, domains = part.of.banner, part.of.banner.domains
    place_of = {key: i for i, key in enumerate(zip(domains.variables, domains.names, strict=True))}
    fit = cells.filter((pl.col("suppressed") == "") & (pl.col("flag") == "") & pl.col("std_error").is_not_null())
    for place, grouping in enumerate(banner.groupings, 1):
        for number, row in enumerate(part.rows.rows):
            here = fit.filter((pl.col("row") == number) & (pl.col("domain_variable") == grouping.name))
            estimates = {str(name): float(value) for name, value in here.select("domain", "estimate").rows()}
            if len(estimates) < 2:
                continue
            code = {name: place_of[(grouping.name, name)] for name in estimates}
            members = {name: np.asarray(domains.codes[:, place] == code[name]) for name in estimates}
            p_values = compare_domains(banner.design, row.values, members)
            own = {name: letter[(grouping.name, name)] for name in estimates}
            for name, text in _letters_of(p_values, estimates, own, options.letters, options.level).items():
                marks[(number, grouping.name, name)] = text
    return marks


def _arrange(
    part: Part,
    cells: pl.DataFrame,
    order: Sequence[tuple[str, str]],
    letter: Mapping[tuple[str, str], str],
    marks: Mapping[Cell, str],
) -> pl.DataFrame:
    rows = part.rows.rows
    place = {key: i for i, key in enumerate(order)}
    keys = [(int(a), str(b), str(c)) for a, b, c in cells.select("row", "domain_variable", "domain").rows()]
    kinds = {TOTAL_ROW: "all", **{i: row.kind for i, row in enumerate(rows)}}
    options = {TOTAL_ROW: "", **{i: row.option for i, row in enumerate(rows)}}
    texts = {
        "item": [part.item.column] * len(keys),
        "source": [part.of.source.id] * len(keys),
        "row_kind": [kinds[key[0]] for key in keys],
        "option": [options[key[0]] for key in keys],
        "column_letter": [letter.get(key[1:], "") for key in keys],
        "letters": [marks.get(key, "") for key in keys],
    }
    added = [pl.Series(name, values, dtype=pl.String) for name, values in texts.items()]
    at = pl.Series("place", [place[key[1:]] for key in keys], dtype=pl.Int64)
    frame = cells.with_columns(*added, at).sort("row", "place", maintain_order=True)
    return frame.select(COLUMNS)


def _check_parts(sources: object, items: object, groupings: object) -> None:
    """Refuse what cannot be tabulated: of another kind, nothing, or two of one name."""
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


def _check_options(
    percent: str, letters: str | None, level: float, rules: object, minimum_base: object, earlier: object
) -> None:
    """Refuse options that do not exist, and letters where nothing is compared."""
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


def column_letter(number: int) -> str:
    """Give the letter of a column, from 0: A … Z, AA, AB …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def compare_domains(design: Design, values: Floats, members: Mapping[str, Bools]) -> dict[tuple[str, str], float]:
    """Test the difference of the means of every pair of domains.

    Parameters
    ----------
    design : Design
    values : (n,) float
        1 and 0, or numbers; NaN where not answered.
    members : mapping of domain to (n,) bool
        Domains that do not overlap, each with answers.

    Returns
    -------
    mapping of (domain, domain) to p
        Two-sided p values, in the order of `members`. t = (ȳ_a − ȳ_b)/SE with the covariance of both means through the
        design (a PSU can lie in both), df = PSUs − strata − 1 over those of either domain who answered. Pairs whose
        difference has no variance are left out.

    References
    ----------
    Equal to R `survey::svyttest(y ~ domain, subset(design, domain %in% c(a, b)))`.
    """
    answered = np.isfinite(values) & (design.weight > 0)
    inside = [member & answered for member in members.values()]
    means, scores = [], np.zeros((len(values), len(inside)))
    for i, rows in enumerate(inside):
        total = design.weight[rows].sum()
        means.append(float((design.weight[rows] * values[rows]).sum() / total))
        scores[rows, i] = (values[rows] - means[i]) / total
    between = covariance(design, scores, np.stack(inside, axis=1) if inside else None)
    psus = np.stack([np.logical_or.reduceat(rows, design.psu_start[:-1]) for rows in inside], axis=1)
    result = {}
    for a, b in combinations(range(len(inside)), 2):
        variance = between[a, a] + between[b, b] - 2 * between[a, b]
        alive = psus[:, a] | psus[:, b]
        df = int(alive.sum()) - len(np.unique(design.psu_stratum[alive])) - 1
        largest = max(between[a, a], between[b, b])
        if df >= 1 and np.isfinite(variance) and variance > 1e-14 * largest:
            t = abs(means[a] - means[b]) / np.sqrt(variance)
            names = list(members)
            result[(names[a], names[b])] = float(2 * special.stdtr(df, -t))
    return result


def adjust(p_values: Sequence[float], method: Multiplicity) -> list[float]:
    """Adjust the p values of one family (R: `p.adjust`).

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2); Benjamini and Hochberg (1995), JRSS B 57(1).
    """
    p = np.asarray(p_values, float)
    count = len(p)
    if method == "none" or count == 0:
        return [float(one) for one in p]
    if method == "bonferroni":
        return [float(one) for one in np.minimum(p * count, 1)]
    order = np.argsort(p, kind="stable")
    ranks = np.arange(1, count + 1)
    adjusted = np.empty(count)
    if method == "holm":
        adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * (count + 1 - ranks)), 1)
    else:
        steps = p[order] * count / ranks
        adjusted[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1)
    return [float(one) for one in adjusted]


def _letters_of(
    p_values: Mapping[tuple[str, str], float],
    estimates: Mapping[str, float],
    letter: Mapping[str, str],
    method: Multiplicity,
    level: float,
) -> dict[str, str]:
    """Give each domain the letters of those than which it is higher, at 1 − `level` after adjustment."""
    found: dict[str, list[str]] = {name: [] for name in estimates}
    for (a, b), p in zip(p_values, adjust(list(p_values.values()), method), strict=True):
        if p < 1 - level:
            high, low = (a, b) if estimates[a] > estimates[b] else (b, a)
            found[high].append(letter[low])
    return {name: " ".join(sorted(marks, key=lambda one: (len(one), one))) for name, marks in found.items()}
