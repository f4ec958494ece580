"""Against R survey: tests/reference/survey_weighting.R writes inputs, values and versions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.estimates import Estimates
from shteg.survey.inference.linear import AnyDesign, Linear, estimate_with
from shteg.survey.weights.calibration import calibrate, post_stratify, rake
from shteg.survey.weights.nonresponse import adjust_nonresponse
from shteg.survey.weights.trimming import trim_weights

R_TOLERANCE = 1e-8
SIZE_TOLERANCE = 1e-6  # a calibrated size has no variance: R and shteg leave rounding of about 1e-12 persons

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "survey_weighting.json").read_text())
DATA = pl.DataFrame(REFERENCE["data"]).with_columns(one=pl.lit(1.0))
MARGINS: dict[Any, Any] = REFERENCE["margins"]
CELLS = dict(
    zip(
        zip(REFERENCE["cells"]["region"], REFERENCE["cells"]["sex"], strict=True),
        REFERENCE["cells"]["Freq"],
        strict=True,
    )
)
REGION_AGE = {"region": MARGINS["region"], "age": MARGINS["age"]}
INCOME = {"income": 34000.0}
SIZE = 5500.0


def _bounds(design: AnyDesign) -> tuple[float, float]:
    return (0.75, 1.3) if isinstance(design, Design) else (0.4, 2.5)


def _logit_bounds(design: AnyDesign) -> tuple[float, float]:
    return (0.6, 1.6) if isinstance(design, Design) else (0.3, 3.0)


CALIBRATIONS: dict[str, Callable[[AnyDesign], AnyDesign]] = {
    "base": lambda d: d,
    "post_stratified": lambda d: post_stratify(d, "region", MARGINS["region"]),
    "post_stratified_cells": lambda d: post_stratify(d, ("region", "sex"), CELLS),
    "post_stratified_twice": lambda d: post_stratify(
        post_stratify(d, "region", MARGINS["region"]), "age", MARGINS["age"]
    ),
    "raked": lambda d: rake(d, MARGINS),
    "linear": lambda d: calibrate(d, REGION_AGE, totals=INCOME),
    "linear_variance": lambda d: calibrate(d, totals=INCOME, size=SIZE, variance="income"),
    "linear_bounded": lambda d: calibrate(d, REGION_AGE, totals=INCOME, bounds=_bounds(d)),
    "raking": lambda d: calibrate(d, REGION_AGE, totals=INCOME, distance="raking"),
    "raking_bounded": lambda d: calibrate(d, REGION_AGE, totals=INCOME, distance="raking", bounds=_bounds(d)),
    "logit": lambda d: calibrate(d, REGION_AGE, totals=INCOME, distance="logit", bounds=_logit_bounds(d)),
    "greg_after_post": lambda d: calibrate(post_stratify(d, "sex", MARGINS["sex"]), totals=INCOME, size=SIZE),
    "trimmed_after_post": lambda d: trim_weights(post_stratify(d, "region", MARGINS["region"]), lower=8, upper=60),
}
CASES = [(kind, name) for kind in ("taylor", "replicate") for name in REFERENCE["results"][kind]]


def _taylor() -> Design:
    return Design.from_frame(DATA, stratum="stratum", psu="psu", weight="weight")


def _replicate() -> ReplicateDesign:
    return ReplicateDesign(
        data=DATA,
        row=np.arange(DATA.height) + 1,
        weight=DATA["weight"].to_numpy(),
        rep_weights=np.array(REFERENCE["replicate_weights"]).T,
        scale=REFERENCE["scale"],
        rscales=np.array(REFERENCE["rscales"]),
        type="JKn",
    )


def _calibrated(kind: str, name: str) -> AnyDesign:
    return CALIBRATIONS[name](_taylor() if kind == "taylor" else _replicate())


def _in_file_order(design: AnyDesign) -> np.ndarray:
    return design.weight[np.argsort(design.row)]


def _ratio(design: AnyDesign, values: np.ndarray, rows: np.ndarray) -> Estimates:
    """Mean of (n, k) values over rows, as a ratio of totals."""
    y, here = np.where(rows[:, None], values, 0.0), rows.astype(float)

    def theta(weight: np.ndarray) -> np.ndarray:
        return weight @ y / (weight @ here)

    mean = theta(design.weight)
    scores = np.where(rows[:, None], values - mean, 0.0) / (design.weight @ here)
    names = tuple(str(i) for i in range(values.shape[1]))
    return estimate_with(design, theta, Linear(names=names, estimate=mean, scores=scores, present=rows))


def _total(design: AnyDesign, values: np.ndarray) -> Estimates:
    def theta(weight: np.ndarray) -> np.ndarray:
        return weight @ values

    return estimate_with(design, theta, Linear(names=("t",), estimate=theta(design.weight), scores=values))


def _compare(fit: Estimates, r: dict[str, Any]) -> None:
    assert fit.estimate == pytest.approx(np.atleast_1d(r["estimate"]), rel=R_TOLERANCE)
    assert fit.std_error == pytest.approx(np.atleast_1d(r["std_error"]), rel=R_TOLERANCE, abs=SIZE_TOLERANCE)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_calibrated_weights_equal_r(kind: str, name: str) -> None:
    r = REFERENCE["results"][kind][name]
    assert _in_file_order(_calibrated(kind, name)) == pytest.approx(r["weights"], rel=R_TOLERANCE)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_estimates_after_calibration_equal_r(kind: str, name: str) -> None:
    r, design = REFERENCE["results"][kind][name], _calibrated(kind, name)
    data = design.data
    y = data["y"].to_numpy()[:, None].astype(float)
    answered = ~np.isnan(y[:, 0])
    income = data["income"].to_numpy()[:, None]
    everyone = np.ones(data.height, bool)
    shares = np.stack([(data["q"] == one).to_numpy().astype(float) for one in "abc"], axis=1)
    mean, total = _ratio(design, np.nan_to_num(y), answered), _total(design, income)
    _compare(mean, r["mean"])
    _compare(total, r["total"])
    _compare(_ratio(design, shares, everyone), r["shares"])
    for k, sex in enumerate("fm"):
        fit = _ratio(design, income, (data["sex"] == sex).to_numpy())
        assert fit.estimate[0] == pytest.approx(r["by_sex"]["estimate"][k], rel=R_TOLERANCE)
        assert fit.std_error[0] == pytest.approx(r["by_sex"]["std_error"][k], rel=R_TOLERANCE)
    _compare(_ratio(design, income, (data["region"] == "south").to_numpy()), r["south"])
    _compare(_total(design, np.ones((data.height, 1))), r["size"])
    if kind == "taylor":
        assert design.df == r["df"]
        assert [float(end[0]) for end in mean.interval()] == pytest.approx(r["mean"]["ci"], rel=R_TOLERANCE)
        if name not in ("linear", "linear_bounded", "raking", "raking_bounded", "logit", "greg_after_post"):
            assert [float(end[0]) for end in total.interval()] == pytest.approx(r["total"]["ci"], rel=R_TOLERANCE)


def test_trimming_equals_r() -> None:
    for strict, name in ((False, "once"), (True, "strict")):
        upper = 33 if strict else 40
        weights = _in_file_order(trim_weights(_taylor(), lower=9, upper=upper, strict=strict))
        assert weights == pytest.approx(REFERENCE["trimming"][name], rel=R_TOLERANCE), name


def test_weighting_classes_equal_the_same_sums_in_r() -> None:
    design = adjust_nonresponse(_taylor(), "answered", classes=["region", "sex"])
    assert _in_file_order(design) == pytest.approx(REFERENCE["nonresponse"], rel=R_TOLERANCE)


def test_response_propensities_equal_a_design_based_logistic_regression_in_r() -> None:
    design = adjust_nonresponse(_taylor(), "answered", predictors=["region", "sex", "income"])
    p = np.array(REFERENCE["propensity"])
    expected = np.where(DATA["answered"].to_numpy(), DATA["weight"].to_numpy() / p, 0.0)
    assert _in_file_order(design) == pytest.approx(expected, rel=R_TOLERANCE)


def test_the_reference_says_which_r_made_it() -> None:
    assert set(REFERENCE["versions"]) == {"R", "survey", "jsonlite"}
