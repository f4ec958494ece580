"""Disclosure control: cells with few respondents are not shown, nor what would give them away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Suppression = Literal["", "primary", "complementary"]
"""Shown; too few respondents; enough of them, but its figure would reveal a suppressed one by subtraction."""


def suppress_cells(bases: Sequence[int], total: int, minimum: int) -> tuple[Suppression, ...]:
    """Decide which domains of one grouping variable are not shown.

    Parameters
    ----------
    bases : sequence of int
        Respondents of each domain; the domains do not overlap.
    total : int
        Respondents of the whole sample, shown if it has `minimum`; those in no domain (`total` − Σ bases) are never
        shown and count as one more hidden cell.
    minimum : int
        Smallest base that may be shown.

    Returns
    -------
    tuple of Suppression
        One for each domain. What is left when all shown domains are subtracted from the whole has no cell of its own:
        either nothing is hidden in it, or at least two cells with `minimum` respondents between them.

    References
    ----------
    Hundepool et al. (2012), Statistical Disclosure Control, ch. 4.
    """
    marks: list[Suppression] = ["primary" if base < minimum else "" for base in bases]
    remainder = total - sum(bases)
    hidden = [base for base, mark in zip(bases, marks, strict=True) if mark and base > 0]
    if 0 < remainder < minimum and not hidden:
        hidden = [remainder]  # showing every domain would reveal the few who are in none
    elif hidden and remainder > 0:
        hidden.append(remainder)
    if not hidden:
        return tuple(marks)
    for i in sorted((i for i, mark in enumerate(marks) if not mark), key=lambda i: (bases[i], i)):
        if len(hidden) >= 2 and sum(hidden) >= minimum:
            break
        marks[i] = "complementary"
        hidden.append(bases[i])
    return tuple(marks)
