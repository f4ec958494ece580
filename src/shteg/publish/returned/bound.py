"""Find bound things that lost their control, by the characters that were printed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from shteg.publish.returned.tokens import Token, plain, split
from shteg.publish.word.embedded import Bound

_DIGIT = re.compile(r"\d")
_GROUPING = frozenset("\u00a0\u202f\u2009.,")


def restore(printed: Sequence[Token], found: list[Token], missing: set[int], bound: Sequence[Bound]) -> list[Token]:
    """Put what lost its control back into a paragraph that came back, where its characters stand.

    Parameters
    ----------
    printed : sequence of Token
        The paragraph as it was printed.
    found : list of Token
        As it came back.
    missing : set of int
        Numbers of what is in no control any more; those found are taken out.
    bound : sequence of Bound
        All that was printed.

    Returns
    -------
    list of Token
    """
    wanted = [one.bound for one in printed if one.bound is not None and one.bound in missing]
    if not wanted:
        return found
    spans = _by_alignment(printed, found, missing, bound)
    taken = {at for first, last in spans.values() for at in range(first, last)}
    for number in wanted:
        if number not in spans:
            span = _by_search(split(bound[number].printed), found, taken)
            if span is not None:
                spans[number] = span
                taken |= set(range(*span))
    made: list[Token] = []
    starts = {first: (number, last) for number, (first, last) in spans.items()}
    at = 0
    while at < len(found):
        if at in starts:
            number, last = starts[at]
            missing.discard(number)
            made.append(Token(text=bound[number].printed, bold=found[at].bold, italic=found[at].italic, bound=number))
            at = last
        else:
            made.append(found[at])
            at += 1
    return made


def _by_alignment(
    printed: Sequence[Token], found: Sequence[Token], missing: set[int], bound: Sequence[Bound]
) -> dict[int, tuple[int, int]]:
    """Find what stands between the same words as before: place of its first token, and of the one after its last."""
    keys: list[tuple[str, int]] = []
    spans: dict[int, tuple[int, int]] = {}
    for token in printed:
        if token.bound is not None and token.bound in missing:
            parts = [(_same(one), -1) for one in split(bound[token.bound].printed)]
            spans[token.bound] = (len(keys), len(keys) + len(parts))
            keys += parts
        else:
            keys.append((_same(token.text), -1) if token.bound is None else token.key)
    there = [(_same(one.text), -1) if one.bound is None else one.key for one in found]
    places: dict[int, int] = {}
    for first, second, size in SequenceMatcher(None, keys, there, autojunk=False).get_matching_blocks():
        places |= {first + step: second + step for step in range(size)}
    kept = {}
    for number, (first, last) in spans.items():
        at = [places.get(place, -1) for place in range(first, last)]
        if at and -1 not in at and at == list(range(at[0], at[0] + len(at))) and _stands_free(found, at[0], at[-1] + 1):
            kept[number] = (at[0], at[-1] + 1)
    return kept


def _by_search(wanted: list[str], found: Sequence[Token], taken: set[int]) -> tuple[int, int] | None:
    keys = [_same(one) for one in wanted]
    there = ["" if one.bound is not None else _same(one.text) for one in found]
    for at in range(len(found) - len(keys) + 1):
        last = at + len(keys)
        if there[at:last] == keys and not taken & set(range(at, last)) and _stands_free(found, at, last):
            return at, last
    return None


def _same(text: str) -> str:
    return " " if not text.strip() else text.replace("\u2011", "-")


def _stands_free(found: Sequence[Token], first: int, last: int) -> bool:
    """Tell whether the characters are no part of a longer number."""
    before, after = plain(found[max(0, first - 2) : first]), plain(found[last : last + 2])
    if len(before) > 1 and before[-1] in _GROUPING and _DIGIT.match(before[-2]):
        return False
    own = plain(found[first:last])
    grows = len(after) > 1 and after[0] in _GROUPING and _DIGIT.match(after[1]) is not None
    return not (grows and _DIGIT.match(own[-1:]))
