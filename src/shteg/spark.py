"""The same map over chunks on Apache Spark: local, or on a cluster. Needs the extra `shteg[spark]` and Java 17."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, cast

from shteg.chunks import Chunk, Progress, Result, split_range
from shteg.errors import UsageError

LOOPBACK = "127.0.0.1"
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


class SparkExecutor:
    """Chunks sent to Spark as they are, results brought back in their order, so that numbers equal those of threads.

    The function and the chunks are pickled: a chunk should say what to read (a path and a range of rows), not hold it.
    Every worker needs shteg and, under the same path, the files that chunks name; the workers' Python is this one
    unless the environment variable PYSPARK_PYTHON names another. Use it in a `with` block, or call `stop`.

    Parameters
    ----------
    master : str
        Address of the master: "local[2]", "spark://host:7077".
    settings : mapping of str, optional
        Further settings of Spark.

    Raises
    ------
    UsageError
        PySpark or Java is not installed, the master does not answer, this process has a session already, or the
        session is one of Spark Connect (also: Databricks serverless and shared clusters), which cannot map chunks.

    Notes
    -----
    Rows never travel: workers read their chunk themselves and send back sums. Why not `mapInArrow`: see
    docs/decisions/0007-spark-maps-chunks.md.
    """

    def __init__(self, master: str = "local[*]", settings: dict[str, str] | None = None) -> None:
        self.master = master
        self._session = _start(master, SETTINGS | (settings or {}))
        try:
            self._context = _context_of(self._session)
        except UsageError:
            self._session.stop()
            raise

    def __enter__(self) -> SparkExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the session with Spark; the executor cannot be used afterwards."""
        self._session.stop()

    def map(
        self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk], progress: Progress | None = None
    ) -> list[Result]:
        """Return `function(chunk)` for each chunk, in the order of `chunks`; the first error stops the rest.

        Parameters
        ----------
        function : callable
            Of one chunk; pickled and run by the workers.
        chunks : iterable
            What the function is called with; pickled.
        progress : callable, optional
            Told (chunks done, chunks in all), from the calling thread.

        Returns
        -------
        list
            One result for each chunk.
        """
        work = list(chunks)
        results: list[Result] = []
        for result in self.iterate(function, work):
            results.append(result)
            if progress:
                progress(len(results), len(work))
        return results

    def iterate(self, function: Callable[[Chunk], Result], chunks: Iterable[Chunk]) -> Iterator[Result]:
        """Yield `function(chunk)` in the order of `chunks`; as many are under way or waiting as there are cores."""
        context = self._context
        work = list(chunks)
        for first, last in split_range(len(work), max(1, int(context.defaultParallelism))):
            part = context.parallelize(work[first:last], last - first)
            for done, outcome in part.map(_outcome_of(function)).collect():
                if not done:
                    raise outcome
                yield cast(Result, outcome)


def _outcome_of(function: Callable[[Chunk], Result]) -> Callable[[Chunk], tuple[bool, Any]]:
    """Make what runs on the workers: an error comes back as a result, so that it keeps its kind and its hint."""

    def run(chunk: Chunk) -> tuple[bool, Any]:
        try:
            return True, function(chunk)
        except Exception as error:  # noqa: BLE001 - raised again where the result is read
            return False, error

    return run


def _start(master: str, settings: dict[str, str]) -> Any:
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UsageError(
            f"Spark is not installed ({error.name} is missing)", "install it with: pip install 'shteg[spark]'", "spark"
        ) from error
    if master.startswith("sc://"):
        raise _no_connect(master)
    builder = SparkSession.builder.master(master).appName("shteg")
    if master.startswith("local") or f"//{LOOPBACK}:" in master:
        settings = {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK} | settings
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else workers take the first python3 on the path
    for name, value in settings.items():
        builder = builder.config(name, value)
    running = SparkSession.getActiveSession()
    if running is not None:
        raise UsageError(
            f"a session with {_context_of(running).master!r} is running in this process", "stop it first", "spark"
        )
    try:
        return builder.getOrCreate()
    except Exception as error:  # Py4J raises many kinds, among them plain RuntimeError where Java is missing
        raise UsageError(
            f"Spark does not start at {master!r}: {str(error).splitlines()[0]}",
            "check that Java 17 is installed (java -version) and that the master answers",
            "spark",
        ) from error


def _context_of(session: Any) -> Any:
    """Give the context that maps chunks; a session of Spark Connect has none, and says so in many ways."""
    try:
        context = session.sparkContext
    except Exception as error:  # AttributeError, NotImplementedError or a kind of PySpark's own, by its version
        raise _no_connect(f"{type(session).__module__}.{type(session).__name__}") from error
    return context


def _no_connect(what: str) -> UsageError:
    return UsageError(
        f"{what!r} is Spark Connect (or a serverless or shared cluster), which cannot send Python functions with their "
        "chunks to the workers",
        "give the address of a master (`local[*]`, `spark://host:7077`), unset SPARK_REMOTE, or work with threads "
        "(`--executor threads`, `ThreadExecutor`): the numbers are the same",
        "spark",
    )
