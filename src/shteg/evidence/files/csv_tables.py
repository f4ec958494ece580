"""CSV files of a case: rows with their physical line, checked one by one against their record."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from pydantic import ValidationError

from shteg.errors import Problem
from shteg.evidence.files.csv_scan import Scan, scan_csv
from shteg.evidence.files.explain_invalid import explain, suggest
from shteg.evidence.files.folder import CaseFolder
from shteg.evidence.files.schema import strip_optional
from shteg.evidence.records.dates import DateInterval, day_orders, read_local_day
from shteg.evidence.records.declarations import FileSpec, Record, columns_of, join_languages
from shteg.hints import counted

LONGEST_FIELD = 131_072
TOO_LONG = f"a field is longer than {LONGEST_FIELD:,} characters"
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:(?:\.[0-9]{3})+|(?:[ \u00a0\u202f][0-9]{3})+),[0-9]+")
_MARKS = re.compile(r"[. \u00a0\u202f]")
_DECIMAL_POINT = re.compile(r"[+-]?[0-9]+\.[0-9]+")


@dataclass(slots=True)
class Row:
    """One row: `line` is the physical line where it starts; `record` is None while the row is not valid."""

    line: int
    cells: dict[str, str]
    record: Record | None = None


@dataclass
class CsvTable:
    """A CSV file: its header, the languages of its texts, and the rows that have as many fields as the header."""

    spec: FileSpec
    header: tuple[str, ...]
    languages: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    whole: bool = True

    @property
    def name(self) -> str:
        """The file, relative to the case."""
        return self.spec.path

    def column(self, name: str) -> int:
        """Give the number of a column, from 1; 0 if the table has no such column."""
        return self.header.index(name) + 1 if name in self.header else 0

    def at(self, row: Row, column: str, problem: str, hint: str) -> Problem:
        """Make a problem that stands in a cell.

        Parameters
        ----------
        row : Row
            A row of this table.
        column : str
            Name of a column; the first one if the table has no such column.
        problem, hint : str
            What is wrong, and how to mend it.

        Returns
        -------
        Problem
            With file, line and column.
        """
        return Problem(self.name, row.line, max(self.column(column), 1), problem, hint)

    def values(self, name: str) -> frozenset[str]:
        """Give all values of a column as they stand, valid or not."""
        return frozenset(row.cells.get(name, "").strip() for row in self.rows)


def read_csv(
    folder: CaseFolder, spec: FileSpec, languages: tuple[str, ...] = (), elsewhere: tuple[str, ...] = ()
) -> CsvTable | None:
    """Read a CSV file into raw rows; problems of form go to the folder.

    Days written as Excel writes them in many countries (21.05.2009) and, in a file separated by “;”, decimal commas
    are turned into the form of the case format where they can mean one thing only.

    Parameters
    ----------
    folder : CaseFolder
        The case.
    spec : FileSpec
        The table: where it stands, and what its rows are.
    languages : tuple of str
        The languages in which it has its texts.
    elsewhere : tuple of str
        Those of them whose texts may stand elsewhere (`words/<language>.toml`): their columns may be missing.

    Returns
    -------
    CsvTable or None
        None if there is no usable header.
    """
    before = len(folder.problems)
    text = folder.read_text(spec.path)
    if text is None:
        return None
    scan = scan_csv(text.encode("utf-8"))
    for defect in scan.defects:
        folder.report(spec.path, defect.line, defect.column, defect.problem, defect.hint)
    if scan.more:
        folder.report(
            spec.path, 0, 0, f"{counted(scan.more, 'further row')} with such faults", "mend those listed first"
        )
    if not scan.header_line or any(one.line <= scan.header_line for one in scan.defects):
        return None
    table = CsvTable(spec=spec, header=(), languages=languages)
    return _read_rows(folder, table, scan, before, elsewhere)


def _read_rows(
    folder: CaseFolder, table: CsvTable, scan: Scan, before: int, elsewhere: tuple[str, ...]
) -> CsvTable | None:
    refused = {defect.line for defect in scan.defects}
    rows = [(line, fields) for line, fields in _rows(folder, table.name, scan) if line not in refused]
    unused = [
        number
        for number, name in enumerate(scan.header)
        if not name and not any(number < len(fields) and fields[number].strip() for _, fields in rows)
    ]
    kept = [number for number in range(len(scan.header)) if number not in unused]
    table.header = header = tuple(scan.header[number] for number in kept)
    if not _check_header(folder, table, scan.header_line, kept, elsewhere):
        return None
    for line, fields in rows:
        if len(fields) == len(scan.header):
            table.rows.append(Row(line, {name: fields[number] for name, number in zip(header, kept, strict=True)}))
    _mend_local_forms(folder, table, scan.separator)
    table.whole = len(folder.problems) == before
    return table


def validate_rows(folder: CaseFolder, table: CsvTable) -> None:
    """Turn every row into its record; a row that fails is reported field by field."""
    record = table.spec.record
    columns = columns_of(record, table.languages)
    needed = {name for name, (key, _) in columns.items() if record.model_fields[key].is_required()}
    for row in table.rows:
        cells = {
            name: value for name, value in row.cells.items() if name in columns and (name in needed or value.strip())
        }
        try:
            row.record = record.model_validate(join_languages(record, cells))
        except ValidationError as errors:
            for path, problem, hint in explain(record, errors):
                if not path and problem.endswith("is missing"):
                    continue  # the header lacks the column, and that has been said once
                column = table.column(str(path[0])) if path else 1
                folder.report(table.name, row.line, column, problem, hint)


def _rows(folder: CaseFolder, name: str, scan: Scan) -> Iterator[tuple[int, list[str]]]:
    """Give the rows as the scan found them; where a quotation mark is out of order, the rows above it."""
    limit = min((one.line for one in scan.defects if "quotation" in one.problem), default=None)
    text = io.StringIO(scan.body.decode("utf-8"), newline="")
    reader = csv.reader(text, delimiter=scan.separator, strict=True)
    for line in scan.lines.tolist():
        if limit is not None and line >= limit:
            return
        try:
            fields = next(reader)
            # Python's own limit is one for the whole process, and other libraries raise it.
            too_long = any(len(one) > LONGEST_FIELD for one in fields)
        except csv.Error:
            too_long = True
        if too_long:
            folder.report(name, line, 1, TOO_LONG, "look for a quotation mark that is opened and not closed")
            return
        yield line, fields


def _mend_local_forms(folder: CaseFolder, table: CsvTable, separator: str) -> None:
    """Turn days, and decimal commas of a file without separating commas, into the form of the case format."""
    record = table.spec.record
    for name in table.header:
        kind = strip_optional(record.model_fields[name].annotation) if name in record.model_fields else None
        if kind in (DateInterval, date):
            _mend_days(folder, table, name)
        elif kind is float and separator != ",":
            _mend_decimals(folder, table, name)


def _mend_days(folder: CaseFolder, table: CsvTable, name: str) -> None:
    orders = day_orders(row.cells[name] for row in table.rows)
    if len(orders) > 1:
        lines = {order: table.rows[number].line for order, number in orders.items()}
        problem = f"`{name}` has the day first in line {lines['day']} and the month first in line {lines['month']}"
        hint = "write all days of the column alike, best as YYYY-MM-DD (in Excel: Format Cells, Custom, yyyy-mm-dd)"
        folder.report(table.name, max(lines.values()), table.column(name), problem, hint)
        return
    order = next(iter(orders), None)
    for row in table.rows:
        try:
            day = read_local_day(row.cells[name], order)
        except ValueError:
            continue  # left as it stands: the record refuses it with the same sentence
        if day is not None:
            row.cells[name] = day.isoformat()


def _mend_decimals(folder: CaseFolder, table: CsvTable, name: str) -> None:
    for row in table.rows:
        if _GROUPED.fullmatch(text := row.cells[name].strip()):  # both marks stand there: it can be one number only
            row.cells[name] = _MARKS.sub("", text)
    commas = [row for row in table.rows if _DECIMAL_COMMA.fullmatch(row.cells[name].strip())]
    point = next((row for row in table.rows if _DECIMAL_POINT.fullmatch(row.cells[name].strip())), None)
    if commas and point is not None:
        problem = f"`{name}` has a decimal comma here and a point in line {point.line}"
        hint = "write all numbers of the column alike, without marks between the thousands"
        folder.report(table.name, commas[0].line, table.column(name), problem, hint)
        return
    for row in commas:
        row.cells[name] = row.cells[name].strip().replace(",", ".")


def _check_header(
    folder: CaseFolder, table: CsvTable, line: int, numbers: list[int], elsewhere: tuple[str, ...]
) -> tuple[str, ...]:
    spec, header = table.spec, table.header
    known = columns_of(spec.record, table.languages)
    for number, name in enumerate(header):
        place = numbers[number] + 1
        if not name:
            folder.report(spec.path, line, place, "the column has no name", "name it, or delete the column")
        elif header.index(name) < number:
            folder.report(spec.path, line, place, f"the column `{name}` stands here twice", "delete one of the two")
        elif name not in known:
            problem = f"`{name}` is not a column of this table"
            folder.report(spec.path, line, place, problem, suggest(name, known, "remove it"))
    for name, (key, language) in known.items():
        if spec.record.model_fields[key].is_required() and name not in header and language not in elsewhere:
            problem, hint = f"the column `{name}` is missing", f"add `{name}`; see docs/case-format.md"
            if language:
                hint += f", or give the texts in words/{language}.toml"
            folder.report(spec.path, line, 0, problem, hint)
    return header
