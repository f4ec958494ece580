"""The archive of ODK Central, Briefcase or KoboToolbox: the table with the answers, beside those of the repeats."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from shteg.errors import DesignError
from shteg.evidence.files.csv_scan import read_header
from shteg.hints import list_names
from shteg.survey.readers.field.tools import REPEAT_MARKS

LARGEST_TABLE = 2**30
"""Bytes of a table once unpacked; a larger one is refused before it fills the memory."""
_HEADER = 2**16
_UNPACK = "unpack the archive, and give the table with the answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The main table of an archive: `name` in it, its bytes, and what of the archive was left out."""

    name: str
    data: bytes
    notes: tuple[str, ...]


def read_archive(path: Path) -> Table:
    """Find the table with the answers.

    Parameters
    ----------
    path : Path
        An archive with tables in CSV: `form.csv`, and `form-group.csv` of each repeat.

    Returns
    -------
    Table

    Raises
    ------
    DesignError
        The file is no archive, damaged or protected; it holds no table, or several of which none is the main one.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return _main_table(path, archive)
    except RuntimeError as error:  # a password
        problem = "the archive is protected by a password, or packed in a way that is not read"
        raise DesignError(problem, _UNPACK, path.name) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise DesignError("the archive is damaged or cut off", "copy or export it again", path.name) from error


def _main_table(path: Path, archive: zipfile.ZipFile) -> Table:
    entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
    if "[Content_Types].xml" in entries:
        raise DesignError("the archive is a workbook or a document of an office program", "name it .xlsx", path.name)
    tables = {name: entry for name, entry in entries.items() if _is_table(name)}
    if not tables:
        held = list_names(sorted(entries), "it holds", "it is empty")
        raise DesignError("the archive holds no table in CSV", f"export the answers as CSV; {held}", path.name)
    main = _choose(path, list(tables), {name: _header(archive, entry) for name, entry in tables.items()})
    others = [name for name in tables if name != main]
    notes: list[str] = []
    if others:
        notes.append(f"{path.name}: the answers are those of {main}")
    for name in others:
        notes.append(f"{path.name}: the table of a repeat {name} is left out, its rows are no respondents")
    return Table(name=main, data=_read(path, archive, tables[main], LARGEST_TABLE), notes=tuple(notes))


def _is_table(name: str) -> bool:
    """Tell whether an entry may hold answers: not what respondents sent (media), nor what macOS adds."""
    place = PurePosixPath(name.replace("\\", "/"))
    parts = place.parts
    return (
        place.suffix.lower() == ".csv"
        and not place.name.startswith(".")
        and not {"media", "__MACOSX"} & set(parts[:-1])
        and place.name != "audit.csv"
        and not place.name.endswith(" - audit.csv")
    )


def _choose(path: Path, names: Sequence[str], headers: Mapping[str, frozenset[str]]) -> str:
    """Give the table whose rows are respondents: the others are called after it, or say that they are of a repeat."""
    mains = [name for name in names if not headers[name] & REPEAT_MARKS]
    if len(mains) == 1:
        return mains[0]
    stems = {name: PurePosixPath(name).stem for name in mains}
    roots = [one for one in mains if all(other == one or stems[other].startswith(f"{stems[one]}-") for other in mains)]
    if len(roots) == 1:
        return roots[0]
    listed = ", ".join(mains or names)
    problem = f"none of the tables in the archive can be told to hold the respondents: {listed}"
    raise DesignError(problem, _UNPACK, path.name)


def _header(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> frozenset[str]:
    with archive.open(entry) as file:
        return frozenset(read_header(file.read(_HEADER), "utf-8") or ())


def _read(path: Path, archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(entry) as file:
        data = file.read(most + 1)
    if len(data) > most:
        problem = f"{entry.filename} is larger than {most / 2**30:.0f} GiB once unpacked"
        raise DesignError(problem, "unpack it and save it as Parquet", path.name)
    return data
