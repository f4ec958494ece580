"""The block rule of written tables: rows of cells between `|`, then a line with the caption and the block id.

    | Step | By the end of 2030 |
    | --- | ---: |
    | Entry | {{ value.forecast.entry.2030|range }} |
    How likely each step is. {#steps-table}

Stricter than other kinds of Markdown: every row begins and ends with `|` and has as many cells as the first one, and a
`|` inside `{{ }}` divides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.rules_block import StateBlock

_KEPT = re.compile(r"\\.|\{\{[^{}\n]*\}\}|\[@[^\[\]\n]*\]")
"""What holds marks that divide no cells: escaped marks, placeholders, citations."""
_RULE = re.compile(r":?-+:?")
TABLE_HINT = (
    "begin and end every row with |, write | --- | under the first one (| ---: | for numbers), and the caption with "
    "its {#id} on the line below the last; leave a blank line before and after"
)


def cells_in(line: str) -> list[tuple[int, str]]:
    """Divide a row into its cells: place of the first sign (from 0) and words; none if it is no row."""
    masked = _KEPT.sub(lambda found: "\u0001" * len(found[0]), line)
    stripped = masked.strip()
    if len(stripped) < 2 or not (stripped.startswith("|") and stripped.endswith("|")):
        return []
    start = masked.index("|") + 1
    found = []
    while (end := masked.find("|", start)) >= 0:
        words = line[start:end]
        found.append((start + len(words) - len(words.lstrip()), words.strip()))
        start = end + 1
    return found


def is_rule(line: str) -> bool:
    """Tell whether a line divides the head of a table from its rows."""
    cells = cells_in(line)
    return bool(cells) and all(_RULE.fullmatch(words) for _, words in cells)


def written_table(state: StateBlock, first: int, end: int, silent: bool) -> bool:
    """Read a table: tokens of a grid, its rows and cells, the last one the caption; a rule of markdown-it.

    Parameters
    ----------
    state : StateBlock
        Of the parser.
    first, end : int
        The line that may begin a table, and the line where the text ends.
    silent : bool
        Only tell whether one begins there.

    Returns
    -------
    bool
        Whether it is a table; the state stands behind it then.
    """
    lines = [state.getLines(at, at + 1, state.blkIndent, False) for at in range(first, min(first + 2, end))]
    if len(lines) < 2 or not cells_in(lines[0]) or not is_rule(lines[1]):
        return False
    if silent:
        return True
    last = first + 2
    while last < end and not state.isEmpty(last) and state.sCount[last] >= state.blkIndent:
        last += 1
    rows, caption = [first], last
    for at in range(first + 2, last):
        if not state.getLines(at, at + 1, state.blkIndent, False).lstrip().startswith("|"):
            caption = at
            break
        rows.append(at)
    grid = state.push("grid_open", "", 1)
    grid.map = [first, last]
    grid.meta = {"aligns": [words for _, words in cells_in(lines[1])]}
    for at in rows:
        _row(state, at, cells_in(state.getLines(at, at + 1, state.blkIndent, False)))
    _cells(
        state, "caption", [(caption, state.getLines(caption, last, state.blkIndent, False).strip())], [caption, last]
    )
    state.push("grid_close", "", -1)
    state.line = last
    return True


def _row(state: StateBlock, at: int, cells: Sequence[tuple[int, str]]) -> None:
    _cells(state, "row", [(at, words) for _, words in cells], [at, at + 1])


def _cells(state: StateBlock, kind: str, cells: Sequence[tuple[int, str]], place: list[int]) -> None:
    state.push(f"grid_{kind}_open", "", 1).map = place
    for _, words in cells:
        state.push("grid_cell_open", "", 1).map = place
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = words, place, []
        state.push("grid_cell_close", "", -1)
    state.push(f"grid_{kind}_close", "", -1)
