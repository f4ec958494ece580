"""The story in a minute: what stands in the first screen, one row of navigation, nothing that shouts or overlaps."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, Visit

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]
LANGUAGES = ("en", "sq", "sr")
TABLET = {"width": 768, "height": 1024}
FONTS = ("DejaVu Sans", "Liberation Sans", "DejaVu Serif")
WIDE = "DejaVu Sans"
"""The widest font that machines without others fall back to."""
BOX = "one => { const box = one.getBoundingClientRect(); return [box.left, box.top, box.right, box.bottom]; }"


def box(page: Page, selector: str) -> list[float]:
    """Give left, top, right, bottom of the first element that is shown."""
    found = page.locator(selector).locator("visible=true").first
    return list(found.evaluate(BOX))


@pytest.fixture
def styled(visit: Visits) -> Callable[..., Page]:
    """Give a function that opens a page; a test may change its style, which the policy of the page would not let in."""

    def open_page(path: Path, screen: dict[str, int], font: str = "") -> Page:
        one = visit("light", screen)
        page = one.open(path)
        if font:
            css = f":root {{ --serif: '{font}'; --sans: '{font}'; }}"
            page.evaluate(
                "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css);"
                " document.adoptedStyleSheets = [sheet]; }",
                css,
            )
        return page

    return open_page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("font", ["", *FONTS])
def test_a_stranger_finds_it_all_in_the_first_screen(
    site: Path, styled: Callable[..., Page], language: str, font: str
) -> None:
    page = styled(site / language / "index.html", DESKTOP, font)
    wanted = {
        "headline": "h1",
        "forecast": ".leads data[data-id^='forecast.']",
        "members": "nav a[href='members.html']",
        "first claim": ".claims li strong",
        "downloads": ".downloads a[href$='.pdf']",
        "report": ".downloads a[href='report.html']",
    }
    below = {what: box(page, selector)[3] for what, selector in wanted.items()}
    assert {what: edge for what, edge in below.items() if edge > DESKTOP["height"]} == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("font", ["", "Liberation Sans"])
def test_a_phone_shows_headline_claim_and_figure_first(
    site: Path, styled: Callable[..., Page], language: str, font: str
) -> None:
    page = styled(site / language / "index.html", PHONE, font)
    below = {what: box(page, what)[3] for what in ("h1", ".leads .number", ".claims li strong")}
    assert {what: edge for what, edge in below.items() if edge > PHONE["height"]} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_navigation_is_one_row_and_folds_on_a_phone(site: Path, styled: Callable[..., Page], language: str) -> None:
    page = styled(site / language / "path.html", DESKTOP, WIDE)
    tops = page.locator(".masthead nav .row li").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert 5 <= len(tops) <= 7
    assert len(set(tops)) == 1
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    head = page.locator(".masthead").evaluate(BOX)
    assert head[3] - head[1] <= 110
    assert not page.locator(".masthead nav .row").is_visible()
    link = page.locator(".masthead .fold a[href='members.html']")
    assert not link.is_visible()
    page.locator(".masthead .fold summary").click()
    assert link.is_visible()


def test_the_menu_opens_without_scripts_and_by_keyboard(site: Path, visit: Visits) -> None:
    page = visit("light", PHONE, scripts=False).open(site / "en" / "index.html")
    page.locator(".masthead .fold summary").focus()
    page.keyboard.press("Enter")
    page.locator(".masthead .fold a[href='path.html']").click()
    assert page.url.endswith("/en/path.html")


@pytest.mark.parametrize("screen", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("font", FONTS)
def test_nothing_on_the_front_page_overlaps_or_runs_out(
    site: Path, styled: Callable[..., Page], language: str, screen: dict[str, int], font: str
) -> None:
    page = styled(site / language / "index.html", screen, font)
    assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"]
    bad = page.evaluate(
        """() => {
          const found = [];
          const pieces = [...document.querySelectorAll(
            '.title > *, .leads li > *, .claims > *, .claims li, .downloads li, .how > *, .switch li, .publisher, ' +
            '.masthead nav li, .masthead nav summary, .masthead nav input, .masthead nav button')];
          const placed = pieces.map(one => [one, one.getBoundingClientRect()]);
          const boxes = placed.filter(([one, box]) => box.width && box.height && one.checkVisibility());
          for (const [one, box] of boxes) {
            if (box.left < -0.5 || box.right > window.innerWidth + 0.5) { found.push('out: ' + one.textContent); }
            for (const [other, its] of boxes) {
              if (one === other || one.contains(other) || other.contains(one)) { continue; }
              const wide = Math.min(box.right, its.right) - Math.max(box.left, its.left);
              const high = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
              if (wide > 1 && high > 1) { found.push(one.textContent + ' over ' + other.textContent); }
            }
          }
          return found;
        }"""
    )
    assert bad == []


def test_the_pictures_stand_side_by_side_on_a_desktop(site: Path, styled: Callable[..., Page]) -> None:
    page = styled(site / "en" / "index.html", DESKTOP)
    first, second = page.locator(".pictures > .figure").all()
    one, two = first.evaluate(BOX), second.evaluate(BOX)
    assert abs(one[1] - two[1]) <= 1
    assert one[2] <= two[0]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert second.evaluate(BOX)[1] >= first.evaluate(BOX)[3]


def test_no_capitals_that_were_not_written(site: Path, styled: Callable[..., Page]) -> None:
    page = styled(site / "en" / "index.html", DESKTOP)
    shouting = page.evaluate(
        "[...document.querySelectorAll('body *')].filter(one => one.childElementCount === 0 &&"
        " getComputedStyle(one).textTransform === 'uppercase').map(one => one.textContent)"
    )
    assert shouting == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_choice_shows_the_headline_of_each(site: Path, visit: Visits, language: str) -> None:
    one = visit()
    headline = one.open(site / language / "index.html").locator("h1").inner_text()
    choice = one.open(site / "index.html").locator(f"li[data-choice={language}] a").inner_text()
    assert choice == headline
    assert choice != one.page.locator(f"li[data-choice={language}] .of").inner_text()
