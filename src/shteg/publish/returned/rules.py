"""What an editor may not do to what is bound: change, remove, add, move; the reasons, in words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from shteg.publish.returned.matching import likeness
from shteg.publish.returned.tokens import Token, plain, squeezed
from shteg.publish.word.embedded import Bound
from shteg.report.language.number_words import find_number_words

MUCH_LIKER = 0.3
"""A sentence that has so much more in common with another one than with its own has lent its number from it."""
_BEFORE = re.compile(r"""[(\[“„"‘'«—/…]*""")
_AFTER = re.compile(r"""(?:-[^\W\d_]{1,5}|[’'][^\W\d_]{1,3})?[.,;:!?)\]”“"’'»…—/]*""")
_ENDS = frozenset(".!?…")
_PERCENT = frozenset("%‰")
_KINDS = {
    "value": "number",
    "cell": "number",
    "count": "number",
    "direction": "word of direction",
    "measure": "measure",
    "citation": "citation",
    "place": "number of a figure",
}


@dataclass(slots=True, kw_only=True)
class Terms:
    """What stands in all languages alike: bound things, and the numbers that are written out.

    Attributes
    ----------
    bound : sequence of Bound
        All that was printed.
    owner : mapping
        Block of each bound thing.
    language : str
        Of the text.
    removing : bool
        Bound things may go with the words around them.
    """

    bound: Sequence[Bound]
    owner: dict[int, str]
    language: str
    removing: bool = False
    removed: list[str] = field(default_factory=list)

    def named(self, number: int) -> str:
        """Name a bound thing for an editor."""
        one = self.bound[number]
        return f"the {_KINDS[one.kind]} {one.text!r} ({one.key})"


def complaints(terms: Terms, block: str, old: Sequence[list[Token]], now: Sequence[list[Token]]) -> Iterator[str]:
    """Find what is wrong with the bound things of a block.

    Parameters
    ----------
    terms : Terms
        What is bound.
    block : str
        Its id.
    old, now : sequence of lists of Token
        Its paragraphs as they were printed, and as they came back.

    Yields
    ------
    str
        Reasons to refuse the change.
    """
    before, after = [one for words in old for one in words], [one for words in now for one in words]
    numbers = Counter(one.bound for one in after if one.bound is not None)
    was = [one.bound for one in before if one.bound is not None]
    for number in was:
        if not numbers[number]:
            if terms.removing:
                terms.removed.append(terms.named(number))
            else:
                yield f"{terms.named(number)} is gone"
    for number, times in numbers.items():
        if number not in was:
            yield f"{terms.named(number)} belongs to block {terms.owner.get(number, '?')!r}"
        elif times > 1:
            yield f"{terms.named(number)} stands {times} times"
    yield from _written_numbers(terms, before, after)
    yield from _touched(terms, old, now)
    yield from _moved(terms, old, now)


def _written_numbers(terms: Terms, before: list[Token], after: list[Token]) -> Iterator[str]:
    """Compare numbers that are written out and bound to nothing: years, dates, declared words."""
    was, now = (_numbers_of(tokens, terms.language) for tokens in (before, after))
    for word, times in (now - was).items():
        yield f"the number {word!r} was added" + (f" {times} times" if times > 1 else "")
    for word in was - now:
        if terms.removing:
            terms.removed.append(f"the number {word!r}")
        else:
            yield f"the number {word!r} is gone"


def _numbers_of(tokens: list[Token], language: str) -> Counter[str]:
    words = "".join(" \x00 " if token.bound is not None else token.text for token in tokens)
    found = Counter(re.findall(r"\w*\d\w*", words))
    found.update(find_number_words(words, language))
    return found


def _touched(terms: Terms, old: Sequence[list[Token]], now: Sequence[list[Token]]) -> Iterator[str]:
    """Find signs that came to stand at a number: a minus, a percent sign, letters."""
    known = {number: around for words in old for number, around in _surroundings(words)}
    for words in now:
        for number, (left, right, percent) in _surroundings(words):
            if number not in known or terms.bound[number].kind not in ("value", "cell"):
                continue
            was = known[number]
            if left != was[0] and not _BEFORE.fullmatch(left):
                yield f"{left!r} was put before {terms.named(number)}"
            if right != was[1] and not _AFTER.fullmatch(right):
                yield f"{right!r} was put behind {terms.named(number)}"
            if percent and not was[2]:
                yield f"a percent sign was put behind {terms.named(number)}"


def _surroundings(words: list[Token]) -> Iterator[tuple[int, tuple[str, str, bool]]]:
    """Give for each bound thing what touches it on the left and right, and whether a percent sign follows."""
    for at, token in enumerate(words):
        if token.bound is None:
            continue
        left = right = at
        while left > 0 and words[left - 1].bound is None and not words[left - 1].is_space:
            left -= 1
        while right + 1 < len(words) and words[right + 1].bound is None and not words[right + 1].is_space:
            right += 1
        following = next((one for one in words[at + 1 : at + 3] if not one.is_space), None)
        percent = following is not None and following.bound is None and following.text in _PERCENT
        yield token.bound, (squeezed(plain(words[left:at])), squeezed(plain(words[at + 1 : right + 1])), percent)


def sentences(words: Sequence[Token]) -> list[list[Token]]:
    """Divide a paragraph into sentences."""
    found: list[list[Token]] = [[]]
    for at, token in enumerate(words):
        found[-1].append(token)
        ends = token.bound is None and token.text in _ENDS and (at + 1 == len(words) or words[at + 1].is_space)
        if ends:
            found.append([])
    return [one for one in found if any(not token.is_space for token in one)]


def _moved(terms: Terms, old: Sequence[list[Token]], now: Sequence[list[Token]]) -> Iterator[str]:
    """Find numbers that changed places inside a sentence, or went over to another."""
    own: dict[int, list[Token]] = {}
    place: dict[int, int] = {}
    listed = [sentence for words in old for sentence in sentences(words)]
    for sentence in listed:
        for at, token in enumerate(sentence):
            if token.bound is not None and terms.bound[token.bound].kind in ("value", "direction"):
                own[token.bound], place[token.bound] = sentence, at
    order = [one.bound for words in now for one in words if one.bound in own]
    for first, second in pairwise(order):
        if first is not None and second is not None and own[first] is own[second] and place[first] > place[second]:
            yield f"{terms.named(second)} and {terms.named(first)} changed places"
    bags = [(sentence, _bag(sentence)) for sentence in listed if any(one.bound in own for one in sentence)]
    for words in now:
        for sentence in sentences(words):
            here = _bag(sentence)
            for number in dict.fromkeys(one.bound for one in sentence if one.bound in own):
                if number is None:
                    continue
                mine = likeness(here, _bag(own[number]))
                best = max((likeness(here, bag) for other, bag in bags if other is not own[number]), default=0.0)
                if best > mine + MUCH_LIKER:
                    yield f"{terms.named(number)} went over to another sentence"


def _bag(sentence: Sequence[Token]) -> Counter[str]:
    return Counter(one.text.casefold() for one in sentence if one.bound is None and one.text.isalpha())
