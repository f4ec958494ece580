"""Spark gives the numbers that threads give, on this machine and on a master with a worker."""

import subprocess
import sys
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from shteg.chunks import ThreadExecutor
from shteg.errors import DesignError, UsageError
from shteg.spark import SparkExecutor
from shteg.survey import estimate_proportions, open_sample
from tests.survey.large_files.test_streaming import BY, DESIGN, ITEMS, make_wave

pytestmark = [
    pytest.mark.spark,
    # py4j leaves its socket to the garbage collector
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ROUNDING = 1e-12  # asked for; the same chunks are merged in the same order


@pytest.fixture(scope="module")
def wave_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("wave") / "wave.parquet"
    make_wave().write_parquet(path)
    return path


def _compare(executor: SparkExecutor, wave_file: Path, scratch: Path) -> None:
    shuffled = scratch / "shuffled.parquet"
    make_wave().sample(fraction=1.0, shuffle=True, seed=2).write_parquet(shuffled)
    for path, rows in ((wave_file, 700), (shuffled, 900)):
        one, two = (
            estimate_proportions(
                open_sample(path, **DESIGN, rows_per_chunk=rows, scratch=scratch), ITEMS, by=BY, executor=each
            )
            for each in (executor, ThreadExecutor(2))
        )
        assert_frame_equal(one.to_frame(), two.to_frame(), rel_tol=ROUNDING, abs_tol=0.0)


def _check_order_progress_and_errors(executor: SparkExecutor, wave_file: Path) -> None:
    told: list[tuple[int, int]] = []
    squares = executor.map(lambda n: n * n, range(5), progress=lambda done, all_: told.append((done, all_)))
    assert squares == [0, 1, 4, 9, 16]
    assert told == [(done, 5) for done in range(1, 6)]
    assert executor.map(abs, []) == []
    sample = open_sample(wave_file, **DESIGN, rows_per_chunk=900)
    with pytest.raises(DesignError, match="the answer '3' is not in the questionnaire"):
        estimate_proportions(sample, "q", executor=executor, options={"q": ["1", "2"]})


@pytest.mark.usefixtures("loopback")
def test_on_this_machine(wave_file: Path, tmp_path: Path) -> None:
    with SparkExecutor("local[2]") as executor:
        _compare(executor, wave_file, tmp_path)
        _check_order_progress_and_errors(executor, wave_file)
        with pytest.raises(UsageError, match="a session with 'local"):
            SparkExecutor("local[1]")


def test_numbers_from_a_worker_are_those_of_threads(standalone_master: str, wave_file: Path, tmp_path: Path) -> None:
    with SparkExecutor(standalone_master, {"spark.cores.max": "2"}) as executor:
        assert executor.master.startswith("spark://127.0.0.1:")
        _compare(executor, wave_file, tmp_path)


def test_without_pyspark_the_extra_is_named() -> None:
    code = "import sys; sys.modules['pyspark'] = None; from shteg.spark import SparkExecutor; SparkExecutor()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install 'shteg[spark]'" in run.stderr
    assert UsageError.__name__ in run.stderr
