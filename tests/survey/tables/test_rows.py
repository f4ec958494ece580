"""Nets, boxes, grids and the order of rows."""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError, UsageError
from shteg.survey.tables import Grid, Net, TableItem, Tables, tabulate
from shteg.survey.tables.output.layout import lay_out
from tests.survey.tables.wave import EN, SQ, TRUST, both, by, frame, media, source, trust

EXACT = 1e-12
AGREE = Net(name="agree", codes=("fully", "rather"), title=both("Agree"))


def one(found: Tables, **keys: str) -> dict[str, Any]:
    return found.frame.filter(pl.all_horizontal(pl.col(name) == key for name, key in keys.items())).row(0, named=True)


def labels(found: Tables) -> list[str]:
    return [line.label for line in lay_out(found, EN)[0].lines]


@pytest.mark.parametrize("percent", ["column", "row", "total"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_net_is_the_sum_of_its_parts(percent: str, seed: int) -> None:
    nets = (AGREE, Net(name="rest", codes=("little", "none")), Net(name="one", codes=("none",)))
    made = tabulate([source(frame(300, seed))], [trust(nets=nets)], [by("sex", "region"), by("sex")], percent=percent)  # type: ignore[arg-type]
    for net in nets:
        for cell in made.frame.filter((pl.col("row_kind") == "combined") & (pl.col("option") == net.name)).to_dicts():
            if cell["domain_variable"] == "all" and percent == "row":
                continue
            keys = {"domain_variable": cell["domain_variable"], "domain": cell["domain"], "row_kind": "option"}
            parts = [one(made, option=code, **keys) for code in net.codes]
            if percent == "row":  # of those who gave any of them
                whole = sum(part["n_weighted"] for part in parts)
                share = sum(part["estimate"] * part["n_weighted"] for part in parts if part["estimate"]) / whole
            else:
                share = sum(part["estimate"] for part in parts)
            assert cell["estimate"] == pytest.approx(share, abs=EXACT)
    alone, same = one(made, option="one", domain="f"), one(made, option="none", domain="f")
    for key in ("estimate", "std_error", "ci_low", "df", "n"):
        assert alone[key] == pytest.approx(same[key], rel=EXACT)


def test_a_net_of_a_set_counts_everyone_once() -> None:
    data = frame()
    item = replace(media(), nets=(Net(name="online", codes=("web", "radio")),))
    cell = one(tabulate([source(data)], [item]), row_kind="combined")
    answered = data.filter(pl.col("media") != "")
    weight = answered["weight"].to_numpy()
    inside = answered["media"].str.contains("web|radio").to_numpy()
    assert cell["estimate"] == pytest.approx(weight[inside].sum() / weight.sum(), rel=EXACT)


def test_a_net_is_called_as_its_title() -> None:
    made = tabulate([source()], [trust(nets=(AGREE,))])
    assert "Agree" in labels(made)
    assert "Agree (sq)" in [line.label for line in lay_out(made, SQ)[0].lines]


@pytest.mark.parametrize(
    ("net", "error"),
    [
        (Net(name="x", codes=("fully", "dk")), "the net 'x' holds 'dk', which is none of the answers"),
        (Net(name="x", codes=()), "the net 'x' has no answers"),
    ],
)
def test_nets_of_what_is_no_answer_are_named(net: Net, error: str) -> None:
    with pytest.raises(DesignError, match=error):
        tabulate([source()], [trust(nets=(net,))])


@pytest.mark.parametrize(
    ("changes", "top"),
    [
        ({}, "fully"),
        ({"scores": {code: float(i) for i, code in enumerate(TRUST)}}, "none"),
        ({"scores": {}, "favourable": ("none", "little")}, "none"),
        ({"scores": {}, "favourable": ("fully",)}, "fully"),
        # what counts as favourable goes before what is scored high: 1 may be the best mark
        ({"scores": {code: float(i) for i, code in enumerate(TRUST)}, "favourable": ("fully",)}, "fully"),
    ],
)
def test_the_top_box_is_the_favourable_end(changes: dict[str, Any], top: str) -> None:
    made = tabulate([source()], [trust(boxes=1, **changes)])
    bottom = "none" if top == "fully" else "fully"
    assert one(made, row_kind="top")["estimate"] == pytest.approx(one(made, option=top)["estimate"], rel=EXACT)
    assert one(made, row_kind="bottom")["estimate"] == pytest.approx(one(made, option=bottom)["estimate"], rel=EXACT)
    assert {"Top answer", "Bottom answer", "Net: top minus bottom"} <= set(labels(made))


def test_boxes_without_a_direction_are_refused() -> None:
    with pytest.raises(DesignError, match="nothing says which end of the scale is the top\nHint: list the favourable"):
        tabulate([source()], [trust(boxes=2, scores={})])
    with pytest.raises(DesignError, match=r"the item has 4 options\nHint: ask for smaller boxes.*boxes of 3"):
        tabulate([source()], [trust(boxes=3)])


def battery(**changes: Any) -> list[TableItem]:
    return [replace(trust(**changes), column=name, title=both(name)) for name in ("a", "b", "c")]


def battery_frame() -> pl.DataFrame:
    draw = np.random.default_rng(8)
    data = frame()
    return data.with_columns(
        pl.Series(name, draw.choice(TRUST, data.height, p=np.array(p)))
        for name, p in (("a", [0.1, 0.2, 0.3, 0.4]), ("b", [0.5, 0.2, 0.2, 0.1]), ("c", [0.3, 0.3, 0.2, 0.2]))
    )


def test_a_grid_has_a_row_for_each_item_and_a_column_for_each_answer() -> None:
    grid = Grid(name="battery", items=("a", "b", "c"), title=both("All three"))
    made = tabulate([source(battery_frame())], [*battery(nets=(AGREE,)), trust()], grids=[grid])
    first, second = lay_out(made, EN)
    assert (first.title, second.title) == ("All three", "Trust")
    assert [line.label for line in first.lines] == ["a", "b", "c"]
    headings = [column.domain for column in first.columns]
    assert headings[:5] == [*TRUST, "Agree"]
    assert headings[8:10] == ["Mean", "Respondents"]
    for line in first.lines:
        for column in first.columns[:5]:
            assert line.cells[column.key]["item"] == line.label
            assert (
                line.cells[column.key]["estimate"]
                == one(made, item=line.label, row_kind=column.kind, option=column.key[2])["estimate"]
            )


def test_a_grid_sorted_by_size_has_the_highest_mean_first() -> None:
    grid = Grid(name="battery", items=("a", "b", "c"))
    made = tabulate([source(battery_frame())], battery(), grids=[grid], sort="size")
    sheet = lay_out(made, EN)[0]
    assert [line.label for line in sheet.lines] == ["b", "c", "a"]
    assert [column.domain for column in sheet.columns[:4]] == list(TRUST)  # answers stay as they were offered


@pytest.mark.parametrize(
    ("grid", "percent", "error"),
    [
        (Grid(name="g", items=("a", "trust", "x")), "column", "the item 'x' is not tabulated"),
        (Grid(name="g", items=("a", "media")), "column", "'media' is no question with one answer"),
        (Grid(name="g", items=("a", "d")), "column", "'d' has other options than 'a'"),
        (Grid(name="g", items=()), "column", "the grid has no items"),
        (Grid(name="g", items=("a", "b")), "row", "ask for column percentages"),
    ],
)
def test_grids_that_cannot_be_are_named(grid: Grid, percent: str, error: str) -> None:
    other = replace(trust(ordered=False, scores={}), column="d", options={code: both(code) for code in TRUST[::-1]})
    with pytest.raises(UsageError, match=error):
        tabulate(
            [source(battery_frame())], [*battery(), trust(), media(), other], [by("sex")], grids=[grid], percent=percent
        )  # type: ignore[arg-type]


@pytest.mark.parametrize("percent", ["column", "row", "total"])
def test_sorted_tables_hold_the_same_cells(percent: str) -> None:
    item = trust(nets=(AGREE,), last=("rather",))
    plain, ordered = (
        tabulate([source()], [item], [by("region")], percent=percent, sort=sort, letters="holm").frame  # type: ignore[arg-type]
        for sort in ("questionnaire", "size")
    )
    keys = ["row_kind", "option", "domain_variable", "domain"]
    assert ordered.sort(keys).equals(plain.sort(keys))
    options = ordered.filter(pl.col("row_kind") == "option")["option"].unique(maintain_order=True).to_list()
    assert options[-1] == "rather"
    if percent != "row":
        sizes = {row["option"]: row["estimate"] for row in ordered.filter(pl.col("domain") == "all").to_dicts()}
        rest = [sizes[one] for one in options[:-1]] if percent == "column" else []
        assert rest == sorted(rest, reverse=True)


def test_what_is_hidden_gives_no_place_away() -> None:
    """Rows that are hidden stand at the end in the order of the questionnaire, whatever their size."""
    made = tabulate([source()], [trust(ordered=False, scores={})], sort="size", minimum_base=10_000)
    assert set(made.frame["suppressed"]) != {""}
    assert made.frame["option"].to_list() == list(TRUST)


@pytest.mark.parametrize(
    ("code", "label", "last"),
    [
        ("98", "Don’t know", True),
        ("9", "Nuk e di / pa përgjigje", True),
        ("7", "Tjetër (shënoni)", True),
        ("other", "Something else", True),
        ("7", "Drugo", True),
        ("7", "Weiß nicht", True),
        ("1", "Otherwise fine", False),
        ("2", "Na, eben", False),
    ],
)
def test_other_and_dont_know_stay_last(code: str, label: str, last: bool) -> None:
    draw = np.random.default_rng(1)
    data = frame().with_columns(pl.Series("q", draw.choice(["x", "y", code], 400, p=[0.2, 0.2, 0.6])))
    options = {"x": both("x"), code: {"en": label, "sq": label}, "y": both("y")}
    made = tabulate([source(data)], [TableItem(column="q", title={}, options=options)], sort="size")
    assert (made.frame["option"].to_list()[-1] == code) is last
