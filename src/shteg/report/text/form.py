"""Signs and forms that are no part of a text: looked for in the file as written, before and beside the parser.

What other kinds of Markdown would read as an image, a footnote, HTML or code, and a table that is not written as `grid`
reads it, would print as its characters here. It is refused, with its line and column, so that nobody publishes it
unaware.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it.token import Token

from shteg.report.text.grid import TABLE_HINT

LONGEST_TEXT = 500_000
"""Characters of one file; a book chapter has a tenth."""
LONGEST_BLOCK = 50_000
"""Characters between two blank lines."""
DEEPEST_MARKS = 6
"""Stress, weight and links inside each other."""
DEEPEST_FRONT = 4
"""Brackets inside each other in the front matter."""

_HARMLESS = frozenset("\n\u00ad\u061c\u200b\u200c\u200d\u200e\u200f\u2060")
"""Line ends, and signs without a shape that only say how to break or join words."""
_KINDS = {
    "Cc": "a control character",
    "Cf": "an invisible sign that changes how others are shown",
    "Co": "a sign of private use, without an agreed meaning",
    "Cs": "half a sign",
    "Cn": "no sign of Unicode",
}
REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a text; line and column count from 1, column 0 is the whole line."""

    line: int
    column: int
    problem: str
    hint: str


def sign_name(sign: str) -> str:
    """Name a sign as Unicode does: `U+4E2D CJK UNIFIED IDEOGRAPH-4E2D`."""
    return " ".join(f"U+{ord(one):04X} {unicodedata.name(one, '')}".strip() for one in sign)


@cache
def bad_sign(sign: str) -> str:
    """Say why a sign may not stand in a text; empty if it may."""
    if sign in _HARMLESS:
        return ""
    if sign == REPLACEMENT:
        return "the mark of something that could not be read"
    return _KINDS.get(unicodedata.category(sign), "")


def bad_signs(lines: Sequence[str]) -> Iterator[Finding]:
    """Find signs that may not stand in a text, the first of each kind on each line."""
    for number, line in enumerate(lines, 1):
        if line.isascii() and line.isprintable():
            continue
        bad = {sign for sign in set(line) if sign != "\t" and bad_sign(sign)}
        for column, sign in sorted((line.index(sign) + 1, sign) for sign in bad):
            why = f"{sign_name(sign)} is {bad_sign(sign)}"
            yield Finding(number, column, why, "take it out, or type the word again")


def too_long(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Find stretches without a blank line that are longer than a block may be: first and last line, from 0."""
    start = size = 0
    for number, line in enumerate([*lines, ""]):
        if line.strip():
            size += len(line) + 1
            continue
        if size > LONGEST_BLOCK:
            yield start, number - 1
        start, size = number + 1, 0


def too_deep_brackets(lines: Sequence[str]) -> int | None:
    """Give the first line (from 0) on which brackets stand too deep inside each other, before TOML is read."""
    depth = 0
    for number, line in enumerate(lines):
        for mark in line:
            depth += (mark in "[{") - (mark in "]}")
            if depth > DEEPEST_FRONT:
                return number
    return None


def flattened(inline: Token) -> bool:
    """Take marks out of a paragraph whose marks stand too deep inside each other; tell whether it was so."""
    depth = deepest = 0
    children = inline.children or []
    for child in children:
        depth += child.nesting
        deepest = max(deepest, depth)
    if deepest <= DEEPEST_MARKS:
        return False
    inline.children = [child for child in children if child.nesting == 0]
    return True


# --- forms of other kinds of Markdown ---------------------------------------------------------------------------------

_MASKED = re.compile(
    r"\\[!-/:-@\[-`{-~]|\{\{[^{}]*\}\}|\{#[^{}\s]*\}|\[@[^\[\]]*\]|<[A-Za-z][\w+.-]*:[^\s<>]*>|<[^\s<>@]+@[^\s<>@]+>"
)
"""What the language of texts reads itself: escaped marks, placeholders, block ids, citations, addresses in < >."""

_FORMS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"!\["), "an image", "enter it in images.toml and write {{ image.ID }}, or {{ figure.ID }}"),
    (
        re.compile(r"<(?:/?[A-Za-z]|!--|![A-Za-z\[]|\?)"),
        "HTML",
        "write words, *stress*, **weight** and links; a plain < is written \\<",
    ),
    (
        re.compile(r"^\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?$|^\s*\|.*\|[\s\u0001]*$", re.MULTILINE),
        "a table written like this",
        TABLE_HINT,
    ),
    (re.compile(r"\[\^[^\[\]]*\]"), "a footnote", "say it in the text, or cite a source: [@source-id]"),
    (re.compile(r"```|~~~|`[^`\n]+`"), "code", "use quotation marks; a plain ` is written \\`"),
    (re.compile(r"~~(?=\S)"), "a struck-out word", "take them out; a plain ~ is written \\~"),
    (
        re.compile(r"\[[^\[\]\n]+\] ?\[[^\[\]\n]*\]|^ {0,3}\[[^\[\]\n^][^\[\]\n]*\]:(?=\s)", re.MULTILINE),
        "a link by reference",
        "write the address in place: [words](https://…)",
    ),
    (
        re.compile(r"\{[.:][^{}\n]*\}|\{#[^{}\n]*\s[^{}\n]*\}|\{[^{}=\n]*=[^{}\n]*\}"),
        "an attribute",
        "blocks have an id and nothing else: {#some-id}",
    ),
    (
        re.compile(r"^\s*(?:=+|-{2,}|_{3,}|\*{3,})[\s\u0001]*$", re.MULTILINE),
        "a line of marks",
        "write headings as ## words {#some-id}; a line across the page is no part of a text",
    ),
    (re.compile(r"^\[[ xX]\]\s"), "a box to tick", "write a plain list"),
    (re.compile(r"\$\$"), "a formula", "write it in words; a plain $ is written \\$"),
)


def foreign_forms(source: str, line: int, lines: Sequence[str]) -> Iterator[Finding]:
    """Find forms of other kinds of Markdown in the source of one paragraph, the first of each.

    Parameters
    ----------
    source : str
        The paragraph, without the marks of lists and quotes.
    line : int
        Its first line in the file, from 1.
    lines : sequence of str
        The lines of the file, to find the column.

    Yields
    ------
    Finding
    """
    masked = _MASKED.sub(lambda found: "\u0001" * len(found[0]), source)
    for pattern, what, hint in _FORMS:
        found = pattern.search(masked)
        if found is None:
            continue
        at = found.start() + len(found[0]) - len(found[0].lstrip())
        number = line + masked.count("\n", 0, at)
        end = source.find("\n", at)
        snippet = source[at : end if end >= 0 else len(source)][:12].rstrip()
        column = lines[number - 1].find(snippet) + 1 if number <= len(lines) else 0
        yield Finding(number, column, f"{what} is no part of a text: it would print as its characters", hint)
