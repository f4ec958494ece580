"""A drawing in fewer letters: what is drawn stays, what draws nothing goes."""

from xml.etree import ElementTree as Tree

import pytest

from shteg.publish.drawing.lighter import lighten

POINT = "M2.1,0A2.1,2.1,0,1,1,-2.1,0A2.1,2.1,0,1,1,2.1,0"


def lightened(inside: str) -> str:
    root = Tree.fromstring(f'<svg viewBox="0 0 1 1">{inside}</svg>')
    lighten(root)
    return Tree.tostring(root, encoding="unicode").removeprefix('<svg viewBox="0 0 1 1">').removesuffix("</svg>")


@pytest.mark.parametrize(
    ("drawn", "lighter"),
    [
        ('<g><g><path d="M0,0" /></g><text>a</text></g>', '<path d="M0,0" /><text>a</text>'),
        ('<g transform="translate(0,0)"><path d="M0,0" /></g>', '<path d="M0,0" />'),
        ('<g class="a"><g><path d="M0,0" /></g></g>', '<g class="a"><path d="M0,0" /></g>'),
        ('<g fill="none"><path d="M0,0" /></g>', '<g fill="none"><path d="M0,0" /></g>'),
        ('<path d="M0,0" stroke-width="2" data-row="1" />', '<path d="M0,0" data-row="1" />'),
        ('<path d="M0,0" stroke="red" stroke-width="1" />', '<path d="M0,0" stroke="red" />'),
        ('<path d="M0,0" stroke="red" stroke-width="2" />', '<path d="M0,0" stroke="red" stroke-width="2" />'),
        ('<text text-anchor="start">a</text>', "<text>a</text>"),
        ('<text text-anchor="end">a</text>', '<text text-anchor="end">a</text>'),
        (
            f'<path transform="translate(142.75,-11.8)" d="{POINT}" fill="red" data-row="4" />',
            '<circle cx="142.75" cy="-11.8" r="2.1" fill="red" data-row="4" />',
        ),
        (f'<path d="{POINT}Z" />', '<circle r="2.1" />'),
    ],
)  # fmt: skip
def test_what_goes_and_what_stays(drawn: str, lighter: str) -> None:
    assert lightened(drawn) == lighter


@pytest.mark.parametrize(
    "drawn",
    [
        '<g stroke="red"><path d="M0,0" stroke-width="2" /></g>',  # the outline has the colour of the group
        '<g stroke-width="3"><path d="M0,0" stroke="red" stroke-width="1" /></g>',
        '<g text-anchor="end"><text text-anchor="start">a</text></g>',
        f'<path transform="rotate(3)" d="{POINT}" />',
        '<path d="M2.1,0A2.1,2.1,0,1,1,-2.2,0A2.1,2.1,0,1,1,2.1,0" />',
        '<g clip-path="url(#a)"><path d="M0,0" /></g>',
    ],
)
def test_what_is_drawn_otherwise_stays_as_it_is(drawn: str) -> None:
    assert lightened(drawn) == drawn
