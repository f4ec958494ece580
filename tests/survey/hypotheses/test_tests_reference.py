"""Against R survey: tests/reference/survey_tests.R writes survey_tests.json with inputs, values and versions."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.hypotheses.pearson_tests import rao_scott_test
from shteg.survey.hypotheses.rank_tests import rank_test, t_test
from shteg.survey.inference.intervals import DesignTest
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.models.regression import RegressionFit, linear_regression, logistic_regression, poisson_regression
from shteg.survey.weights.calibration import rake

R_TOLERANCE = 1e-8
R_SADDLE_TOLERANCE = 2e-6  # R looks for the saddlepoint with uniroot(tol = 1e-8) on a steep curve

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "survey_tests.json").read_text())
DATA = pl.DataFrame(REFERENCE["data"], infer_schema_length=None, strict=False)
DESIGNS = list(REFERENCE["results"])
NEW = pl.DataFrame({"region": ["north", "south", "west"], "sex": ["f", "f", "f"], "income": [4.0, 6.0, 9.5]})
MODELS: dict[str, tuple[Any, str, list[Any]]] = {
    "linear": (linear_regression, "y", ["region", "sex", "income"]),
    "interaction": (linear_regression, "y", ["region", "sex", ("region", "sex"), "income"]),
    "logistic": (logistic_regression, "support", ["region", "sex", "income"]),
    "poisson": (poisson_regression, "visits", ["region", "sex", "income"]),
    "domain_linear": (linear_regression, "y", ["region", "income"]),
    "domain_logistic": (logistic_regression, "support", ["region", "income"]),
}


def _design(name: str) -> tuple[AnyDesign, pl.Expr | None]:
    if name == "replicate":
        return (
            ReplicateDesign(
                data=DATA,
                row=np.arange(DATA.height) + 1,
                weight=DATA["weight"].to_numpy(),
                rep_weights=np.array(REFERENCE["replicate_weights"]).T,
                scale=REFERENCE["scale"],
                rscales=np.array(REFERENCE["rscales"]),
                type="JKn",
            ),
            None,
        )
    stratum = None if name == "clustered" else "stratum"
    design = Design.from_frame(DATA, stratum=stratum, psu="psu", weight="weight")
    if name == "raked":
        return rake(design, REFERENCE["margins"]), None
    return design, pl.col("sex") == "f" if name == "domain" else None


def _near(value: Any, rel: float = R_TOLERANCE) -> Any:
    return pytest.approx(value, rel=rel)


def _listed(value: Any) -> list[float]:
    return value if isinstance(value, list) else [value]


def _compare(test: DesignTest, r: dict[str, Any], rel: float = R_TOLERANCE) -> None:
    assert test.statistic == _near(r["statistic"])
    assert list(test.df) == _near(_listed(r["parameter"]))
    assert test.p_value == _near(r["p_value"], rel)


@pytest.mark.parametrize("statistic", ["F", "Chisq", "Wald", "adjWald", "saddlepoint"])
@pytest.mark.parametrize("table", ["region_q", "sex_support", "support_q"])
@pytest.mark.parametrize("name", DESIGNS)
def test_rao_scott_tests_equal_r(name: str, table: str, statistic: Any) -> None:
    r = REFERENCE["results"][name]["chisq"][table][statistic]
    if "error" in r:
        assert (name, table) == ("domain", "sex_support")  # the domain has one sex
        return
    design, where = _design(name)
    rows, columns = table.split("_")
    rel = R_SADDLE_TOLERANCE if statistic == "saddlepoint" else R_TOLERANCE
    _compare(rao_scott_test(design, rows, columns, statistic=statistic, where=where), r, rel)


@pytest.mark.parametrize("name", DESIGNS)
def test_t_tests_equal_r(name: str) -> None:
    design, where = _design(name)
    reference = REFERENCE["results"][name]["t"]
    one = t_test(design, "y", value=3, where=where)
    tests = {"one": one, "support": t_test(design, "y", "support", where=where)}
    if "error" not in reference["two"]:
        tests["two"] = t_test(design, "y", "sex", where=where)
    for key, test in tests.items():
        r = reference[key]
        if r["p_value"] is None:
            assert (name, key) == ("raked", "one")  # R keeps missing values in subsets of calibrated designs
            continue
        _compare(test, r)
        shift = 3 if key == "one" else 0
        assert test.estimate == _near(r["estimate"] + shift)
        assert [test.ci_low, test.ci_high] == _near([end + shift for end in r["ci"]])


@pytest.mark.parametrize("name", DESIGNS)
def test_rank_tests_of_two_groups_equal_r(name: str) -> None:
    design, where = _design(name)
    for score, r in REFERENCE["results"][name]["rank"]["support"].items():
        test = rank_test(design, "y", "support", score=score, where=where)
        _compare(test, r)
        assert test.estimate == _near(r["estimate"])


@pytest.mark.parametrize("name", DESIGNS)
def test_rank_tests_of_several_groups_equal_r(name: str) -> None:
    design, where = _design(name)
    for score, r in REFERENCE["results"][name]["rank"]["region"].items():
        test = rank_test(design, "y", "region", score=score, where=where)
        if "error" in r:
            assert name == "replicate"  # R 4.1 stops here for replicate designs
            assert 0 < test.p_value < 1
            continue
        assert test.df[0] == r["statistic"]  # R names them the other way round
        assert test.statistic == _near(r["parameter"])
        assert test.p_value == _near(r["p_value"])


@pytest.mark.parametrize("name", DESIGNS)
@pytest.mark.parametrize("model", list(MODELS))
def test_regressions_equal_r(model: str, name: str) -> None:
    if model not in REFERENCE["results"][name]["glm"]:
        assert name == "domain"  # models with the variable that makes the domain
        return
    r = REFERENCE["results"][name]["glm"][model]
    design, where = _design(name)
    fit_model, outcome, predictors = MODELS[model]
    fit: RegressionFit = fit_model(design, outcome, predictors, where=where)
    frame = fit.to_frame()
    order = [fit.names.index(one) for one in r["names"]]
    assert fit.n == r["n"]
    assert fit.df == r["df"]
    for column in ("estimate", "std_error", "statistic", "p_value"):
        assert frame[column].to_numpy()[order] == _near(r[column]), column
    for column in ("ci_low", "ci_high"):  # an end near 0 is a difference of larger numbers: relative to the SE as well
        gap = np.abs(frame[column].to_numpy()[order] - r[column])
        assert (gap <= R_TOLERANCE * (np.abs(r[column]) + np.array(r["std_error"]))).all(), column
    covariance = fit.covariance[np.ix_(order, order)]
    spread = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))  # relative to what it is made of
    assert covariance / spread == pytest.approx(np.array(r["covariance"]) / spread, abs=R_TOLERANCE)
    for term, w in r["terms"].items():
        test = fit.test_terms(tuple(term.split(":")))
        assert [test.statistic, *test.df, test.p_value] == _near([w["statistic"], w["df"], w["ddf"], w["p_value"]]), (
            term
        )
    if name not in ("replicate", "raked"):  # R leaves weights unscaled there, or counts the rows it dropped
        assert fit.dispersion * _weight_used(design, where, outcome, predictors) == _near(r["dispersion"])
    for scale in ("link", "response"):
        p = fit.predict(NEW, scale=scale)
        assert p["estimate"].to_numpy() == _near(r["predict"][scale]["estimate"])
        of_r = _listed(r["predict"][scale]["std_error"])  # R gives the first one alone for replicate designs
        assert p["std_error"].to_numpy()[: len(of_r)] == _near(of_r)


def _weight_used(design: AnyDesign, where: pl.Expr | None, outcome: str, predictors: list[Any]) -> float:
    """Mean weight of the rows used over that of the domain: R scales weights before it drops missing values."""
    data = design.data.with_columns(w=pl.Series(design.weight))
    domain = data if where is None else data.filter(where)
    used = domain.drop_nulls([outcome, *(one for one in predictors if isinstance(one, str))])
    return used["w"].mean() / domain["w"].mean()  # type: ignore[operator]


@pytest.mark.parametrize("name", [one for one in DESIGNS if one != "replicate"])
def test_a_redundant_column_is_dropped_like_r(name: str) -> None:
    r = REFERENCE["results"][name]["glm"]["aliased"]
    design, where = _design(name)
    doubled = design.data.with_columns(double=2 * pl.col("income"))
    design = _with_data(design, doubled)
    fit = linear_regression(design, "y", ["income", "double", "region"], where=where)
    assert fit.dropped == ("double",)
    assert fit.df == r["df"]
    assert fit.std_error == _near(r["std_error"])
    assert fit.to_frame()["flag"].to_list()[-1] == "dropped"


def _with_data(design: AnyDesign, data: pl.DataFrame) -> AnyDesign:
    from dataclasses import replace

    return replace(design, data=data)


def test_the_reference_says_which_r_made_it() -> None:
    assert set(REFERENCE["versions"]) == {"R", "survey", "jsonlite"}
