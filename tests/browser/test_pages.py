"""What a reader does: open, switch language, ask where a figure comes from, with mouse, keyboard, phone, no scripts."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from shteg.publish.site import PAGES as OWN_PAGES
from tests.abroad import QUOTED
from tests.browser.conftest import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]
LANGUAGES = ("en", "sq", "sr")
TAGS = {"sr": "sr-Latn"}
OPTIONS = {"resultTypes": ["violations"], "preload": False}
"""Every rule of axe; `preload` would ask for the style sheet again, which a file may not."""
PAGES = (*OWN_PAGES, "question-joining", "member-dnk", "formulas-stance", "values-survey", "embed-blockers")
"""The pages of every publication, one of a question, of a member and of formulas, a list of values, a figure alone."""
SCREENS = {"desktop": DESKTOP, "phone": PHONE}
WAYS = (
    *(("en", "light", "desktop"), ("sq", "dark", "desktop"), ("en", "dark", "phone"), ("sq", "light", "phone")),
    ("sr", "light", "phone"),
)
"""Each two of language, scheme and screen meet in one of these."""
MORE_WAYS = (
    *(("sq", "light", "desktop"), ("en", "dark", "desktop"), ("sq", "dark", "phone"), ("en", "light", "phone")),
    *(("sr", "dark", "desktop"), ("sr", "light", "desktop"), ("sr", "dark", "phone")),
)


@pytest.mark.parametrize(
    ("language", "scheme", "screen"), [*WAYS, *(pytest.param(*way, marks=pytest.mark.slow) for way in MORE_WAYS)]
)
def test_no_barriers(site: Path, visit: Visits, language: str, scheme: str, screen: str) -> None:
    one = visit(scheme, SCREENS[screen])
    for slug in PAGES:
        page = one.open(site / language / f"{slug}.html")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        found = Axe().run(page, options=OPTIONS)
        assert found.violations_count == 0, f"{language}/{slug}: {found.generate_report()}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_barriers_on_the_first_page(site: Path, visit: Visits, scheme: str) -> None:
    found = Axe().run(visit(scheme).open(site / "index.html"), options=OPTIONS)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_runs_over_the_edge_of_a_phone(site: Path, visit: Visits, language: str) -> None:
    one = visit("light", PHONE)
    for slug in PAGES:
        page = one.open(site / language / f"{slug}.html")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"], f"{language}/{slug} is {width} wide"


def test_every_page_says_its_language(site: Path, visit: Visits) -> None:
    one = visit()
    for language in LANGUAGES:
        for slug in PAGES:
            page = one.open(site / language / f"{slug}.html")
            assert page.get_attribute("html", "lang") == TAGS.get(language, language)
            assert page.title()


def test_the_language_switch_keeps_page_and_place(site: Path, visit: Visits) -> None:
    page = visit().open(site / "en" / "report.html", "#path")
    page.click("a[data-language=sq]")
    assert page.url.endswith("/sq/report.html#path")
    page.wait_for_load_state()  # the script that keeps the place stands at the end of the page
    page.click("a[data-language=en]")
    assert page.url.endswith("/en/report.html#path")


def test_provenance_opens_by_click_and_closes_with_escape(site: Path, visit: Visits) -> None:
    page = visit().open(site / "sq" / "report.html")
    value = page.locator(f"#main a.v[href$='{QUOTED}']").first
    value.click()
    panel = page.locator("#provenance")
    assert panel.is_visible()
    text = panel.inner_text()
    assert "Torvale Barometer, fifth round" in text
    assert "Metoda" in text
    assert "<script>alert" in text  # a label's HTML is shown as letters
    found = Axe().run(page, options=OPTIONS)
    assert found.violations_count == 0, found.generate_report()
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    assert page.evaluate("document.activeElement.classList.contains('v')")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_provenance_opens_by_keyboard(site: Path, visit: Visits, key: str) -> None:
    page = visit().open(site / "en" / "index.html")
    page.locator("a.v").first.focus()
    page.keyboard.press(key)
    assert page.locator("#provenance").is_visible()
    page.locator("#provenance .shut").click()
    assert not page.locator("#provenance").is_visible()


def test_every_value_has_a_panel(site: Path, visit: Visits) -> None:
    one = visit()
    for slug in PAGES:
        page = one.open(site / "en" / f"{slug}.html")
        missing = page.evaluate(
            "[...document.querySelectorAll('a.v data')].map(one => one.dataset.id)"
            ".filter(id => !(id in window.SHTEG_VALUES.values))"
        )
        assert missing == []


def test_unverified_figures_warn(site: Path, visit: Visits) -> None:
    page = visit().open(site / "en" / "members.html")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.locator("a.v:has(.mark:text('°'))").first.click()
    assert page.locator("#provenance .warning").is_visible()


def test_the_theme_is_switched_and_kept(site: Path, visit: Visits) -> None:
    page = visit("light").open(site / "en" / "path.html")
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.click("#theme")
    assert page.evaluate(paper) != light
    page.goto((site / "en" / "data.html").as_uri())
    assert page.evaluate(paper) != light


def test_without_scripts_values_lead_to_the_list(site: Path, visit: Visits) -> None:
    page = visit(scripts=False).open(site / "en" / "report.html")
    page.locator(f"#main a.v[href$='{QUOTED}']").first.click()
    assert f"/en/values-survey.html#value-{QUOTED}" in page.url
    assert not page.locator("#theme").is_visible()


def test_the_first_page_offers_both_languages(site: Path, visit: Visits) -> None:
    page = visit().open(site / "index.html")
    page.click("li[data-choice=sq] a")
    assert page.url.endswith("/sq/index.html")
    assert page.get_attribute("html", "lang") == "sq"


def test_the_skip_link_comes_first(site: Path, visit: Visits) -> None:
    page = visit().open(site / "en" / "path.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
