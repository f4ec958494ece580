"""Compilation of the inner loops: typed, cached on disk, free of the interpreter lock, the same bits on every run."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from shteg.compiling import compiled as compile_kept
from shteg.randomness import counter_uniform, fold_counter
from shteg.randomness import normal_quantile as normal_law

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled_entry(function: Function) -> Function:
    """Compile a function of arrays that Python calls, and that neither allocates nor returns an array.

    No `fastmath`: machines with and without fused multiply-add agree. Arrays are not reference-counted (`_nrt`): the
    caller holds them.
    """
    return compile_kept(function, error_model="numpy", _nrt=False)


def compiled(function: Function, **options: Any) -> Function:
    """Compile a function in the same way that only compiled functions call: nothing leads to it from Python."""
    return compile_kept(
        function, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True, **options
    )


def inlined(function: Function) -> Function:
    """Compile the same into every function that calls it: for what is short, or called at one place only."""
    return compiled(function, forceinline=True)


def within(function: Function) -> Function:
    """Make the lines of a function part of the one that calls it, before anything is compiled.

    For what is called at one place: compiled on its own, it would be compiled once more in each function above it.
    """
    return compiled(function, inline="always")


fold: Callable[[np.uint64, np.uint64], np.uint64] = cast(Any, inlined(fold_counter))
uniform: Callable[[np.uint64, np.uint64], float] = cast(Any, inlined(counter_uniform))
normal_quantile: Callable[[float], float] = cast(Any, compiled(normal_law))
