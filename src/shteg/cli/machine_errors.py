"""What the machine refuses (a full disk, a folder without permission), in plain words."""

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

_HOUSE = Path(__file__).resolve().parent.parent
_ELSEWHERE = "name another place (--out, --paths, --cache, --in), or mend this one"
REASONS: dict[int, tuple[str, str]] = {
    errno.ENOSPC: ("the disk is full", "free some space, or name a folder on another disk"),
    errno.EDQUOT: ("your share of the disk is used up", "free some space, or name a folder on another disk"),
    errno.EFBIG: ("the file would be larger than this system allows", "raise the limit (ulimit -f), or ask for less"),
    errno.EROFS: ("the disk can only be read", _ELSEWHERE),
    errno.EACCES: ("permission is denied", "change the permissions, or name another place"),
    errno.EPERM: ("the system does not allow this", "change the permissions, or name another place"),
    errno.ENOENT: ("there is no such file or folder", "correct the name, or make the folder first"),
    errno.ENOTDIR: ("a part of this path is a file, not a folder", _ELSEWHERE),
    errno.EISDIR: ("a folder has this name, where a file is wanted", "add the name of a file"),
    errno.EEXIST: ("something with this name is there already", _ELSEWHERE),
    errno.ENOTEMPTY: ("the folder is not empty", _ELSEWHERE),
    errno.ENAMETOOLONG: ("the name is too long for this disk", "give a shorter name"),
    errno.ELOOP: ("the link leads in a circle", _ELSEWHERE),
    errno.EBUSY: ("another program is using this", "close that program and try again"),
    errno.ETXTBSY: ("another program is using this", "close that program and try again"),
    errno.EMFILE: ("too many files are open", "raise the limit (ulimit -n) or use fewer --threads"),
    errno.ENFILE: ("too many files are open on this machine", "close other programs and try again"),
    errno.ENOMEM: ("there is not enough memory", "close other programs, or use fewer --threads"),
    errno.EIO: ("the disk cannot be read or written", "check the disk, or name a place on another one"),
    errno.EXDEV: ("the two places lie on different disks", _ELSEWHERE),
    errno.EAGAIN: ("the machine lets no more processes or threads start", "close other programs and try again"),
    errno.EINVAL: ("the system does not take this name or place", _ELSEWHERE),
    errno.EILSEQ: ("the disk does not take this name", "use plain letters and digits in the name"),
}
"""What an error number means to the user, and how to mend it."""
_WRAPPED = re.compile(r"\(os error (\d+)\)|\[Errno (\d+)\]")
"""How libraries that wrap an error of the system in one of their own write its number."""

_WORK = re.compile(r"\.(?P<name>[^/\\]+?)\.(?:building|lock|last|\d+-[0-9a-f]{8}\.writing)(?=[/\\]|$)")
"""A hidden name under which something is made: the user knows its final name only."""


def explain_machine_error(error: BaseException) -> str | None:
    """Say in two sentences what the machine refused and how to mend it; None for an error of another kind."""
    for one in _with_causes(error):
        if isinstance(one, MemoryError):
            return _say("", *REASONS[errno.ENOMEM])
        if isinstance(one, RuntimeError) and "can't start new thread" in str(one):
            return _say("", *REASONS[errno.EAGAIN])
        number = _number(one)
        if number in REASONS and not _in_the_house(one):
            return _say(_place(one), *REASONS[number])
    return None


def _say(place: str, problem: str, hint: str) -> str:
    return f"{f'{place}: ' if place else ''}{problem}\nHint: {hint}"


def _with_causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _number(error: BaseException) -> int | None:
    if isinstance(error, OSError) and error.errno:
        return error.errno
    found = _WRAPPED.search(str(error))
    if found is not None:
        return int(found[1] or found[2])
    return next((number for number in (errno.ENOSPC, errno.EDQUOT) if os.strerror(number) in str(error)), None)


def _place(error: BaseException) -> str:
    names = [getattr(error, name, None) for name in ("filename2", "filename")]
    place = next((os.fsdecode(name) for name in names if isinstance(name, str | bytes | os.PathLike)), "")
    return _WORK.sub(r"\g<name>", place)


def _in_the_house(error: BaseException) -> bool:
    """Tell whether a file of shteg itself is missing: that is a fault of the installation."""
    place = _place(error)
    return bool(place) and Path(place).is_absolute() and Path(place).is_relative_to(_HOUSE)
