"""No digit of a result stands in a chart's sentence, note or table unless the finished page is compared with it."""

import re

import pytest

from shteg.report import EditionView, available_charts, chart
from shteg.report.language.marked import Marked

LANGUAGES = ("en", "sq")
_RESULT = re.compile(r"\d+(?:[.,]\d+)*")
_FREE = re.compile(r"(?:19|20)\d\d|90|95|50|0")
"""Years, the coverage of intervals, and the nothing that a line crosses, which messages themselves name."""


def loose_numbers(text: str) -> list[str]:
    """The numbers of a text that no page is compared with."""
    parts = text.parts if isinstance(text, Marked) else (text,)
    plain = (part for part in parts if not isinstance(part, Marked))
    found = (number for part in plain for number in _RESULT.findall(re.sub(r"\d{1,2} [a-zA-Zë]+ \d{4}", "", part)))
    return [number for number in found if not _FREE.fullmatch(number)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_a_chart_goes_through_the_gate(demo_view: EditionView, language: str) -> None:
    for chart_id in available_charts(demo_view):
        made = chart(demo_view, chart_id, language)
        assert loose_numbers(made.sentence) == [], f"{chart_id}: {made.sentence}"
        assert loose_numbers(made.note) == [], f"{chart_id}: {made.note}"
        for row in made.table.rows:
            for cell, numeric in zip(row, made.table.numeric, strict=True):
                assert not numeric or loose_numbers(cell) == [], f"{chart_id}: {cell!r} of {row}"


def test_a_loose_number_is_seen() -> None:
    assert loose_numbers("The median is 12.5 days in 2024.") == ["12.5"]
