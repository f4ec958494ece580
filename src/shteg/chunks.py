"""The one place that knows how work is spread: map a function over chunks, hand back the results in order."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol, TypeVar

from shteg.errors import UsageError

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Called with (chunks done, chunks in all), always from the calling thread."""


class Executor(Protocol):
    """Something that maps a function over chunks and keeps their order."""

    def map(
        self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk], progress: Progress | None = None
    ) -> list[Result]:
        """Return `function(chunk)` for each chunk, in the order of `chunks`."""
        ...

    def iterate(self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Yield `function(chunk)` in the order of `chunks`, only a few results waiting in memory at any time."""
        ...


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep the linear algebra of NumPy and SciPy on one thread.

    Its threads would compete with those of the executor, and add up in an order that depends on the number of cores:
    the last digits of a result would differ between machines.
    """
    import numpy  # noqa: F401  (the limit holds for what is loaded)
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits

    with threadpool_limits(limits=1, user_api="blas"):
        yield


class ThreadExecutor:
    """Threads of this process: for kernels that release the interpreter lock (`nogil`).

    Parameters
    ----------
    threads : int, optional
        At least 1; as many as there are cores if left out. Results never depend on it.
    """

    def __init__(self, threads: int | None = None) -> None:
        if threads is not None and threads < 1:
            raise UsageError(f"{threads} threads cannot do any work", "give a number of 1 or more", "threads")
        self.threads = threads or os.cpu_count() or 1

    def map(
        self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk], progress: Progress | None = None
    ) -> list[Result]:
        """Return `function(chunk)` for each chunk, in the order of `chunks`; the first error stops the rest."""
        work = list(chunks)
        results: list[Result] = []
        if self.threads == 1:
            for chunk in work:
                results.append(function(chunk))
                if progress:
                    progress(len(results), len(work))
            return results
        with ThreadPoolExecutor(self.threads) as pool:
            futures = [pool.submit(function, chunk) for chunk in work]
            try:
                for future in futures:
                    results.append(future.result())
                    if progress:
                        progress(len(results), len(work))
            except BaseException:
                for future in futures:
                    future.cancel()
                raise
        return results

    def iterate(self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Yield `function(chunk)` in the order of `chunks`; no more chunks are under way or waiting than threads."""
        if self.threads == 1:
            yield from map(function, chunks)
            return
        under_way: deque[Future[Result]] = deque()
        with ThreadPoolExecutor(self.threads) as pool:
            try:
                for chunk in chunks:
                    if len(under_way) == self.threads:
                        yield under_way.popleft().result()
                    under_way.append(pool.submit(function, chunk))
                while under_way:
                    yield under_way.popleft().result()
            except BaseException:
                for future in under_way:
                    future.cancel()
                raise


def split_range(count: int, size: int) -> Sequence[tuple[int, int]]:
    """Cut 0..count into half-open ranges of at most `size`, in order.

    >>> split_range(5, 2)
    [(0, 2), (2, 4), (4, 5)]
    """
    if size < 1:
        raise UsageError(f"a chunk of {size} holds nothing", "give a size of 1 or more", "size")
    return [(start, min(start + size, count)) for start in range(0, count, size)]


def share_progress(progress: Progress | None, weights: Sequence[int]) -> tuple[Progress | None, ...]:
    """Lay the progress of several parts, done one after the other, on one bar.

    Parameters
    ----------
    progress : callable, optional
        Told (done, in all) of the whole; None for nobody.
    weights : sequence of int
        What each part weighs, at least 0: its length on the bar, in the steps in which it is told.

    Returns
    -------
    tuple of callable or None
        One for each part, to be told (done, in all) of the part.
    """
    if progress is None:
        return (None,) * len(weights)
    tell, whole = progress, sum(weights)

    def part(before: int, weight: int) -> Progress:
        return lambda done, total: tell(before + weight * min(done, total) // max(total, 1), whole)

    return tuple(part(sum(weights[:at]), weight) for at, weight in enumerate(weights))
