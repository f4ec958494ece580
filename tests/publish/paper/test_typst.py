"""Paper: nothing an author writes becomes an instruction; every figure can be read back from the PDF."""

import io
from pathlib import Path

import pypdf
import pytest
import typst

from shteg.publish.html.naming import days
from shteg.publish.pages.texts import read_texts
from shteg.publish.paper.typst_escape import escape, string
from shteg.publish.printed import Voice
from shteg.report import EditionView, check_published_text

HOSTILE = (
    '#import "x.typ": *',
    "$x^2$ \\ / // not a comment /* nor this */",
    "= no heading",
    "- no list",
    "+ no list",
    "1. no list",
    "/ term: no",
    "*bold* _it_ `raw` <label> @ref ~ -- --- ...",
    "[bracket] {brace} #[x] \\u{1f600} 'q' \"q\"",
    "https://example.org/#a?b=c&d",
    "Ë ë Ç ç – “ ” ’ 92 %",
)


def text_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", ["markup", "string"])
def test_every_character_comes_out_as_itself(text: str, form: str) -> None:
    body = f"[{escape(text)}]" if form == "markup" else string(text)
    source = f"#set page(width: 40cm)\n#let said = {body}\n#said"
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    pdf = typst.compile(source.encode(), format="pdf", font_paths=fonts)
    assert isinstance(pdf, bytes)
    assert text_of(pdf).replace(" ", "").strip() == text.replace(" ", "").replace("~", "~")


def test_line_breaks_cannot_start_a_heading() -> None:
    assert escape("a\n= b") == "a \\= b"


@pytest.mark.parametrize("language", ["en", "sq"])
@pytest.mark.parametrize("name", ["report", "announcement"])
def test_every_figure_is_in_the_pdf(site: Path, edition: EditionView, language: str, name: str) -> None:
    voice = Voice(edition=edition, language=language)
    middle = "" if name == "report" else f"-{name}"
    path = site / language / f"shteg-demo{middle}-{language}.pdf"
    reader = pypdf.PdfReader(path)
    text = "".join(page.extract_text() for page in reader.pages)
    assert check_published_text(read_texts(voice)[name], text, path.name) == ()
    assert " ".join(days(voice).split()) in " ".join(text.split())
    root = reader.trailer["/Root"].get_object()
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == read_texts(voice)[name].title
    assert b"pdfuaid:part" in path.read_bytes()


def test_words_of_the_document_are_in_its_language(site: Path) -> None:
    text = "".join(page.extract_text() for page in pypdf.PdfReader(site / "sq" / "shteg-demo-sq.pdf").pages)
    for word in ("Përmbajtja", "Figura 1", "Tabela 1", "Referencat"):
        assert word in text
    assert "Figure" not in text
    assert "Table " not in text
