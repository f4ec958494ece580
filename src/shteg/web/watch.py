"""Which files of a case have changed: looked at again and again, without a library that watches."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from shteg.evidence.files.folder import OUTPUT_MARKER

PAUSE = 0.2
"""Seconds between two looks."""
Stamp = tuple[int, int, int]


@dataclass
class Watch:
    """A folder as it was when it was last looked at."""

    root: Path
    _seen: dict[str, Stamp] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._seen = stamps(self.root)

    def changed(self) -> frozenset[str]:
        """Give the files that came, went or changed since the last look."""
        now = stamps(self.root)
        before, self._seen = self._seen, now
        return frozenset(file for file in before.keys() | now.keys() if before.get(file) != now.get(file))


def stamps(root: Path) -> dict[str, Stamp]:
    """Note time, size and number of every file of a case, without hidden ones and what shteg made."""
    found: dict[str, Stamp] = {}
    for place, folders, names in os.walk(root):
        folders[:] = [one for one in folders if not one.startswith(".") and not _is_output(place, one)]
        for name in names:
            if name.startswith("."):
                continue
            path = os.path.join(place, name)
            try:
                status = os.stat(path)
            except OSError:  # removed meanwhile, or a link that leads nowhere
                continue
            relative = os.path.relpath(path, root).replace(os.sep, "/")
            found[relative] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return found


def _is_output(place: str, name: str) -> bool:
    return os.path.isfile(os.path.join(place, name, OUTPUT_MARKER))
