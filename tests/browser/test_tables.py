"""Every table of every page: what it is for is in sight at every width; its rows are found, sorted and read aloud."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Visit

WIDTHS = (360, 390, 768, 1280)

OPEN = """() => {
  document.querySelectorAll('details').forEach(one => { one.open = true; });
  document.querySelectorAll('.folded').forEach(one => one.classList.remove('folded'));
}"""
MEASURE = """() => {
  const wide = document.documentElement.clientWidth, found = [];
  const outside = one => {
    const box = one.getBoundingClientRect();
    return box.width && (box.right > wide + 1 || box.left < -1);
  };
  const cut = one => outside(one) || one.scrollWidth > one.clientWidth + 3;
  for (const table of document.querySelectorAll('table')) {
    const box = table.closest('.table'), scroller = table.closest('.scroll') || table.parentElement;
    const caption = document.getElementById(table.getAttribute('aria-labelledby') || '') || table.caption;
    const name = caption ? caption.textContent : table.textContent.slice(0, 40);
    const say = what => found.push(`${what}: ${name}`);
    if (!caption) { say('no caption'); continue; }
    if (!caption.classList.contains('unseen') && outside(caption)) say('caption cut');
    const head = table.tHead.rows[0];
    const main = head.querySelector('.main') || head.querySelector('.num') || head.cells[0];
    const at = [...head.cells].indexOf(main);
    const rows = [...table.tBodies].flatMap(body => [...body.rows]).filter(row => !row.classList.contains('group'));
    if (rows.some(row => cut(row.cells[at]))) say('number out of sight');
    if (wide <= 640 && rows.some(row => [...row.cells].some(outside))) say('cell out of sight');
    if (wide >= 1280 && scroller.scrollWidth > scroller.clientWidth + 1) say('column hidden');
    if (!rows.length) say('empty');
  }
  if (document.documentElement.scrollWidth > wide) found.push('the page scrolls sideways');
  return found;
}"""


def pages(site: Path) -> list[Path]:
    """Every page that has a table, one of each kind of list."""
    kept: dict[str, Path] = {}
    for page in sorted(site.glob("*/*.html")):
        if "<table" in page.read_text(encoding="utf-8"):
            kind = page.stem.partition("-")[0]
            kept.setdefault(f"{page.parent.name}/{kind if kind in ('question', 'member') else page.stem}", page)
    return list(kept.values())


@pytest.mark.parametrize("width", WIDTHS)
def test_no_table_hides_what_it_is_for(site: Path, visit: Callable[..., Visit], width: int) -> None:
    seen = visit(screen={"width": width, "height": 900})
    found = {}
    listed = pages(site)
    assert len(listed) > 20
    for path in listed:
        page = seen.open(path)
        page.evaluate("document.documentElement.style.setProperty('--serif', 'DejaVu Serif')")
        page.evaluate("document.documentElement.style.setProperty('--sans', 'DejaVu Sans')")
        page.evaluate(OPEN)
        if told := page.evaluate(MEASURE):
            found[f"{path.parent.name}/{path.name}"] = told
    assert found == {}


@pytest.mark.parametrize("width", [390, 1280])
def test_a_table_is_read_aloud_as_one(site: Path, visit: Callable[..., Visit], width: int) -> None:
    page = visit(screen={"width": width, "height": 900}).open(site / "en" / "path.html")
    client = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = client.send("Accessibility.getFullAXTree")["nodes"]
    roles = [node.get("role", {}).get("value") for node in nodes if not node.get("ignored")]
    shown = page.evaluate("[...document.querySelectorAll('table')].filter(one => one.checkVisibility()).length")
    assert roles.count("table") == shown > 0
    assert roles.count("columnheader") > shown
    assert roles.count("rowheader") > shown
    assert roles.count("cell") > roles.count("rowheader")


LONG = "values-survey.html"


def long_table(visit: Callable[..., Visit], site: Path, width: int = 1280, language: str = "en") -> Any:
    return visit(screen={"width": width, "height": 900}).open(site / language / LONG)


def shown_rows(page: Any) -> list[str]:
    return list(
        page.evaluate(
            "[...document.querySelectorAll('.table[data-find] tbody tr:not(.group)')]"
            ".filter(row => row.checkVisibility()).map(row => row.cells[0].textContent)"
        )
    )


def test_a_long_table_is_filtered(site: Path, visit: Callable[..., Visit]) -> None:
    page = long_table(visit, site, language="sq")
    field = page.locator(".find").get_by_role("searchbox")
    assert field.get_attribute("aria-label") or field.evaluate("one => one.labels[0].textContent")
    everything = page.locator(".find").get_by_role("status").inner_text()
    field.focus()
    page.keyboard.type("anetaresohet TORVALA")  # without ë, in other cases
    rows = shown_rows(page)
    assert rows
    assert all("anëtarësohet" in row.lower() or "torvala" in row.lower() for row in rows)
    assert page.locator(".find").get_by_role("status").inner_text() != everything
    page.keyboard.press("Control+a")
    page.keyboard.type("no such row anywhere")
    assert shown_rows(page) == []
    assert page.locator(".find").get_by_role("status").inner_text() == "Asnjë rresht nuk përputhet"


SORTED = """() => [...document.querySelectorAll('.table[data-find] tbody')].map(body =>
  [...body.rows].filter(row => !row.classList.contains('group'))
    .map(row => parseFloat((row.cells[1].querySelector('[data-sort]') || row.cells[1]).dataset.sort)))"""


def test_a_long_table_is_sorted_by_mouse_and_keyboard(site: Path, visit: Callable[..., Visit]) -> None:
    page = long_table(visit, site)
    before = page.evaluate(SORTED)
    header = page.locator(".table[data-find] thead th").nth(1)
    header.get_by_role("button").click()
    assert header.get_attribute("aria-sort") == "ascending"
    rising = [sorted(one) for one in before]
    assert page.evaluate(SORTED) == rising
    header.get_by_role("button").press("Enter")
    assert header.get_attribute("aria-sort") == "descending"
    assert page.evaluate(SORTED) == [one[::-1] for one in rising]
    header.get_by_role("button").press("Space")
    assert header.get_attribute("aria-sort") == "none"
    assert page.evaluate(SORTED) == before
    assert before != rising


def test_a_phone_sorts_by_a_list(site: Path, visit: Callable[..., Visit]) -> None:
    page = long_table(visit, site, 390)
    page.locator(".find").get_by_role("combobox").select_option("1 descending")
    assert page.evaluate(SORTED) == [sorted(one, reverse=True) for one in page.evaluate(SORTED)]


def test_a_link_to_a_row_opens_its_group(site: Path, visit: Callable[..., Visit]) -> None:
    page = long_table(visit, site)
    last = page.evaluate("[...document.querySelectorAll('.table[data-find] tr[id]')].pop().id")
    seen = visit()
    page = seen.open(site / "en" / LONG, f"#{last}")
    assert page.evaluate(f"document.getElementById({last!r}).checkVisibility()")


def test_nothing_is_lost_without_scripts(site: Path, visit: Callable[..., Visit]) -> None:
    page = visit(scripts=False).open(site / "en" / LONG)
    rows = page.locator(".table tbody tr:not(.group)")
    assert rows.count() > 25
    assert rows.last.is_visible()
    assert page.locator(".table input, .table select").count() == 0
