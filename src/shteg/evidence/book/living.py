"""A case that lives as a workbook: its files kept in a folder by what the workbook holds, problems told by cell.

Beside `NAME.xlsx` the folder `NAME.files/` may hold what stands on no sheet: texts, pictures, words and messages of
languages, data files of waves. The kept folder is made anew when either changes, and is never written into.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from shteg.errors import CaseError, Problem, UsageError
from shteg.evidence.book.changes import cells_of, take_changes
from shteg.evidence.book.grids import Book, read_book
from shteg.evidence.book.sheets import spec_of
from shteg.keeping import user_cache, work_folder

SUFFIX = ".files"
NOTE = ".workbook.json"
"""The hidden file of a kept folder that says from which workbook it is, and from which cell each place of a file."""
_FORM = "2"


def is_book(name_or_path: str | Path) -> bool:
    """Tell whether a case is named as a workbook."""
    return str(name_or_path).lower().endswith(".xlsx")


def unpacked(path: Path, kept: Path | None = None) -> Path:
    """Give the folder of a case that lives as a workbook, made if it is not there.

    Parameters
    ----------
    path : Path
        The workbook.
    kept : Path, optional
        Where folders are kept; the cache of the user if left out.

    Returns
    -------
    Path

    Raises
    ------
    CaseError
        The workbook holds what is no file of a case; every problem names sheet and cell.
    UsageError
        It cannot be read.
    """
    if not path.is_file():
        raise UsageError(f"there is no workbook {path}", "check its name", str(path))
    beside = path.with_name(path.stem + SUFFIX)
    others = _others(beside)
    room = (kept or user_cache(sys.platform, os.environ)) / "workbooks"
    folder = room / _mark(path, others) / path.stem
    if (folder / NOTE).is_file():
        return folder
    book = read_book(path)
    files, cells = _files(book)
    room.mkdir(parents=True, exist_ok=True)
    with work_folder(folder.parent) as work:
        made = work / folder.parent.name
        for name, raw in files.items():
            _place(made / path.stem / name).write_bytes(raw)
        for one in others:
            _copy(one, _place(made / path.stem / one.relative_to(beside)))
        sheets = {name: grid.sheet for name, grid in book.grids.items()}
        note = {
            "workbook": path.name,
            "sheets": sheets,
            "cells": cells,
        }
        (made / path.stem / NOTE).write_text(json.dumps(note), encoding="utf-8")
        try:
            made.rename(folder.parent)
        except OSError:
            if not (folder / NOTE).is_file():  # else another process was faster
                raise
    return folder


def _files(book: Book) -> tuple[dict[str, bytes], dict[str, dict[str, str]]]:
    """Give the files that the sheets make, and the cell of every place in them."""
    languages = _languages(book)
    taken, problems = take_changes(book, languages, book.base.get)
    if problems or book.problems:
        raise CaseError([*book.problems, *problems])
    cells = {
        one.file: {f"{line}:{column}": cell for (line, column), cell in cells_of(one, book.grids[one.file]).items()}
        for one in taken
    }
    return {one.file: one.after for one in taken}, cells


def _languages(book: Book) -> tuple[str, ...]:
    grid = book.grids.get("case.toml")
    if grid is None:
        hint = "write one with `shteg case to-xlsx`, and change it"
        raise UsageError("the workbook has no sheet case.toml, and is no case", hint, book.name)
    found = []
    for cells in grid.rows.values():
        key, value = (cells.get(grid.header.get(one, 0), "") for one in ("key", "value"))
        if key.startswith("languages["):
            found.append(value)
    return tuple(found)


def _others(beside: Path) -> list[Path]:
    """Give the files beside the workbook; one that stands on a sheet must not stand there too."""
    found = []
    for path in sorted(beside.rglob("*")) if beside.is_dir() else ():
        name = path.relative_to(beside).as_posix()
        if path.is_symlink():
            raise UsageError(f"{name} is a link, and is not followed", "put the file itself there", beside.name)
        if path.is_file():
            if spec_of(name) is not None:
                raise UsageError(f"{name} stands on a sheet of the workbook", "delete it from the folder", beside.name)
            found.append(path)
    return found


def _mark(path: Path, others: Iterable[Path]) -> str:
    digest = hashlib.sha256(f"{_FORM}\n{path.name}\n".encode())
    digest.update(hashlib.sha256(path.read_bytes()).digest())
    for one in others:
        status = one.stat()
        digest.update(f"{one}\n{status.st_size}\n{status.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:32]


def _place(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _copy(source: Path, target: Path) -> None:
    """Link a file, which takes no room, or copy it where the disk cannot."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def told_by_cell(problems: Iterable[Problem], folder: Path) -> list[Problem]:
    """Give the problems of a case as they are, or, of a case that lives as a workbook, by sheet and cell."""
    try:
        note = json.loads((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return list(problems)
    return [_told(one, note) for one in problems]


def _told(problem: Problem, note: dict[str, dict[str, dict[str, str]]]) -> Problem:
    sheet = note["sheets"].get(problem.file)
    if sheet is None:
        return problem
    cells = note["cells"].get(problem.file, {})
    first = next((cell for place, cell in cells.items() if place.startswith(f"{problem.line}:")), "")
    cell = cells.get(f"{problem.line}:{problem.column}") or first
    where = f"{note['workbook']}, sheet {sheet!r}" + (f", cell {cell}" if cell else "")
    return Problem(where, 0, 0, problem.problem, problem.hint)
