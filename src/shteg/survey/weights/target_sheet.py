"""Targets of weights as a sheet has them: a row a category, in shares, per cent or numbers of persons."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal

from shteg.errors import DataError, DesignError, Problem
from shteg.hints import list_names
from shteg.survey.readers import Responses, read_responses

Unit = Literal["share", "percent", "count"]
"""What the targets of a margin are told in."""

VARIABLE, CATEGORY = "variable", "category"
VALUES: Mapping[str, Unit | None] = {
    "target": None,
    "count": "count",
    "counts": "count",
    "share": "share",
    "percent": "percent",
    "per cent": "percent",
    "%": "percent",
}
"""Names of the column of numbers, and the unit that each says; None: it is told by what a margin adds to."""
SIZE = "(size)"
"""Instead of a variable: the number of persons in the population."""
CROSS = "*"
HUNDRED = 100.0
_WHOLE: Mapping[str, float] = {"share": 1.0, "percent": HUNDRED}
MOST_TOLD = 50
_LEAVE_OUT = "leave it out if nobody has the category, and take such respondents out of the data"
_COLUMNS = "name them variable, category and target (or count, share, percent)"


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


def read_target_sheet(path: Path, encoding: str | None = None) -> TargetSheet:
    """Read targets from a sheet (.xlsx, .csv, or any other data file): columns variable, category, target.

    A blank variable is that of the row above, as people write lists. `sex*age` crosses columns; its category is written
    `women*18-29`. A row without a category gives the total of a number; `(size)` the number of persons. The column of
    numbers may be called count, share or percent, which says their unit; called target, a margin that adds to 1 is in
    shares, one that adds to 100 in per cent, any other in persons.

    Parameters
    ----------
    path : Path
    encoding : str, optional
        Of a text file.

    Returns
    -------
    TargetSheet

    Raises
    ------
    DesignError
        The file cannot be read, or its columns have other names.
    DataError
        Every row that cannot be used: no number, none above zero, a category twice, shares that do not add up.
    """
    read = read_responses(path, encoding=encoding)
    names = _columns_of(read)
    rows, problems = _rows(read, names)
    margins, totals, size = _gather(read.name, rows, names[3], problems)
    if problems:
        raise DataError(problems[:MOST_TOLD], len(problems) - len(problems[:MOST_TOLD]))
    if not margins and not totals and size is None:
        raise DesignError("the sheet holds no target", "write a row for each category", read.name)
    return TargetSheet(file=read.name, margins=tuple(margins), totals=totals, size=size)


def _columns_of(read: Responses) -> tuple[str, str, str, Unit | None]:
    known = {name.strip().lower(): name for name in read.frame.columns}
    values = [name for name in VALUES if name in known]
    missing = [name for name in (VARIABLE, CATEGORY) if name not in known]
    if missing or len(values) != 1:
        what = (
            f"there is no column {missing[0]!r}"
            if missing
            else ("there is no column of numbers" if not values else f"there are several columns of numbers: {values}")
        )
        raise DesignError(
            what, f"{_COLUMNS}; {list_names(read.frame.columns, 'it has', 'it has no columns')}", read.name
        )
    return known[VARIABLE], known[CATEGORY], known[values[0]], VALUES[values[0]]


@dataclass(frozen=True, slots=True)
class _Row:
    variable: str
    category: str
    target: Target


def _rows(read: Responses, names: tuple[str, str, str, Unit | None]) -> tuple[list[_Row], list[Problem]]:
    variable_column, category_column, value_column, _ = names
    place = read.frame.columns.index(value_column) + 1
    lines = read.lines if read.lines is not None else range(2, read.frame.height + 2)
    variable, rows, problems = "", [], []
    for line, (named, category, text) in zip(
        lines, read.frame.select(variable_column, category_column, value_column).iter_rows(), strict=True
    ):
        if not any((named, category, text)):
            continue
        variable = named or variable
        where = (read.name, int(line), place)
        if not variable:
            problems.append(Problem(*where, "the row names no variable", "write the column that it is about"))
            continue
        number = _number(text)
        if number is None:
            found = "there is no number" if text is None else f"{text!r} is no number"
            problems.append(Problem(*where, f"{_said(variable, category)}: {found}", "write it as 48.5, without signs"))
            continue
        if number <= 0 and category is not None:
            told = f"{_said(variable, category)}: the target is {text}, not above 0"
            problems.append(Problem(*where, told, _LEAVE_OUT))
            continue
        parts = () if category is None else tuple(part.strip() for part in category.split(CROSS))
        if CROSS not in variable and category is not None:
            parts = (category.strip(),)
        spot = f"row {int(line)}" if not read.name.lower().endswith(".xlsx") else f"cell {_letters(place)}{int(line)}"
        target = Target(
            category=parts, number=number, decimals=_decimals(text), place=spot, line=int(line), column=place
        )
        rows.append(_Row(variable.strip(), category or "", target))
    return rows, problems


def _said(variable: str, category: str | None) -> str:
    return f"{variable}: {category}" if category else variable


def _number(text: str | None) -> float | None:
    try:
        found = float(Decimal(text.strip().removesuffix("%").strip())) if text else math.nan
    except InvalidOperation:
        return None
    return found if math.isfinite(found) else None


def _decimals(text: str) -> int:
    return len(re.sub(r"[^0-9.]", "", text).partition(".")[2])


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
        if row.variable.lower() == SIZE:
            if size is not None or one.number <= 0:
                problems.append(_problem(file, one, "the size is given twice, or is not above 0", "give it once"))
            size = one
        elif row.category:
            gathered.setdefault(row.variable, []).append(row)
        elif row.variable in totals or any(row.variable == other.variable and other.category for other in rows):
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
            told = f"{name}: {row.category!r} does not name one category of each of {len(variables)} columns"
            problems.append(_problem(file, one, told, hint))
        elif one.category in seen:
            told = f"{name}: {row.category!r} stands twice (also in {seen[one.category].place})"
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
        hint = f"rounding explains {step:.1f} in the last place; look for a category that is missing or stands twice"
        problems.append(_problem(file, targets[0], told, hint))
    return MarginTarget(variables=variables, unit=told_in, targets=targets)


def _unit_of(targets: Sequence[Target]) -> Unit:
    """Tell the unit of a margin by what it adds to."""
    return "share" if _adds(targets, 1.0) else "percent" if _adds(targets, HUNDRED) else "count"


def _rounding(count: int) -> float:
    """Units of the last place by which the sum of rounded numbers is off at most, or in 3 of 1,000 cases."""
    return min(0.5 * count, 3.0 * math.sqrt(count / 12.0))


def _adds(targets: Sequence[Target], whole: float) -> bool:
    """Whether targets add to a whole, but for what rounding in the last written place explains."""
    slack = _rounding(len(targets)) * 10.0 ** -min((one.decimals for one in targets), default=0)
    if whole == 1.0 and slack >= 0.5:
        slack = 0.0  # whole numbers are no rounded shares
    return abs(math.fsum(one.number for one in targets) - whole) <= slack + 1e-9 * whole


def sheet_of(targets: Mapping[str, Mapping[str, float]], file: str) -> TargetSheet:
    """Give targets that a program or a case has as a sheet would have them.

    Parameters
    ----------
    targets : mapping of column to {category: number}
        `sex*age` crosses columns; its categories are written `women*18-29`.
    file : str
        Where they stand, for errors.

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
            if number <= 0:
                problems.append(Problem(file, 0, 0, f"{variable}: {category}: the target is not above 0", _LEAVE_OUT))
            parts = category.split(CROSS) if CROSS in variable else [category]
            target = Target(
                category=tuple(part.strip() for part in parts),
                number=number,
                decimals=len(f"{number:.10f}".rstrip("0").partition(".")[2]),
                place=f"{variable}.{category}",
                line=0,
                column=0,
            )
            rows.append(_Row(variable, category, target))
    margins, totals, size = _gather(file, rows, None, problems)
    if problems:
        raise DataError(problems)
    return TargetSheet(file=file, margins=tuple(margins), totals=totals, size=size)
