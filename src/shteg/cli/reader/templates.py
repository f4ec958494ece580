"""Texts with holes: a finished English text is matched against them, and what filled the holes is given back.

A template is matched from left to right, each fixed text at its first place after the one before. That finds a match
wherever there is one, in a time that grows with the length of the text and never with what could be tried.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

_HOLE = re.compile(r"\{\{|\}\}|\{(\w+)\}")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Template:
    """A text as the catalogue writes it: `fixed` has one part more than there are `holes`.

    Parameters
    ----------
    fixed : tuple of str
        What stands before, between and after the holes.
    holes : tuple of str
        Their names, in order.
    """

    fixed: tuple[str, ...]
    holes: tuple[str, ...]

    @cached_property
    def weight(self) -> int:
        """How many characters are fixed: of several templates that fit, the one with most is meant."""
        return sum(map(len, self.fixed))

    @cached_property
    def anchor(self) -> str:
        """The longest word that a text must hold to fit; "" where every word touches a hole."""
        found: list[str] = []
        last = len(self.fixed) - 1
        for place, text in enumerate(self.fixed):
            for word in _WORD.finditer(text):
                touches = (word.start() == 0 and place > 0) or (word.end() == len(text) and place < last)
                found += [] if touches else [word.group()]
        return max(found, key=len, default="")

    @cached_property
    def words(self) -> int:
        """How many words are fixed."""
        return sum(len(_WORD.findall(text)) for text in self.fixed)

    def around(self, place: int) -> tuple[str, str]:
        """Give the fixed text before and after a hole."""
        return self.fixed[place], self.fixed[place + 1]

    def foreign(self, place: int) -> bool:
        """Tell whether a hole may hold words of another program: it stands after a colon, or in brackets."""
        return self.fixed[place].endswith((": ", "("))

    def match(self, text: str) -> tuple[str, ...] | None:
        """Give what fills the holes of a text, or None where it does not fit."""
        first, last = self.fixed[0], self.fixed[-1]
        if not self.holes:
            return () if text == first else None
        end = len(text) - len(last)
        if not text.startswith(first) or not text.endswith(last) or end < len(first):
            return None
        at, filled = len(first), []
        for part in self.fixed[1:-1]:
            found = text.find(part, at, end)
            if found < 0:
                return None
            filled.append(text[at:found])
            at = found + len(part)
        filled.append(text[at:end])
        return tuple(filled)


def read_template(text: str) -> Template:
    """Read a template: `{name}` is a hole, `{{` and `}}` are braces."""
    fixed, holes, at = [""], [], 0
    for found in _HOLE.finditer(text):
        fixed[-1] += text[at : found.start()]
        if found[1] is None:
            fixed[-1] += found[0][0]
        else:
            holes.append(found[1])
            fixed.append("")
        at = found.end()
    fixed[-1] += text[at:]
    return Template(tuple(fixed), tuple(holes))


@dataclass(frozen=True, slots=True)
class Entry:
    """An English template and what it is in another language.

    Parameters
    ----------
    english : Template
        What the program says.
    other : Template
        The same in the other language; its holes are those of `english`, in any order.
    """

    english: Template
    other: Template

    def render(self, filled: tuple[str, ...]) -> str:
        """Put what filled the English holes into the others."""
        by_name = dict(zip(self.english.holes, filled, strict=True))
        told = [self.other.fixed[0]]
        for name, text in zip(self.other.holes, self.other.fixed[1:], strict=True):
            told += [by_name[name], text]
        return "".join(told)
