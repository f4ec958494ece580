"""Words, spaces and marks of a paragraph, each with its look; what is bound is one token whatever it prints."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from shteg.publish.word.embedded import Bound, bound_of_tag
from shteg.publish.word.reading import Part
from shteg.publish.word.xml import NO_BREAK_HYPHEN

_WORD = re.compile(r"\w+|\s|[^\w\s]")
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word, a space or a mark; `raw` is how the Markdown writes it, `bound` the number of what stands here.

    `href` is where the printed words lead; `link` is the address in the Markdown, which paper may not print.
    """

    text: str
    raw: str = ""
    bold: bool = False
    italic: bool = False
    href: str = ""
    link: str = ""
    bound: int | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What makes two tokens the same words: look and source left out."""
        return (NAMELESS if self.bound is not None else alike(self.text), -1 if self.bound is None else self.bound)

    @property
    def is_space(self) -> bool:
        """Tell whether it is a space or a line break."""
        return self.bound is None and not self.text.strip()


NAMELESS = "\ufffc"


def alike(text: str) -> str:
    """Write a text so that hyphens that do not break are hyphens."""
    return text.replace(NO_BREAK_HYPHEN, "-")


def squeezed(text: str) -> str:
    """Write a text so that spaces of any kind, and hyphens, are alike: two such texts were printed alike."""
    return _SPACES.sub(" ", alike(text)).strip()


def plain(tokens: Iterable[Token]) -> str:
    """Give the characters of tokens."""
    return "".join(token.text for token in tokens)


def split(text: str) -> list[str]:
    """Divide a text into words, spaces and marks."""
    return _WORD.findall(text)


def split_like(text: str, pattern: Token) -> list[Token]:
    """Divide a text into tokens that look like another."""
    return [Token(text=one, bold=pattern.bold, italic=pattern.italic, href=pattern.href) for one in split(text)]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A bound thing whose characters were changed: its number, and what stands there now."""

    number: int
    text: str


def tokens_of(part: Part, bound: Sequence[Bound]) -> tuple[list[Token], list[Wrong]]:
    """Divide a paragraph that came back; what stands in the controls of shteg is bound if it is as it was printed."""
    found: list[Token] = []
    wrong: list[Wrong] = []
    numbered = ((bound_of_tag(piece.control, bound), piece) for piece in part.pieces)
    for number, group in groupby(numbered, key=lambda one: one[0]):
        pieces = [piece for _, piece in group]
        if number is None:
            letters = [(letter, piece.bold, piece.italic, piece.href) for piece in pieces for letter in piece.text]
            for (bold, italic, href), same in groupby(letters, key=lambda one: one[1:]):
                look = Token(text="", bold=bold, italic=italic, href=href)
                found += split_like("".join(letter for letter, *_ in same), look)
            continue
        text = "".join(piece.text for piece in pieces)
        known = bound[number]
        if squeezed(text) in (squeezed(known.printed), squeezed(known.text)):
            found.append(Token(text=known.printed, bold=pieces[0].bold, italic=pieces[0].italic, bound=number))
        elif twice := _repeated(text, known):
            found += [Token(text=known.printed, bold=pieces[0].bold, bound=number)] * twice
        elif text.strip():
            wrong.append(Wrong(number, text))
            found.append(Token(text=known.printed, bold=pieces[0].bold, italic=pieces[0].italic, bound=number))
    return found, wrong


def _repeated(text: str, known: Bound) -> int:
    """Tell how often a thing stands side by side, as a copy beside its original."""
    once, whole = squeezed(known.printed), squeezed(text)
    times = len(whole) // max(1, len(once))
    return times if times > 1 and whole.replace(" ", "") == (once * times).replace(" ", "") else 0
