"""Compare what came back with what was printed, block by block: what is taken, what is refused and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from urllib.parse import unquote

from shteg.errors import UsageError
from shteg.publish.returned.bound import restore
from shteg.publish.returned.docx import Returned
from shteg.publish.returned.markdown import Written, write_block
from shteg.publish.returned.matching import Unit, match
from shteg.publish.returned.proof import Proof
from shteg.publish.returned.result import Change
from shteg.publish.returned.rules import Terms, complaints
from shteg.publish.returned.source import Source, SourceBlock, Stretch, number_bound, places_of, read_source
from shteg.publish.returned.tokens import Token, plain, squeezed, tokens_of
from shteg.publish.word.embedded import DAMAGED, Embedded
from shteg.publish.word.reading import OBJECT, Part

QUOTES = ("quote", "intense quote", "block text", "quotations")


@dataclass(slots=True, kw_only=True)
class Comparison:
    """One file against the text that it carries.

    Attributes
    ----------
    returned : Returned
        The file.
    terms : Terms
        What is bound in it.
    """

    returned: Returned
    source: Source
    units: list[Unit]
    terms: Terms
    proof: Proof
    mates: list[Unit | None] = field(default_factory=list)
    words: list[list[Token]] = field(default_factory=list)
    wrong: list[list[str]] = field(default_factory=list)
    anchors: dict[str, str] = field(default_factory=dict)
    sources: dict[int, Token] = field(default_factory=dict)
    """Every bound thing of the text, as its Markdown has it."""

    @property
    def embedded(self) -> Embedded:
        """What the file carries."""
        return self.returned.embedded

    def parts_of(self, block_id: str) -> list[int]:
        """Give the places of the paragraphs that a block came back as, in the order of the file."""
        found = (unit.part for unit in self.units if unit.entry.block == block_id)
        return sorted(part for part in found if part is not None)

    def places(self, block_id: str) -> list[int]:
        """Give the places of all that a block came back as, what the publisher made for it too."""
        found = (unit.part for unit in self.units if self.block_of(unit) == block_id)
        return sorted(part for part in found if part is not None)

    def block_of(self, unit: Unit) -> str:
        """Give the block that a paragraph or table stands for; empty for the cover and the references."""
        return unit.entry.block or unit.entry.place

    def linked(self, tokens: list[Token]) -> list[Token]:
        """Say in the words of Markdown where links lead."""
        return [replace(one, link=self._link_of(one.href)) if one.href else one for one in tokens]

    def _link_of(self, href: str) -> str:
        mark = href.removeprefix("#")
        return href if mark == href else f"#{self.anchors.get(mark, mark)}"


def compare(returned: Returned, *, removing: bool, languages: Sequence[str]) -> Comparison:
    """Pair the paragraphs of a file with what was printed, and find every bound thing in them.

    Parameters
    ----------
    returned : Returned
        The file.
    removing : bool
        Bound things may go with the words around them.
    languages : sequence of str
        Of the case.

    Returns
    -------
    Comparison

    Raises
    ------
    UsageError
        What the file carries does not fit together.
    """
    embedded = returned.embedded
    source = read_source(embedded.markdown)
    places = places_of(source)
    units, owner = _units(embedded, source, places)
    language = next((one for one in languages if one == embedded.language), embedded.language)  # with its words
    terms = Terms(bound=embedded.bound, owner=owner, language=language, removing=removing)
    proof = Proof(markdown=embedded.markdown, language=language, name=embedded.text, languages=tuple(languages))
    made = Comparison(returned=returned, source=source, units=units, terms=terms, proof=proof)
    made.anchors = {mark: block_id for block_id, mark in places.items()}
    stretches = [unit.stretch for unit in units if unit.stretch is not None]
    made.sources = {one.bound: one for stretch in stretches for one in stretch.tokens if one.bound is not None}
    made.mates = match(units, returned.parts)
    for part in returned.parts:
        found, wrong = tokens_of(part, embedded.bound)
        made.words.append(found)
        told = [f"{terms.named(one.number)} reads {one.text!r} now" for one in wrong]
        made.wrong.append(told + [f"{what} is no part of a text" for what in dict.fromkeys(part.foreign)])
    _restore(made)
    return made


def _units(embedded: Embedded, source: Source, places: dict[str, str]) -> tuple[list[Unit], dict[int, str]]:
    units: list[Unit] = []
    owner: dict[int, str] = {}
    counts: dict[str, int] = {}
    for entry in embedded.entries:
        if not entry.block:
            units.append(Unit(entry=entry, text=entry.text))
            continue
        block = source.block(entry.block)
        at = counts.get(entry.block, 0)
        if block is None or at >= len(block.stretches):
            raise UsageError(f"the file and the text in it differ at block {entry.block!r}", DAMAGED)
        if at == 0 and not number_bound(block, entry.first, embedded.bound, places):
            raise UsageError(f"the file and the text in it differ at block {entry.block!r}", DAMAGED)
        counts[entry.block] = at + 1
        stretch = block.stretches[at]
        owner |= {token.bound: block.id for token in stretch.tokens if token.bound is not None}
        mark = places[block.id] if at == 0 else ""
        units.append(Unit(entry=entry, text=stretch.text, stretch=stretch, place=at, bookmark=mark))
    return units, owner


def _restore(made: Comparison) -> None:
    """Find bound things that lost their control: first where they were, then in the rest of their block."""
    held = {token.bound for words in made.words for token in words if token.bound is not None}
    missing = {number for number in made.terms.owner if number not in held}
    if not missing:
        return
    for unit in made.units:
        if unit.stretch is not None and unit.part is not None:
            words = made.words[unit.part]
            made.words[unit.part] = restore(unit.stretch.tokens, words, missing, made.embedded.bound)
    for unit in made.units:
        if unit.stretch is None or not {token.bound for token in unit.stretch.tokens} & missing:
            continue
        for part in made.parts_of(unit.entry.block):
            made.words[part] = restore(unit.stretch.tokens, made.words[part], missing, made.embedded.bound)


# --- one block --------------------------------------------------------------------------------------------------------


def judge_blocks(made: Comparison) -> Iterator[Change]:
    """Judge every block that was printed, in the order of the text."""
    for block in made.source.blocks:
        if block.stretches and any(unit.entry.block == block.id for unit in made.units):
            yield from _judge(made, block)
    yield from _judge_fixed(made)


def _judge(made: Comparison, block: SourceBlock) -> Iterator[Change]:
    units = [unit for unit in made.units if unit.entry.block == block.id]
    parts = made.parts_of(block.id)
    old = "\n".join(stretch.text for stretch in block.stretches)
    if not parts:
        yield _removed(made, block, old)
        return
    parts += new_items(made, block, parts)
    parts.sort()
    by_part = {unit.part: unit for unit in units if unit.part is not None}
    written = [_written(made, by_part.get(part), part, block) for part in parts]
    same = [one.old for one in written] == block.stretches and all(one.unchanged for one in written)
    if same and not any(made.wrong[part] for part in parts):
        return
    new = "\n".join(_shown(made, part) for part in parts)
    before = [stretch.tokens for stretch in block.stretches]
    made.terms.removed.clear()
    reasons = [text for part in parts for text in made.wrong[part]]
    reasons += complaints(made.terms, block.id, before, [one.tokens for one in written])
    reasons += [text for part in parts for text in _kind_changed(by_part.get(part), made.returned.parts[part])]
    if not all(stretch.mapped for stretch in block.stretches):
        reasons.append("its Markdown is of a form that cannot be changed from outside: change it in the file")
    notes = [f"{text} was removed" for text in made.terms.removed]
    lines = [] if reasons else write_block(block.id, block, written)
    if not reasons:
        reasons += made.proof.complaints(block, lines, written, allow_removed=bool(notes))
    if len(written) != len(block.stretches) or any(one.old and one.level != one.old.level for one in written):
        notes.append("its shape changed: change it in the other languages too")
    if not reasons and tuple(lines) == block.lines:
        return
    yield Change(
        kind="changed",
        block=block.id,
        old=old,
        new=new,
        reasons=tuple(dict.fromkeys(reasons)),
        authors=_authors(made, parts),
        notes=tuple(notes),
        lines=tuple(lines),
    )


def _shown(made: Comparison, part: int) -> str:
    """Give the words of a paragraph as the file shows them, changed numbers too."""
    return made.returned.parts[part].text


def _authors(made: Comparison, parts: Sequence[int]) -> tuple[str, ...]:
    return tuple(sorted({author for part in parts for author in made.returned.parts[part].authors if author}))


def _removed(made: Comparison, block: SourceBlock, old: str) -> Change:
    made.terms.removed.clear()
    reasons = list(complaints(made.terms, block.id, [one.tokens for one in block.stretches], []))
    notes = [f"{text} was removed" for text in made.terms.removed]
    if not reasons:
        reasons = made.proof.without(block)
    notes.append("the other languages still have this block: take it out there too")
    return Change(kind="removed", block=block.id, old=old, reasons=tuple(reasons), notes=tuple(notes))


def _written(made: Comparison, unit: Unit | None, part: int, block: SourceBlock) -> Written:
    found = made.returned.parts[part]
    old = unit.stretch if unit is not None else None
    tokens = _merged(old, made.linked(made.words[part]), made.sources)
    if old is None:
        like = block.stretches[0]
        level = found.item[1] if found.item else like.level
        return Written(old=None, tokens=trimmed(tokens), kind=like.kind, level=level, ordered=like.ordered)
    level = found.level + 1 if old.kind == "heading" and found.level else old.level
    return Written(old=old, tokens=tokens, kind=old.kind, level=level, ordered=old.ordered)


def trimmed(tokens: list[Token]) -> list[Token]:
    """Take spaces off both ends."""
    first, last = 0, len(tokens)
    while first < last and tokens[first].is_space:
        first += 1
    while last > first and tokens[last - 1].is_space:
        last -= 1
    return tokens[first:last]


def _merged(old: Stretch | None, found: list[Token], sources: dict[int, Token]) -> list[Token]:
    """Give the words that came back, those that were there before as the Markdown has them."""
    found = trimmed(found)
    if old is None:
        return _new_words(found, sources)
    keys, there = [_key(one) for one in old.tokens], [_key(one) for one in found]
    made: list[Token] = []
    for kind, a, b, c, d in SequenceMatcher(None, keys, there, autojunk=False).get_opcodes():
        if kind == "equal":
            made += [_kept(old.tokens[a + step], found[c + step]) for step in range(b - a)]
        elif kind in ("insert", "replace"):
            made += _new_words(found[c:d], sources)
    return made


def _key(token: Token) -> tuple[str, int]:
    text, number = token.key
    return (" " if text in ("\u00a0", " ") else text, number)


def _new_words(words: list[Token], sources: dict[int, Token]) -> list[Token]:
    """Take new words over; what is bound keeps its source wherever it went."""
    return [one if one.bound is None or one.bound not in sources else _kept(sources[one.bound], one) for one in words]


def _kept(old: Token, found: Token) -> Token:
    """Give a word as the Markdown has it, with the look that it came back with."""
    if old.is_space:
        return old
    if old.bound is not None:
        return replace(old, bold=found.bold)
    same_place = unquote(old.href).rstrip("/") == unquote(found.href).rstrip("/")
    return replace(
        old,
        bold=found.bold,
        italic=found.italic,
        href=old.href if same_place else found.href,
        link=old.link if same_place else found.link,
    )


def _kind_changed(unit: Unit | None, part: Part) -> Iterator[str]:
    if OBJECT in part.text:
        yield "a picture or another object stands in it"
    if part.table:
        yield "a table stands here"
    if unit is None or unit.stretch is None:
        return
    kind = unit.stretch.kind
    if (kind == "heading") != bool(part.level):
        yield "a heading became a paragraph" if kind == "heading" else "a paragraph became a heading"
    if kind == "heading" and part.level > 3:
        yield "headings are of three levels"
    if kind == "item" and part.item is None:
        yield "an item left its list"
    if kind == "item" and part.item is not None and part.item[1] != unit.stretch.level:
        yield "an item changed its depth in the list"
    if kind != "item" and part.item is not None and not part.level:
        yield "a paragraph became an item of a list"
    if kind == "plain" and part.style in QUOTES:
        yield "a paragraph became a quote"


# --- new items --------------------------------------------------------------------------------------------------------


def new_items(made: Comparison, block: SourceBlock, parts: Sequence[int]) -> list[int]:
    """Give the new paragraphs that belong to a list or a quote: those that stand in it or follow it, of its kind.

    Parameters
    ----------
    made : Comparison
        The file.
    block : SourceBlock
        The list or quote; other blocks have none.
    parts : sequence of int
        Places of its paragraphs in the file.

    Returns
    -------
    list of int
        Places of the new ones.
    """
    kind = block.stretches[0].kind
    if kind not in ("item", "quote"):
        return []
    found = []
    for start in parts:
        at = start + 1
        while at < len(made.mates) and made.mates[at] is None and _is_kind(made.returned.parts[at], kind):
            found.append(at)
            at += 1
    at = parts[0] - 1
    before: list[int] = []
    while at >= 0 and made.mates[at] is None and _is_kind(made.returned.parts[at], kind):
        before.append(at)
        at -= 1
    previous = made.mates[at] if at >= 0 else None
    joined = previous is not None and previous.stretch is not None and previous.stretch.kind == kind
    return [*({*found} - set(parts)), *([] if joined else before)]


def _is_kind(part: Part, kind: str) -> bool:
    if kind == "item":
        return part.item is not None and not part.level
    return part.style in QUOTES and not part.table


# --- what the publisher made ------------------------------------------------------------------------------------------

_ORIGIN = {
    "title": "the title stands in the front matter of the text",
    "description": "the description stands in the front matter of the text",
    "cover": "the cover comes from case.toml",
    "authors": "the lines about the authors come from case.toml",
    "grid": "the table stands in the file of the text, where its numbers are bound",
    "measures": "the measures come from recommendations.toml",
    "references": "references come from sources.toml",
    "key": "the key of the signs comes from shteg",
    "note": "the note comes from the edition",
}
_MAY_GO = ("cover", "key", "note", "references", "authors")
"""What may be missing: it is told, and nothing is refused."""


def _judge_fixed(made: Comparison) -> Iterator[Change]:
    for unit in made.units:
        if unit.stretch is not None:
            continue
        what = unit.entry.what
        origin = _ORIGIN.get(what, f"the {what} comes from the edition")
        if unit.part is None:
            if what not in _MAY_GO:
                yield Change(kind="elsewhere", block=what, old=unit.text, reasons=(f"it was removed; {origin}",))
            continue
        part = made.returned.parts[unit.part]
        if squeezed(part.text) != squeezed(unit.text):
            reasons = (f"it was changed; {origin}: change it there",)
            authors = _authors(made, [unit.part])
            yield Change(kind="elsewhere", block=what, old=unit.text, new=part.text, reasons=reasons, authors=authors)


__all__ = ["Comparison", "compare", "judge_blocks", "new_items", "plain", "trimmed"]
