"""Rules for the quantile of weighted data, as in R's `svyquantile`: what to do between two observations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np

from shteg.arrays import Floats, Ints
from shteg.survey.rounding import ROUNDING, is_nothing, last_up_to, settle_on, settle_share

QuantileRule = Literal[
    "math", "school", "shahvaish", "hf1", "hf2", "hf3", "hf4", "hf5", "hf6", "hf7", "hf8", "hf9", "inverse"
]

QUANTILE_RULES: tuple[QuantileRule, ...] = get_args(QuantileRule)

_POINTS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "hf5": lambda w, c: (c - w / 2) / c[-1],
    "hf6": lambda w, c: c / (c[-1] + w[-1]),
    "hf7": lambda w, c: np.concatenate(([0.0], c[:-1])) / c[-2],
    "hf8": lambda w, c: (c - w / 3) / (c[-1] + w[-1] / 3),
    "hf9": lambda w, c: (c - 3 * w / 8) / (c[-1] + w[-1] / 4),
}


class SortedValues:
    """Values of weight above 0, sorted; equal ones in the order of the file."""

    def __init__(self, values: Floats, weight: Floats, row: Ints) -> None:
        keep = weight > 0
        order = np.lexsort((row[keep], values[keep]))
        self.values, self.weight = values[keep][order], weight[keep][order]
        self.sums = np.cumsum(self.weight)

    def quantile(self, p: float, rule: QuantileRule) -> float:
        """Quantile p under a rule; NaN where there are no values or the rule does not reach p.

        R's discrete rules (math, school, hf1–hf3) give the second smallest value where p is below the share of the
        smallest, and so does this; "inverse" is the inverse of the distribution function there too. Rule hf4
        continues its first line below that share and has no value at p = 1; "shahvaish" uses the raw weight in
        (C*_k + 1/2 − w_k/2)/(n + 1). A cumulated share that is p up to rounding *is* p, and a value between two
        observed ones that is one of them up to rounding is that one: no processor's rounding decides.

        References
        ----------
        Hyndman and Fan (1996), The American Statistician 50; Shah and Vaish (2006); R `vignette("qrule", "survey")`.
        """
        x, w, sums = self.values, self.weight, self.sums
        n = len(x)
        if n == 0 or np.isnan(p):
            return float("nan")
        if n == 1:
            return float(x[0]) if rule != "hf4" else float("nan")
        total = float(sums[-1])
        target = settle_share(p) * total
        if rule == "inverse":
            return float(x[min(int(np.searchsorted(sums, target - ROUNDING * total)), n - 1)])
        if rule == "hf3":
            x, groups = np.unique(x, return_inverse=True)
            return _discrete(x, np.cumsum(np.bincount(groups, w)), target, rule)
        if rule in ("math", "school", "hf1", "hf2"):
            return _discrete(x, sums, target, rule)
        if rule == "shahvaish":
            points = (np.cumsum(w * n / total) + 0.5 - w / 2) / (n + 1)  # may fall here and there
            reached = np.where(points <= p + ROUNDING, points, -np.inf)
            return float(x[int(np.argmax(reached >= reached.max() - ROUNDING))])
        if rule == "hf4":
            at = max(last_up_to(sums, target, total), 0)
            if at + 1 >= n:
                return float("nan")
            return settle_on(float(x[at] + (target - sums[at]) / w[at + 1] * (x[at + 1] - x[at])), x)
        return settle_on(float(np.interp(p, _POINTS[rule](w, sums), x)), x)


def _discrete(x: Floats, sums: Floats, target: float, rule: str) -> float:
    at = last_up_to(sums, target, float(sums[-1]))
    exact = at >= 0 and bool(is_nothing(sums[at] - target, sums[-1]))
    at = max(at, 0)
    after = min(at + 1, len(x) - 1)
    if not exact:
        return float(x[after])
    if rule in ("school", "hf2"):
        return float((x[at] + x[after]) / 2)
    if rule == "hf3":
        return float(x[at] if at % 2 else x[after])  # positions count from 1: the even one
    return float(x[at])
