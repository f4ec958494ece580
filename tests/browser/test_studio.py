"""What an analyst does in the studio: by mouse, by keyboard, on a phone, in every language, without barriers."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from shteg.evidence import find_case
from tests.browser.conftest import DESKTOP, PHONE
from tests.web.conftest import Running

pytestmark = pytest.mark.browser

LANGUAGES = ("en", "sq", "sr")
OPTIONS = {"resultTypes": ["violations"]}
PARTS = ("problems", "texts", "tables", "scenario", "page")
PATIENCE = 30_000


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, kept: Path, demo_edition: Path) -> Iterator[Running]:
    place = tmp_path_factory.mktemp("studio")
    shutil.copytree(find_case("demo"), place / "case")
    one = Running(place / "case", place=place, kept=kept)
    one.ready()
    yield one
    one.close()


class Desk:
    """The page of the studio, with everything that went wrong on it."""

    def __init__(self, browser: Browser, running: Running, language: str, screen: dict[str, int], scheme: str) -> None:
        self.context = browser.new_context(viewport=screen, color_scheme=scheme, has_touch=screen is PHONE)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(PATIENCE)
        self.errors: list[str] = []
        self.elsewhere: list[str] = []
        own = f"http://127.0.0.1:{running.port}/"
        self.page.on("console", lambda told: self.errors.append(told.text) if told.type == "error" else None)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda one: None if one.url.startswith(own) else self.elsewhere.append(one.url))
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.goto(f"{own}?language={language}")
        expect(self.page.locator("#state")).not_to_be_empty()
        self.paper = self.page.frame_locator("#paper")

    def part(self, name: str) -> None:
        self.page.locator(f"#tab-{name}").click()

    def table(self, name: str) -> None:
        self.part("tables")
        self.page.locator(f'#table-file option[value="{name}"]').wait_for(state="attached")
        self.page.locator("#table-file").select_option(name)
        self.page.locator("#grid tbody tr").first.wait_for()

    def text(self, name: str) -> None:
        self.part("texts")
        self.page.locator(f'#text-file option[value="{name}"]').wait_for(state="attached")
        self.page.locator("#text-file").select_option(name)
        self.page.locator("#text").wait_for()

    def end(self) -> None:
        self.context.close()
        assert (self.errors, self.elsewhere) == ([], [])


@pytest.fixture
def desk(browser: Browser, running: Running) -> Iterator[object]:
    opened: list[Desk] = []

    def open_(language: str = "en", screen: dict[str, int] = DESKTOP, scheme: str = "light") -> Desk:
        opened.append(Desk(browser, running, language, screen, scheme))
        return opened[-1]

    raw = {path: path.read_bytes() for path in running.case.rglob("*") if path.is_file()}
    yield open_
    for one in opened:
        one.end()
    changed = [path for path, before in raw.items() if path.read_bytes() != before]
    for path in changed:
        path.write_bytes(raw[path])
    if changed:
        running.wait(lambda state: state["building"], 10)
    running.ready()
    assert changed == [], "a test takes back what it saves"


WAYS = (("en", DESKTOP, "light"), ("sq", DESKTOP, "dark"), ("sq", PHONE, "light"), ("sr", PHONE, "dark"))


@pytest.mark.parametrize(("language", "screen", "scheme"), WAYS)
def test_no_barriers_and_nothing_over_the_edge(desk, language, screen, scheme) -> None:  # type: ignore[no-untyped-def]
    one: Desk = desk(language, screen, scheme)
    page = one.page
    for part in PARTS:
        if part == "page" and screen is DESKTOP:
            continue
        one.part(part)
        if part == "texts":
            one.text(f"text/{language}/report.md")
        if part == "tables":
            one.table("acts.csv")
            page.locator('[data-at="0"]').first.fill("QQQ")
            page.locator('[data-at="0"]').first.press("Tab")
            page.locator("#grid .wrong").first.wait_for()
        if part == "scenario":
            page.locator("#measures input").first.check()
            page.locator("#scenario-result table").wait_for()
        found = Axe().run(page, options=OPTIONS)
        assert found.violations_count == 0, f"{language} {part}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= screen["width"], part
    assert page.evaluate("document.documentElement.lang").startswith(language)
    shown = page.locator("body").inner_text()
    assert not re.search(r"studio\.\w+|undefined|NaN|\{\w+\}(?!\})", shown.replace("{{", "").replace("}}", ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_is_seen_as_it_is_typed_saved_and_taken_back(desk, running, language) -> None:  # type: ignore[no-untyped-def]
    one: Desk = desk(language)
    file = running.case / "text" / language / "report.md"
    before = file.read_bytes()
    one.text(f"text/{language}/report.md")
    expect(one.page.locator("#paper")).to_have_attribute("src", f"/site/{language}/report.html")
    text = one.page.locator("#text").input_value()
    first = next(line for line in text.split("\n\n") if line and line[0].isalpha())
    word = first.split()[0]
    one.page.locator("#text").fill(text.replace(first, first.replace(word, f"{word} Pristina-Test", 1), 1))
    expect(one.paper.locator("main")).to_contain_text("Pristina-Test")
    assert file.read_bytes() == before, "nothing is written before it is saved"
    one.page.locator("#text-save").click()
    expect(one.page.locator("#said")).to_contain_text(f"text/{language}/report.md")
    changed = file.read_bytes()
    assert b"Pristina-Test" in changed
    lines = (before.splitlines(), changed.splitlines())
    assert sum(a != b for a, b in zip(*lines, strict=True)) == 1
    one.page.locator("#panel-texts .undo-save").click()
    expect(one.paper.locator("main")).not_to_contain_text("Pristina-Test")
    assert file.read_bytes() == before
    expect(one.page.locator("#text")).to_have_value(text)


def test_a_wrong_text_names_the_line_and_leads_to_it(desk) -> None:  # type: ignore[no-untyped-def]
    one: Desk = desk("en")
    one.text("text/en/report.md")
    text = one.page.locator("#text").input_value()
    one.page.locator("#text").fill(text + "\n\nThere are 17 of {{ value.that.is.none }} here. {#more}\n")
    problem = one.page.locator("#text-problems li", has_text="that.is.none").first
    problem.wait_for()
    problem.locator("button").click()
    selected = one.page.evaluate(
        "() => { const t = document.getElementById('text'); return t.value.slice(t.selectionStart, t.selectionEnd); }"
    )
    assert "value.that.is.none" in selected
    expect(one.paper.locator("body")).to_contain_text("that.is.none")
    one.errors[:] = [told for told in one.errors if "500" not in told]  # the browser logs the page that says so
    one.page.locator("#text-discard").click()
    expect(one.paper.locator("h1")).to_be_visible()
    expect(one.paper.locator("body")).not_to_contain_text("that.is.none")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_cell_by_mouse(desk, running, language) -> None:  # type: ignore[no-untyped-def]
    one: Desk = desk(language)
    file = running.case / "acts.csv"
    before = file.read_bytes()
    one.table("acts.csv")
    page = one.page
    columns = page.locator("#grid thead th span").all_inner_texts()
    grade, actor = columns.index("grade"), columns.index("actor")
    cell = page.locator(f'#grid tbody tr:nth-child(3) [data-at="{actor}"]')
    was = cell.input_value()
    cell.fill("QQQ")
    cell.press("Tab")
    wrong = page.locator("#grid tbody tr:nth-child(3) .wrong")
    expect(wrong).to_contain_text("QQQ")
    expect(cell).to_have_attribute("aria-invalid", "true")
    page.locator("#table-undo").click()
    expect(cell).to_have_value(was)
    expect(page.locator("#grid .wrong")).to_have_count(0)
    choice = page.locator(f'#grid tbody tr:nth-child(3) [data-at="{grade}"]')
    choice.select_option("D4")
    expect(page.locator("#table-save")).to_be_enabled()
    assert file.read_bytes() == before
    page.locator("#table-save").click()
    page.locator("#table-told summary").wait_for()
    after = file.read_bytes()
    assert [at for at, (a, b) in enumerate(zip(before.splitlines(), after.splitlines(), strict=True)) if a != b] == [3]
    page.locator("#panel-tables .undo-save").click()
    expect(choice).not_to_have_value("D4")
    assert file.read_bytes() == before


def test_rows_by_keyboard_alone(desk, running) -> None:  # type: ignore[no-untyped-def]
    one: Desk = desk("sq")
    file = running.case / "members.csv"
    before = file.read_bytes()
    page = one.page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # past the head, to the work
    page.locator("#tab-problems").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-tables")).to_be_focused()
    page.locator('#table-file option[value="members.csv"]').wait_for(state="attached")
    page.keyboard.press("Tab")
    expect(page.locator("#table-file")).to_be_focused()
    page.keyboard.type("members.csv")
    page.keyboard.press("Enter")
    page.locator("#grid tbody tr").first.wait_for()
    count = page.locator("#grid tbody tr").count()
    first = page.locator('#grid tbody tr:nth-child(1) [data-at="0"]')
    first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator('#grid tbody tr:nth-child(2) [data-at="0"]')).to_be_focused()
    page.locator("#grid tbody tr:nth-child(2) th button").first.focus()
    page.keyboard.press("Enter")  # a row below
    expect(page.locator("#grid tbody tr")).to_have_count(count + 1)
    expect(page.locator('#grid tbody tr:nth-child(3) [data-at="0"]')).to_be_focused()
    page.keyboard.type("XAB")
    page.keyboard.press("Tab")
    page.locator("#table-problems li").first.wait_for()
    expect(page.locator("#grid tbody tr:nth-child(3) .wrong").first).to_be_visible()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator("#grid tbody tr")).to_have_count(count)
    assert file.read_bytes() == before


def test_a_file_that_another_program_wrote_is_not_written_over(desk, running) -> None:  # type: ignore[no-untyped-def]
    one: Desk = desk("en")
    file = running.case / "chronicle.csv"
    before = file.read_bytes()
    one.table("chronicle.csv")
    one.page.locator('#grid tbody tr:nth-child(1) input[data-at="1"]').fill("2019")
    one.page.locator('#grid tbody tr:nth-child(1) input[data-at="1"]').press("Tab")
    other = before.replace(b"\n", b"\n\n", 1)
    file.write_bytes(other)
    try:
        one.page.locator("#table-save").click()
        expect(one.page.locator("#table-told .warning")).to_be_visible()
        assert file.read_bytes() == other
        one.page.locator("#table-told button").click()
        expect(one.page.locator("#table-save")).to_be_disabled()
        one.errors[:] = [told for told in one.errors if "409" not in told]  # the browser logs the refusal
    finally:
        file.write_bytes(before)
        running.wait(lambda state: not state["building"])


def test_problems_lead_to_their_cell(desk, running) -> None:  # type: ignore[no-untyped-def]
    one: Desk = desk("sq")
    file = running.case / "acts.csv"
    before = file.read_bytes()
    lines = before.split(b"\n")
    lines[4] = lines[4].replace(b",", b",", 1).replace(lines[4].split(b",")[0], b"QQQ", 1)
    file.write_bytes(b"\n".join(lines))
    try:
        one.part("problems")
        item = one.page.locator("#problems li", has_text="acts.csv:5").first
        item.wait_for()
        item.locator("button").click()
        cell = one.page.locator('#grid tbody tr:nth-child(4) [data-at="0"]')
        expect(cell).to_be_focused()
        expect(cell).to_have_attribute("aria-invalid", "true")
        expect(one.page.locator("#state")).to_have_class("bad")
    finally:
        file.write_bytes(before)
    expect(one.page.locator("#problems li")).to_have_count(0)
    expect(one.page.locator("#state")).not_to_have_class("bad")


@pytest.mark.parametrize(("language", "screen"), [("en", DESKTOP), ("sq", PHONE), ("sr", DESKTOP)])
def test_a_scenario_computes_itself_and_can_be_put_back(desk, language, screen) -> None:  # type: ignore[no-untyped-def]
    one: Desk = desk(language, screen)
    page = one.page
    one.part("scenario")
    page.locator("#measures input").first.wait_for()
    page.locator("#scenario-all").click()
    table = page.locator("#scenario-result table")
    table.wait_for()
    rows = table.locator("tbody tr").count()
    assert rows > 1
    assert "%" in table.locator("tbody td").first.inner_text()
    first = table.inner_text()
    page.locator("#scenario-none").click()
    expect(page.locator("#scenario-result")).to_be_hidden()
    page.locator("#parameter-value").fill("1.5")
    page.locator("#parameter-set").click()
    table.wait_for()
    assert table.inner_text() != first
    page.locator("#settings button").click()
    expect(page.locator("#scenario-result")).to_be_hidden()


def test_a_page_on_its_own_hears_of_a_change(browser: Browser, running: Running) -> None:
    file = running.case / "text" / "en" / "report.md"
    before = file.read_text(encoding="utf-8")
    first = next(line for line in before.split("\n\n") if line and line[0].isalpha())
    page = browser.new_page()
    try:
        page.goto(f"http://127.0.0.1:{running.port}/site/en/report.html")
        page.wait_for_timeout(1000)
        file.write_text(before.replace(first, f"Heard at once. {first}", 1), encoding="utf-8")
        expect(page.locator("main")).to_contain_text("Heard at once.", timeout=10_000)
    finally:
        file.write_text(before, encoding="utf-8")
        expect(page.locator("main")).not_to_contain_text("Heard at once.", timeout=10_000)
        page.close()
        running.ready()


def test_the_studio_says_when_it_is_gone(browser: Browser, tmp_path: Path, kept: Path) -> None:
    shutil.copytree(find_case("demo"), tmp_path / "case")
    (tmp_path / "work").mkdir()
    one = Running(tmp_path / "case", place=tmp_path / "work", kept=kept)
    page = browser.new_page()
    try:
        page.goto(f"http://127.0.0.1:{one.port}/?language=sq")
        expect(page.locator("#state")).not_to_be_empty()
        words = json.loads(page.locator("#told").inner_text())["words"]
        page.wait_for_function("document.getElementById('state').textContent.length > 0")
        assert one.stop() < 2
        expect(page.locator("#state")).to_have_text(words["state.lost"], timeout=10_000)
    finally:
        page.close()
        one.close()
