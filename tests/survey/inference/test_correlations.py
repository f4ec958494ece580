"""Correlations equal to R: `svyvar` of each pair with `svycontrast`, and the correlation of each replicate."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, UsageError
from shteg.survey import Correlations, Design, as_replicates, contrast, estimate_correlations, linear_regression
from shteg.survey.inference.intervals import student_quantile

REFERENCE = Path(__file__).parents[2] / "reference" / "survey_analyst.json"
ITEMS = ["age", "income", "trust"]
CLOSE = 1e-11
"""Relative: both sides are sums of 300 rows."""


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return found


def frame_of(known: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(known["data"], infer_schema_length=None).with_columns(
        pl.col("income", "trust").cast(pl.String).replace("NA", None).cast(pl.Float64)
    )


@pytest.fixture(scope="module")
def design(known: dict[str, Any]) -> Design:
    return Design.from_frame(frame_of(known), stratum="h", psu="psu", weight="w")


def near(found: Any, wanted: Any, rel: float = CLOSE) -> None:
    np.testing.assert_allclose(np.asarray(found, float), np.asarray(wanted, float), rtol=rel)


def compare(found: Correlations, wanted: dict[str, Any]) -> None:
    near(found.estimate, wanted["r"], 1e-10)
    near(found.std_error, wanted["se"], 1e-10)
    near(found.df, wanted["df"])
    if "z" in wanted:
        half = student_quantile(0.95, found.df) * np.array(wanted["z_se"])
        near(found.interval()[0], np.tanh(np.array(wanted["z"]) - half), 1e-9)
        near(found.interval()[1], np.tanh(np.array(wanted["z"]) + half), 1e-9)
        normal = found.with_df("r").interval(method="mean")
        near(normal[0], np.array(wanted["r"]) - 1.959963984540054 * np.array(wanted["se"]), 1e-9)


@pytest.mark.parametrize("kind", ["stratified", "clustered", "jk"])
def test_rows_that_have_all_items(kind: str, known: dict[str, Any], design: Design) -> None:
    sample: Any = {
        "stratified": design,
        "clustered": Design.from_frame(frame_of(known), psu="psu", weight="w"),
        "jk": as_replicates(design, "JKn"),
    }[kind]
    found = estimate_correlations(sample, ITEMS)
    compare(found, known["correlation"][kind])
    assert found.names == ("age, income", "age, trust", "income, trust")


@pytest.mark.parametrize("kind", ["pairwise", "pairwise_jk"])
def test_rows_that_have_both(kind: str, known: dict[str, Any], design: Design) -> None:
    sample: Any = design if kind == "pairwise" else as_replicates(design, "JKn")
    found = estimate_correlations(sample, ITEMS, use="pairwise")
    compare(found, known["correlation"][kind])
    assert found.to_frame()["n"].n_unique() == 3
    with pytest.raises(UsageError, match="is not known"):
        contrast(found, {"gap": {"age, income": 1.0, "age, trust": -1.0}})


def test_by_group_and_compared(known: dict[str, Any], design: Design) -> None:
    answered = pl.col("income").is_not_null() & pl.col("trust").is_not_null()
    found = estimate_correlations(design.where(answered), ITEMS, by=["sex"])
    for place, sex in ((1, "f"), (2, "m")):
        one, wanted = found.reordered(np.arange(place, 9, 3)), known["correlation"][sex]
        near(one.estimate, wanted["r"], 1e-10)
        near(one.std_error, wanted["se"], 1e-10)
        near(one.df, wanted["df"])
    names = {sex: f"sex={sex}: age, income" for sex in "fm"}
    gap = contrast(found, {"gap": {names["f"]: 1.0, names["m"]: -1.0}})
    split = design.with_columns(
        **{f"{item}_{sex}": pl.when(pl.col("sex") == sex).then(pl.col(item)) for item in ITEMS for sex in "fm"}
    )
    apart = [estimate_correlations(split.where(pl.col("sex") == sex), ["age", "income", "trust"]) for sex in "fm"]
    near(gap.estimate, [apart[0].estimate[0] - apart[1].estimate[0]])
    jack = estimate_correlations(as_replicates(design, "JKn"), ITEMS, by=["sex"])
    assert abs(contrast(jack, {"gap": {names["f"]: 1.0, names["m"]: -1.0}}).std_error[0] / gap.std_error[0] - 1) < 0.05


def test_a_square_is_symmetric(design: Design) -> None:
    found = estimate_correlations(design, ITEMS, by=["sex"])
    for domain in ({}, {"domain_variable": "sex", "domain": "f"}):
        square = found.to_matrix(**domain).drop("variable").to_numpy()
        near(square, square.T)
        near(np.diag(square), np.ones(3))
    assert found.to_matrix()["variable"].to_list() == ITEMS
    with pytest.raises(UsageError, match="no domain"):
        found.to_matrix(domain_variable="sex", domain="x")


def test_the_scale_of_an_item_does_not_matter(design: Design) -> None:
    other = design.with_columns(age=pl.col("age") * 1e6 + 5e7, income=-pl.col("income") / 1e5)
    one, two = estimate_correlations(design, ITEMS), estimate_correlations(other, ITEMS)
    near(two.estimate, one.estimate * [-1, 1, -1], 1e-9)
    near(two.std_error, one.std_error, 1e-9)


def test_two_standardised_answers_are_a_regression(design: Design) -> None:
    """Without R: of weights that are all equal, r is the slope of standardised answers."""
    plain = Design.from_frame(design.data.drop_nulls(), psu="psu")
    data = plain.data
    z = plain.with_columns(*[((data[one] - data[one].mean()) / data[one].std()).alias(one) for one in ITEMS])
    near(estimate_correlations(plain, ITEMS).estimate[0], linear_regression(z, "income", ["age"]).estimate[1], 1e-10)
    near(
        estimate_correlations(plain, ["age", "income"]).estimate[0],
        np.corrcoef(data["age"], data["income"])[0, 1],
        1e-10,
    )


def test_what_says_nothing_is_flagged(design: Design) -> None:
    lines = design.with_columns(twice=2 * pl.col("age") + 1, less=-pl.col("age"), one=pl.lit(1.0))
    for sample in (lines, as_replicates(lines, "JKn")):
        frame = estimate_correlations(sample, ["age", "twice", "less", "one"], use="pairwise").to_frame()
        told = dict(zip(frame["item"], frame["flag"], strict=True))
        assert told["age, twice"] == told["twice, less"] == "one_line"
        assert told["age, one"] == "undefined"
        known = frame.filter(pl.col("flag") == "one_line")
        near(known["estimate"], [1, -1, -1])
        assert known["ci_low"].null_count() == 3
        assert known["std_error"].to_list() == [0, 0, 0]
        assert frame.filter(pl.col("flag") == "undefined")["estimate"].null_count() == 3
    nobody = estimate_correlations(design, ITEMS, by=["sex"], missing={"trust": ["1", "2", "3", "4"], "income": []})
    assert set(nobody.flag) == {"empty"}


def test_codes_that_are_no_answer(design: Design) -> None:
    one = estimate_correlations(design, ["age", "trust"], missing={"trust": ["4"]})
    two = estimate_correlations(design.where(pl.col("trust") < 4), ["age", "trust"])
    near(one.estimate, two.estimate)
    assert one.to_frame()["n"].to_list() == two.to_frame()["n"].to_list()


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        ({"items": ["age"]}, "one item has no correlation"),
        ({"items": ["age", "age"]}, "stands twice"),
        ({"items": ["age", "h"]}, "h"),
        ({"items": ["age", "nothing"]}, "nothing"),
        ({"items": ITEMS, "use": "complete"}, "no way 'complete'"),
    ],
)
def test_what_cannot_be_correlated_is_refused(asked: dict[str, Any], match: str, design: Design) -> None:
    with pytest.raises((UsageError, DesignError), match=match):
        estimate_correlations(design, **asked)


def test_intervals_of_correlations_stay_inside(design: Design) -> None:
    found = estimate_correlations(design, ITEMS)
    low, high = found.interval(0.9999999)
    assert (np.abs([low, high]) < 1).all()
    with pytest.raises(UsageError, match="interval of shares"):
        found.to_frame(interval="beta")
    gap = contrast(found, {"gap": {"age, income": 1.0, "age, trust": -1.0}})
    with pytest.raises(UsageError, match="interval of correlations"):
        gap.to_frame(interval="fisher")
