"""The forms in which people keep targets: a list, a sheet for each margin, a crossed table, counts by scheme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from shteg.errors import DataError, DesignError, Problem, UsageError
from shteg.hints import list_names
from shteg.survey.readers import Responses, read_responses
from shteg.survey.readers.files import read_sheets

Unit = Literal["share", "percent", "count"]
"""What the targets of a margin are told in."""

VARIABLE = ("variable", "ndryshorja", "variabla")
CATEGORY = ("category", "kategoria")
SCHEME = ("scheme", "skema")
VALUES: Mapping[str, Unit | None] = {
    **dict.fromkeys(("target", "synimi", "freq"), None),
    **dict.fromkeys(("count", "counts", "numri"), "count"),
    **dict.fromkeys(("share", "pjesa"), "share"),
    **dict.fromkeys(("percent", "per cent", "%", "përqindja", "perqindja", "në përqind"), "percent"),
}
"""Names of the column of numbers, and the unit that each says; None: it is told by what a margin adds to."""
CROSS = "*"
TARGETS_SHEETS = ("targets", "synimet", "data")
"""Names of the sheet that is read alone where a workbook has several."""
_COLUMNS = "name them variable, category and target (or count, share, percent)"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRow:
    """A target as it is written.

    Attributes
    ----------
    variable : str
        `sex`, or `sex*age` for two crossed; empty where none is named.
    category : tuple of str or None
        Of each variable its category; None: the row has none.
    text : str or None
        The number.
    line, column : int
        Where that stands, from 1.
    """

    variable: str
    category: tuple[str, ...] | None
    text: str | None
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetTable:
    """The rows of one table, the unit that its heading says, and the file (and sheet) in which it stands."""

    file: str
    cells: bool
    """Places are cells of a workbook, not rows of a text file."""
    unit: Unit | None
    rows: tuple[TargetRow, ...]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A table of a file: its headings as they are compared, and its rows."""

    file: str
    title: str
    """Of the sheet, where the workbook has several; else empty."""
    heads: tuple[str, ...]
    names: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str | None, ...]], ...]

    def place(self, heads: Sequence[str]) -> int | None:
        """Find the first column that is called so."""
        return next((place for place, head in enumerate(self.heads) if head in heads), None)

    def numbers(self) -> list[int]:
        return [place for place, head in enumerate(self.heads) if head in VALUES]


def read_target_tables(path: Path, encoding: str | None = None, scheme: str | None = None) -> list[TargetTable]:
    """Read every table of targets of a file, whatever form it has.

    Parameters
    ----------
    path : Path
        A workbook (of several sheets the one called targets, or each as a table), or any other data file.
    encoding : str, optional
        Of a text file.
    scheme : str, optional
        Of a table with a column of schemes, as `surveys/population.csv` has: which rows count.

    Returns
    -------
    list of TargetTable

    Raises
    ------
    DesignError
        The file cannot be read, or a table has none of the forms.
    DataError
        A row names fewer columns than the heading.
    UsageError
        The table has several schemes and none is named, or not that one.
    """
    book = path.suffix.lower() == ".xlsx"
    sheets = _sheets(path, encoding) if book else [_sheet(path.name, "", read_responses(path, encoding=encoding))]
    found = []
    for sheet in sheets:
        unit, rows = _rows(sheet, scheme)
        found.append(TargetTable(file=sheet.file, cells=book, unit=unit, rows=tuple(rows)))
    if scheme is not None and not any(sheet.place(SCHEME) is not None for sheet in sheets):
        raise UsageError("the targets have no column of schemes", "leave the scheme out", "scheme")
    return found


def _sheets(path: Path, encoding: str | None) -> list[_Sheet]:
    if encoding is not None:
        raise UsageError("an Excel workbook says its encoding itself", "leave the encoding out", "encoding")
    read = read_sheets(path)
    named = [name for name in read if name.strip().lower() in TARGETS_SHEETS]
    chosen = named[:1] or list(read)
    if len(chosen) == 1:
        return [_sheet(path.name, "", read[chosen[0]])]
    return [_sheet(f"{path.name}, sheet {name!r}", name, read[name]) for name in chosen]


def _sheet(file: str, title: str, read: Responses) -> _Sheet:
    names = tuple(read.frame.columns)
    lines = read.lines if read.lines is not None else range(2, read.frame.height + 2)
    cells = zip(map(int, lines), read.frame.iter_rows(), strict=True)
    rows = tuple((line, row) for line, row in cells if any(row))
    return _Sheet(file, title, tuple(" ".join(name.split()).lower() for name in names), names, rows)


def _rows(sheet: _Sheet, scheme: str | None) -> tuple[Unit | None, list[TargetRow]]:
    """Tell the form of a table by its headings, and give its rows."""
    variable, category, numbers = sheet.place(VARIABLE), sheet.place(CATEGORY), sheet.numbers()
    if CROSS in sheet.names[0] and len(sheet.names) > 1 and not numbers:
        return None, list(_crossed(sheet))
    missing = [name for name, there in (("variable", variable), ("category", category)) if there is None]
    headed = category is not None and len(numbers) == 1
    margin = len(missing) == 2 and len(numbers) == 1 and len(sheet.names) > 1
    if (missing and not headed and not margin) or len(numbers) != 1:
        raise _no_form(sheet, missing, numbers)
    (number,) = numbers
    unit = VALUES[sheet.heads[number]]
    if not missing and variable is not None and category is not None:
        return unit, list(_listed(sheet, variable, category, number, scheme))
    if category is not None:
        return unit, list(_headed(sheet, category, number))
    return unit, list(_by_column(sheet, number))


def _no_form(sheet: _Sheet, missing: Sequence[str], numbers: Sequence[int]) -> DesignError:
    if len(numbers) > 1:
        what = f"there are several columns of numbers: {[sheet.names[place] for place in numbers]}"
    elif missing and (len(missing) == 1 or not numbers):
        what = f"there is no column {missing[0]!r}"
    else:
        what = "there is no column of numbers"
    hint = f"{_COLUMNS}; {list_names(sheet.names, 'it has', 'it has no columns')}"
    if sheet.title:
        hint += "; a sheet that holds no targets is passed over where another is called targets"
    return DesignError(what, hint, sheet.file)


def _listed(sheet: _Sheet, variable: int, category: int, number: int, scheme: str | None) -> Iterator[TargetRow]:
    """A row a category; a blank variable is that of the row above."""
    place = sheet.place(SCHEME)
    kept = sheet.rows if place is None else _of_scheme(sheet, place, scheme)
    last = ""
    for line, row in kept:
        if not any((row[variable], row[category], row[number])):
            continue
        last = (row[variable] or last).strip()
        text = row[category]
        parts = None if text is None else tuple(one.strip() for one in text.split(CROSS))
        if CROSS not in last and text is not None:
            parts = (text.strip(),)
        yield TargetRow(variable=last, category=parts, text=row[number], line=line, column=number + 1)


def _of_scheme(sheet: _Sheet, place: int, scheme: str | None) -> list[tuple[int, tuple[str | None, ...]]]:
    there = list(dict.fromkeys(row[place] for _, row in sheet.rows if row[place]))
    if scheme is None and len(there) > 1:
        hint = f"name one with --scheme: {', '.join(map(str, there))}"
        raise UsageError(f"{sheet.file} holds targets of {len(there)} schemes", hint, "scheme")
    if scheme is not None and scheme not in there:
        hint = list_names([str(one) for one in there], "the schemes are", "no row has a scheme")
        raise UsageError(f"{sheet.file} has no scheme {scheme!r}", hint, "scheme")
    return [(line, row) for line, row in sheet.rows if scheme is None or row[place] == scheme]


def _headed(sheet: _Sheet, category: int, number: int) -> Iterator[TargetRow]:
    """A variable as a heading above its categories, or as the name of the sheet."""
    last = sheet.title.strip()
    first = sheet.rows[0][1]
    if not last and first[number] is not None:
        raise _no_form(sheet, ["variable"], [number])
    for line, row in sheet.rows:
        if row[number] is None and row[category]:
            last = str(row[category]).strip()
        elif row[number] is not None or row[category]:
            parts = None if row[category] is None else _parts(last, str(row[category]))
            yield TargetRow(variable=last, category=parts, text=row[number], line=line, column=number + 1)


def _parts(variable: str, text: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in text.split(CROSS)) if CROSS in variable else (text.strip(),)


def _by_column(sheet: _Sheet, number: int) -> Iterator[TargetRow]:
    """A margin whose columns are called as those of the data, as statistical programs write it."""
    places = [place for place in range(len(sheet.names)) if place != number]
    variable = CROSS.join(sheet.names[place].strip() for place in places)
    above: list[str] = [""] * len(places)
    problems = []
    for line, row in sheet.rows:
        texts = [(row[place] or "").strip() for place in places]
        above = [text or old for text, old in zip_longest(texts[:-1], above[:-1], fillvalue="")] + texts[-1:]
        if not all(above):
            told = f"the row names no category of {sheet.names[places[above.index('')]]}"
            problems.append(Problem(sheet.file, line, number + 1, told, "write it, or delete the row"))
            continue
        yield TargetRow(variable=variable, category=tuple(above), text=row[number], line=line, column=number + 1)
    if problems:
        raise DataError(problems)


def _crossed(sheet: _Sheet) -> Iterator[TargetRow]:
    """A table of two variables, `sex*age` in its corner: a row a category of the first, a column one of the second."""
    variable = CROSS.join(part.strip() for part in sheet.names[0].split(CROSS))
    if variable.count(CROSS) != 1:
        hint = "write three or more variables as a list: variable, category, target"
        raise DesignError("a crossed table has two variables", hint, sheet.file)
    last = ""
    for line, row in sheet.rows:
        last = (row[0] or last).strip()
        for place, text in enumerate(row[1:], 1):
            if text is not None:  # nobody is to be there
                category = (last, sheet.names[place].strip())
                yield TargetRow(variable=variable, category=category, text=text, line=line, column=place + 1)
