"""Named tuples of arrays reach a compiled function as one address, and only as they were declared."""

from typing import Annotated, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from shteg.by_reference import by_reference, declared
from shteg.compiling import compiled


@by_reference
class Inner(NamedTuple):
    table: Annotated[NDArray[np.float64], "row, column"]
    far: float


@by_reference
class Outer(NamedTuple):
    inner: Inner
    counts: Annotated[NDArray[np.int64], "row"]
    counted: bool


@compiled
def add_rows(outer: Outer) -> float:
    total = outer.inner.far
    for row in range(outer.inner.table.shape[0]):
        total += outer.inner.table[row].sum() + outer.inner.table[row, 0]
        outer.counts[row] += outer.counted
    return total


def make(table: np.ndarray) -> Outer:
    return Outer(Inner(table, 100.0), np.zeros(len(table), dtype=np.int64), True)


def test_fields_are_read_and_written_where_they_lie() -> None:
    outer = make(np.arange(6.0).reshape(3, 2))
    assert add_rows(outer) == 100.0 + 15.0 + 6.0
    assert outer.counts.tolist() == [1, 1, 1]
    assert add_rows(make(np.ones((0, 2)))) == 100.0
    assert [sig[0] for sig in add_rows.signatures] == [declared(Outer)]


@pytest.mark.parametrize("table", [np.ones((2, 4))[:, ::2], np.ones((2, 2), dtype=np.int64), np.ones(2)])
def test_another_array_than_declared_is_refused(table: np.ndarray) -> None:
    with pytest.raises(TypeError):
        add_rows(make(table))
