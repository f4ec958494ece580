"""The documents as a reader holds them: cover, signs with their key, figures in place, addresses, words not divided."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdf
import pytest

from shteg.publish.html.figures import Figures
from shteg.publish.html.naming import document_name
from shteg.publish.pages.texts import read_texts
from shteg.publish.paper import pdf
from shteg.publish.paper.figured import WHOLE, figure_problems, typst_markup
from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.marks import SIGNS, mark_signs
from shteg.report.text.tree import ValueRun, leaves, runs_of

LANGUAGES = ("en", "sq")
NAMES = ("report", "announcement")
CHAPTER_SIZE = 15.0
SMALLEST = 7.0
"""Points: no letter on paper is smaller, but the raised marks of citations and signs."""
FEWEST_LETTERS = 300
"""A page with fewer letters and no picture is nearly empty."""
UNSEEN = str.maketrans("", "", "\u200b\u2060\u00ad")


def document(site: Path, edition: EditionView, language: str, name: str) -> pypdf.PdfReader:
    return pypdf.PdfReader(site / language / document_name(edition, name, language))


def words_of(page: pypdf.PageObject) -> str:
    return " ".join(page.extract_text().translate(UNSEEN).split())


def pieces(page: pypdf.PageObject) -> Iterator[tuple[str, float, float]]:
    """Give the texts of a page, each with its size in points and its height above the foot of the page."""
    found: list[tuple[str, float, float]] = []

    def take(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        if text.strip():
            scale = abs(cm[3] * tm[3]) or abs(cm[1] * tm[2])
            found.append((text.strip(), size * scale, tm[5] * cm[3] + cm[5]))

    page.extract_text(visitor_text=take)
    yield from found


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cover_says_who_signs_what_and_when(site: Path, edition: EditionView, language: str) -> None:
    voice = Voice(edition, language)
    reader = document(site, edition, language, "report")
    cover, last = words_of(reader.pages[0]), words_of(reader.pages[-1])
    case = edition.case
    for said in (case.publisher, case.authors[0].name):
        assert voice.own(said) in cover
    assert str(read_texts(voice)["report"].title) in cover
    assert voice.t("paper.licence", licence=case.licence) in cover
    for said in (voice.t("paper.cite"), voice.t("paper.publisher"), str(case.address), edition.manifest.edition):
        assert said in last


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_announcement_has_two_pages_at_most(site: Path, edition: EditionView, language: str) -> None:
    assert len(document(site, edition, language, "announcement").pages) <= 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_page_is_nearly_empty(site: Path, edition: EditionView, language: str, name: str) -> None:
    reader = document(site, edition, language, name)
    inside = [page for page in reader.pages if page is not reader.pages[0] and page is not reader.pages[-1]]
    letters = [len(words_of(page)) for page in inside]
    assert all(count >= FEWEST_LETTERS for count in letters), letters


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sign_stands_after_its_number_with_its_key_on_the_page(
    site: Path, edition: EditionView, language: str
) -> None:
    voice = Voice(edition, language)
    reader = document(site, edition, language, "report")
    pages = [words_of(page) for page in reader.pages]
    text = "".join("".join(pages).split())
    runs = [run for block in read_texts(voice)["report"].blocks for run in leaves(runs_of(block.content))]
    signed = [run for run in runs if isinstance(run, ValueRun) and mark_signs(edition.value(run.value_id))]
    assert signed
    for run in signed:
        assert "".join(run.text.split()) + mark_signs(edition.value(run.value_id)) in text
    for mark, sign in SIGNS.items():
        key = f"{sign} {voice.text(f'mark.{mark}')}:"
        for number, page in enumerate(pages):
            if number == 1:  # the page of contents explains both
                assert key in page
            else:
                assert (sign in page.replace(key, "")) == (key in page), (number, sign)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reference_to_a_figure_prints_its_number(site: Path, edition: EditionView, language: str) -> None:
    voice = Voice(edition, language)
    text = " ".join(words_of(page) for page in document(site, edition, language, "report").pages)
    numbers = read_texts(voice)["report"].numbers()
    assert f"{voice.t('figure')} {numbers['figure-path']} " in text
    assert len(re.findall(rf"{voice.t('figure')} {numbers['figure-path']}\.", text)) >= 1
    html = (site / language / "report.html").read_text(encoding="utf-8")
    assert f'<a href="#figure-path">{voice.t("figure")}\u00a0{numbers["figure-path"]}</a>' in html
    assert f'<p class="count">{voice.t("figure")}\u00a0{numbers["figure-path"]}</p>' in html


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_stand_in_their_chapter(site: Path, edition: EditionView, language: str) -> None:
    """A caption comes after the heading of its chapter and before the next one, page and height on it compared."""
    voice = Voice(edition, language)
    lines: dict[tuple[int, float, float], str] = {}
    for number, page in enumerate(document(site, edition, language, "report").pages):
        for text, size, height in pieces(page) if number > 1 else ():
            place = (number, -round(height), round(size, 1))
            lines[place] = f"{lines.get(place, '')} {text}"
    chapters = sorted(place for place in lines if place[2] == CHAPTER_SIZE)
    captions = {
        int(found[1]): place
        for place, line in lines.items()
        if (found := re.match(rf" {voice.t('figure')} (\d+) \.", line))
    }
    resolved = read_texts(voice)["report"]
    numbers, at, seen = resolved.numbers(), -1, 0
    for block in resolved.blocks:
        at += block.kind == "heading" and block.content.level == 2  # type: ignore[union-attr]
        if block.kind in ("figure", "image"):
            caption = captions[numbers[block.id]]
            assert at < 0 or chapters[at] < caption, block.id
            assert caption < chapters[at + 1], block.id
            seen += 1
    assert seen >= 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_no_letter_is_too_small_to_read(site: Path, edition: EditionView, language: str, name: str) -> None:
    raised = re.compile(rf"[\[\]\d,{''.join(SIGNS.values())}\s]+")
    small = [
        (number, text, round(size, 1))
        for number, page in enumerate(document(site, edition, language, name).pages, 1)
        for text, size, _ in pieces(page)
        if size < SMALLEST and not raised.fullmatch(text)
    ]
    assert small == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_addresses_of_sources_are_printed(site: Path, edition: EditionView, language: str) -> None:
    reader = document(site, edition, language, "report")
    text = "".join("".join(page.extract_text().translate(UNSEEN).split()) for page in reader.pages)
    cited = read_texts(Voice(edition, language))["report"].source_ids
    assert cited
    for source_id in cited:
        address = edition.source(source_id).address
        assert address is None or address in text


def test_no_word_is_divided_where_the_language_has_no_patterns(site: Path, edition: EditionView) -> None:
    ends = {
        language: [
            line
            for page in document(site, edition, language, "report").pages
            for line in page.extract_text().splitlines()
            if re.search(r"\w[-\u00ad\u2010]$", line.strip())
        ]
        for language in LANGUAGES
    }
    assert Voice(edition, "sq").t("paper.hyphenation") == "none"
    assert ends["sq"] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_every_figure_told_is_in_the_finished_pdf(
    edition: EditionView, tmp_path: Path, language: str, name: str
) -> None:
    voice = Voice(edition, language)
    texts = read_texts(voice)
    made = pdf.make_document(voice, texts[name], (), Figures(voice=voice), "x.pdf")
    reader = pypdf.PdfReader(io.BytesIO(made.raw))
    text = "".join("".join(page.extract_text().translate(UNSEEN).split()) for page in reader.pages)
    assert made.figures
    missing = [one["said"] for one in made.figures if "".join(one["said"].translate(UNSEEN).split()) not in text]
    assert missing == []
    assert figure_problems(made.figures, voice, "x.pdf") == []


def test_a_figure_that_differs_is_found(edition: EditionView) -> None:
    voice = Voice(edition, "en")
    made = pdf.make_document(voice, read_texts(voice)["report"], (), Figures(voice=voice), "x.pdf")
    for at in (0, len(made.figures) - 1):
        spoilt = [dict(one) for one in made.figures]
        spoilt[at]["said"] = "77.7%"
        (problem,) = figure_problems(spoilt, voice, "x.pdf")
        assert "77.7%" in problem.problem


def test_documents_are_kept_by_what_they_are_made_of(
    edition: EditionView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voice = Voice(edition, "sq")
    figures, texts = Figures(voice=voice, cache=tmp_path / "kept"), read_texts(voice)
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    first = pdf.write_documents(voice, texts, figures, folders[0])
    monkeypatch.setattr(pdf, "_compile", lambda *_: pytest.fail("a document that is kept was made again"))
    second = pdf.write_documents(voice, texts, figures, folders[1])
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_markup_of_the_publisher_keeps_figures_and_signs(edition: EditionView) -> None:
    voice = Voice(edition, "en")
    value = next(one for one in edition.values.values() if mark_signs(one) and one.low is not None)
    written = typst_markup(voice.value(value, "range"))
    assert f'"data-id": "{value.id}"' in written
    assert f'#signed("{mark_signs(value)}");' in written
    assert typst_markup("a <b> & #c") == "a \\<b\\> \\& \\#c"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_figure_or_interval_breaks_over_two_lines(edition: EditionView, language: str) -> None:
    """Each printed figure of few letters stands whole in one line of the finished document, in tables too."""
    voice = Voice(edition, language)
    made = pdf.make_document(voice, read_texts(voice)["report"], (), Figures(voice=voice), "x.pdf")
    pages = pypdf.PdfReader(io.BytesIO(made.raw)).pages
    lines = ["".join(line.translate(UNSEEN).split()) for page in pages for line in page.extract_text().splitlines()]
    short = {one["said"] for one in made.figures if len(one["said"]) <= WHOLE}
    assert len(short) > 10
    broken = [said for said in sorted(short) if not any("".join(said.split()) in line for line in lines)]
    assert broken == []
