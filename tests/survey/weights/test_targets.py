"""Targets from a sheet: equal to R after raking and calibration, refused with their cell where they fit nothing."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from shteg.errors import DataError, DesignError, ShtegError
from shteg.survey import Design, estimate_means, estimate_totals
from shteg.survey.readers.codes import typed_codes
from shteg.survey.weights.target_match import NO_ANSWER, Aims, Weighed, match_targets
from shteg.survey.weights.target_sheet import read_target_sheet, sheet_of
from shteg.survey.weights.weigh import WeightPlan, WeightResult, make_weights

REFERENCE = Path(__file__).parents[2] / "reference" / "survey_weights_sheet.json"
SHARES = {"sex": {"f": 51.3, "m": 48.7}, "age": {"18-29": 24.1, "30-59": 49.4, "60+": 26.5}}


@pytest.fixture(scope="module")
def reference() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def data(reference: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(reference["data"])


def as_answers(data: pl.DataFrame) -> pl.DataFrame:
    return pl.DataFrame([typed_codes(data[name]).alias(name) for name in data.columns])


def weigh(
    data: pl.DataFrame, targets: Mapping[str, Mapping[str, float]], plan: WeightPlan, **more: Any
) -> tuple[WeightResult, Aims]:
    answers = as_answers(data)
    weighed = Weighed(answers=answers, weight=data["w"].to_numpy().copy(), value_labels={}, name="data.csv")
    totals = more.pop("totals", {})
    aims = match_targets(sheet_of(targets, "targets.csv"), weighed, **more)
    frame = aims.data.with_columns(income=data["income"], y=data["y"])
    design = Design.from_frame(frame, stratum="stratum", psu="psu", weight="w")
    return make_weights(design, plan, aims.margins, totals, aims.size), aims


def in_order(result: WeightResult) -> np.ndarray[Any, Any]:
    found = np.zeros(len(result.design.row))
    found[result.design.row - 1] = result.design.weight
    return found


@pytest.mark.parametrize("kind", ["raked", "logit", "linear"])
def test_weights_and_estimates_are_those_of_r(kind: str, reference: dict[str, Any], data: pl.DataFrame) -> None:
    plans = {
        "raked": WeightPlan(),
        "logit": WeightPlan(method="calibrate", distance="logit", bounds=(0.5, 2.2)),
        "linear": WeightPlan(method="calibrate"),
    }
    totals = {"income": reference["income_total"]} if kind == "linear" else {}
    result, _ = weigh(data, SHARES, plans[kind], totals=totals)
    known = reference[kind]
    np.testing.assert_allclose(in_order(result), known["weights"], rtol=1e-9)
    means = estimate_means(result.design, ["y", "income"]).to_frame()
    np.testing.assert_allclose(means["estimate"], known["mean"], rtol=1e-10)
    np.testing.assert_allclose(means["std_error"], known["mean_se"], rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(means["ci_low"], [row[0] for row in known["mean_ci"]], rtol=1e-7)
    np.testing.assert_allclose(means["ci_high"], [row[1] for row in known["mean_ci"]], rtol=1e-7)
    total = estimate_totals(result.design, "income", numeric=True).to_frame()
    np.testing.assert_allclose(total["estimate"], [known["total"]], rtol=1e-10)
    np.testing.assert_allclose(total["std_error"], [known["total_se"]], rtol=1e-6, atol=1e-6)
    parts = estimate_means(result.design, "y", by=["region"]).to_frame().filter(pl.col("domain_variable") == "region")
    np.testing.assert_allclose(parts.sort("domain")["std_error"], known["by_se"], rtol=1e-7)


shares = st.lists(st.floats(0.2, 0.8), min_size=2, max_size=2)


@given(parts=shares, scale=st.sampled_from([1.0, 100.0, 1e6]), turned=st.booleans())
def test_margins_hold_whatever_the_unit_and_the_order(parts: list[float], scale: float, turned: bool) -> None:
    data = pl.DataFrame(json.loads(REFERENCE.read_text(encoding="utf-8"))["data"])
    size = float(data["w"].sum())
    targets = {
        "sex": {"f": parts[0] * scale, "m": (1 - parts[0]) * scale},
        "region": {"n": parts[1] / 2 * scale, "s": parts[1] / 2 * scale, "w": (1 - parts[1]) * scale},
    }
    if turned:
        targets = {name: dict(reversed(one.items())) for name, one in reversed(targets.items())}
    result, aims = weigh(data, targets, WeightPlan())
    whole = size if scale < 1e3 else scale
    for one in result.constraints:
        wanted = targets[one.margin][one.category] / scale * whole
        assert one.after == pytest.approx(wanted, rel=1e-9)
    assert {name for name, _ in aims.notes} == ({"size"} if scale < 1e3 else set())
    assert float(result.design.weight.sum()) == pytest.approx(whole, rel=1e-9)


@given(limit=st.floats(1.05, 4.0))
def test_trimmed_weights_lie_within_limits_and_keep_margins_or_are_refused(limit: float) -> None:
    data = pl.DataFrame(json.loads(REFERENCE.read_text(encoding="utf-8"))["data"])
    plan = WeightPlan(lower=0.2, upper=limit)
    try:
        result, _ = weigh(data, SHARES, plan)
    except DesignError as error:
        assert error.hint  # noqa: PT017 - either is right, by the limit
        return
    mean = result.design.weight.sum() / (result.design.weight > 0).sum()
    assert result.design.weight.max() <= limit * mean * (1 + 1e-9)
    assert result.design.weight.min() >= 0.2 * mean * (1 - 1e-9)
    assert all(one.misfit < 1e-8 for one in result.constraints)


def sheet_file(
    folder: Path, rows: list[list[Any]], heads: tuple[str, ...] = ("variable", "category", "target")
) -> Path:
    path = folder / "targets.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet()
    for line, row in enumerate([list(heads), *rows]):
        page.write_row(line, 0, row)
    book.close()
    return path


GOOD = [["sex", "f", 51.3], ["", "m", 48.7], ["region", "n", 40], ["", "s", 35], ["", "w", 25]]


def test_a_blank_variable_is_that_of_the_row_above(tmp_path: Path) -> None:
    sheet = read_target_sheet(sheet_file(tmp_path, GOOD))
    assert [(one.name, one.unit, len(one.targets)) for one in sheet.margins] == [
        ("sex", "percent", 2),
        ("region", "percent", 3),
    ]
    assert sheet.margins[1].targets[2].place == "cell C6"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["sex", "f", "many"], ["", "m", 48]], "'many' is no number"),
        ([["sex", "f", 0], ["", "m", 100]], "not above 0"),
        ([["sex", "f", -3], ["", "m", 103]], "not above 0"),
        ([["sex", "f", 50], ["", "f", 50]], "stands twice"),
        ([["", "f", 50]], "names no variable"),
        ([["sex*region", "f", 50], ["", "m", 50]], "does not name one category of each of 2 columns"),
        ([["(size)", "", 1000], ["(size)", "", 2000]], "twice"),
        ([["sex", "f", ""]], "there is no number"),
    ],
)
def test_rows_that_cannot_be_used_are_named(tmp_path: Path, rows: list[list[Any]], words: str) -> None:
    with pytest.raises(DataError, match=words) as raised:
        read_target_sheet(sheet_file(tmp_path, rows))
    assert all(one.file == "targets.xlsx" and one.line >= 2 and one.hint for one in raised.value.problems)


@pytest.mark.parametrize(
    ("heads", "total", "words"),
    [
        (("variable", "category", "percent"), 97.0, "add to 97, not to 100"),
        (("variable", "category", "share"), 0.97, r"add to 0\.97, not to 1"),
        (("variable", "what", "share"), 1.0, "no column 'category'"),
        (("variable", "category", "number"), 1.0, "no column of numbers"),
    ],
)
def test_shares_that_do_not_add_up_are_refused(
    tmp_path: Path, heads: tuple[str, ...], total: float, words: str
) -> None:
    rows = [["sex", "f", round(total * 0.5, 3)], ["", "m", round(total * 0.5, 3)]]
    with pytest.raises(ShtegError, match=words):
        read_target_sheet(sheet_file(tmp_path, rows, heads))


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ({"sex": {"f": 50, "m": 40, "x": 10}}, "the data have no category 'x'"),
        ({"gender": {"f": 50, "m": 50}}, "no column 'gender'"),
        ({"sex": {"f": 100}}, r"no target \(m: \d+ respondents\)"),
        ({"sex": {"f": 5000, "m": 5000}, "region": {"n": 4000, "s": 3500, "w": 2600}}, "100 more than 10000"),
        ({"sex": {"f": 50, "m": 50}, "region": {"n": 40, "s": 35, "w": 2.5}}, "neither to 1, nor to 100"),
        ({"age": {"18-29": 30, "29-59": 40, "60+": 30}}, "overlap"),
        ({"age": {"18-29": 30, "30-50": 40, "60+": 30}}, "lies in no band"),
        ({"sex": {"18-29": 30, "30+": 70}}, "answers that are no numbers"),
    ],
)
def test_targets_that_fit_nothing_in_the_data_are_named(
    data: pl.DataFrame, targets: dict[str, dict[str, float]], words: str
) -> None:
    with pytest.raises(DataError, match=words) as raised:
        weigh(data, targets, WeightPlan())
    assert raised.value.problems[0].hint


def test_labels_name_codes_and_two_meanings_are_refused(data: pl.DataFrame) -> None:
    weighed = Weighed(
        answers=as_answers(data),
        weight=data["w"].to_numpy().copy(),
        value_labels={"sex": {"f": "Women", "m": "Men"}, "region": {"n": "s", "s": "South", "w": "West"}},
        name="data.sav",
    )
    aims = match_targets(sheet_of({"sex": {"women": 50, "MEN": 50}}, "t"), weighed)
    assert set(aims.margins["sex"]) == {"f", "m"}
    with pytest.raises(DataError, match="'s' may mean the codes n, s"):
        match_targets(sheet_of({"region": {"s": 50, "West": 50}}, "t"), weighed)
    with pytest.raises(DataError, match="is the same as"):
        match_targets(sheet_of({"sex": {"women": 50, "f": 25, "m": 25}}, "t"), weighed)


def test_missing_answers_are_refused_or_keep_their_share(data: pl.DataFrame) -> None:
    holes = data.with_columns(sex=pl.when(pl.int_range(pl.len()) % 10 == 0).then(None).otherwise(pl.col("sex")))
    targets = {"sex": {"f": 60.0, "m": 40.0}}
    with pytest.raises(DesignError, match="48 respondents have no answer to sex"):
        weigh(holes, targets, WeightPlan())
    result, _ = weigh(holes, targets, WeightPlan(), missing="keep")
    after = {one.category: one.after for one in result.constraints}
    lost = holes.filter(pl.col("sex").is_null())["w"].sum()
    assert after[NO_ANSWER] == pytest.approx(lost, rel=1e-9)
    assert after["f"] / after["m"] == pytest.approx(1.5, rel=1e-9)


def test_targets_that_pull_against_each_other_are_named(data: pl.DataFrame) -> None:
    twin = data.with_columns(other=pl.col("sex"))
    targets = {"sex": {"f": 70.0, "m": 30.0}, "other": {"f": 40.0, "m": 60.0}}
    with pytest.raises(DesignError, match=r"pull against each other: .*(too heavy|too light) by") as raised:
        weigh(twin, targets, WeightPlan())
    assert "merge small categories" in raised.value.hint


def test_the_weight_of_those_who_did_not_answer_goes_to_their_class(data: pl.DataFrame) -> None:
    some = data.with_columns(came=(pl.int_range(pl.len()) % 4 != 0).cast(pl.Int8))
    plan = WeightPlan(responded="came", classes=("region",))
    result, _ = weigh(some, SHARES, plan)
    weights = in_order(result)
    assert (weights[::4] == 0).all()
    assert all(one.misfit < 1e-9 for one in result.constraints)
