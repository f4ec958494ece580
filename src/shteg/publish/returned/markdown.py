"""Words with their look to Markdown: kept words as they were written, new ones escaped, marks only where they hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shteg.publish.returned.source import PRINTED_ONLY, SourceBlock, Stretch
from shteg.publish.returned.tokens import Token, alike

_ESCAPED = re.compile(r"[\\*_\[\]<`{}~|]|&(?=[#\w])")
_LINE_START = re.compile(r"^([#>+\-=])|^(\d{1,9})([.)])(?=\s|$)")
_NUMBER_HEAD = re.compile(r"^(\s*)(\d+)([.)]\s+)$")
Mark = tuple[str, str]


@dataclass(slots=True, kw_only=True)
class Written:
    """A paragraph of a block that is to be written: its old form, if it had one, and its words now."""

    old: Stretch | None
    tokens: list[Token]
    kind: str
    level: int = 0
    ordered: bool = False

    @property
    def unchanged(self) -> bool:
        """Tell whether its lines can stay."""
        return self.old is not None and self.level == self.old.level and self.tokens == self.old.tokens


def write_words(tokens: Sequence[Token]) -> str:
    """Write a paragraph, links inside weight and stress or outside of them, whichever needs fewer marks."""
    settled = _settled(tokens)
    forms = [_marked(settled, order) for order in (("bold", "italic", "link"), ("link", "bold", "italic"))]
    text = min(forms, key=len)
    return "\n".join(_LINE_START.sub(_not_a_start, line) for line in text.split("\n"))


def _not_a_start(found: re.Match[str]) -> str:
    return f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}"


def _settled(tokens: Sequence[Token]) -> list[Token]:
    """Give spaces the look that both neighbours share: marks never begin or end at a space."""
    found = list(tokens)
    words = [at for at, token in enumerate(found) if not token.is_space]
    for at, token in enumerate(found):
        if token.is_space:
            before = next((found[one] for one in reversed(words) if one < at), None)
            after = next((found[one] for one in words if one > at), None)
            same = before is not None and after is not None
            found[at] = replace(
                token,
                bold=same and before.bold and after.bold,  # type: ignore[union-attr]
                italic=same and before.italic and after.italic,  # type: ignore[union-attr]
                link=before.link if same and before.link == after.link else "",  # type: ignore[union-attr]
            )
    return found


def _marks(token: Token, order: Sequence[str]) -> list[Mark]:
    known = {"bold": "**" if token.bold else "", "italic": "*" if token.italic else "", "link": token.link}
    return [(name, known[name]) for name in order if known[name]]


def _marked(tokens: Sequence[Token], order: Sequence[str]) -> str:
    parts: list[str] = []
    open_marks: list[Mark] = []
    for token in tokens:
        wanted = _marks(token, order)
        same = 0
        while same < min(len(open_marks), len(wanted)) and open_marks[same] == wanted[same]:
            same += 1
        parts += [_end(mark) for mark in reversed(open_marks[same:])]
        parts += ["[" if name == "link" else sign for name, sign in wanted[same:]]
        open_marks = wanted
        parts.append("" if token.raw == PRINTED_ONLY else token.raw or _escape(alike(token.text)))
    parts += [_end(mark) for mark in reversed(open_marks)]
    return "".join(parts)


def _end(mark: Mark) -> str:
    name, sign = mark
    if name != "link":
        return sign
    return f"](<{sign}>)" if re.search(r"[\s()]", sign) else f"]({sign})"


def _escape(text: str) -> str:
    if text == "\n":
        return "\\\n"
    return _ESCAPED.sub(lambda found: f"\\{found[0]}", text)


def write_block(block_id: str, old: SourceBlock | None, stretches: Sequence[Written]) -> list[str]:
    """Write the lines of a block; paragraphs that did not change keep theirs.

    Parameters
    ----------
    block_id : str
        Its id, which ends the last line.
    old : SourceBlock or None
        As it was; None for a new one.
    stretches : sequence of Written
        Its paragraphs, at least one.

    Returns
    -------
    list of str
    """
    tail = next((one.tail for one in reversed(old.stretches) if one.tail), "") if old else ""
    lines: list[str] = []
    for at, one in enumerate(stretches):
        last = at == len(stretches) - 1
        if at:
            lines += _gap(one, old, stretches)
        if one.unchanged and one.old is not None and bool(one.old.tail) == last:
            lines += one.old.lines
            continue
        head, indent = _heads(one, old)
        words = write_words(one.tokens) + ((tail or f" {{#{block_id}}}") if last else "")
        first, *rest = words.split("\n")
        lines += [head + first, *(indent + line for line in rest)]
    return _renumbered(lines, old) if stretches[0].ordered else lines


def _gap(one: Written, old: SourceBlock | None, stretches: Sequence[Written]) -> list[str]:
    if one.old is not None and old is not None and one.old is not old.stretches[0]:
        return list(one.old.gap)
    gaps = [other.gap for other in (old.stretches[1:] if old else [])]
    return list(gaps[0]) if gaps else [">"] if one.kind == "quote" else []


def _heads(one: Written, old: SourceBlock | None) -> tuple[str, str]:
    if one.old is not None and one.kind != "heading":
        return one.old.head, one.old.indent
    if one.kind == "heading":
        return "#" * one.level + " ", ""
    if one.kind == "quote":
        return "> ", "> "
    if one.kind == "item":
        like = [it for it in (old.stretches if old else []) if it.level == one.level]
        if like:
            return like[-1].head, like[-1].indent
        head = "  " * one.level + ("1. " if one.ordered else "- ")
        return head, " " * len(head)
    return "", ""


def _renumbered(lines: list[str], old: SourceBlock | None) -> list[str]:
    """Count the items of a numbered list anew where its numbers counted before."""
    heads = [_NUMBER_HEAD.match(one.head) for one in (old.stretches if old else []) if one.level == 0]
    numbers = [int(head[2]) for head in heads if head]
    if len(numbers) > 1 and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        return lines
    count, made = numbers[0] if numbers else 1, []
    for line in lines:
        found = re.match(r"^(\d+)([.)]\s+)", line)
        if found:
            line = f"{count}{found[2]}{line[found.end() :]}"
            count += 1
        made.append(line)
    return made
