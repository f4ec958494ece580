"""Targets of weights as a sheet has them: a row a category, in shares, per cent or numbers of persons."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType

from shteg.errors import DataError, DesignError, Problem
from shteg.survey.weights.target_forms import CROSS, TargetTable, Unit, read_target_tables

SIZE = ("(size)", "(madhësia)")
"""Instead of a variable: the number of persons in the population."""
HUNDRED = 100.0
_LOCAL = re.compile(r"\d+,\d{1,2}")
_WHOLE: Mapping[str, float] = {"share": 1.0, "percent": HUNDRED}
MOST_TOLD = 50
_LEAVE_OUT = "leave it out if nobody has the category, and take such respondents out of the data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One row of the sheet: a category (one text for each variable that is crossed) and its number."""

    category: tuple[str, ...]
    number: float
    decimals: int
    place: str
    """Where it stands, for people: “row 3”, or “cell C3” of a workbook."""
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginTarget:
    """Targets of one variable, or of several crossed with each other."""

    variables: tuple[str, ...]
    unit: Unit
    targets: tuple[Target, ...]

    @property
    def name(self) -> str:
        """As the sheet writes it: `sex*age`."""
        return CROSS.join(self.variables)

    @property
    def total(self) -> float:
        """What the targets add to, in their unit."""
        return math.fsum(one.number for one in self.targets)


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetSheet:
    """What a sheet asks of weights.

    Attributes
    ----------
    file : str
        Its name, for errors.
    margins : tuple of MarginTarget
        In the order of the sheet.
    totals : mapping of column to Target
        Totals of numbers in the population.
    size : Target or None
        The number of persons in the population.
    """

    file: str
    margins: tuple[MarginTarget, ...]
    totals: Mapping[str, Target]
    size: Target | None


def read_target_sheet(path: Path, encoding: str | None = None, scheme: str | None = None) -> TargetSheet:
    """Read targets from a sheet (.xlsx, .csv, or any other data file), in one of these forms.

    A list with the columns variable, category, target: a blank variable is that of the row above, as people write
    lists; `sex*age` crosses columns, its category is written `women*18-29`; a row without a category gives the total of
    a number, `(size)` the number of persons. A list with a column scheme, as `surveys/population.csv` of a case. The
    columns category and target, with each variable as a heading above its categories, or as the name of a sheet. A
    margin whose columns are called as those of the data (`sex`, `age`, `Freq`). A crossed table with `sex*age` in its
    corner. Of a workbook with several sheets the one called targets, or each of them.

    The column of numbers may be called count, share or percent, which says their unit; called target, a margin that
    adds to 1 is in shares, one that adds to 100 in per cent, any other in persons.

    Parameters
    ----------
    path : Path
    encoding : str, optional
        Of a text file.
    scheme : str, optional
        Which rows count, where there is a column of schemes.

    Returns
    -------
    TargetSheet

    Raises
    ------
    DesignError
        The file cannot be read, or its columns have other names.
    DataError
        Every row that cannot be used: no number, none above zero, a category twice, shares that do not add up.
    UsageError
        There are several schemes and none is named, or not that one.
    """
    margins: list[MarginTarget] = []
    totals: dict[str, Target] = {}
    size: Target | None = None
    problems: list[Problem] = []
    for table in read_target_tables(path, encoding, scheme):
        found, sums, whole = _gather(table.file, _rows(table, problems), table.unit, problems)
        for name, one in ((each.name, each.targets[0]) for each in found if each.targets):
            if any(name == other.name for other in margins):
                problems.append(_problem(table.file, one, f"{name} stands in two sheets", "keep one of them"))
        margins += found
        totals |= sums
        size = whole or size
    if problems:
        raise DataError(problems[:MOST_TOLD], len(problems) - len(problems[:MOST_TOLD]))
    if not margins and not totals and size is None:
        raise DesignError("the sheet holds no target", "write a row for each category", path.name)
    return TargetSheet(file=path.name, margins=tuple(margins), totals=totals, size=size)


@dataclass(frozen=True, slots=True)
class _Row:
    variable: str
    target: Target


def _rows(table: TargetTable, problems: list[Problem]) -> list[_Row]:
    rows = []
    for one in table.rows:
        where = (table.file, one.line, one.column)
        said = _said(one.variable, one.category)
        if not one.variable:
            problems.append(Problem(*where, "the row names no variable", "write the column that it is about"))
            continue
        number = _number(one.text)
        if number is None:
            found = "there is no number" if one.text is None else f"{one.text!r} is no number"
            problems.append(Problem(*where, f"{said}: {found}", "write it as 48.5, without signs"))
            continue
        if number <= 0 and one.category is not None:
            problems.append(Problem(*where, f"{said}: the target is {one.text}, not above 0", _LEAVE_OUT))
            continue
        spot = f"cell {_letters(one.column)}{one.line}" if table.cells else f"row {one.line}"
        target = Target(
            category=one.category or (),
            number=number,
            decimals=_decimals(one.text or ""),
            place=spot,
            line=one.line,
            column=one.column,
        )
        rows.append(_Row(one.variable, target))
    return rows


def _said(variable: str, category: tuple[str, ...] | None) -> str:
    return f"{variable}: {CROSS.join(category)}" if category else variable


def _number(text: str | None) -> float | None:
    plain = (text or "").strip().removesuffix("%").strip()
    if _LOCAL.fullmatch(plain):  # a number that a workbook holds as text
        plain = plain.replace(",", ".")
    try:
        found = float(Decimal(plain)) if plain else math.nan
    except InvalidOperation:
        return None
    return found if math.isfinite(found) else None


def _decimals(text: str) -> int:
    return len(re.sub(r"[^0-9.]", "", text.replace(",", ".")).partition(".")[2])


def _letters(column: int) -> str:
    """Name a column as a spreadsheet does: 3 is C."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _gather(
    file: str, rows: Sequence[_Row], unit: Unit | None, problems: list[Problem]
) -> tuple[list[MarginTarget], dict[str, Target], Target | None]:
    """Put rows together by variable; what is wrong is added to the problems."""
    totals: dict[str, Target] = {}
    size: Target | None = None
    gathered: dict[str, list[_Row]] = {}
    for row in rows:
        one = row.target
        if row.variable.lower() in SIZE:
            if size is not None or one.number <= 0:
                problems.append(_problem(file, one, "the size is given twice, or is not above 0", "give it once"))
            size = one
        elif one.category:
            gathered.setdefault(row.variable, []).append(row)
        elif row.variable in totals or any(row.variable == other.variable and other.target.category for other in rows):
            problems.append(_problem(file, one, f"{row.variable}: the row has no category", "write the category"))
        else:
            totals[row.variable] = one
    margins = [_margin(file, name, found, unit, problems) for name, found in gathered.items()]
    return margins, totals, size


def _problem(file: str, target: Target, problem: str, hint: str) -> Problem:
    return Problem(file, target.line, target.column, problem, hint)


def _margin(file: str, name: str, rows: Sequence[_Row], unit: Unit | None, problems: list[Problem]) -> MarginTarget:
    variables = tuple(part.strip() for part in name.split(CROSS))
    seen: dict[tuple[str, ...], Target] = {}
    for row in rows:
        one = row.target
        if len(one.category) != len(variables):
            hint = f"write one category of each, as in {CROSS.join('…' for _ in variables)}"
            told = (
                f"{name}: {CROSS.join(one.category)!r} does not name one category of each of {len(variables)} columns"
            )
            problems.append(_problem(file, one, told, hint))
        elif one.category in seen:
            told = f"{name}: {CROSS.join(one.category)!r} stands twice (also in {seen[one.category].place})"
            problems.append(_problem(file, one, told, "give each category once"))
        else:
            seen[one.category] = one
    targets = tuple(seen.values())
    total = math.fsum(one.number for one in targets)
    step = _rounding(len(targets))
    told_in = unit or _unit_of(targets)
    whole = _WHOLE.get(told_in)
    if targets and whole is not None and not _adds(targets, whole):
        told = f"{name}: the targets add to {total:.10g}, not to {whole:g}"
        hint = f"rounding explains {step:.0f} in the last place; look for a category that is missing or stands twice"
        problems.append(_problem(file, targets[0], told, hint))
    return MarginTarget(variables=variables, unit=told_in, targets=targets)


def _unit_of(targets: Sequence[Target]) -> Unit:
    """Tell the unit of a margin by what it adds to."""
    return "share" if _adds(targets, 1.0) else "percent" if _adds(targets, HUNDRED) else "count"


def _rounding(count: int) -> float:
    """Units of the last place by which the sum of rounded numbers is off at most, or in 3 of 1,000 cases.

    Numbers that add to a whole number of units before rounding are off by a whole number of units after it; two of them
    never are.
    """
    return math.floor(min(0.5 * count - 1e-9, 3.0 * math.sqrt(count / 12.0))) if count > 2 else 0.0


def _adds(targets: Sequence[Target], whole: float) -> bool:
    """Whether targets add to a whole, but for what rounding in the last written place explains."""
    slack = _rounding(len(targets)) * 10.0 ** -max((one.decimals for one in targets), default=0)
    if whole == 1.0 and slack >= 0.1:
        slack = 0.0  # whole numbers and tenths are no rounded shares
    return abs(math.fsum(one.number for one in targets) - whole) <= slack + 1e-9 * whole


def sheet_of(
    targets: Mapping[str, Mapping[str, float]],
    file: str,
    places: Mapping[tuple[str, str], tuple[int, int]] = MappingProxyType({}),
) -> TargetSheet:
    """Give targets that a program or a case has as a sheet would have them.

    Parameters
    ----------
    targets : mapping of column to {category: number}
        `sex*age` crosses columns; its categories are written `women*18-29`.
    file : str
        Where they stand, for errors.
    places : mapping of (column, category) to (line, column)
        Where in the file each of them stands, from 1.

    Returns
    -------
    TargetSheet

    Raises
    ------
    DataError
        As for `read_target_sheet`.
    """
    problems: list[Problem] = []
    rows = []
    for variable, named in targets.items():
        for category, number in named.items():
            line, column = places.get((variable, category), (0, 0))
            if number <= 0:
                problems.append(
                    Problem(file, line, column, f"{variable}: {category}: the target is not above 0", _LEAVE_OUT)
                )
            parts = category.split(CROSS) if CROSS in variable else [category]
            target = Target(
                category=tuple(part.strip() for part in parts),
                number=number,
                decimals=len(f"{number:.10f}".rstrip("0").partition(".")[2]),
                place=f"{variable}.{category}",
                line=line,
                column=column,
            )
            rows.append(_Row(variable, target))
    margins, totals, size = _gather(file, rows, None, problems)
    if problems:
        raise DataError(problems)
    return TargetSheet(file=file, margins=tuple(margins), totals=totals, size=size)
