"""Requests that cannot be met are refused in words, whatever their type."""

import polars as pl
import pytest

from shteg.errors import UsageError
from shteg.survey import Design
from shteg.survey.designs.conversion import as_replicates
from shteg.survey.tables import Grouping, Source, TableItem, tabulate
from tests.survey.tables.wave import by, frame, source, trust


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


@pytest.mark.parametrize("level", [0, 1, 2.0, float("nan"), "0.9", True])
def test_levels(level: object) -> None:
    with pytest.raises(UsageError, match="is not between 0 and 1"):
        tabulate([source()], [trust()], level=level)  # type: ignore[arg-type]


def test_replicate_weights_are_refused_in_words() -> None:
    wave = Source(id="r", title={}, design=replicates())  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"source 'r': tables are not made from replicate weights\nHint: make tables"):
        tabulate([wave], [TableItem(column="trust", title={})])
