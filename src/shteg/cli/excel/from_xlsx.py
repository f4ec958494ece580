"""`shteg case from-xlsx`: what was changed in a workbook, back to the files of its case."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import click

from shteg.cli.options import case_argument, json_option
from shteg.edition.case_problems import evidence_problems
from shteg.errors import Problem
from shteg.evidence import find_case, inspect_case
from shteg.evidence.book.changes import Change
from shteg.evidence.returned import Returned, return_book, write_returned

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
    folder = find_case(case)
    returned = return_book(file, folder, _problems, Path(tempfile.gettempdir()))
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


def _problems(folder: Path) -> set[Problem]:
    return evidence_problems(inspect_case(folder), folder)


def _lines(returned: Returned, folder: Path, *, write: bool) -> Iterator[str]:
    yield from returned.notes
    for one in returned.changes:
        yield _line(one)
    if not returned.changes:
        yield "Nothing was changed"
        return
    count = len(returned.changes)
    done = "written" if write else "to be taken (--write writes them)"
    yield f"{count} change{'s' if count != 1 else ''} in {len(returned.files)} file(s) {done}"
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
