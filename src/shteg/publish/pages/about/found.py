"""What the search can find in a language: pages and their parts, members, questions, terms, values, sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shteg.publish.html.provenance import told
from shteg.publish.html.reread import quoted_ids
from shteg.publish.lookup.index import Found, plain, sections_of
from shteg.publish.lookup.terms import terms_of
from shteg.publish.printed import Voice

ONE_OF_MANY = {"member": "member", "question": "question"}
"""Templates of pages of which there are many, and the kind that such a page is; its parts are not found apart."""
LEFT_OUT = frozenset(("search", "values", "values_list", "sources", "glossary"))
"""Templates of pages whose parts are no prose; what stands in them is found one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A page that was written: slug, template, title, the lines below it, its HTML."""

    slug: str
    kind: str
    title: str
    deck: str
    text: str


def found_in(voice: Voice, pages: Iterable[Written]) -> Iterator[Found]:
    """Give everything that can be found; values of pages of which there are many are found through these pages."""
    printed: set[str] = set()
    for page in pages:
        if page.kind not in LEFT_OUT and page.kind not in ONE_OF_MANY:
            printed |= quoted_ids(page.text)
        address = f"{page.slug}.html"
        if page.kind in ONE_OF_MANY:
            yield Found(kind=ONE_OF_MANY[page.kind], address=address, title=page.title, text=_first_part(page))
        elif page.kind not in ("values_list", "search"):
            yield Found(kind="page", address=address, title=page.title, text=page.deck)
        if page.kind not in LEFT_OUT and page.kind not in ONE_OF_MANY:
            yield from sections_of(page.slug, page.title, page.text)
    for term in terms_of(voice):
        yield Found(kind="term", address=f"glossary.html#term-{term.id}", title=term.word, text=term.text)
    for value_id in sorted(printed):
        yield Found(kind="value", address=f"{voice.values_page(value_id)}#{value_id}", title=told(voice, value_id).what)
    for name in voice.edition.sources:
        source = voice.source_named(name)
        yield Found(kind="source", address=f"sources.html#{name}", title=source.title, text=source.publisher)


def _first_part(page: Written) -> str:
    """Give the words of the first part of a page, as it begins."""
    return next((plain(one.text) for one in sections_of(page.slug, page.title, page.text)), page.deck)
