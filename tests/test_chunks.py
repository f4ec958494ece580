"""Chunks are mapped in order, whatever the threads; errors stop the rest; few results wait in memory."""

import threading
from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from shteg.chunks import ThreadExecutor, one_blas_thread, share_progress, split_range
from shteg.errors import UsageError


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_results_keep_the_order_of_the_chunks(threads: int) -> None:
    executor = ThreadExecutor(threads)
    assert executor.map(lambda n: n * n, range(20)) == [n * n for n in range(20)]
    assert list(executor.iterate(lambda n: n * n, range(20))) == [n * n for n in range(20)]
    assert executor.map(lambda n: n, []) == []
    assert list(executor.iterate(lambda n: n, [])) == []


@pytest.mark.parametrize("threads", [1, 3])
def test_progress_is_told_from_the_calling_thread(threads: int) -> None:
    told: list[tuple[int, int, int]] = []
    ThreadExecutor(threads).map(
        lambda n: n, "abc", progress=lambda done, all_: told.append((done, all_, threading.get_ident()))
    )
    assert told == [(done, 3, threading.get_ident()) for done in (1, 2, 3)]


@pytest.mark.parametrize("threads", [1, 3])
def test_the_first_error_comes_out(threads: int) -> None:
    def work(n: int) -> int:
        if n >= 4:
            raise ValueError(f"chunk {n}")
        return n

    with pytest.raises(ValueError, match="chunk 4"):
        ThreadExecutor(threads).map(work, range(8))
    with pytest.raises(ValueError, match="chunk 4"):
        list(ThreadExecutor(threads).iterate(work, range(8)))


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_iterate_runs_ahead_by_no_more_chunks_than_threads(threads: int) -> None:
    taken: list[int] = []

    def chunks() -> Iterator[int]:
        for n in range(50):
            taken.append(n)
            yield n

    for done, result in enumerate(ThreadExecutor(threads).iterate(lambda n: n, chunks()), start=1):
        assert result == done - 1
        assert len(taken) <= done + threads


def test_no_threads_are_refused() -> None:
    with pytest.raises(UsageError, match="0 threads cannot do any work"):
        ThreadExecutor(0)


def test_a_range_is_cut_in_order() -> None:
    assert split_range(5, 2) == [(0, 2), (2, 4), (4, 5)]
    assert split_range(0, 2) == []
    with pytest.raises(UsageError, match="a chunk of 0 holds nothing"):
        split_range(5, 0)


def test_linear_algebra_keeps_to_one_thread_and_is_given_back() -> None:
    def threads() -> list[int]:
        return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]

    with one_blas_thread():
        assert set(threads()) == {1}
    with threadpool_limits(limits=2, user_api="blas"):
        outer = threads()
        with one_blas_thread():
            assert set(threads()) == {1}
        assert threads() == outer


def test_parts_share_one_bar() -> None:
    told: list[tuple[int, int]] = []
    first, second, last = share_progress(lambda done, total: told.append((done, total)), (2, 0, 8))
    for part, done, total in ((first, 1, 2), (first, 2, 2), (second, 5, 5), (last, 0, 0), (last, 1, 4), (last, 9, 4)):
        assert part is not None
        part(done, total)
    assert told == [(1, 10), (2, 10), (2, 10), (2, 10), (4, 10), (10, 10)]
    assert share_progress(None, (1, 2)) == (None, None)
