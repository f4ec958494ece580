"""Whatever is passed to a public function, the answer is a figure or words: never an error of another package."""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg import survey
from shteg.errors import ShtegError, UsageError
from shteg.survey import Design, ReplicateDesign, as_replicates, estimate_means, linear_regression

ROWS = 48
FRAME = pl.DataFrame(
    {
        "h": np.repeat(["1", "2"], ROWS // 2),
        "psu": np.repeat(np.arange(12), 4),
        "w": np.tile([1.5, 2.0, 1.0, 3.0], 12),
        "y": np.sin(np.arange(ROWS)).round(3),
        "x": np.cos(np.arange(ROWS) ** 2).round(3) + 2,
        "q": np.tile(["yes", "no", "yes"], 16),
        "sex": np.tile(["f", "m", "m", "f", "m"], 10)[:ROWS],
        "n": np.tile([1, 2, 3, 1], 12),
        "answered": np.tile([1, 1, 0, 1, 1, 1], 8),
        "when": pl.Series([None] * ROWS, dtype=pl.Date),
        "many": [[1]] * ROWS,
        "r1": np.tile([2.0, 0.0], 24),
        "r2": np.tile([0.0, 2.0], 24),
    }
)
PLAIN = Design.from_frame(FRAME, stratum="h", psu="psu", weight="w")
MADE = as_replicates(PLAIN, "JKn")
FIT = estimate_means(PLAIN, "y", by=["sex"])
PAIRS = survey.estimate_correlations(PLAIN, ["y", "x"])
MODELS: list[Any] = [
    linear_regression(PLAIN, "y", ["x", "sex"]),
    survey.ordinal_regression(PLAIN, "n", ["x", "sex"]),
    survey.regression(PLAIN, "y ~ x + sex"),
]
CELLS = pl.DataFrame({"n": [1, 2, 3], "sex": ["f", "m", "f"], "count": [5, 6, 7]})

RIGHT: dict[str, dict[str, Any]] = {
    "estimate_means": {"design": PLAIN, "items": "y"},
    "estimate_proportions": {"design": PLAIN, "items": "q"},
    "estimate_totals": {"design": PLAIN, "items": "q"},
    "estimate_ratios": {"design": PLAIN, "numerator": "y", "denominator": "x"},
    "estimate_variances": {"design": PLAIN, "items": "y"},
    "estimate_quantiles": {"design": PLAIN, "items": "y"},
    "estimate_correlations": {"design": PLAIN, "items": ["y", "x"]},
    "contrast": {"estimates": FIT, "weights": {"d": {"sex=f: y": 1, "sex=m: y": -1}}},
    "rao_scott_test": {"design": PLAIN, "rows": "q", "columns": "sex"},
    "t_test": {"design": PLAIN, "outcome": "y"},
    "rank_test": {"design": PLAIN, "outcome": "y", "group": "sex"},
    "linear_regression": {"design": PLAIN, "outcome": "y", "predictors": ["x"]},
    "logistic_regression": {"design": PLAIN, "outcome": "q", "predictors": ["x"], "success": "yes"},
    "poisson_regression": {"design": PLAIN, "outcome": "n", "predictors": ["x"]},
    "regression": {"design": PLAIN, "formula": "y ~ x + sex"},
    "ordinal_regression": {"design": PLAIN, "outcome": "n", "predictors": ["x"]},
    "multinomial_regression": {"design": PLAIN, "outcome": "sex", "predictors": ["x"]},
    "estimate_small_domains": {
        "design": PLAIN,
        "item": "q",
        "favourable": "yes",
        "groups": ["n"],
        "cells": CELLS,
        "by": "n",
        "draws": 100,
    },
    "post_stratify": {"design": PLAIN, "variable": "sex", "counts": {"f": 10, "m": 20}},
    "rake": {"design": PLAIN, "margins": {"sex": {"f": 10, "m": 20}}},
    "calibrate": {"design": PLAIN, "margins": {"sex": {"f": 10, "m": 20}}},
    "adjust_nonresponse": {"design": PLAIN, "responded": "answered", "classes": ["sex"]},
    "trim_weights": {"design": PLAIN, "upper": 2.5},
    "weight_diagnostics": {"design": PLAIN},
    "as_replicates": {"design": PLAIN},
    "read_replicates": {"data": FRAME, "weight": "w", "rep_weights": ["r1", "r2"], "type": "BRR"},
    "share_interval": {"share": 0.4, "variance": 0.01, "df": 9, "n": 40},
}
WRONG: list[Any] = [
    *(5, -1.5, float("nan"), "typo", "y", "q", "when", "many", "", b"y", None, True, [], ["typo"], [5], ["y", "y"]),
    *(
        [["y"]],
        [None],
        [("q", "sex")],
        ("q",),
        {},
        {"q": "yes"},
        {"q": ["yes"]},
        {"typo": ["1"]},
        {"y": [None]},
        {5: 5},
    ),
    *({"f": "many"}, object(), pl.col("q"), pl.col("typo") == 1, pl.col("q") == "yes", pl.lit(value=True), {"q"}),
    *(FRAME, FRAME.lazy(), FRAME["q"], np.arange(3), np.eye(2), PLAIN, MADE, FIT, 1j, range(2), FRAME.to_dict()),
]


def _answer(call: Callable[[], Any]) -> None:
    """Make a call that may be refused, but only with a problem and a hint."""
    refused = None
    try:
        call()
    except ShtegError as error:
        refused = error
    assert refused is None or (refused.problem and refused.hint)


def _calls() -> list[tuple[str, str]]:
    return [(name, argument) for name in RIGHT for argument in inspect.signature(getattr(survey, name)).parameters]


@pytest.mark.parametrize(("name", "argument"), _calls())
def test_wrong_arguments_are_answered_with_words(name: str, argument: str) -> None:
    function: Callable[..., Any] = getattr(survey, name)
    function(**RIGHT[name])
    for value in WRONG:
        if argument in ("executor", "max_iterations", "force", "strict"):
            continue
        for design in (PLAIN, MADE):
            request = RIGHT[name] | {argument: value}
            if "design" in request and argument != "design":
                request["design"] = design
            _answer(lambda request=request: function(**request))  # type: ignore[misc]


@pytest.mark.parametrize("data", [FRAME.lazy(), FRAME.to_dict(as_series=False), FRAME.to_dict(), FRAME.to_arrow()])
def test_tables_of_other_kinds_are_taken_over(data: Any) -> None:
    design = Design.from_frame(data, stratum="h", psu="psu", weight="w")
    assert estimate_means(design, "y").estimate == estimate_means(PLAIN, "y").estimate


@pytest.mark.parametrize(
    "data", [5, None, "wave.sav", [1, 2], {"a": [1], "b": [1, 2]}, {"a": [1, "x", object()]}, object()]
)
def test_what_is_no_table_is_refused(data: Any) -> None:
    with pytest.raises(UsageError, match=r"data: the data are .*\nHint: give"):
        Design.from_frame(data)


@pytest.mark.parametrize(
    "argument",
    ["stratum", "psu", "weight", "nest", "lonely_psu", "fpc", "pps", "pps_variance", "domain_lonely", "convention"],
)
def test_wrong_columns_of_a_design_are_answered_with_words(argument: str) -> None:
    for value in WRONG:
        request = {"stratum": "h", "psu": "psu", "weight": "w", argument: value}
        _answer(lambda request=request: Design.from_frame(FRAME, **request))  # type: ignore[misc]


def test_a_data_frame_is_no_design() -> None:
    with pytest.raises(UsageError, match=r"design: the design is a DataFrame\nHint: make one: Design.from_frame"):
        estimate_means(FRAME, "y")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="replicate weights do not do"):
        survey.estimate_small_domains(MADE, "q", "yes", groups=["n"], cells=CELLS, by="n")  # type: ignore[arg-type]


def test_a_column_may_be_named_like_an_interaction() -> None:
    frame = FRAME.with_columns(pl.col("x").alias("a:b"), pl.col("n").alias("a"), pl.col("y").alias("b"))
    design = Design.from_frame(frame, stratum="h", psu="psu", weight="w")
    fit = linear_regression(design, "y", ["a:b", "sex"])
    assert fit.test_terms("a:b").statistic == linear_regression(design, "y", ["x", "sex"]).test_terms("x").statistic
    crossed = linear_regression(design, "n", ["x", "sex", ("x", "sex")])
    assert crossed.test_terms("x:sex") == crossed.test_terms(("sex", "x")) == crossed.test_terms(("x", "sex"))
    with pytest.raises(UsageError, match="the model has no such term: 'sex:x:y'"):
        crossed.test_terms("sex:x:y")
    with pytest.raises(UsageError, match="a column has the name of an interaction"):
        linear_regression(design, "n", ["a:b", "a", "b", ("a", "b")])


def test_wrong_requests_of_a_fit() -> None:
    model = linear_regression(PLAIN, "y", ["x", "sex"])
    for value in WRONG:
        for call in (
            lambda value=value: model.test_terms(value),
            lambda value=value: model.predict(value),
            lambda value=value: model.predict(FRAME, scale=value),
            lambda value=value: model.predict(FRAME, level=value),
            lambda value=value: model.to_frame(value),
            lambda value=value: FIT.to_frame(value),
            lambda value=value: FIT.to_frame(interval=value),
            lambda value=value: FIT.to_frame(df=value),
            lambda value=value: FIT.test(df=value),
            lambda value=value: FIT.plot(language=value),
            lambda value=value: PLAIN.with_freedom(value),
            lambda value=value: MADE.with_freedom(value),
            lambda value=value: Design.from_frame(FRAME, freedom=value),
            lambda value=value: PAIRS.to_matrix(domain_variable=value),
            lambda value=value: PAIRS.plot(domain=value),
        ):
            _answer(call)
        _ask_models(value)


def _ask_models(value: Any) -> None:
    for model in MODELS:
        for call in (
            lambda: model.margins(value),  # noqa: B023 - called at once
            lambda: model.margins(at=value),  # noqa: B023
            lambda: model.margins(at={"x": value}),  # noqa: B023
            lambda: model.margins(covariates=value),  # noqa: B023
            lambda: model.margins(df=value),  # noqa: B023
            lambda: model.effects(value),  # noqa: B023
            lambda: model.effects("x", at={"sex": value}),  # noqa: B023
            lambda: model.with_df(value),  # noqa: B023
            lambda: model.to_frame(df=value),  # noqa: B023
        ):
            _answer(call)


def test_files_are_asked_with_words(tmp_path: Path) -> None:
    path = tmp_path / "wave.parquet"
    FRAME.drop("many").write_parquet(path)
    plan: dict[str, Any] = {"stratum": "h", "psu": "psu", "weight": "w"}
    sample = survey.open_sample(path, **plan)
    for value in WRONG:
        for argument in ("source", "stratum", "psu", "weight", "nest", "lonely_psu", "freedom", "rows_per_chunk"):
            request = {"source": path} | plan | {argument: value}
            _answer(lambda request=request: survey.open_sample(**request))  # type: ignore[misc]
        for argument in ("items", "by", "where", "options", "missing", "deff"):
            request = {"items": "q", argument: value}
            _answer(lambda request=request: survey.estimate_proportions(sample, **request))  # type: ignore[misc]
    with pytest.raises(UsageError, match="the design is a FileSample"):
        survey.t_test(sample, "y")  # type: ignore[arg-type]


def test_every_verb_asks_and_answers_in_one_form() -> None:
    verbs = [
        *(survey.estimate_means, survey.estimate_proportions, survey.estimate_totals),
        *(survey.estimate_ratios, survey.estimate_variances, survey.estimate_quantiles),
    ]
    forms = {
        tuple(
            (name, one.annotation, one.default)
            for name, one in parameters.items()
            if name in ("by", "where", "missing")
        )
        for parameters in (inspect.signature(verb).parameters for verb in verbs)
    }
    assert [[name for name, *_ in form] for form in forms] == [["by", "where", "missing"]]
    assert {inspect.signature(verb).return_annotation for verb in verbs} == {"Estimates"}


def test_the_list_of_calls_is_whole() -> None:
    public = {name for name in survey.__all__ if inspect.isfunction(getattr(survey, name)) and "read" not in name}
    elsewhere = {"open_sample", "check_coherence", "examine_coherence", "estimate_opinion", "tabulate"}
    low_level = {"covariance", "estimate_with", "replicate_covariance"}
    assert public - elsewhere - low_level <= set(RIGHT)
    assert isinstance(MADE, ReplicateDesign)


@pytest.mark.parametrize(
    ("matrix", "error"),
    [
        (np.ones((4, 2)), r"the matrix is not square \(4 by 2\)"),
        (np.ones(4), r"the matrix is not square \(4\)"),
        (np.array([[3.0, 5.0], [2.0, -1.0]]), "the matrix holds other numbers than 1 and -1"),
        (np.array([[np.nan, 1.0], [1.0, -1.0]]), "the matrix holds other numbers than 1 and -1"),
        (np.array([[1.0, 1.0], [1.0, -1.0]]), "a matrix of order 3 or more is needed\nHint: give a larger"),
        ("x", "the matrix is not of numbers"),
    ],
)
def test_a_matrix_that_is_not_hadamard_is_refused_for_its_reason(matrix: object, error: str) -> None:
    data = pl.DataFrame({"h": ["a", "a", "b", "b", "c", "c"], "p": list("123456"), "y": [1.0, 2, 3, 4, 5, 6]})
    design = Design.from_frame(data, stratum="h", psu="p")
    with pytest.raises(UsageError, match=error):
        as_replicates(design, "BRR", hadamard_matrix=matrix)  # type: ignore[arg-type]
