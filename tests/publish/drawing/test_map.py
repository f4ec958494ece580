"""The map: places, classes, and its own feature for every country that a case may ask for."""

from math import sqrt

import pytest

from shteg.publish.drawing.map import MAIN, can_be_drawn, class_of, draw_map, without_shape
from shteg.publish.drawing.projection import Window, country_codes, middle_of, project, read_geometry

TOLERANCE = 1e-12  # closed forms on the same floats


def test_the_centre_stays() -> None:
    assert project((14.0, 52.0), (14.0, 52.0)) == pytest.approx((0, 0), abs=TOLERANCE)


def test_the_quarter_circle_is_the_square_root_of_two() -> None:
    # A quarter turn away, the chord of Lambert's projection has length sqrt(2).
    assert project((90.0, 0.0), (0.0, 0.0)) == pytest.approx((sqrt(2), 0), abs=TOLERANCE)
    assert project((0.0, 90.0), (0.0, 0.0)) == pytest.approx((0, sqrt(2)), abs=TOLERANCE)


def test_areas_are_equal() -> None:
    # Cells of one size on the globe (d longitude × d sin latitude) have one size on the paper.
    def size(longitude: float, latitude: float) -> float:
        step = 0.01
        corners = [(longitude, latitude), (longitude + step, latitude), (longitude, latitude + step)]
        (ax, ay), (bx, by), (cx, cy) = (project(one, (14.0, 52.0)) for one in corners)
        from math import cos, radians

        return abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay)) / cos(radians(latitude + step / 2))

    assert size(-20.0, 40.0) == pytest.approx(size(40.0, 65.0), rel=1e-3)  # finite step of 0.01 degrees


def test_members_of_the_shipped_case_have_shapes() -> None:
    wanted = (
        "XKX ALB BEL BGR CAN HRV CZE DNK EST FIN FRA DEU GRC HUN ISL ITA LVA LTU LUX MNE NLD MKD NOR POL PRT ROU "
        "SVK SVN ESP SWE TUR GBR USA SRB"
    )
    assert set(wanted.split()) <= country_codes()
    assert can_be_drawn(frozenset(wanted.split()), "XKX")
    assert can_be_drawn(frozenset({"ALB", "HRV", "MCO"}), "XKX")  # one is too small for the map; the rest is drawn
    assert without_shape(frozenset({"ALB", "MCO"})) == {"MCO"}
    assert not can_be_drawn(frozenset({"ALB", "XAA"}), "XKX")
    assert not can_be_drawn(frozenset({"ALB", "HRV"}), "XAA")
    assert not can_be_drawn(frozenset(), "XKX")


def test_places_are_right_ways_round() -> None:
    shapes = dict(read_geometry("europe"))
    west, east = middle_of(shapes["PRT"], MAIN), middle_of(shapes["TUR"], MAIN)
    north, south = middle_of(shapes["NOR"], MAIN), middle_of(shapes["GRC"], MAIN)
    assert west[0] < east[0]
    assert north[1] < south[1]


def test_every_geometry_is_small() -> None:
    from importlib.resources import files

    for name in ("europe", "north_america"):
        assert len(files("shteg.publish").joinpath("geometry", f"{name}.geojson").read_bytes()) < 150_000


@pytest.mark.parametrize(
    ("share", "name"), [(1.0, "support"), (0.9, "support"), (0.5, "open"), (0.1, "unclear"), (0.0999, "against")]
)
def test_classes(share: float, name: str) -> None:
    assert class_of(share) == name


def test_drawing_has_words_hatching_and_no_html() -> None:
    svg = draw_map(
        {"SWE": "against", "NOR": "support"}, subject="ISL", names={"SWE": "<b>"}, sentence='A "b" <c>', language="en"
    )
    assert 'aria-label="A &#34;b&#34; &lt;c&gt;"' in svg
    assert "&lt;b&gt;" in svg
    assert 'fill="url(#hatch-against-wide)"' in svg
    assert svg.count('class="member') == 2
    assert "url(#map-inset-wide)" not in svg  # no member lies overseas
    assert 'class="inset"' in draw_map({"CAN": "support"}, subject="ISL", names={}, sentence="", language="en")


def test_names_keep_off_each_other_and_off_the_edge() -> None:
    names = {"XKX": "Kosovo", "SRB": "Serbia", "BIH": "Bosnia and Herzegovina", "AZE": "Azerbaijan", "ESP": "Spain"}
    drawn = draw_map(dict.fromkeys(names, "support"), subject="XKX", names=names, sentence="", language="en")
    assert all(f">{name}</text>" in drawn for name in ("Kosovo", "Serbia", "Spain"))
    assert "Azerbaijan" not in drawn  # its middle lies off the map


def test_window_keeps_its_scale() -> None:
    window = Window(geometry="europe", centre=(0, 0), x=(-1, 1), y=(-0.5, 0.5), width=100)
    assert window.height == 50
    assert window.to_paper((0, 0)) == pytest.approx((50, 25))
