"""No index of the kernel is below zero: in the arrays of a run that would read another number without a word."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.pathways.engine.guarded_run import Guarded

WORLDS = 6


def test_no_index_of_the_kernel_is_below_zero() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.pathways.engine.guarded_run", str(WORLDS)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    *cases, last = done.stdout.splitlines()
    assert len(cases) == 5
    assert all(int(number) > 0 for case in cases for number in case.split())
    assert int(last.removeprefix("indices ")) > 100_000


def test_an_index_below_zero_is_seen() -> None:
    array = np.arange(3.0).view(Guarded)
    assert array[2] == 2.0
    with pytest.raises(IndexError, match="below zero"):
        array[-1]
    with pytest.raises(IndexError, match="below zero"):
        array[np.int64(-1)] = 0.0
