"""Predictive margins and average marginal effects, equal to R and to what can be said without it."""

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, ModelError, UsageError
from shteg.survey import (
    Design,
    RegressionFit,
    as_replicates,
    contrast,
    estimate_means,
    linear_regression,
    logistic_regression,
    multinomial_regression,
    ordinal_regression,
    poisson_regression,
    rake,
    regression,
)

REFERENCE = Path(__file__).parents[2] / "reference" / "survey_margins.json"
CLOSE = 1e-9
"""Relative; R iterates its models to 1e-13 of the deviance."""
DIFFERENCED = 2e-6
"""Relative to the largest: the Jacobians of R's `numDeriv` are good to about 1e-8, differences of margins to less."""
FITS = {"gaussian": linear_regression, "binomial": logistic_regression, "poisson": poisson_regression}
OUTCOMES = {"gaussian": "income", "binomial": "y", "poisson": "visits"}


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def design(known: dict[str, Any]) -> Design:
    return Design.from_frame(pl.DataFrame(known["data"]), stratum="h", psu="psu", weight="w")


def near(found: Any, wanted: Any, rel: float = CLOSE) -> None:
    at = np.asarray(wanted, float)
    np.testing.assert_allclose(np.asarray(found, float), at, rtol=rel, atol=rel * float(np.abs(at).max()) / 100)


def sample_of(design: Design, kind: str) -> Any:
    part = design.where(pl.col("age") >= 40)
    return {"plain": design, "old": part, "jk": as_replicates(design, "JKn")}[kind]


@pytest.mark.parametrize("kind", ["plain", "old", "jk"])
@pytest.mark.parametrize("family", FITS)
def test_margins_are_those_of_svypredmeans(kind: str, family: str, design: Design, known: dict[str, Any]) -> None:
    fit = FITS[family](sample_of(design, kind), OUTCOMES[family], ["age", "sex", "region"])
    found, wanted = fit.margins("region", covariates="independent", df="r"), known["margins"][kind][family]
    order = [wanted["names"].index(level) for level in found.keys["level"]]
    near(found.estimate, np.array(wanted["estimate"])[order])
    near(found.std_error, np.array(wanted["se"])[order])
    near(np.stack(found.interval(), axis=1), np.array(wanted["ci"])[order])
    pairs = {"sn": {"region=s": 1.0, "region=n": -1.0}, "wn": {"region=w": 1.0, "region=n": -1.0}}
    near(contrast(found, pairs).estimate, wanted["contrast"])
    near(contrast(found, pairs).std_error, wanted["contrast_se"])
    effects = fit.effects("region", covariates="independent")
    near(effects.estimate, wanted["contrast"])
    near(effects.std_error, wanted["contrast_se"])


def asked(fit: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Margins of both sexes, the effect of sex, that of age, the margin at 30: as the script in R orders them."""
    parts = [fit.margins("sex"), fit.effects("sex"), fit.effects("age"), fit.margins(at={"age": 30})]
    return np.concatenate([one.estimate for one in parts]), np.concatenate([one.std_error for one in parts])


@pytest.mark.parametrize("kind", ["plain", "old"])
@pytest.mark.parametrize("family", FITS)
def test_effects_are_those_of_stacked_score_equations(kind: str, family: str, design: Design, known: Any) -> None:
    fit = FITS[family](sample_of(design, kind), OUTCOMES[family], ["age", "sex", ("age", "sex")])
    estimate, error = asked(fit)
    near(estimate, known["effects"][kind][family]["estimate"], DIFFERENCED)
    near(error, known["effects"][kind][family]["se"], DIFFERENCED)


def test_effects_from_replicates_are_fitted_anew_in_each(design: Design, known: dict[str, Any]) -> None:
    jk = as_replicates(design, "JKn")
    fits: dict[str, Any] = {
        "effects_jk": logistic_regression(jk, "y", ["age", "sex", ("age", "sex")]),
        "ordinal_jk": ordinal_regression(jk, "trust", ["age", "sex"]),
        "multinomial_jk": multinomial_regression(jk, "vote", ["age", "sex"]),
    }
    for name, fit in fits.items():
        estimate, error = asked(fit)
        near(estimate, known[name]["estimate"], DIFFERENCED)
        near(error, known[name]["se"], DIFFERENCED)


def test_effects_of_several_options(design: Design, known: dict[str, Any]) -> None:
    fits: dict[str, Any] = {
        "ordinal": ordinal_regression(design, "trust", ["age", "sex"]),
        "multinomial": multinomial_regression(design, "vote", ["age", "sex"]),
    }
    for name, fit in fits.items():
        estimate, error = asked(fit)
        near(estimate, known[name]["estimate"], DIFFERENCED)
        near(error, known[name]["se"], DIFFERENCED)
        effects = fit.effects()
        frame = effects.to_frame()
        sums = frame.group_by("variable", "level").agg(pl.col("estimate").sum())["estimate"]
        assert sums.abs().max() < 1e-12  # what one option gains the others lose
        assert set(frame["option"]) == set(fit.levels)


def test_slopes_are_differences_of_margins(design: Design) -> None:
    """Without R: the slope of the mean at age 40 is the change of the margin around it."""
    step = 1e-3
    for fit in (
        logistic_regression(design, "y", ["age", "sex", ("age", "sex")]),
        ordinal_regression(design, "trust", ["age", "sex"]),
        multinomial_regression(design, "vote", ["age", "sex"]),
    ):
        expected, theta = fit.basis.expected, fit.basis.estimate
        around = [fit.margins(at={"age": 40 + step * place}).estimate for place in (-1, 1)]
        matrix, slope = fit.basis.columns.build({"age": 40}), fit.basis.columns.slope("age", {"age": 40})
        along = expected.linear(theta, slope, cuts=False)
        each = np.einsum("nkm,nm->nk", expected.first(expected.linear(theta, matrix)), along)
        weight = fit.basis.design.weight[fit.basis.rows]
        near(weight @ each / weight.sum(), (around[1] - around[0]) / (2 * step), 1e-6)


def test_what_the_predictors_add_to_the_variance(design: Design) -> None:
    """Coefficients alone, the sample added, both together: the jackknife sides with the last."""
    error = {}
    for kind, sample in (("linear", design), ("jackknife", as_replicates(design, "JKn"))):
        fit = logistic_regression(sample, "y", ["age", "sex"])
        for way in ("joint", "independent", "fixed"):
            error[kind, way] = float(fit.margins(covariates=way).std_error[0])  # type: ignore[arg-type]
    mean = float(estimate_means(design, "y").std_error[0])
    assert error["linear", "joint"] == pytest.approx(mean, rel=1e-10)
    assert abs(error["jackknife", "joint"] / mean - 1) < 0.01
    assert error["linear", "fixed"] < error["linear", "independent"]
    assert error["linear", "independent"] != pytest.approx(mean, rel=1e-3)
    with pytest.raises(UsageError, match="covariates"):
        fit.margins(covariates="both")  # type: ignore[arg-type]


def test_collapses(design: Design) -> None:
    linear = linear_regression(design, "income", ["age", "sex"])
    effects = linear.effects()
    near(effects.estimate, linear.estimate[1:], 1e-10)  # the slope of a straight line is its coefficient
    near(effects.std_error, linear.std_error[1:], 1e-10)
    for kind in (design, as_replicates(design, "JKn")):
        whole = logistic_regression(kind, "y", ["age", "region"]).margins()
        mean = estimate_means(kind, "y")
        near(whole.estimate, mean.estimate, 1e-12)  # the scores of the constant add up to 0
        near(whole.std_error, mean.std_error, 1e-9)
        alone = logistic_regression(kind, "y", ["region"]).margins("region")
        by = estimate_means(kind, "y", by=["region"])
        near(alone.estimate, by.estimate[1:], 1e-10)
        near(alone.std_error, by.std_error[1:], 1e-8)
    two, plain = multinomial_regression(design, "y", ["age", "sex"]), logistic_regression(design, "y", ["age", "sex"])
    near(two.effects().estimate[1::2], plain.effects().estimate, 1e-8)
    near(two.effects().std_error[1::2], plain.effects().std_error, 1e-7)


def test_calibrated_weights_count(design: Design) -> None:
    raked = rake(design, {"region": {"n": 200.0, "s": 220.0, "w": 240.0}})
    mean, margin = estimate_means(raked, "y"), logistic_regression(raked, "y", ["age", "region"]).margins()
    near(margin.std_error, mean.std_error, 1e-8)
    assert margin.std_error[0] != pytest.approx(estimate_means(design, "y").std_error[0])


def test_a_formula_has_margins_of_its_variables(design: Design) -> None:
    pytest.importorskip("formulaic")
    named = logistic_regression(design, "y", ["age", "sex", ("age", "sex")])
    formula = regression(design, "y ~ age * sex", "binomial")
    assert isinstance(formula, RegressionFit)
    for ours, other in (
        (formula.effects("age", "sex"), named.effects("age", "sex")),
        (formula.margins("sex"), named.margins("sex")),
    ):
        assert ours.names == other.names
        near(ours.estimate, other.estimate, 1e-9)
        near(ours.std_error, other.std_error, 1e-8)
    curved = regression(design, "income ~ log(age) + C(y)")
    mean_slope = curved.estimate[curved.names.index("log(age)")] * np.average(
        1 / design.data["age"].to_numpy(), weights=design.weight
    )
    near(curved.effects("age").estimate, [mean_slope], 1e-9)
    assert curved.effects("y").names == ("y: 1 - 0",)
    classes = regression(design, "income ~ C(age > 40) + sex")
    with pytest.raises(UsageError, match="no slope"):
        classes.effects("age")
    assert len(classes.margins(at={"age": [30, 60]}).estimate) == 2
    with pytest.raises(ModelError, match="formula"):
        regression(design, "income ~ log(age - 17.99)").effects("age")


def test_a_logistic_formula_with_interacting_factors(design: Design, known: dict[str, Any]) -> None:
    pytest.importorskip("formulaic")
    fit, wanted = regression(design, "y ~ C(region) * sex + age", "binomial"), known["formula"]
    names = {
        "(Intercept)": "(Intercept)", "C(region)[T.s]": "factor(region)s", "C(region)[T.w]": "factor(region)w",
        "sex[T.m]": "sexm", "age": "age", "C(region)[T.s]:sex[T.m]": "factor(region)s:sexm",
        "C(region)[T.w]:sex[T.m]": "factor(region)w:sexm",
    }  # fmt: skip
    order = [wanted["names"].index(names[one]) for one in fit.names]
    frame = fit.to_frame(df="r")
    near(fit.estimate, np.array(wanted["estimate"])[order])
    near(fit.std_error, np.array(wanted["se"])[order])
    near(frame["p_value"], np.array(wanted["p"])[order])
    near(frame.select("ci_low", "ci_high").to_numpy(), np.array(wanted["ci"])[order])
    assert set(frame["df"]) == {wanted["df"]}


def test_a_fit_can_be_kept_and_sent(design: Design) -> None:
    jk = as_replicates(design, "JKn")
    for fit in (
        logistic_regression(design, "y", ["age", "sex"]),
        ordinal_regression(jk, "trust", ["age", "sex"]),
        multinomial_regression(design, "vote", ["age", "sex"]),
    ):
        again = pickle.loads(pickle.dumps(fit))
        near(again.effects().std_error, fit.effects().std_error, 1e-14)


def test_margins_are_crossed_and_named(design: Design) -> None:
    fit = logistic_regression(design, "y", ["age", "sex", "region"], reference={"region": "w"})
    crossed = fit.margins("sex", "region", at={"age": [30, 60]})
    assert crossed.names[0] == "sex=f, region=w, age=30"
    assert len(crossed.names) == 12
    assert crossed.to_frame().columns[:4] == ["name", "variable", "level", "option"]
    assert fit.effects("region").names == ("region: n - w", "region: s - w")
    assert fit.effects("age", at={"sex": ["f", "m"]}).names == ("age | sex=f", "age | sex=m")
    assert fit.effects(at={"sex": "f"}).names == ("age | sex=f", "region: n - w | sex=f", "region: s - w | sex=f")
    assert "Predictive margins" in crossed.title


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda fit: fit.margins("age"), "has no levels"),
        (lambda fit: fit.margins("nothing"), "no predictor 'nothing'"),
        (lambda fit: fit.effects("nothing"), "no predictor 'nothing'"),
        (lambda fit: fit.margins("sex", at={"age": "old"}), "cannot be 'old'"),
        (lambda fit: fit.margins("sex", at={"age": []}), "no value"),
        (lambda fit: fit.margins(at={"sex": "x"}), "x"),
        (lambda fit: fit.margins(at=[30]), "not a mapping"),
        (lambda fit: fit.effects("age", at={"age": 3}), "is set to a value"),
        (lambda fit: fit.margins(at={"age": list(range(600))}), "too many"),
        (lambda fit: fit.margins("sex", df="R"), "degrees of freedom"),
        (lambda fit: fit.margins(3), "no name"),
    ],
)
def test_what_margins_cannot_answer_is_refused(call: Any, match: str, design: Design) -> None:
    fit = logistic_regression(design, "y", ["age", "sex"])
    with pytest.raises((UsageError, DesignError), match=match):
        call(fit)


def test_rows_of_weight_0_and_domains(design: Design) -> None:
    part = pl.col("age") >= 40
    one = logistic_regression(design, "y", ["age", "sex"], where=part).effects()
    two = logistic_regression(design.where(part), "y", ["age", "sex"]).effects()
    near(one.estimate, two.estimate, 1e-12)
    near(one.std_error, two.std_error, 1e-12)
