"""The form of a CSV file, checked before a cell is read: separator, rows, fields, quotation marks.

Tables of a case and data files of a wave go through the same scan, so that one rule holds for both: every row has as
many fields as the header, a quotation mark stands at the edge of a field or twice inside it, a row in which nothing
stands is no row.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shteg.hints import counted

SEPARATORS = {",": "commas", ";": "“;”", "\t": "tabs"}
"""What may separate fields, and how messages call it."""
MOST_DEFECTS = 50
"""Defects that are listed; the rest is counted."""

_QUOTE, _NEWLINE = 34, 10
_BLOCK = 2**24
_STATED = re.compile(rb'"?sep=(.)"?\n', re.IGNORECASE)
_UNCLOSED = "look for a quotation mark that is opened and not closed"
_OTHER_MARKS = "|:^"
_NUMBER = re.compile(r"[-+0-9.,\s]*")

_SOMETHING = np.ones(256, dtype=bool)
"""Of every byte, whether it is more than a separator, a blank or a quotation mark."""
_SOMETHING[[ord(one) for one in (*SEPARATORS, *"\n\v\f \x1c\x1d\x1e\x1f", '"')]] = False

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Defect:
    """One thing wrong with the form of a file; line and field count from 1."""

    line: int
    column: int
    problem: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scan:
    """A file whose form is known.

    Parameters
    ----------
    separator : str
        A key of `SEPARATORS`.
    header : tuple of str
        The names as they stand, without blanks around them; a column may have no name.
    header_line : int
        Physical line of the header; 0 if there is none.
    body : bytes
        The rows below the header, UTF-8, each closed by one line feed; rows in which nothing stands are left out.
    lines : (rows,) int
        Physical line in which each row begins.
    blank : tuple of int
        Lines of rows of separators alone, which are left out; empty lines are not listed.
    quoted : bool
        Whether a quotation mark stands in the rows.
    defects : tuple of Defect
        At most `MOST_DEFECTS`; () if the form is right.
    more : int
        Defects that are not listed.
    """

    separator: str
    header: tuple[str, ...]
    header_line: int
    body: bytes
    lines: Ints
    blank: tuple[int, ...] = ()
    quoted: bool = False
    defects: tuple[Defect, ...] = ()
    more: int = 0


@dataclass(slots=True, eq=False)
class _Text:
    """A file in memory with its quotation marks looked at; `starts` and `ends` bound the rows."""

    data: bytes
    bytes_: NDArray[np.uint8]
    newlines: Ints
    outside: Bools | None
    starts: Ints
    ends: Ints
    defects: list[Defect]
    filled: Bools

    def line(self, offset: int) -> int:
        """Physical line of an offset, from 1."""
        return int(np.searchsorted(self.newlines, offset)) + 1

    def per_row(self, chosen: Bools) -> Ints:
        """How many of the chosen bytes stand in each row."""
        if not len(self.starts):
            return np.zeros(0, dtype=np.int64)
        return np.add.reduceat(chosen.view(np.uint8), self.starts, dtype=np.int32).astype(np.int64)

    def separators(self, mark: str) -> Ints:
        """How many separators stand in each row, those inside quotation marks not counted."""
        chosen = self.bytes_ == ord(mark)
        return self.per_row(chosen if self.outside is None else chosen & self.outside)


def scan_csv(data: bytes) -> Scan:
    """Look at the form of a CSV file: which separator, which rows, what is wrong.

    `data` is UTF-8 without byte order mark; lines end with LF, CR LF or CR, mixed as may be.
    """
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    stated = _STATED.match(data)
    wanted = stated[1].decode("latin-1") if stated else ""
    begin = stated.end() if stated else 0
    candidates = [wanted] if wanted in SEPARATORS else _candidates(data, begin)
    text = _look(data, begin, candidates)
    if not text.filled.any():
        return Scan(separator=",", header=(), header_line=0, body=b"", lines=text.starts[:0], defects=(*text.defects,))
    first = int(np.argmax(text.filled))
    separator, counts = _choose(text, first, candidates)
    if (text.outside is not None or text.defects) and candidates != [separator]:
        text = _look(data, begin, [separator])  # a quotation mark beside another separator is out of place
        first = int(np.argmax(text.filled))
        counts = text.separators(separator)
    header = _split(text.data[text.starts[first] : text.ends[first]].decode("utf-8"), separator)
    return _finish(text, first, separator, counts, header)


def read_header(raw: bytes, encoding: str = "utf-8") -> tuple[str, ...] | None:
    """Give the names of the columns of a CSV file, of which `raw` is the beginning; None if it cannot be read."""
    try:
        text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(
            raw
        )  # a wrong sign below it is no matter
    except (UnicodeError, LookupError):
        return None
    scan = scan_csv(text.removeprefix("\ufeff").encode("utf-8"))
    readable = scan.header_line and all(one.line > scan.header_line for one in scan.defects)
    readable = readable and not any("\ufffd" in name for name in scan.header)
    return tuple(name for name in scan.header if name) if readable else None


def line_at(data: bytes, offset: int) -> int:
    """Give the physical line of an offset, from 1, whatever the line ends are."""
    head = data[:offset]
    return head.count(b"\n") + head.count(b"\r") - head.count(b"\r\n") + 1


def _candidates(data: bytes, begin: int) -> list[str]:
    """Give the separators that the first filled line holds, or all if it does not tell."""
    while data[begin : begin + 1] in (b"\n", b" "):
        begin += 1
    end = data.find(b"\n", begin)
    line = data[begin : end if end >= 0 else len(data)]
    held = [mark for mark in SEPARATORS if mark.encode() in line]
    return held if held and line.count(b'"') % 2 == 0 else list(SEPARATORS)


def _look(data: bytes, begin: int, separators: list[str]) -> _Text:
    """Find the rows; a quotation mark out of place is noted, and then read as an ordinary character."""
    array = np.frombuffer(data, dtype=np.uint8)
    newlines = np.flatnonzero(array == _NEWLINE)
    text = _Text(data, array, newlines, None, newlines[:0], newlines[:0], [], np.zeros(0, dtype=bool))
    quotes = np.flatnonzero(array == _QUOTE)
    marks = np.array([ord(mark) for mark in separators] + [_NEWLINE], dtype=np.uint8)
    while len(quotes) and len(text.defects) < MOST_DEFECTS:
        wrong = _misplaced(array, quotes, marks)
        if wrong is None:
            break
        quotes = _note(text, quotes, wrong)
    ends = newlines
    if len(quotes):
        text.outside = _outside(len(array), quotes)
        ends = newlines[text.outside[newlines]]
    ends = ends[ends >= begin]
    if len(data) > begin and (not len(ends) or ends[-1] != len(data) - 1):
        ends = np.append(ends, len(data))
    text.ends = ends
    text.starts = np.concatenate([[begin], ends[:-1] + 1]).astype(np.int64) if len(ends) else ends
    text.filled = text.per_row(_SOMETHING[array]) > 0
    return text


def _misplaced(array: NDArray[np.uint8], quotes: Ints, marks: NDArray[np.uint8]) -> int | None:
    """Give the number of the first quotation mark that neither opens nor closes a field nor is written twice."""
    before = np.where(quotes > 0, array[np.maximum(quotes - 1, 0)], _NEWLINE)
    after = np.where(quotes < len(array) - 1, array[np.minimum(quotes + 1, len(array) - 1)], _NEWLINE)
    step = np.diff(quotes)
    twin_before, twin_after = np.append([False], step == 1), np.append(step == 1, [False])
    opening = np.arange(len(quotes)) % 2 == 0
    right = np.where(opening, np.isin(before, marks) | twin_before, np.isin(after, marks) | twin_after)
    if not right.all():
        return int(np.argmin(right))
    return len(quotes) - 1 if len(quotes) % 2 else None


def _note(text: _Text, quotes: Ints, wrong: int) -> Ints:
    """Note what is wrong with a quotation mark; give the quotation marks without those that are to be passed over."""
    line = text.line(int(quotes[wrong]))
    if wrong % 2 == 0 and wrong == len(quotes) - 1 and _opens(text, int(quotes[wrong])):
        problem, hint = "a quotation mark is opened in this row and never closed", _UNCLOSED
        dropped = [wrong]
    elif wrong % 2 == 0:
        problem = "a quotation mark stands inside a field"
        hint = 'put the whole field between quotation marks, and inside them write each twice: ""'
        dropped = [wrong]
    else:
        opened = text.line(int(quotes[wrong - 1]))
        dropped = [wrong - 1, wrong]
        if opened == line:
            problem = "text follows a closing quotation mark"
            hint = 'inside quotation marks write a quotation mark twice: ""'
        else:
            line, dropped = opened, [wrong - 1]
            problem, hint = "a quotation mark is opened in this row and never closed", _UNCLOSED
    text.defects.append(Defect(line, 1, problem, hint))
    return np.delete(quotes, dropped)


def _opens(text: _Text, at: int) -> bool:
    return at == 0 or text.data[at - 1 : at] in (b"\n", *(mark.encode() for mark in SEPARATORS))


def _outside(size: int, quotes: Ints) -> Bools:
    """Tell of every byte whether it stands outside quotation marks."""
    outside = np.empty(size, dtype=bool)
    toggles = np.zeros(size, dtype=bool)
    toggles[quotes] = True
    state = 0
    for begin in range(0, size, _BLOCK):
        # One byte is enough: it is only asked whether the count is even.
        turned = np.cumsum(toggles[begin : begin + _BLOCK].view(np.uint8), dtype=np.uint8)
        odd = (turned & 1) ^ state
        outside[begin : begin + _BLOCK] = odd == 0
        state = int(odd[-1])
    return outside


def _choose(text: _Text, first: int, candidates: list[str]) -> tuple[str, Ints]:
    """Choose the separator of the header; where it holds several, that by which most rows are as long as the header."""
    filled = np.flatnonzero(text.filled)
    filled = filled[filled > first]
    head = text.data[text.starts[first] : text.ends[first]]
    occurring = [mark for mark in candidates if mark.encode() in head] or candidates[:1]
    best: tuple[int, str, Ints] | None = None
    for mark in occurring:
        counts = text.separators(mark)
        fits = int((counts[filled] == counts[first]).sum()) if counts[first] else -1
        if best is None or fits > best[0]:
            best = (fits, mark, counts)
    assert best is not None  # there is always a candidate
    return best[1], best[2]


def _finish(text: _Text, first: int, separator: str, counts: Ints, header: tuple[str, ...]) -> Scan:
    filled = text.filled.copy()
    filled[: first + 1] = False
    rows = np.flatnonzero(filled)
    empty = np.flatnonzero(~filled[first + 1 :] & (counts[first + 1 :] > 0)) + first + 1
    starts = text.starts
    begins = np.searchsorted(text.newlines, starts) + 1
    defects, more = list(text.defects), 0
    wrong = rows[counts[rows] != counts[first]]
    header_line = int(begins[first])
    if counts[first] and not text.defects and _disagree(text, separator, counts, rows):
        problem = f"the fields of the header are separated by {SEPARATORS[separator]}, those of the rows are not"
        defects.append(Defect(header_line, 1, problem, "save header and rows alike, with commas or “;” throughout"))
    else:
        for row in wrong[: MOST_DEFECTS - len(defects)]:
            have, want = int(counts[row]) + 1, int(counts[first]) + 1
            problem = f"the row has {counted(have, 'field')}, the header has {want}"
            hint = f"count the {SEPARATORS[separator]}; a text that holds one stands between quotation marks"
            defects.append(Defect(int(begins[row]), min(have, want), problem, hint))
        more = max(0, len(wrong) + len(text.defects) - MOST_DEFECTS)
    if not counts[first] and (mark := next((one for one in _OTHER_MARKS if one in header[0]), "")) and len(rows):
        problem = f"the fields are separated by “{mark}”"
        hint = "save the table with commas, “;” or tabs between the fields (in Excel: “CSV UTF-8”)"
        defects = [Defect(header_line, 1, problem, hint)]
    elif (below := _names_below(text, header, rows)) is not None:
        line = int(begins[below])
        problem = f"this line does not name the columns; the names seem to stand in line {line}"
        defects = [Defect(header_line, 1, problem, f"delete the lines above line {line}")]
    return Scan(
        separator=separator,
        header=header,
        header_line=header_line,
        body=_body(text, rows),
        lines=begins[rows],
        blank=tuple(int(begins[row]) for row in empty),
        quoted=text.outside is not None,
        defects=tuple(sorted(defects, key=lambda one: (one.line, one.column))),
        more=more,
    )


def _names_below(text: _Text, header: tuple[str, ...], rows: Ints) -> int | None:
    """Give the row below a title that seems to hold the names: all rows are longer than one field, and it is full."""
    if sum(name != "" for name in header) != 1 or len(rows) < 2:  # a single row is no table below its names
        return None
    row = text.data[text.starts[rows[0]] : text.ends[rows[0]]].decode("utf-8")
    for mark in SEPARATORS:
        counts = text.separators(mark)[rows]
        if counts[0] and (counts == counts[0]).all():
            names = _split(row, mark)
            return int(rows[0]) if all(name and not _NUMBER.fullmatch(name) for name in names) else None
    return None


def _disagree(text: _Text, separator: str, counts: Ints, rows: Ints) -> bool:
    """Tell whether no row holds the separator of the header, and some hold another."""
    others = (mark for mark in SEPARATORS if mark != separator)
    return bool(len(rows)) and not counts[rows].any() and any(text.separators(mark)[rows].any() for mark in others)


def _body(text: _Text, rows: Ints) -> bytes:
    """The rows, one after the other; rows that stand together are copied together."""
    if not len(rows):
        return b""
    breaks = np.flatnonzero(np.diff(rows) != 1)
    firsts, lasts = rows[np.append([0], breaks + 1)], rows[np.append(breaks, [len(rows) - 1])]
    pieces = [text.data[text.starts[a] : text.ends[b]] for a, b in zip(firsts, lasts, strict=True)]
    return b"\n".join(pieces) + b"\n"


def _split(row: str, separator: str) -> tuple[str, ...]:
    """Split one row whose quotation marks are in order, or taken for ordinary characters."""
    fields, field, inside = [], "", False
    for piece in re.split(f'(["{separator}])', row):
        if piece == '"':
            inside = not inside
            field += piece
        elif piece == separator and not inside:
            fields.append(field)
            field = ""
        else:
            field += piece
    return tuple(_unquote(one) for one in (*fields, field))


def _unquote(field: str) -> str:
    if len(field) >= 2 and field[0] == field[-1] == '"':
        return field[1:-1].replace('""', '"').strip()
    return field.strip()
