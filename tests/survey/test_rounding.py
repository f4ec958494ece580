"""No rounding decides: data that differ in the last place give the same figures, flags and empty cells."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.survey import (
    contrast,
    estimate_means,
    estimate_proportions,
    estimate_quantiles,
    estimate_ratios,
    estimate_totals,
)
from shteg.survey.designs.conversion import as_replicates
from shteg.survey.designs.design import Design
from shteg.survey.hypotheses.quadratic_forms import saddlepoint_p
from shteg.survey.hypotheses.rank_tests import rank_test
from shteg.survey.inference.quantiles import QUANTILE_RULES, SortedValues
from shteg.survey.rounding import (
    ROUNDING,
    groups_of_equals,
    is_nothing,
    last_up_to,
    settle_on,
    settle_share,
    settle_values,
)
from shteg.survey.weights.calibration import calibrate
from shteg.survey.weights.nonresponse import adjust_nonresponse

REFERENCE = json.loads((Path(__file__).parents[1] / "reference" / "survey_estimators.json").read_text())
DATA = pl.DataFrame(REFERENCE["data"])
SAME = 1e-10  # what a perturbation of 1e-15 of the data may do to a figure
SEEDS = range(8)


def _shaken(frame: pl.DataFrame, seed: int, *columns: str, ulps: float = 4.0) -> pl.DataFrame:
    """Move numbers by up to some units in the last place, as other orders of addition do."""
    random = np.random.default_rng(seed)
    moved = [
        (pl.col(one) * pl.Series(1 + np.spacing(1.0) * random.integers(-ulps, ulps + 1, frame.height))).alias(one)
        for one in columns
    ]
    return frame.with_columns(moved)


def _design(frame: pl.DataFrame) -> Design:
    return Design.from_frame(frame, psu="a", stratum="h", weight="w")


def _same(one: pl.DataFrame, two: pl.DataFrame) -> None:
    assert one.columns == two.columns
    for name in one.columns:
        a, b = one[name], two[name]
        if a.dtype.is_float():
            assert a.is_null().to_list() == b.is_null().to_list(), name
            assert a.fill_null(0).to_numpy() == pytest.approx(b.fill_null(0).to_numpy(), rel=SAME, abs=1e-12), name
        else:
            assert a.to_list() == b.to_list(), name


ASKED: dict[str, Callable[[Design], pl.DataFrame]] = {
    f"{rule} {interval}": lambda d, rule=rule, interval=interval: estimate_quantiles(  # type: ignore[misc]
        d, ["k", "y"], [0, 0.1, 0.25, 0.5, 0.75, 0.9, 1], rule=rule, interval=interval
    ).to_frame()
    for rule in QUANTILE_RULES
    for interval in ("mean", "beta", "xlogit")
}


@pytest.mark.parametrize("asked", ASKED)
def test_quantiles_do_not_hang_on_the_last_place(asked: str) -> None:
    plain = ASKED[asked](_design(DATA))
    for seed in SEEDS[:3]:
        _same(ASKED[asked](_design(_shaken(DATA, seed, "w"))), plain)
        _same(ASKED[asked](_design(_shaken(DATA, seed, "w", "k", "y"))), plain)


def test_a_share_of_one_up_to_rounding_is_one() -> None:
    """The case that failed on another processor: everybody lies at or below the quantile."""
    for seed in SEEDS:
        frame = estimate_quantiles(_design(_shaken(DATA, seed, "w")), "k", [0.9], interval="mean").to_frame()
        assert frame.select("estimate", "ci_low", "ci_high", "std_error", "flag").row(0) == (6, 6, 6, 0, "boundary")
        frame = estimate_quantiles(_design(_shaken(DATA, seed, "w")), "k", [0.9], interval="beta").to_frame()
        assert frame.select("ci_low", "ci_high", "std_error", "flag").row(0) == (None, None, None, "boundary")


@pytest.mark.parametrize("rule", QUANTILE_RULES)
@pytest.mark.parametrize("weights", [[0.1] * 10, [0.7, 0.1, 0.2, 0.3, 0.1, 0.1, 0.5, 1 / 3, 1 / 3, 1 / 3]])
def test_every_rule_takes_a_cumulated_share_for_what_it_is(rule: Any, weights: list[float]) -> None:
    w, x, row = np.array(weights), np.arange(10.0), np.arange(10)
    exact = np.cumsum(w) / w.sum()
    for p in (*np.linspace(0, 1, 11), *exact):
        wanted = SortedValues(x, w, row).quantile(float(p), rule)
        for noise in (-3e-15, -1e-16, 1e-16, 3e-15):
            near = SortedValues(x, w * (1 + noise * np.arange(10)), row).quantile(float(p) + noise, rule)
            assert near == pytest.approx(wanted, rel=1e-11, abs=1e-11, nan_ok=True)


def test_a_median_of_tenths_is_the_mean_of_the_two_in_the_middle() -> None:
    assert SortedValues(np.arange(10.0), np.full(10, 0.1), np.arange(10)).quantile(0.5, "school") == 4.5
    assert SortedValues(np.arange(10.0), np.full(10, 0.1), np.arange(10)).quantile(0.3, "math") == 2
    assert SortedValues(np.arange(10.0), np.full(10, 0.1), np.arange(10)).quantile(0.3, "inverse") == 2


def _quota(weight: float = 0.1) -> pl.DataFrame:
    """Twenty PSUs of ten with the same halves; the weights of a PSU are its own, so that sums round."""
    psu = np.repeat(np.arange(20), 10)
    return pl.DataFrame(
        {
            "psu": psu,
            "w": weight * (1 + psu / 7),
            "sex": ["m", "f"] * 100,
            "y": [1.1, 3.3] * 100,
            "x": [2.2, 6.6] * 100,
            "same": [0.3] * 200,
            "zero": [-0.7, 0.7] * 100,
        }
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("replicates", [False, True])
def test_a_quota_has_a_standard_error_of_0_and_the_reason(seed: int, replicates: bool) -> None:
    taylor = Design.from_frame(_shaken(_quota(), seed, "w"), psu="psu", weight="w")
    design = as_replicates(taylor, "JK1") if replicates else taylor
    shares = estimate_proportions(design, "sex").to_frame()
    means = estimate_means(design, ["y", "same", "zero"]).to_frame()
    assert shares["flag"].to_list() == ["no_spread"] * 2
    assert means["flag"].to_list() == ["no_spread", "constant", "no_spread"]
    general = estimate_means(design, ["y", "same", "zero"], together=True)
    assert general.flag == ("no_spread", "constant", "no_spread")
    assert estimate_proportions(design, "sex").flag == ("no_spread",) * 2
    assert estimate_ratios(design, "x", "y").flag == ("constant",)
    frames = [
        shares,
        means,
        general.to_frame(),
        estimate_proportions(design, "sex").to_frame(interval="mean"),
    ]
    for frame in frames:
        assert frame["std_error"].to_list() == [0.0] * frame.height
        assert frame["ci_low"].null_count() == frame["ci_high"].null_count() == frame.height
    both = contrast(estimate_proportions(design, "sex"), {"all": {"f": 1, "m": 1}})
    assert (both.flag, both.std_error[0]) == (("no_spread",), 0.0)


@pytest.mark.parametrize("seed", SEEDS)
def test_totals_without_spread_are_flagged(seed: int) -> None:
    frame = _shaken(_quota().with_columns(w=pl.lit(0.1)), seed, "w")
    design = Design.from_frame(frame, psu="psu", weight="w")
    numbers = estimate_totals(design, ["y", "zero"], numeric=True).to_frame()
    persons = estimate_totals(design, "sex", options={"sex": ["m", "f", "x"]}).to_frame()
    assert numbers["flag"].to_list() == ["no_spread", "no_spread"]
    assert persons["flag"].to_list() == ["no_spread", "no_spread", "boundary"]
    for one in (numbers, persons):
        assert one["std_error"].to_list() == [0.0] * one.height
        assert one["ci_low"].null_count() == one.height


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_is_everybody_in_any_order_of_addition(seed: int) -> None:
    frame = _shaken(DATA.with_columns(all=pl.lit("yes")), seed, "w")
    for design in (_design(frame), as_replicates(_design(frame), "JKn")):
        for method in ("logit", "mean", "beta", "likelihood", "asin", "xlogit", "wilson"):
            row = (
                estimate_proportions(design, "all")
                .to_frame(interval=method)
                .filter(pl.col("option") == "yes")
                .row(0, named=True)
            )
            assert (row["estimate"], row["std_error"], row["ci_high"], row["flag"]) == (1, 0, 1, "boundary")
            assert 0.9 < row["ci_low"] < 1
        fit = estimate_proportions(design, "all", options={"all": ["yes", "no"]})
        assert (fit.estimate.tolist(), fit.flag) == ([1.0, 0.0], ("boundary", "boundary"))
        for method in (None, "mean"):
            assert fit.to_frame(interval=method)["ci_high"].to_list() == pytest.approx([1, 1 - fit.interval()[0][0]])


@pytest.mark.parametrize("seed", SEEDS)
def test_rank_scores_do_not_hang_on_the_last_place(seed: int) -> None:
    for score in ("wilcoxon", "median", "vanderWaerden"):
        plain = rank_test(_design(DATA), "k", "g", score=score)  # type: ignore[arg-type]
        shaken = rank_test(_design(_shaken(DATA, seed, "w", "k")), "k", "g", score=score)  # type: ignore[arg-type]
        assert shaken.statistic == pytest.approx(plain.statistic, rel=1e-9)


def test_the_middle_one_of_equal_weights_is_not_above_the_median() -> None:
    frame = pl.DataFrame({"y": np.arange(9.0), "g": list("abababaab"), "w": [0.1] * 9})
    plain = rank_test(Design.from_frame(frame.with_columns(w=pl.lit(1.0)), weight="w"), "y", "g", score="median")
    for seed in SEEDS:
        tenths = rank_test(Design.from_frame(_shaken(frame, seed, "w"), weight="w"), "y", "g", score="median")
        assert tenths.statistic == pytest.approx(plain.statistic, rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_groups_by_propensity_do_not_hang_on_the_last_place(seed: int) -> None:
    random = np.random.default_rng(3)
    frame = pl.DataFrame({"x": np.tile([0.1, 0.2, 0.3, 0.4], 50), "w": [0.1] * 200, "z": random.random(200) < 0.6})
    plain, shaken = (
        adjust_nonresponse(Design.from_frame(one, weight="w"), "z", predictors=["x"], groups=4).weight
        for one in (frame, _shaken(frame, seed, "w", "x"))
    )
    assert shaken == pytest.approx(plain, rel=1e-9)


def test_a_fraction_of_one_up_to_rounding_is_one() -> None:
    frame = pl.DataFrame({"y": [1.0, 2, 4, 3], "f": [1.0, 1 + 2e-16, 1 - 1e-16, 1.0]})
    fit = estimate_means(Design.from_frame(frame, fpc="f"), "y")
    assert (fit.std_error.tolist(), fit.flag) == ([0.0], ("census",))


def test_without_a_population_left_there_is_no_design_effect() -> None:
    for weight in (1.0, 1 + 1e-15, 1 - 1e-15):
        frame = pl.DataFrame({"y": [1.0, 2, 4, 3, 9], "q": list("ababb"), "w": [weight] * 5})
        design = Design.from_frame(frame, weight="w")
        for made in (
            estimate_means(design, "y", deff="without_replacement").to_frame(),
            estimate_means(design, "y", deff="without_replacement").to_frame(),
        ):
            assert made["deff"].to_list() == [None]
        assert estimate_proportions(design, "q", deff="without_replacement").to_frame()["deff"].to_list() == [
            None,
            None,
        ]


@pytest.mark.parametrize("noise", [-3e-15, -1e-16, 1e-16, 3e-15])
def test_whole_degrees_of_freedom_are_whole_up_to_rounding(noise: float) -> None:
    coefficients = np.array([1.3, 0.7])
    assert saddlepoint_p(4.0, coefficients, 12 * (1 + noise)) == pytest.approx(
        saddlepoint_p(4.0, coefficients, 12.0), rel=1e-9
    )


def test_a_calibrated_weight_of_0_up_to_rounding_is_0() -> None:
    """Ones of the last row would have to go to 0 exactly: rounding makes them negative on one processor or another."""
    random = np.random.default_rng(2)
    for size in range(3, 40):
        w = random.gamma(2, 0.1, size).round(3) + 0.1
        frame = pl.DataFrame({"w": w, "x": [0.0] * (size - 1) + [1.0]})
        design = Design.from_frame(frame, weight="w")
        made = calibrate(design, totals={"x": 0.0}, size=float(w.sum()))
        assert made.weight[-1] == 0


def test_the_rule_itself() -> None:
    assert settle_share(1 + 3 * ROUNDING / 4) == 1
    assert settle_share(-1e-17) == 0
    assert settle_share(1 - 1e-9) == 1 - 1e-9
    assert is_nothing([1e-17, 1e-11, np.nan], [1.0, 1.0, 1.0]).tolist() == [True, False, False]
    assert last_up_to(np.array([0.1, 0.3 - 1e-17, 0.6]), 0.3 - 1e-16, 1.0) == 1
    assert settle_on(2 + 1e-14, np.array([1.0, 2.0, 3.0])) == 2
    assert settle_on(2.5, np.array([1.0, 2.0, 3.0])) == 2.5
    assert groups_of_equals(np.array([0.3, 0.1, 0.3 + 1e-16, 0.2])).tolist() == [2, 0, 2, 1]
    settled = settle_values(np.array([0.3, np.nan, 0.1 + 0.2, 1e15, 1e15 + 1, -0.3]))
    assert settled[0] == settled[2]
    assert settled[4] - settled[3] == 0  # beyond 2⁴⁹ neighbours cannot be told apart
    assert np.isnan(settled[1])
