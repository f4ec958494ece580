"""Results as people and other programs take them: rounded by one rule, safe in notebooks, frames, charts."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from shteg.errors import UsageError
from shteg.estimates import Column, Table
from shteg.shown import Shown, plot_table
from shteg.shown.rounded import write_cell, write_number, write_p
from shteg.shown.words import WORDS
from shteg.survey import (
    Design,
    as_replicates,
    calibrate,
    contrast,
    estimate_correlations,
    estimate_means,
    estimate_proportions,
    linear_regression,
    logistic_regression,
    ordinal_regression,
    t_test,
)

SNAPSHOTS = Path(__file__).parent / "charts.json"


@pytest.fixture(scope="module")
def design() -> Design:
    return made_up()


def made_up() -> Design:
    rows = 120
    data = pl.DataFrame(
        {
            "h": [i // 60 for i in range(rows)],
            "psu": [i // 6 for i in range(rows)],
            "w": [1.0 + (i % 3) / 2 for i in range(rows)],
            "age": [18 + (7 * i) % 60 for i in range(rows)],
            "income": [300.0 + ((13 * i) % 97) * 5 + 2 * ((7 * i) % 60) for i in range(rows)],
            "y": [int((5 * i + i // 6) % 7 < 3) for i in range(rows)],
            "trust": [str(1 + (3 * i + i // 7) % 4) for i in range(rows)],
            "sex": ["<b>f</b>" if i % 2 else "m & m" for i in range(rows)],
        }
    )
    return Design.from_frame(data, stratum="h", psu="psu", weight="w")


@pytest.mark.parametrize(
    ("name", "row", "text"),
    [
        ("estimate", {"estimate": 0.123456, "std_error": 0.0234}, "0.123"),
        ("std_error", {"estimate": 0.123456, "std_error": 0.0234}, "0.023"),
        ("ci_low", {"ci_low": 0.0771, "std_error": 0.0234}, "0.077"),
        ("estimate", {"estimate": 0.123456, "std_error": 0.0996}, "0.12"),
        ("std_error", {"std_error": 0.0996}, "0.10"),
        ("estimate", {"estimate": 1234567.0, "std_error": 23456.0}, "1235000"),
        ("std_error", {"std_error": 23456.0}, "23000"),
        ("estimate", {"estimate": -0.0001, "std_error": 0.02}, "0.000"),
        ("estimate", {"estimate": 3.0, "std_error": 0.0}, "3"),
        ("std_error", {"estimate": 0.123456, "std_error": 0.0}, "0.0000"),
        ("estimate", {"estimate": 0.123456, "std_error": None}, "0.1235"),
        ("estimate", {"estimate": 1.5e-12, "std_error": 2.5e-13}, "1.50e-12"),
        ("ci_high", {"ci_high": None, "std_error": 0.02}, "–"),
        ("estimate", {"estimate": float("nan"), "std_error": 0.1}, "–"),
        ("p_value", {"p_value": 0.00099}, "< 0.001"),
        ("p_adjusted", {"p_adjusted": 0.001}, "0.001"),
        ("p_value", {"p_value": 0.0495}, "0.050"),
        ("df", {"df": float("inf")}, "∞"),
        ("df", {"df": 39.0}, "39"),
        ("df", {"df": 12.345}, "12.3"),
        ("n", {"n": 420}, "420"),
        ("deff", {"deff": 1.2345}, "1.23"),
        ("share", {"share": 0.123456}, "0.1235"),
        ("share", {"share": 0.1}, "0.1"),
        ("share", {"share": 12345.678}, "12346"),
        ("share", {"share": 0.0}, "0"),
        ("year", {"year": 2031}, "2031"),
        ("flag", {"flag": "no_df"}, "no_df"),
        ("known", {"known": True}, "True"),
    ],
)
def test_one_rule_of_rounding(name: str, row: dict[str, Any], text: str) -> None:
    assert write_cell(name, row) == text


def test_small_and_negative_numbers() -> None:
    assert write_number(-0.004, 2) == "0.00"
    assert write_number(-1.5, 0) == "-2"
    assert write_p(0.0) == "< 0.001"
    assert write_p(0.9999) == "1.000"


def results(design: Design) -> dict[str, Any]:
    means = estimate_means(design, "income", by=["sex"])
    fit = logistic_regression(design, "y", ["age", "sex"])
    return {
        "means": means,
        "shares": estimate_proportions(design, "trust"),
        "contrast": contrast(means, {"gap": {means.names[1]: 1.0, means.names[2]: -1.0}}),
        "correlations": estimate_correlations(design, ["age", "income", "y"]),
        "logistic": fit,
        "linear": linear_regression(design, "income", ["age"]),
        "ordinal": ordinal_regression(design, "trust", ["age", "sex"]),
        "margins": fit.margins("sex"),
        "effects": fit.effects(),
        "test": t_test(design, "income", "sex"),
        "table": a_table(),
    }


def a_table() -> Table:
    columns = [
        Column(name="step", description="Step.", dtype="str"), Column(name="year", description="Year.", dtype="int"),
        Column(name="share", description="Share.", dtype="float"),
        Column(name="low", description="Low.", dtype="float"),
        Column(name="high", description="High.", dtype="float"), Column(name="n", description="Count.", dtype="int"),
    ]  # fmt: skip
    cells = {
        "step": ["a", "a", "b"], "year": [2030, 2031, 2030], "share": [0.1, 0.2, None], "low": [0.05, 0.1, None],
        "high": [0.2, 0.3, None], "n": [3, None, 5],
    }  # fmt: skip
    return Table.of_columns("steps", "Steps reached", columns, cells, key=("step", "year"))


def test_every_result_is_shown_handed_on_and_safe(design: Design) -> None:
    pandas = pytest.importorskip("pandas")
    arrow = pytest.importorskip("pyarrow")
    for name, result in results(design).items():
        assert isinstance(result, Shown), name
        frame, html, text = result.to_frame(), result._repr_html_(), str(result)
        assert html.count("<tr>") == frame.height + 1, name
        assert "<b>" not in html, name
        assert not re.search(r"(?<!-)(color|background):(?!inherit|transparent)", html), (
            name
        )  # light and dark notebooks
        assert len(text.splitlines()) == frame.height + 2, name
        assert result.title in text.splitlines()[0]
        assert frame.equals(result.to_polars())
        assert frame.equals(pl.DataFrame(result))
        assert arrow.table(result).num_rows == frame.height
        handed = result.to_pandas()
        assert isinstance(handed, pandas.DataFrame)
        assert list(handed.columns) == frame.columns
        again = Design.from_frame(handed.assign(one=1.0), weight="one").data.drop("one")
        assert again.select(pl.selectors.string()).equals(frame.select(pl.selectors.string())), name


def test_what_a_notebook_says(design: Design) -> None:
    means = estimate_means(design, "income", by=["sex"])
    html = means._repr_html_()
    assert "Means: 120 respondents in 20 PSUs of 2 strata, weighted" in html
    for part in ("&lt;b&gt;f&lt;/b&gt;", "m &amp; m", "std_error", "ci_low", "deff", ">n<"):
        assert part in html
    assert "flag" not in html  # it says nothing here
    assert "< 0.001" in str(linear_regression(design, "income", ["age"]))
    assert str(means) == repr(means)


def test_many_rows_are_counted_not_shown() -> None:
    columns = [Column(name="id", description="Id.", dtype="int"), Column(name="x", description="X.", dtype="float")]
    table = Table.of_columns("t", "<script>", columns, {"id": range(200), "x": [0.5] * 200}, key=("id",))
    assert "… and 140 more rows" in str(table)
    assert table._repr_html_().count("<tr>") == 61
    assert "<script>" not in table._repr_html_()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda d: Design.from_frame(d.data), "120 respondents"),
        (lambda d: d, "120 respondents in 20 PSUs of 2 strata, weighted"),
        (lambda d: d.where(pl.col("age") > 60), "34 respondents in 16 PSUs of 2 strata, weighted"),
        (lambda d: as_replicates(d, "JKn"), "120 respondents, 20 replicates (JKn)"),
        (lambda d: calibrate(d, {"y": {"0": 90.0, "1": 60.0}}), "calibrated"),
        (
            lambda d: Design.from_frame(
                d.data.with_columns(N=40, M=12), stratum="h", psu=["psu", "age"], fpc=["N", "M"]
            ),
            "120 respondents in 20 PSUs of 2 strata, 2 stages, finite population",
        ),
        (
            lambda d: Design.from_frame(d.data.with_columns(p=0.2), psu="psu", fpc="p", pps="brewer"),
            "unequal probabilities (brewer)",
        ),
    ],
)
def test_a_design_in_words(make: Any, words: str, design: Design) -> None:
    assert words in estimate_means(make(design), "income").title


def test_pandas_keeps_kinds_of_columns() -> None:
    pytest.importorskip("pandas")
    kinds = a_table().to_pandas().dtypes.astype(str).to_dict()
    assert kinds["year"] == "int64"
    assert kinds["n"] == "Int64"
    assert kinds["share"] == "float64"
    frame = pl.DataFrame(
        {
            "e": pl.Series(["a", None], dtype=pl.Enum(["b", "a"])),
            "t": [True, None],
            "u": [True, False],
            "s": ["x", None],
        }
    )

    class Framed(Shown):
        def to_frame(self) -> pl.DataFrame:
            return frame

    made = Framed().to_pandas()
    assert list(made["e"].cat.categories) == ["b", "a"]
    assert str(made["t"].dtype) == "boolean"
    assert str(made["u"].dtype) == "bool"
    assert made["s"].isna().tolist() == [False, True]


def test_without_pandas_there_is_a_hint() -> None:
    code = (
        "import sys; sys.modules['pandas'] = None; import polars as pl\n"
        "from shteg.survey import Design, estimate_means\n"
        "m = estimate_means(Design.from_frame(pl.DataFrame({'y': [1.0, 2.0, 4.0]})), 'y')\n"
        "assert m.to_polars().height == 1\nm.to_pandas()"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "pip install pandas" in run.stderr, run.stderr


def test_without_pyarrow_pandas_is_made_all_the_same() -> None:
    pytest.importorskip("pandas")
    code = (
        "import sys; sys.modules['pyarrow'] = None; import polars as pl\n"
        "from shteg.survey import Design, estimate_means\n"
        "m = estimate_means(Design.from_frame(pl.DataFrame({'y': [1.0, 2.0, 4.0]})), 'y')\n"
        "print(m.to_pandas().loc[0, 'n'])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "3", run.stderr


def charts(design: Design) -> dict[str, Any]:
    made = results(design)
    drawn = {name: made[name] for name in ("means", "correlations", "margins", "effects", "ordinal", "table")}
    return {
        f"{name}.{language}": result.plot(language=language).to_dict()
        for name, result in drawn.items()
        for language in WORDS
    }


def rounded(one: Any) -> Any:
    if isinstance(one, dict):
        return {name: rounded(inner) for name, inner in one.items() if name not in ("$schema", "config", "datasets")}
    if isinstance(one, list):
        return [rounded(inner) for inner in one]
    return round(one, 6) if isinstance(one, float) else one


def test_charts_are_as_kept(design: Design) -> None:
    """`python -m tests.shown.test_shown` writes the file anew, on purpose."""
    pytest.importorskip("altair")
    assert rounded(charts(design)) == json.loads(SNAPSHOTS.read_text(encoding="utf-8"))


def test_words_on_charts_in_both_languages(design: Design) -> None:
    pytest.importorskip("altair")
    assert WORDS["en"].keys() == WORDS["sq"].keys()
    means = results(design)["means"]
    assert "estimate with its interval" in json.dumps(means.plot().to_dict())
    assert "vlerësimi me intervalin" in json.dumps(means.plot(language="sq").to_dict(), ensure_ascii=False)
    with pytest.raises(UsageError, match="choose one of en, sq"):
        means.plot(language="de")


def test_a_correlation_matrix_has_a_cell_for_each_pair(design: Design) -> None:
    pytest.importorskip("altair")
    found = estimate_correlations(design, ["age", "income", "y"], by=["sex"])
    for domain in ({}, {"domain_variable": "sex", "domain": "m & m"}):
        drawn = found.plot(**domain).to_dict()
        cells = drawn["layer"][0]["data"]["values"] if "data" in drawn["layer"][0] else drawn["data"]["values"]
        assert len(cells) == 9
    with pytest.raises(UsageError, match="no domain"):
        found.plot(domain="m & m")


def test_tables_of_stages_are_drawn_by_what_they_hold() -> None:
    pytest.importorskip("altair")
    spec = json.dumps(a_table().plot().to_dict())
    assert '"line"' in spec
    assert '"area"' in spec
    assert "Steps reached" in spec
    counts = json.dumps(a_table().plot("n").to_dict())
    assert '"line"' in counts
    assert '"area"' not in counts  # the interval is that of the share
    flat = pl.DataFrame({"of": ["a", "b"], "estimate": [1.0, 2.0], "ci_low": [0.5, 1.0], "ci_high": [2.0, 3.0]})
    assert '"rule"' in json.dumps(plot_table(flat, ("of",)).to_dict())
    assert '"bar"' in json.dumps(plot_table(flat.select("of", "estimate"), ("of",)).to_dict())
    with pytest.raises(UsageError, match="no number to draw"):
        plot_table(flat.select("of"), ("of",))
    with pytest.raises(UsageError, match="its numbers are estimate"):
        plot_table(flat, ("of",), value="share")
    with pytest.raises(UsageError, match="too many"):
        plot_table(pl.DataFrame({"of": range(3000), "x": [0.5] * 3000}), ("of",))


if __name__ == "__main__":
    made = rounded(charts(made_up()))
    SNAPSHOTS.write_text(json.dumps(made, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
