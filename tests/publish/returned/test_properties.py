"""Whatever an editor does to words, no number changes: what is taken holds the bindings that were there before."""

import random
import re
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.publish.returned.conftest import take
from tests.publish.returned.edits import Paper, text_of, w
from tests.publish.returned.texts import FORMS

BOUND = re.compile(r"\{\{[^{}]*\}\}|\[@[^\]]*\]|\b\d+\b")
"""Placeholders, citations, and numbers that are written out."""
WORDS = [
    "lake",
    "often",
    "and",
    "“so”",
    "not*",
    "7",
    "41%",
    "two",
    "[x]",
    "\u00a0",
    "çdo",
    "−",
    "%",
    "",
    " ",
    "a_b",
    "2025",
]


def bound_by_block(markdown: str) -> dict[str, Counter[str]]:
    """Everything bound or counted, by block; markers of numbered items left out."""
    body = markdown.split("+++", 2)[2]
    found = {}
    for part in re.split(r"(?<=\})\n", body):
        block = re.search(r"\{#([\w-]+)\}\s*$", part.strip())
        if block:
            found[block[1]] = Counter(BOUND.findall(re.sub(r"(?m)^\d+\. ", "", part)))
    return found


@examples(40)
@given(seed=st.integers(0, 2**32), edits=st.integers(1, 12), lost=st.booleans())
def test_edits_of_words_never_change_what_is_bound(
    printed: dict[str, bytes], seed: int, edits: int, lost: bool
) -> None:
    chance = random.Random(seed)
    language = chance.choice(sorted(FORMS))
    paper = Paper(printed[language])
    if lost:
        paper.lose_controls()
        paper.scatter()
    for _ in range(edits):
        text = chance.choice([one for one in paper.body.iter(w("t")) if (one.text or "").strip()])
        words = re.split(r"(\s+)", text.text)
        at = chance.randrange(len(words))
        match chance.randrange(4):
            case 0:
                words[at] = chance.choice(WORDS)
            case 1:
                words.insert(at, chance.choice(WORDS))
            case 2:
                words.pop(at)
            case 3:
                other = chance.randrange(len(words))
                words[at], words[other] = words[other], words[at]
        text.text = "".join(words)
    result = take(paper.save())
    before, after = bound_by_block(FORMS[language]), bound_by_block(result.markdown)
    removed = {one.block for one in result.changes if one.kind == "removed" and one.taken}
    assert {block: what for block, what in before.items() if block not in removed} == {
        block: what for block, what in after.items() if block in before
    }
    assert not any(what for block, what in after.items() if block not in before), "a new block holds numbers"
    assert not any(before[block] for block in removed)


@examples(40)
@given(seed=st.integers(0, 2**32))
def test_paragraphs_removed_moved_and_joined_never_change_what_is_bound(printed: dict[str, bytes], seed: int) -> None:
    chance = random.Random(seed)
    paper = Paper(printed["en"])
    paragraphs = [one for one in paper.body.iterchildren(w("p")) if text_of(one).strip()]
    for _ in range(chance.randrange(1, 4)):
        one, other = chance.sample(paragraphs, 2)
        match chance.randrange(3):
            case 0 if one.getparent() is not None and len(paragraphs) > 5:
                one.getparent().remove(one)
            case 1 if one.getparent() is not None and other.getparent() is not None:
                other.addnext(one)
            case 2 if one.getparent() is not None and other.getparent() is not None:
                other.extend([run for run in one if run.tag != w("pPr")])
                one.getparent().remove(one)
    result = take(paper.save())
    before, after = bound_by_block(FORMS["en"]), bound_by_block(result.markdown)
    for block, what in before.items():
        assert block in after or not what, f"{block} went with its numbers"
        assert after.get(block, Counter()) == what or block not in after
    assert not any(what for block, what in after.items() if block not in before)
