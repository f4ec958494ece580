"""The passes over the rows: sums per domain and category, then scores per PSU, in statistics that add up.

Both passes read rows PSU after PSU. What they return for chunks that share no PSU can be merged: `CellSums` by
addition, `ScoreMoments` by the pairwise formula of Chan, Golub and LeVeque. The second pass centres at the estimate
itself, so that nothing cancels when a share is close to 0 or 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shteg.compiling import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[np.uint16]
"""Codes from 0; one above the highest means none: not answered, in no domain."""

MOST_CODES = 65_534
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CellSums:
    """First pass: for each domain the sums over the rows that answered.

    `weight` and `count` are (domain, category); `weight_squared` is (domain,). For a number there is one category and
    `value` (domain,) holds Σwy. `count` counts rows of weight above 0.
    """

    weight: Floats
    count: Ints
    weight_squared: Floats
    value: Floats

    def merge(self, other: CellSums) -> CellSums:
        """Add the sums of another chunk of rows."""
        return CellSums(
            weight=self.weight + other.weight,
            count=self.count + other.count,
            weight_squared=self.weight_squared + other.weight_squared,
            value=self.value + other.value,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreMoments:
    """Second pass: moments of the PSUs' scores u, over the PSUs that have an answering member of the domain.

    `psus` is (stratum, domain); `mean` and `spread` (Σ(u − mean)²) are (stratum, domain, category);
    `deviation` (domain, category) is Σ w (y − estimate)².
    """

    psus: Ints
    mean: Floats
    spread: Floats
    deviation: Floats

    def merge(self, other: ScoreMoments) -> ScoreMoments:
        """Join the moments of another chunk that shares no PSU with this one."""
        psus = self.psus + other.psus
        size = np.maximum(psus, 1)[:, :, None]
        gap = other.mean - self.mean
        return ScoreMoments(
            psus=psus,
            mean=self.mean + gap * (other.psus[:, :, None] / size),
            spread=self.spread + other.spread + gap**2 * (self.psus * other.psus)[:, :, None] / size,
            deviation=self.deviation + other.deviation,
        )


@compiled
def sum_codes(  # pragma: no cover - compiled
    weight: Floats, codes: Codes, domains: Codes, sums: Floats, counts: Ints, squares: Floats
) -> None:
    """Add Σw and rows per (domain, category), Σw² per domain.

    The last row and the last column of `sums` and `counts`, (domains + 1, categories + 1), take what is in no domain
    and what has not answered: no branch in the inner loop. `squares` is (domains + 1, 2): answered, not answered.
    """
    blank = sums.shape[1] - 1
    for row in range(weight.shape[0]):
        w = weight[row]
        if w == 0.0:
            continue
        code = np.uint64(codes[row])
        side = np.uint64(code == blank)
        for g in range(domains.shape[1]):
            d = np.uint64(domains[row, g])
            sums[d, code] += w
            counts[d, code] += 1
            squares[d, side] += w * w


@compiled
def score_codes(  # pragma: no cover - compiled
    start: Ints,
    stratum: Ints,
    weight: Floats,
    codes: Codes,
    domains: Codes,
    centre: Floats,
    scale: Floats,
    psus: Ints,
    mean: Floats,
    spread: Floats,
) -> None:
    """Fold each PSU's scores u = scale_d (S_dk − centre_dk S_d) into the moments of its stratum (Welford)."""
    n_domains, n_categories = centre.shape
    wide = np.uint64(n_categories + 1)
    cell = np.zeros((n_domains + 1) * (n_categories + 1))
    for i in range(stratum.shape[0]):
        for row in range(start[i], start[i + 1]):
            w = weight[row]
            code = np.uint64(codes[row])
            for g in range(domains.shape[1]):
                cell[np.uint64(domains[row, g]) * wide + code] += w
        psus_here, mean_here, spread_here = psus[stratum[i]], mean[stratum[i]], spread[stratum[i]]
        for d in range(n_domains):
            first = d * (n_categories + 1)
            base = 0.0
            for k in range(n_categories):
                base += cell[first + k]
            if base == 0.0:
                continue
            psus_here[d] += 1
            share = 1.0 / psus_here[d]
            for k in range(n_categories):
                gap = scale[d] * (cell[first + k] - centre[d, k] * base) - mean_here[d, k]
                mean_here[d, k] += gap * share
                spread_here[d, k] += gap * gap * (1.0 - share)
        cell[:] = 0.0


@compiled
def sum_numbers(  # pragma: no cover - compiled
    weight: Floats, values: Floats, domains: Codes, sums: Floats, counts: Ints, squares: Floats, products: Floats
) -> None:
    """Add Σw, rows, Σw² and Σwy per domain; NaN has not answered."""
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
    """Fold each PSU's scores u = scale_d Σ w (y − centre_d) into the moments; add Σ w (y − average_d)²."""
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


@compiled
def count_psus(start: Ints, stratum: Ints, weight: Floats, domains: Codes, psus: Ints) -> None:  # pragma: no cover
    """Count per (stratum, domain) the PSUs with a member of weight above 0, answering or not."""
    last = np.full(psus.shape[1], -1)
    for i in range(stratum.shape[0]):
        for row in range(start[i], start[i + 1]):
            if weight[row] == 0.0:
                continue
            for g in range(domains.shape[1]):
                d = domains[row, g]
                if d < psus.shape[1] and last[d] != i:
                    last[d] = i
                    psus[stratum[i], d] += 1
