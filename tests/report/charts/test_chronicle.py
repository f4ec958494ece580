"""The chart of the chronicle: decisions by whose they are; what happens in the world has no direction."""

from collections import Counter
from pathlib import Path

import pytest

from shteg.errors import ShtegError
from shteg.evidence import read_case
from shteg.report import EditionView, chart, message
from tests.evidence.demo_copy import copy_demo, line_of, replace_once
from tests.report.charts.drawn import drawn


def test_each_panel_counts_the_decisions_of_one_actor(demo_view: EditionView) -> None:
    made = chart(demo_view, "chronicle", "en")
    events = [row for row in demo_view.rows("evidence.chronicle") if row["actor"] != "world"]
    panels = made.spec["concat"]
    filters = [panel["transform"][0]["filter"]["equal"] for panel in panels]
    actors = {row["actor"] for row in events}
    assert filters == [one for one in ("organisation", "members", "aspirant", "bodies") if one in actors]
    for actor in filters:
        bars = drawn(made.spec, "bar", message("en", f"chart.chronicle.actor.{actor}"))
        own = [row for row in events if row["actor"] == actor]
        assert len(bars) == len(own)  # a block for each decision, on top of each other by year and direction
        columns = {
            (year, below): sorted(
                (bar["y"], bar["y2"]) for bar in bars if bar["x"] == year and (bar["y2"] < 0) == below
            )
            for year, below in {(bar["x"], bar["y2"] < 0) for bar in bars}
        }
        counts = Counter((int(row["happened_on"][:4]), _sign(row) < 0) for row in own)
        assert {key: len(blocks) for key, blocks in columns.items()} == counts
        for (_, below), blocks in columns.items():
            start = [(-n, -n - 1) if below else (n, n + 1) for n in range(len(blocks))]
            assert sorted(start) == blocks


def test_each_block_is_its_row_of_the_table(demo_view: EditionView) -> None:
    made = chart(demo_view, "chronicle", "en")
    blocks = [row for row in made.spec["data"]["values"] if "at" in row]
    assert len({row["at"] for row in blocks}) == len(blocks)
    for row in blocks:
        date, _, actor, kind = made.table.rows[int(row["at"].removeprefix("row "))]
        assert str(row["year"]) in date
        assert (actor, kind) == (message("en", f"chart.chronicle.actor.{row['actor']}"), row["kind"])


def _sign(row: dict[str, object]) -> int:
    direction = row["direction"]
    assert isinstance(direction, int)
    return (direction > 0) - (direction < 0)


def test_the_table_gives_the_world_no_direction(demo_view: EditionView) -> None:
    made = chart(demo_view, "chronicle", "sq")
    rows = sorted(demo_view.rows("evidence.chronicle"), key=lambda row: (str(row["happened_on"]), str(row["id"])))
    assert len(made.table.rows) == len(rows)
    for row, cells in zip(rows, made.table.rows, strict=True):
        assert cells[2] == message("sq", f"chart.chronicle.actor.{row['actor']}")
        assert bool(cells[3]) == (row["actor"] != "world")


@pytest.mark.parametrize("direction", ["1", "-2"])
def test_an_event_in_the_world_with_a_direction_is_refused(tmp_path: Path, direction: str) -> None:
    folder = copy_demo(tmp_path)
    replace_once(folder, "chronicle.csv", ",aspirant,1,", f",world,{direction},")
    with pytest.raises(ShtegError, match="an event in the `world` has no direction") as caught:
        read_case(folder)
    assert f"chronicle.csv:{line_of(folder, 'chronicle.csv', ',world,')}" in str(caught.value)
