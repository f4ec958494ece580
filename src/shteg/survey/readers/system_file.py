"""Multiple-response sets in the dictionary of an SPSS system file, read and written byte by byte.

The library that reads such files gives no code that is a text, and writes no sets. The form of the file is that of the
documentation of PSPP ("System File Format"): records one after another, each beginning with a number of four bytes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import IO

HEADER = 176
"""Bytes before the first record."""
VARIABLE, LABELS, LABELLED, DOCUMENT, EXTENSION, END = 2, 3, 4, 6, 7, 999
SETS, MORE_SETS, LONG_NAMES, ENCODING = 7, 19, 13, 20
"""Subtypes of extensions: sets, sets whose labels are those of variables, long names, encoding."""
MOST_BYTES = 2**26
"""Of one record: no dictionary has a longer one."""
_BLOCK = struct.calcsize("<qqii")
_NAME = re.compile(rb"\$[^=\s]+")


class UnreadableError(ValueError):
    """The dictionary ends in the middle, or holds a number that cannot be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredSet:
    """A set as the dictionary has it.

    Parameters
    ----------
    name : str
        With its dollar sign.
    dichotomy : bool
    counted : str or None
        What a ticked box holds, as it is written there.
    label : str
    columns : tuple of str
        By their long names where they have such.
    """

    name: str
    dichotomy: bool
    counted: str | None
    label: str
    columns: tuple[str, ...]


@dataclass(slots=True)
class Dictionary:
    """What is read of a dictionary.

    Parameters
    ----------
    order : "<" or ">"
        Of the bytes of a number.
    end : int
        Where the record stands that ends it.
    names : mapping of short name in small letters to long name
    encoding : str
        Blank if the file does not say it.
    sets : list of bytes
        Texts that declare sets, as they stand.
    """

    order: str = "<"
    end: int = 0
    compression: int = 0
    names: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    sets: list[bytes] = field(default_factory=list)


def read_dictionary(file: IO[bytes]) -> Dictionary:
    """Walk through the records of a dictionary.

    Parameters
    ----------
    file : binary file
        At its beginning.

    Returns
    -------
    Dictionary

    Raises
    ------
    UnreadableError
        It ends in the middle, or a record has no known kind.
    """
    header = _take(file, HEADER)
    found = Dictionary(order=_order(header))
    (found.compression,) = struct.unpack(found.order + "i", header[72:76])
    short: list[str] = []
    long_names = b""
    while True:
        found.end = file.tell()
        kind = _number(file, found.order)
        if kind == END:
            break
        if kind == VARIABLE:
            short += _variable(file, found.order)
        elif kind == LABELS:
            _pass_labels(file, found.order)
        elif kind == DOCUMENT:
            _take(file, 80 * _count(file, found.order))
        elif kind == EXTENSION:
            subtype, size = _number(file, found.order), _count(file, found.order)
            content = _take(file, size * _count(file, found.order))
            if subtype in (SETS, MORE_SETS):
                found.sets.append(content)
            elif subtype == LONG_NAMES:
                long_names = content
            elif subtype == ENCODING:
                found.encoding = content.decode("ascii", errors="replace").strip()
        else:
            raise UnreadableError(f"a record of kind {kind}")
    found.names = {name.lower(): name for name in short} | _long_names(long_names, found.encoding)
    return found


def read_sets(path: Path, encoding: str | None = None) -> tuple[list[DeclaredSet], list[str]]:
    """Read the multiple-response sets of an SPSS file.

    Parameters
    ----------
    path : Path
        A .sav or .zsav.
    encoding : str, optional
        Of its texts, where the file does not say it or says it wrongly.

    Returns
    -------
    sets, broken : list of DeclaredSet, list of str
        Those that can be read, and the names of those that cannot.

    Raises
    ------
    UnreadableError
        The dictionary is damaged.
    """
    with path.open("rb") as file:
        known = read_dictionary(file)
    sets, broken = [], []
    for text in known.sets:
        for line in text.replace(b"\x00", b"").split(b"\n"):
            if not line.strip():
                continue
            name = _NAME.match(line)
            try:
                sets.append(_set(line, known, encoding or known.encoding or "cp1252"))
            except (ValueError, LookupError):
                broken.append(name[0].decode("utf-8", errors="replace") if name else "without a name")
    return sets, broken


def with_sets(content: bytes, sets: Sequence[DeclaredSet]) -> bytes:
    """Give an SPSS file with multiple-response sets declared.

    Parameters
    ----------
    content : bytes
        A whole .sav or .zsav in UTF-8.
    sets : sequence of DeclaredSet
        Columns by their long names.

    Returns
    -------
    bytes
        The same with a further record in its dictionary; places in a .zsav are moved by its length.
    """
    known = read_dictionary(BytesIO(content))
    short = {long: name for name, long in known.names.items()}
    lines = [_written(one, [short[column] for column in one.columns]) for one in sets]
    text = b"".join(line + b"\n" for line in lines)
    record = struct.pack(known.order + "iiii", EXTENSION, SETS, 1, len(text)) + text
    whole = content[: known.end] + record + content[known.end :]
    return _moved(whole, known, len(record)) if known.compression == 2 else whole


def _written(one: DeclaredSet, columns: Sequence[str]) -> bytes:
    label = one.label.replace("\n", " ").encode("utf-8")
    counted = (one.counted or "").encode("utf-8")
    kind = b"D%d %b" % (len(counted), counted) if one.dichotomy else b"C"
    names = " ".join(columns).encode("utf-8")
    return b"%b=%b %d %b %b" % (one.name.encode("utf-8"), kind, len(label), label, names)


def _moved(whole: bytes, known: Dictionary, by: int) -> bytes:
    """Move the places that a file in compressed blocks keeps of itself."""
    start = known.end + by + 8
    long = struct.Struct(known.order + "qqq")
    head, trailer, length = long.unpack_from(whole, start)
    changed = bytearray(whole)
    long.pack_into(changed, start, head + by, trailer + by, length)
    block = struct.Struct(known.order + "qqii")
    for place in range(trailer + by + 24, trailer + by + length, _BLOCK):
        plain, packed, plain_size, packed_size = block.unpack_from(changed, place)
        block.pack_into(changed, place, plain + by, packed + by, plain_size, packed_size)
    return bytes(changed)


def _set(line: bytes, known: Dictionary, encoding: str) -> DeclaredSet:
    """Read one line: `$name=C 5 label a b`, `$name=D1 Y 5 label a b` or `$name=E 11 1 Y 5 label a b`."""
    name, _, rest = line.partition(b"=")
    kind, rest = rest[:1], rest[1:]
    counted: bytes | None = None
    if kind == b"E":
        source, rest = rest.lstrip().split(b" ", 1)
        if source not in (b"1", b"11"):
            raise UnreadableError("a set of an unknown kind")
    if kind in (b"D", b"E"):
        counted, rest = _counted(rest)
    elif kind != b"C":
        raise UnreadableError("a set of an unknown kind")
    label, rest = _counted(rest.lstrip(b" "))
    columns = tuple(_long(one, known, encoding) for one in rest.split())
    if not columns or not _NAME.fullmatch(name.strip()):
        raise UnreadableError("a set without a name or without columns")
    return DeclaredSet(
        name=name.strip().decode(encoding),
        dichotomy=kind != b"C",
        counted=None if counted is None else counted.decode(encoding),
        label=label.decode(encoding).strip(),
        columns=columns,
    )


def _long(name: bytes, known: Dictionary, encoding: str) -> str:
    text = name.decode(encoding)
    return known.names.get(text.lower(), text)


def _counted(text: bytes) -> tuple[bytes, bytes]:
    """Read a text that stands behind its length, and give what follows."""
    length, mark, rest = text.partition(b" ")
    size = int(length)
    if not mark or not 0 <= size <= len(rest):
        raise UnreadableError("a text that is longer than its line")
    return rest[:size], rest[size:]


def _order(header: bytes) -> str:
    for order in "<>":
        if struct.unpack(order + "i", header[64:68])[0] in (2, 3):
            return order
    raise UnreadableError("an unknown order of bytes")


def _take(file: IO[bytes], size: int) -> bytes:
    if not 0 <= size <= MOST_BYTES:
        raise UnreadableError(f"a record of {size} bytes")
    found = file.read(size)
    if len(found) < size:
        raise UnreadableError("the file ends in its dictionary")
    return found


def _number(file: IO[bytes], order: str) -> int:
    found: int = struct.unpack(order + "i", _take(file, 4))[0]
    return found


def _count(file: IO[bytes], order: str) -> int:
    count = _number(file, order)
    if not 0 <= count <= MOST_BYTES:
        raise UnreadableError(f"a count of {count}")
    return count


def _variable(file: IO[bytes], order: str) -> list[str]:
    """Pass a record of a variable; give its short name, nothing of the continuation of a long text."""
    kind, labelled, missing, _, _ = struct.unpack(order + "iiiii", _take(file, 20))
    name = _take(file, 8)
    if labelled:
        _take(file, -(-_count(file, order) // 4) * 4)
    if abs(missing) > 3:
        raise UnreadableError(f"{missing} missing codes")
    _take(file, 8 * abs(missing))
    return [] if kind == -1 else [name.decode("latin-1").rstrip()]


def _pass_labels(file: IO[bytes], order: str) -> None:
    for _ in range(_count(file, order)):
        _take(file, 8)
        length = _take(file, 1)[0]
        _take(file, -(-(length + 1) // 8) * 8 - 1)
    if _number(file, order) != LABELLED:
        raise UnreadableError("labels of no variable")
    _take(file, 4 * _count(file, order))


def _long_names(text: bytes, encoding: str) -> dict[str, str]:
    decoded = text.decode(_codec(encoding), errors="replace").replace("\x00", "")
    pairs = (one.split("=", 1) for one in decoded.split("\t") if "=" in one)
    return {short.strip().lower(): long for short, long in pairs}


def _codec(encoding: str) -> str:
    try:
        "".encode(encoding or "cp1252")
    except LookupError:
        return "cp1252"
    return encoding or "cp1252"
