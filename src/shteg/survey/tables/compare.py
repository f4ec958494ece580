"""Columns of a table compared, pair by pair and each with the rest, through the design; p values of many tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import special

from shteg.arrays import Bools, Floats
from shteg.survey.inference.linear import AnyDesign, Linear, degrees_of_freedom, estimate_with

NO_SPREAD = 1e-14
"""Part of the larger variance below which the variance of a difference is rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two columns of one row: the difference of means, `domain` minus `against` (blank: the rest), and its test."""

    domain: str
    against: str
    difference: float
    std_error: float
    df: int
    p_value: float


def column_letter(number: int) -> str:
    """Give the letter of a column, from 0: A … Z, AA, AB …"""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def compare_domains(design: AnyDesign, values: Floats, members: Mapping[str, Bools]) -> list[Comparison]:
    """Test the difference of the means of every pair of domains.

    Parameters
    ----------
    design : Design or ReplicateDesign
    values : (n,) float
        1 and 0, or numbers; NaN where not answered.
    members : mapping of domain to (n,) bool
        Domains that do not overlap, each with answers.

    Returns
    -------
    list of Comparison
        In the order of `members`. t = (ȳ_a − ȳ_b)/SE with the covariance of both means through the
        design (a PSU can lie in both), df = PSUs − strata − 1 over those of either domain who answered. Pairs whose
        difference has no variance are left out.

    References
    ----------
    Equal to R `survey::svyttest(y ~ domain, subset(design, domain %in% c(a, b)))`.
    """
    names = list(members)
    pairs = list(combinations(range(len(names)), 2))
    found = _compare(design, values, list(members.values()), pairs)
    return [_named(one, names[a], names[b]) for (a, b), one in zip(pairs, found, strict=True) if one is not None]


def compare_rest(design: AnyDesign, values: Floats, members: Mapping[str, Bools]) -> list[Comparison]:
    """Test the difference between the mean of each domain and that of all others together.

    Parameters
    ----------
    design, values, members : as there
        See `compare_domains`.

    Returns
    -------
    list of Comparison
        One for each domain, its `against` blank; those whose difference has no variance are left out.

    References
    ----------
    Equal to R `survey::svyttest(y ~ I(domain == d), subset(design, domain %in% members))`.
    """
    inside = list(members.values())
    anyone = np.logical_or.reduce(inside)
    rest = [np.asarray(anyone & ~one) for one in inside]
    pairs = [(i, len(inside) + i) for i in range(len(inside))]
    found = _compare(design, values, [*inside, *rest], pairs)
    return [_named(one, name, "") for name, one in zip(members, found, strict=True) if one is not None]


def _named(found: tuple[float, float, int, float], domain: str, against: str) -> Comparison:
    difference, error, df, p = found
    return Comparison(domain=domain, against=against, difference=difference, std_error=error, df=df, p_value=p)


def _compare(
    design: AnyDesign, values: Floats, members: Sequence[Bools], pairs: Sequence[tuple[int, int]]
) -> list[tuple[float, float, int, float] | None]:
    """Give difference, standard error, df and p of pairs of domains; None where a difference has no variance."""
    answered = np.isfinite(values) & (design.weight > 0)
    inside = np.stack([member & answered for member in members], axis=1)
    y = np.where(answered, values, 0.0)

    def theta(weight: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):  # nobody in a replicate: NaN, left out of the variance
            return np.asarray((weight * y) @ inside / (weight @ inside), float)

    means = theta(design.weight)
    scores = np.where(inside, (y[:, None] - means) / (design.weight @ inside), 0.0)
    names = tuple(map(str, range(len(members))))
    linear = Linear(names=names, estimate=means, scores=scores, df=0.0, present=inside)
    between = estimate_with(design, theta, linear).covariance
    found: list[tuple[float, float, int, float] | None] = []
    for a, b in pairs:
        variance = between[a, a] + between[b, b] - 2 * between[a, b]
        df = degrees_of_freedom(design, inside[:, a] | inside[:, b]) - 1
        largest = max(between[a, a], between[b, b])
        if df < 1 or not np.isfinite(variance) or variance <= NO_SPREAD * largest:
            found.append(None)
            continue
        difference, error = float(means[a] - means[b]), float(np.sqrt(variance))
        found.append((difference, error, df, float(2 * special.stdtr(df, -abs(difference) / error))))
    return found


def letters_of(
    found: Sequence[Comparison], p_values: Sequence[float], letter: Mapping[str, str], level: float
) -> dict[str, str]:
    """Give each domain the letters of those than which it is higher.

    Parameters
    ----------
    found : sequence of Comparison
        Of every pair.
    p_values : sequence of float
        Theirs, adjusted.
    letter : mapping of domain to str
        What the columns are called.
    level : float in (0, 1)
        Tests are made at 1 − `level`.

    Returns
    -------
    dict
        Domain → letters with blanks between them; blank for one that is higher than none.
    """
    marks: dict[str, list[str]] = {name: [] for name in letter}
    for one, p in zip(found, p_values, strict=True):
        if p < 1 - level:
            high, low = (one.domain, one.against) if one.difference > 0 else (one.against, one.domain)
            marks[high].append(letter[low])
    return {name: " ".join(sorted(those, key=lambda one: (len(one), one))) for name, those in marks.items()}
