"""Requests that cannot be met are refused in words, whatever their type."""

import polars as pl
import pytest

from shteg.errors import UsageError
from shteg.survey import Design
from shteg.survey.designs.conversion import as_replicates
from shteg.survey.tables import Grouping, Source, TableItem, tabulate
from shteg.survey.tables.output.layout import lay_out
from tests.survey.tables.wave import EN, by, frame, source, trust


def replicates() -> object:
    """A design of replicate weights."""
    data = frame(80)
    return as_replicates(Design.from_frame(data, stratum="stratum", psu="psu", weight="weight"), "JKn")


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ((source(), [trust()], []), "`sources` is no list but Source"),
        ((["w"], [trust()], []), "'w' is no Source"),
        (([], [trust()], []), "there is no source to tabulate"),
        (([source()], "trust", []), "`items` is no list but str"),
        (([source()], ["trust"], []), r"'trust' is no TableItem\nHint: write TableItem\(column="),
        (([source()], [], []), "there is no item to tabulate"),
        (([source()], [trust()], "sex"), "`groupings` is no list but str"),
        (([source()], [trust()], ["sex"]), "'sex' is no Grouping"),
        (([source()], [trust()], [by("sex"), by("sex")]), "the grouping 'sex' stands twice"),
        (([source()], [trust()], [by("sex", "sex")]), "'sex' is crossed with itself"),
        (([source()], [trust()], [Grouping(variables=(), titles={})]), "a grouping has no variables"),
        (([source(), source()], [trust()], []), "the source 'w1' stands twice"),
        (([Source(id="d", title={}, design=pl.DataFrame())], [trust()], []), "the design is no Design but DataFrame"),  # type: ignore[arg-type]
    ],
)
def test_wrong_types(request_: tuple[object, object, object], error: str) -> None:
    with pytest.raises(UsageError, match=error):
        tabulate(*request_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"rules": {"suppress_below_n": 5}}, "rules: the rules are no QualityRules but dict"),
        ({"minimum_base": "20"}, "minimum_base: a minimum of '20' respondents is no whole number above 0"),
        ({"minimum_base": 0}, "is no whole number above 0"),
        ({"earlier": ["zz"]}, "earlier: the earlier tables are no mapping"),
        ({"earlier": {"s": "zz"}}, "earlier: the earlier tables are no mapping"),
    ],
)
def test_wrong_options(options: dict[str, object], error: str) -> None:
    with pytest.raises(UsageError, match=error):
        tabulate([source()], [trust()], **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"form": "numbers"}, r"item 'trust': 'numbers' is no form of an item\nHint: choose single, multiple, number"),
        ({"scores": {"fully": "x"}}, "item 'trust': the score 'x' is no number"),
        ({"scores": [1, 2]}, "the scores are no mapping of codes but list"),
        ({"options": ["fully"]}, "the options are no mapping of codes but list"),
    ],
)
def test_items_of_another_form(changes: dict[str, object], error: str) -> None:
    with pytest.raises(UsageError, match=error):
        tabulate([source()], [trust(**changes)])


def test_what_is_no_source_is_named_by_its_type() -> None:
    with pytest.raises(UsageError, match=r"^sources: a Design is no Source\nHint"):
        tabulate([source().design], [trust()])  # type: ignore[list-item]


@pytest.mark.parametrize("level", [0, 1, 2.0, float("nan"), "0.9", True])
def test_levels(level: object) -> None:
    with pytest.raises(UsageError, match="is not between 0 and 1"):
        tabulate([source()], [trust()], level=level)  # type: ignore[arg-type]


def test_replicate_weights_make_tables() -> None:
    data, item = frame(80), trust(ordered=False, scores={})
    wave = Source(id="r", title={}, design=replicates())  # type: ignore[arg-type]
    made, plain = (tabulate([one], [item], [by("sex")]).frame for one in (wave, source(data)))
    assert made["estimate"].to_list() == pytest.approx(plain["estimate"].to_list(), rel=1e-12)
    assert made["n"].to_list() == plain["n"].to_list()


def test_a_table_of_means_says_nothing_of_percentages() -> None:
    item = TableItem(column="age", title={}, form="number")
    numbers, shares = lay_out(tabulate([source()], [item, trust()]), EN)
    assert numbers.remarks == ("Below the estimate: 95% interval.",)
    assert shares.remarks[0] == "Percentages of all in the column who answered."
