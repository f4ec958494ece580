"""The publication as a work in one language: who made it, when, under which name, where it is to be found."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from shteg.publish.html.naming import DOI, citation, site_address
from shteg.publish.printed import Voice
from shteg.report.header_view import AuthorView, FunderView


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One edition in one language.

    Attributes
    ----------
    id : str
        For references: letters, digits and hyphens.
    language, title, publisher, licence, edition : str
    authors : tuple of AuthorView
    funders : tuple of FunderView
    day : str
        ISO date on which it was computed.
    address : str
        Of the site, without a slash at its end; empty where the case has none.
    doi, isbn, contact : str
        Empty where there is none.
    cited : str
        The whole citation in words.
    """

    id: str
    language: str
    title: str
    publisher: str
    licence: str
    edition: str
    authors: tuple[AuthorView, ...]
    funders: tuple[FunderView, ...]
    day: str
    address: str
    doi: str
    isbn: str
    contact: str
    cited: str

    @property
    def year(self) -> str:
        """Give the year of the edition."""
        return self.day[:4]

    @property
    def page(self) -> str:
        """Give the address that stands in references: the DOI, else the first page in this language; or nothing."""
        if self.doi:
            return DOI + quote(self.doi, safe="/:;().-_")
        return f"{self.address}/{self.language}/index.html" if self.address else ""

    @property
    def names(self) -> tuple[str, ...]:
        """List the authors' names."""
        return tuple(one.name[self.language] for one in self.authors)


def work_of(voice: Voice) -> Work:
    """Describe the publication in the language of a voice."""
    edition, case = voice.edition, voice.edition.case
    return Work(
        id=f"{case.id}-{edition.manifest.edition}-{voice.language}",
        language=voice.language,
        title=voice.own(case.title),
        publisher=voice.own(case.publisher),
        licence=case.licence,
        edition=edition.manifest.edition,
        authors=case.authors,
        funders=case.funders,
        day=case.as_of,
        address=site_address(edition),
        doi=case.doi or "",
        isbn=case.isbn or "",
        contact=case.contact or "",
        cited=citation(voice),
    )
