"""Lines are added to the events of commitments and nothing else: each is checked in a copy of the case before."""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shteg.errors import CaseError, Problem, UsageError
from shteg.evidence import check_case
from shteg.evidence.files.csv_scan import scan_csv
from shteg.evidence.files.csv_tables import CsvTable, read_csv
from shteg.evidence.files.folder import CaseFolder
from shteg.evidence.records.commitments import Commitment, CommitmentEvent
from shteg.evidence.records.declarations import FileSpec, Record
from shteg.evidence.records.files import TABLES
from shteg.evidence.records.ledger import HASH, chained_hash
from shteg.keeping import work_folder, write_whole


def _spec(record: type[Record]) -> FileSpec:
    return next(spec for spec in TABLES if spec.record is record)


_EVENTS, _COMMITMENTS = _spec(CommitmentEvent), _spec(Commitment)


@dataclass(frozen=True, slots=True)
class Line:
    """A line to be added: its cells by column, the file as it will be, and its number in the file."""

    cells: Mapping[str, str]
    content: bytes
    line: int


def compose_line(folder: Path, cells: Mapping[str, str]) -> Line:
    """Give the next line of `commitments/events.csv`, numbered and sealed, without writing it.

    Parameters
    ----------
    folder : Path
        The case.
    cells : mapping
        Text by column; `id` and `hash` are given by the lines that stand.

    Returns
    -------
    Line
        The lines that stand are kept byte for byte.

    Raises
    ------
    UsageError
        The case has no commitments.
    CaseError
        The file cannot be read.
    """
    path = folder / _EVENTS.path
    if not (folder / _COMMITMENTS.path).is_file():
        raise UsageError(
            f"the case has no {_COMMITMENTS.path}", "write the commitments first; see docs/case-format.md", str(folder)
        )
    names = list(CommitmentEvent.model_fields)
    stands = path.read_bytes() if path.is_file() else (",".join(names) + "\n").encode()
    if not stands.endswith((b"\n", b"\r")):
        stands += b"\n"
    table = _read(folder) if path.is_file() else CsvTable(spec=_EVENTS, header=tuple(names))
    separator = scan_csv(stands).separator
    before = ""
    for row in table.rows:
        before = chained_hash(before, CommitmentEvent, row.cells)
    number = max((int(row.cells["id"]) for row in table.rows if row.cells["id"].strip().isdigit()), default=0) + 1
    full = {**{name: text.strip() for name, text in cells.items()}, "id": str(number)}
    full[HASH] = chained_hash(before, CommitmentEvent, full)
    _require_columns(table, full)
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\n").writerow([full.get(name, "") for name in table.header])
    return Line(full, stands + out.getvalue().encode("utf-8"), stands.count(b"\n") + 1)


def _read(folder: Path) -> CsvTable:
    place = CaseFolder(folder.resolve())
    table = read_csv(place, _EVENTS)
    if table is None or place.problems:
        raise CaseError(place.problems)
    return table


def _require_columns(table: CsvTable, cells: Mapping[str, str]) -> None:
    for name, text in cells.items():
        if text and name != HASH and name not in table.header:
            problem, hint = f"the file has no column `{name}`", f"add `{name}` to its first line"
            raise CaseError([Problem(_EVENTS.path, 1, 0, problem, hint)])


def check_line(folder: Path, line: Line) -> tuple[Problem, ...]:
    """Check a line as `shteg check` would, in a copy of the case that has it.

    Parameters
    ----------
    folder : Path
        The case.
    line : Line
        Of `compose_line`.

    Returns
    -------
    tuple of Problem
        Those of the file of events; what else is wrong with the case is for `shteg check` to say.
    """
    with work_folder(folder / ".track") as work:
        copy = work / "case"
        shutil.copytree(folder, copy, copy_function=_link, ignore=lambda _, names: [n for n in names if n[0] == "."])
        write_whole(copy / _EVENTS.path, line.content)  # renamed over the link: the file of the case stays
        return tuple(one for one in check_case(copy) if one.file == _EVENTS.path)


def _link(source: str, target: str) -> None:
    """Make a copy that takes no room; where the disk has no links, a copy."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def append_line(folder: Path, line: Line) -> None:
    """Write a line that `compose_line` gave; who does so holds the lock since before."""
    write_whole(folder / _EVENTS.path, line.content)
