"""Lines are added to the ledger and nothing else: what stands in a file stays, byte for byte."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from shteg.errors import CaseError, Problem
from shteg.evidence.records.declarations import Record
from shteg.evidence.records.files import TABLES
from shteg.evidence.records.ledger import HASH, LedgerLine, Reach, Reaches, Resolution, chained_hash
from shteg.keeping import write_whole

REACHES = "ledger.toml"
_HEAD = """\
# Written by shteg: how far ledger.csv and resolutions.csv reached. Lines are only ever added to them.
"""
Cells = Mapping[str, str]
"""The text of each cell of a line, without its hash."""


def append_forecasts(folder: Path, lines: Sequence[Cells]) -> None:
    """Add lines to ledger.csv of a case; raises `CaseError` where it is not as shteg writes it."""
    _append(folder, LedgerLine, lines)


def append_resolutions(folder: Path, lines: Sequence[Cells]) -> None:
    """Add lines to resolutions.csv of a case; raises `CaseError` where it is not as shteg writes it."""
    _append(folder, Resolution, lines)


def _append(folder: Path, record: type[Record], lines: Sequence[Cells]) -> None:
    if not lines:
        return
    (path,) = (folder / spec.path for spec in TABLES if spec.record is record)
    header = list(record.model_fields)
    stands = path.read_bytes() if path.is_file() else (",".join(header) + "\n").encode()
    if stands and not stands.endswith(b"\n"):
        stands += b"\n"
    before = _last_hash(path, stands, header)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    for cells in lines:
        record.model_validate({**{name: text for name, text in cells.items() if text}, HASH: "0" * 64})
        before = chained_hash(before, record, cells)
        writer.writerow([*(cells.get(name, "") for name in header if name != HASH), before])
    write_whole(path, stands + out.getvalue().encode("utf-8"))
    write_whole(folder / REACHES, _reaches(folder).encode("utf-8"))  # behind for a moment, and never ahead


def _last_hash(path: Path, content: bytes, header: Sequence[str]) -> str:
    rows = list(_rows(content))
    if not rows or rows[0] != list(header):
        hint = f"the first line reads {','.join(header)}: take the file back as shteg wrote it"
        raise CaseError([Problem(path.name, 1, 0, "the columns are not those that shteg writes", hint)])
    return rows[-1][-1] if len(rows) > 1 else ""


def _rows(content: bytes) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) if row]


def _reaches(folder: Path) -> str:
    """Write how far both files reach, in the order of the record."""
    parts = [_HEAD]
    for name in Reaches.model_fields:
        path = folder / f"{name}.csv"
        rows = _rows(path.read_bytes())[1:] if path.is_file() else []
        if rows:
            reach = Reach(lines=len(rows), hash=rows[-1][-1])
            parts.append(f'\n[{name}]\nlines = {reach.lines}\nhash = "{reach.hash}"\n')
    return "".join(parts)
