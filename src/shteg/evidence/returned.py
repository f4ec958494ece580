"""A workbook brought back to its case: every change checked in a copy before one byte is written."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from shteg.errors import CaseError, Problem, UsageError
from shteg.evidence.book.changes import Change, Taken, take_changes
from shteg.evidence.book.grids import Book, read_book
from shteg.evidence.book.located import located
from shteg.evidence.files.folder import OUTPUT_MARKER, CaseFolder
from shteg.evidence.files.toml_tables import parse_toml
from shteg.keeping import work_folder, write_whole

Check = Callable[[Path], Iterable[Problem]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What a workbook changes in a case.

    Attributes
    ----------
    changes : tuple of Change
        In the order of the sheets.
    files : tuple of Taken
        The files that change.
    notes : tuple of str
        What was passed over: sheets that belong to no file, problems that the case had before.
    """

    changes: tuple[Change, ...]
    files: tuple[Taken, ...]
    notes: tuple[str, ...]


def return_book(path: Path, folder: Path, check: Check, work: Path) -> Returned:
    """Find what a workbook changes in a case, and check the case with it in a copy.

    Parameters
    ----------
    path : Path
        The workbook.
    folder : Path
        The case.
    check : callable
        Gives every problem of a case.
    work : Path
        Where the copy is made, for as long as it is needed.

    Returns
    -------
    Returned

    Raises
    ------
    UsageError
        It is no workbook of this case.
    CaseError
        Something in it is refused; every problem names sheet and cell.
    """
    book = read_book(path)
    header = parse_toml(CaseFolder(folder.resolve()), "case.toml")
    raw = header.raw if header else {}
    if book.case and raw.get("id") not in (None, book.case):
        problem = f"the workbook is of the case {book.case!r}, not of {raw.get('id')!r}"
        raise UsageError(problem, "name the folder of its case", path.name)
    if not book.grids and not book.problems:
        raise UsageError("no sheet holds a file of a case", "write one with `shteg case to-xlsx`", path.name)
    if not book.base and not book.problems and any((folder / file).is_file() for file in book.grids):
        problem = "the hidden sheet '_base' is missing, by which what was changed is told from what was not"
        hint = "write the workbook anew and make the changes there, or make a new case of this one: name a new folder"
        raise UsageError(problem, hint, path.name)
    languages = tuple(one for one in raw.get("languages", ()) if isinstance(one, str))
    taken, problems = take_changes(book, languages, lambda file: _read(folder / file))
    problems = [*book.problems, *problems]
    if problems:
        raise CaseError(problems)
    files = tuple(one for one in taken if one.changes and one.after != one.before)
    notes = [f"the sheet {name!r} belongs to no file of the case and was left out" for name in book.left_out]
    if files:
        notes += _check(book, taken, files, folder, check, work)
    changes = tuple(change for one in taken for change in one.changes)
    return Returned(changes=changes, files=files, notes=tuple(notes))


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _check(
    book: Book, taken: list[Taken], files: tuple[Taken, ...], folder: Path, check: Check, work: Path
) -> list[str]:
    """Raise for every problem that the changes make; give what was wrong before."""
    before = {(one.file, one.problem) for one in check(folder)}
    with work_folder(work / folder.resolve().name) as place:
        copy = place / folder.resolve().name
        shutil.copytree(folder, copy, ignore=_outputs)
        for one in files:
            (copy / one.file).parent.mkdir(parents=True, exist_ok=True)
            (copy / one.file).write_bytes(one.after)
        found = list(check(copy))
    new = [one for one in found if (one.file, one.problem) not in before]
    if new:
        raise CaseError(located(new, book, taken))
    return [f"the case had this problem before: {one}" for one in found]


def _outputs(folder: str, names: list[str]) -> list[str]:
    return [one for one in names if one.startswith(".") or (Path(folder) / one / OUTPUT_MARKER).is_file()]


def write_returned(returned: Returned, folder: Path) -> None:
    """Write the files that change, each whole.

    Raises
    ------
    UsageError
        A file was changed while the workbook was being checked; nothing is written.
    """
    for one in returned.files:
        if _read(folder / one.file) != one.before:
            raise UsageError(f"{one.file} was changed just now", "run the command again", str(folder))
    for one in returned.files:
        (folder / one.file).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / one.file, one.after)
