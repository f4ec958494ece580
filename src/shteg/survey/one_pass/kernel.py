"""The passes over the rows for shares, PSU after PSU.

`add_shares` is the one pass that is usually enough. It folds each PSU into the sums of `ShareSums`, which add up over
chunks of PSUs. `score_codes` is the second pass, for shares so close to 1, or so equal between PSUs, that the sums of
one pass would cancel.
"""

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


@compiled
def guess_shares(  # pragma: no cover - compiled
    first: int, last: int, step: int, weight: Floats, codes: Codes, domains: Codes, sums: Floats
) -> None:
    """Add w per (domain, option) over every `step`-th row; the last row and column of `sums` take what is neither.

    Parameters
    ----------
    first, last, step : int
        Rows first, first + step … below last.
    weight : (rows,) float
    codes : (rows,) int
        Option of each row.
    domains : (rows, groupings) int
        Domains of each row.
    sums : (domains + 1, options + 1) float
        Added to.
    """
    for row in range(first, last, step):
        for g in range(domains.shape[1]):
            sums[np.uint64(domains[row, g]), np.uint64(codes[row])] += weight[row]


@compiled
def add_shares(  # pragma: no cover - compiled
    start: Ints,
    stratum: Ints,
    touched_start: Ints,
    touched: Codes,
    weight: Floats,
    codes: Codes,
    domains: Codes,
    centre: Floats,
    cell: Floats,
    total: Floats,
    square: Floats,
    product: Floats,
    base_square: Floats,
    psus: Ints,
) -> None:
    """Fold PSUs into the sums of `ShareSums`.

    `centre`, `total`, `square` and `product` hold the options and zeros up to a multiple of 4, the width. `cell` is
    (domains + 1, width + 4) and 0; what is not answered has the code `width` and lands in columns that nobody reads.
    Four neighbours at a time, all read before one is written, become vector instructions. A domain's cells are left at
    0 for the next PSU.

    Parameters
    ----------
    start : (psus + 1,) int
        First row of each PSU.
    stratum : (psus,) int
    touched_start, touched : (psus + 1,) int, (touches,) int
        Domains with a member, PSU after PSU.
    weight : (rows,) float
    codes : (rows,) int
    domains : (rows, groupings) int
    centre : (domains, width) float
    cell : (domains + 1, width + 4) float
        Scratch.
    total, square, product : (strata, domains, width) float
        Added to.
    base_square, psus : (strata, domains) float, int
        Added to.
    """
    width = np.uint64(centre.shape[1])
    one, two, three, four = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
    for i in range(stratum.shape[0]):
        for row in range(start[i], start[i + 1]):
            w = weight[row]
            code = np.uint64(codes[row])
            for g in range(domains.shape[1]):
                cell[np.uint64(domains[row, g]), code] += w
        h = np.uint64(stratum[i])
        for at in range(touched_start[i], touched_start[i + 1]):
            d = np.uint64(touched[at])
            base = 0.0
            for q in range(np.uint64(0), width, four):
                base += (cell[d, q] + cell[d, q + one]) + (cell[d, q + two] + cell[d, q + three])
            if base == 0.0:
                continue
            for q in range(np.uint64(0), width, four):
                r, s, t = q + one, q + two, q + three
                x0, x1, x2, x3 = cell[d, q], cell[d, r], cell[d, s], cell[d, t]
                u0, u1 = x0 - centre[d, q] * base, x1 - centre[d, r] * base
                u2, u3 = x2 - centre[d, s] * base, x3 - centre[d, t] * base
                w0, w1, w2, w3 = total[h, d, q] + x0, total[h, d, r] + x1, total[h, d, s] + x2, total[h, d, t] + x3
                s0, s1 = square[h, d, q] + u0 * u0, square[h, d, r] + u1 * u1
                s2, s3 = square[h, d, s] + u2 * u2, square[h, d, t] + u3 * u3
                p0, p1 = product[h, d, q] + u0 * base, product[h, d, r] + u1 * base
                p2, p3 = product[h, d, s] + u2 * base, product[h, d, t] + u3 * base
                total[h, d, q], total[h, d, r], total[h, d, s], total[h, d, t] = w0, w1, w2, w3
                square[h, d, q], square[h, d, r], square[h, d, s], square[h, d, t] = s0, s1, s2, s3
                product[h, d, q], product[h, d, r], product[h, d, s], product[h, d, t] = p0, p1, p2, p3
                cell[d, q], cell[d, r], cell[d, s], cell[d, t] = 0.0, 0.0, 0.0, 0.0
            base_square[h, d] += base * base
            psus[h, d] += 1


@compiled
def count_answered(  # pragma: no cover - compiled
    first: int,
    last: int,
    weight: Floats,
    codes: Codes,
    domains: Codes,
    blank: int,
    blanks: bool,
    count: Ints,
    squares: Floats,
) -> None:
    """Add, per domain, the rows of weight above 0 that answered (or, if `blanks`, that did not) and their Σw².

    Parameters
    ----------
    first, last : int
        Rows.
    weight : (rows,) float
    codes : (rows,) int
    domains : (rows, groupings) int
    blank : int
        Code of no answer.
    blanks : bool
        Count those.
    count, squares : (domains + 1,) int, float
        Added to.
    """
    for row in range(first, last):
        w = weight[row]
        if (codes[row] == blank) != blanks or w == 0.0:
            continue
        for g in range(domains.shape[1]):
            d = np.uint64(domains[row, g])
            count[d] += 1
            squares[d] += w * w


@compiled
def list_touched(  # pragma: no cover - compiled
    start: Ints, weight: Floats, domains: Codes, none: int, touched_start: Ints, touched: Codes
) -> None:
    """List the domains with a member of weight above 0 of each PSU; with `touched` empty, only count them.

    Parameters
    ----------
    start : (psus + 1,) int
        First row of each PSU.
    weight : (rows,) float
    domains : (rows, groupings) int
    none : int
        Code of no domain.
    touched_start : (psus + 1,) int
        Filled.
    touched : (touches,) int
        Filled, unless empty.
    """
    last = np.full(none + 1, -1)
    fill = touched.shape[0] > 0
    at = 0
    for i in range(start.shape[0] - 1):
        for row in range(start[i], start[i + 1]):
            if weight[row] == 0.0:
                continue
            for g in range(domains.shape[1]):
                d = np.uint64(domains[row, g])
                if d < np.uint64(none) and last[d] != i:
                    last[d] = i
                    if fill:
                        touched[at] = domains[row, g]
                    at += 1
        touched_start[i + 1] = at


@compiled
def score_codes(  # pragma: no cover - compiled
    start: Ints,
    stratum: Ints,
    weight: Floats,
    codes: Codes,
    domains: Codes,
    centre: Floats,
    rest: Floats,
    scale: Floats,
    psus: Ints,
    mean: Floats,
    spread: Floats,
) -> None:
    """Fold each PSU's scores u = scale_d (S_dk − centre_dk S_d) into the moments of its stratum (Welford).

    Where the share is above a half, u is computed from all other options, as scale_d (rest_dk S_d − Σ others) with
    `rest` = 1 − share: no digit is lost near 1. `rest` is 2 where that is not wanted.

    Parameters
    ----------
    start : (psus + 1,) int
        First row of each PSU.
    stratum : (psus,) int
    weight : (rows,) float
    codes : (rows,) int
    domains : (rows, groupings) int
    centre, rest : (domains, options) float
    scale : (domains,) float
    psus : (strata, domains) int
        Added to.
    mean, spread : (strata, domains, options) float
        Added to.
    """
    n_domains, n_categories = centre.shape
    cell = np.zeros((n_domains + 1, n_categories + 1))
    for i in range(stratum.shape[0]):
        for row in range(start[i], start[i + 1]):
            w = weight[row]
            code = np.uint64(codes[row])
            for g in range(domains.shape[1]):
                cell[np.uint64(domains[row, g]), code] += w
        psus_here, mean_here, spread_here = psus[stratum[i]], mean[stratum[i]], spread[stratum[i]]
        for d in range(n_domains):
            base = 0.0
            for k in range(n_categories):
                base += cell[d, k]
            if base == 0.0:
                continue
            psus_here[d] += 1
            share = 1.0 / psus_here[d]
            for k in range(n_categories):
                if rest[d, k] < 0.5:
                    others = 0.0
                    for j in range(n_categories):
                        if j != k:
                            others += cell[d, j]
                    score = scale[d] * (rest[d, k] * base - others)
                else:
                    score = scale[d] * (cell[d, k] - centre[d, k] * base)
                gap = score - mean_here[d, k]
                mean_here[d, k] += gap * share
                spread_here[d, k] += gap * gap * (1.0 - share)
        cell[:] = 0.0
