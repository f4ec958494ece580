"""What lies in the cache folder, by kind, found by the names that shteg gives: what has another is not its own."""

import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_HEX = "[0-9a-f]"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of kept things.

    Attributes
    ----------
    name : str
        As it is named on the command line.
    says : str
        What it is, and what its loss costs.
    folder : str
        Folder in the cache folder; "" for entries that lie in it directly.
    pattern : str
        Regular expression of the names of its entries.
    """

    name: str
    says: str
    folder: str
    pattern: str


KINDS = (
    Kind("stages", "results of stages; the next build computes them anew", "", rf"[a-z_]+-{_HEX}{{32}}"),
    Kind(
        "compiled",
        "compiled code; the next run compiles again, about a minute",
        "compiled",
        rf".+\.{_HEX}{{24}}\.nbc",
    ),
    Kind("drawings", "charts and maps, drawn", "drawings", rf"{_HEX}{{64}}\.[a-z-]+"),
    Kind("pages", "finished languages of publications", "finished", rf"{_HEX}{{64}}\.language"),
    Kind("languages", "texts whose languages were compared", "languages", r"[\w.-]+\.languages"),
    Kind("backtest", "past years that forecasts were tried on", "backtest", rf"{_HEX}{{32}}"),
    Kind("compared", "runs that tell what moved a forecast", "changes", rf"{_HEX}{{32}}\.json"),
    Kind("completion", "the table of commands that shells complete from", "completion", rf"{_HEX}{{32}}\.json"),
    Kind("tabulated", "the log of printed tables, which guards small cells", "tabulated", rf"{_HEX}{{32,64}}\.jsonl"),
)
UNDER_WAY = re.compile(r"\.(?P<process>\d+)-[0-9a-f]{8}\.writing$|\.turn$|\.lock$")
"""What another process is writing, whose turn it is, and locks: never touched here."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One thing in the cache folder: its kind, place, size in bytes and age in days since it was last used."""

    kind: str
    path: Path
    size: int
    age: float


def kept_in(folder: Path, kinds: Sequence[str] = ()) -> list[Kept]:
    """List what shteg keeps in a folder.

    Parameters
    ----------
    folder : Path
        The cache folder; it may be missing.
    kinds : sequence of str
        Names of `KINDS`; all of them if empty.

    Returns
    -------
    list of Kept
        Sorted by kind and place; nothing that has another name than shteg gives, no link, nothing under way.
    """
    found: list[Kept] = []
    for kind in KINDS:
        if not kinds or kind.name in kinds:
            found += _of_kind(kind, folder / kind.folder if kind.folder else folder)
    return found


def _of_kind(kind: Kind, place: Path) -> Iterator[Kept]:
    if place.is_symlink() or not place.is_dir():
        return
    for path in sorted(place.iterdir()):
        own = re.fullmatch(kind.pattern, path.name) and not UNDER_WAY.search(path.name) and not path.is_symlink()
        if own and (kind.folder or _is_stage(path)) and not _has_turn(path):
            try:
                yield Kept(kind.name, path, _size(path), (time.time() - path.stat().st_mtime) / 86_400)
            except OSError:  # another process has just removed it
                continue


def _is_stage(path: Path) -> bool:
    """Tell whether a folder holds the result of a stage: its name begins with one, and the description lies in it."""
    from shteg.edition.cache import DESCRIPTION
    from shteg.edition.stage_table import STAGES

    return path.name[:-33] in {stage.name for stage in STAGES} and (path / DESCRIPTION).is_file()


def _has_turn(path: Path) -> bool:
    return path.with_name(f".{path.name}.turn").exists()


def _size(path: Path) -> int:
    if not path.is_dir():
        return path.stat().st_size
    return sum(os.lstat(os.path.join(place, name)).st_size for place, _, names in os.walk(path) for name in names)


def spoken_size(number: int) -> str:
    """Write a number of bytes: 812 B, 4.2 MB."""
    amount, unit = float(number), "B"
    for bigger in ("kB", "MB", "GB", "TB"):
        if amount < 1000:
            break
        amount, unit = amount / 1000, bigger
    return f"{amount:.0f} {unit}" if unit == "B" or amount >= 100 else f"{amount:.1f} {unit}"
