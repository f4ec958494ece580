"""A file read chunk by chunk gives what the same rows give in memory, in any order of rows."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from shteg.chunks import ThreadExecutor
from shteg.errors import DesignError, UsageError
from shteg.survey import (
    Design,
    Estimates,
    contrast,
    estimate_means,
    estimate_proportions,
    estimate_quantiles,
    estimate_ratios,
    estimate_totals,
    estimate_variances,
    open_sample,
)
from shteg.survey.large_files.chunks import FileSample, cut_file

ROUNDING = 1e-12  # the same sums in another order
BY = ["g", ("g", "k")]
DESIGN: dict[str, Any] = {"stratum": "h", "psu": "i", "weight": "w"}


def make_wave(rows: int = 2_500, seed: int = 3) -> pl.DataFrame:
    """Strata of unequal size, PSUs of unequal size, an option only in the last stratum, blanks, zero weights."""
    random = np.random.default_rng(seed)
    psu = np.sort(random.integers(0, rows // 9, rows))
    stratum = psu * 6 // (psu[-1] + 1)
    return pl.DataFrame(
        {
            "h": [f"stratum {one}" for one in stratum],
            "i": [f"{one:05d}" for one in psu],
            "w": random.gamma(4, 250, rows) * (random.random(rows) > 0.03),
            "g": [None if random.random() < 0.05 else str(random.integers(1, 5)) for _ in range(rows)],
            "k": random.integers(1, 3, rows).astype(np.int8),
            "q": [None if random.random() < 0.1 else int(random.integers(1, 4)) for _ in range(rows)],
            "late": np.where(stratum == 5, random.integers(7, 10, rows), 7),
            "nearly": np.where(np.arange(rows) == 77, "no", "yes"),
            "words": random.choice(["po", "jo", "nuk e di"], rows),
        }
    )


ITEMS = ["q", "late", "nearly", "words"]


def _same(one: Estimates, two: Estimates) -> None:
    assert_frame_equal(one.to_frame(), two.to_frame(), rel_tol=ROUNDING, abs_tol=0.0)
    assert one.to_frame()["n"].equals(two.to_frame()["n"])


@pytest.fixture
def sorted_file(tmp_path: Path) -> Path:
    path = tmp_path / "sorted.parquet"
    make_wave().write_parquet(path, row_group_size=300)
    return path


@pytest.fixture
def shuffled_file(tmp_path: Path) -> Path:
    path = tmp_path / "shuffled.parquet"
    make_wave().sample(fraction=1.0, shuffle=True, seed=8).write_parquet(path)
    return path


@pytest.mark.parametrize("rows", [90, 400, 10_000])
@pytest.mark.parametrize("threads", [1, 3])
def test_a_sorted_file_gives_what_memory_gives(sorted_file: Path, rows: int, threads: int) -> None:
    design = Design.from_frame(make_wave(), **DESIGN)
    sample, executor = open_sample(sorted_file, **DESIGN, rows_per_chunk=rows), ThreadExecutor(threads)
    for estimate in (estimate_proportions, estimate_totals):
        _same(estimate(sample, ITEMS, by=BY, executor=executor), estimate(design, ITEMS, by=BY))


@pytest.mark.parametrize("rows", [200, 1_000])
def test_the_order_of_rows_does_not_matter(shuffled_file: Path, tmp_path: Path, rows: int) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    _same(
        estimate_proportions(open_sample(shuffled_file, **DESIGN, rows_per_chunk=rows, scratch=scratch), ITEMS, by=BY),
        estimate_proportions(Design.from_frame(make_wave(), **DESIGN), ITEMS, by=BY),
    )
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("names", [{}, {"weight": "w"}, {"stratum": "h", "weight": "w"}, {"psu": "i"}])
def test_simpler_designs(sorted_file: Path, names: dict[str, str]) -> None:
    _same(
        estimate_proportions(open_sample(sorted_file, **names, rows_per_chunk=350), ITEMS, by=["k"]),
        estimate_proportions(Design.from_frame(make_wave(), **names), ITEMS, by=["k"]),
    )


@pytest.mark.parametrize("lonely", ["remove", "adjust", "average", "certainty"])
def test_lonely_psus_are_those_of_the_whole_file(tmp_path: Path, lonely: Any) -> None:
    wave = make_wave().with_columns(h=pl.when(pl.col("i") == pl.col("i").first()).then(pl.lit("one")).otherwise("h"))
    path = tmp_path / "lonely.parquet"
    wave.write_parquet(path)
    _same(
        estimate_proportions(open_sample(path, **DESIGN, lonely_psu=lonely, rows_per_chunk=300), ITEMS, by=BY),
        estimate_proportions(Design.from_frame(wave, **DESIGN, lonely_psu=lonely), ITEMS, by=BY),
    )
    with pytest.raises(DesignError, match="stratum 'one' has one PSU"):
        estimate_proportions(open_sample(path, **DESIGN, rows_per_chunk=300), "q")


def test_a_chunk_whose_weights_are_all_0_still_counts_its_psus(tmp_path: Path) -> None:
    wave = make_wave().with_columns(w=pl.when(pl.int_range(pl.len()) < 700).then(0.0).otherwise("w"))
    path = tmp_path / "idle.parquet"
    wave.write_parquet(path)
    _same(
        estimate_proportions(open_sample(path, **DESIGN, rows_per_chunk=200), "q", by=BY),
        estimate_proportions(Design.from_frame(wave, **DESIGN), "q", by=BY),
    )
    wave.with_columns(w=pl.lit(0.0)).write_parquet(path)
    with pytest.raises(DesignError, match="all weights are 0"):
        estimate_proportions(open_sample(path, **DESIGN, rows_per_chunk=200), "q")


def test_options_and_missing_codes(sorted_file: Path) -> None:
    wanted: dict[str, Any] = {"options": {"q": ["3", "2", "1", "9"]}, "missing": {"q": ["2"]}}
    _same(
        estimate_proportions(open_sample(sorted_file, **DESIGN, rows_per_chunk=300), "q", **wanted),
        estimate_proportions(Design.from_frame(make_wave(), **DESIGN), "q", **wanted),
    )
    with pytest.raises(DesignError, match="the answer '3' is not in the questionnaire"):
        estimate_proportions(open_sample(sorted_file, **DESIGN, rows_per_chunk=300), "q", options={"q": ["1", "2"]})


def test_many_strata_are_read_in_several_passes(sorted_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shteg.survey.large_files.estimate.KEPT_BYTES", 1)
    _same(
        estimate_proportions(open_sample(sorted_file, **DESIGN), ITEMS, by=BY),
        estimate_proportions(Design.from_frame(make_wave(), **DESIGN), ITEMS, by=BY),
    )


def test_chunks_of_a_sorted_file_are_ranges_of_rows(sorted_file: Path, tmp_path: Path) -> None:
    sample = open_sample(sorted_file, **DESIGN, rows_per_chunk=300)
    assert isinstance(sample, FileSample)
    chunks = cut_file(sample, ["h", "i", "w"], tmp_path)
    assert sum(chunk.length or 0 for chunk in chunks) == 2_500
    psus = [set(chunk.read(["i"])["i"]) for chunk in chunks]
    assert sum(map(len, psus)) == len(set().union(*psus))


def test_a_psu_in_two_strata_is_refused_though_they_lie_in_two_chunks(tmp_path: Path) -> None:
    path = tmp_path / "clash.parquet"
    wave = make_wave().with_columns(i=pl.when(pl.int_range(pl.len()) == 2_400).then(pl.col("i").first()).otherwise("i"))
    wave.write_parquet(path)
    with pytest.raises(DesignError, match=r"(?s)lies in the strata 'stratum 0' and 'stratum 5'.*") as caught:
        estimate_proportions(open_sample(path, **DESIGN, rows_per_chunk=300), "q")
    assert "row 2401" in str(caught.value)
    _same(
        estimate_proportions(open_sample(path, **DESIGN, nest=True, rows_per_chunk=300), "q"),
        estimate_proportions(Design.from_frame(wave, **DESIGN, nest=True), "q"),
    )


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"q": pl.when(pl.int_range(pl.len()) == 1_999).then(4).otherwise("q")}, "the answer '4' is not"),
        ({"w": pl.when(pl.int_range(pl.len()) == 1_999).then(-1.0).otherwise("w")}, "is negative"),
        ({"h": pl.when(pl.int_range(pl.len()) == 1_999).then(None).otherwise("h")}, "the design code is missing"),
    ],
)
@pytest.mark.parametrize("shuffle", [False, True])
def test_errors_name_the_row_of_the_file(
    tmp_path: Path, change: dict[str, pl.Expr], problem: str, shuffle: bool
) -> None:
    path = tmp_path / "bad.parquet"
    wave = make_wave().with_columns(was=pl.int_range(pl.len())).with_columns(**change)
    wave = wave.sample(fraction=1.0, shuffle=True, seed=1) if shuffle else wave
    wave.write_parquet(path)
    with pytest.raises(DesignError, match=problem) as caught:
        estimate_proportions(
            open_sample(path, **DESIGN, nest=True, rows_per_chunk=300), "q", options={"q": ["1", "2", "3"]}
        )
    row = int((wave["was"] == 1_999).arg_max() or 0) + 1
    assert f"row {row}:" in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path, sorted_file: Path) -> None:
    with pytest.raises(DesignError, match="cannot be read"):
        estimate_proportions(open_sample(tmp_path / "none.parquet"), "q")
    (tmp_path / "text.parquet").write_text("q\n1\n")
    with pytest.raises(DesignError, match="cannot be read"):
        estimate_proportions(open_sample(tmp_path / "text.parquet"), "q")
    make_wave().clear().write_parquet(tmp_path / "empty.parquet")
    with pytest.raises(DesignError, match="the wave has no rows"):
        estimate_proportions(open_sample(tmp_path / "empty.parquet"), "q")
    with pytest.raises(DesignError, match="the data have no such column"):
        estimate_proportions(open_sample(sorted_file, stratum="stratu"), "q")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"items": []}, "no item"),
        ({"items": ["q", "q"]}, "a name stands twice"),
        ({"items": "q", "by": "g"}, "`by` is a list"),
        ({"items": "q", "by": ["g", "g"]}, "a name stands twice"),
    ],
)
def test_wrong_requests(sorted_file: Path, wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        estimate_proportions(open_sample(sorted_file), **wrong)


def test_a_chunk_holds_rows(sorted_file: Path) -> None:
    with pytest.raises(UsageError, match="holds nothing"):
        open_sample(sorted_file, psu="i", rows_per_chunk=0)


@pytest.mark.parametrize("where", [pl.col("k") == 1, pl.col("w") > pl.col("w").mean(), "young"])
def test_a_part_of_a_file_is_that_part_in_memory(shuffled_file: Path, where: Any) -> None:
    wave = pl.read_parquet(shuffled_file).with_columns(young=pl.col("words") == "po")
    wave.write_parquet(shuffled_file)
    design, sample = Design.from_frame(wave, **DESIGN), open_sample(shuffled_file, **DESIGN, rows_per_chunk=400)
    for estimate in (estimate_proportions, estimate_totals):
        _same(estimate(sample, ITEMS, by=BY, where=where), estimate(design, ITEMS, by=BY, where=where))
    with pytest.raises(DesignError, match="the domain is empty"):
        estimate_proportions(sample, "q", where=pl.col("k") == 9)


def test_a_query_is_a_sample(sorted_file: Path, tmp_path: Path) -> None:
    query = pl.scan_parquet(sorted_file).filter(pl.col("g") != "2").with_columns(d=pl.col("q") > 1)
    sample = open_sample(query, **DESIGN, rows_per_chunk=300, scratch=tmp_path)
    design = Design.from_frame(query, **DESIGN)
    _same(estimate_proportions(sample, ["q", "d"], by=BY), estimate_proportions(design, ["q", "d"], by=BY))
    assert [one.name for one in tmp_path.iterdir()] == ["sorted.parquet"]


def test_every_verb_takes_a_file(sorted_file: Path) -> None:
    design, sample = Design.from_frame(make_wave(), **DESIGN), open_sample(sorted_file, **DESIGN)
    asked: dict[str, Any] = {"by": ["g"], "where": pl.col("k") == 1}
    for estimate in (estimate_means, estimate_variances, estimate_quantiles):
        _same(estimate(sample, "q", **asked), estimate(design, "q", **asked))  # type: ignore[operator]
    _same(estimate_ratios(sample, "q", "k", **asked), estimate_ratios(design, "q", "k", **asked))
    streamed, whole = (estimate_proportions(one, "q", **asked) for one in (sample, design))
    assert streamed.covariance == pytest.approx(whole.covariance, rel=ROUNDING, nan_ok=True)
    _same(contrast(streamed, {"d": {"g=1: 1": 1, "g=3: 1": -1}}), contrast(whole, {"d": {"g=1: 1": 1, "g=3: 1": -1}}))


def test_other_files_are_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wave.csv"
    make_wave().write_csv(path)
    design = open_sample(path, **DESIGN)
    assert isinstance(design, Design)
    _same(estimate_proportions(design, "q"), estimate_proportions(Design.from_frame(make_wave(), **DESIGN), "q"))
