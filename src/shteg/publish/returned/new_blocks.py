"""Paragraphs that an editor added, and blocks that stand in another place than before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from shteg.publish.returned.compare import QUOTES, Comparison, new_items, trimmed
from shteg.publish.returned.markdown import Written, write_block
from shteg.publish.returned.result import Change
from shteg.publish.word.reading import OBJECT, Part
from shteg.report.text.read import BLOCK_ID

WORDS_OF_ID = 4
_SHORTEST = 4
"""Letters of a word that an id is made of."""


def judge_new(made: Comparison, ids: Sequence[str], current: Sequence[str] = ()) -> Iterator[Change]:
    """Judge paragraphs that were not printed.

    Parameters
    ----------
    made : Comparison
        The file.
    ids : sequence of str
        Ids for the new blocks, in their order; the others get one made of their first words.
    current : sequence of str
        Ids that are taken in the case today.

    Yields
    ------
    Change
    """
    wanted = list(ids)
    taken = {block.id for block in made.source.blocks} | set(current)
    for group in _groups(made):
        first = made.returned.parts[group[0]]
        written = [_written(made, part) for part in group]
        words = "\n".join(made.returned.parts[part].text for part in group)
        given = wanted.pop(0) if wanted else ""
        block_id = given or _id_of(words, taken)
        reasons = [text for part in group for text in made.wrong[part]]
        reasons += _bound_in(made, group)
        reasons += _form(made, first, group)
        if given and (not BLOCK_ID.fullmatch(given) or given in taken):
            reasons.append(f"{given!r} is no id for a new block, or stands in the text already")
        lines = [] if reasons else write_block(block_id, None, written)
        reasons += made.proof.of_new(lines, block_id, written) if lines else []
        taken.add(block_id)
        notes = [] if given else [f"its id was made of its words: {block_id} (--new-id names another)"]
        notes.append("the other languages need this block too: `shteg check` asks for it")
        authors = {author for part in group for author in made.returned.parts[part].authors if author}
        yield Change(
            kind="added",
            block=block_id,
            new=words,
            reasons=tuple(dict.fromkeys(reasons)),
            authors=tuple(sorted(authors)),
            notes=tuple(notes),
            lines=tuple(lines),
            after=_before(made, group[0]),
        )


def _groups(made: Comparison) -> Iterator[list[int]]:
    """Give the paragraphs of each new block: items that follow each other are one list."""
    used = {
        part
        for block in made.source.blocks
        if block.stretches and made.parts_of(block.id)
        for part in new_items(made, block, made.parts_of(block.id))
    }
    group: list[int] = []
    for at, mate in enumerate(made.mates):
        new = mate is None and at not in used
        part = made.returned.parts[at]
        if new and group and group[-1] == at - 1 and _joins(made.returned.parts[at - 1], part):
            group.append(at)
            continue
        if group:
            yield group
        group = [at] if new and (part.text.strip() or part.foreign) else []
    if group:
        yield group


def _joins(before: Part, part: Part) -> bool:
    both_items = before.item is not None and part.item is not None and not part.level
    return both_items or (before.style in QUOTES and part.style in QUOTES)


def _written(made: Comparison, at: int) -> Written:
    part = made.returned.parts[at]
    tokens = trimmed(made.linked(made.words[at]))
    if part.level:
        return Written(old=None, tokens=tokens, kind="heading", level=part.level + 1)
    if part.item is not None:
        return Written(old=None, tokens=tokens, kind="item", level=part.item[1], ordered=part.item[0])
    return Written(old=None, tokens=tokens, kind="quote" if part.style in QUOTES else "plain")


def _bound_in(made: Comparison, group: Sequence[int]) -> Iterator[str]:
    for part in group:
        for token in made.words[part]:
            if token.bound is not None:
                block = made.terms.owner.get(token.bound, "?")
                yield f"{made.terms.named(token.bound)} belongs to block {block!r} and cannot go over to a new one"


def _form(made: Comparison, first: Part, group: Sequence[int]) -> Iterator[str]:
    parts = [made.returned.parts[part] for part in group]
    if any(part.table for part in parts):
        yield "a new table: write it in the file of the text, with its numbers bound"
    if any(OBJECT in part.text and not part.table for part in parts):
        yield "a new picture or chart: pictures stand in images.toml, charts come from the edition"
    if first.level > 3:
        yield "headings are of three levels"
    before, after = _around(made, group)
    if before and before == after:
        yield f"it stands inside block {before!r}, which it would divide"


def _around(made: Comparison, group: Sequence[int]) -> tuple[str, str]:
    mates = [mate for mate in made.mates[: group[0]] if mate is not None]
    following = [mate for mate in made.mates[group[-1] + 1 :] if mate is not None]
    return (mates[-1].entry.block if mates else "", following[0].entry.block if following else "")


def _before(made: Comparison, part: int) -> str:
    """Give the block after which a part stands, figures and tables counted; empty at the beginning."""
    for mate in reversed(made.mates[:part]):
        if mate is not None and made.block_of(mate):
            return made.block_of(mate)
    return ""


def _id_of(words: str, taken: set[str]) -> str:
    """Make an id of the first words."""
    flat = unicodedata.normalize("NFKD", words.casefold()).encode("ascii", "ignore").decode()
    found = [word for word in re.findall(r"[a-z0-9]+", flat) if len(word) >= _SHORTEST][:WORDS_OF_ID]
    start = "-".join(found) or "new-block"
    number, name = 2, start
    while name in taken:
        name, number = f"{start}-{number}", number + 1
    return name


def judge_moved(made: Comparison) -> Iterator[Change]:
    """Find blocks that stand in another order than before."""
    order = [block.id for block in made.source.blocks]
    places = {block_id: min(parts) for block_id in order if (parts := made.places(block_id))}
    listed = [block_id for block_id in order if block_id in places]
    keeping = _longest_rising([places[one] for one in listed])
    for at, block_id in enumerate(listed):
        if at in keeping:
            continue
        block = made.source.block(block_id)
        reasons = (
            () if block is not None and block.stretches else ("figures and tables are moved in the file of the text",)
        )
        before = [one for one in listed if places[one] < places[block_id]]
        yield Change(
            kind="moved",
            block=block_id,
            new="" if block is None else "\n".join(one.text for one in block.stretches),
            reasons=reasons,
            notes=("blocks stand in the same order in every language: move it in the others too",),
            after=max(before, key=lambda one: places[one], default=""),
        )


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """Give the places of a longest rising part of a sequence: what stayed where it was."""
    best: list[tuple[int, int]] = []
    for at, number in enumerate(numbers):
        earlier = [(best[one][0], -one) for one in range(at) if numbers[one] < number]
        length, one = max(earlier, default=(0, 1))
        best.append((length + 1, -one if earlier else -1))
    if not best:
        return set()
    at = max(range(len(best)), key=lambda one: (best[one][0], -one))
    kept = set()
    while at >= 0:
        kept.add(at)
        at = best[at][1]
    return kept
