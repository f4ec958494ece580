"""Environments in which this processor computes as another one would."""

import os
import platform
from collections.abc import Mapping

BASELINE = "baseline"
"""A processor without vector units: what every machine of this kind can run, and the farthest from a new one."""


def settings() -> dict[str, dict[str, str]]:
    """Give the settings by name, each as the variables to set; "native" sets none.

    Each touches the places where processors differ: code that Numba makes, loops that NumPy chooses, and the kernels
    of OpenBLAS.
    """
    return {
        "native": {},
        BASELINE: {
            "NUMBA_CPU_NAME": "generic",
            "NUMBA_CPU_FEATURES": "",
            "NPY_DISABLE_CPU_FEATURES": " ".join(numpy_features()),
            "OPENBLAS_CORETYPE": "Prescott" if _is_intel_like() else "ARMV8",
        },
        "older": {
            "NUMBA_CPU_NAME": "haswell" if _is_intel_like() else "generic",
            "NPY_DISABLE_CPU_FEATURES": " ".join(numpy_features()[1:]),
            "OPENBLAS_CORETYPE": "Haswell" if _is_intel_like() else "ARMV8",
        },
    }


def numpy_features() -> tuple[str, ...]:
    """Give the features above its baseline that NumPy uses on this processor, oldest first."""
    from numpy._core import _multiarray_umath as engine

    return tuple(name for name in engine.__cpu_dispatch__ if engine.__cpu_features__.get(name))


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of this process with `changes`; an empty list of features is left out."""
    return {**os.environ, **{name: value for name, value in changes.items() if value or name == "NUMBA_CPU_FEATURES"}}


def _is_intel_like() -> bool:
    return platform.machine().lower() in ("x86_64", "amd64")
