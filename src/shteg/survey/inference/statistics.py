"""What can be estimated over domains: means, totals, ratios and variances, with the influence of each row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from shteg.arrays import Bools, Floats
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.one_pass.answers import read_numbers
from shteg.survey.requests import names_of
from shteg.survey.rounding import is_nothing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statistic:
    """What is estimated: `value(w)` gives (k,) from weights that are 0 outside the domain, `scores(w)` the influence
    of each row (n, k), `simple(w, n)` the variance (k,) under simple random sampling with replacement of n;
    `factor(rows)` multiplies both value and scores.

    `size(w)` (k,) is the size of what a value is made of, by which rounding is judged; `flat(w)` (k,) is true where
    every row says the same, and `when_flat` is the flag for it ("" for that of means); `share` is true of shares and
    numbers of persons, `total` of totals, whose variance one PSU among several tells as well.
    """

    names: tuple[str, ...]
    answered: Bools
    value: Callable[[Floats], Floats]
    scores: Callable[[Floats], Floats]
    size: Callable[[Floats], Floats]
    flat: Callable[[Floats], Bools]
    simple: Callable[[Floats, float], Floats] | None = None
    factor: Callable[[Bools], float] = field(default=lambda rows: 1.0)
    share: bool = False
    total: bool = False
    when_flat: str = ""


def read_matrix(
    design: AnyDesign, items: str | Sequence[str], missing: Mapping[str, Sequence[str]] | None = None
) -> tuple[tuple[str, ...], Floats]:
    """Read items as numbers.

    Parameters
    ----------
    design : Design or ReplicateDesign
    items : str or sequence of str, (k,)
    missing : mapping of column to codes, optional
        Codes, as texts, that are no answer.

    Returns
    -------
    names, values : (k,) str, (n, k) float
        NaN where not answered.
    """
    names = names_of(items, "items")
    known = missing or {}
    return names, np.stack([read_numbers(design, name, known.get(name, ())) for name in names], axis=1)


def mean_statistic(names: tuple[str, ...], values: Floats, *, share: bool = False) -> Statistic:
    """Means of columns over rows that have all of them (as R with na.rm).

    Parameters
    ----------
    names : tuple of str, (k,)
    values : (n, k) float
        NaN where not answered.
    share : bool
        They are 0 and 1.

    Returns
    -------
    Statistic
    """
    answered, y = _complete(values)

    def mean(w: Floats) -> Floats:
        return _over(w @ y, w)

    def scores(w: Floats) -> Floats:
        return np.asarray((y - mean(w)) / w.sum(), float)

    def simple(w: Floats, n: float) -> Floats:
        return _over(w @ (y - mean(w)) ** 2, w) / (n - 1)

    def size(w: Floats) -> Floats:
        return np.sqrt(_over(np.abs(w) @ y**2, np.abs(w)))

    def flat(w: Floats) -> Bools:
        return is_nothing(_largest(y - mean(w), w), size(w))

    return Statistic(
        names=names, answered=answered, value=mean, scores=scores, size=size, flat=flat, simple=simple, share=share
    )


def total_statistic(names: tuple[str, ...], values: Floats, *, share: bool = False) -> Statistic:
    """Totals of columns over rows that have all of them.

    Parameters
    ----------
    names, values, share : as there
        See `mean_statistic`.

    Returns
    -------
    Statistic
    """
    answered, y = _complete(values)
    mean = mean_statistic(names, values)

    def simple(w: Floats, n: float) -> Floats:
        assert mean.simple is not None  # set above
        return mean.simple(w, n) * float(w.sum()) ** 2

    return Statistic(
        names=names,
        answered=answered,
        value=lambda w: w @ y,
        scores=lambda w: y,
        size=lambda w: mean.size(w) * float(np.abs(w).sum()),
        flat=lambda w: _largest(y, w) == 0,
        simple=simple,
        share=share,
        total=True,
    )


def ratio_statistic(names: tuple[str, ...], numerator: Floats, denominator: Floats) -> Statistic:
    """Ratios Σwy/Σwx over rows that have all of them; none where Σwx is 0.

    Parameters
    ----------
    names : tuple of str, (k,)
    numerator, denominator : (n, k) float
        y and x, NaN where not answered.

    Returns
    -------
    Statistic
    """
    k = numerator.shape[1]
    answered, both = _complete(np.hstack([numerator, denominator]))
    y, x = both[:, :k], both[:, k:]

    def below(w: Floats) -> Floats:
        sums = w @ x
        return np.where(is_nothing(sums, np.abs(w) @ np.abs(x)), np.nan, sums)

    def ratio(w: Floats) -> Floats:
        return np.asarray((w @ y) / below(w), float)

    def residuals(w: Floats) -> Floats:
        return np.asarray((y - ratio(w) * x) / below(w), float)

    def simple(w: Floats, n: float) -> Floats:
        r, total = residuals(w), float(w.sum())
        return np.asarray(w @ (r - (w @ r) / total) ** 2 / total / (n - 1) * total**2, float)

    return Statistic(
        names=names,
        answered=answered,
        value=ratio,
        scores=residuals,
        size=lambda w: np.abs(w) @ np.abs(y) / np.abs(below(w)),
        flat=lambda w: is_nothing(_largest(y - ratio(w) * x, w), _largest(y, w)),
        simple=simple,
    )


def variance_statistic(names: tuple[str, ...], values: Floats) -> Statistic:
    """Variances and covariances Σw(y − ȳ)(y − ȳ)′/Σw · n/(n − 1): "a, a", "a, b", "b, b" …"""
    k = len(names)
    answered, y = _complete(values)
    pairs = [(i, j) for j in range(k) for i in range(j + 1)]
    labels = tuple(f"{names[i]}, {names[j]}" for i, j in pairs)

    def products(w: Floats) -> Floats:
        centred = y - _over(w @ y, w)
        return np.stack([centred[:, i] * centred[:, j] for i, j in pairs], axis=1)

    def value(w: Floats) -> Floats:
        return _over(w @ products(w), w)

    def scores(w: Floats) -> Floats:
        return np.asarray((products(w) - value(w)) / w.sum(), float)

    def size(w: Floats) -> Floats:
        squares = _over(np.abs(w) @ y**2, np.abs(w))
        return np.array([np.sqrt(squares[i] * squares[j]) for i, j in pairs])

    return Statistic(
        names=labels,
        answered=answered,
        value=value,
        scores=scores,
        size=size,
        flat=lambda w: is_nothing(_largest(products(w) - value(w), w), size(w)),
        factor=_bessel,
    )


def correlation_statistic(names: tuple[str, ...], values: Floats) -> Statistic:
    """Pearson's correlations of columns over rows that have all of them: "a, b", "a, c", "b, c" …

    Parameters
    ----------
    names : tuple of str, (k,)
    values : (n, k) float
        NaN where not answered.

    Returns
    -------
    Statistic
        Of k(k − 1)/2 values; NaN where one of the two has no spread.
    """
    answered, y = _complete(values)
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    first, second = np.array([i for i, _ in pairs]), np.array([j for _, j in pairs])

    def standard(w: Floats) -> Floats:
        centred = y - _over(w @ y, w)
        deviation = np.sqrt(_over(w @ centred**2, w))
        nothing = is_nothing(deviation, np.sqrt(_over(np.abs(w) @ y**2, np.abs(w))))
        return np.asarray(centred / np.where(nothing, np.nan, deviation), float)

    def value(w: Floats) -> Floats:
        z = standard(w)
        return np.asarray(_over((w[:, None] * z).T @ z, w)[first, second], float)

    def influence(w: Floats) -> Floats:
        z = standard(w)
        squares, both = z**2 / 2, z[:, first] * z[:, second]
        return np.asarray(both - _over(w @ both, w) * (squares[:, first] + squares[:, second]), float)

    def simple(w: Floats, n: float) -> Floats:
        return np.asarray(_over(w @ influence(w) ** 2, w) / (n - 1), float)

    return Statistic(
        names=tuple(f"{names[i]}, {names[j]}" for i, j in pairs),
        answered=answered,
        value=value,
        scores=lambda w: influence(w) / w.sum(),
        size=lambda w: np.ones(len(pairs)),
        flat=lambda w: is_nothing(1 - np.abs(value(w)), np.ones(len(pairs))),
        simple=simple,
        when_flat="one_line",
    )


def _bessel(rows: Bools) -> float:
    n = float(rows.sum())
    return n / (n - 1) if n > 1 else float("nan")


def _complete(values: Floats) -> tuple[Bools, Floats]:
    answered: Bools = np.logical_not(np.isnan(values).any(axis=1))
    return answered, np.where(answered[:, None], values, 0.0)


def _over(sums: Floats, w: Floats) -> Floats:
    """Sums over Σw; NaN where that is 0 up to rounding."""
    total = float(w.sum())
    nothing = bool(is_nothing(total, float(np.abs(w).sum())))
    return np.full(np.shape(sums), np.nan) if nothing else np.asarray(sums / total, float)


def _largest(values: Floats, w: Floats) -> Any:
    """Largest size (k,) of the values of rows with a weight; 0 without any."""
    return np.abs(values[w != 0]).max(axis=0, initial=0.0)
