"""A million respondents from DuckDB and from Parquet partitions: the numbers of memory, in bounded memory."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from shteg.survey import Design, estimate_proportions
from shteg.survey.rounding import ROUNDING

ROWS = 1_000_000
EXTRA = 40
"""Columns that are not asked for: with them the table has a third of a gigabyte, and twice that when it is copied."""
PEAK_BYTES = 560 * 2**20
"""For the process: its libraries take 180 MiB; 440 MiB were seen, with DuckDB's buffers. The whole would not fit."""

CODE = """
import json, re, sys
from pathlib import Path
from shteg.survey import estimate_proportions, open_sample
sample = open_sample(sys.argv[1], stratum="h", psu="psu", weight="w")
found = estimate_proportions(sample, ["q"], by=["sex"]).to_frame()
found.write_ipc(sys.argv[2])
said = Path("/proc/self/status").read_text()  # getrusage would tell the peak of the process that started this one
print(json.dumps({"peak": int(re.search(r"VmHWM:\\s+(\\d+)", said)[1]) * 1024}))
"""


@pytest.fixture(scope="module")
def wave() -> pl.DataFrame:
    random = np.random.default_rng(7)
    psu = np.arange(ROWS, dtype=np.int32) // 10
    columns = {
        "h": (psu % 20).astype(np.int8),
        "psu": psu,
        "w": random.gamma(8, 100, ROWS).round(4),
        "q": random.integers(1, 6, ROWS).astype(np.int8),
        "sex": random.integers(1, 3, ROWS).astype(np.int8),
    }
    return pl.DataFrame({**columns, **{f"x{i}": random.random(ROWS) for i in range(EXTRA)}})


@pytest.fixture(scope="module")
def sources(wave: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("million")
    with duckdb.connect(folder / "wave.duckdb") as connection:
        connection.register("wave", wave)
        connection.execute("CREATE TABLE answers AS SELECT * FROM wave")
    for part in range(8):
        place = folder / "parts" / f"month={part + 1}"
        place.mkdir(parents=True)
        wave[part * ROWS // 8 : (part + 1) * ROWS // 8].write_parquet(place / "0.parquet")
    return {
        "table": str(folder / "wave.duckdb"),
        "query": f"duckdb://{folder}/wave.duckdb?query=SELECT h, psu, w, q, sex FROM answers WHERE q > 0",
        "parts": str(folder / "parts"),
    }


@pytest.mark.parametrize("source", ["table", "query", "parts"])
def test_a_million_rows_in_bounded_memory(
    tmp_path: Path, wave: pl.DataFrame, sources: dict[str, str], source: str
) -> None:
    found = tmp_path / "found.arrow"
    done = subprocess.run(
        [sys.executable, "-c", CODE, sources[source], str(found)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    wanted = estimate_proportions(
        Design.from_frame(wave, stratum="h", psu="psu", weight="w"), ["q"], by=["sex"]
    ).to_frame()
    assert_frame_equal(pl.read_ipc(found), wanted, rel_tol=ROUNDING, abs_tol=0.0)
    assert json.loads(done.stdout)["peak"] < PEAK_BYTES, done.stdout
