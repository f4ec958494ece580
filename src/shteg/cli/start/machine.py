"""The machine as `shteg doctor` sees it: folders, disk, threads, the terminal, the clock."""

import locale
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from shteg.cli.start.kept_files import spoken_size
from shteg.cli.start.verdict import BROKEN, MISSING, OK, Verdict
from shteg.keeping import user_cache
from shteg.source_files import HOUSE

NEEDED_BYTES = 500_000_000
"""Disk for a build with everything that is kept for the next one."""
_CODES = {"utf8", "cp65001"}


def check_machine(out: Path) -> Iterator[Verdict]:
    """Look at the folders, the number of threads, the encoding of the terminal and the clock.

    Parameters
    ----------
    out : Path
        The folder in which publications are to be written.
    """
    yield _cache(user_cache(sys.platform, os.environ))
    yield _output(out)
    yield _disk(out)
    cores = _cores()
    yield Verdict("threads", OK, f"{cores} of {os.cpu_count() or cores}")
    yield _terminal()
    yield _clock()


def _cores() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Windows and macOS
        return os.cpu_count() or 1


def _cache(folder: Path) -> Verdict:
    fault = _unwritable(folder)
    if fault:
        hint = f"every command works, and computes all anew; let {folder} be written to, or set XDG_CACHE_HOME"
        return Verdict("cache folder", MISSING, f"{folder}: {fault}", hint)
    return Verdict("cache folder", OK, f"{folder} (`shteg cache size` tells what it holds)")


def _output(folder: Path) -> Verdict:
    fault = _unwritable(folder)
    if fault:
        return Verdict(
            "output folder", BROKEN, f"{folder}: {fault}", "change into a folder of yours, or name one with --out"
        )
    return Verdict("output folder", OK, str(folder.absolute()))


def _unwritable(folder: Path) -> str:
    """Give what hinders writing into a folder, or into the one that it would be made in; "" if nothing does."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        return f"{folder} is not a folder"
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"shteg")
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _disk(out: Path) -> Verdict:
    places = {_existing(out), _existing(user_cache(sys.platform, os.environ))}
    free = min(shutil.disk_usage(place).free for place in places)
    if free < NEEDED_BYTES:
        hint = f"a build with what is kept takes up to {spoken_size(NEEDED_BYTES)}; `shteg cache clear` frees some"
        return Verdict("free disk", BROKEN, spoken_size(free), hint)
    return Verdict("free disk", OK, spoken_size(free))


def _existing(folder: Path) -> Path:
    folder = folder.absolute()
    while not folder.is_dir():
        folder = folder.parent
    return folder


def _terminal() -> Verdict:
    encoding = (getattr(sys.stdout, "encoding", None) or locale.getpreferredencoding(False)).lower()
    if encoding.replace("-", "").replace("_", "") not in _CODES:
        hint = (
            "ë and ç may print as other signs; set PYTHONUTF8=1 (Windows: `setx PYTHONUTF8 1`, then a new window; "
            "Linux and macOS: a locale in UTF-8). Files are written right all the same"
        )
        return Verdict("terminal", MISSING, f"encoding {encoding}", hint)
    return Verdict("terminal", OK, f"encoding {encoding}")


def _clock() -> Verdict:
    now = datetime.now(UTC)
    made = datetime.fromtimestamp((HOUSE / "__init__.py").stat().st_mtime, UTC)
    said = now.strftime("%Y-%m-%d %H:%M UTC")
    if now < made:
        hint = "set the clock: new cases take their day from it, and locks tell by it which process is gone"
        return Verdict("clock", BROKEN, f"{said}, before shteg was installed ({made:%Y-%m-%d})", hint)
    return Verdict("clock", OK, said)
