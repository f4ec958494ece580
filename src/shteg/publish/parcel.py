"""A publication as one zip: one folder in it, the same bytes for the same files, opened by a double click."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

from shteg.errors import EditionError, PublishError
from shteg.keeping import whole_file

COMMENT = b"made by shteg"
"""Comment of the zip: by it one that shteg made is told from any other."""
EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""
MODE = 0o100644 << 16


def is_parcel(path: Path) -> bool:
    """Tell whether a file is a zip that shteg made."""
    try:
        with zipfile.ZipFile(path) as parcel:
            return parcel.comment == COMMENT
    except (OSError, zipfile.BadZipFile):
        return False


def write_parcel(site: Path, target: Path, made_at: tuple[int, int, int, int, int, int] = EARLIEST) -> int:
    """Write a publication into a zip, in one folder of the name of the zip.

    Parameters
    ----------
    site : Path
        The publication.
    target : Path
        The zip, written whole or not at all.
    made_at : tuple of int
        Year, month, day, hour, minute, second that every file gets.

    Returns
    -------
    int
        How many files are in it.

    Raises
    ------
    PublishError
        Something has this name that shteg did not make.
    """
    if target.exists() and not is_parcel(target):
        raise PublishError("something has this name that was not made by shteg", "give another name", str(target))
    paths = sorted((path for path in site.rglob("*") if path.is_file()), key=lambda path: path.relative_to(site).parts)
    with whole_file(target) as work, zipfile.ZipFile(work, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as parcel:
        parcel.comment = COMMENT
        for path in paths:
            entry = zipfile.ZipInfo(f"{target.stem}/{path.relative_to(site).as_posix()}", max(made_at, EARLIEST))
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, MODE, 3
            parcel.writestr(entry, path.read_bytes(), compresslevel=9)
    return len(paths)


def require_whole(site: Path, marker: str) -> str:
    """Give the name of the edition of a publication, once every file of the edition was found as it was written.

    Parameters
    ----------
    site : Path
        A folder that `shteg build` made.
    marker : str
        The file by which shteg knows its folders.

    Raises
    ------
    EditionError
        It is none, or a file of its edition is missing or was changed.
    """
    manifest = site / "edition" / "manifest.json"
    if not (site / marker).is_file() or not (site / "index.html").is_file() or not manifest.is_file():
        raise EditionError("this is no publication of shteg", "name the folder that `shteg build` made", str(site))
    told = json.loads(manifest.read_text(encoding="utf-8"))
    for name, sha in sorted(told["files"].items()):
        path = site / "edition" / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != sha:
            hint = "build it again with `shteg build`"
            raise EditionError("a file of the edition is missing or was changed", hint, str(path))
    return str(told["edition"])
