"""The two passes over the rows for a number: sums per domain, then scores per PSU about the estimate."""

from __future__ import annotations

import numpy as np

from shteg.arrays import Codes, Floats, Ints
from shteg.compiling import compiled


@compiled
def sum_numbers(  # pragma: no cover - compiled
    weight: Floats, values: Floats, domains: Codes, sums: Floats, counts: Ints, squares: Floats, products: Floats
) -> None:
    """Add Σw, rows, Σw² and Σwy per domain; NaN has not answered.

    Parameters
    ----------
    weight, values : (rows,) float
        A value of NaN has not answered.
    domains : (rows, groupings) int
    sums, counts : (domains, 1) float, int
        Added to, as are the others.
    squares, products : (domains,) float
    """
    for row in range(weight.shape[0]):
        y = values[row]
        w = weight[row]
        if np.isnan(y) or w == 0.0:
            continue
        for g in range(domains.shape[1]):
            d = domains[row, g]
            if d < sums.shape[0]:
                sums[d, 0] += w
                counts[d, 0] += 1
                squares[d] += w * w
                products[d] += w * y


@compiled
def score_numbers(  # pragma: no cover - compiled
    start: Ints,
    stratum: Ints,
    weight: Floats,
    values: Floats,
    domains: Codes,
    centre: Floats,
    average: Floats,
    scale: Floats,
    psus: Ints,
    mean: Floats,
    spread: Floats,
    deviation: Floats,
) -> None:
    """Fold each PSU's scores u = scale_d Σ w (y − centre_d) into the moments; add Σ w (y − average_d)².

    Parameters
    ----------
    start : (psus + 1,) int
        First row of each PSU.
    stratum : (psus,) int
    weight, values : (rows,) float
    domains : (rows, groupings) int
    centre, average, scale : (domains,) float
    psus : (strata, domains) int
        Added to, as are the others.
    mean, spread : (strata, domains, 1) float
    deviation : (domains, 1) float
    """
    n_domains = centre.shape[0]
    score = np.zeros(n_domains)
    seen = np.zeros(n_domains, np.bool_)
    touched = np.zeros(n_domains, np.int64)
    for i in range(stratum.shape[0]):
        n_touched = 0
        for row in range(start[i], start[i + 1]):
            y = values[row]
            w = weight[row]
            if np.isnan(y) or w == 0.0:
                continue
            for g in range(domains.shape[1]):
                d = domains[row, g]
                if d < n_domains:
                    if not seen[d]:
                        seen[d] = True
                        touched[n_touched] = d
                        n_touched += 1
                    score[d] += w * (y - centre[d])
                    deviation[d, 0] += w * (y - average[d]) ** 2
        h = stratum[i]
        for t in range(n_touched):
            d = touched[t]
            psus[h, d] += 1
            u = scale[d] * score[d]
            gap = u - mean[h, d, 0]
            mean[h, d, 0] += gap / psus[h, d]
            spread[h, d, 0] += gap * (u - mean[h, d, 0])
            score[d] = 0.0
            seen[d] = False
