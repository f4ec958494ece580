"""Spark Connect gives the numbers that threads give; what cannot map chunks is refused in a sentence."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from shteg.chunks import ThreadExecutor
from shteg.errors import DesignError, UsageError
from shteg.spark import SparkExecutor
from shteg.survey import estimate_proportions, open_sample
from tests.survey.large_files.test_streaming import BY, DESIGN, ITEMS, make_wave

ON_A_SERVER = [
    pytest.mark.spark,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # gRPC leaves its channel to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def on_a_server(function: Any) -> Any:
    for mark in ON_A_SERVER:
        function = mark(function)
    return function


@pytest.fixture
def wave_file(tmp_path: Path) -> Path:
    path = tmp_path / "wave.parquet"
    make_wave().write_parquet(path)
    return path


def compare(executor: SparkExecutor, wave_file: Path) -> None:
    one, two = (
        estimate_proportions(
            open_sample(wave_file, **DESIGN, rows_per_chunk=700, scratch=wave_file.parent), ITEMS, by=BY, executor=each
        )
        for each in (executor, ThreadExecutor(2))
    )
    assert_frame_equal(one.to_frame(), two.to_frame(), check_exact=True)


@on_a_server
def test_numbers_through_a_server_are_those_of_threads(connect_server: str, wave_file: Path) -> None:
    told: list[tuple[int, int]] = []
    with SparkExecutor(connect_server) as executor:
        compare(executor, wave_file)
        squares = executor.map(lambda n: n * n, range(5), progress=lambda done, all_: told.append((done, all_)))
        assert squares == [0, 1, 4, 9, 16]
        assert told == [(done, 5) for done in range(1, 6)]
        assert executor.map(abs, []) == []
        sample = open_sample(wave_file, **DESIGN, rows_per_chunk=900)
        with pytest.raises(DesignError, match="the answer '3' is not in the questionnaire"):
            estimate_proportions(sample, "q", executor=executor, options={"q": ["1", "2"]})
        with pytest.raises(UsageError, match=r"(?s)cannot run the chunks: .*pickle.*\n.*every worker needs Python 3"):
            executor.map(lambda n: socket.socket(), range(2))
        with pytest.raises(UsageError, match=r"Spark Connect is running in this process"):
            SparkExecutor(connect_server)


@on_a_server
def test_a_session_that_runs_is_taken_and_left_running(connect_server: str, wave_file: Path) -> None:
    from pyspark.sql import SparkSession

    session = SparkSession.builder.remote(connect_server).getOrCreate()  # as a notebook of a serverless cluster has it
    try:
        with SparkExecutor(session=session) as executor:
            compare(executor, wave_file)
        assert session.range(3).count() == 3
    finally:
        session.stop()
        os.environ.pop("SPARK_CONNECT_MODE_ENABLED", None)  # PySpark leaves it: no classic session would start


@on_a_server
def test_the_environment_names_the_server(
    connect_server: str, wave_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPARK_REMOTE", connect_server)
    with SparkExecutor() as executor:
        assert executor.master == connect_server
        assert executor.map(len, ["a", "bb"]) == [1, 2]


@pytest.fixture
def nobody() -> Iterator[str]:
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        yield f"sc://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.spark
@pytest.mark.parametrize("address", ["", "sc://127.0.0.1:none", "sc://"])
def test_where_nobody_answers_it_is_said_at_once(spark_home: Path, nobody: str, address: str) -> None:
    with pytest.raises(UsageError, match=r"no server of Spark Connect answers at 'sc://.*\n.*sc://host:15002"):
        SparkExecutor(address or nobody)


class Silent:
    """A session of neither kind."""

    stopped = False

    def stop(self) -> None:
        self.stopped = True


class Gone(Silent):
    """A session of Spark Connect whose server has gone."""

    def range(self, rows: int) -> Any:
        raise ConnectionError("[UNAVAILABLE] the server went away\nat org.apache.spark")


@pytest.mark.parametrize(
    ("session", "words"), [(Silent(), "no session of Spark"), (Gone(), r"does not answer: \[UNAVAILABLE\] .* away\n")]
)
def test_what_maps_no_chunks_is_refused_and_not_stopped(session: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        SparkExecutor(session=session)
    assert not session.stopped  # it is not ours


def test_an_address_and_a_session_are_not_both_given() -> None:
    with pytest.raises(UsageError, match="give the session alone"):
        SparkExecutor("local[2]", session=Silent())


@pytest.mark.spark
def test_without_the_client_the_extra_is_named(spark_home: Path) -> None:
    code = (
        "import sys, socket; sys.modules['grpc'] = None; s = socket.create_server(('127.0.0.1', 0));"
        "from shteg.spark import SparkExecutor; SparkExecutor(f'sc://127.0.0.1:{s.getsockname()[1]}')"
    )
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert "pip install 'shteg[spark]'" in run.stderr, run.stderr
