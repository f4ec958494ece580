"""Terms of the glossary in a finished page: the first time that each stands there, it leads to its explanation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shteg.publish.lookup.stems import WORD, fold, stems
from shteg.publish.printed import Voice
from shteg.report.language.messages import catalog

KEY = re.compile(r"glossary\.([a-z0-9-]+)\.word")
LINKED = frozenset(
    ("index", "report", "path", "members", "member", "recommendations", "skill", "ledger", "opinion", "method")
)
"""Kinds of pages in which terms lead to the glossary."""
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)\b[^>]*>|<!--.*?-->", re.DOTALL)
_OPEN = frozenset(("p", "li", "dd"))
"""Only words in these are looked at …"""
_SHUT = frozenset(
    "a svg script button summary h1 h2 h3 h4 data table nav blockquote code math figcaption".split()  # noqa: SIM905
)
"""… and none in these."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term: id, the word as the glossary has it, what it means, the stems by which it is found."""

    id: str
    word: str
    text: str
    stems: tuple[str, ...]


def terms_of(voice: Voice) -> tuple[Term, ...]:
    """Give the terms of the glossary in a language, in its order."""
    return voice.edition.once(("terms", voice.language), lambda: _read_terms(voice))


def _read_terms(voice: Voice) -> tuple[Term, ...]:
    names = sorted(found[1] for key in catalog(voice.language) if (found := KEY.fullmatch(key)))
    terms = [
        Term(name, word, voice.text(f"glossary.{name}.text"), tuple(stems(word, voice.language)))
        for name in names
        for word in (voice.text(f"glossary.{name}.word"),)
    ]
    return tuple(sorted(terms, key=lambda term: voice.sort_key(term.word)))


def link_terms(page: str, voice: Voice) -> str:
    """Lead from the first mention of each term in the main part of a page to the glossary.

    Parameters
    ----------
    page : str
        HTML that the publisher wrote.
    voice : Voice
        Its language.

    Returns
    -------
    str
        The same with links; nothing else changes.
    """
    start, end = page.find("<main"), page.rfind("</main>")
    if start < 0 or not terms_of(voice):
        return page
    left: dict[str, list[Term]] = {}
    for term in {term.stems: term for term in terms_of(voice)}.values():
        left.setdefault(term.stems[0], []).append(term)
    return page[:start] + "".join(_linked(page[start:end], left, voice)) + page[end:]


def _linked(main: str, left: dict[str, list[Term]], voice: Voice) -> Iterator[str]:
    """Give the pieces of the main part; `left`, by the first stem, loses each term that was found."""
    wanted = _first_letters(left)
    inside, shut, at = 0, 0, 0
    for tag in _TAG.finditer(main):
        text = main[at : tag.start()]
        yield (
            _with_links(text, left, voice, wanted)
            if text and inside and not shut and wanted.search(fold(text))
            else text
        )
        yield tag[0]
        at, step = tag.end(), -1 if tag[1] else 1
        if tag[2] in _OPEN:
            inside += step
        elif tag[2] in _SHUT:
            shut += step
    yield main[at:]


def _first_letters(left: dict[str, list[Term]]) -> re.Pattern[str]:
    """Match what may be the first word of a term: most texts hold none, and need no stems."""
    return re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, left))) + ")")


def _with_links(text: str, left: dict[str, list[Term]], voice: Voice, wanted: re.Pattern[str]) -> str:
    places = [(found.start(), found.end()) for found in WORD.finditer(text)]
    folded = fold(text)
    likely = {found.start() for found in wanted.finditer(folded)} if len(folded) == len(text) else None
    pieces, written, word = [], 0, 0
    while word < len(places):
        start = places[word][0]
        term = _term_at(text, places[word:], left, voice) if likely is None or start in likely else None
        if term is None:
            word += 1
            continue
        left[term.stems[0]].remove(term)
        end = places[word + len(term.stems) - 1][1]
        link = f'<a class="term" href="glossary.html#term-{term.id}">{text[start:end]}</a>'
        pieces += [text[written:start], link]
        written, word = end, word + len(term.stems)
    return "".join([*pieces, text[written:]])


def _term_at(text: str, words: list[tuple[int, int]], left: dict[str, list[Term]], voice: Voice) -> Term | None:
    """Give the longest term that begins with the first of these words."""

    def stem(place: int) -> str:
        start, end = words[place]
        return (stems(text[start:end], voice.language) or [""])[0]

    here = [
        term
        for term in left.get(stem(0), ())
        if len(term.stems) <= len(words) and all(stem(at) == one for at, one in enumerate(term.stems))
    ]
    return max(here, key=lambda term: len(term.stems), default=None)
