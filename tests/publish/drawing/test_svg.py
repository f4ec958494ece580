"""Drawings: Vega's marks are stripped, ids are the page's own, colours follow the theme."""

import pytest

from shteg.errors import PublishError
from shteg.publish.drawing.svg import Paint, clean_svg, page_colours, print_colours
from shteg.publish.drawing.vega import PAGE_COLOURS, PRINT_COLOURS, draw_svg
from shteg.report import PALETTE

VEGA = (
    '<svg version="1.1" xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50">'
    '<defs><clipPath id="clip0"><rect width="10" height="10"/></clipPath></defs>'
    '<g role="graphics-document" aria-roledescription="line mark container" class="mark" clip-path="url(#clip0)">'
    f'<path aria-label="year: 2020" d="M1.23456789,2L3,4.000001" stroke="{PALETTE["series-1"]}" fill="rgb(10, 10, 1)"/>'
    '<title>tip</title><text font-family="sans-serif" fill="#0a0a01">ë &lt;b&gt;</text></g></svg>'
)


def clean(prefix: str = "a", paint: Paint | None = None) -> str:
    return clean_svg(VEGA, prefix=prefix, title="Pse?", sentence="Sepse “kështu”.", language="sq", paint=paint)


def test_english_labels_of_vega_are_gone() -> None:
    svg = clean()
    assert "graphics-document" not in svg
    assert "roledescription" not in svg
    assert svg.count("aria-label") == 1
    assert 'role="img"' in svg
    assert 'lang="sq"' in svg
    assert 'aria-label="Pse? Sepse “kështu”."' in svg
    assert "<title" not in svg
    assert "font-family" not in svg
    assert "ë &lt;b&gt;" in svg


def test_ids_carry_the_place() -> None:
    svg = clean("path-one")
    assert 'id="path-one-clip0"' in svg
    assert "url(#path-one-clip0)" in svg


def test_coordinates_are_short() -> None:
    assert 'd="M1.23,2L3,4"' in clean()


def test_colours_follow_the_theme() -> None:
    svg = clean(paint=page_colours(PAGE_COLOURS))
    assert 'stroke="var(--c-1)"' in svg
    assert 'fill="var(--ink)"' in svg
    assert "style=" not in svg
    assert 'width="100"' in svg
    assert "#0a0a" not in svg


def test_a_drawing_for_paper_has_the_shape_it_was_drawn_in() -> None:
    root = clean(paint=print_colours(PRINT_COLOURS, "Libertinus Serif")).partition(">")[0]
    assert 'viewBox="0 0 100 50"' in root
    assert "width=" not in root
    assert "height=" not in root
    assert "style=" not in root


def test_colours_for_paper() -> None:
    svg = clean(paint=print_colours(PRINT_COLOURS, "Libertinus Serif"))
    assert 'stroke="#00566b"' in svg
    assert 'font-family="Libertinus Serif"' in svg
    assert "#0a0a" not in svg


def test_every_role_of_the_palette_has_a_colour() -> None:
    assert set(PAGE_COLOURS) == set(PRINT_COLOURS) == set(PALETTE.values())
    assert len(set(PALETTE.values())) == len(PALETTE)


def test_broken_svg_is_an_error() -> None:
    with pytest.raises(PublishError, match="not well-formed"):
        clean_svg("<svg><g></svg>", prefix="a", title="", sentence="", language="en")


def test_broken_specification_is_an_error() -> None:
    with pytest.raises(PublishError, match="cannot be drawn"):
        draw_svg({"mark": {"type": 7}}, language="en", name="broken")
