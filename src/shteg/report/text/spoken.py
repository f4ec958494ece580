"""Which language words are in, as py3langid tells it; its answers are kept: its model takes half a second to load."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from shteg.keeping import keep, recall, version_of

ENOUGH_LETTERS = 40
"""Shorter blocks give py3langid too little to go by."""
SURE = 0.9
"""Only a wrong language with at least this probability is reported."""
Answer = tuple[str, float] | None
"""A language with its probability; None where py3langid does not know all the languages asked about."""


class Listener:
    """Tells languages of a case apart, and keeps what it was told.

    Parameters
    ----------
    languages : sequence of str
        Those that words may be in.
    kept : Path, optional
        Where answers are kept between runs; each is found again by the words and the version of py3langid.
    """

    def __init__(self, languages: Sequence[str], kept: Path | None = None) -> None:
        self._languages = tuple(sorted(languages))
        self._kept = kept
        self._known = self._recall()
        self._asked: dict[str, Answer] = {}

    def other_language(self, text: str, language: str) -> str | None:
        """Give the language that a text is in, if that is surely another; None too where it is too short to tell."""
        if sum(map(str.isalpha, text)) < ENOUGH_LETTERS or len(self._languages) < 2:
            return None
        answer = self._answer(text)
        return answer[0] if answer is not None and answer[0] != language and answer[1] >= SURE else None

    def keep(self) -> None:
        """Keep the answers of this run, if they are not those that were kept before."""
        if self._kept is not None and self._asked != self._known:
            content = {"made_by": self._made_by(), "answers": self._asked}
            keep(self._kept, json.dumps(content, sort_keys=True).encode())

    def _answer(self, text: str) -> Answer:
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        if key not in self._asked:
            self._asked[key] = self._known[key] if key in self._known else _ask(self._languages, text)
        return self._asked[key]

    def _recall(self) -> dict[str, Answer]:
        raw = recall(self._kept) if self._kept is not None else None
        found = json.loads(raw) if raw is not None else {}
        if found.get("made_by") != self._made_by():
            return {}
        return {key: None if answer is None else (answer[0], answer[1]) for key, answer in found["answers"].items()}

    def _made_by(self) -> list[str]:
        return [version_of("py3langid"), *self._languages]


def _ask(languages: tuple[str, ...], text: str) -> Answer:
    identifier = _identifier(languages)
    if identifier is None:
        return None
    found, probability = identifier.classify(text)
    return str(found), float(probability)


@cache
def _identifier(languages: tuple[str, ...]) -> Any:
    """Load py3langid for these languages; None if it does not know them all."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    if not set(languages) <= {str(label) for label in identifier.labels}:
        return None
    identifier.set_languages(list(languages))
    return identifier
