"""A kept drawing is used only as it was written."""

from pathlib import Path

import pytest

from shteg.publish.drawing.vega import draw_svg
from tests.told import told

SPEC = {
    "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
    "data": {"values": [{"a": 1, "b": 35}]},
    "mark": "bar",
    "encoding": {"x": {"field": "a", "type": "ordinal"}, "y": {"field": "b", "type": "quantitative"}},
}


@pytest.mark.parametrize("damage", ["cut", "changed", "empty", "text"])
def test_a_damaged_drawing_is_drawn_anew(tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture) -> None:
    drawn = draw_svg(SPEC, language="en", name="bars", cache=tmp_path)
    assert draw_svg(SPEC, language="en", name="bars", cache=tmp_path) == drawn
    (path,) = tmp_path.iterdir()
    raw = path.read_bytes()
    changed = raw.replace(b"35", b"93")
    assert changed != raw
    path.write_bytes({"cut": raw[:-9], "changed": changed, "empty": b"", "text": b"\xff no drawing"}[damage])
    with told(caplog, "made anew"):
        assert draw_svg(SPEC, language="en", name="bars", cache=tmp_path) == drawn
    assert draw_svg(SPEC, language="en", name="bars", cache=tmp_path) == drawn


def test_a_cache_that_is_a_file_stops_no_drawing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("mine")
    drawn = draw_svg(SPEC, language="en", name="bars")
    with told(caplog, "nothing is kept here"):
        assert draw_svg(SPEC, language="en", name="bars", cache=tmp_path / "file") == drawn
    assert (tmp_path / "file").read_text() == "mine"
