"""The blocks of the announcement that the front page places by their ids: `claims` in a box, `how` beside it."""

from __future__ import annotations

from collections.abc import Iterator

from shteg.errors import Problem
from shteg.report.text.front_matter import FRONT_PAGE
from shteg.report.text.tree import Block, Document, Figure, Heading, ListBody, Strong, Text

CLAIMS, HOW = "claims", "how"
FEWEST_CLAIMS, MOST_CLAIMS = 3, 5


def check_front_page(document: Document) -> Iterator[Problem]:
    """Find blocks of the announcement that are called `claims` or `how` and cannot be placed as such."""
    for block in document.blocks if document.name == FRONT_PAGE else ():
        if block.id == CLAIMS and (problem := _no_claims(block)):
            hint = "write a list of three to five items: - **The claim in a sentence.** What supports it."
            yield Problem(document.file, block.line, 0, problem, hint)
        if block.id == HOW and not (isinstance(block.content, Heading) and block.content.level == 2):
            hint = (
                "write ## How we did this {#how}, and below it sample, method and limits; or give the block another id"
            )
            yield Problem(document.file, block.line, 0, f"block {HOW!r} is no heading of level 2", hint)
        if isinstance(block.content, Figure) and block.content.chart_id in document.figures:
            problem = (
                f"the figure {block.content.chart_id!r} stands on the front page already (line {document.figures_line})"
            )
            yield Problem(document.file, block.line, 0, problem, "take it out here, or out of figures")


def _no_claims(block: Block) -> str:
    if not isinstance(block.content, ListBody):
        return f"block {CLAIMS!r} is a {block.kind}, no list"
    items = block.content.items
    if not FEWEST_CLAIMS <= len(items) <= MOST_CLAIMS:
        return f"block {CLAIMS!r} has {len(items)} items"
    for number, item in enumerate(items, 1):
        runs = [run for run in item.runs if not (isinstance(run, Text) and not run.text.strip())]
        if not runs or not isinstance(runs[0], Strong):
            return f"item {number} of block {CLAIMS!r} does not begin with its claim in bold"
    return ""
