"""Changes to a CSV file that leave every byte alone which they do not mean."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from shteg.errors import UsageError
from shteg.evidence.files.csv_scan import scan_csv

_WIDE = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_LINE_END = re.compile(r"\r\n|\n|\r")
_STATED = re.compile(r'"?sep=."?(?:\r\n|\n|\r)', re.IGNORECASE)
_BLANKS = frozenset(',;\t \v\f\x1c\x1d\x1e\x1f"')
LONGEST_CELL = 131_072
"""Letters of one cell, as the reader of tables allows."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A row as it stands: its fields as written with their quotation marks, what ends it, its physical line."""

    fields: tuple[str, ...]
    end: str
    line: int

    @property
    def cells(self) -> list[str]:
        """The fields as they are read."""
        return [_unquoted(one) for one in self.fields]


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A CSV file in pieces that give its bytes again when they are put together.

    Attributes
    ----------
    before : str
        What stands above the header, and the header as written with its line end.
    header : tuple of str
        Names of the columns.
    separator : str
    pieces : tuple of Piece
        Every row below the header, empty ones too.
    rows : tuple of int
        Which of them hold something, as the reader of tables counts.
    marked : bool
        Whether a byte order mark stands first.
    codec : str
        UTF-8, or UTF-16 as its mark says (Excel calls it “Unicode text”).
    """

    before: str
    header: tuple[str, ...]
    header_line: int
    separator: str
    pieces: tuple[Piece, ...]
    rows: tuple[int, ...]
    marked: bool = False
    codec: str = "utf-8"

    def bytes(self) -> bytes:
        """Give the file again."""
        body = "".join(self.separator.join(one.fields) + one.end for one in self.pieces)
        text = ("\ufeff" if self.marked else "") + self.before + body
        return text.encode(self.codec)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """What is to change, by the number of a row (from 0) in the table as it was read.

    Attributes
    ----------
    cells : mapping
        New texts by row and column.
    removed : frozenset of int
        Rows that go.
    added : sequence
        Pairs: the row behind which a new one stands (-1 for the first place), and its cells.
    """

    cells: Mapping[tuple[int, int], str] = field(default_factory=dict)
    removed: frozenset[int] = frozenset()
    added: Sequence[tuple[int, tuple[str, ...]]] = ()


def read_raw(raw: bytes) -> RawTable:
    """Take a CSV file apart.

    Raises
    ------
    UsageError
        Its form is wrong, so that rows and columns cannot be told for certain.
    """
    codec = next((codec for mark, codec in _WIDE if raw.startswith(mark)), "utf-8")
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError as error:
        raise UsageError("the file is not UTF-8", "save it as UTF-8 (in Excel: “CSV UTF-8”)") from error
    marked, text = text.startswith("\ufeff"), text.removeprefix("\ufeff")
    scan = scan_csv(text.encode("utf-8"))
    if scan.defects or not scan.header_line:
        told = f"line {scan.defects[0].line}: {scan.defects[0].problem}" if scan.defects else "the file has no header"
        hint = scan.defects[0].hint if scan.defects else "write the names of the columns into the first line"
        raise UsageError(f"the table cannot be shown as a grid: {told}", hint)
    pieces = list(_pieces(text, scan.separator))
    at = next(number for number, one in enumerate(pieces) if one.line == scan.header_line)
    below = tuple(pieces[at + 1 :])
    rows = tuple(number for number, one in enumerate(below) if _filled(one))
    header = pieces[: at + 1]
    before = "".join(scan.separator.join(one.fields) + one.end for one in header)
    table = RawTable(
        before=before, header=tuple(one.strip() for one in pieces[at].cells), header_line=scan.header_line,
        separator=scan.separator, pieces=below, rows=rows, marked=marked, codec=codec,
    )  # fmt: skip
    if table.bytes() != raw or [below[one].line for one in rows] != scan.lines.tolist():
        raise UsageError("the table cannot be shown as a grid", "edit the file with a text editor")
    return table


def apply_edits(table: RawTable, edits: Edits) -> bytes:
    """Give the file with these changes; every row that they do not name keeps its bytes.

    Raises
    ------
    UsageError
        A row or column does not exist, or a cell is too long.
    """
    width, count = len(table.header), len(table.rows)
    for row, column in edits.cells:
        if not (0 <= row < count and 0 <= column < width):
            raise UsageError(f"there is no cell in row {row}, column {column}", "load the table again")
    if any(not 0 <= row < count for row in edits.removed) or any(not -1 <= row < count for row, _ in edits.added):
        raise UsageError("there is no such row", "load the table again")
    if any(len(cells) != width for _, cells in edits.added):
        raise UsageError(f"a new row needs {width} cells", "load the table again")
    end = next((one.end for one in table.pieces if one.end), "") or _end_of(table.before) or "\n"
    behind: dict[int, list[Piece]] = {}
    for row, cells in edits.added:
        written = tuple(_written(cell, "", table.separator) for cell in cells)
        behind.setdefault(row, []).append(Piece(written, end, 0))
    places = {piece: row for row, piece in enumerate(table.rows)}
    out: list[Piece] = list(behind.get(-1, ()))
    for number, piece in enumerate(table.pieces):
        if number not in places:
            out.append(piece)
            continue
        row = places[number]
        if row not in edits.removed:
            out.append(_changed(piece, row, edits, table.separator))
        out += behind.get(row, ())
    return _joined(table, out, end)


def _joined(table: RawTable, pieces: list[Piece], end: str) -> bytes:
    """Put the pieces together; only the last one may lack its line end, as the file did."""
    before = table.before
    if pieces and not _end_of(before):
        before += end
    open_ended = bool(table.pieces) and not table.pieces[-1].end
    mended = [
        Piece(one.fields, one.end or (end if number < len(pieces) - 1 or not open_ended else ""), one.line)
        for number, one in enumerate(pieces)
    ]
    if open_ended and mended:
        mended[-1] = Piece(mended[-1].fields, "", mended[-1].line)
    whole = RawTable(
        before=before, header=table.header, header_line=table.header_line, separator=table.separator,
        pieces=tuple(mended), rows=(), marked=table.marked, codec=table.codec,
    )  # fmt: skip
    return whole.bytes()


def _changed(piece: Piece, row: int, edits: Edits, separator: str) -> Piece:
    fields = list(piece.fields)
    for column in range(len(fields)):
        if (row, column) in edits.cells:
            fields[column] = _written(edits.cells[row, column], fields[column], separator)
    return Piece(tuple(fields), piece.end, piece.line)


def _written(text: str, before: str, separator: str) -> str:
    """Write a cell: as it stood if it says the same, in quotation marks where it had them or needs them."""
    if len(text) > LONGEST_CELL:
        raise UsageError(f"a cell is longer than {LONGEST_CELL:,} letters", "shorten it")
    text = _LINE_END.sub("\n", text)
    if before and _unquoted(before) == text:
        return before
    needed = any(mark in text for mark in (separator, '"', "\n")) or text != text.strip()
    if needed or (before.startswith('"') and text):
        return '"' + text.replace('"', '""') + '"'
    return text


def _unquoted(field_: str) -> str:
    if len(field_) >= 2 and field_[0] == field_[-1] == '"':
        return field_[1:-1].replace('""', '"')
    return field_


def _end_of(text: str) -> str:
    found = re.search(r"(?:\r\n|\n|\r)\Z", text)
    return found[0] if found else ""


def _filled(piece: Piece) -> bool:
    return any(letter not in _BLANKS and letter not in "\r\n" for one in piece.fields for letter in one)


def _pieces(text: str, separator: str) -> Iterator[Piece]:
    """Divide a text whose quotation marks are in order into rows and fields."""
    mark = re.compile(rf'"|{re.escape(separator)}|\r\n|\n|\r')
    fields: list[str] = []
    start, line, row_line, inside = 0, 1, 1, False
    if stated := _STATED.match(text):
        end = _end_of(stated[0])
        yield Piece((stated[0].removesuffix(end),), end, 1)
        start, line, row_line = stated.end(), 2, 2
    for found in mark.finditer(text, start):
        one = found[0]
        if one == '"':
            inside = not inside
        elif one == separator:
            if not inside:
                fields.append(text[start : found.start()])
                start = found.end()
        else:
            line += 1
            if not inside:
                yield Piece((*fields, text[start : found.start()]), one, row_line)
                fields, start, row_line = [], found.end(), line
    if start < len(text) or fields:
        yield Piece((*fields, text[start:]), "", row_line)


def rearranged(table: RawTable, order: Sequence[int | tuple[str, ...]], cells: Mapping[tuple[int, int], str]) -> bytes:
    """Give the file with its rows in another order, some left out, some new; a row that stays keeps its bytes.

    Parameters
    ----------
    table : RawTable
    order : sequence
        Numbers of rows that stay, and the cells of new ones.
    cells : mapping
        New texts by row and column.

    Returns
    -------
    bytes
    """
    end = next((one.end for one in table.pieces if one.end), "") or _end_of(table.before) or "\n"
    edits = Edits(cells=cells)
    behind: dict[int, list[Piece]] = {}  # lines in which nothing stands stay behind the row above them
    last = -1
    places = {piece: row for row, piece in enumerate(table.rows)}
    for number, piece in enumerate(table.pieces):
        if number in places:
            last = places[number]
        else:
            behind.setdefault(last, []).append(piece)
    out = list(behind.pop(-1, ()))
    for one in order:
        if isinstance(one, int):
            out += [_changed(table.pieces[table.rows[one]], one, edits, table.separator), *behind.pop(one, ())]
        else:
            out.append(Piece(tuple(_written(cell, "", table.separator) for cell in one), end, 0))
    for left in behind.values():
        out += left
    return _joined(table, out, end)
