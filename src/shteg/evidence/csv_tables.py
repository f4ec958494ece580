"""CSV files of a case: rows with their physical line, checked one by one against their record."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import ValidationError

from shteg.evidence.folder import CaseFolder
from shteg.evidence.records import Record
from shteg.evidence.schema import FileSpec
from shteg.evidence.sentences import explain, suggest

LONGEST_FIELD = 131_072
TOO_LONG = f"a field is longer than {LONGEST_FIELD:,} characters"


@dataclass(slots=True)
class Row:
    """One row: `line` is the physical line where it starts; `record` is None while the row is not valid."""

    line: int
    cells: dict[str, str]
    record: Record | None = None


@dataclass
class CsvTable:
    """A CSV file: its header and the rows that have as many fields as the header."""

    spec: FileSpec
    header: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)
    whole: bool = True

    @property
    def name(self) -> str:
        """The file, relative to the case."""
        return self.spec.path

    def column(self, name: str) -> int:
        """Give the number of a column, from 1; 0 if the table has no such column."""
        return self.header.index(name) + 1 if name in self.header else 0

    def values(self, name: str) -> frozenset[str]:
        """Give all values of a column as they stand, valid or not."""
        return frozenset(row.cells.get(name, "").strip() for row in self.rows)


def read_csv(folder: CaseFolder, spec: FileSpec) -> CsvTable | None:
    """Read a CSV file into raw rows; problems of form go to the folder. None if there is no usable header."""
    text = folder.read_text(spec.path)
    if text is None:
        return None
    lines = _lines(folder, spec.path, text)
    first = next(lines, None)
    if first is None:
        return None
    header = _check_header(folder, spec, *first)
    if header is None:
        return None
    table = CsvTable(spec=spec, header=header)
    before = len(folder.problems)
    for line, fields in lines:
        if len(fields) != len(header):
            problem = f"the row has {len(fields)} fields, the header has {len(header)}"
            hint = "count the commas; a text that holds a comma stands between quotation marks"
            folder.report(spec.path, line, min(len(fields), len(header)), problem, hint)
        elif not any(one.strip() for one in fields):
            folder.report(spec.path, line, 1, "the row is empty", "delete the line")
        else:
            table.rows.append(Row(line, dict(zip(header, fields, strict=True))))
    table.whole = len(folder.problems) == before
    return table


def validate_rows(folder: CaseFolder, table: CsvTable) -> None:
    """Turn every row into its record; a row that fails is reported field by field."""
    record = table.spec.record
    assert record is not None  # every CSV file of the schema has one
    optional = {name for name, info in record.model_fields.items() if not info.is_required()}
    for row in table.rows:
        cells = {
            name: value
            for name, value in row.cells.items()
            if name in record.model_fields and (name not in optional or value.strip())
        }
        try:
            row.record = record.model_validate(cells)
        except ValidationError as errors:
            for path, problem, hint in explain(record, errors):
                if not path and problem.endswith("is missing"):
                    continue  # the header lacks the column, and that has been said once
                column = table.column(str(path[0])) if path else 1
                folder.report(table.name, row.line, column, problem, hint)


def _lines(folder: CaseFolder, name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            problem, hint = (
                f"the row cannot be read: {error}",
                "look for a quotation mark that is opened and not closed",
            )
            if "field larger" in str(error):
                problem = TOO_LONG
            elif "end of data" in str(error):
                problem = "a quotation mark is opened in this row and never closed"
            elif "expected after" in str(error):
                problem = "text follows a closing quotation mark"
                hint = 'inside quotation marks write a quotation mark twice: ""'
            folder.report(name, line, 1, problem, hint)
            return
        # Python's own limit is one for the whole process, and other libraries raise it.
        if any(len(field) > LONGEST_FIELD for field in fields):
            folder.report(name, line, 1, TOO_LONG, "look for a quotation mark that is opened and not closed")
            return
        if fields:
            yield line, fields


def _check_header(folder: CaseFolder, spec: FileSpec, line: int, fields: list[str]) -> tuple[str, ...] | None:
    record = spec.record
    assert record is not None
    known = tuple(record.model_fields)
    header = tuple(one.strip() for one in fields)
    if len(header) == 1 and any(mark in header[0] for mark in ";\t|"):
        mark = next(one for one in ";\t|" if one in header[0])
        shown = "tabs" if mark == "\t" else f"“{mark}”"
        folder.report(spec.path, line, 1, f"the fields are separated by {shown}", "save the table with commas")
        return None
    for number, name in enumerate(header, 1):
        if not name:
            folder.report(spec.path, line, number, "the column has no name", "name it, or delete the column")
        elif header.index(name) + 1 < number:
            folder.report(spec.path, line, number, f"the column `{name}` stands here twice", "delete one of the two")
        elif name not in known:
            problem = f"`{name}` is not a column of this table"
            folder.report(spec.path, line, number, problem, suggest(name, known, "remove it"))
    for name, info in record.model_fields.items():
        if info.is_required() and name not in header:
            problem, hint = f"the column `{name}` is missing", f"add `{name}`; see docs/case-format.md"
            folder.report(spec.path, line, 0, problem, hint)
    return header
