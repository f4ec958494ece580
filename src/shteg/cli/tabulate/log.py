"""The log of tables that `shteg tabulate` printed of a data file: what was shown and hidden, never a figure.

It lies in the cache folder, one file for each content of a data file, one line of JSON for each table.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from shteg.errors import DesignError, UsageError
from shteg.hints import counted
from shteg.keeping import user_cache
from shteg.survey.tables import PrintedTable, Source
from shteg.survey.tables.protect import expose_printed, from_json, to_json

FORGET = "--forget"


def read_log(samples: Sequence[str], *, forget: bool) -> dict[str, tuple[PrintedTable, ...]]:
    """Read what was printed of each sample; with `forget`, delete it first.

    Lines that cannot be read are told on the error stream: tables printed then are not taken into account.
    """
    found: dict[str, tuple[PrintedTable, ...]] = {}
    for sample in dict.fromkeys(samples):
        path = _place(sample)
        try:
            if forget:
                path.unlink(missing_ok=True)
            lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
        except (OSError, UnicodeDecodeError) as error:
            _warn(f"the log of tables printed earlier cannot be read ({error})")
            continue
        notes, damaged = [], 0
        for line in lines:
            try:
                notes.append(_read_line(line))
            except UsageError:
                damaged += 1
        if damaged:
            _warn(f"{counted(damaged, 'damaged line')} in the log of tables printed earlier, left out ({path})")
        found[sample] = tuple(notes)
    return found


def that_fit(
    sources: Sequence[Source], earlier: Mapping[str, Sequence[PrintedTable]]
) -> dict[str, tuple[PrintedTable, ...]]:
    """Give the earlier tables that can be laid out over the data at hand; the others are told on the error stream."""
    found: dict[str, tuple[PrintedTable, ...]] = {}
    for source in sources:
        notes = []
        for note in earlier.get(source.sample, ()):
            try:
                expose_printed(source.design, note)
            except DesignError:
                if source.sample not in found:
                    _warn(
                        f"a table printed earlier ({note.label}) does not fit these data and is not taken into account"
                    )
            else:
                notes.append(note)
        found[source.sample] = tuple(notes)
    return found


def add_to_log(printed: Mapping[str, Sequence[PrintedTable]], known: Mapping[str, Sequence[PrintedTable]]) -> None:
    """Add the tables of this call; a folder that cannot be written is a warning."""
    for sample, notes in printed.items():
        lines = [_write_line(note) for note in notes if note not in known.get(sample, ())]
        if not lines:
            continue
        path = _place(sample)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as file:
                file.write("".join(lines).encode("utf-8"))
        except OSError as error:
            _warn(f"the log of printed tables cannot be written ({error}): later calls will not know of these")


def _place(sample: str) -> Path:
    return user_cache(sys.platform, os.environ) / "tabulated" / f"{sample}.jsonl"


def _write_line(note: PrintedTable) -> str:
    text = to_json(note)
    return f"{_checksum(text)} {text}\n"


def _read_line(line: str) -> PrintedTable:
    checksum, _, text = line.partition(" ")
    if checksum != _checksum(text):
        raise UsageError("a line of the log is damaged", f"give {FORGET} to start anew")
    return from_json(text)


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def _warn(text: str) -> None:
    click.echo(f"Warning: {text}", err=True)
