"""Which columns of a grouping variable differ: tests of differences between domains, through the design."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
from scipy import special

from shteg.arrays import Bools, Floats
from shteg.survey.designs.design import Design
from shteg.survey.inference.linear import covariance
from shteg.survey.tables.plan import Multiplicity


def column_letter(number: int) -> str:
    """Give the letter of a column, from 0: A … Z, AA, AB …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def compare_domains(design: Design, values: Floats, members: Mapping[str, Bools]) -> dict[tuple[str, str], float]:
    """Test the difference of the means of every pair of domains.

    Parameters
    ----------
    design : Design
    values : (n,) float
        1 and 0, or numbers; NaN where not answered.
    members : mapping of domain to (n,) bool
        Domains that do not overlap, each with answers.

    Returns
    -------
    mapping of (domain, domain) to p
        Two-sided p values, in the order of `members`. t = (ȳ_a − ȳ_b)/SE with the covariance of both means through the
        design (a PSU can lie in both), df = PSUs − strata − 1 over those of either domain who answered. Pairs whose
        difference has no variance are left out.

    References
    ----------
    Equal to R `survey::svyttest(y ~ domain, subset(design, domain %in% c(a, b)))`.
    """
    answered = np.isfinite(values) & (design.weight > 0)
    inside = [member & answered for member in members.values()]
    means, scores = [], np.zeros((len(values), len(inside)))
    for i, rows in enumerate(inside):
        total = design.weight[rows].sum()
        means.append(float((design.weight[rows] * values[rows]).sum() / total))
        scores[rows, i] = (values[rows] - means[i]) / total
    between = covariance(design, scores, np.stack(inside, axis=1) if inside else None)
    psus = np.stack([np.logical_or.reduceat(rows, design.psu_start[:-1]) for rows in inside], axis=1)
    result = {}
    for a, b in combinations(range(len(inside)), 2):
        variance = between[a, a] + between[b, b] - 2 * between[a, b]
        alive = psus[:, a] | psus[:, b]
        df = int(alive.sum()) - len(np.unique(design.psu_stratum[alive])) - 1
        largest = max(between[a, a], between[b, b])
        if df >= 1 and np.isfinite(variance) and variance > 1e-14 * largest:
            t = abs(means[a] - means[b]) / np.sqrt(variance)
            names = list(members)
            result[(names[a], names[b])] = float(2 * special.stdtr(df, -t))
    return result


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


def letters_of(
    p_values: Mapping[tuple[str, str], float],
    estimates: Mapping[str, float],
    letter: Mapping[str, str],
    method: Multiplicity,
    level: float,
) -> dict[str, str]:
    """Give each domain the letters of the domains than which it is higher, at 1 − `level` after adjustment.

    Parameters
    ----------
    p_values : mapping of (domain, domain) to float in [0, 1]
        Of each comparison, not adjusted.
    estimates : mapping of domain to float
        What is compared.
    letter : mapping of domain to str
        The letter that stands for each domain.
    method : Multiplicity
        How p-values are adjusted for many tests.
    level : float in (0, 1)
        Tests are made at 1 − level.

    Returns
    -------
    dict
        Domain → letters with a blank between them; "" where it is higher than none.
    """
    found: dict[str, list[str]] = {name: [] for name in estimates}
    for (a, b), p in zip(p_values, adjust(list(p_values.values()), method), strict=True):
        if p < 1 - level:
            high, low = (a, b) if estimates[a] > estimates[b] else (b, a)
            found[high].append(letter[low])
    return {name: " ".join(sorted(marks, key=lambda one: (len(one), one))) for name, marks in found.items()}
