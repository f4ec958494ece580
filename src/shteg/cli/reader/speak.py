"""Say a finished English text in the language of the reader; what is not known stays English as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
import click.termui

from shteg.cli.reader.catalogue import Catalogue, catalogues
from shteg.cli.reader.language import ENGLISH
from shteg.errors import CaseError, DataError, Problem, ShtegError

_state = {"language": ENGLISH}
"""The language of this process: warnings come from threads too, so that no context variable would do."""
_MARK = re.compile(r"(Hint|Warning|Note|Notice|Error|Next): (?=\S)")
_IN_ALL = re.compile(r"(.*) … \((\d+) in all\)", re.DOTALL)
_MORE_ROWS = re.compile(r"(.*) \((and so in \d+ more rows)\)", re.DOTALL)
_MORE = 8
"""So many colons of a line are tried as the end of a place."""
_PARTS = ("; ", "? ", ". ", ", or ", ", and ")
"""Where a text of several parts is cut."""


def speak(text: str) -> str:
    """Say a text in the language of the reader; unchanged in English, and where the catalogue does not know it."""
    if _state["language"] == ENGLISH or not text.strip():
        return text
    return _Speaker(*catalogues(_state["language"])).text(text)


def speaks_all() -> bool:
    """Tell whether the program speaks another language than that of its source."""
    return _state["language"] != ENGLISH


def render_error(error: ShtegError) -> str:
    """Give what an error says, in the language of the reader.

    Parameters
    ----------
    error : ShtegError
        With its place, problem and hint; one that lists problems says each of them.
    """
    if not speaks_all():
        return str(error)
    speaker = _Speaker(*catalogues(_state["language"]))
    problem = error.problem
    if isinstance(error, CaseError | DataError) and len(error.problems) > 1 or isinstance(error, CaseError):
        told = {str(one): speaker.problem(one) for one in error.problems}
        head, _, rest = problem.partition("\n")
        for english, other in told.items():
            rest = rest.replace(english, other)
        problem = f"{speaker.text(head)}\n{_last_line(rest, speaker)}"
    else:
        problem = speaker.text(problem)
    where = f"{speaker.place(error.where)}: " if error.where else ""
    return f"{where}{problem}\n{speaker.text('Hint:')} {speaker.text(error.hint)}"


def _last_line(text: str, speaker: _Speaker) -> str:
    """Say “… and 3 more” below a list."""
    before, mark, last = text.rpartition("\n… and ")
    return f"{before}\n{speaker.text(f'… and {last}')}" if mark else text


class _Speaker:
    """Says texts with the words of one language."""

    def __init__(self, words: Catalogue, places: Catalogue) -> None:
        self.words, self.places = words, places

    def text(self, text: str) -> str:
        """Say a text of one or more lines."""
        found = self.known(text)
        if found is not None:
            return found
        if "\n" in text:
            return "\n".join(self.text(line) for line in text.split("\n"))
        bare = text.strip()
        if not bare:
            return text
        if bare != text:
            return text.replace(bare, self.text(bare), 1)
        mark = _MARK.match(text)
        if mark:
            return f"{self.known(mark[1] + ':') or mark[1] + ':'} {self.text(text[mark.end() :])}"
        return self._with_place(text)

    def known(self, text: str) -> str | None:
        """Say a text that the catalogue has, as a whole or in parts that it has; else None."""
        found = self._whole(text)
        if found is not None:
            return found
        if listed := _IN_ALL.fullmatch(text):
            names = self._whole(listed[1])
            told = self._whole(f"{listed[2]} in all")
            return f"{names} … ({told})" if names is not None and told is not None else None
        if more := _MORE_ROWS.fullmatch(text):
            said, told = self.known(more[1]), self._whole(more[2])
            return f"{said} ({told})" if said is not None and told is not None else None
        for mark in _PARTS:
            before, cut, after = text.partition(mark)
            while cut:
                head = self._whole(before + mark.rstrip() if mark in ("? ", ". ") else before)
                tail = self.known(after) if head is not None else None
                if head is not None and tail is not None:
                    return f"{head} {tail}" if mark in ("? ", ". ") else f"{head}{self._between(mark)}{tail}"
                more, cut, after = after.partition(mark)
                before = f"{before}{mark}{more}"
        return None

    def _between(self, mark: str) -> str:
        return {", or ": ", ose ", ", and ": ", dhe "}.get(mark, mark)

    def _whole(self, text: str) -> str | None:
        found = self.words.find(text)
        if found is None or isinstance(found, str):
            return found
        entry, filled = found
        return entry.render(tuple(self._inner(one) for one in filled))

    def _inner(self, text: str) -> str:
        """Say what fills a hole, where that is itself a text of the catalogue and not a name."""
        if " " not in text:
            return text
        if "\n" in text:
            return self.text(text)
        return self.known(text) or text

    def _with_place(self, text: str) -> str:
        """Say the part after a place (`surveys/2025/design.toml:3: …`), which stays."""
        at = -1
        for _ in range(_MORE):
            at = text.find(": ", at + 1)
            if at < 0:
                return text
            told = self.known(text[at + 2 :])
            if told is not None:
                return f"{self.place(text[:at])}: {told}"
        return text

    def place(self, text: str) -> str:
        """Say where something is: words between the names of files, sheets and lines."""
        found = self.places.find(text)
        if found is None or isinstance(found, str):
            return found or text
        return found[0].render(found[1])

    def problem(self, one: Problem) -> str:
        """Say a problem of a file."""
        place = one.file + (f":{one.line}" if one.line else "") + (f":{one.column}" if one.column else "")
        return f"{place}: {self.text(one.problem)}\n  {self.text('Hint:')} {self.text(one.hint)}"


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
            for place, name in ((click, "echo"), (click, "secho"), (click.termui, "echo")):
                swapped.append((place, name, getattr(place, name)))
                setattr(place, name, _printing(getattr(place, name), machine="--json" in words))
            for name in ("prompt", "confirm"):
                swapped.append((click, name, getattr(click, name)))
                setattr(click, name, _asking(getattr(click, name)))
        yield
    finally:
        for place, name, original in swapped:
            setattr(place, name, original)
        _state.update(before)


def _printing(original: Any, *, machine: bool) -> Any:
    def said(message: Any = None, *others: Any, **options: Any) -> None:
        on_output = not options.get("err", False)
        if isinstance(message, str) and not (on_output and (machine or message.lstrip()[:1] in ("{", "["))):
            message = speak(message)
        original(message, *others, **options)

    return said


def _asking(original: Any) -> Any:
    def asked(text: str, *others: Any, **options: Any) -> Any:
        return original(speak(text), *others, **options)

    return asked


def begins(text: str) -> str:
    """Say the one known text that begins as a line that was cut off; "" where none or several do."""
    words, _ = catalogues(_state["language"])
    found = [other for english, other in words.literal.items() if english.startswith(text)]
    return found[0] if len(found) == 1 else ""
