"""The files of a case that the studio may read and write: whole, on request only, never outside of the folder."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from shteg.errors import ShtegError, UsageError
from shteg.evidence.edits.text_edits import difference
from shteg.evidence.files.folder import TABLE_LIMIT, is_inside
from shteg.evidence.records.base import is_id
from shteg.evidence.records.files import FILES, TABLES, WAVE_FILES
from shteg.keeping import write_whole

_TEXT = re.compile(r"text/([A-Za-z0-9_-]+)/([^/]+)\.md")
_PLAIN_FILES = frozenset(one.path for one in FILES if one.kind == "toml")
_TABLE_FILES = {one.path: one for one in TABLES}
_WAVE = re.compile("|".join(re.escape(one.path).replace("<wave>", "[^/]+") for one in WAVE_FILES if one.kind == "toml"))
_OF_LANGUAGE = re.compile(r"(?:messages|words)/[A-Za-z-]+\.toml")
MOST_UNDO = 100
"""Saves that can be undone."""
NEW = "new"
"""Mark of a file that does not exist."""

Kind = Literal["table", "text", "toml"]


class ConflictError(ShtegError):
    """The file is not what it was when it was read; `difference` says how.

    Parameters
    ----------
    problem, hint, where : str
        As of every error.
    difference : str
        Line by line, from what was read to what stands on the disk.
    """

    def __init__(self, problem: str, hint: str, where: str, difference: str) -> None:
        super().__init__(problem, hint, where)
        self.difference = difference


class ReadOnlyError(ShtegError):
    """The case, or this file of it, is not to be written."""


@dataclass(frozen=True, slots=True)
class Saved:
    """One save: the file, what stood there before and what was written; None where there was no file."""

    file: str
    before: bytes | None
    after: bytes | None


def mark_of(raw: bytes | None) -> str:
    """Give the mark of a content, by which a later one is told from it."""
    return NEW if raw is None else hashlib.sha256(raw).hexdigest()


def kind_of(file: str) -> Kind | None:
    """Tell whether a file is a table, a text or TOML of a case; None for any other."""
    if file in _TABLE_FILES:
        return "table"
    if found := _TEXT.fullmatch(file):
        return "text" if is_id(found[2]) else None
    if file in _PLAIN_FILES or _WAVE.fullmatch(file) or _OF_LANGUAGE.fullmatch(file):
        return "toml"
    return None


@dataclass
class CaseFiles:
    """The folder of a case as the studio writes it.

    Attributes
    ----------
    root : Path
        The folder, resolved.
    locked : str
        Why nothing may be written; empty if it may.
    """

    root: Path
    locked: str = ""
    _undo: list[Saved] = field(default_factory=list)
    _read: dict[str, bytes] = field(default_factory=dict)

    def listed(self) -> list[dict[str, str]]:
        """List the files that can be looked at, each with its kind, tables first."""
        found: list[dict[str, str]] = []
        for place, folders, names in os.walk(self.root):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            for name in sorted(names):
                file = (Path(place) / name).relative_to(self.root).as_posix()
                kind = kind_of(file)
                if kind is not None and (self.root / file).is_file():
                    found.append({"file": file, "kind": kind})
        order = {"table": 0, "text": 1, "toml": 2}
        return sorted(found, key=lambda one: (order[one["kind"]], one["file"]))

    def read(self, file: str) -> bytes:
        """Read a file of the case.

        Raises
        ------
        UsageError
            It is none, or too large.
        """
        path = self._place(file)
        if not path.is_file():
            raise UsageError("there is no such file in the case", "load the list of files again", file)
        if path.stat().st_size > TABLE_LIMIT:
            raise UsageError("the file is too large for the studio", "edit it with another program", file)
        raw = path.read_bytes()
        self._read[mark_of(raw)] = raw
        while len(self._read) > MOST_UNDO:
            self._read.pop(next(iter(self._read)))
        return raw

    def now(self, file: str) -> bytes | None:
        """Give what stands on the disk; None where there is no file."""
        path = self._place(file)
        return path.read_bytes() if path.is_file() else None

    def require_unchanged(self, file: str, mark: str) -> bytes | None:
        """Give what stands on the disk if it is what was read under `mark`.

        Raises
        ------
        ConflictError
            It is not: another program wrote it.
        """
        now = self.now(file)
        if mark_of(now) != mark:
            told = difference(self._read.get(mark, b""), now or b"", file)
            problem = "the file has changed on the disk since it was read here"
            raise ConflictError(problem, "load it again; what you changed here is shown beside it", file, told)
        return now

    def save(self, file: str, mark: str, content: bytes) -> str:
        """Write a file whole, if it is what was read under `mark`; the save can be undone.

        Parameters
        ----------
        file : str
            Relative to the case.
        mark : str
            Of the content that was read.
        content : bytes
            What it shall hold.

        Returns
        -------
        str
            Mark of what it holds now.

        Raises
        ------
        ReadOnlyError, ConflictError, UsageError
            The file may not be written, has changed, or is too large.
        """
        self.require_writable(file)
        if len(content) > TABLE_LIMIT:
            raise UsageError("the file would be too large for a case", "leave out what the case does not need", file)
        before = self.require_unchanged(file, mark)
        if before == content:
            return mark
        self._write(file, content)
        self._undo.append(Saved(file, before, content))
        del self._undo[:-MOST_UNDO]
        self._read[mark_of(content)] = content
        return mark_of(content)

    def undo(self) -> Saved:
        """Take the last save back, if the file still holds what it wrote.

        Raises
        ------
        UsageError
            Nothing was saved.
        ConflictError
            The file was changed since.
        """
        if not self._undo:
            raise UsageError("nothing was saved that could be undone", "go on")
        last = self._undo[-1]
        self.require_writable(last.file)
        now = self.now(last.file)
        if now != last.after:
            told = difference(last.after or b"", now or b"", last.file)
            problem = "the file was changed after it was saved here"
            raise ConflictError(problem, "undo that change first, or mend the file by hand", last.file, told)
        if last.before is None:
            self._place(last.file).unlink()
        else:
            self._write(last.file, last.before)
        return self._undo.pop()

    @property
    def undoable(self) -> list[str]:
        """The files of the saves that can be undone, the last one first."""
        return [one.file for one in reversed(self._undo)]

    def require_writable(self, file: str) -> None:
        """Refuse a file that is not to be written.

        Raises
        ------
        ReadOnlyError
            With a hint what to do instead.
        """
        if self.locked:
            raise ReadOnlyError("this case is not to be changed", self.locked, file)
        spec = _TABLE_FILES.get(file)
        if spec is not None and spec.chained:
            hint = "lines are added to it by `shteg register`, `shteg reconstruct` and `shteg resolve`"
            raise ReadOnlyError("the ledger only grows, and no line of it is edited", hint, file)
        self._place(file)

    def _write(self, file: str, content: bytes) -> None:
        path = self._place(file)
        mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
        write_whole(path, content)
        if mode is not None:
            path.chmod(mode)

    def _place(self, file: str) -> Path:
        """Give the path of a file that belongs to the case, without a link on the way.

        Raises
        ------
        UsageError
            It is no file of a case, or leads out of the folder.
        """
        if not is_inside(file) or "\0" in file or kind_of(file) is None:
            raise UsageError("this is not a file of a case that can be edited", "choose one from the list", file)
        path = self.root / file
        one = path
        while one != self.root:
            if one.is_symlink():
                hint = "put the file itself into the case"
                raise UsageError("a link stands here, and is not followed", hint, file)
            one = one.parent
        if path.exists() and not path.is_file():
            raise UsageError("this is not an ordinary file", "remove it from the case", file)
        if not path.parent.is_dir():
            raise UsageError("there is no such folder in the case", "make it first", file)
        return path
