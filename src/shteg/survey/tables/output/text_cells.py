"""Cells as text, for the page and the terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shteg.survey.tables.output.remarks import EMPTY, HIDDEN, marks
from shteg.survey.tables.output.wording import Wording
from shteg.survey.tables.rows import NOT_SHARES


def cell_text(kind: str, cell: Mapping[str, Any] | None, words: Wording) -> list[str]:
    """Give a cell in lines: the estimate with its mark and letters, the interval, the standard error with deff."""
    if cell is not None and cell["suppressed"]:
        return [HIDDEN]
    if cell is None or cell["estimate"] is None:
        return [EMPTY]
    first = figure_text(kind, cell["estimate"], words) + marks(cell)
    lines = [f"{first} {cell['letters']}" if cell["letters"] else first]
    if cell["ci_low"] is not None:
        high = figure_text(kind, cell["ci_high"], words)
        low = words.number(cell["ci_low"], 2) if kind == "mean" else words.number(cell["ci_low"] * 100, 1)
        lines.append(f"{low} … {high}" if kind in NOT_SHARES else f"{low}–{high}")
    if cell["std_error"] is not None:
        error = words.number(cell["std_error"], 3) if kind == "mean" else words.number(cell["std_error"] * 100, 1)
        details = f"{words.tell('short.std_error')} {error}"
        if cell["deff"] is not None:
            details += f" · {words.tell('short.deff')} {words.number(cell['deff'], 2)}"
        lines.append(details)
    return lines


def figure_text(kind: str, value: float, words: Wording) -> str:
    """Write an estimate: a mean with two decimals, everything else as a percentage with one."""
    return words.number(value, 2) if kind == "mean" else words.percent(value, 1)


def base_text(cell: Mapping[str, Any] | None, name: str, words: Wording) -> str:
    """Write a base."""
    if cell is not None and cell["suppressed"]:
        return HIDDEN
    return EMPTY if cell is None or cell[name] is None else words.number(cell[name], 0)
