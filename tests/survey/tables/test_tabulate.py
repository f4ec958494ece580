"""Tables recomputed by hand, cell by cell."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, UsageError
from shteg.survey import Design
from shteg.survey.inference.adjusting import adjust
from shteg.survey.tables import Source, TableItem, tabulate
from shteg.survey.tables.compare import column_letter, compare_domains
from tests.survey.tables.wave import TRUST, both, by, frame, media, source, trust

REFERENCE = json.loads((Path(__file__).parents[2] / "reference" / "survey_tables.json").read_text(encoding="utf-8"))
EXACT = 1e-12  # the same sums in another order
LIKE_R = 1e-8  # the project's tolerance against R


def one(found: pl.DataFrame, **keys: str) -> dict[str, float]:
    return found.filter(pl.all_horizontal(pl.col(name) == key for name, key in keys.items())).row(0, named=True)


def share(data: pl.DataFrame, chosen: pl.Expr, base: pl.Expr) -> tuple[float, float, int]:
    inside = data.filter(base)
    return inside.filter(chosen)["weight"].sum() / inside["weight"].sum(), inside["weight"].sum(), inside.height


@pytest.mark.parametrize("percent", ["column", "row", "total"])
def test_every_percentage_by_hand(percent: str) -> None:
    data = frame()
    found = tabulate([source(data)], [trust()], [by("region"), by("region", "sex")], percent=percent).frame  # type: ignore[arg-type]
    answered = pl.col("trust") != "dk"
    for region in ("n", "e", "s", "w"):
        for option in TRUST:
            cell = one(found, option=option, domain_variable="region", domain=region)
            chosen, inside = pl.col("trust") == option, pl.col("region") == region
            base = {"column": answered & inside, "row": chosen, "total": answered}[percent]
            expected = share(data, chosen & inside, base)
            assert (cell["estimate"], cell["n_weighted"]) == pytest.approx(expected[:2], rel=EXACT)
            assert cell["n"] == expected[2]
    nested = one(found, option="little", domain_variable="region × sex", domain="e × f")
    assert 0 < nested["estimate"] < 1


def test_boxes_net_and_mean() -> None:
    data = frame()
    found = tabulate([source(data)], [trust()]).frame
    answers = data.filter(pl.col("trust") != "dk")
    weight = answers["weight"].to_numpy()
    scores = answers["trust"].replace_strict({code: 4 - i for i, code in enumerate(TRUST)}).to_numpy()
    net = np.where(scores >= 3, 1, -1)
    for kind, expected in (
        ("top", weight[scores >= 3].sum() / weight.sum()),
        ("bottom", weight[scores <= 2].sum() / weight.sum()),
        ("net", (weight * net).sum() / weight.sum()),
        ("mean", (weight * scores).sum() / weight.sum()),
    ):
        assert one(found, row_kind=kind)["estimate"] == pytest.approx(expected, rel=EXACT)
    # top and net are linear in each other where every answer is in a box: SE(net) = 2 SE(top)
    assert one(found, row_kind="net")["std_error"] == pytest.approx(
        2 * one(found, row_kind="top")["std_error"], rel=1e-9
    )


def test_a_set_with_several_answers_in_one_column_or_in_many() -> None:
    data = frame()
    whole = tabulate([source(data)], [media()], [by("sex")]).frame
    answered = data.filter(pl.col("media") != "")
    tv = answered.filter(pl.col("media").str.contains("tv"))["weight"].sum() / answered["weight"].sum()
    assert one(whole, option="tv", domain="all")["estimate"] == pytest.approx(tv, rel=EXACT)
    parts = [
        pl.when(pl.col("media") != "")
        .then(pl.col("media").str.contains(code).cast(pl.Int8).cast(pl.String))
        .alias(f"media/{code}")
        for code in ("tv", "web", "radio")
    ]
    split = tabulate([source(data.with_columns(parts).drop("media"))], [media()], [by("sex")]).frame
    assert split.equals(whole)


def test_numbers_have_a_mean() -> None:
    data = frame()
    found = tabulate([source(data)], [TableItem(column="age", title={}, form="number")], [by("sex")]).frame
    ages = data["age"].cast(pl.Float64).to_numpy()
    assert one(found, domain="all")["estimate"] == pytest.approx(
        np.average(ages, weights=data["weight"].to_numpy()), rel=EXACT
    )


def test_weight_schemes_side_by_side() -> None:
    data = frame()
    two = tabulate([source(data, name="a"), source(data, "other", "b")], [trust()], [by("sex")]).frame
    alone = tabulate([source(data, "other", "b")], [trust()], [by("sex")]).frame
    assert two.filter(pl.col("source") == "b").drop("column_letter").equals(alone.drop("column_letter"))


def _reference() -> Design:
    data = pl.DataFrame(REFERENCE["data"])
    return Design.from_frame(data, stratum="stratum", psu="psu", weight="weight")


@pytest.mark.parametrize("what", ["yes", "mean"])
def test_tests_between_columns_equal_r(what: str) -> None:
    design = _reference()
    column = design.data["q"] if what == "yes" else design.data["score"]
    values = (column == "yes").cast(pl.Float64) if what == "yes" else column
    members = {name: (design.data["region"] == name).to_numpy() for name in ("e", "n", "s", "w")}
    found = compare_domains(design, values.fill_null(float("nan")).to_numpy(), members)
    assert [f"{one.domain} {one.against}" for one in found] == REFERENCE["pairs"]
    assert [one.p_value for one in found] == pytest.approx(REFERENCE[what], rel=LIKE_R)


@pytest.mark.parametrize("method", ["bonferroni", "holm", "benjamini-hochberg"])
def test_adjusted_p_values_equal_r(method: str) -> None:
    assert adjust(REFERENCE["yes"], method) == pytest.approx(REFERENCE["adjusted"][method], rel=LIKE_R)  # type: ignore[arg-type]


@pytest.mark.parametrize("method", ["none", "bonferroni", "holm", "benjamini-hochberg"])
def test_letters_say_what_the_direct_tests_say(method: str) -> None:
    item = TableItem(column="q", title={})
    found = tabulate([Source(id="r", title={}, design=_reference())], [item], [by("region")], letters=method).frame  # type: ignore[arg-type]
    p_values = REFERENCE["yes"] if method == "none" else REFERENCE["adjusted"][method]
    cells = {row["domain"]: row for row in found.filter(pl.col("option") == "yes").iter_rows(named=True)}
    for pair, p in zip(REFERENCE["pairs"], p_values, strict=True):
        low, high = sorted(pair.split(), key=lambda name: cells[name]["estimate"])
        assert (cells[low]["column_letter"] in cells[high]["letters"].split()) == (p < 0.05)
        assert cells[high]["column_letter"] not in cells[low]["letters"].split()


def test_column_letters_go_on_after_z() -> None:
    assert [column_letter(i) for i in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]


def test_columns_at_a_boundary_are_not_compared() -> None:
    data = frame().with_columns(
        pl.when(pl.col("region") == "w").then(pl.lit("fully")).otherwise("trust").alias("trust")
    )
    found = tabulate([source(data)], [trust()], [by("region")], letters="none").frame
    cell = one(found, option="fully", domain="w")
    assert cell["flag"] == "boundary"
    letter = cell["column_letter"]
    assert not any(letter in text.split() for text in found["letters"])
    assert cell["letters"] == ""


@pytest.mark.parametrize(
    ("item", "grouping", "error"),
    [
        (
            trust(options={code: both(code) for code in TRUST}, missing=()),
            "sex",
            "the answer 'dk' is not in the questionnaire .*",
        ),
        (trust(scores={"fully": 1.0}), "sex", "the option 'rather' has no score"),
        (trust(options=None, missing=tuple(TRUST[1:]), scores={}), "sex", "the item has 2 options"),
        (trust(), "seks", "column 'seks': the data have no such column"),
        (TableItem(column="trust", title={}, form="number"), "sex", r"'\w+' is not a finite number"),
        (TableItem(column="many", title={}), "sex", "400 different answers are too many for a table"),
        (trust(), "many", "400 different codes are too many"),
        (replace(media(), options={"tv": both("tv")}), "sex", "the answer 'radio' is not in the questionnaire"),
    ],
)
def test_what_does_not_fit_is_named(item: TableItem, grouping: str, error: str) -> None:
    data = frame().with_columns(pl.int_range(pl.len()).cast(pl.String).alias("many"))
    with pytest.raises(DesignError, match=error):
        tabulate([source(data)], [item], [by(grouping)])


def test_ten_thousand_categories_are_refused() -> None:
    data = pl.DataFrame({"q": [str(i) for i in range(10_000)]})
    wave = Source(id="w", title={}, design=Design.from_frame(data))
    with pytest.raises(DesignError, match="10000 different answers"):
        tabulate([wave], [TableItem(column="q", title={})])


@pytest.mark.parametrize("percent", ["row", "total"])
def test_letters_compare_shares_of_columns_whatever_is_printed(percent: str) -> None:
    keys = ("row_kind", "option", "domain_variable", "domain")
    apart = pl.when((pl.col("region") == "s") & (pl.col("age") < "50")).then(pl.lit("none")).otherwise("trust")
    data = frame().with_columns(apart.alias("trust"))
    found = [
        tabulate([source(data)], [trust()], [by("region")], percent=one, letters="none", rest=True).frame  # type: ignore[arg-type]
        for one in ("column", percent)
    ]
    marks = [{tuple(row[key] for key in keys): row for row in one.iter_rows(named=True)} for one in found]
    shared = [key for key in marks[1] if key in marks[0] and key[2] == "region" and key[0] in ("option", "top")]
    assert len(shared) == 20
    for name in ("letters", "rest"):
        assert [marks[1][key][name] for key in shared] == [marks[0][key][name] for key in shared]
    assert any(marks[1][key]["letters"] for key in shared)


def test_row_percentages_need_columns() -> None:
    with pytest.raises(UsageError, match="row percentages need columns"):
        tabulate([source()], [trust()], percent="row")
