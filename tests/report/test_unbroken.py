"""What no line breaks: case endings behind capital letters, in names, titles and messages."""

import re

import pytest

from shteg.languages.unbroken import unbroken
from shteg.report import EditionView
from shteg.report.language.messages import catalog

BREAKS = re.compile(r"[A-ZÇË]{2}-[a-zçë]")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Anëtare e NATO-s", "Anëtare e NATO\u2011s"),
        ("PIPS-it dhe KFOR-i", "PIPS\u2011it dhe KFOR\u2011i"),
        ("A-ja, 2015-a, anti-NATO, well-known, ESP-12", "A-ja, 2015-a, anti-NATO, well-known, ESP-12"),
    ],
)
def test_a_case_ending_does_not_break_off(text: str, printed: str) -> None:
    assert unbroken(text) == printed


def test_no_name_and_no_message_may_break_there(demo_view: EditionView) -> None:
    for language in ("en", "sq"):
        assert not [text for text in catalog(language).values() if BREAKS.search(text)]
        assert not [names[language] for names in demo_view.lexicon.values() if BREAKS.search(names.get(language, ""))]
