"""The glossary, and the page of the search."""

from __future__ import annotations

from typing import Any

from shteg.publish.html.page import Material, Page
from shteg.publish.lookup.terms import terms_of


def _glossary(material: Material) -> dict[str, Any]:
    terms = terms_of(material.voice)
    letters: dict[str, str] = {}
    for term in terms:
        letters.setdefault(term.word[0].upper(), term.id)
    return {"terms": terms, "letters": [{"letter": letter, "id": name} for letter, name in letters.items()]}


def _search(material: Material) -> dict[str, Any]:
    return {}


PAGES = (
    Page(slug="glossary", context=_glossary, group="method"),
    Page(slug="search", context=_search, group="about"),
)
