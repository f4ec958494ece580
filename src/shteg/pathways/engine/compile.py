"""Compilation of the inner loops: typed, cached on disk, free of the interpreter lock, the same bits on every run."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numpy as np

from shteg.compiling import compiled as compile_kept
from shteg.randomness import counter_uniform, fold_counter
from shteg.randomness import normal_quantile as normal_law

Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function of arrays that neither allocates nor returns an array.

    No `fastmath`: machines with and without fused multiply-add agree. Functions are inlined into their caller and
    arrays are not reference-counted (`_nrt`): the caller holds them; handing the tuples of arrays from function to
    function would otherwise cost ten times the simulation itself (measured).
    """
    return compile_kept(function, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def compiled_apart(function: Function) -> Function:
    """Compile a function that is called and not inlined: for what is rarely asked, so that compiling stays short.

    Best given a few arrays; whole tuples of arrays cost some hundred nanoseconds a call.
    """
    return compile_kept(function, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)


fold: Callable[[np.uint64, np.uint64], np.uint64] = cast(Any, compiled(fold_counter))
uniform: Callable[[np.uint64, np.uint64], float] = cast(Any, compiled(counter_uniform))


normal_quantile: Callable[[float], float] = cast(Any, compiled_apart(normal_law))


def compiled_entry(function: Function) -> Function:
    return compile_kept(function, error_model="numpy", _nrt=False)
