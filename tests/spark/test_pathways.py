"""Spark simulates the worlds that threads simulate."""

from pathlib import Path

import pytest

from shteg.pathways.engine import simulation
from shteg.pathways.engine.build_model import build_model
from shteg.pathways.engine.simulation import run_model
from shteg.spark import SparkExecutor
from tests.pathways.dynamic import dynamic_case, dynamic_stages

pytestmark = [
    pytest.mark.spark,
    # py4j leaves its socket to the garbage collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_the_same_bytes_as_threads(spark_home: Path, loopback: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    case = dynamic_case(draws=20, worlds=40)
    model = build_model(case, *dynamic_stages(case), ())
    monkeypatch.setattr(simulation, "WORLDS_PER_CHUNK", 200)
    told: list[tuple[int, int]] = []
    with SparkExecutor("local[2]") as spark:
        there = run_model(model, executor=spark, progress=lambda done, chunks: told.append((done, chunks)))
    here = run_model(model, threads=2)
    assert told == [(n, 4) for n in range(1, 5)]
    assert [part.tobytes() for part in there] == [part.tobytes() for part in here]
