"""Estimates of any statistic over domains, for every kind of design: Taylor, calibrated, PPS or replicate weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.errors import UsageError
from shteg.survey.designs.design import Design, require_column
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.answers import read_numbers
from shteg.survey.inference.domains import ALL, JOINT, By
from shteg.survey.inference.linear import AnyDesign, Fit, Linear, degrees_of_freedom, estimate_with
from shteg.survey.inference.parts import read_part

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Deff = Literal["replace", "without_replacement"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Statistic:
    """What is estimated: `value(w)` gives (k,) from weights that are 0 outside the domain, `scores(w)` the influence
    of each row (n, k), `simple(w, n)` the variance (k,) under simple random sampling with replacement of n;
    `factor(rows)` multiplies both value and scores."""

    names: tuple[str, ...]
    answered: Bools
    value: Callable[[Floats], Floats]
    scores: Callable[[Floats], Floats]
    simple: Callable[[Floats, float], Floats] | None = None
    factor: Callable[[Bools], float] = field(default=lambda rows: 1.0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """A domain: its grouping variable, its name and its rows (n,)."""

    variable: str
    name: str
    rows: Bools


def read_parts(design: AnyDesign, by: Sequence[By] = (), where: pl.Expr | None = None) -> list[Part]:
    """List the whole sample (or what `where` leaves of it) and the levels of each grouping variable, sorted by name."""
    if isinstance(by, str):
        raise UsageError("`by` is a list of grouping variables", f"write by=[{by!r}]", "by")
    whole = read_part(design, where)
    parts = [Part(variable=ALL, name=ALL, rows=whole)]
    for grouping in by:
        columns = (grouping,) if isinstance(grouping, str) else grouping
        for column in columns:
            require_column(design.data, column)
        texts = [pl.col(column).cast(pl.String).str.strip_chars().replace("", None) for column in columns]
        names = design.data.select(pl.concat_str(texts, separator=JOINT)).to_series()
        parts += [
            Part(
                variable=JOINT.join(columns),
                name=level,
                rows=whole & (names == level).fill_null(value=False).to_numpy(),
            )
            for level in sorted(names.drop_nulls().unique().to_list())
        ]
    return parts


def read_matrix(
    design: AnyDesign, items: str | Sequence[str], missing: Sequence[str] = ()
) -> tuple[tuple[str, ...], Floats]:
    """Read items as numbers, (n, k) with NaN where not answered."""
    names = (items,) if isinstance(items, str) else tuple(items)
    if not names:
        raise UsageError("no item to estimate", "name at least one column", "items")
    sample = cast(Design, design)  # only data and row are read
    return names, np.stack([read_numbers(sample, name, missing) for name in names], axis=1)


def mean_statistic(names: tuple[str, ...], values: Floats) -> Statistic:
    """Means of the columns of `values` (n, k) over rows that have all of them (as R with na.rm)."""
    answered, y = _complete(values)

    def mean(w: Floats) -> Floats:
        return _over(w @ y, float(w.sum()))

    def scores(w: Floats) -> Floats:
        return np.asarray((y - mean(w)) / w.sum(), float)

    def simple(w: Floats, n: float) -> Floats:
        return _over(w @ (y - mean(w)) ** 2, float(w.sum())) / (n - 1)

    return Statistic(names=names, answered=answered, value=mean, scores=scores, simple=simple)


def total_statistic(names: tuple[str, ...], values: Floats) -> Statistic:
    """Totals of the columns of `values` (n, k) over rows that have all of them."""
    answered, y = _complete(values)
    mean = mean_statistic(names, values)

    def simple(w: Floats, n: float) -> Floats:
        assert mean.simple is not None  # set above
        return mean.simple(w, n) * float(w.sum()) ** 2

    return Statistic(names=names, answered=answered, value=lambda w: w @ y, scores=lambda w: y, simple=simple)


def ratio_statistic(names: tuple[str, ...], numerator: Floats, denominator: Floats) -> Statistic:
    """Ratios Σwy/Σwx, columns (n, k), over rows that have all of them."""
    k = numerator.shape[1]
    answered, both = _complete(np.hstack([numerator, denominator]))
    y, x = both[:, :k], both[:, k:]

    def ratio(w: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray((w @ y) / (w @ x), float)

    def residuals(w: Floats) -> Floats:
        return np.asarray((y - ratio(w) * x) / (w @ x), float)

    def simple(w: Floats, n: float) -> Floats:
        r, total = residuals(w), float(w.sum())
        return np.asarray(w @ (r - (w @ r) / total) ** 2 / total / (n - 1) * total**2, float)

    return Statistic(names=names, answered=answered, value=ratio, scores=residuals, simple=simple)


def variance_statistic(names: tuple[str, ...], values: Floats) -> Statistic:
    """Variances and covariances Σw(y − ȳ)(y − ȳ)′/Σw · n/(n − 1): "a, a", "a, b", "b, b" …"""
    k = len(names)
    answered, y = _complete(values)
    pairs = [(i, j) for j in range(k) for i in range(j + 1)]
    labels = tuple(f"{names[i]}, {names[j]}" for i, j in pairs)

    def products(w: Floats) -> Floats:
        centred = y - _over(w @ y, float(w.sum()))
        return np.stack([centred[:, i] * centred[:, j] for i, j in pairs], axis=1)

    def value(w: Floats) -> Floats:
        return _over(w @ products(w), float(w.sum()))

    def scores(w: Floats) -> Floats:
        return np.asarray((products(w) - value(w)) / w.sum(), float)

    return Statistic(names=labels, answered=answered, value=value, scores=scores, factor=_bessel)


def _bessel(rows: Bools) -> float:
    n = float(rows.sum())
    return n / (n - 1) if n > 1 else float("nan")


def fit_statistic(
    design: AnyDesign, statistic: Statistic, parts: Sequence[Part], *, deff: Deff = "replace", item: str = ""
) -> Fit:
    """Estimate a statistic in each domain, with the covariance between domains.

    Where nobody answered, estimate and standard error are NaN and the flag is "empty"; where the answers come from one
    PSU (of a design with one stage) the standard error is not known: "no_variance".
    """
    n_rows, k = len(design.weight), len(statistic.names)
    present = [part.rows & statistic.answered for part in parts]
    counts = np.array([float((rows & (design.weight > 0)).sum()) for rows in present])
    # R's n in `svyvar`: with replicate weights the answers, else all rows of the domain with a weight above 0
    counted = present if isinstance(design, ReplicateDesign) else [part.rows & (design.weight > 0) for part in parts]
    factors = [statistic.factor(rows) for rows in counted]
    full = [g for g in range(len(parts)) if counts[g] > 0]

    def theta(w: Floats) -> Floats:
        return np.concatenate([statistic.value(np.where(present[g], w, 0.0)) * factors[g] for g in full])

    def linear() -> Linear:
        scores = np.zeros((n_rows, k * len(full)))
        for place, g in enumerate(full):
            w = np.where(present[g], design.weight, 0.0)
            scores[:, place * k : (place + 1) * k] = np.where(
                present[g][:, None], statistic.scores(w) * factors[g], 0.0
            )
        return Linear(
            names=statistic.names * len(full),
            estimate=theta(design.weight),
            scores=scores,
            df=np.repeat([float(degrees_of_freedom(design, parts[g].rows)) for g in full], k),
            present=np.repeat(np.stack([present[g] for g in full], axis=1), k, axis=1),
        )

    size = k * len(parts)
    estimate, matrix, df = np.full(size, np.nan), np.full((size, size), np.nan), np.zeros(size)
    if full:
        if isinstance(design, ReplicateDesign):
            fit = estimate_with(design, theta, linear, names=statistic.names * len(full))
            fit = replace(fit, df=np.repeat([float(design.df_of(parts[g].rows)) for g in full], k))
        else:
            fit = estimate_with(design, theta, linear)
        at = np.concatenate([np.arange(g * k, (g + 1) * k) for g in full])
        estimate[at], df[at] = fit.estimate, fit.df
        matrix[np.ix_(at, at)] = fit.covariance
    flags = [_flag(design, present[g], counts[g]) for g in range(len(parts))]
    for g, flag in enumerate(flags):
        if flag == "no_variance":
            cells = slice(g * k, (g + 1) * k)
            matrix[cells, :] = matrix[:, cells] = np.nan
    weights = [np.where(rows, design.weight, 0.0) for rows in present]
    with np.errstate(invalid="ignore", divide="ignore"):
        kish = np.array([w.sum() ** 2 / (w**2).sum() for w in weights])
        sizes = np.array([float(rows.sum()) for rows in present]) if isinstance(design, ReplicateDesign) else counts
        effect = _design_effects(statistic, weights, sizes, np.diag(matrix), deff)
    return Fit(
        names=tuple(_name(part, name) for part in parts for name in statistic.names),
        estimate=estimate,
        covariance=matrix,
        df=df,
        keys={
            "item": [item or name for _ in parts for name in statistic.names],
            "option": [name if item else "" for _ in parts for name in statistic.names],
            "domain_variable": [part.variable for part in parts for _ in statistic.names],
            "domain": [part.name for part in parts for _ in statistic.names],
        },
        n=np.repeat(counts, k),
        n_effective=np.repeat(kish, k),
        deff=effect,
        flag=tuple(flag or ("no_df" if df[g * k] < 1 else "") for g, flag in enumerate(flags) for _ in statistic.names),
    )


def _name(part: Part, name: str) -> str:
    return name if part.variable == ALL else f"{part.variable}={part.name}: {name}"


def _complete(values: Floats) -> tuple[Bools, Floats]:
    answered: Bools = np.logical_not(np.isnan(values).any(axis=1))
    return answered, np.where(answered[:, None], values, 0.0)


def _over(sums: Floats, total: float) -> Floats:
    return sums / total if total != 0 else np.full(np.shape(sums), np.nan)


def _flag(design: AnyDesign, present: Bools, count: float) -> str:
    if count == 0:
        return "empty"
    if isinstance(design, Design):
        tells = count
        if not (len(design.fpc) > 1 and design.stages):
            alive = np.add.reduceat((present & (design.weight > 0)).astype(np.int64), design.psu_start[:-1]) > 0
            if design.lonely_psu in ("remove", "certainty", "average"):
                alive &= (design.psus_per_stratum > 1)[design.psu_stratum]
            tells = float(alive.sum())
        if tells < 2:
            return "no_variance"
    return "no_variance" if count < 2 else ""


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
                one = one * (left if left >= 0 else np.nan)
            simple[g * k : (g + 1) * k] = one
    return np.where(simple > 0, variance / np.where(simple > 0, simple, 1.0), np.nan)
