"""Two folders change places in one step, on systems that can do this."""

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path

_HERE = -100
"""To Linux: paths begin in the working folder."""
_EXCHANGE = 2
"""To Linux (RENAME_EXCHANGE) and to macOS (RENAME_SWAP): neither name is ever without its folder."""


def exchange(one: Path, two: Path) -> bool:
    """Let two paths change places at once; False, and nothing done, where the system or the disk cannot."""
    call = _system_call(os.fsencode(one), os.fsencode(two))
    return call is not None and call() == 0


def _system_call(one: bytes, two: bytes) -> Callable[[], int] | None:
    library = ctypes.CDLL(None, use_errno=True) if sys.platform in ("linux", "darwin") else None
    if sys.platform == "linux" and hasattr(library, "renameat2"):
        return lambda: int(library.renameat2(_HERE, one, _HERE, two, _EXCHANGE))  # type: ignore[union-attr]
    if sys.platform == "darwin" and hasattr(library, "renamex_np"):
        return lambda: int(library.renamex_np(one, two, _EXCHANGE))
    return None
