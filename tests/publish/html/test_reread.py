"""An element that is read as the publisher writes it says what the parser of HTML says."""

from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.publish.html.reread import _AS_WRITTEN, _ELEMENT, _Values


def both(element: str) -> tuple[_Values, _Values]:
    quick, parsed = _Values("page"), _Values("page")
    quick.take(element)
    quick.close()
    parsed.feed(element)
    parsed.close()
    return quick, parsed


def test_every_element_of_a_site_is_read_alike(site: Path) -> None:
    read = 0
    for page in sorted(site.rglob("*.html")):
        for element in dict.fromkeys(_ELEMENT.findall(page.read_text(encoding="utf-8"))):
            quick, parsed = both(element)
            assert (quick.found, quick.cells) == (parsed.found, parsed.cells)
            read += _AS_WRITTEN.fullmatch(element) is not None
    assert read > 100


TEXTS = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=8)


@given(TEXTS, TEXTS, st.sampled_from(["number", "range", "&quot;"]))
def test_hostile_words_are_read_alike(value_id: str, text: str, style: str) -> None:
    element = f'<data value="1" data-id="{escape(value_id)}" data-style="{style}">{escape(text)}</data>'
    quick, parsed = both(element)
    assert (quick.found, quick.cells) == (parsed.found, parsed.cells)
    assert [one.value_id for one in quick.found] == [value_id]


@pytest.mark.parametrize(
    "element",
    [
        "<data value='1' data-id='a.b'>7</data>",
        '<data value="1" data-id="a.b"><b>7</b></data>',
        '<DATA value="1" data-id="a.b">7</DATA>',
        '<data data-id="a.b" data-cell="t/x/c">7</data >',
    ],
)
def test_what_looks_otherwise_goes_to_the_parser(element: str) -> None:
    assert _AS_WRITTEN.fullmatch(element) is None
    quick, parsed = both(element)
    assert (quick.found, quick.cells) == (parsed.found, parsed.cells)
    assert len(quick.found) + len(quick.cells) == 1
