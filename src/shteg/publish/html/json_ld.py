"""What machines read about a page: schema.org as JSON-LD, with the translations of the work."""

from __future__ import annotations

from typing import Any

from shteg.publish.html.naming import author_names
from shteg.publish.printed import Voice, script_json


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
        "inLanguage": voice.language,
        "url": place(voice.language),
        "author": [{"@type": "Person", "name": name} for name in author_names(voice).split(", ")],
        "publisher": {"@type": "Organization", "name": voice.own(case.publisher)},
        "dateModified": case.as_of,
        "license": case.licence,
        "version": voice.edition.manifest.edition,
        "workTranslation": [
            {"@type": "Report", "inLanguage": language, "url": place(language)}
            for language in voice.edition.languages
            if language != voice.language
        ],
    }
    return script_json(data)
