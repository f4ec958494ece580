"""Tests of estimates, and p values adjusted for their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

Multiplicity = Literal["none", "bonferroni", "holm", "benjamini-hochberg"]


def adjust(p_values: Sequence[float], method: Multiplicity) -> list[float]:
    """Adjust the p values of one family (R: `p.adjust`).

    References
    ----------
    Holm (1979), Scandinavian Journal of Statistics 6(2); Benjamini and Hochberg (1995), JRSS B 57(1).
    """
    p = np.asarray(p_values, float)
    count = len(p)
    if method == "none" or count == 0:
        return [float(one) for one in p]
    if method == "bonferroni":
        return [float(one) for one in np.minimum(p * count, 1)]
    order = np.argsort(p, kind="stable")
    ranks = np.arange(1, count + 1)
    adjusted = np.empty(count)
    if method == "holm":
        adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * (count + 1 - ranks)), 1)
    else:
        steps = p[order] * count / ranks
        adjusted[order] = np.minimum(np.minimum.accumulate(steps[::-1])[::-1], 1)
    return [float(one) for one in adjusted]
