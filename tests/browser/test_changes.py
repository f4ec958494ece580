"""The pages of what changed, of editions and of errata; earlier sites that lead to the newest."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from shteg.publish.archive import archive_sites
from shteg.report import open_edition
from tests.abroad import read_json, write_json
from tests.browser.conftest import PHONE, Visit
from tests.browser.test_pages import LANGUAGES, OPTIONS

pytestmark = pytest.mark.browser

Visits = Callable[..., Visit]
PAGES = ("changes", "editions", "errata")
WORDS = {
    "en": ("What changed", "Time that passed", "Change in all", "June 2025, reconstructed"),
    "sq": ("Çfarë ndryshoi", "Koha që kaloi", "Ndryshimi gjithsej", "qershor 2025, i rindërtuar"),
    "sr": ("Šta se promenilo", "Proteklo vreme", "Ukupna promena", "jun 2025, rekonstruisano"),
}


@pytest.fixture(scope="module")
def archived(abroad_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with an earlier one beside it: the same pages, but for one that only the earlier has."""
    old = tmp_path_factory.mktemp("old") / "site"
    shutil.copytree(abroad_site, old)
    shutil.copyfile(old / "en" / "glossary.html", old / "en" / "only-here.html")
    new = tmp_path_factory.mktemp("new") / "site"
    shutil.copytree(abroad_site, new)
    edition = new / "edition"
    write_json(edition, "manifest", read_json(edition, "manifest") | {"archived": ["spring-2026"]})
    archive_sites(open_edition(edition), new, {"spring-2026": old})
    return new


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", PAGES)
def test_no_barriers_and_nothing_over_the_edge_on_a_phone(site: Path, visit: Visits, language: str, slug: str) -> None:
    one = visit("dark" if language == "sq" else "light", PHONE)
    page = one.open(site / language / f"{slug}.html")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    found = Axe().run(page, options=OPTIONS)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("language", LANGUAGES)
def test_contributions_as_printed_sum_to_the_change_as_printed(site: Path, visit: Visits, language: str) -> None:
    title, time, total, earlier = WORDS[language]
    page = visit().open(site / language / "changes.html")
    assert page.locator("h1").inner_text() == title
    assert earlier in page.locator("#between").inner_text().replace("2025. ", "2025 ").replace("2025.,", "2025,")
    table = page.locator("#changes-contributions-1-caption + .scroll table")
    assert time in table.inner_text()
    cells = table.locator("tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => cell.innerText))"
    )
    assert total in table.locator("tbody tr").last.inner_text()
    for column in range(len(cells[0])):
        shown = [_hundredths(row[column]) for row in cells]
        assert sum(shown[:-1]) == shown[-1]


def _hundredths(text: str) -> int:
    """Read a printed contribution; what is smaller than a hundredth of a point counts for none of them."""
    plain = text.strip().replace("\u2212", "-").replace(",", ".")
    if plain[0] in "<>" or not any(sign.isdigit() for sign in plain):
        return 0
    return round(float(plain) * 100)


def test_the_rows_of_the_evidence_open_by_keyboard(site: Path, visit: Visits) -> None:
    page = visit().open(site / "en" / "changes.html")
    fold = page.locator("#rows-evidence-acts-added")
    assert not fold.locator("table").is_visible()
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    assert fold.locator("table").is_visible()
    assert "sources.html#source-" in str(fold.locator("td a").first.get_attribute("href"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_correction_stands_on_its_page_and_leads_to_the_list(site: Path, visit: Visits, language: str) -> None:
    page = visit().open(site / language / "members.html")
    notice = page.locator("p.erratum")
    assert notice.locator("data").inner_text() == "3"
    notice.get_by_role("link").last.click()
    page.wait_for_url(f"**/{language}/errata.html#erratum-patrol-count")
    assert page.locator("#erratum-patrol-count del").inner_text() == "4"
    assert page.locator("p.erratum").count() == 0  # the list needs no notice of itself


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_earlier_site_says_so_and_leads_to_the_same_page(archived: Path, visit: Visits, language: str) -> None:
    one = visit("light", PHONE)
    page = one.open(archived / "editions" / "spring-2026" / language / "path.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.get_attribute("link[rel=canonical]", "href") == f"https://example.org/torvale/{language}/path.html"
    found = Axe().run(page, options=OPTIONS)
    assert found.violations_count == 0, found.generate_report()
    page.locator("aside .warning a").first.click()
    page.wait_for_url(f"**/site/{language}/path.html")
    assert page.locator("aside .warning").count() == 0


def test_a_page_that_is_gone_leads_to_the_first_one(archived: Path, visit: Visits) -> None:
    page = visit().open(archived / "editions" / "spring-2026" / "en" / "only-here.html")
    page.locator("aside .warning a").first.click()
    page.wait_for_url("**/site/en/index.html")
    first = visit().open(archived / "editions" / "spring-2026" / "index.html")
    assert first.locator("aside .warning").count() == len(LANGUAGES)
