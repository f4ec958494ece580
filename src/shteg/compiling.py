"""Numba functions whose compiled form is thrown away when *any* code they may call has changed.

Numba keeps compiled functions on disk and looks only at the file of the function itself: after a change in a function
it calls from another file it would go on with the old machine code, and publish old numbers. Here the stamp that Numba
compares is the content of every file of the package, of the packages around it, and of layer 0.
"""

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function, **options: Any) -> Function:
    """Compile on first call, free of the interpreter lock, kept on disk until any code it may call changes.

    Parameters
    ----------
    function : callable
        Defined at the top of a module of a room.
    **options
        Further options of `numba.njit`.
    """
    dispatcher = numba.njit(nogil=True, cache=True, **options)(function)
    kept = getattr(dispatcher, "_cache", None)  # absent where NUMBA_DISABLE_JIT leaves the function as it is
    if kept is not None:
        kept._cache_file._source_stamp = code_stamp(Path(function.__code__.co_filename).parent)
    return cast(Function, dispatcher)


@cache
def code_stamp(room: Path) -> str:
    """Give the hash of all Python files of a room, of the packages that hold it, and of the modules beside this one."""
    total = hashlib.sha256()
    room, house = room.resolve(), Path(__file__).resolve().parent
    for folder in sorted({room, house, *(parent for parent in room.parents if house in parent.parents)}):
        for path in sorted(folder.glob("*.py")):
            total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()
