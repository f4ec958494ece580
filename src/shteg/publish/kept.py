"""Finished languages of a publication, kept by the content of what they are made of, believed with their checksum."""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from shteg.keeping import keep, recall, remove, remove_left_over, warn_damaged

MOST = 12
"""Languages that a folder keeps; those longest unused go first."""
_FAST = 1
"""Level of compression: a language is twenty megabytes, most of them the same words again and again."""
_SUFFIX = ".language"


@dataclass(frozen=True, slots=True)
class KeptLanguages:
    """Where finished languages are kept.

    A language is kept when the whole publication has passed its gate, under the content of the edition and what made
    it; so one that is found again is what the gate has read, of the same figures, by the same code.

    Attributes
    ----------
    folder : Path
        Any number of processes may use it at once.
    made_by : str
        Names the code and the libraries: whatever changes a byte of a page without being in the edition.
    """

    folder: Path
    made_by: str

    def key(self, edition: Path, language: str, edition_path: str) -> str:
        """Give the key of a language: what made it, and every byte of the edition.

        Parameters
        ----------
        edition : Path
            Folder of the edition.
        language : str
            One of its languages.
        edition_path : str
            Where the edition lies, seen from a page.

        Returns
        -------
        str
            64 hexadecimal digits.
        """
        files = {path.relative_to(edition).as_posix(): path for path in edition.rglob("*") if path.is_file()}
        sums = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in sorted(files.items())}
        return hashlib.sha256(json.dumps([self.made_by, language, edition_path, sums]).encode()).hexdigest()

    def find(self, key: str) -> FinishedLanguage | None:
        """Give the language kept under a key; a damaged one is dropped with a warning, to be made anew."""
        path = self._place(key)
        raw = recall(path)
        if raw is None:
            return None
        try:
            found = _unpack(raw)
        except (ValueError, KeyError, TypeError, zlib.error):  # sealed, but by another version of this file
            warn_damaged(path)
            remove(path)
            return None
        with suppress(OSError):  # removed meanwhile, or a folder that can only be read
            os.utime(path)
        return found

    def put(self, key: str, folder: Path, written: Iterable[Path]) -> None:
        """Keep all files of a language.

        Parameters
        ----------
        key : str
            As `key` gives it.
        folder : Path
            Where its files lie.
        written : iterable of Path
            Its pages and documents among them.
        """
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        pages = tuple(sorted(path.relative_to(folder).as_posix() for path in written))
        content = {name: path.read_bytes() for name, path in sorted(files.items())}
        if keep(self._place(key), _pack(FinishedLanguage(content, pages))):
            self._forget_old()

    def _place(self, key: str) -> Path:
        return self.folder / f"{key}{_SUFFIX}"

    def _forget_old(self) -> None:
        remove_left_over(self.folder)
        ages: list[tuple[float, Path]] = []
        with suppress(OSError):  # another process may remove what it lists
            for path in self.folder.glob(f"*{_SUFFIX}"):
                with suppress(OSError):
                    ages.append((path.stat().st_mtime, path))
        for _, path in sorted(ages)[:-MOST]:
            remove(path)


@dataclass(frozen=True, slots=True)
class FinishedLanguage:
    """All files of a language by their names in its folder, and which of them are its pages and documents."""

    files: dict[str, bytes]
    pages: Sequence[str]

    def write(self, folder: Path) -> list[Path]:
        """Write all files; give its pages and documents."""
        for place in sorted({(folder / name).parent for name in self.files}):
            place.mkdir(parents=True, exist_ok=True)
        for name, raw in self.files.items():
            (folder / name).write_bytes(raw)
        return [folder / name for name in self.pages]


def _pack(language: FinishedLanguage) -> bytes:
    head = {"pages": list(language.pages), "files": {name: len(raw) for name, raw in language.files.items()}}
    return zlib.compress(json.dumps(head).encode() + b"\n" + b"".join(language.files.values()), _FAST)


def _unpack(packed: bytes) -> FinishedLanguage:
    told, _, rest = zlib.decompress(packed).partition(b"\n")
    head = json.loads(told)
    files, at = {}, 0
    for name, size in head["files"].items():
        files[name] = rest[at : at + size]
        at += size
    if at != len(rest):
        raise ValueError("the files are not as long as they are said to be")
    return FinishedLanguage(files, tuple(head["pages"]))
