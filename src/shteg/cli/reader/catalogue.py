"""The words of a language: files of templates beside this one, looked up by a word that a text must hold."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from shteg.cli.reader.templates import Entry, read_template

FOLDER = Path(__file__).parent
PLACES = "places"
"""The file of what is said of a place (`data.csv, line 3`): nothing else is read by its templates."""
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

    def find(self, text: str) -> tuple[Entry, tuple[str, ...]] | str | None:
        """Find a whole text: what it is in the language, or the template that it fits best and what fills it."""
        if text in self.literal:
            return self.literal[text]
        if len(text) > _LONGEST:
            return None
        best: tuple[Entry, tuple[str, ...]] | None = None
        for entry in self._candidates(text):
            if best is None or entry.english.weight > best[0].english.weight:
                filled = entry.english.match(text)
                best = best if filled is None else (entry, filled)
        return best

    def _candidates(self, text: str) -> Iterable[Entry]:
        for word in {"", *_WORD.findall(text)}:
            yield from self.entries.get(word, ())


def read_words(folder: Path) -> dict[str, dict[str, str]]:
    """Read the files of a language: by file, English templates and those of the language."""
    import tomllib

    return {one.stem: tomllib.loads(one.read_text(encoding="utf-8")) for one in sorted(folder.glob("*.toml"))}


@cache
def catalogues(language: str) -> tuple[Catalogue, Catalogue]:
    """Give the words of a language, read when first asked for: those of messages, and those of places."""
    files = read_words(FOLDER / language)
    places = files.pop(PLACES, {})
    return Catalogue({key: text for words in files.values() for key, text in words.items()}), Catalogue(places)
