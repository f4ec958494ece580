"""Degrees of freedom by one switch: intervals and p values as R prints them when nothing is said, and by `degf`."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import UsageError
from shteg.survey import (
    Design,
    ReplicateDesign,
    as_replicates,
    contrast,
    estimate_correlations,
    estimate_means,
    estimate_proportions,
    estimate_quantiles,
    estimate_ratios,
    estimate_totals,
    estimate_variances,
    linear_regression,
    logistic_regression,
    multinomial_regression,
    open_sample,
    ordinal_regression,
)
from shteg.survey.inference.estimates import Estimates

REFERENCE = Path(__file__).parents[2] / "reference" / "survey_analyst.json"
CLOSE = 1e-9
TINY_P = 1e-7
"""Relative: a statistic of 40 is good to 1e-9, its p value of 1e-300 to 1600 times that."""
KINDS = ["plain", "old", "jk"]


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return found


def sample_of(kind: str, known: dict[str, Any]) -> Any:
    design = Design.from_frame(
        pl.DataFrame(known["data"], infer_schema_length=None), stratum="h", psu="psu", weight="w"
    )
    part = design.where(pl.col("age") >= 40)
    return {"plain": design, "old": part, "jk": as_replicates(design, "JKn")}[kind]


def near(found: Any, wanted: Any, rel: float = CLOSE) -> None:
    np.testing.assert_allclose(
        np.ravel(np.asarray(found, float)), np.ravel(np.asarray(wanted, float)), rtol=rel, atol=1e-300
    )


def everything(sample: Any) -> dict[str, Estimates]:
    by = estimate_means(sample, "age", by=["region"])
    return {
        "mean": estimate_means(sample, "age"),
        "total": estimate_totals(sample, "age", numeric=True),
        "ratio": estimate_ratios(sample, "age", "y"),
        "by": by.reordered(np.arange(1, 4)),
        "contrast": contrast(by, {"ns": {"region=n: age": 1.0, "region=s: age": -1.0}}),
        "variance": estimate_variances(sample, "age"),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_estimates_as_r_prints_them(kind: str, known: dict[str, Any]) -> None:
    sample, wanted = sample_of(kind, known), known["modes"][kind]
    for name, found in everything(sample.with_freedom("r")).items():
        near(np.stack(found.interval(), axis=1), wanted[name]["r"])
        assert np.isinf(found.df).all()
        near(found.test()["p_value"], wanted[name]["p"], TINY_P)
        assert found.to_frame()["df"].is_infinite().all()


@pytest.mark.parametrize("kind", KINDS)
def test_estimates_with_the_freedom_of_the_design(kind: str, known: dict[str, Any]) -> None:
    """R: `confint(…, df = degf(design))`, of groups too."""
    sample, wanted = sample_of(kind, known), known["modes"][kind]
    for found in (
        everything(sample.with_freedom("design")),
        {name: one.with_df("design") for name, one in everything(sample).items()},
    ):
        for name, one in found.items():
            near(np.stack(one.interval(), axis=1), wanted[name]["design"])
            near(one.test()["p_value"], wanted[name]["p_design"], TINY_P)
            assert set(one.df) == {wanted["df"]}


@pytest.mark.parametrize("kind", KINDS)
def test_shares_have_the_interval_of_svyciprop_and_the_test_of_svymean(kind: str, known: dict[str, Any]) -> None:
    sample, wanted = sample_of(kind, known), known["modes"][kind]["share"]
    for rule in ("domain", "design", "r"):
        share = estimate_proportions(sample.with_freedom(rule), "y").reordered(np.array([1]))
        near(np.stack(share.interval(), axis=1), wanted["r"], 1e-7)  # R's own iterations
        if rule == "r":
            near(np.stack(share.interval(method="mean"), axis=1), wanted["wald"])
            assert np.isinf(share.test()["df"][0])
            assert share.df[0] == known["modes"][kind]["df"]
            assert np.isinf(share.to_frame(interval="mean")["df"][0])
        else:
            assert share.test()["df"][0] == known["modes"][kind]["df"]


@pytest.mark.parametrize("kind", ["plain", "old"])
def test_quantiles_have_those_of_their_answers(kind: str, known: dict[str, Any]) -> None:
    sample, wanted = sample_of(kind, known), known["modes"][kind]["quantile"]
    for rule in ("domain", "design", "r"):
        found = estimate_quantiles(sample.with_freedom(rule), "age", [0.25, 0.5])
        near(np.stack(found.interval(), axis=1), wanted)
    by = estimate_quantiles(sample, "age", [0.5], by=["region"])
    same = estimate_quantiles(sample, "age", [0.5], by=["region"], df="design")
    assert set(same.df) == {known["modes"][kind]["df"]}
    if len(set(by.df)) > 1:
        with pytest.raises(UsageError, match='df="design"'):
            by.with_df("design")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("model", ["linear", "logistic"])
def test_models_have_those_of_r_in_every_mode(kind: str, model: str, known: dict[str, Any]) -> None:
    sample, wanted = sample_of(kind, known), known["modes"][kind][model]
    fit = {
        "linear": lambda one: linear_regression(one, "age", ["sex", "y"]),
        "logistic": lambda one: logistic_regression(one, "y", ["age", "sex"]),
    }[model]
    for rule in ("domain", "r"):
        frame = fit(sample.with_freedom(rule)).to_frame()
        near(frame.select("ci_low", "ci_high").to_numpy(), wanted["r"], 1e-8)
        near(frame["p_value"], wanted["p"], 1e-7)
        assert set(frame["df"]) == {wanted["df"]}
    for found in (fit(sample.with_freedom("design")).to_frame(), fit(sample).to_frame(df="design")):
        near(found.select("ci_low", "ci_high").to_numpy(), wanted["design"], 1e-8)
        assert set(found["df"]) == {known["modes"][kind]["df"]}


def test_models_of_several_options_by_the_normal_law(known: dict[str, Any]) -> None:
    sample, wanted = sample_of("plain", known), known["ordinal"]
    frame = ordinal_regression(sample.with_freedom("r"), "grade", ["age", "sex"]).to_frame()
    assert frame["name"].to_list() == wanted["names"]
    gap = np.abs(frame.select("ci_low", "ci_high").to_numpy() - np.array(wanted["r"]))
    assert gap.max() < 1e-4  # MASS stops early (see survey_door.R); t(24) would move an end by 0.02
    assert frame["df"].is_infinite().all()
    own = ordinal_regression(sample, "grade", ["age", "sex"])
    assert own.df == 27 + 1 - 4
    assert own.with_df("design").df == 27
    assert np.isinf(own.margins("sex", df="r").df).all()
    assert np.isinf(multinomial_regression(sample.with_freedom("r"), "grade", ["age"]).df)


def test_rules_can_be_changed_to_and_fro(known: dict[str, Any]) -> None:
    sample = sample_of("plain", known)
    by = estimate_means(sample, "age", by=["region"])
    there = by.with_df("r")
    assert there.with_df("domain").df.tolist() == by.df.tolist()
    assert there.with_df("design").df.tolist() == [27.0] * 4
    assert there.with_df(5).df.tolist() == [5.0] * 4
    assert there.with_df(5).with_df("domain").df.tolist() == by.df.tolist()
    near(by.to_frame(df="r")["ci_low"], there.to_frame()["ci_low"])
    near(there.to_frame(df="domain")["ci_low"], by.to_frame()["ci_low"])
    gap = {"ns": {"region=n: age": 1.0, "region=s: age": -1.0}}
    assert np.isinf(contrast(by, gap, df="r").df[0])
    assert contrast(there, gap).with_df("domain").df[0] == contrast(by, gap).df[0]
    assert contrast(there, gap, df="design").df[0] == 27
    near(contrast(there, gap).test()["p_value"], contrast(by, gap).test(df=float("inf"))["p_value"])
    assert np.isinf(estimate_correlations(sample.with_freedom("r"), ["age", "y"]).df).all()


def test_where_no_degree_is_left_the_normal_law_gives_an_interval() -> None:
    data = pl.DataFrame({"h": [1, 1, 2, 2], "g": ["a", "b", "a", "b"], "y": [1.0, 2.0, 4.0, 3.0]})
    design = Design.from_frame(data, stratum="h")
    by = estimate_means(design, "y", by=["g"])
    assert by.flag[1:] == ("no_df", "no_df")
    assert by.to_frame()["ci_low"].null_count() == 2
    assert by.with_df("r").flag[1:] == ("", "")
    assert by.to_frame(df="r")["ci_low"].null_count() == 0
    assert by.with_df("r").with_df("domain").flag == by.flag
    assert by.with_df("design").df.tolist() == [2.0] * 3


def test_every_kind_of_sample_carries_the_rule(known: dict[str, Any], tmp_path: Path) -> None:
    data = pl.DataFrame(known["data"], infer_schema_length=None)
    data.write_parquet(tmp_path / "wave.parquet")
    names: dict[str, Any] = {"stratum": "h", "psu": "psu", "weight": "w", "freedom": "r"}
    told = Design.from_frame(data, **names)
    replicates = as_replicates(told, "JKn")
    assert isinstance(replicates, ReplicateDesign)
    for sample in (
        told, told.where(pl.col("age") > 30), told.with_columns(one=pl.lit(1)), replicates,
        replicates.where(pl.col("age") > 30), open_sample(tmp_path / "wave.parquet", **names),
    ):  # fmt: skip
        assert np.isinf(estimate_means(sample, "age").df).all()
        assert np.isinf(estimate_proportions(sample, "sex").t_df).all()
        assert np.isinf(estimate_correlations(sample, ["age", "y"]).df).all()
    for wrong in ("R", None, 3):
        with pytest.raises(UsageError, match="freedom"):
            told.with_freedom(wrong)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="freedom"):
            Design.from_frame(data, freedom=wrong)  # type: ignore[arg-type]
    for bad in (0, -1, "all", True):
        with pytest.raises(UsageError, match="degrees of freedom"):
            estimate_means(told, "age").to_frame(df=bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["old", "f", "some"])
def test_parts_of_two_stages_with_population_sizes(part: str, known: dict[str, Any]) -> None:
    data, wanted = pl.DataFrame(known["two_stages"]), known["subsets"][part]
    design = Design.from_frame(data, stratum="h", psu=["psu", "ssu"], fpc=["N1", "N2"])
    rows = {
        "old": pl.col("age") >= 50,
        "f": pl.col("sex") == "f",
        "some": pl.col("psu").is_in([1, 2, 3, 7, 8, 9, 10]) & (pl.col("ssu") <= 3),
    }[part]
    one = design.where(rows)
    mean = estimate_means(one, "x")
    near(mean.estimate, wanted["mean"], 1e-11)
    near(mean.std_error, wanted["se"], 1e-11)
    near(mean.df, wanted["df"])
    near(estimate_totals(one, "x", numeric=True).std_error, wanted["total_se"], 1e-11)
    by = estimate_means(one, "x", by=["sex"]).to_frame()[1:].filter(pl.col("n") > 0)
    near(by["estimate"], wanted["by"], 1e-11)
    near(by["std_error"], wanted["by_se"], 1e-11)
    fit = linear_regression(one, "x", ["age"])
    near(fit.estimate, wanted["model"], CLOSE)
    near(fit.std_error, wanted["model_se"], CLOSE)
    assert fit.df == wanted["model_df"]
    share = estimate_proportions(one, "y").to_frame().filter(pl.col("option") == "1")
    near(share.select("ci_low", "ci_high").to_numpy(), wanted["share_ci"], 1e-7)
    near(estimate_variances(one, "x").std_error, wanted["variance_se"], 1e-10)
    pair = estimate_correlations(one, ["x", "age"])
    near(pair.estimate, wanted["correlation"]["r"], CLOSE)
    near(pair.std_error, wanted["correlation"]["se"], CLOSE)
