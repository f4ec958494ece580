"""The files of a frozen edition, in a folder, in the folder of its site, or in a zip of one of these."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl

from shteg.errors import EditionError

MANIFEST = "manifest.json"
PLACES = ("", "edition/")
"""Where an edition lies, seen from what is given."""
LARGEST = 512 * 2**20
"""Bytes that one file of a zip may have once it is unpacked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """The files of one edition; each is believed only with the checksum that the manifest has of it."""

    name: str
    manifest: dict[str, Any]
    names: frozenset[str]
    _read: Callable[[str], bytes] = field(repr=False)

    def raw(self, name: str) -> bytes:
        """Read a file.

        Raises
        ------
        EditionError
            It is missing, or is not what the edition froze.
        """
        if name not in self.names:
            raise EditionError(
                f"the edition has no {name}", "it is incomplete, or was built by an older shteg", self.name
            )
        raw = self._read(name)
        expected = self.manifest.get("files", {}).get(name)
        if expected != hashlib.sha256(raw).hexdigest():
            raise EditionError(f"{name} is not what the edition froze", "take an unchanged copy of it", self.name)
        return raw

    def json(self, name: str) -> Any:
        """Read a JSON file."""
        raw = self.raw(name)
        try:
            return json.loads(raw)
        except ValueError as error:
            raise EditionError(f"{name} is no JSON", "take an unchanged copy of the edition", self.name) from error

    def tables(self) -> list[str]:
        """List the tables that the manifest names."""
        files = (Path(name) for name in self.manifest.get("files", {}))
        return sorted(path.stem for path in files if path.suffix == ".parquet" and path.parent.name == "tables")

    def table(self, name: str) -> pl.DataFrame | None:
        """Read a table; None where the edition has none of this name."""
        path = f"tables/{name}.parquet"
        return pl.read_parquet(BytesIO(self.raw(path))) if path in self.names else None


def open_frozen(place: Path) -> Frozen | None:
    """Open an edition; None where nothing of the kind lies at this place.

    Raises
    ------
    EditionError
        The manifest is damaged, or a zip holds something that does not belong into an edition.
    """
    if place.is_dir():
        for inside in PLACES:
            if (place / inside / MANIFEST).is_file():
                return _open_folder(place / inside)
        return None
    return _open_zip(place) if place.is_file() and zipfile.is_zipfile(place) else None


def _open_folder(folder: Path) -> Frozen:
    names = frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    manifest = _manifest((folder / MANIFEST).read_bytes(), str(folder))
    return Frozen(name=str(folder), manifest=manifest, names=names, _read=lambda name: (folder / name).read_bytes())


def _open_zip(file: Path) -> Frozen | None:
    with zipfile.ZipFile(file) as archive:
        listed = {one.filename: one.file_size for one in archive.infolist() if not one.is_dir()}
    found = sorted(
        (name for name in listed if name.rpartition("/")[2] == MANIFEST), key=lambda name: (name.count("/"), name)
    )
    tops = [name.removesuffix(MANIFEST) for name in found if name.removesuffix(MANIFEST) + "values.json" in listed]
    if not tops:
        return None
    top = tops[0]

    def read(name: str) -> bytes:
        if listed[top + name] > LARGEST:
            raise EditionError(f"{name} is too large", "no file of an edition is", str(file))
        with zipfile.ZipFile(file) as archive:
            return archive.read(top + name)

    names = frozenset(name.removeprefix(top) for name in listed if name.startswith(top))
    return Frozen(name=str(file), manifest=_manifest(read(MANIFEST), str(file)), names=names, _read=read)


def _manifest(raw: bytes, where: str) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError as error:
        raise EditionError("the manifest is no JSON", "take an unchanged copy of the edition", where) from error
    if not isinstance(found, dict) or not {"edition", "case", "as_of", "files"} <= set(found):
        raise EditionError("this is no manifest of an edition", "give the folder that `shteg build` wrote", where)
    return found
