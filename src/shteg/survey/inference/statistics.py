"""Estimates of any statistic over domains, for every kind of design: Taylor, calibrated, PPS or replicate weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from shteg.arrays import Bools, Floats
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.estimates import Estimates, estimates_of
from shteg.survey.inference.linear import AnyDesign, Linear, degrees_of_freedom
from shteg.survey.inference.uncertainty import Uncertainty, judge, no_variance_flag, uncertainty_of
from shteg.survey.one_pass.answers import read_numbers
from shteg.survey.one_pass.cells import Deff
from shteg.survey.one_pass.domains import Part
from shteg.survey.requests import names_of
from shteg.survey.rounding import ROUNDING, is_nothing


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statistic:
    """What is estimated: `value(w)` gives (k,) from weights that are 0 outside the domain, `scores(w)` the influence
    of each row (n, k), `simple(w, n)` the variance (k,) under simple random sampling with replacement of n;
    `factor(rows)` multiplies both value and scores.

    `size(w)` (k,) is the size of what a value is made of, by which rounding is judged; `flat(w)` (k,) is true where
    every row says the same; `share` is true of shares and numbers of persons, `total` of totals, whose variance one PSU
    among several tells as well.
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


def _bessel(rows: Bools) -> float:
    n = float(rows.sum())
    return n / (n - 1) if n > 1 else float("nan")


def fit_statistic(
    design: AnyDesign, statistic: Statistic, parts: Iterable[Part], *, deff: Deff = "replace", item: str = ""
) -> Estimates:
    """Estimate a statistic in each domain, with the covariance between domains.

    Parameters
    ----------
    design : Design or ReplicateDesign
    statistic : Statistic
        Of k values.
    parts : iterable of Part
        The domains.
    deff : "replace" | "without_replacement"
        Simple random sampling to compare with.
    item : str
        Where the values are the options of an item.

    Returns
    -------
    Estimates
        Domain after domain, k each. Where nobody answered, estimate and standard error are NaN and the flag is "empty";
        where the answers come from one PSU (of a design with one stage) the standard error is not known:
        "no_variance". A standard error that is 0 up to rounding is 0, with a flag that says why.
    """
    wanted, names = list(parts), statistic.names
    k = len(names)
    present = [part.rows & statistic.answered for part in wanted]
    counts = np.array([float((rows & (design.weight > 0)).sum()) for rows in present])
    weights = [np.where(rows, design.weight, 0.0) for rows in present]
    made, freedom, sizes, flat = _uncertainty(design, statistic, wanted, present, weights, counts)
    flags = [no_variance_flag(design, rows, counts[g], total=statistic.total) for g, rows in enumerate(present)]
    for g, flag in enumerate(flags):
        if flag == "no_variance":
            cells = slice(g * k, (g + 1) * k)
            made.covariance[cells, :] = made.covariance[:, cells] = np.nan
    replicated = isinstance(design, ReplicateDesign)
    logits = replicated and statistic.share
    rows_of = [one for one in present for _ in names]
    every = [flag for flag in flags for _ in names]
    matrix, told = judge(design, made, sizes, freedom, every, rows_of, flat, share=statistic.share, logits=logits)
    answers = np.array([float(rows.sum()) for rows in present])
    effect = _design_effects(statistic, weights, answers if replicated else counts, np.diag(matrix), deff)
    keeps = isinstance(design, Design) and (design.calibration is not None or design.pps is not None)
    with np.errstate(invalid="ignore", divide="ignore"):
        kish = np.array([w.sum() ** 2 / (w**2).sum() for w in weights])
    return estimates_of(
        {
            "item": [item or name for _ in wanted for name in names],
            "option": [name if item else "" for _ in wanted for name in names],
            "domain_variable": [part.variable for part in wanted for _ in names],
            "domain": [part.name for part in wanted for _ in names],
        },
        made.estimate,
        matrix,
        freedom,
        told,
        n=np.repeat(counts, k),
        n_effective=np.repeat(kish, k),
        deff=np.where(flat, np.nan, effect),
        size=sizes,
        shares=statistic.share and not statistic.total,
        logit_error=made.logit_error if logits else None,
        rows=np.repeat(np.full(len(wanted), float(len(design.weight))) if keeps else answers, k),
    )


def _uncertainty(
    design: AnyDesign,
    statistic: Statistic,
    parts: Sequence[Part],
    present: Sequence[Bools],
    weights: Sequence[Floats],
    counts: Floats,
) -> tuple[Uncertainty, Floats, Floats, Bools]:
    """Estimates with covariance of all parts, NaN where nobody answered; degrees of freedom, sizes, what is flat."""
    k, size = len(statistic.names), len(statistic.names) * len(parts)
    made = Uncertainty(
        estimate=np.full(size, np.nan), covariance=np.full((size, size), np.nan), logit_error=np.full(size, np.nan)
    )
    freedom, sizes, flat = np.zeros(size), np.zeros(size), np.zeros(size, bool)
    full = [g for g in range(len(parts)) if counts[g] > 0]
    if full:
        at = np.concatenate([np.arange(g * k, (g + 1) * k) for g in full])
        known = [parts[g].rows for g in full]
        factors = [statistic.factor(rows) for rows in _counted(design, [parts[g] for g in full], present, full)]
        theta, linear = _functions(design, statistic, [present[g] for g in full], factors)
        found = uncertainty_of(design, theta, linear, share=statistic.share and not statistic.total)
        made.estimate[at], made.covariance[np.ix_(at, at)] = found.estimate, found.covariance
        made.logit_error[at] = found.logit_error
        freedom[at] = np.repeat([float(degrees_of_freedom(design, rows)) for rows in known], k)
        sizes[at] = np.concatenate([statistic.size(weights[g]) * f for g, f in zip(full, factors, strict=True)])
        flat[at] = np.concatenate([statistic.flat(weights[g]) for g in full])
    return made, freedom, sizes, flat


def _counted(design: AnyDesign, parts: Sequence[Part], present: Sequence[Bools], full: Sequence[int]) -> list[Bools]:
    """R's n in `svyvar`: with replicate weights the answers, else all rows of the domain with a weight above 0."""
    if isinstance(design, ReplicateDesign):
        return [present[g] for g in full]
    return [part.rows & (design.weight > 0) for part in parts]


def _functions(
    design: AnyDesign,
    statistic: Statistic,
    present: Sequence[Bools],
    factors: Sequence[float],
) -> tuple[Callable[[Floats], Floats], Callable[[], Linear]]:
    """Estimates of all domains as a function of the weights, and their influence values."""
    k = len(statistic.names)

    def theta(w: Floats) -> Floats:
        return np.concatenate(
            [statistic.value(np.where(rows, w, 0.0)) * f for rows, f in zip(present, factors, strict=True)]
        )

    def linear() -> Linear:
        scores = np.zeros((len(design.weight), k * len(present)))
        for place, (rows, f) in enumerate(zip(present, factors, strict=True)):
            one = statistic.scores(np.where(rows, design.weight, 0.0)) * f
            scores[:, place * k : (place + 1) * k] = np.where(rows[:, None], one, 0.0)
        return Linear(
            names=statistic.names * len(present),
            estimate=theta(design.weight),
            scores=scores,
            df=np.zeros(k * len(present)),
            present=np.repeat(np.stack(present, axis=1), k, axis=1),
        )

    return theta, linear


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


def _design_effects(
    statistic: Statistic, weights: Sequence[Floats], counts: Floats, variance: Floats, deff: Deff
) -> Floats:
    k = len(statistic.names)
    if statistic.simple is None:
        return np.full(len(variance), np.nan)
    simple = np.full(len(variance), np.nan)
    for g, w in enumerate(weights):
        if counts[g] > 1:
            one = statistic.simple(w, float(counts[g]))
            if deff == "without_replacement":
                left = 1 - counts[g] / w.sum()
                one = one * (left if left > ROUNDING else np.nan)
            simple[g * k : (g + 1) * k] = one
    return np.where(simple > 0, variance / np.where(simple > 0, simple, 1.0), np.nan)
