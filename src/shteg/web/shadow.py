"""A copy of the case in which changes that are not saved are checked as `shteg check` checks the case itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from shteg.edition.case_problems import evidence_problems
from shteg.errors import Problem
from shteg.evidence import inspect_case
from shteg.keeping import remove
from shteg.report import check_written_texts
from shteg.web.watch import Stamp, stamps

LARGE = 4 * 2**20
"""Bytes from which a file is linked, not copied."""


@dataclass
class Shadow:
    """The copy, brought up to date before each check.

    Attributes
    ----------
    root, place : Path
        The case, and the folder of the copy, which nobody else uses.
    """

    root: Path
    place: Path
    _have: dict[str, Stamp] = field(default_factory=dict)

    def problems(self, changes: Mapping[str, bytes]) -> tuple[Problem, ...]:
        """Give every problem that the evidence and the form of the texts would have with these contents of files."""
        self._renew()
        for file, content in changes.items():
            path = self.place / file
            path.parent.mkdir(parents=True, exist_ok=True)
            remove(path)  # it may be a link to the file of the case
            path.write_bytes(content)
            self._have.pop(file, None)
        inspection = inspect_case(self.place)
        problems = evidence_problems(inspection, self.place)
        problems |= set(check_written_texts(inspection.texts, inspection.languages, not_yet=inspection.not_yet))
        for file in changes:
            remove(self.place / file)
        return tuple(sorted(problems))

    def _renew(self) -> None:
        now = stamps(self.root)
        for file in self._have.keys() - now.keys():
            remove(self.place / file)
            del self._have[file]
        for file, stamp in now.items():
            if self._have.get(file) != stamp:
                with suppress(OSError):  # it is just being replaced: the next check finds it
                    _copy(self.root / file, self.place / file, stamp)
                    self._have[file] = stamp


def _copy(source: Path, target: Path, stamp: Stamp) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    remove(target)
    if source.is_symlink():
        os.symlink(os.readlink(source), target)
        return
    if stamp[1] > LARGE:
        try:
            os.link(source, target)
        except OSError:  # another disk
            shutil.copyfile(source, target)
        return
    shutil.copyfile(source, target)
