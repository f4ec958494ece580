"""One form of codes: missing, unknown, ordered and numeric ones, in every function that takes them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, ShtegError, UsageError
from shteg.survey import (
    estimate_means,
    estimate_proportions,
    estimate_quantiles,
    estimate_ratios,
    estimate_totals,
    estimate_variances,
    open_sample,
)
from shteg.survey.code_texts import code_text, column_texts, find_code
from shteg.survey.designs.conversion import as_replicates
from shteg.survey.designs.design import Design
from shteg.survey.hypotheses.pearson_tests import rao_scott_test
from shteg.survey.hypotheses.rank_tests import rank_test, t_test
from shteg.survey.models.regression import linear_regression, logistic_regression, poisson_regression
from shteg.survey.small_area.estimate import estimate_small_domains
from shteg.survey.weights.auxiliaries import read_margin
from shteg.survey.weights.calibration import post_stratify
from shteg.survey.weights.weight_diagnostics import weight_diagnostics

NAN = float("nan")
SCALE = pl.Enum(["low", "middle", "high", "never"])


def _frame(rows: int = 240) -> pl.DataFrame:
    random = np.random.default_rng(12)
    code = random.choice([1.0, 2.0, 10.0, 11.0, 99.0, NAN], rows, p=[0.3, 0.3, 0.15, 0.1, 0.1, 0.05])
    return pl.DataFrame(
        {
            "psu": np.arange(rows) // 10,
            "w": random.gamma(4, 10, rows).round(2),
            "v": code,
            "whole": pl.Series(code).fill_nan(None).cast(pl.Int64),
            "small": pl.Series(code).cast(pl.Float32),
            "text": pl.Series(code).fill_nan(None).cast(pl.Int64).cast(pl.String),
            "y": random.normal(3, 1, rows).round(3),
            "z": random.normal(1, 1, rows).round(3) + 5,
            "scale": pl.Series(random.choice(["low", "middle", "high"], rows), dtype=SCALE),
            "yes": random.random(rows) < 0.4,
            "sex": random.choice(["f", "m"], rows),
            "town": random.choice(["1", "2", "3", "9"], rows),
        }
    )


FRAME = _frame()
DESIGN = Design.from_frame(FRAME, psu="psu", weight="w")
LOST = FRAME.filter(pl.col("whole").is_null()).height
CELLS = pl.DataFrame({"town": ["1", "2", "3", "9"], "count": [10, 20, 30, 40]})


@pytest.mark.parametrize("column", ["v", "whole", "small", "text"])
def test_nan_is_missing_and_numbers_go_by_value(column: str) -> None:
    frame = estimate_proportions(DESIGN, column, by=["sex"]).to_frame()
    assert frame["option"].head(5).to_list() == ["1", "2", "10", "11", "99"]
    assert frame["n"][0] == FRAME.height - LOST
    domains = estimate_means(DESIGN, "y", by=[column, (column, "sex")]).to_frame()
    assert domains["domain"].to_list()[1:8] == ["1", "2", "10", "11", "99", "1 × f", "1 × m"]
    assert estimate_means(DESIGN, column).to_frame()["n"].item() == FRAME.height - LOST
    if column != "text":
        names = linear_regression(DESIGN, "y", [column], factors=[column]).names
        assert names == ("(Intercept)", *(f"{column}{code}" for code in (2, 10, 11, 99)))
        assert linear_regression(DESIGN, "y", [column]).n == FRAME.height - LOST


def test_the_same_codes_give_the_same_figures_whatever_the_type() -> None:
    first = estimate_proportions(DESIGN, "whole", by=["sex"]).to_frame().drop("item")
    for column in ("v", "small", "text"):
        assert estimate_proportions(DESIGN, column, by=["sex"]).to_frame().drop("item").equals(first)


def test_the_order_of_an_enum_is_kept() -> None:
    assert estimate_proportions(DESIGN, "scale").to_frame()["option"].to_list() == ["low", "middle", "high"]
    assert estimate_means(DESIGN, "y", by=["scale"]).to_frame()["domain"].to_list()[1:] == ["low", "middle", "high"]
    assert linear_regression(DESIGN, "y", ["scale"]).names[1:] == ("scalemiddle", "scalehigh")
    other = linear_regression(DESIGN, "y", ["scale"], reference={"scale": "high"})
    assert other.names[1:] == ("scalelow", "scalemiddle")
    domains = estimate_small_domains(
        DESIGN.__class__.from_frame(FRAME.with_columns(one=pl.col("sex")), psu="psu", weight="w"),
        "sex",
        "f",
        groups=["scale"],
        cells=pl.DataFrame({"scale": ["high", "low", "middle"], "count": [1, 2, 3]}),
        by="scale",
        draws=100,
    )
    assert domains.frame["domain"].to_list() == ["low", "middle", "high"]


def test_a_t_test_takes_the_groups_in_their_order() -> None:
    ten = Design.from_frame(FRAME.with_columns(g=pl.when(pl.col("yes")).then(2).otherwise(10)), psu="psu", weight="w")
    text = Design.from_frame(ten.data.with_columns(pl.col("g").cast(pl.String)), psu="psu", weight="w")
    assert t_test(ten, "y", "g").method.endswith("10 minus 2")
    assert t_test(text, "y", "g").method.endswith("10 minus 2")


CATEGORIES: dict[str, Callable[[], Any]] = {
    "success": lambda: logistic_regression(DESIGN, "sex", ["y"], success="F"),
    "reference": lambda: linear_regression(DESIGN, "y", ["sex"], reference={"sex": "x"}),
    "favourable": lambda: estimate_small_domains(DESIGN, "sex", "x", groups=["town"], cells=CELLS, by="town"),
    "options": lambda: estimate_proportions(DESIGN, "sex", options={"sex": ["f"]}),
    "options of a fit": lambda: estimate_proportions(DESIGN, "sex", options={"sex": ["f", "M"]}),
    "margin": lambda: post_stratify(DESIGN, "sex", {"f": 10, "w": 20}),
}


@pytest.mark.parametrize("name", CATEGORIES)
def test_an_unknown_category_is_refused_and_the_known_ones_are_named(name: str) -> None:
    with pytest.raises(DesignError, match=r"\nHint: (did you mean|choose of|the answers|the options|give every)"):
        CATEGORIES[name]()


NAMES: dict[str, Callable[[], Any]] = {
    "factor": lambda: linear_regression(DESIGN, "y", ["v"], factors=["typo"]),
    "factor that is no predictor": lambda: linear_regression(DESIGN, "y", ["v"], factors=["z"]),
    "factors as a text": lambda: linear_regression(DESIGN, "y", ["v"], factors="v"),
    "reference of no predictor": lambda: linear_regression(DESIGN, "y", ["v"], reference={"sex": "f"}),
    "reference of a number": lambda: linear_regression(DESIGN, "y", ["v"], reference={"v": "1"}),
    "options of an unknown column": lambda: estimate_proportions(DESIGN, "sex", options={"sxe": ["f", "m"]}),
    "item": lambda: estimate_means(DESIGN, "typo"),
    "grouping": lambda: estimate_means(DESIGN, "y", by=["typo"]),
    "crossing": lambda: estimate_means(DESIGN, "y", by=[("sex", "typo")]),
    "denominator": lambda: estimate_ratios(DESIGN, "y", "typo"),
    "group": lambda: t_test(DESIGN, "y", "typo"),
    "groups": lambda: rank_test(DESIGN, "y", "typo"),
    "table": lambda: rao_scott_test(DESIGN, "sex", "typo"),
    "diagnostics": lambda: weight_diagnostics(DESIGN, by=["typo"]),
    "margin": lambda: post_stratify(DESIGN, "typo", {"f": 10}),
    "covariate": lambda: estimate_small_domains(
        DESIGN, "sex", "f", groups=["town"], cells=CELLS, by="town", covariates=["typo"]
    ),
    "stratum": lambda: Design.from_frame(FRAME, stratum="typo"),
}


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(ShtegError, match=r"Hint: \w"):
        NAMES[name]()


@pytest.mark.parametrize("code", [1, 1.0, "1", "1.0", " 1 "])
@pytest.mark.parametrize("column", ["v", "whole", "small", "text"])
def test_a_code_means_its_number(column: str, code: Any) -> None:
    options = {column: [code, 2, 10, 11, 99]}
    row = estimate_proportions(DESIGN, column, options=options).to_frame().row(0, named=True)
    exact = estimate_proportions(DESIGN, "whole").to_frame().row(0, named=True)
    assert row["estimate"] == pytest.approx(exact["estimate"], rel=1e-12)


def test_a_declared_category_that_nobody_chose_is_0() -> None:
    declared = estimate_proportions(DESIGN, "scale", drop_empty=False).to_frame()
    row = declared.filter(pl.col("option") == "never").row(0, named=True)
    assert (row["estimate"], row["std_error"], row["ci_low"], row["flag"]) == (0, 0, 0, "boundary")
    assert row["ci_high"] > 0
    assert declared.filter(pl.col("option") != "never").equals(estimate_proportions(DESIGN, "scale").to_frame())
    shares = estimate_proportions(DESIGN, "yes", options={"yes": [True, False]}).estimate
    assert shares[0] == pytest.approx(estimate_means(DESIGN, "yes").estimate.item())


def test_truth_values_are_0_and_1_in_every_estimator() -> None:
    number = Design.from_frame(FRAME.with_columns(n=pl.col("yes").cast(pl.Int64)), psu="psu", weight="w")
    for estimate in (
        lambda item: estimate_means(number, item).to_frame(),
        lambda item: estimate_totals(number, item, numeric=True).to_frame(),
        lambda item: estimate_ratios(number, item, "z").to_frame(),
        lambda item: estimate_variances(number, item).to_frame(),
        lambda item: estimate_quantiles(number, item, [0.5]).to_frame(),
    ):
        assert estimate("yes")["estimate"].to_list() == estimate("n")["estimate"].to_list()
    assert t_test(number, "yes", "sex").statistic == t_test(number, "n", "sex").statistic


# Every function that takes `missing`, with the frame that has the same codes blanked
WITHOUT = FRAME.with_columns(
    *(
        pl.when(pl.col(one).cast(pl.Float64) == 99).then(None).otherwise(pl.col(one)).alias(one)
        for one in ("v", "whole")
    ),
    pl.when(pl.col("small") == 99).then(None).otherwise("small").alias("small"),
    pl.when(pl.col("text") == "99").then(None).otherwise("text").alias("text"),
    pl.when(pl.col("town") == "9").then(None).otherwise("town").alias("town"),
)
TAKES: dict[str, Callable[[Design, str, Any], Any]] = {
    "means": lambda d, c, m: estimate_means(d, c, by=["town"], missing=m).to_frame(),
    "totals": lambda d, c, m: estimate_totals(d, c, missing=m, by=["town", ("sex", "town")]).to_frame(),
    "proportions": lambda d, c, m: estimate_proportions(d, c, by=["town"], missing=m).to_frame(),
    "means together": lambda d, c, m: estimate_means(d, [c, "y"], by=["town"], missing=m, together=True).to_frame(),
    "sums": lambda d, c, m: estimate_totals(d, c, missing=m, numeric=True).to_frame(),
    "ratios": lambda d, c, m: estimate_ratios(d, c, "z", missing=m).to_frame(),
    "variances": lambda d, c, m: estimate_variances(d, c, missing=m).to_frame(),
    "quantiles": lambda d, c, m: estimate_quantiles(d, c, by=["town"], missing=m).to_frame(),
    "t_test": lambda d, c, m: t_test(d, c, "sex", missing=m),
    "rank_test": lambda d, c, m: rank_test(d, c, "town", missing=m),
    "rao_scott": lambda d, c, m: rao_scott_test(d, c, "town", missing=m),
    "linear": lambda d, c, m: linear_regression(d, "y", [c, "town"], missing=m).to_frame(),
    "outcome": lambda d, c, m: linear_regression(d, c, ["y"], missing=m).to_frame(),
    "factor": lambda d, c, m: poisson_regression(d, "z", [c], factors=[c], missing=m).to_frame(),
    "success": lambda d, c, m: logistic_regression(d, c, ["y"], success="2", missing=m).to_frame(),
    "diagnostics": lambda d, c, m: weight_diagnostics(d, [c], missing=m),
    "replicates": lambda d, c, m: estimate_proportions(as_replicates(d), c, by=["town"], missing=m).to_frame(),
    "small": lambda d, c, m: (
        estimate_small_domains(d, c, "2", groups=["town"], cells=CELLS, by="town", missing=m, draws=100, seed=4).frame
    ),
}


@pytest.mark.parametrize("column", ["v", "whole", "small", "text"])
@pytest.mark.parametrize("name", TAKES)
def test_missing_codes_are_as_blanks_everywhere(name: str, column: str) -> None:
    without = Design.from_frame(WITHOUT, psu="psu", weight="w")
    wanted = TAKES[name](without, column, None)
    for codes in ([99], ["99"], (99.0,), {"99.0"}):
        found = TAKES[name](DESIGN, column, {column: codes, "town": ["9"]})
        if isinstance(wanted, pl.DataFrame):
            assert found.equals(wanted)
        else:
            assert found == wanted


@pytest.mark.parametrize("wrong", [["99"], "99", [5], ("99",), 99, {"99"}, {"v": "99"}, {"v": 99}, {"v": [None]}])
@pytest.mark.parametrize("name", TAKES)
def test_any_other_form_of_missing_is_refused(name: str, wrong: Any) -> None:
    with pytest.raises(UsageError, match=r"missing"):
        TAKES[name](DESIGN, "v", wrong)


@pytest.mark.parametrize("name", TAKES)
def test_an_unknown_column_in_missing_is_refused(name: str) -> None:
    with pytest.raises(DesignError, match=r"column 'towm': .*\nHint: did you mean 'town'"):
        TAKES[name](DESIGN, "v", {"towm": ["9"]})


def test_a_file_read_in_chunks_has_the_same_codes_and_order(tmp_path: Path) -> None:
    path = tmp_path / "wave.parquet"
    FRAME.write_parquet(path)
    sample = open_sample(path, psu="psu", weight="w", rows_per_chunk=50)
    request: dict[str, Any] = {"by": ["scale", ("v", "scale")], "missing": {"v": [99], "scale": ["low"]}}
    for drop_empty in (True, False):
        for estimate in (estimate_proportions, estimate_totals):
            one, two = (
                estimate(design, ["v", "small", "scale"], drop_empty=drop_empty, **request).to_frame()
                for design in (sample, DESIGN)
            )
            assert one.drop(pl.selectors.float()).equals(two.drop(pl.selectors.float()))
    with pytest.raises(UsageError, match="not a mapping"):
        estimate_proportions(sample, "v", missing=["99"])  # type: ignore[arg-type]
    with pytest.raises(DesignError, match="no such column"):
        estimate_proportions(sample, "v", missing={"typo": ["99"]})


BY: list[Any] = [("sex", "scale"), "scale"]
EMPTY: dict[str, Callable[..., pl.DataFrame]] = {
    "proportions": lambda d, **o: estimate_proportions(d, "v", **o).to_frame(),
    "means": lambda d, **o: estimate_means(d, "y", **o).to_frame(),
    "totals": lambda d, **o: estimate_totals(d, "v", **o).to_frame(),
    "sums": lambda d, **o: estimate_totals(d, "y", **o, numeric=True).to_frame(),
    "ratios": lambda d, **o: estimate_ratios(d, "y", "z", **o).to_frame(),
    "variances": lambda d, **o: estimate_variances(d, "y", **o).to_frame(),
    "quantiles": lambda d, **o: estimate_quantiles(d, "y", [0.5], **o).to_frame(),
}


@pytest.mark.parametrize("name", EMPTY)
@pytest.mark.parametrize("replicates", [False, True])
def test_empty_crossings_are_kept_on_request(name: str, replicates: bool) -> None:
    part = FRAME.filter(~((pl.col("sex") == "m") & (pl.col("scale") == "middle")))
    design: Any = Design.from_frame(part, psu="psu", weight="w")
    design = as_replicates(design) if replicates else design
    dropped = EMPTY[name](design, by=BY)
    kept = EMPTY[name](design, by=BY, drop_empty=False)
    crossing = kept.filter(pl.col("domain_variable") == "sex × scale")
    assert crossing["domain"].unique(maintain_order=True).to_list() == [
        f"{sex} × {one}" for sex in ("f", "m") for one in ("low", "middle", "high", "never")
    ]
    empty = kept.filter(pl.col("domain").is_in(["m × middle", "f × never", "m × never", "never"]))
    assert empty["n"].sum() == 0
    assert set(empty["flag"]) == {"empty"}
    assert empty["estimate"].null_count() == empty["std_error"].null_count() == empty.height > 0
    assert (
        kept.filter(pl.col("flag") != "empty").drop("df").equals(dropped.filter(pl.col("flag") != "empty").drop("df"))
    )


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (
            pl.Series([1.0, 2.5, -0.0, NAN, None, 1e20, 0.1]),
            ["1", "2.5", "0", None, None, "100000000000000000000", "0.1"],
        ),
        (pl.Series([0.1, 3.0], dtype=pl.Float32), ["0.1", "3"]),
        (pl.Series(["1.50", "2.00"]).cast(pl.Decimal(6, 2)), ["1.5", "2"]),
        (pl.Series([True, None, False]), ["true", None, "false"]),
        (pl.Series([" a ", "", "  ", None, "007"]), ["a", None, None, None, "007"]),
        (pl.Series([-1, 10**18]), ["-1", str(10**18)]),
        (pl.Series([None, None], dtype=pl.Null), [None, None]),
    ],
)
def test_values_as_codes(column: pl.Series, texts: list[str | None]) -> None:
    assert column_texts(column).to_list() == texts


def test_codes_of_a_caller() -> None:
    assert [code_text(one) for one in (1, 1.0, -0.0, 2.5, True, np.int8(3), np.float32(0.5), " x ")] == [
        *("1", "1", "0", "2.5", "true", "3", "0.5", "x")
    ]
    for wrong in (None, NAN, [1], {"a"}, 1j):
        with pytest.raises(UsageError, match="is no code"):
            code_text(wrong)
    assert find_code("1.0", ["01", "1", "1.00"]) == "1"
    assert find_code("7", ["007"]) is None
    assert find_code("007", ["7", "007"]) == "007"


def test_margins_are_matched_as_codes() -> None:
    data = FRAME.filter(pl.col("whole").is_not_null())
    row, weight = np.arange(1, data.height + 1), data["w"].to_numpy()
    counts = {1: 10.0, "2": 20, 10.0: 5, "11.0": 4, 99: 3}
    for column in ("v", "whole", "small", "text"):
        margin = read_margin(data, row, weight, column, counts)
        assert np.bincount(margin.codes, minlength=5).tolist() == [
            data.filter(pl.col("whole") == one).height for one in (1, 2, 10, 11, 99)
        ]


def test_design_codes_that_are_nan_are_missing_and_numbers_are_in_order() -> None:
    with pytest.raises(DesignError, match="the design code is missing"):
        Design.from_frame(FRAME, psu="v")
    design = Design.from_frame(FRAME.with_columns(h=pl.col("psu") % 12), stratum="h", psu="psu")
    assert design.strata == tuple(map(str, range(12)))
