"""One cell of a table as text: estimate, marks, interval, standard error, changes, bases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shteg.survey.tables.output.wording import Wording
from shteg.survey.tables.rows import NOT_SHARES

HIDDEN, UNCERTAIN, FLAGGED, EMPTY = ":", "*", "†", "–"
"""Marks of a cell that is hidden, uncertain, without the usual standard error or interval, or not there."""

BASES = ("n", "n_weighted", "n_effective", "df")
"""What a figure rests on."""

MARK_WORDS = {"up": "▲", "down": "▼", "higher": "↑", "lower": "↓"}
"""Signs of what differs: from another wave, and from the other columns; the message `tables.mark.<key>` says it."""

SMALLEST_P = 0.001
"""Below it a p value is not written out."""


def marks(cell: Mapping[str, Any]) -> str:
    """Give the marks of an estimate that is shown."""
    return (UNCERTAIN if cell["quality"] else "") + (FLAGGED if cell["flag"] not in ("", "empty") else "")


def cell_text(
    kind: str,
    cell: Mapping[str, Any] | None,
    words: Wording,
    titles: Mapping[str, str] | None = None,
    *,
    p_values: bool = False,
) -> list[str]:
    """Give a cell in lines: estimate with mark and letters, interval, standard error with deff, changes.

    Parameters
    ----------
    kind : str
        Kind of the row: `mean`, or one of those with shares.
    cell : mapping, optional
        A row of the frame; None where the table has none.
    words : Wording
        Of the language to write.
    titles : mapping of source to str, optional
        What the waves are called that a change is measured from.
    p_values : bool
        Write those of the changes too.

    Returns
    -------
    list of str
        Lines from above; one mark where the cell is hidden or empty.
    """
    if kind in BASES:
        return [base_text(cell, kind, words)]
    if cell is not None and cell["suppressed"]:
        return [HIDDEN]
    if cell is None or cell["estimate"] is None:
        return [EMPTY]
    first = _figure_text(kind, cell["estimate"], words) + marks(cell)
    rest = MARK_WORDS.get(cell.get("rest", ""), "")
    lines = [" ".join(part for part in (first, rest, cell["letters"]) if part)]
    if cell["ci_low"] is not None:
        high = _figure_text(kind, cell["ci_high"], words)
        low = words.number(cell["ci_low"], 2) if kind == "mean" else words.number(cell["ci_low"] * 100, 1)
        lines.append(f"{low} … {high}" if kind in NOT_SHARES else f"{low}–{high}")
    if cell["std_error"] is not None:
        error = words.number(cell["std_error"], 3) if kind == "mean" else words.number(cell["std_error"] * 100, 1)
        details = f"{words.tell('short.std_error')} {error}"
        if cell["deff"] is not None:
            details += f" · {words.tell('short.deff')} {words.number(cell['deff'], 2)}"
        lines.append(details)
    return [*lines, *change_lines(kind, cell, words, titles or {}, p_values=p_values)]


def change_lines(
    kind: str, cell: Mapping[str, Any], words: Wording, titles: Mapping[str, str], *, p_values: bool = False
) -> list[str]:
    """Write what changed since other waves: a line for each, with the name of the wave, a mark, and the interval.

    Parameters
    ----------
    kind, cell, words, titles, p_values : as there
        See `cell_text`.

    Returns
    -------
    list of str
    """
    found = []
    for name in ("previous", "first"):
        if cell.get(f"{name}_change") is None:
            continue
        source = cell[f"{name}_source"]
        parts = [f"{titles.get(source, source)}:", signed(kind, cell[f"{name}_change"], words)]
        if mark := MARK_WORDS.get(cell[f"{name}_mark"], ""):
            parts.insert(1, mark)
        if cell[f"{name}_ci_low"] is not None:
            low, high = (signed(kind, cell[f"{name}_ci_{end}"], words) for end in ("low", "high"))
            parts.append(f"({low} … {high})")
        if p_values and cell[f"{name}_p_adjusted"] is not None:
            parts.append(f"{words.tell('short.p')} {p_text({'p_adjusted': cell[f'{name}_p_adjusted']}, words)}")
        found.append(" ".join(parts))
    return found


def signed(kind: str, change: float, words: Wording) -> str:
    """Write a change with its sign: of shares in percentage points, of means in their own unit.

    Parameters
    ----------
    kind : str
        Kind of the row.
    change : float
        Of a share from 0 to 1.
    words : Wording
        Of the language to write.

    Returns
    -------
    str
    """
    decimals = 2 if kind == "mean" else 1
    number = round(change if kind == "mean" else change * 100, decimals)
    return ("+" if number > 0 else "") + words.number(number + 0.0, decimals)


def p_text(test: Mapping[str, Any], words: Wording) -> str:
    """Write the adjusted p value of a test."""
    p = test["p_adjusted"]
    return f"< {words.number(SMALLEST_P, 3)}" if p < SMALLEST_P else words.number(p, 3)


def _figure_text(kind: str, value: float, words: Wording) -> str:
    """Write an estimate: a mean with two decimals, everything else as a percentage with one."""
    return words.number(value, 2) if kind == "mean" else words.percent(value, 1)


def base_text(cell: Mapping[str, Any] | None, name: str, words: Wording) -> str:
    """Write a base.

    Parameters
    ----------
    cell : mapping, optional
        A row of the frame; None where the table has none.
    name : str
        Its column with the base: respondents, weighted or effective.
    words : Wording
        Of the language to write.

    Returns
    -------
    str
        A whole number, or the mark of a hidden or empty cell.
    """
    if cell is not None and cell["suppressed"]:
        return HIDDEN
    return EMPTY if cell is None or cell[name] is None else words.number(cell[name], 0)
