"""The last word on a change: the file with it is read by the reader of texts, and must say what the editor wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from shteg.publish.returned.markdown import Written
from shteg.publish.returned.source import PRINTED_ONLY, SourceBlock
from shteg.publish.returned.tokens import Token
from shteg.report.text.lint import lint_document
from shteg.report.text.parity import BlockKeys, block_keys
from shteg.report.text.read import read_document
from shteg.report.text.tree import (
    Block,
    Document,
    Emphasis,
    Heading,
    LineBreak,
    Link,
    ListBody,
    Paragraph,
    Quote,
    Run,
    Strong,
    Text,
)

Letter = tuple[str, bool, bool, str]
"""A character with its weight, its stress and its link; `\\0` for anything bound."""
_EACH = ("values", "directions", "citations", "measures", "figures", "tables")


@dataclass(slots=True, kw_only=True)
class Proof:
    """Reads a text with one change in it.

    Attributes
    ----------
    markdown : str
        The text as it was printed.
    language, name : str
        Which text.
    languages : tuple of str
        Of the case.
    """

    markdown: str
    language: str
    name: str
    languages: tuple[str, ...]
    _before: tuple[Document, Counter[str]] | None = field(default=None)

    def _read(self, lines: Sequence[str]) -> tuple[Document, list[str]]:
        document, problems = read_document("\n".join(lines), language=self.language, name=self.name)
        return document, [f"{one.problem} ({one.hint})" for one in problems]

    def _lines(self) -> list[str]:
        return self.markdown.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")

    def before(self) -> tuple[Document, Counter[str]]:
        """Read the text as it was: its blocks, and what was wrong with it already."""
        if self._before is None:
            document, problems = self._read(self._lines())
            self._before = (document, Counter(problems))
        return self._before

    def complaints(
        self, block: SourceBlock, lines: Sequence[str], written: Sequence[Written], *, allow_removed: bool
    ) -> list[str]:
        """Find what speaks against new lines of a block.

        Parameters
        ----------
        block : SourceBlock
            Its old place.
        lines : sequence of str
            Its new lines.
        written : sequence of Written
            What they must say.
        allow_removed : bool
            Bound things may be fewer than before.

        Returns
        -------
        list of str
        """
        old = self._lines()
        document, problems = self._read([*old[: block.first], *lines, *old[block.last :]])
        found = next((one for one in document.blocks if one.id == block.id), None)
        was = next(one for one in self.before()[0].blocks if one.id == block.id)
        reasons = self._new(problems)
        if found is None or len(document.blocks) != len(self.before()[0].blocks):
            return [*reasons, "written as Markdown it is not one block any more"]
        reasons += self._said(document, found, written)
        if not _same_keys(block_keys(was), block_keys(found), fewer=allow_removed):
            reasons.append("what is bound in it would change")
        return reasons

    def of_new(self, lines: Sequence[str], block_id: str, written: Sequence[Written]) -> list[str]:
        """Find what speaks against a new block.

        Parameters
        ----------
        lines : sequence of str
            Its lines.
        block_id : str
            Its id.
        written : sequence of Written
            What they must say.

        Returns
        -------
        list of str
        """
        document, problems = self._read([*self._lines(), "", *lines])
        found = document.blocks[-1] if document.blocks else None
        reasons = self._new(problems)
        if found is None or found.id != block_id or len(document.blocks) != len(self.before()[0].blocks) + 1:
            return [*reasons, "written as Markdown it is not one block"]
        if any(getattr(block_keys(found), name) for name in _EACH):
            reasons.append("something is bound in it")
        return reasons + self._said(document, found, written)

    def without(self, block: SourceBlock) -> list[str]:
        """Find what speaks against a text without a block."""
        old = self._lines()
        return self._new(self._read([*old[: block.first], *old[block.last :]])[1])

    def _new(self, problems: Sequence[str]) -> list[str]:
        return list(Counter(problems) - self.before()[1])

    def _said(self, document: Document, found: Block, written: Sequence[Written]) -> list[str]:
        lint = lint_document(replace(document, blocks=(found,), title="", description=""), self.languages)
        reasons = [f"{one.problem} ({one.hint})" for one in lint if one.line >= found.line]
        said = [list(_letters(runs, False, False, "")) for runs in _paragraphs(found)]
        if said != [list(_meant(one.tokens)) for one in written]:
            reasons.append("its weight, stress or links cannot be written in Markdown as they stand")
        return reasons


def _same_keys(was: BlockKeys, now: BlockKeys, *, fewer: bool) -> bool:
    if not fewer:
        return was == now
    return all(not Counter(getattr(now, name)) - Counter(getattr(was, name)) for name in _EACH)


def _paragraphs(block: Block) -> Iterator[tuple[Run, ...]]:
    match block.content:
        case Heading(_, runs) | Paragraph(runs):
            yield runs
        case Quote(paragraphs):
            yield from paragraphs
        case ListBody() as body:
            yield from _items(body)


def _items(body: ListBody) -> Iterator[tuple[Run, ...]]:
    for item in body.items:
        yield item.runs
        if item.sublist is not None:
            yield from _items(item.sublist)


def _letters(runs: tuple[Run, ...], bold: bool, italic: bool, link: str) -> Iterator[Letter]:
    for run in runs:
        match run:
            case Strong(inside):
                yield from _letters(inside, True, italic, link)
            case Emphasis(inside):
                yield from _letters(inside, bold, True, link)
            case Link(href, inside):
                yield from _letters(inside, bold, italic, href)
            case Text(text):
                yield from (_letter(one, bold, italic, link) for one in text)
            case LineBreak():
                yield ("\n", False, False, "")
            case _:
                yield ("\0", bold, italic, link)


def _letter(sign: str, bold: bool, italic: bool, link: str) -> Letter:
    """Give a character; the look of a space is no matter."""
    return (sign, bold, italic, link) if sign.strip() else (" ", False, False, "")


def _meant(tokens: Sequence[Token]) -> Iterator[Letter]:
    for token in tokens:
        if token.raw == PRINTED_ONLY:
            continue
        if token.bound is not None:
            yield ("\0", token.bold, token.italic, token.link)
        elif token.text == "\n":
            yield ("\n", False, False, "")
        else:
            yield from (_letter(one, token.bold, token.italic, token.link) for one in token.text.replace("\u2011", "-"))
