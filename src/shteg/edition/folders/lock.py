"""One process at a time: a lock that ends with its process, however that ends."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

Waiting = Callable[[int | None], None]
"""Told once, before waiting, the number of the process that holds the lock; None where it has not written it yet."""

PAUSE = 0.2
"""Seconds between two tries."""
_BYTE = 1 << 30
"""The byte that is locked on Windows, behind the text: others may read who holds the lock."""


@contextmanager
def locked(path: Path, waiting: Waiting | None = None) -> Iterator[None]:
    """Hold the lock `path` while the block runs; wait for it first if another process holds it.

    The system itself frees the lock of a process that is gone: a lock file left behind stops nobody. The file holds the
    number of the process and is removed at the end.
    """
    told = False
    while (handle := _take(path)) is None:
        if not told and waiting is not None:
            waiting(_holder(path))
        told = True
        time.sleep(PAUSE)
    try:
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        yield
    finally:
        _release(path, handle)


def _take(path: Path) -> int | None:
    """Give the open lock file, or None while it is held by another."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o644)
    except PermissionError:
        if os.name != "nt":
            raise
        return None  # its holder is just removing it
    try:
        if _lock(handle) and _is_still(path, handle):
            return handle
    except BaseException:
        os.close(handle)
        raise
    os.close(handle)
    return None


def _is_still(path: Path, handle: int) -> bool:
    """Tell whether the file that was locked is the one of this name: its last holder may have removed it."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _release(path: Path, handle: int) -> None:
    if os.name == "nt":  # an open file cannot be removed there
        os.close(handle)
        with suppress(OSError):  # the next process has it already
            path.unlink()
        return
    with suppress(FileNotFoundError):
        path.unlink()
    os.close(handle)


def _holder(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> bool:
        """Lock for this process alone; False if another has it."""
        os.lseek(handle, _BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(handle, 0, os.SEEK_SET)
        return True

else:
    import errno
    import fcntl

    _CANNOT = {errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}

    def _lock(handle: int) -> bool:
        """Lock for this process alone; False if another has it. A disk without locks has one user at a time."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            if error.errno not in _CANNOT:
                raise
        return True
