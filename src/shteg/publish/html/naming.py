"""How things of a publication are called: languages, documents, authors, the citation."""

from __future__ import annotations

from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.language.locale import locale_of
from shteg.report.text.paper_signs import PAPER_TEXTS

DOCUMENTS = PAPER_TEXTS
"""Texts that also come as PDF."""


def language_name(language: str) -> str:
    """Give the name that a language gives itself."""
    name = str(locale_of(language).get_language_name(language) or language)
    return name[0].upper() + name[1:]


def document_name(edition: EditionView, name: str, language: str) -> str:
    """Name the PDF of a text: the report is the document of the case."""
    middle = "" if name == "report" else f"-{name}"
    return f"shteg-{edition.case['id']}{middle}-{language}.pdf"


def author_names(voice: Voice) -> str:
    """List the authors."""
    return ", ".join(voice.own(author["name"]) for author in voice.edition.case["authors"])


def citation(voice: Voice) -> str:
    """Say how to cite this edition."""
    case = voice.edition.case
    return voice.t(
        "data.citation",
        authors=author_names(voice),
        year=str(case["as_of"])[:4],
        title=voice.own(case["title"]),
        publisher=voice.own(case["publisher"]),
        edition=voice.edition.manifest.get("edition", ""),
        date=voice.date(str(case["as_of"])),
    )
