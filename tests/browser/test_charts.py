"""Charts as readers meet them: nothing leaves its drawing in any width and font, and every mark says its value."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.charts import FONTS, HAS_FONT, WIDTHS, measured, with_charts
from tests.browser.conftest import PHONE, Visit

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]
LANGUAGES = ("en", "sq")
SAME_WORDS = """([figure, number]) => {
  const row = document.querySelectorAll(`#${figure} details.figures tbody tr`)[number];
  const words = one => one.textContent.replace(/\\s+/g, ' ').trim();
  const told = document.querySelector(`#${figure} .told`);
  return told && !told.hidden && [...row.cells].every(cell => words(told).includes(words(cell)));
}"""
"""Does the panel of a figure hold every cell of this row?"""


def installed(page: Page) -> list[str]:
    """Give the fonts that this machine has; none may be missing where the browser is required."""
    missing = [font for font in FONTS if not page.evaluate(HAS_FONT, font)]
    if missing:
        reason = f"not installed: {', '.join(missing)} (Debian: fonts-dejavu-core, fonts-liberation, fonts-lato)"
        if os.environ.get("SHTEG_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return list(FONTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_leaves_its_drawing(site: Path, visit: Visits, language: str) -> None:
    one = visit()
    fonts = installed(one.open(site / "index.html"))
    pages = [page for page in with_charts(site) if page.parent.name == language]
    assert {"members", "opinion", "path", "recommendations", "report", "skill"} <= {page.stem for page in pages}
    told, words = [], 0
    for path in pages:
        for problem, looked_at in measured(one.open(path), WIDTHS, fonts):
            words += looked_at
            told += [f"{path.stem}: {problem}"] if problem else []
    assert words > 1000
    assert told == []


def test_nothing_leaves_its_drawing_in_the_dark(site: Path, visit: Visits) -> None:
    page = visit("dark").open(site / "en" / "report.html")
    assert [problem for problem, _ in measured(page, (390, 1280), installed(page)[:1]) if problem] == []
    colours = """[...document.querySelectorAll('.figure svg text, .figure svg [stroke]')].map(one => {
      const style = getComputedStyle(one); return one.tagName === 'text' ? style.fill : style.stroke; })"""
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 22, 26)"
    assert "rgb(230, 233, 235)" in page.evaluate(colours)  # ink of the dark theme
    assert not [one for one in page.evaluate(colours) if "10, 10" in one]  # no sentinel colour is left


def test_without_container_queries_a_phone_has_its_own_drawing(site: Path, visit: Visits) -> None:
    sheet = (site / "assets" / "site.css").read_text(encoding="utf-8")
    assert "@supports not (container-type: inline-size)" in sheet
    page = visit("light", PHONE).open(site / "en" / "report.html")
    shown = "[...document.querySelectorAll('.figure svg.{kind}')].filter(one => one.getClientRects().length).length"
    assert page.evaluate(shown.format(kind="phone")) > 2
    assert page.evaluate(shown.format(kind="wide")) == 0


@pytest.mark.parametrize(("language", "screen"), [("en", None), ("sq", PHONE)])
def test_every_mark_says_the_words_of_its_row(
    site: Path, visit: Visits, language: str, screen: dict[str, int] | None
) -> None:
    one, rows = visit("light", screen), 0
    for slug in ("report", "path", "skill"):
        rows += asked(one.open(site / language / f"{slug}.html"))
    assert rows > 100


def asked(page: Page) -> int:
    """Go through every figure of a page by its keys; give how many rows were asked for."""
    asked_for = 0
    figures = page.evaluate(
        "[...document.querySelectorAll('figure.figure')].filter(one => one.querySelector('[data-row]'))"
        ".map(one => one.id)"
    )
    for figure in figures:
        numbers = page.evaluate(
            """figure => [...new Set([...document.querySelectorAll(`#${figure} [data-row]`)]
              .filter(one => one.getClientRects().length).map(one => Number(one.getAttribute('data-row'))))]
              .sort((one, two) => one - two)""",
            figure,
        )
        plot = page.locator(f"#{figure} .plot")
        plot.focus()
        page.keyboard.press("Home")
        for place, number in enumerate(numbers):  # the keys go through every row that is drawn, in its order
            assert page.evaluate(SAME_WORDS, [figure, number]), f"{figure}, row {number}"
            if place + 1 < len(numbers):
                page.keyboard.press("ArrowDown" if place % 2 else "ArrowRight")
        spoken = page.locator(f"#{figure} > .unseen[aria-live=polite]").inner_text()
        assert spoken
        page.keyboard.press("ArrowLeft")
        assert page.evaluate(SAME_WORDS, [figure, numbers[max(0, len(numbers) - 2)]])
        page.keyboard.press("Escape")
        assert page.locator(f"#{figure} .told").is_hidden()
        assert page.evaluate("document.activeElement.className.includes('plot')")
        asked_for += len(numbers)
    return asked_for


def middle(page: Page, figure: str, number: int) -> tuple[float, float]:
    """Give where a reader points at a row, on the screen."""
    x, y = page.evaluate(
        """([figure, number]) => {
          const marks = [...document.querySelectorAll(`#${figure} [data-row="${number}"]`)];
          const mark = marks.filter(one => one.getClientRects().length).pop();
          mark.scrollIntoView({block: 'center'});
          const box = mark.getBoundingClientRect(), steps = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9];
          const points = steps.flatMap(x => steps.map(y => [box.x + box.width * x, box.y + box.height * y]));
          return points.find(([x, y]) => document.elementFromPoint(x, y) === mark) || points[0];
        }""",
        [figure, number],
    )
    return x, y


def test_values_on_hover(site: Path, visit: Visits) -> None:
    page = visit().open(site / "en" / "members.html")
    for number in (0, 3, 7):
        page.mouse.move(*middle(page, "figure-members-stance", number))
        assert page.evaluate(SAME_WORDS, ["figure-members-stance", number])
        panel = page.locator("#figure-members-stance .told").bounding_box()
        assert panel is not None
        assert panel["x"] >= 0
    page.mouse.move(2, 2)
    assert page.locator("#figure-members-stance .told").is_hidden()


def test_values_on_tap(site: Path, visit: Visits) -> None:
    page = visit("light", PHONE).open(site / "sq" / "members.html")
    for figure, number in (("figure-members-stance", 2), ("members-map", 1)):
        page.mouse.click(*middle(page, figure, number))
        assert page.evaluate(SAME_WORDS, [figure, number])
        panel = page.locator(f"#{figure} .told").bounding_box()
        assert panel is not None
        assert panel["x"] >= 0
        assert panel["x"] + panel["width"] <= PHONE["width"]
    page.locator("h1").click()
    assert page.locator("#members-map .told").is_hidden()


@pytest.mark.parametrize("screen", [None, PHONE])
def test_a_member_on_the_map_leads_to_its_page(site: Path, visit: Visits, screen: dict[str, int] | None) -> None:
    page = visit("light", screen).open(site / "sq" / "members.html")
    page.mouse.click(*middle(page, "members-map", 1))
    link = page.locator("#members-map .told a")
    name, there = link.inner_text(), link.get_attribute("href")
    assert there is not None
    link.click()
    page.wait_for_url(f"**/sq/{there}")
    assert name in page.locator("h1").inner_text()
    page.go_back()
    page.locator("#members-map .plot").focus()
    page.keyboard.press("Home")
    first = page.locator("#members-map .told a").get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/sq/{first}")


def test_a_sorted_table_changes_no_value_of_a_chart(site: Path, visit: Visits) -> None:
    page = visit().open(site / "en" / "members.html")
    first = page.evaluate("document.querySelector('#figure-members-stance tbody tr').cells[0].textContent.trim()")
    page.evaluate(
        "(() => { const body = document.querySelector('#figure-members-stance tbody');"
        " [...body.rows].reverse().forEach(row => body.appendChild(row)); })()"
    )
    page.locator("#figure-members-stance .plot").focus()
    page.keyboard.press("Home")
    assert first in page.locator("#figure-members-stance .told").inner_text()


def test_without_scripts_the_table_is_there(site: Path, visit: Visits) -> None:
    page = visit(scripts=False).open(site / "en" / "members.html")
    page.locator("#figure-members-stance details.figures > summary").click()
    assert page.locator("#figure-members-stance tbody tr").first.is_visible()
    assert page.locator("#figure-members-stance .told").count() == 0
