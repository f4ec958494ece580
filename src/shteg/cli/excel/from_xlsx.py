"""`shteg case from-xlsx`: what was changed in a workbook, back to the files of its case."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from shteg.cli.options import case_argument, json_option
from shteg.edition.case_problems import evidence_problems
from shteg.errors import CaseError, Problem
from shteg.evidence import find_case, inspect_case, shipped_cases
from shteg.evidence.book.changes import Change
from shteg.evidence.book.living import is_book, unpacked
from shteg.evidence.returned import Returned, return_book, write_returned
from shteg.hints import counted

_SIGNS = {"changed": "~", "added": "+", "removed": "-", "moved": ">"}


@click.command("from-xlsx")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@case_argument
@click.option("--write", is_flag=True, help="Write the changes into the case; without it they are only shown.")
@json_option
def from_xlsx(file: Path, case: str, write: bool, as_json: bool) -> None:
    """Bring what was changed in FILE, a workbook of `shteg case to-xlsx`, back to the files of CASE.

    Only what was changed is written; all else keeps its bytes. What `shteg check` would refuse is refused, by sheet
    and cell, and then nothing is written.
    """
    if _is_new(case):
        _make(file, Path(case), write=write)
        return
    folder = find_case(case, to_write=True)
    try:
        returned = return_book(file, folder, _problems, Path(tempfile.gettempdir()))
    except CaseError as error:
        hint = "mend the cells above, save the workbook, and run the command again; nothing was written"
        raise CaseError(error.problems, hint) from error
    if write:
        write_returned(returned, folder)
    if as_json:
        told = {
            "case": str(folder), "written": write and bool(returned.files), "notes": list(returned.notes),
            "files": [one.file for one in returned.files], "changes": [asdict(one) for one in returned.changes],
        }  # fmt: skip
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for line in _lines(returned, folder, write=write):
        click.echo(line)


def _is_new(case: str) -> bool:
    """Tell whether the case is to be a folder that is not there yet."""
    path = Path(case)
    return not path.exists() and not is_book(path) and case not in shipped_cases() and path.parent.is_dir()


def _make(file: Path, folder: Path, *, write: bool) -> None:
    """Make a new case folder of a workbook and what stands beside it."""
    made = unpacked(file)
    if problems := _problems(made):
        raise CaseError(sorted(problems))
    if write:
        shutil.copytree(made, folder, ignore=shutil.ignore_patterns(".*"), copy_function=shutil.copyfile)
        click.echo(f"{folder}: a new case, made of {file.name}. Next: shteg check {folder}")
        return
    click.echo(f"{folder} is not there: --write makes it, a new case with what {file.name} holds")


def _problems(folder: Path) -> set[Problem]:
    return evidence_problems(inspect_case(folder), folder)


def _lines(returned: Returned, folder: Path, *, write: bool) -> Iterator[str]:
    yield from returned.notes
    for one in returned.changes:
        yield _line(one)
    if not returned.changes:
        yield "Nothing was changed"
        return
    done = "written" if write else "to be taken (--write writes them)"
    yield f"{counted(len(returned.changes), 'change')} in {counted(len(returned.files), 'file')}: {done}"
    if write:
        yield f"Next: shteg check {folder}"


def _line(one: Change) -> str:
    place = f"sheet {one.sheet!r}" + (f", cell {one.cell}" if one.cell else "")
    column = f", {one.column}" if one.column else ""
    head = f"{_SIGNS[one.kind]} {one.file}: {one.row}{column} ({place})"
    if one.kind == "changed":
        return f"{head}: {_short(one.before)} → {_short(one.after)}"
    return f"{head}: {one.kind}" + (f" {_short(one.before or one.after)}" if one.before or one.after else "")


def _short(text: str) -> str:
    line = " / ".join(text.splitlines())
    return f"“{line[:80]}{'…' if len(line) > 80 else ''}”" if line else "nothing"
