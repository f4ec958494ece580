"""Files kept for later runs: written whole or not at all, and never believed without their checksum."""

import hashlib
import logging
import os
import re
import shutil
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path

_LOG = logging.getLogger(__name__)
"""Warnings go to the error stream unless a program that uses shteg says otherwise; they never stop the work."""
_SEAL = b"kept by shteg, sha-256 of the rest follows\n"
_WORK = re.compile(r"\.(?P<process>\d+)-[0-9a-f]{8}\.writing$")
MANY = 100
"""Files of a folder that are removed one by one."""
_ABANDONED = 24 * 3600
"""Seconds after which a file under way is left over, whatever process has its number now."""


@cache
def version_of(library: str) -> str:
    """Give the version of an installed library, which is part of what a kept file is found by; read once."""
    return version(library)


def user_cache(platform: str, environment: Mapping[str, str]) -> Path:
    """Give the user's cache folder for shteg.

    Parameters
    ----------
    platform : str
        As in `sys.platform`.
    environment : mapping
        XDG_CACHE_HOME goes before the habit of the system; LOCALAPPDATA is asked on Windows.
    """
    chosen = environment.get("XDG_CACHE_HOME", "")
    if Path(chosen).is_absolute():  # the standard takes no other
        return Path(chosen) / "shteg"
    if platform == "win32" and environment.get("LOCALAPPDATA"):
        return Path(environment["LOCALAPPDATA"]) / "shteg" / "Cache"
    home = Path("~").expanduser()
    return home / "Library" / "Caches" / "shteg" if platform == "darwin" else home / ".cache" / "shteg"


def work_name(path: Path) -> Path:
    """Give a name beside `path` that no other process or thread uses, to write under before the rename."""
    return path.with_name(f".{path.name[:100]}.{os.getpid()}-{uuid.uuid4().hex[:8]}.writing")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give another name to write under, renamed at the end: an error or a crash leaves the old file."""
    work = work_name(path)
    try:
        with named(path):
            yield work
            replace_patiently(work, path)
    finally:
        remove(work)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Name a path in errors of the system that name none: a full disk says nothing of the file."""
    try:
        yield
    except OSError as error:
        if error.filename is None and error.errno:
            error.filename = str(path)
        raise


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is never seen half-written."""
    with whole_file(path) as work:
        work.write_bytes(content)


@contextmanager
def work_folder(place: Path) -> Iterator[Path]:
    """Give a new folder beside `place` that is removed at the end, and remove those of killed processes there."""
    remove_left_over(place.parent)
    work = work_name(place)
    work.mkdir(mode=0o700)
    try:
        with named(place):
            yield work
    finally:
        remove(work)


def replace_patiently(work: Path, path: Path) -> None:
    """Rename over `path`; where an open file cannot be replaced (Windows), wait a moment for its reader."""
    for pause in (0.02, 0.1, 0.5):
        try:
            work.replace(path)
            return
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(pause)
    work.replace(path)


def seal(content: bytes) -> bytes:
    """Put the checksum of a content before it."""
    return _SEAL + hashlib.sha256(content).digest() + content


def unseal(raw: bytes) -> bytes | None:
    """Give the content of what `seal` made, or None where a single bit of it differs."""
    start = len(_SEAL) + hashlib.sha256().digest_size
    content = raw[start:]
    return content if raw[:start] == _SEAL + hashlib.sha256(content).digest() else None


def keep(path: Path, content: bytes) -> bool:
    """Keep a content with its checksum; where that is not possible, warn and go on."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, seal(content))
    except OSError as error:
        warn_not_kept(path.parent, error)
        return False
    return True


def recall(path: Path) -> bytes | None:
    """Give what is kept under a name, or None; a damaged file is dropped with a warning, to be made anew."""
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        warn_not_kept(path.parent, error)
        return None
    content = unseal(raw)
    if content is None:
        warn_damaged(path)
        remove(path)
    return content


def take_turn(path: Path, patience: float) -> bool:
    """Take the turn to make a file that is not there, or wait until another process has had it.

    Parameters
    ----------
    path : Path
        The file to make.
    patience : float
        Seconds after which the other process is no longer waited for.

    Returns
    -------
    bool
        True if the file is this process's to make (or no note of it can be kept), False if another's turn has ended.
    """
    note, until = path.with_name(f".{path.name}.turn"), time.monotonic() + patience
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with note.open("x") as file:
            file.write(str(os.getpid()))
        return True
    except FileExistsError:
        pass
    except OSError:
        return True
    while note.exists() and not path.exists() and _is_busy(note) and time.monotonic() < until:
        time.sleep(0.05)
    if note.exists() and not path.exists():
        remove(note)
    return False


def end_turn(path: Path) -> None:
    """Let the next process go on after `take_turn`, whether the file was made or not."""
    remove(path.with_name(f".{path.name}.turn"))


def _is_busy(note: Path) -> bool:
    """Tell whether the process whose turn it is still runs; a note without a number has only just been made."""
    try:
        process, age = note.read_text(), time.time() - note.stat().st_mtime
    except OSError:
        return False
    if not process:
        return age < 1.0
    return int(process) != os.getpid() and is_running(int(process))


def warn_not_kept(folder: Path, error: Exception) -> None:
    """Say once a run that results cannot be kept in a folder."""
    reason = getattr(error, "strerror", None) or str(error)
    _say_once(f"{folder}: nothing is kept here ({reason}); the work goes on, and the next run computes it anew")


@cache
def _say_once(text: str) -> None:
    _LOG.warning("%s", text)


def warn_damaged(path: Path) -> None:
    """Say that a kept result is not what was written, and is made anew."""
    _LOG.warning("%s: the kept result was changed or damaged after it was written; it is dropped and made anew", path)


def remove(path: Path) -> None:
    """Remove a file or a folder, a link itself and never what it leads to, as far as this is possible."""
    if path.is_dir() and not path.is_symlink():
        _remove_files(path)
        shutil.rmtree(path, ignore_errors=True)
        return
    try:
        path.unlink(missing_ok=True)
    except OSError:  # read-only folder: it will be found damaged, or left over, again
        return


def _remove_files(folder: Path) -> None:
    """Remove the files of a large folder side by side: a disk may take milliseconds for each, most of them waiting."""
    files = [os.path.join(place, name) for place, _, names in os.walk(folder) for name in names]
    if len(files) > MANY:
        with ThreadPoolExecutor(8) as threads:
            threads.map(_try_to_remove, files)


def _try_to_remove(file: str) -> None:
    with suppress(OSError):  # what cannot be removed is left to whoever asks for the folder
        os.unlink(file)


def remove_left_over(folder: Path) -> None:
    """Remove what killed processes left half-written in a folder."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        found = _WORK.search(name)
        if found is None:
            continue
        path = folder / name
        try:
            age = time.time() - path.lstat().st_mtime
        except OSError:  # its writer was faster
            continue
        if age > _ABANDONED or not is_running(int(found["process"])):
            remove(path)


def is_running(process: int) -> bool:
    """Tell whether a process of this number runs on this machine."""
    if process == os.getpid():
        return True
    if sys.platform == "win32":
        return _is_running_on_windows(process)
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:  # it runs and belongs to somebody else
        return True
    return True


def _is_running_on_windows(process: int) -> bool:
    """Ask for a handle: on Windows `os.kill` with signal 0 would end the process."""
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined, unused-ignore]
    handle = kernel.OpenProcess(0x1000, False, process)  # may query its state
    if not handle:
        return bool(kernel.GetLastError() == 5)  # access denied: it runs
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == 259  # still active
