"""Edges of the estimators: empty and single-row domains, zero weights, conversions, conventions, messages."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, ShtegError, UsageError
from shteg.survey import (
    contrast,
    estimate_means,
    estimate_proportions,
    estimate_quantiles,
    estimate_ratios,
    estimate_totals,
)
from shteg.survey.designs.conversion import as_replicates, hadamard, read_replicates
from shteg.survey.designs.design import Design
from shteg.survey.inference.intervals import share_interval

EXACT = 1e-12  # the same sums in another order

ROWS = pl.DataFrame(
    {
        "h": ["a"] * 6 + ["b"] * 6,
        "psu": ["1", "1", "2", "2", "3", "3", "4", "4", "5", "5", "6", "6"],
        "w": [1.0, 2, 1, 3, 2, 2, 1, 1, 4, 2, 1, 0],
        "y": [1.0, 2, 4, 3, 5, 2, 7, 8, 6, 9, None, 4],
        "x": [2.0, 3, 4, 5, 6, 4, 8, 9, 7, 9, 3, 5],
        "q": ["po", "jo", "po", "po", "jo", "po", "po", "po", "jo", "po", "po", "jo"],
        "g": ["Prishtinë", "Pejë", "Pejë", "Pejë", "Pejë", "Pejë", "veri", "veri", "veri", "veri", "e", "zero"],
        "N": [30] * 6 + [9] * 6,
    }
)
PLAN: dict[str, Any] = {"stratum": "h", "psu": "psu", "weight": "w"}


def test_the_general_way_equals_the_one_pass_kernel() -> None:
    rows = ROWS.with_columns(pl.lit(float("inf")).alias("inf"), yes=pl.col("q") == "po")
    design, wide = Design.from_frame(rows, **PLAN), Design.from_frame(rows, **PLAN, fpc="inf")
    assert not wide.is_plain
    for estimate in (
        lambda one: estimate_means(one, ["y", "x"], by=["g"]),
        lambda one: estimate_proportions(one, "q", by=["g"]),
        lambda one: estimate_totals(one, "q", by=["g"]),
        lambda one: estimate_totals(one, "y", by=["g"], numeric=True),
        lambda one: estimate_means(one, "y", by=["g"], where=pl.col("x") > 3),
        lambda one: estimate_proportions(one, "q", by=[("g", "h")], where=pl.col("y") < 8),
        lambda one: estimate_totals(one, "q", where="yes"),
    ):
        told = np.diag(estimate(design).covariance) ** 0.5
        assert told == pytest.approx(estimate(design).std_error, rel=1e-9, abs=EXACT, nan_ok=True)
        plain, general = estimate(design).to_frame(), estimate(wide).to_frame()
        assert plain.columns == general.columns
        assert plain["flag"].to_list() == general["flag"].to_list()
        for column in ("estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_effective", "deff"):
            numbers = [frame[column].cast(pl.Float64).fill_null(float("nan")).to_numpy() for frame in (general, plain)]
            assert numbers[0] == pytest.approx(numbers[1], rel=EXACT, abs=EXACT, nan_ok=True), column


def test_empty_and_single_row_domains_never_show_a_standard_error() -> None:
    frame = estimate_means(Design.from_frame(ROWS, **PLAN), "y", by=["g"]).to_frame()
    cells = {row["domain"]: row for row in frame.iter_rows(named=True)}
    assert cells["e"]["flag"] == cells["zero"]["flag"] == "empty"
    assert cells["e"]["estimate"] is None
    assert cells["e"]["n"] == 0
    assert cells["Prishtinë"]["flag"] == "no_variance"
    assert cells["Prishtinë"]["estimate"] == 1
    assert cells["Prishtinë"]["std_error"] is None


def test_stata_centres_the_total_of_a_lonely_psu() -> None:
    lonely = ROWS.filter(~pl.col("psu").is_in(["5", "6"]))
    r, stata = (
        estimate_totals(
            Design.from_frame(lonely, **PLAN, lonely_psu="adjust", convention=convention), "x", numeric=True
        ).covariance[0, 0]
        for convention in ("r", "stata")  # type: ignore[misc]
    )
    totals = np.array([8.0, 19, 20, 17])
    within = 3 / 2 * ((totals[:3] - totals[:3].mean()) ** 2).sum()
    assert r == pytest.approx(within + 17**2)
    assert stata == pytest.approx(within + (17 - totals.mean()) ** 2)


@pytest.mark.parametrize("kind", ["JKn", "SDR", "bootstrap", "subbootstrap"])
def test_replicates_of_a_total_estimate_the_taylor_variance(kind: Any) -> None:
    design = Design.from_frame(ROWS, **PLAN)
    taylor = estimate_totals(design, "x", numeric=True).covariance[0, 0]
    made = as_replicates(design, kind, replicates=4000, seed=3)
    again = as_replicates(design, kind, replicates=4000, seed=3)
    assert np.array_equal(made.rep_weights, again.rep_weights)
    value = estimate_totals(made, "x", numeric=True).covariance[0, 0]
    if kind == "JKn":
        assert value == pytest.approx(taylor, rel=EXACT)
    if "bootstrap" in kind:
        assert value == pytest.approx(taylor, rel=0.08)  # Monte Carlo: sd of a variance over 4000 is about 2–3 %
    if kind == "SDR":
        x = np.array([8.0, 19, 20]), np.array([17.0, 46, 3])
        circle = sum(0.5 * ((one - np.roll(one, -1)) ** 2).sum() for one in x)
        assert value == pytest.approx(circle, rel=1e-9)


def test_supplied_weights_are_read_with_the_scale_of_their_type() -> None:
    frame = ROWS.with_columns(*(pl.col("w").alias(f"r{i}") for i in range(4)))
    names = [f"r{i}" for i in range(4)]
    scales = {"JK1": 3 / 4, "BRR": 1 / 4, "SDR": 1, "bootstrap": 1 / 3, "JK2": 1}
    for kind, scale in scales.items():
        any_kind: Any = kind
        assert read_replicates(frame, weight="w", rep_weights=names, type=any_kind).scale == scale
    assert read_replicates(frame, weight="w", rep_weights=names, type="Fay", fay_rho=0.5).scale == 1
    with pytest.raises(UsageError, match="'JKn' needs scale and rscales"):
        read_replicates(frame, weight="w", rep_weights=names, type="JKn")
    with pytest.raises(DesignError, match=r"column .r9.: the data have no such column"):
        read_replicates(frame, weight="w", rep_weights=["r9"], type="JK1")


@pytest.mark.parametrize("order", [2, 3, 9, 13, 25, 29, 37, 53])
def test_hadamard_rows_are_orthogonal(order: int) -> None:
    matrix = hadamard(order)
    size = len(matrix)
    assert order <= size
    assert np.array_equal(matrix @ matrix.T, size * np.eye(size))
    assert (matrix[0] == 1).all()
    assert (matrix[:, 0] == 1).all()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"N": [30] * 5 + [31] + [9] * 6}, "varies within a stratum"),
        ({"N": [2] * 6 + [9] * 6}, r"more units were sampled \(3\)"),
        ({"N": [0.5] * 6 + [9] * 6}, "sizes and fractions are mixed"),
        ({"N": [None] * 6 + [9] * 6}, "None is no population size"),
    ],
)
def test_bad_population_sizes(changes: dict[str, Any], problem: str) -> None:
    frame = ROWS.with_columns(*(pl.Series(name, values, strict=False) for name, values in changes.items()))
    with pytest.raises(DesignError, match=problem):
        Design.from_frame(frame, **PLAN, fpc="N")


def test_requests_that_cannot_be_met() -> None:
    design = Design.from_frame(ROWS, **PLAN)
    wrong: Any = "hf10"
    calls: list[tuple[Any, str]] = [
        (lambda: Design.from_frame(ROWS, **PLAN, pps="brewer"), "probabilities of the PSUs are not given"),
        (lambda: as_replicates(design, "JK1"), "JK1 is for designs without strata"),
        (lambda: as_replicates(design, "BRR"), "half-samples need two"),
        (lambda: estimate_quantiles(design, "y", [1.5]).to_frame(), "is not between 0 and 1"),
        (lambda: estimate_quantiles(design, "y", rule=wrong).to_frame(), "'hf10' with 'mean' is not known"),
        (lambda: contrast(estimate_means(design, "y"), {"a": {"z": 1}}), "there is no estimate 'z'"),
        (lambda: estimate_ratios(design, ["y", "x", "w"], ["x", "y"]), "3 numerators and 2 denominators"),
        (lambda: estimate_means(design, "y", by="g"), r"write by=\['g'\]"),
    ]
    for call, problem in calls:
        with pytest.raises(ShtegError, match=problem):
            call()


def test_shares_sum_to_one_and_intervals_stay_inside() -> None:
    fit = estimate_proportions(Design.from_frame(ROWS, **PLAN), "q")
    assert fit.estimate.sum() == pytest.approx(1)
    assert fit.covariance.sum() == pytest.approx(0, abs=EXACT)
    low, high = fit.interval(method="logit")
    assert ((low > 0) & (high < 1)).all()
    assert estimate_means(Design.from_frame(ROWS, **PLAN), "x").to_frame()["deff"].item() > 0


def test_items_estimated_apart_have_no_covariance() -> None:
    design = Design.from_frame(ROWS, **PLAN)
    apart, together = (estimate_means(design, ["y", "x"], by=["h"], together=one) for one in (False, True))
    assert apart.names == together.names == ("y", "h=a: y", "h=b: y", "x", "h=a: x", "h=b: x")
    assert apart.to_frame()["n"].to_list() == [10, 6, 4, 11, 6, 5]
    assert together.to_frame()["n"].to_list() == [10, 6, 4] * 2
    assert contrast(together, {"d": {"y": 1, "x": -1}}).std_error[0] > 0
    assert contrast(apart, {"d": {"h=a: y": 1, "h=b: y": -1}}).std_error[0] > 0
    with pytest.raises(UsageError, match=r"the covariance between 'y' and 'x' is not known\nHint: .*together=True"):
        contrast(apart, {"d": {"y": 1, "x": -1}})


def test_intervals_are_those_asked_for() -> None:
    design = Design.from_frame(ROWS, **PLAN)
    shares, quantiles = estimate_proportions(design, ["q", "h"]), estimate_quantiles(design, "y", [0.5], level=0.8)
    assert shares.names == ("q=jo", "q=po", "h=a", "h=b")
    assert shares.to_frame(0.8)["ci_low"][0] > shares.to_frame(df=3)["ci_low"][0] > shares.to_frame(df=2)["ci_low"][0]
    assert shares.to_frame()["df"].dtype == pl.Int64
    assert shares.to_frame(df=2.5)["df"].to_list() == [2.5] * 4
    assert quantiles.to_frame(0.8).equals(quantiles.to_frame())
    with pytest.raises(UsageError, match=r"coverage of 0.8, not 0.9\nHint: ask estimate_quantiles"):
        quantiles.to_frame(0.9)
    with pytest.raises(UsageError, match="'beta' is an interval of shares"):
        estimate_means(design, "y").to_frame(interval="beta")


def test_wilson_with_the_effective_size_is_wilsons() -> None:
    p, n = 0.2, 50
    low, high = share_interval(p, p * (1 - p) / n, float("inf"), float("inf"), "wilson")
    for end in (low, high):
        assert (end - p) ** 2 == pytest.approx(1.959963984540054**2 * end * (1 - end) / n)


def test_a_census_of_psus_has_no_variance_between_them() -> None:
    frame = ROWS.with_columns(pl.lit(3).alias("N"))
    fit = estimate_means(Design.from_frame(frame, **PLAN, fpc="N"), "x")
    assert fit.covariance[0, 0] == 0
