"""Which paragraph that came back is which of those that were printed: by words, with bookmarks as a help."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from shteg.publish.returned.source import Stretch
from shteg.publish.returned.tokens import squeezed
from shteg.publish.word.embedded import Entry
from shteg.publish.word.reading import OBJECT, Part

ENOUGH = 0.35
"""Words in common, as a share, from which a paragraph may be the mended form of another."""
ENOUGH_ELSEWHERE = 0.7
"""The same for a paragraph that stands in another place."""
BOOKMARK = 0.4
"""What a bookmark that is where it was adds."""
OTHER_KIND = 0.2
"""What a heading that is no heading loses."""
_WORDS = re.compile(r"\w+|[^\w\s]")


@dataclass(slots=True, kw_only=True, eq=False)
class Unit:
    """A paragraph or table that was printed; `stretch` is its Markdown where it is of a block of the text."""

    entry: Entry
    text: str
    stretch: Stretch | None = None
    place: int = 0
    bookmark: str = ""
    part: int | None = None
    """Place of the paragraph that it came back as."""


def match(units: Sequence[Unit], parts: Sequence[Part]) -> list[Unit | None]:
    """Pair what was printed with what came back.

    Parameters
    ----------
    units : sequence of Unit
        In the order of the document; `part` is set.
    parts : sequence of Part
        In the order of the file.

    Returns
    -------
    list of Unit or None
        For each part the unit that it is, None for a new one.
    """
    texts = [squeezed(unit.text) for unit in units]
    found = [squeezed(part.text) for part in parts]
    bags = [Counter(_WORDS.findall(text.casefold())) for text in texts]
    bags_found = [Counter(_WORDS.findall(text.casefold())) for text in found]
    mates: list[Unit | None] = [None] * len(parts)

    def pair(one: int, other: int) -> None:
        units[one].part, mates[other] = other, units[one]

    for kind, a, b, c, d in SequenceMatcher(None, texts, found, autojunk=False).get_opcodes():
        if kind == "equal":
            for one, other in zip(range(a, b), range(c, d), strict=True):
                pair(one, other)
            continue
        scores = [
            [_score(units[one], parts[other], bags[one], bags_found[other]) for other in range(c, d)]
            for one in range(a, b)
        ]
        for one, other in _aligned(scores):
            pair(a + one, c + other)
    _pair_elsewhere(units, parts, bags, bags_found, mates)
    return mates


def _score(unit: Unit, part: Part, words: Counter[str], found: Counter[str]) -> float:
    table = unit.entry.what == "table"
    if part.table != table or (OBJECT in part.text) != (OBJECT in unit.text):
        return -1.0
    if table:
        return likeness(words, found) + BOOKMARK
    heading = unit.stretch is not None and unit.stretch.kind == "heading"
    same = 0.0 if heading == bool(part.level) else -OTHER_KIND
    return likeness(words, found) + (BOOKMARK if unit.bookmark in part.bookmarks and unit.bookmark else 0.0) + same


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """Give the share of words that two paragraphs have in common (Dice)."""
    together = sum(one.values()) + sum(other.values())
    return 2 * sum((one & other).values()) / together if together else 1.0


def _aligned(scores: list[list[float]]) -> list[tuple[int, int]]:
    """Pair rows and columns in order, so that the sum of the scores from `ENOUGH` on is largest."""
    rows, columns = len(scores), len(scores[0]) if scores else 0
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            score = scores[row][column]
            paired = best[row + 1][column + 1] + score if score >= ENOUGH else -1.0
            best[row][column] = max(best[row + 1][column], best[row][column + 1], paired)
    pairs, row, column = [], 0, 0
    while row < rows and column < columns:
        score = scores[row][column]
        if score >= ENOUGH and best[row][column] == best[row + 1][column + 1] + score:
            pairs.append((row, column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return pairs


def _pair_elsewhere(
    units: Sequence[Unit],
    parts: Sequence[Part],
    bags: Sequence[Counter[str]],
    bags_found: Sequence[Counter[str]],
    mates: list[Unit | None],
) -> None:
    """Pair what is left in another order: paragraphs that were moved."""
    left = [at for at, unit in enumerate(units) if unit.part is None]
    free = [at for at, mate in enumerate(mates) if mate is None]
    scored = sorted(
        (
            (-_score(units[one], parts[other], bags[one], bags_found[other]), one, other)
            for one in left
            for other in free
        ),
    )
    for score, one, other in scored:
        if -score >= ENOUGH_ELSEWHERE and units[one].part is None and mates[other] is None:
            units[one].part, mates[other] = other, units[one]
