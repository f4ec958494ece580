"""No reader sees a key: what a page says in cells, headings, titles and lists has names, and keys stand in `<code>`."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from shteg.report import EditionView, open_edition

TOLD = {"title", "h1", "h2", "h3", "h4", "th", "td", "summary", "figcaption", "dt", "dd", "li", "p", "option", "label"}
MARKED = {"code", "script", "style", "svg", "a.wrap"}
"""Where keys may stand: in code, and in addresses that are printed."""
KEY = re.compile(r"(?<![\w./@-])(?:[A-Za-z]+(?:_[A-Za-z0-9]+)+|[a-z]+(?:\.[a-z][a-z0-9_-]+)+)(?![\w/@])")
TOKEN = re.compile(r"(?<![\w.-])[a-z][a-z0-9]*(?:-[a-z0-9]+)+(?![\w-])")
FILE_NAMES = re.compile(
    r"[\w.-]+\.(?:json|jsonld|csv|xlsx|pdf|docx|toml|zip|md|bib|ris|atom|xml|svg|png|txt|com|org|net|int|al|info|gov|edu|eu)\b"
)
STRAIGHT = re.compile(r"\w'\w|(?<=\s)'(?=\w)|\"")
"""An apostrophe or a quotation mark of a typewriter."""


class Said(HTMLParser):
    """Collect what a page says, a text for each element that says it, with the element and its language."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self._open: list[tuple[str, str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("meta", "link", "br", "img", "input", "hr", "source", "col"):
            return
        given = dict(attrs)
        kind = f"{tag}.{given.get('class')}"
        language = given.get("lang") or (self._open[-1][2] if self._open else "")
        self._open.append((tag, kind, language))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if any(tag in MARKED or kind in MARKED for tag, kind, _ in self._open):
            return
        told = next((tag for tag, _, _ in reversed(self._open) if tag in TOLD), "")
        if told and data.strip():
            self.found.append((told, " ".join(data.split()), self._open[-1][2]))


def keys_of(edition: EditionView) -> frozenset[str]:
    """Ids with a hyphen that have another name."""
    named = {key.partition(":")[2]: names for key, names in edition.lexicon.items()}
    return frozenset(
        key for key, names in named.items() if "-" in key and not any(key in name for name in names.values())
    )


def keys_in(text: str, ids: frozenset[str]) -> Iterator[str]:
    """Find what looks like a key."""
    plain = FILE_NAMES.sub(" ", re.sub(r"https?://\S+", " ", text))
    yield from KEY.findall(plain)
    yield from (word for word in TOKEN.findall(plain) if word in ids)


def pages_of(site: Path) -> list[Path]:
    return sorted(site.glob("*/*.html"))


@pytest.mark.parametrize(
    "text", ["reversal.tailored", "an eu_member here", "weights census-2024-estimated", "a.n_years"]
)
def test_keys_are_found(text: str) -> None:
    assert list(keys_in(text, frozenset({"census-2024-estimated"})))


@pytest.mark.parametrize(
    "text", ["well-known e.g. this", "values.json and data.csv", "status-neutral", "0.5 of 1.5", "NATO‑ja"]
)
def test_words_are_not(text: str) -> None:
    assert not list(keys_in(text, frozenset({"census-2024-estimated"})))


def test_no_page_shows_a_key(site: Path) -> None:
    edition = open_edition(site / "edition")
    ids = keys_of(edition)
    named = [word for one in edition.sources.values() for word in (one.title, one.publisher)]  # many are called so
    seen = set()
    for page in pages_of(site):
        for tag, text, _ in Said(page.read_text(encoding="utf-8")).found:
            if any(text in name or name in text for name in named):
                continue
            seen |= {(page.parent.name, tag, key, text[:80]) for key in keys_in(text, ids)}
    assert not seen, "\n".join(map(str, sorted(seen)[:40]))


def test_no_text_has_the_apostrophe_of_a_typewriter(site: Path) -> None:
    seen = set()
    for page in pages_of(site):
        language = page.parent.name
        for tag, text, spoken in Said(page.read_text(encoding="utf-8")).found:
            if spoken == language and "<script>" not in text and STRAIGHT.search(text):
                seen.add((page.name, tag, text[:80]))
    assert not seen, "\n".join(map(str, sorted(seen)[:40]))
