"""Numba functions, kept on disk until any code they may call changes, and bundles of arrays that they hand on."""

from shteg.compiling.kept_forms import code_stamp, compiled

__all__ = ["code_stamp", "compiled"]
