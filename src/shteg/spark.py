"""The same map over chunks on Apache Spark: on this machine, on a cluster, or through Spark Connect.

Needs the extra `shteg[spark]`; Java 17 where the session runs (with Spark Connect that is the server).
"""

from __future__ import annotations

import os
import pickle
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from types import TracebackType
from typing import Any, cast
from urllib.parse import urlsplit

from shteg.chunks import Chunk, Progress, Result, split_range
from shteg.errors import UsageError

LOOPBACK = "127.0.0.1"
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}
CONNECT = "sc://"
REMOTE = "SPARK_REMOTE"
"""The variable of the environment that names a server of Spark Connect."""
CONNECT_PORT = 15002
MODE = "SPARK_CONNECT_MODE_ENABLED"
CLIENT = ("grpc", "pandas", "pyarrow")
PATIENCE = 10.0  # seconds for a server to take the call
COUNTED_ROWS = 100_000
"""Rows of a range that Spark divides by its own measure: as many parts as it has cores."""
WORKERS = "every worker needs Python {python}, shteg and its libraries, and the files that are read under the same path"

Outcome = tuple[bool, Any]
"""Whether a chunk was done, and its result, or else its error."""


class SparkExecutor:
    """Chunks sent to Spark as they are, results brought back in their order, so that numbers equal those of threads.

    The function and the chunks are pickled: a chunk should say what to read (a path and a range of rows), not hold it.
    Every worker needs shteg and, under the same path, the files that chunks name; the workers' Python is this one
    unless the environment variable PYSPARK_PYTHON names another (with Spark Connect, the server's environment says
    it). Use it in a `with` block, or call `stop`.

    Parameters
    ----------
    master : str
        Address of the master: "local[2]", "spark://host:7077"; or of a server of Spark Connect: "sc://host:15002".
        Where SPARK_REMOTE is set it is the default.
    settings : mapping of str, optional
        Further settings of Spark.
    session : pyspark.sql.SparkSession, optional
        A session that runs already, of either kind (in a notebook of a serverless or shared cluster: `spark`), instead
        of an address; it is not stopped.

    Raises
    ------
    UsageError
        PySpark or Java is not installed, the master or server does not answer, this process has a session already,
        or both an address and a session are given.

    Notes
    -----
    Rows never travel: workers read their chunk themselves and send back sums. A session of the classic kind maps an
    RDD; one of Spark Connect (also: serverless and shared clusters), which has none, maps a range of numbers in Arrow,
    one number a chunk (docs/decisions/0029-spark-connect-maps-a-range.md).
    """

    def __init__(
        self, master: str | None = None, settings: dict[str, str] | None = None, *, session: Any = None
    ) -> None:
        if session is not None and (master is not None or settings):
            raise UsageError("a session that runs has its master and settings", "give the session alone", "session")
        self._own = session is None
        self._mode_before = MODE in os.environ
        self.master = master or os.environ.get(REMOTE, "local[*]") if self._own else "session"
        self._session = _start(self.master, SETTINGS | (settings or {})) if session is None else session
        try:
            self._context = _context_of(self._session)
            self._cores = _cores_of(self._session, self._context)
        except UsageError:
            self.stop()
            raise

    def __enter__(self) -> SparkExecutor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the session with Spark, unless it was given; the executor cannot be used afterwards."""
        if self._own:
            self._session.stop()
            if self.master.startswith(CONNECT) and not self._mode_before:
                os.environ.pop(MODE, None)  # PySpark sets it, and would then start no session of the classic kind

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
        work = list(chunks)
        for first, last in split_range(len(work), self._cores):
            group = work[first:last]
            if self._context is None:
                outcomes = _map_arrow(self._session, function, group)
            else:
                outcomes = self._context.parallelize(group, len(group)).map(_outcome_of(function)).collect()
            for done, outcome in outcomes:
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


def _map_arrow(session: Any, function: Callable[[Chunk], Result], chunks: Sequence[Chunk]) -> list[Outcome]:
    """Map chunks without an RDD: a range of numbers, one to a part, each made the pickled outcome of its chunk."""
    try:
        rows = session.range(0, len(chunks), 1, len(chunks)).mapInArrow(
            _arrow_function(_outcome_of(function), tuple(chunks)), "place long, outcome binary"
        )
        found = {row["place"]: bytes(row["outcome"]) for row in rows.collect()}
        return [pickle.loads(found[place]) for place in range(len(chunks))]
    except Exception as error:  # kinds of PySpark, of gRPC and of pickle, by version and by what is missing where
        python = ".".join(map(str, sys.version_info[:2]))
        raise UsageError(
            f"Spark cannot run the chunks: {_last_words(error)}", WORKERS.format(python=python), "spark"
        ) from error


def _arrow_function(run: Callable[[Chunk], Outcome], chunks: Sequence[Chunk]) -> Callable[[Iterator[Any]], Any]:
    """Make what Spark calls on a worker: batches of numbers in, batches of pickled outcomes out."""

    def answer(batches: Iterator[Any]) -> Iterator[Any]:
        import pickle

        import pyarrow as pa  # type: ignore[import-untyped]

        for batch in batches:
            places = batch.column(0).to_pylist()
            outcomes = [pickle.dumps(run(chunks[place])) for place in places]
            columns = [pa.array(places, pa.int64()), pa.array(outcomes, pa.binary())]
            yield pa.RecordBatch.from_arrays(columns, names=["place", "outcome"])

    return answer


def _last_words(error: Exception) -> str:
    """Give the line of an error that names its cause: the last one of a trace from a worker, else the first."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    named = [line for line in lines if line.partition(":")[0].endswith(("Error", "Exception")) and ": " in line]
    return (named or lines or [type(error).__name__])[-1 if named else 0]


def _start(master: str, settings: dict[str, str]) -> Any:
    if master.startswith(CONNECT):
        _require_client()
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise UsageError(
            f"Spark is not installed ({error.name} is missing)", "install it with: pip install 'shteg[spark]'", "spark"
        ) from error
    running = SparkSession.getActiveSession()
    if running is not None:
        context = _context_of(running)
        what = "Spark Connect" if context is None else repr(context.master)
        raise UsageError(
            f"a session with {what} is running in this process",
            "stop it first, or give it: SparkExecutor(session=spark)",
            "spark",
        )
    if master.startswith(CONNECT):
        return _connect(SparkSession, master, settings)
    if master.startswith("local") or f"//{LOOPBACK}:" in master:
        settings = {"spark.driver.host": LOOPBACK, "spark.driver.bindAddress": LOOPBACK} | settings
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else workers take the first python3 on the path
    try:
        builder = SparkSession.builder.master(master).appName("shteg")
        for name, value in settings.items():
            builder = builder.config(name, value)
        return builder.getOrCreate()
    except Exception as error:  # Py4J raises many kinds, among them plain RuntimeError where Java is missing
        raise UsageError(
            f"Spark does not start at {master!r}: {_first_line(error)}",
            "check that Java 17 is installed (java -version) and that the master answers",
            "spark",
        ) from error


def _require_client() -> None:
    """Refuse to go on without the libraries of the client: PySpark itself would end the process."""
    for name in CLIENT:
        try:
            import_module(name)
        except ImportError as error:
            raise UsageError(
                f"the client of Spark Connect is not installed ({name} is missing)",
                "install it with: pip install 'shteg[spark]'",
                "spark",
            ) from error


def _connect(sessions: Any, address: str, settings: dict[str, str]) -> Any:
    """Open a session of Spark Connect; settings of the server's own start are not for a client to give."""
    own, before = {name: value for name, value in settings.items() if name not in SETTINGS}, MODE in os.environ
    _knock(address)
    try:
        builder = sessions.builder.remote(address)
        for name, value in own.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        session.range(1).count()  # a client connects when it is first asked something
    except Exception as error:  # gRPC raises kinds of its own, PySpark others, by version
        if not before:
            os.environ.pop(MODE, None)
        raise UsageError(
            f"the server of Spark Connect at {address!r} cannot be used: {_first_line(error)}",
            "check the address (sc://host:15002), that the server runs, and that its version of Spark is this one's",
            "spark",
        ) from error
    return session


def _knock(address: str) -> None:
    """Refuse an address where nobody answers: the client of Spark Connect would go on trying for ten minutes."""
    place = urlsplit(address)
    try:
        socket.create_connection((place.hostname or "", place.port or CONNECT_PORT), timeout=PATIENCE).close()
    except (OSError, ValueError) as error:
        raise UsageError(
            f"no server of Spark Connect answers at {address!r}: {_first_line(error)}",
            "check the address (sc://host:15002) and that the server runs",
            "spark",
        ) from error


def _first_line(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)


def _context_of(session: Any) -> Any:
    """Give the context that maps an RDD, or None: a session of Spark Connect has none, and says so in many ways."""
    try:
        return session.sparkContext
    except Exception:  # noqa: BLE001 - AttributeError, NotImplementedError or a kind of PySpark's own, by its version
        return None


def _cores_of(session: Any, context: Any) -> int:
    """Give how many chunks run at a time; Spark Connect is asked for it by the parts into which it divides a range."""
    if context is not None:
        return max(1, int(context.defaultParallelism))
    if not callable(getattr(session, "range", None)):
        raise UsageError(
            f"{type(session).__module__}.{type(session).__name__} is no session of Spark that maps chunks",
            "give a SparkSession, or work with threads (`ThreadExecutor`): the numbers are the same",
            "spark",
        )
    try:
        parts = session.range(COUNTED_ROWS).selectExpr("spark_partition_id() AS part").distinct()
        return max(1, int(parts.count()))
    except Exception as error:  # see `_connect`
        raise UsageError(
            f"the session of Spark does not answer: {_first_line(error)}", "check that it still runs", "spark"
        ) from error
