"""The page of what earlier editions said: what is owed first, real and reconstructed ones in sections of their own."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.publish.pages.ledger import FORECASTS, PAGES
from shteg.report import EditionView, open_edition

WORDS = {
    "en": ("Overdue: the day has passed", "Open", "Closed", "Reconstructed afterwards", "Cannot be judged", "67%"),
    "sq": (
        "Të vonuara: afati kaloi",
        "Të hapura",
        "Të mbyllura",
        "Të rindërtuara më pas",
        "Nuk mund të gjykohet",
        "67%",
    ),
}


def page(site: Path, language: str) -> str:
    text = (site / language / "ledger.html").read_text(encoding="utf-8")
    return text[text.index("<main") : text.index("</main>")]


@pytest.mark.parametrize("language", WORDS)
def test_what_is_overdue_stands_first_and_reconstructed_ones_apart(site: Path, language: str) -> None:
    main = page(site, language)
    overdue, still_open, closed, reconstructed, void, share = WORDS[language]
    places = [main.index(f'-caption">{one}') for one in (overdue, still_open, closed)]
    assert places == sorted(places)
    real, made = main.split('<section class="part" id="reconstructed"')
    assert reconstructed in made
    for edition in ("4be07d1c95a2", "c90a3f62e718"):  # once where all rows of a table are of one edition
        assert (edition in real, edition in made) == (True, False)
    assert ("77d1b0c4e3f9" in real, "77d1b0c4e3f9" in made) == (False, True)
    assert share in real  # of those due, beside the score
    assert void in real
    assert "The Fish Institute took no new partners" in real


@pytest.mark.parametrize("language", WORDS)
def test_every_figure_of_the_tables_is_read_again(site: Path, language: str) -> None:
    cells = re.findall(r'<data value="([^"]+)" data-cell="ledger\.forecasts/(\d+)/(\w+)"', page(site, language))
    assert len(cells) == 3 * 10  # probability and both ends of each line
    scores = re.findall(r'data-id="(ledger\.[\w.-]+)"', page(site, language))
    assert {"ledger.real.brier", "ledger.real.resolved-share", "ledger.reconstructed.log"} <= set(scores)


def test_the_page_is_in_the_navigation_and_only_where_something_was_registered(
    site: Path, demo_view: EditionView, changed: Callable[..., Path]
) -> None:
    for language in WORDS:
        assert 'href="ledger.html"' in (site / language / "path.html").read_text(encoding="utf-8")
    (one,) = PAGES
    assert one.shown(demo_view)
    folder = changed("manifest")
    (folder / "tables" / f"{FORECASTS}.parquet").unlink()
    assert not one.shown(open_edition(folder))
