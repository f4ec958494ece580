"""The print view of pages: few pages, none nearly empty, nothing cut off, addresses of sources in letters."""

import io
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import pypdf
import pytest

from shteg.publish.pages.texts import read_texts
from shteg.publish.printed import Voice
from shteg.report import EditionView, open_edition
from shteg.report.marks import SIGNS
from tests.browser.conftest import Visit

MOST_PAGES = 3
FEWEST_LETTERS = 200
PAPER = {"width": 665, "height": 1013}
"""The page between its margins, in pixels of 1/96 inch."""
OUTSIDE = """() => [...document.querySelectorAll('main *')].filter(one => {
    const box = one.getBoundingClientRect();
    return box.width > 0 && getComputedStyle(one).visibility !== 'hidden' && !one.closest('.bar')
        && (!one.ownerSVGElement || one.tagName === 'text')
        && (box.right > document.documentElement.clientWidth + 1 || box.left < -1);
}).map(one => one.tagName + ' ' + (one.textContent || '').trim().slice(0, 40))"""


@pytest.fixture(scope="module")
def edition(abroad_edition: Path) -> EditionView:
    return open_edition(abroad_edition)


def printed(page: Visit, path: Path) -> list[str]:
    raw = page.open(path).pdf(prefer_css_page_size=True)
    text = (
        normalize("NFKC", one.extract_text()) for one in pypdf.PdfReader(io.BytesIO(raw)).pages
    )  # some fonts join fi
    return [" ".join(one.split()) for one in text]


@pytest.mark.parametrize("language", ["en", "sq"])
def test_the_announcement_prints_on_few_pages(visit: Callable[..., Visit], site: Path, language: str) -> None:
    pages = printed(visit(), site / language / "index.html")
    assert len(pages) <= MOST_PAGES
    assert all(len(text) >= FEWEST_LETTERS for text in pages), [len(text) for text in pages]


@pytest.mark.parametrize("language", ["en", "sq"])
def test_sources_and_signs_are_explained_on_paper(
    visit: Callable[..., Visit], site: Path, edition: EditionView, language: str
) -> None:
    voice = Voice(edition, language)
    text = " ".join(printed(visit(), site / language / "report.html"))
    close = text.replace(" ", "")
    for source_id in read_texts(voice)["report"].source_ids:
        address = edition.source(source_id).address
        assert address is None or address in close, source_id
    for mark, sign in SIGNS.items():
        assert sign in text
        assert voice.text(f"mark.{mark}.text").replace(" ", "") in close
    assert all(len(page) >= FEWEST_LETTERS for page in printed(visit(), site / language / "sources.html"))


@pytest.mark.parametrize("language", ["en", "sq"])
@pytest.mark.parametrize("slug", ["index", "report", "path", "members", "recommendations", "sources"])
def test_nothing_is_cut_off_at_the_edge_of_the_paper(
    visit: Callable[..., Visit], site: Path, language: str, slug: str
) -> None:
    page = visit(screen=PAPER).open(site / language / f"{slug}.html")
    page.emulate_media(media="print")
    assert page.evaluate(OUTSIDE) == []
    small = "() => [...document.querySelectorAll('svg.phone')].filter(one => one.getClientRects().length).length"
    assert page.evaluate(small) == 0
