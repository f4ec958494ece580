"""What machines read about a page: schema.org as JSON-LD, with the translations of the work."""

from __future__ import annotations

from typing import Any

from shteg.publish.html.naming import DOI, LICENCES, ORCID
from shteg.publish.printed import Voice, script_json
from shteg.report.header_view import AuthorView

DATA_PAGE = "data"


def structured_data(voice: Voice, slug: str, title: str, description: str, address: str) -> str:
    """Describe a page as a schema.org Report.

    Parameters
    ----------
    voice : Voice
        The language of the page.
    slug, title, description : str
        Name of its file without suffix, and what it is called and about.
    address : str
        Where the publication is to be; empty where the case has no address, and links are relative.

    Returns
    -------
    str
        JSON-LD that may stand inside a script element.
    """
    case = voice.edition.case

    def place(language: str) -> str:
        return f"{address}/{language}/{slug}.html" if address else f"../{language}/{slug}.html"

    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Report",
        "name": title,
        "description": description or title,
        "inLanguage": voice.edition.language_of(voice.language).tag,
        "url": place(voice.language),
        "author": [_author(voice, one) for one in case.authors],
        "publisher": {"@type": "Organization", "name": voice.own(case.publisher)},
        "dateModified": case.as_of,
        "license": LICENCES + case.licence,
        "version": voice.edition.manifest.edition,
        "workTranslation": [
            {"@type": "Report", "inLanguage": voice.edition.language_of(language).tag, "url": place(language)}
            for language in voice.edition.languages
            if language != voice.language
        ],
    }
    numbers: list[Any] = [DOI + case.doi] if case.doi else []
    if case.isbn:  # `isbn` itself is a property of books only
        numbers.append({"@type": "PropertyValue", "propertyID": "ISBN", "value": case.isbn})
    if numbers:
        data["identifier"] = numbers
    if case.funders:
        data["funder"] = [{"@type": "Organization", "name": voice.own(one.name)} for one in case.funders]
    if case.reviewers:
        data["contributor"] = [{"@type": "Person", "name": voice.own(one.name)} for one in case.reviewers]
    if slug == DATA_PAGE:
        data["hasPart"] = {"@type": "Dataset", "name": title, "url": place(voice.language)}
    return script_json(data)


def _author(voice: Voice, one: AuthorView) -> dict[str, Any]:
    found: dict[str, Any] = {"@type": "Person", "name": voice.own(one.name)}
    if one.orcid:
        found["identifier"] = ORCID + one.orcid
    if one.address:
        found["url"] = one.address
    return found
