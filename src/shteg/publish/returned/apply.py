"""Put the changes that are taken into the file of the text as it stands in the case today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from shteg.publish.returned.result import Change
from shteg.publish.returned.source import Source, read_source

OUT_OF_DATE = (
    "the case has another text here than the one that the file was made from: build it again and change that one"
)


def against_today(changes: Sequence[Change], printed: Source, today: Source) -> list[Change]:
    """Refuse changes of blocks that were changed in the case since the file was made.

    Parameters
    ----------
    changes : sequence of Change
        As judged against what was printed.
    printed, today : Source
        The text in the file, and in the case.

    Returns
    -------
    list of Change
    """
    known = {block.id: block.lines for block in today.blocks}
    was = {block.id: block.lines for block in printed.blocks}
    judged = []
    for one in changes:
        stale = one.kind in ("changed", "removed", "moved") and known.get(one.block) != was.get(one.block)
        if stale and one.kind == "changed" and one.lines == known.get(one.block):
            continue  # the case says it already
        lost = one.kind in ("added", "moved") and bool(one.after) and one.after not in known
        clash = one.kind == "added" and one.block in known
        reasons = (*one.reasons, OUT_OF_DATE) if stale or lost or clash else one.reasons
        judged.append(replace(one, reasons=reasons))
    return judged


def applied(markdown: str, changes: Sequence[Change]) -> str:
    """Give the file with the changes that are taken; line ends and all other lines stay as they are.

    Parameters
    ----------
    markdown : str
        The file today.
    changes : sequence of Change
        Those refused are left out.

    Returns
    -------
    str
    """
    taken = [one for one in changes if one.taken]
    if not taken:
        return markdown
    start = "\ufeff" if markdown.startswith("\ufeff") else ""
    end = "\r\n" if "\r\n" in markdown else "\n"
    return start + _applied(read_source(markdown), taken).replace("\n", end)


def _applied(source: Source, taken: Sequence[Change]) -> str:
    order = [block.id for block in source.blocks]
    lines = {block.id: list(block.lines) for block in source.blocks}
    firsts = [block.first for block in source.blocks] + [len(source.lines)]
    after = {block.id: source.lines[block.last : firsts[at + 1]] for at, block in enumerate(source.blocks)}
    head = source.lines[: firsts[0]]
    end = after[order[-1]] if order else []
    for one in taken:
        if one.kind == "changed":
            lines[one.block] = list(one.lines)
        elif one.kind == "removed":
            order.remove(one.block)
        elif one.kind == "moved":
            order.remove(one.block)
            order.insert(_place(order, one.after), one.block)
    previous = ""
    for one in taken:
        if one.kind == "added":
            # new blocks that follow the same one keep their order
            order.insert(_place(order, previous if one.after == _after(taken, previous) else one.after), one.block)
            lines[one.block] = list(one.lines)
            previous = one.block
    body: list[str] = []
    for at, block_id in enumerate(order):
        body += lines[block_id]
        if at < len(order) - 1:
            body += after.get(block_id, [""]) or [""]
    return "\n".join([*head, *body, *end])


def _after(taken: Sequence[Change], block_id: str) -> str | None:
    return next((one.after for one in taken if one.block == block_id and one.kind == "added"), None)


def _place(order: Sequence[str], after: str) -> int:
    return order.index(after) + 1 if after in order else 0
