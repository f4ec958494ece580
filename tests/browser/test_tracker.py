"""The pages of commitments in every language: by mouse, by keyboard, on a phone, without scripts, without barriers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import PHONE, Visit
from tests.browser.test_pages import LANGUAGES, OPTIONS

Visits = Callable[..., Visit]
OPEN = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


def pages(site: Path, language: str) -> list[Path]:
    """The page of all commitments, and those of the addressees."""
    found = sorted((site / language).glob("tracker*.html"))
    assert len(found) == 6, found
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_barriers(site: Path, visit: Visits, language: str, scheme: str) -> None:
    for screen in (None, PHONE):
        one = visit(scheme, screen)
        for path in pages(site, language):
            page = one.open(path)
            page.evaluate(OPEN)
            found = Axe().run(page, options=OPTIONS)
            assert found.violations_count == 0, f"{language}/{path.stem}: {found.generate_report()}"
        assert not one.errors
        assert not one.requests


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs_over_the_edge_of_a_phone(site: Path, visit: Visits, language: str) -> None:
    one = visit("light", PHONE)
    for path in pages(site, language):
        page = one.open(path)
        page.evaluate(OPEN)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        hidden = page.evaluate(
            "[...document.querySelectorAll('main .standing, main td, main dd')]"
            ".filter(one => one.getBoundingClientRect().right > innerWidth + 1).length"
        )
        assert hidden == 0, path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_commitment_leads_to_its_history_by_mouse(site: Path, visit: Visits, language: str) -> None:
    page = visit().open(site / language / "recommendations.html")
    page.click("footer a[href='tracker.html']")
    page.click("#list-table a[href$='#commitment-catch-reports'], a[href$='#commitment-catch-reports']")
    page.wait_for_url("**/tracker-interior-ministry.html#commitment-catch-reports")  # and all of it is there
    article = page.locator("#commitment-catch-reports")
    assert article.locator("tbody tr").count() == 4
    article.locator("summary").click()
    assert not article.locator("table").is_visible()
    page.click("nav.onward a[href='tracker.html']")
    page.wait_for_url(f"**/{language}/tracker.html")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_history_opens_and_the_language_keeps_the_place_by_keyboard(
    site: Path, visit: Visits, language: str
) -> None:
    page = visit().open(site / language / "tracker-lake-guard.html", "#commitment-rescue-exercises")
    summary = page.locator("#commitment-rescue-exercises summary")
    summary.focus()
    for visible in (False, True):
        page.keyboard.press("Enter")
        assert page.locator("#commitment-rescue-exercises table").is_visible() == visible
    other = next(one for one in LANGUAGES if one != language)
    link = page.locator(f"a[data-language={other}]")
    link.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/{other}/tracker-lake-guard.html#commitment-rescue-exercises")


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_are_large_enough_to_touch_and_stand_on_a_phone(site: Path, visit: Visits, language: str) -> None:
    page = visit("light", PHONE).open(site / language / "tracker.html")
    boxes = [one.bounding_box() for one in page.locator(".addressees a").all()]
    assert len(boxes) == 20
    assert all(box and box["height"] >= 24 and box["width"] >= 24 for box in boxes), boxes
    page.locator("tbody a").first.click()
    page.wait_for_url("**/*#commitment-*")


def test_everything_stands_without_scripts(site: Path, visit: Visits) -> None:
    page = visit(scripts=False).open(site / "en" / "tracker-foreign-ministry.html")
    text = page.locator("#commitment-liaison-office").inner_text()
    assert "early" in text
    assert "withdrawn by a later line" in text
    assert page.locator("#commitment-liaison-office s").count() == 1
