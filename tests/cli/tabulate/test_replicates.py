"""Replicate weights by their prefix: the numbers of `read_replicates`, in a table and in a case; gaps are refused."""

import json
from pathlib import Path
from shutil import copytree

import numpy as np
import polars as pl
import pytest

from shteg.evidence import find_case, read_case
from shteg.survey import estimate_proportions, read_replicates, read_wave
from tests.cli.in_process import assert_plain_error, run

SETS = 12


@pytest.fixture
def data() -> pl.DataFrame:
    random = np.random.default_rng(7)
    weight = random.uniform(0.5, 2.0, 240)
    group = np.arange(240) % SETS
    reps = {f"rep{r + 1:02d}": np.where(group == r, 0.0, weight * SETS / (SETS - 1)) for r in range(SETS)}
    return pl.DataFrame({"q": random.integers(1, 4, 240), "sex": random.integers(1, 3, 240), "w": weight, **reps})


def test_a_table_has_the_errors_of_the_replicates(tmp_path: Path, data: pl.DataFrame) -> None:
    file = tmp_path / "wave.csv"
    shuffled = data.select("q", "sex", "w", *reversed([f"rep{r + 1:02d}" for r in range(SETS)]))
    shuffled.write_csv(file)
    done = run("tabulate", file, "--items", "q", "--weight", "w", "--replicates", "rep", "--json")
    assert done.returncode == 0, done.stderr
    cells = [one for one in json.loads(done.stdout) if one["row_kind"] == "option"]
    names = [f"rep{r + 1:02d}" for r in range(SETS)]
    design = read_replicates(data, weight="w", rep_weights=names, type="JK1")
    known = estimate_proportions(design, "q").to_frame()
    assert [one["estimate"] for one in cells] == pytest.approx(known["estimate"].to_list(), rel=1e-9)
    assert [one["std_error"] for one in cells] == pytest.approx(known["std_error"].to_list(), rel=1e-9)


@pytest.mark.parametrize(
    ("change", "words", "parts"),
    [
        ("rep05", [], ["the replicate 5 is missing"]),
        ("rep01", [], ["the replicate 1 is missing"]),
        ("", ["--replicates", "bs"], ["bs1"]),
        ("", ["--psu", "sex"], ["'sex' are both named"]),
        ("", ["--replicate-type", "JKn"], ["--replicate-type"]),
    ],
)
def test_what_does_not_fit_is_said(
    tmp_path: Path, data: pl.DataFrame, change: str, words: list[str], parts: list[str]
) -> None:
    file = tmp_path / "wave.csv"
    (data.drop(change) if change else data).write_csv(file)
    asked = ["--items", "q", "--weight", "w", *([] if "--replicates" in words else ["--replicates", "rep"]), *words]
    assert_plain_error(run("tabulate", file, *asked), *parts)


def test_a_case_takes_them_from_design_toml(tmp_path: Path) -> None:
    case = tmp_path / "case"
    copytree(find_case("demo"), case)
    path = case / "surveys/2025/respondents.csv"
    frame = pl.read_csv(path, infer_schema=False)
    weight, group = frame["weight"].cast(pl.Float64).to_numpy(), np.arange(frame.height) % SETS
    names = [f"jk_{r + 1}" for r in range(SETS)]
    frame.with_columns(
        pl.Series(name, np.where(group == r, 0.0, weight * SETS / (SETS - 1))).round(4) for r, name in enumerate(names)
    ).write_csv(path)
    design = case / "surveys/2025/design.toml"
    text = design.read_text(encoding="utf-8").replace('stratum = "stratum"\npsu = "psu"\n', "")
    text = text.replace("\n[domains]", '\n[replicates]\nprefix = "jk"\ntype = "JK1"\n\n[domains]', 1)
    design.write_text(text, encoding="utf-8")
    assert run("check", case, "--evidence-only").returncode == 0
    wave = read_case(case).waves[0]
    one = estimate_proportions(read_wave(wave), "joining").to_frame()
    data = pl.read_csv(path, infer_schema=False).with_columns(
        joining=pl.when(pl.col("joining") == "refused").then(None).otherwise(pl.col("joining"))
    )
    two = estimate_proportions(read_replicates(data, weight="weight", rep_weights=names, type="JK1"), "joining")
    assert one["std_error"].to_list() == pytest.approx(two.to_frame()["std_error"].to_list(), rel=1e-9)
    from shteg.survey import estimate_opinion

    row = estimate_opinion(read_case(case)).tables["waves"].frame.row(0, named=True)
    assert (row["psus"], row["strata"], row["df"]) == (None, None, SETS - 1)
