"""An edition without texts says so plainly, on every page and in its document, in the language of each."""

import json
import re
import shutil
from pathlib import Path

import pypdf
import pytest

from shteg.publish import publish_site
from shteg.report import check_texts, open_edition
from tests.publish.test_site import Elements

LANGUAGES = {"en": ("Computed as of 30\u00a0June 2026, without text", "Overview"),
             "sq": ("E llogaritur sipas gjendjes më 30\u00a0qershor 2026", "Pamje e përgjithshme")}  # fmt: skip
LEFT_OUT = {"left_out": {"acts": 12, "evidence.ladder": 1, "readings.csv": 0}, "left_out_imprecise": {"acts": 2}}


def bare_edition(edition_folder: Path, folder: Path, *, texts: bool = False, **more: object) -> Path:
    shutil.copytree(edition_folder, folder)
    if not texts:
        shutil.rmtree(folder / "text")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8")) | more
    manifest["options"] = {"as_of": "2026-06-30", "verified_only": "false", "text": "false"}
    path.write_text(json.dumps(manifest), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def bare(edition_folder: Path, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bare")
    publish_site(bare_edition(edition_folder, folder / "edition", **LEFT_OUT), folder / "site", cache=kept / "drawings")
    return folder / "site"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_says_so(bare: Path, language: str) -> None:
    pages = sorted((bare / language).glob("*.html"))
    assert len(pages) > 10
    for page in pages:
        # A term in it may lead to the glossary.
        text = re.sub(r'<a class="term"[^>]*>(.*?)</a>', r"\1", page.read_text(encoding="utf-8"))
        assert f'<p class="warning" id="no-text">{LANGUAGES[language][0]}' in text, page
    assert all(words in (bare / "index.html").read_text(encoding="utf-8") for words, _ in LANGUAGES.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_no_report_and_nothing_leads_to_it(bare: Path, language: str) -> None:
    assert not (bare / language / "report.html").exists()
    for page in (bare / language).glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert "report.html" not in text, page
        for tag, attributes in Elements(text).tags:
            href = attributes.get("href", "")
            if tag == "a" and href and ":" not in href and not href.startswith("#"):
                assert (page.parent / href.partition("#")[0]).is_file(), f"{page}: {href}"
    index = (bare / language / "index.html").read_text(encoding="utf-8")
    assert f'aria-current="page">{LANGUAGES[language][1]}</a>' in index
    assert 'id="measures"' in index


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_says_so_and_holds_the_figures(bare: Path, language: str) -> None:
    (path,) = (bare / language).glob("*.pdf")
    text = " ".join("".join(page.extract_text() for page in pypdf.PdfReader(path).pages).split())
    words = " ".join(LANGUAGES[language][0].split())
    assert words in text
    assert ("Figure 1" if language == "en" else "Figura 1") in text
    assert path.name in (bare / language / "data.html").read_text(encoding="utf-8")


def test_the_check_finds_nothing_missing_and_texts_left_behind_are_not_read(
    edition_folder: Path, tmp_path: Path
) -> None:
    with_texts = open_edition(bare_edition(edition_folder, tmp_path / "edition", texts=True))
    assert with_texts.without_text
    assert with_texts.texts == {language: {} for language in with_texts.languages}
    assert not [one for one in check_texts(with_texts) if one.file.startswith("text/")]


def test_what_the_day_leaves_out_is_told(bare: Path, site: Path) -> None:
    for language, words in (("en", "What the day leaves out"), ("sq", "Çfarë mbetet jashtë për shkak të datës")):
        text = (bare / language / "data.html").read_text(encoding="utf-8")
        assert f'-caption">{words}</p>' in text
        assert re.search(r"<td [^>]*>12</td><td [^>]*>2</td>", text)
        assert re.search(r"<td [^>]*>1</td><td [^>]*>0</td>", text)
        assert 'id="left-out"' not in (site / language / "data.html").read_text(encoding="utf-8")
        assert 'id="no-text"' not in (site / language / "data.html").read_text(encoding="utf-8")
