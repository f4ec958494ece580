"""The chart of the chronicle: decisions by whose they are; what happens in the world has no direction."""

from collections import Counter
from pathlib import Path

import pytest

from shteg.errors import ShtegError
from shteg.evidence import read_case
from shteg.report import EditionView, chart, message
from tests.evidence.demo_copy import copy_demo, line_of, replace_once
from tests.report.charts.drawn import drawn, plots


def test_each_panel_counts_the_decisions_of_one_actor(demo_view: EditionView) -> None:
    made = chart(demo_view, "chronicle", "en")
    events = [row for row in demo_view.rows("evidence.chronicle") if row["actor"] != "world"]
    actors = {row["actor"] for row in events}
    shown = [one for one in ("organisation", "members", "aspirant", "bodies") if one in actors]
    titles = [message("en", f"chart.chronicle.actor.{one}") for one in shown]
    for spec in (made.spec, made.phone, made.paper):
        assert plots(spec) == titles
        for actor, title in zip(shown, titles, strict=True):
            own = Counter((int(row["happened_on"][:4]), _sign(row)) for row in events if row["actor"] == actor)
            bars = drawn(spec, "bar", title)
            assert sorted((bar["x"], bar["y"]) for bar in bars) == sorted(
                (year, -count if sign < 0 else count) for (year, sign), count in own.items()
            )


def _sign(row: dict[str, object]) -> int:
    direction = row["direction"]
    assert isinstance(direction, int)
    return (direction > 0) - (direction < 0)


def test_the_table_has_a_row_for_each_year_of_an_actor_and_none_for_the_world(demo_view: EditionView) -> None:
    made = chart(demo_view, "chronicle", "sq")
    events = [row for row in demo_view.rows("evidence.chronicle") if row["actor"] != "world"]
    found = {(row[0], row[1]): tuple(map(int, row[2:])) for row in made.table.rows}
    expected: dict[tuple[str, str], list[int]] = {}
    for event in events:
        key = message("sq", f"chart.chronicle.actor.{event['actor']}"), event["happened_on"][:4]
        expected.setdefault(key, [0, 0, 0])[1 - _sign(event)] += 1
    assert found == {key: tuple(counts) for key, counts in expected.items()}


@pytest.mark.parametrize("direction", ["1", "-2"])
def test_an_event_in_the_world_with_a_direction_is_refused(tmp_path: Path, direction: str) -> None:
    folder = copy_demo(tmp_path)
    replace_once(folder, "chronicle.csv", ",aspirant,1,", f",world,{direction},")
    with pytest.raises(ShtegError, match="an event in the `world` has no direction") as caught:
        read_case(folder)
    assert f"chronicle.csv:{line_of(folder, 'chronicle.csv', ',world,')}" in str(caught.value)
