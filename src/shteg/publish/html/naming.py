"""How things of a publication are called: languages, documents, authors, the citation."""

from __future__ import annotations

from typing import NamedTuple

from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.language.locale import locale_of
from shteg.report.text.addresses import web_address
from shteg.report.text.paper_signs import PAPER_TEXTS

DOCUMENTS = PAPER_TEXTS
"""Texts that also come as PDF."""
BARE = "report"
"""The one document of an edition without texts takes the place of the report."""


class DocumentLink(NamedTuple):
    """A PDF: address seen from a page of its language, words of the link, language."""

    name: str
    words: str
    language: str


def documents_of(voice: Voice) -> list[DocumentLink]:
    """List the texts that come as PDF in a language, with what the link says."""
    edition = voice.edition
    names = (BARE,) if edition.without_text else tuple(one for one in DOCUMENTS if one in edition.texts[voice.language])
    kind = "no-text.document" if edition.without_text else ""
    return [
        DocumentLink(document_name(edition, name, voice.language), voice.t(kind or f"document.{name}"), voice.language)
        for name in names
    ]


def language_name(language: str) -> str:
    """Give the name that a language gives itself."""
    name = str(locale_of(language).get_language_name(language) or language)
    return name[0].upper() + name[1:]


def name_of_language(code: str, language: str) -> str:
    """Give the name of a language in the words of another; its code where CLDR has none."""
    return str(locale_of(language).languages.get(code, code))


def document_name(edition: EditionView, name: str, language: str) -> str:
    """Name the PDF of a text: the report is the document of the case.

    Parameters
    ----------
    edition : EditionView
        Whose case it is named after.
    name : str
        Name of the text.
    language : str
        Such as "en" or "sq".

    Returns
    -------
    str
        File name.
    """
    middle = "" if name == "report" else f"-{name}"
    return f"shteg-{edition.case.id}{middle}-{language}.pdf"


def author_names(voice: Voice) -> str:
    """List the authors."""
    return ", ".join(voice.own(author.name) for author in voice.edition.case.authors)


def evidence_to(voice: Voice) -> str:
    """Give the day of the latest evidence in the words of the language; empty where nothing dated has been read."""
    value = voice.edition.values.get("case.evidence-to")
    return voice.date(str(value.number)) if value else ""


def days(voice: Voice) -> str:
    """Say up to which day there is evidence and on which day the edition was computed."""
    computed = voice.date(voice.edition.case.as_of)
    evidence = evidence_to(voice)
    return voice.t("days", evidence=evidence, date=computed) if evidence else voice.t("days.computed", date=computed)


def citation(voice: Voice) -> str:
    """Say how to cite this edition: with the DOI, or else the address, where it has one."""
    case = voice.edition.case
    words = voice.t(
        "data.citation",
        authors=author_names(voice),
        year=case.as_of[:4],
        title=voice.own(case.title),
        publisher=voice.own(case.publisher),
        edition=voice.edition.manifest.edition,
        days=days(voice),
    )
    isbn = f"ISBN {case.isbn}." if case.isbn else ""
    place = f"https://doi.org/{case.doi}" if case.doi else web_address(case.address)
    return " ".join(part for part in (words, isbn, place) if part)
