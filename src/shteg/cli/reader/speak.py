"""Say a finished English text in the language of the reader; what is not known stays English as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from shteg.cli.reader.language import ENGLISH
from shteg.errors import ShtegError

if TYPE_CHECKING:
    from shteg.cli.reader.sentences import Sentences

_state = {"language": ENGLISH}
"""The language of this process: warnings come from threads too, so that no context variable would do."""


def speak(text: str) -> str:
    """Say a text in the language of the reader; unchanged in English, and where the catalogue does not know it."""
    return text if not speaks_other() or not text.strip() else _sentences().text(text)


def speaks_other() -> bool:
    """Tell whether the program speaks another language than that of its source."""
    return _state["language"] != ENGLISH


def render_error(error: ShtegError) -> str:
    """Give what an error says, in the language of the reader."""
    return _sentences().error(error) if speaks_other() else str(error)


def speak_beginning(text: str) -> str:
    """Say the one known text that begins as a line that was cut off; the line itself where none or several do."""
    words = _sentences().words
    found = [other for english, other in words.literal.items() if english.startswith(text)]
    return found[0] if len(found) == 1 else text


def _sentences() -> Sentences:
    """Give the words of the language; who speaks English never loads them."""
    from shteg.cli.reader.catalogue import catalogues
    from shteg.cli.reader.sentences import Sentences

    return Sentences(*catalogues(_state["language"]))


@contextmanager
def speaking(language: str, words: Sequence[str] = ()) -> Iterator[None]:
    """Let the program speak a language while the block runs: what commands print through click, and ask.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.
    words : sequence of str
        The words of the command line: with `--json` nothing on the output is changed.
    """
    before = dict(_state)
    _state["language"] = language
    swapped: list[tuple[Any, str, Any]] = []
    try:
        if language != ENGLISH:
            from click import termui

            machine = "--json" in words
            for place, name in ((click, "echo"), (click, "secho"), (termui, "echo")):
                swapped.append((place, name, getattr(place, name)))
                setattr(place, name, _printing(getattr(place, name), machine=machine))
            for name in ("prompt", "confirm"):
                swapped.append((click, name, getattr(click, name)))
                setattr(click, name, _asking(getattr(click, name)))
        yield
    finally:
        for place, name, original in swapped:
            setattr(place, name, original)
        _state.update(before)


def _printing(original: Any, *, machine: bool) -> Any:
    """Make a function that prints what it is given in the language of the reader; JSON stays as it is."""

    def said(message: Any = None, *others: Any, **options: Any) -> None:
        on_output = not options.get("err", False)
        if isinstance(message, str) and not (on_output and (machine or message.lstrip()[:1] in ("{", "["))):
            message = speak(message)
        original(message, *others, **options)

    return said


def _asking(original: Any) -> Any:
    """Make a function that asks in the language of the reader."""

    def asked(text: str, *others: Any, **options: Any) -> Any:
        return original(speak(text), *others, **options)

    return asked
