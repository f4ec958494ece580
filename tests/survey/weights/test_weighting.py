"""Margins are met, trimming keeps them, weights scale; what cannot be met is refused by name."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.errors import DesignError, UsageError
from shteg.survey import (
    adjust_nonresponse,
    calibrate,
    estimate_means,
    post_stratify,
    rake,
    trim_weights,
    weight_diagnostics,
)
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.linear import covariance
from shteg.survey.weights.weighting import margin_fit
from tests.examples import examples

MET = 1e-9  # tolerance of the solver is 1e-10, relative to 1 + the total
REGION = {"north": 60.0, "south": 40.0}
AGE = {"young": 45.0, "old": 55.0}


def _data(n: int = 40, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    return pl.DataFrame(
        {
            "psu": [f"p{i // 4}" for i in range(n)],
            "w": np.round(rng.uniform(1, 4, n), 3),
            "region": rng.permutation(["north"] * (n // 2) + ["south"] * (n - n // 2)),
            "age": rng.permutation((["young", "old", "old"] * n)[:n]),
            "income": np.round(rng.lognormal(1, 0.4, n), 3),
            "answered": rng.random(n) < 0.8,
        }
    )


def _design(data: pl.DataFrame | None = None) -> Design:
    return Design.from_frame(_data() if data is None else data, psu="psu", weight="w")


def _sums(design: Any, column: str) -> dict[str, float]:
    return {
        level: float(design.weight[design.data[column].eq_missing(level).to_numpy()].sum())
        for level in design.data[column].drop_nulls().unique().to_list()
    }


@given(st.integers(0, 2**31), st.floats(0.35, 0.65), st.sampled_from(["linear", "raking", "logit"]))
@examples(25)
def test_margins_are_met_whatever_the_distance(seed: int, share: float, distance: Any) -> None:
    margins = {"region": {"north": 100 * share, "south": 100 * (1 - share)}, "age": AGE}
    bounds = (0.05, 20.0) if distance == "logit" else (0.0, np.inf)
    design = calibrate(_design(_data(seed=seed)), margins, distance=distance, bounds=bounds)
    for variable, counts in margins.items():
        assert _sums(design, variable) == pytest.approx(counts, rel=MET)


@given(st.floats(1e-6, 1e6))
@examples(20)
def test_raked_weights_do_not_depend_on_the_scale_of_the_old_ones(factor: float) -> None:
    data = _data()
    margins = {"region": REGION, "age": AGE}
    plain = rake(_design(data), margins).weight
    assert rake(_design(data.with_columns(pl.col("w") * factor)), margins).weight == pytest.approx(plain, rel=1e-8)


def test_trimming_keeps_margins_and_limits() -> None:
    margins = {"region": REGION, "age": AGE}
    raked = rake(_design(), margins)
    limits = (float(np.quantile(raked.weight, 0.1)), float(np.quantile(raked.weight, 0.9)))
    trimmed = trim_weights(raked, lower=limits[0], upper=limits[1], margins=margins)
    assert trimmed.weight.min() >= limits[0]
    assert trimmed.weight.max() <= limits[1]
    for variable, counts in margins.items():
        assert _sums(trimmed, variable) == pytest.approx(counts, rel=MET)


def test_trimming_without_margins_keeps_the_sum() -> None:
    design = _design()
    for strict in (False, True):
        trimmed = trim_weights(design, upper=1.3, unit="mean", strict=strict)
        assert trimmed.weight.sum() == pytest.approx(design.weight.sum(), rel=1e-12)
    assert trimmed.weight.max() <= 1.3 * design.weight.mean() * (1 + 1e-11)


def test_calibrated_totals_have_no_variance_and_greg_residuals_after_raking_too() -> None:
    for variance in ("r", "greg"):
        design = rake(_design(), {"region": REGION, "age": AGE}, variance=variance)
        north = (design.data["region"] == "north").to_numpy().astype(float)[:, None]
        left = covariance(design, north)[0, 0]
        assert left == pytest.approx(0, abs=1e-4 if variance == "r" else 1e-18)  # R stops after ten sweeps


def test_estimates_of_a_calibrated_design_use_its_residuals() -> None:
    design = post_stratify(_design(), "region", REGION)
    cell = estimate_means(design, "income").to_frame().row(0, named=True)  # never the naive variance of the one pass
    assert cell["std_error"] == pytest.approx(estimate_means(design, "income").std_error[0], rel=1e-12)


def test_the_record_of_a_calibration_tells_each_total() -> None:
    frame = margin_fit(rake(_design(), {"region": REGION, "age": AGE})).frame
    assert frame["target"].to_list() == [60.0, 40.0, 45.0, 55.0]
    assert frame["after"].to_list() == pytest.approx(frame["target"].to_list(), rel=MET)
    assert frame["misfit"].max() <= MET
    with pytest.raises(DesignError, match="not calibrated"):
        margin_fit(_design())


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({"north": 60}, r"column 'region', row \d+: the margin has no total for 'south'"),
        ({**REGION, "west": 5}, r"margin 'region': nobody in the sample .* category 'west'"),
        ({"north": 60, "south": -1}, r"margin 'region': the total of 'south' is -1"),
        ({"north": 60, "south": 0}, r"margin 'region': the total of 'south' is 0"),
        ({"north": 60, "south": float("nan")}, r"margin 'region': the total of 'south' is nan"),
        ({"north": 60, "south": "many"}, r"margin 'region': the total of 'south' is 'many'"),
        ({"north": 60, "south": None}, r"margin 'region': the total of 'south' is None"),
        ({"north": 60, "south": 30, "south ": 10}, r"margin 'region': two entries"),
    ],
)
def test_a_margin_that_does_not_fit_the_sample_is_refused_by_name(counts: dict[str, Any], message: str) -> None:
    for weigh in (lambda: post_stratify(_design(), "region", counts), lambda: rake(_design(), {"region": counts})):
        with pytest.raises(DesignError, match=message):
            weigh()


def test_a_missing_category_is_refused_with_its_row() -> None:
    data = _data().with_columns(region=pl.when(pl.int_range(pl.len()) == 6).then(None).otherwise(pl.col("region")))
    with pytest.raises(DesignError, match=r"column 'region', row 7: the category is missing \(1 such"):
        rake(_design(data), {"region": REGION})
    silent = data.with_columns(w=pl.when(pl.int_range(pl.len()) == 6).then(0.0).otherwise(pl.col("w")))
    assert _sums(rake(_design(silent), {"region": REGION}), "region")["north"] == pytest.approx(60)


def test_partial_leaves_out_categories_that_nobody_has() -> None:
    design = post_stratify(_design(), "region", {**REGION, "west": 5}, partial=True)
    assert _sums(design, "region") == pytest.approx(REGION)


def test_margins_of_different_size_are_refused() -> None:
    with pytest.raises(DesignError, match=r"margin 'age': the margin adds to 101, the margin 'region' to 100"):
        rake(_design(), {"region": REGION, "age": {"young": 45, "old": 56}})
    with pytest.raises(DesignError, match=r"margin 'region': the margin adds to 100, the size is 90"):
        calibrate(_design(), {"region": REGION}, size=90)


def test_margins_that_contradict_each_other_name_the_category_that_is_off() -> None:
    data = _data().with_columns(area=pl.col("region").replace({"north": "n", "south": "s"}))
    margins = {"region": REGION, "area": {"n": 50.0, "s": 50.0}}  # the same variable with other totals
    with pytest.raises(DesignError, match=r"margin '(region|area)', category '\w+': .* did not converge"):
        rake(_design(data), margins)
    kept = margin_fit(rake(_design(data), margins, force=True))
    assert not kept.converged
    assert kept.frame["misfit"].max() > 0.01


def test_bounds_that_leave_no_room_are_refused_by_category() -> None:
    with pytest.raises(DesignError, match=r"margin 'region', category 'north': within the bounds .* never 6000"):
        calibrate(_design(), {"region": {"north": 6000, "south": 4000}}, bounds=(0.5, 2), distance="raking")
    for bounds in ((1.2, 2), (0.5, 0.9), (2, 0.5), (float("nan"), 2)):
        with pytest.raises(DesignError, match="bounds"):
            calibrate(_design(), {"region": REGION}, bounds=bounds)
    with pytest.raises(DesignError, match="logit needs two finite bounds"):
        calibrate(_design(), {"region": REGION}, distance="logit")
    with pytest.raises(DesignError, match=r"margin 'region', category 'north'"):
        trim_weights(_design(), upper=2, margins={"region": {"north": 600, "south": 10}})


def test_a_total_no_bounded_weights_can_give_names_the_total() -> None:
    with pytest.raises(DesignError, match=r"total of 'income'.* did not converge"):
        calibrate(_design(), {"region": REGION}, totals={"income": 5000.0}, distance="raking", bounds=(0.2, 5))


def test_negative_weights_are_refused_with_their_row() -> None:
    with pytest.raises(DesignError, match=r"row \d+: the new weight would be -"):
        calibrate(_design(), totals={"income": 900.0}, size=100)


def test_numbers_that_calibration_needs_may_not_be_missing() -> None:
    data = _data().with_columns(income=pl.when(pl.int_range(pl.len()) == 2).then(None).otherwise(pl.col("income")))
    with pytest.raises(DesignError, match=r"column 'income', row 3: the number is missing"):
        calibrate(_design(data), totals={"income": 300.0})
    with pytest.raises(DesignError, match=r"total of 'income': the total is nan"):
        calibrate(_design(), totals={"income": float("nan")})
    with pytest.raises(UsageError, match="no total to calibrate to"):
        calibrate(_design())


def test_replicates_are_weighted_one_by_one_and_named() -> None:
    data = _data()
    factors = np.ones((data.height, 2))
    factors[(data["region"] == "north").to_numpy(), 1] = 0
    design = ReplicateDesign(
        data=data,
        row=np.arange(data.height) + 1,
        weight=data["w"].to_numpy(),
        rep_weights=factors,
        scale=1.0,
        rscales=np.ones(2),
        combined_weights=False,
    )
    with pytest.raises(DesignError, match=r"replicate 2, margin 'region': nobody .* 'north'"):
        post_stratify(design, "region", REGION)


def test_nonresponse_keeps_the_weight_of_each_class_and_names_a_class_without_answers() -> None:
    design = _design()
    adjusted = adjust_nonresponse(design, "answered", classes=["region"])
    assert _sums(adjusted, "region") == pytest.approx(_sums(design, "region"), rel=1e-12)
    assert not adjusted.weight[~design.data["answered"].to_numpy()].any()
    grouped = adjust_nonresponse(design, "answered", predictors=["region", "income"], groups=3)
    assert grouped.weight.sum() == pytest.approx(design.weight.sum(), rel=1e-12)
    silent = _design(_data().with_columns(answered=pl.col("answered") & (pl.col("region") == "north")))
    with pytest.raises(DesignError, match="class 'south': nobody in the class answered"):
        adjust_nonresponse(silent, "answered", classes=["region"])
    with pytest.raises(DesignError, match=r"column 'income', row 1: .* neither answered"):
        adjust_nonresponse(design, "income", classes=["region"])
    with pytest.raises(UsageError, match="classes or predictors"):
        adjust_nonresponse(design, "answered")


def test_diagnostics_are_kish() -> None:
    data = _data().with_columns(w=pl.when(pl.int_range(pl.len()) < 10).then(3.0).otherwise(1.0))
    frame = weight_diagnostics(_design(data), by=["region", ("region", "age")])
    whole = frame.row(0, named=True)
    assert whole["n_effective"] == pytest.approx(60**2 / (90 + 30))
    assert whole["deff"] == pytest.approx(40 / 30)
    assert whole["deff"] == pytest.approx(1 + whole["cv"] ** 2)
    assert (whole["ratio"], whole["share_largest"]) == (3.0, 3 / 60)
    assert frame.filter(pl.col("domain_variable") == "region")["sum"].sum() == pytest.approx(60)


@pytest.mark.parametrize("limits", [{}, {"upper": -1}, {"lower": 3, "upper": 2}, {"upper": float("nan")}])
def test_limits_without_room_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(UsageError, match="limit"):
        trim_weights(_design(), **limits)
