"""Replicate weights against R: tests/reference/survey_replicates.R; and what their degrees of freedom cost."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from scipy import special

from shteg.errors import UsageError
from shteg.survey import estimate_means, estimate_proportions, estimate_quantiles, estimate_totals
from shteg.survey.designs import replicate_design
from shteg.survey.designs.conversion import as_replicates, hadamard, read_replicates
from shteg.survey.designs.design import Design
from shteg.survey.inference.intervals import student_quantile
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.models.regression import logistic_regression

R_TOLERANCE = 1e-9
R_GLM_TOLERANCE = 2e-8  # R's logistic models stop their iterations early
R_ROOT_TOLERANCE = 2e-4  # R's method="likelihood" finds its ends by uniroot with the default tolerance

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "survey_replicates.json").read_text())
DATA = pl.DataFrame(REFERENCE["data"])
RESULTS = REFERENCE["results"]
REPLICATES = [name for name in RESULTS if name != "taylor"]


def _design(name: str) -> AnyDesign:
    if name == "taylor":
        return Design.from_frame(DATA, stratum="h", psu="a", weight="w")
    r = RESULTS[name]
    weights = np.array(r["weights"])
    names = [f"r{i}" for i in range(weights.shape[1])]
    rscales = r["rscales"] if isinstance(r["rscales"], list) else [r["rscales"]] * len(names)
    frame = DATA.with_columns(pl.Series(one, weights[:, i]) for i, one in enumerate(names))
    return read_replicates(
        frame, weight="w", rep_weights=names, type="other", scale=r["scale"], rscales=rscales, mse=r["mse"]
    )


def _near(values: Any, tolerance: float = R_TOLERANCE) -> Any:
    return pytest.approx(values, rel=tolerance, abs=1e-12)


@pytest.mark.parametrize("name", RESULTS)
def test_intervals_of_shares_equal_r(name: str) -> None:
    design = _design(name)
    assert design.df == RESULTS[name]["df"]
    for method, r in RESULTS[name]["props"].items():
        if r["ci"][0] is None:
            assert method == "likelihood"  # R has none for replicate designs
            continue
        row = (
            estimate_proportions(design, "q")
            .to_frame(interval=method)
            .filter(pl.col("option") == "yes")
            .row(0, named=True)
        )
        tolerance = {"logit": R_GLM_TOLERANCE, "likelihood": R_ROOT_TOLERANCE}.get(method, R_TOLERANCE)
        assert [row["estimate"], row["std_error"]] == _near([r["estimate"], r["se"]], max(tolerance, R_TOLERANCE))
        assert [row["ci_low"], row["ci_high"]] == _near(r["ci"], tolerance), method


@pytest.mark.parametrize("name", REPLICATES)
def test_the_logit_interval_is_that_of_the_replicated_logits(name: str) -> None:
    design = _design(name)
    row = estimate_proportions(design, "q").to_frame().filter(pl.col("option") == "yes").row(0, named=True)
    whole = RESULTS[name]["logit_to_the_end"]
    assert [row["ci_low"], row["ci_high"]] == _near(whole)
    table = estimate_proportions(design, "q").to_frame().filter(pl.col("option") == "yes").row(0, named=True)
    assert [table["ci_low"], table["ci_high"]] == _near(whole)
    model = logistic_regression(design, "q", [], success="yes")
    assert model.std_error[0] == _near(
        float(np.diff(special.logit(whole))[0]) / (2 * float(student_quantile(0.95, design.df)))
    )


@pytest.mark.parametrize("name", RESULTS)
def test_totals_of_domains_equal_r_in_one_psu_too(name: str) -> None:
    design, r = _design(name), RESULTS[name]["totals"]
    asked = {"by": ["one"], "numeric": True}
    frames = [estimate_totals(design, "y", **asked, together=one).to_frame() for one in (False, True)]
    for frame in frames:
        for domain, estimate, error in zip(r["domain"], r["estimate"], r["se"], strict=True):
            row = frame.row(by_predicate=pl.col("domain") == domain, named=True)
            assert [row["estimate"], row["std_error"]] == _near([estimate, error])
            assert row["flag"] == ("no_df" if domain == "inside" else "")
            assert (row["ci_low"] is None) == (domain == "inside")


@pytest.mark.parametrize("name", RESULTS)
def test_means_of_domains_equal_r(name: str) -> None:
    design, r = _design(name), RESULTS[name]["means"]
    fit = estimate_means(design, "y", by=["part"])
    assert fit.std_error[0] == _near(RESULTS[name]["mean_se"])
    frame = fit.to_frame()
    for domain, estimate, error in zip(r["domain"], r["estimate"], r["se"], strict=True):
        row = frame.row(by_predicate=pl.col("domain") == domain, named=True)
        assert [row["estimate"], row["std_error"]] == _near([estimate, error])
    assert fit.df[frame["domain"].to_list().index("veri")] == RESULTS[name]["df_g"]


def test_a_replicate_that_lacks_one_domain_still_counts_for_the_others() -> None:
    design = as_replicates(Design.from_frame(DATA, stratum="h", psu="a", weight="w"), "JKn")
    alone = estimate_means(design, "y").std_error[0]
    assert estimate_means(design, "y", by=["one"]).std_error[0] == pytest.approx(alone, rel=1e-12)


def test_degrees_of_freedom_are_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    design = as_replicates(Design.from_frame(DATA, stratum="h", psu="a", weight="w"), "JKn")
    calls = []
    rank = replicate_design._rank
    monkeypatch.setattr(replicate_design, "_rank", lambda matrix: calls.append(1) or rank(matrix))
    for _ in range(3):
        estimate_means(design, "y")
        assert design.df == 12
        estimate_proportions(design.with_data(design.data.with_columns(z=pl.lit(1))), "q").to_frame().filter(
            pl.col("option") == "yes"
        )
    assert len(calls) == 1


def test_a_share_of_0_in_a_replicate_has_no_logit_there() -> None:
    frame = DATA.with_columns(rare=pl.when(pl.col("a") == 32).then(pl.lit("yes")).otherwise(pl.lit("no")))
    design = as_replicates(Design.from_frame(frame, psu="a", weight="w"), "JK1")
    row = estimate_proportions(design, "rare").to_frame().filter(pl.col("option") == "yes").row(0, named=True)
    assert row["flag"] == "delta"
    assert 0 < row["ci_low"] < row["estimate"] < row["ci_high"]
    assert (
        estimate_proportions(design, "rare")
        .to_frame(interval="xlogit")
        .filter(pl.col("option") == "yes")["flag"]
        .item()
        == ""
    )


SYLVESTER = np.array([[1, 1, 1, 1], [1, -1, 1, -1], [1, 1, -1, -1], [1, -1, -1, 1]])


def _four_strata() -> Design:
    y = [1.0, 9, 4, 5, 3, 3, 20, 58]
    frame = pl.DataFrame({"h": np.repeat([1, 2, 3, 4], 2), "a": np.arange(8), "y": y})
    return Design.from_frame(frame, stratum="h", psu="a")


@pytest.mark.parametrize(("kind", "rho"), [("BRR", 0.0), ("Fay", 0.3)])
def test_a_matrix_that_keeps_one_psu_in_every_replicate_is_refused(kind: Any, rho: float) -> None:
    design = _four_strata()
    taylor = estimate_totals(design, "y", numeric=True).std_error
    with pytest.raises(UsageError, match=r"hadamard_matrix: in the column of stratum '1'.*\nHint: .*order above 4"):
        as_replicates(design, kind, fay_rho=rho, hadamard_matrix=SYLVESTER)
    unbalanced = hadamard(8) * np.where(np.arange(8) == 3, -1, 1)[:, None]
    with pytest.raises(UsageError, match="more of one sign"):
        as_replicates(design, kind, fay_rho=rho, hadamard_matrix=unbalanced)
    for made in (
        as_replicates(design, kind, fay_rho=rho),
        as_replicates(design, kind, fay_rho=rho, hadamard_matrix=hadamard(8)),
        as_replicates(design, kind, fay_rho=rho, hadamard_matrix=SYLVESTER, mse=True),
    ):
        assert estimate_totals(made, "y", numeric=True).std_error == pytest.approx(taylor, rel=1e-12)


@pytest.mark.parametrize("kind", ["JK1", "JKn"])
def test_the_jackknife_gives_no_standard_error_of_a_quantile(kind: Any) -> None:
    design = Design.from_frame(DATA, stratum=None if kind == "JK1" else "h", psu="a", weight="w")
    with pytest.raises(UsageError, match=r"the jackknife .* gives no standard error of a quantile"):
        estimate_quantiles(as_replicates(design, kind), "y", interval="quantile").to_frame()
    assert estimate_quantiles(as_replicates(design, kind), "y").to_frame()["std_error"].min() > 0  # type: ignore[operator]
