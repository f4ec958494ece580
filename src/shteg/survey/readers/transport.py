"""How a reading process hands over its result: the length of a JSON text, the text, an Arrow stream."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

LINES = "\x00lines"
"""Column that carries the line of each respondent."""
NO_ROOM, OUT_OF_MEMORY, NOT_SET_UP = 74, 71, 72
"""Exit codes of the reading process: the result could not be written; memory ran out; a library cannot be loaded."""

Rows = list[list[str | None]]
"""Cells of a sheet as text; None where a cell is blank."""

_LENGTH = struct.Struct("<Q")


def write_head(file: IO[bytes], head: dict[str, Any]) -> None:
    """Write everything but the frame."""
    text = json.dumps(head).encode("utf-8")
    file.write(_LENGTH.pack(len(text)))
    file.write(text)


def read_head(file: IO[bytes]) -> dict[str, Any]:
    """Read everything but the frame; the file stands at the frame afterwards."""
    start = file.read(_LENGTH.size)
    if len(start) < _LENGTH.size:
        raise ValueError("the result is cut off")
    (length,) = _LENGTH.unpack(start)
    head: dict[str, Any] = json.loads(file.read(length))
    return head
