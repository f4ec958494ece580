"""Spark gives the answers that threads give."""

from pathlib import Path

import pytest

from shteg.pathways.answers.shapley import attribute_step
from shteg.pathways.engine.build_model import build_model
from shteg.spark import SparkExecutor
from tests.pathways.rich import rich_case, rich_stages

pytestmark = [
    pytest.mark.spark,
    # py4j leaves its socket to the garbage collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


def test_shares_are_the_same_bytes_as_with_threads(spark_home: Path, loopback: dict[str, str]) -> None:
    case = rich_case(draws=10, worlds=20)
    model = build_model(case, *rich_stages(case), ())
    with SparkExecutor("local[2]") as spark:
        there = attribute_step(model, 2, executor=spark, budget=40_000)
    here = attribute_step(model, 2, threads=2, budget=40_000)
    assert there.share.draws.tobytes() == here.share.draws.tobytes()
