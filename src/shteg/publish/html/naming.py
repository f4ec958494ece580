"""How things of a publication are called: languages, documents, authors, the citation."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

from shteg.errors import PublishError
from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.history_view import this_edition
from shteg.report.language.locale import locale_of
from shteg.report.text.addresses import ADDRESS_HINT, web_address
from shteg.report.text.front_matter import FRONT_PAGE
from shteg.report.text.front_page import CLAIMS
from shteg.report.text.paper_signs import PAPER_TEXTS
from shteg.report.text.resolve import read_resolved

DOI, ORCID, LICENCES = "https://doi.org/", "https://orcid.org/", "https://spdx.org/licenses/"
"""Addresses before a DOI, an ORCID and the name of a licence."""
DOCUMENTS = PAPER_TEXTS
"""Texts that also come as PDF."""
BRIEF = "brief"
"""Name of the document of one page that is made of the announcement."""
WORD = ".docx"
BARE = "report"
"""The one document of an edition without texts takes the place of the report."""


class DocumentLink(NamedTuple):
    """A document: address seen from a page of its language, words of the link, language, text, kind of file."""

    name: str
    words: str
    language: str
    text: str
    form: str


def documents_of(voice: Voice) -> list[DocumentLink]:
    """List the documents of a language with what links to them say: each text as PDF and for Word, and the brief."""
    edition = voice.edition
    names = (BARE,) if edition.without_text else tuple(one for one in DOCUMENTS if one in edition.texts[voice.language])
    found = []
    for text in names:
        file = document_name(edition, text, voice.language)
        kind = "no-text" if edition.without_text else text
        words = voice.t("no-text.document" if edition.without_text else f"document.{text}")
        found.append(DocumentLink(file, words, voice.language, text, "pdf"))
        word = f"{file.removesuffix('.pdf')}{WORD}"
        found.append(DocumentLink(word, voice.t(f"word.{kind}"), voice.language, text, "docx"))
    if has_brief(voice):
        file = document_name(edition, BRIEF, voice.language)
        found.insert(0, DocumentLink(file, voice.t("document.brief"), voice.language, BRIEF, "pdf"))
    return found


def has_brief(voice: Voice) -> bool:
    """Tell whether the announcement has what a brief is made of: claims, and figures that lead."""
    if FRONT_PAGE not in voice.edition.texts[voice.language]:
        return False
    document, _ = read_resolved(voice.edition, voice.language, FRONT_PAGE)
    return bool(document.leads) and any(block.id == CLAIMS for block in document.blocks)


def language_name(language: str) -> str:
    """Give the name that a language gives itself."""
    name = str(locale_of(language).get_language_name() or language)
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
        edition=this_edition(voice.edition, voice.language),
        days=days(voice),
    )
    isbn = f"ISBN {case.isbn}." if case.isbn else ""
    place = DOI + case.doi if case.doi else web_address(case.address)
    return " ".join(part for part in (words, isbn, place) if part)


def site_address(edition: EditionView) -> str:
    """Give the address that the publication is to have, without a slash at its end; empty if it has none.

    Raises
    ------
    PublishError
        The address is not http or https.
    """
    given = (edition.case.address or "").strip()
    if given and not web_address(given):
        raise PublishError(f"{given!r} is no address of a site", ADDRESS_HINT, "address in case.toml")
    return given.rstrip("/")


def member_slug(code: str) -> str:
    """Give the slug of the page of a member."""
    return f"member-{code.lower()}"


def member_link(voice: Voice, code: str) -> Markup:
    """Lead to the page of a member."""
    return Markup('<a href="{}.html">{}</a>').format(member_slug(code), voice.named(f"member:{code}"))
