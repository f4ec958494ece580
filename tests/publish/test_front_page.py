"""The front page and what frames every page: titles, notes, groups of links, people, the brief."""

import json
import re
import shutil
from dataclasses import replace
from html import unescape
from pathlib import Path

import docx
import pypdf
import pytest

from shteg.errors import PublishError
from shteg.publish import publish_site
from shteg.publish.html.figures import Figures
from shteg.publish.html.naming import citation, documents_of, has_brief
from shteg.publish.html.page import GROUPS
from shteg.publish.html.reread import require_same_values
from shteg.publish.language import ALL_PAGES
from shteg.publish.pages.texts import read_texts
from shteg.publish.paper.brief import write_brief
from shteg.publish.printed import Voice
from shteg.report import EditionView
from tests.abroad import read_json, write_json

LANGUAGES = ("en", "sq", "sr")
NUMBER = re.compile(r'<span class="number[^"]*">.*?data-id="([^"]+)"')


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", page)).split())


@pytest.fixture(scope="module")
def fronts(site: Path) -> dict[str, str]:
    return {language: (site / language / "index.html").read_text(encoding="utf-8") for language in LANGUAGES}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headline_is_the_same_wherever_it_stands(
    fronts: dict[str, str], site: Path, edition: EditionView, language: str
) -> None:
    headline = str(read_texts(Voice(edition, language))["announcement"].title)
    page = fronts[language]
    assert text_of(re.search(r"<h1>(.*?)</h1>", page)[1]).replace("\u2060", "") == headline  # type: ignore[index]
    assert unescape(re.search(r"<title>(.*?)</title>", page)[1]).startswith(headline)  # type: ignore[index]
    described = json.loads(re.search(r'ld\+json">(.*?)</script>', page)[1])  # type: ignore[index]
    assert described["name"] == headline
    assert "{{" not in page
    assert "value." not in described["description"]
    choice = (site / "index.html").read_text(encoding="utf-8")
    assert headline in text_of(choice)
    pdf = pypdf.PdfReader(site / language / f"shteg-demo-announcement-{language}.pdf")
    assert pdf.metadata is not None
    assert pdf.metadata.title == headline


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_of_the_headline_go_through_the_gate(fronts: dict[str, str], language: str) -> None:
    heading = re.search(r"<h1>(.*?)</h1>", fronts[language])[1]  # type: ignore[index]
    assert 'data-id="acts.recognition.no" data-style="words' in heading


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_title_for_one_publication(site: Path, edition: EditionView, language: str) -> None:
    title = edition.case.title[language]
    for page in (site / language).glob("*.html"):
        found = unescape(re.search(r"<title>(.*?)</title>", page.read_text(encoding="utf-8"))[1])  # type: ignore[index]
        assert found == title or found.endswith(f" · {title}"), page.name
    report = (site / language / "report.html").read_text(encoding="utf-8")
    assert text_of(re.search(r"<h1>(.*?)</h1>", report)[1]) == title  # type: ignore[index]
    metadata = pypdf.PdfReader(site / language / f"shteg-demo-{language}.pdf").metadata
    assert metadata is not None
    assert metadata.title == title
    assert f" {title}. " in citation(Voice(edition, language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_editor_names_the_leads(fronts: dict[str, str], edition: EditionView, language: str) -> None:
    leads = [one.value_id for one in read_texts(Voice(edition, language))["announcement"].leads]
    assert NUMBER.findall(fronts[language]) == leads
    listed = re.search(r'<ul class="leads">.*?</ul>', fronts[language], re.DOTALL)[0]  # type: ignore[index]
    items = listed.split("<li>")[1:]
    frequencies = ['data-style="Frequency"' in item for item in items]
    assert frequencies == [False, True, True]  # a share of people is no probability
    assert ["mark assumed" in item for item in items] == [False, True, True]
    assert all('data-style="interval"' in item for item in items)
    for item in items:  # a point stands between two things, and a line never begins with it
        below = re.sub(r"<[^>]+>", "", item.partition('<span class="range">')[2]).strip()
        parts = re.split("(?:\N{NO-BREAK SPACE}|&nbsp;)· ", below)
        assert all(part and "·" not in part for part in parts), below


def test_without_leads_nothing_leads(demo_edition: Path, tmp_path: Path, kept: Path) -> None:
    folder = tmp_path / "edition"
    shutil.copytree(demo_edition, folder)
    for language in LANGUAGES:
        path = folder / "text" / language / "announcement.md"
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"^leads = \[\n.*?^\]\n", "", text, flags=re.MULTILINE | re.DOTALL), encoding="utf-8")
    case = read_json(folder, "case")
    case |= {"reviewers": [], "funders": [], "contact": None, "logo": None, "cover": None}
    case["footnote_marks"] = dict.fromkeys(LANGUAGES, False)
    write_json(folder, "case", case)
    publish_site(folder, tmp_path / "site", cache=kept / "drawings")
    page = (tmp_path / "site" / "en" / "index.html").read_text(encoding="utf-8")
    assert 'class="leads"' not in page
    assert 'id="made-by"' not in page
    assert 'id="status-note"' not in page
    assert not list((tmp_path / "site").glob("*/*-brief-*.pdf"))
    for language in LANGUAGES:
        note = case["footnote"][language].partition(",")[0]
        papers = {path: docx.Document(str(path)) for path in (tmp_path / "site" / language).glob("*.docx")}
        assert papers
        said = {path: "\n".join(one.text for one in paper.paragraphs) for path, paper in papers.items()}
        said |= {path: path.read_text("utf-8") for path in (tmp_path / "site" / language).glob("*.html")}
        assert [path.name for path, words in said.items() if note in words.replace("\N{NO-BREAK SPACE}", " ")] == []


def test_claims_and_method_stand_in_their_boxes_only(fronts: dict[str, str]) -> None:
    page = fronts["en"]
    assert page.count('id="claims"') == page.count('id="how"') == 1
    claims = re.search(r'<section class="claims".*?</section>', page, re.DOTALL)[0]  # type: ignore[index]
    assert claims.count("<li>") == 3
    assert claims.count("<li><strong>") == 3
    assert page.count("Most people want to join") == 1
    assert page.count("We read the public acts") == 1
    assert page.count('<ol class="measures">') == 1


def test_people_and_numbers_of_the_publication(fronts: dict[str, str]) -> None:
    page, shown = fronts["en"], text_of(fronts["en"])
    for words in ("Bardh Trillimi", "Fund of the Made-up Shore", "It saw the findings", "ISBN 978-0-00-000002-6"):
        assert words in shown
    for address in ("https://orcid.org/0000-0000-0000-0001", "mailto:arta@example.org", "mailto:torvale@example.org"):
        assert f'href="{address}"' in page
    assert "https://doi.org/10.5555/torvale.2026" in shown
    assert "Edition " in shown


def test_seven_pages_at_the_top_and_every_page_in_the_footer(site: Path, edition: EditionView) -> None:
    page = (site / "en" / "sources.html").read_text(encoding="utf-8")
    row = re.search(r'<ul class="row">(.*?)</ul>', page, re.DOTALL)[1]  # type: ignore[index]
    top = re.findall(r'href="([\w-]+)\.html"', row)
    assert len(top) <= 7
    footer = page.partition("<footer>")[2]
    listed = re.findall(r'href="([\w-]+)\.html"', footer)
    assert set(top) <= set(listed)
    own = {one.slug for one in ALL_PAGES if one.shown(edition) and one.group}
    assert own <= set(listed)
    assert all((site / "en" / f"{slug}.html").is_file() for slug in listed)
    assert all(one.group in ("", *GROUPS) for one in ALL_PAGES)
    assert [one.slug for one in ALL_PAGES if one.place and not one.group] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_asterisk_stands_with_its_mark_only(site: Path, edition: EditionView, language: str) -> None:
    name = edition.name_of(f"country:{edition.case.aspirant}", language)
    marked = 0
    for path in (site / language).glob("*.html"):
        page = path.read_text(encoding="utf-8")
        stars = f"{name}*</text>" in page
        note = re.search(r'<p id="status-note">(.*?)</p>', page)
        assert note is not None
        assert note[1].startswith("* ") == stars, path.name
        marked += stars
    assert (marked > 0) == (language == "en")  # footnote_marks of the case


def test_a_language_without_note_has_neither(edition: EditionView) -> None:
    case = replace(edition.case, footnote_marks={"en": True, "sq": False})
    assert (case.note_in("en"), case.marks_note("en")) == (edition.case.footnote, True)
    assert (case.note_in("sq"), case.marks_note("sq")) == (None, False)
    assert (edition.case.note_in("sq"), edition.case.marks_note("sq")) == (edition.case.footnote, False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_brief_is_one_page_that_anyone_can_read(site: Path, edition: EditionView, language: str) -> None:
    voice = Voice(edition, language)
    assert has_brief(voice)
    (link,) = [one for one in documents_of(voice) if one.text == "brief"]
    reader = pypdf.PdfReader(site / language / link.name)
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (round(float(box.width)), round(float(box.height))) == (595, 842)
    root = reader.trailer["/Root"].get_object()
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language
    assert "pdfuaid" in root["/Metadata"].get_object().get_data().decode()
    shown = " ".join(reader.pages[0].extract_text().split())
    document = read_texts(voice)["announcement"]
    for lead in document.leads:
        assert str(voice.show(edition.value(lead.value_id))).replace("\u00a0", " ") in shown
    assert "[" not in shown  # no mark of a citation without its list
    assert "torvale.2026" in shown
    assert all((site / language / one.name).is_file() for one in documents_of(voice))


def test_a_brief_that_is_too_long_is_refused(edition: EditionView, kept: Path, tmp_path: Path) -> None:
    voice = Voice(edition, "en")
    texts = read_texts(voice)
    front = texts["announcement"]
    claims = next(block for block in front.blocks if block.id == "claims")
    items = [replace(one, runs=one.runs * 40) for one in claims.content.items]  # type: ignore[union-attr]
    long = replace(claims, content=replace(claims.content, items=tuple(items)))  # type: ignore[type-var]
    blocks = tuple(long if block is claims else block for block in front.blocks)
    figures = Figures(voice=voice, cache=kept / "drawings")
    with pytest.raises(PublishError, match=r"does not fit on one page[\s\S]*shorten the claims"):
        write_brief(voice, {**texts, "announcement": replace(front, blocks=blocks)}, figures, tmp_path)


def test_a_false_headline_on_a_page_is_found(site: Path, edition: EditionView, tmp_path: Path) -> None:
    text = (site / "en" / "index.html").read_text(encoding="utf-8")
    page = tmp_path / "index.html"
    page.write_text(text.replace(">two</data>", ">three</data>", 1), encoding="utf-8")
    with pytest.raises(PublishError, match=r"acts\.recognition\.no is printed as 'three'"):
        require_same_values([page], Voice(edition, "en"))
