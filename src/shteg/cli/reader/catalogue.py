"""The words of a language: files of templates beside this one, looked up by a word that a text must hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from shteg.cli.reader.templates import Entry, read_template

FOLDER = Path(__file__).parent
PLACES, NOUNS = "places", "nouns"
"""The files of what is said of a place (`data.csv, line 3`), and of single words that fill a hole."""
_WORD = re.compile(r"\w+")
_LONGEST = 20_000
"""A text longer than this is no message."""


class Catalogue:
    """Looks up what is said in one language.

    Parameters
    ----------
    words : mapping of str to str
        English templates and those of the language.
    """

    def __init__(self, words: Mapping[str, str]) -> None:
        self.literal: dict[str, str] = {}
        self.entries: dict[str, list[Entry]] = defaultdict(list)
        for english, other in words.items():
            entry = Entry(read_template(english), read_template(other))
            if entry.english.holes:
                self.entries[entry.english.anchor].append(entry)
            else:
                self.literal[entry.english.fixed[0]] = entry.other.fixed[0]

    def find(self, text: str) -> Iterator[tuple[Entry, tuple[str, ...]]]:
        """Give the templates that a text fits and what fills them, those with most characters of their own first."""
        if len(text) > _LONGEST:
            return
        for entry in sorted(self._candidates(text), key=lambda one: -one.english.weight):
            filled = entry.english.match(text)
            if filled is not None:
                yield entry, filled

    def _candidates(self, text: str) -> Iterable[Entry]:
        for word in {"", *_WORD.findall(text)}:
            yield from self.entries.get(word, ())


def read_words(folder: Path) -> dict[str, dict[str, str]]:
    """Read the files of a language: by file, English templates and those of the language."""
    import tomllib

    return {one.stem: tomllib.loads(one.read_text(encoding="utf-8")) for one in sorted(folder.glob("*.toml"))}


@cache
def catalogues(language: str) -> tuple[Catalogue, Catalogue, Catalogue]:
    """Give the words of a language, read when first asked for: those of messages, of places, and nouns."""
    files = read_words(FOLDER / language)
    apart = Catalogue(files.pop(PLACES, {})), Catalogue(files.pop(NOUNS, {}))
    return Catalogue({key: text for words in files.values() for key, text in words.items()}), *apart
