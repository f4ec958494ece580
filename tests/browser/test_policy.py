"""The policy of the pages in a real browser, on file://: the publication works, and nothing that got in is run."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

INJECTED = (
    '<script>window.inside = 1</script><img src="x:" onerror="window.handler = 1">'
    '<script src="https://example.org/a.js"></script><script src="data:text/javascript,window.data=1"></script>'
    '<link rel="stylesheet" href="https://example.org/a.css"><style>body { outline-width: 7px }</style>'
    '<iframe src="https://example.org/"></iframe><object data="https://example.org/a"></object>'
    '<img src="https://example.org/a.png"><p id="styled" style="opacity: 0.5">x</p>'
    '<form action="https://example.org/" id="form"><input name="a" value="b"></form>'
    '<a id="link" href="javascript:window.followed=1">x</a>'
)
"""What a page could hold if a check failed: each of these must do nothing."""


@pytest.fixture
def attacked(site: Path, browser: Browser, tmp_path: Path) -> Iterator[tuple[Page, list[str]]]:
    """Open a page into which scripts, styles and requests were written; give it with all that left the disk."""
    folder = tmp_path / "site"
    shutil.copytree(site, folder)
    path = folder / "en" / "report.html"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('<main id="main"', f'{INJECTED}<main id="main"'), encoding="utf-8")
    context = browser.new_context()
    page = context.new_page()
    left: list[str] = []

    def only_files(route) -> None:  # type: ignore[no-untyped-def]
        left.append(route.request.url)
        route.abort()

    page.route("https://**/*", only_files)
    page.goto(path.as_uri())
    yield page, left
    context.close()


def test_nothing_that_was_injected_is_run_or_asked_for(attacked: tuple[Page, list[str]]) -> None:
    page, left = attacked
    page.evaluate("document.getElementById('form').submit()")
    page.evaluate("document.getElementById('link').click()")
    page.wait_for_timeout(200)
    assert page.evaluate("[window.inside, window.handler, window.data, window.followed]") == [None] * 4
    assert page.evaluate("getComputedStyle(document.getElementById('styled')).opacity") == "1"
    assert page.evaluate("getComputedStyle(document.body).outlineWidth") != "7px"
    assert left == []
    assert page.url.startswith("file:")


def test_the_scripts_and_styles_of_the_publication_still_work(attacked: tuple[Page, list[str]]) -> None:
    page, _ = attacked
    assert page.evaluate("getComputedStyle(document.querySelector('.masthead')).borderTopWidth") == "5px"
    page.locator("main a.v").first.click()
    assert page.locator("#provenance").is_visible()


def test_no_page_offends_its_own_policy(site: Path, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type in ("error", "warning") else None)
    for path in [site / "index.html", *sorted(site.glob("*/*.html"))]:
        page.goto(path.as_uri())
    assert told == []
    context.close()


def test_drawings_keep_their_colours_and_sizes(site: Path, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    page = context.new_page()
    page.goto((site / "en" / "path.html").as_uri())
    drawing = page.locator(".figure .plot svg").first
    box = drawing.bounding_box()
    assert box is not None
    assert 300 < box["width"] < 900
    assert box["height"] > 100
    colours = "[...document.querySelectorAll('.figure .plot svg [fill]')].map(one => getComputedStyle(one).fill)"
    assert "rgb(0, 86, 107)" in page.evaluate(colours)
    assert not [one for one in page.evaluate(colours) if "10, 10" in one]
    page.goto((site / "en" / "members.html").as_uri())
    bar = page.locator("svg.bar").first.bounding_box()
    assert bar is not None
    assert bar["width"] > 90
    context.close()
