"""Predictive margins and average marginal effects of a fitted model, with the variance of coefficients and sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import product
from typing import Literal, get_args

import numpy as np

from shteg.arrays import Floats
from shteg.errors import UsageError
from shteg.survey.inference.estimates import Estimates, estimates_of
from shteg.survey.inference.linear import Linear, estimate_with
from shteg.survey.models.basis import Basis, Setting
from shteg.survey.requests import Freedom, check_choice, mapping_of, names_of

ROWS_AT_ONCE = 1 << 16
MOST_CELLS = 500
MOST_NUMBERS = 20_000_000
"""Numbers of matrices that are kept while margins are estimated: 160 MB."""

At = Mapping[str, Setting | Sequence[Setting]]
"""What predictors are set to: a value each, or several."""

Covariates = Literal["joint", "independent", "fixed"]
"""How the other predictors count in the variance: sampled together with the coefficients; added as if independent of
them, as R's `svypredmeans` does; not at all, as if they were those of the population."""

_Matrices = tuple[tuple[float, Floats, Floats | None], ...]
_Make = Callable[[], _Matrices]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """One margin or effect: sums of expectations with predictors set, or of their slope along a number."""

    variable: str
    level: str
    name: str
    terms: tuple[tuple[float, Mapping[str, Setting]], ...]
    along: str = ""


def margins_of(
    basis: Basis, variables: Sequence[str], at: At | None, covariates: Covariates, df: float | Freedom | None
) -> Estimates:
    """Estimate what the model expects on average, predictors set for everyone to each level or value.

    Parameters
    ----------
    basis : Basis
    variables : sequence of str
        Factors, crossed; numbers need values in `at`. None: the average as it is.
    at : mapping of predictor to value or values, optional
    covariates : Covariates
    df : float or rule, optional

    Returns
    -------
    Estimates

    Raises
    ------
    UsageError, DesignError
        A predictor or a value is not known.
    """
    names = names_of(list(variables), "variables", needed=False)
    told = _told(basis, at)
    settings = {name: told.get(name) or _levels(basis, name) for name in dict.fromkeys([*names, *told])}
    cells = []
    for chosen in _crossed(settings):
        label = ", ".join(f"{name}={_text(one)}" for name, one in chosen.items())
        cells.append(
            _Cell(variable=" × ".join(chosen), level=" × ".join(map(_text, chosen.values())), name=label or "all",
                  terms=((1.0, chosen),))
        )  # fmt: skip
    return _estimate(basis, cells, "Predictive margins", covariates, df)


def effects_of(
    basis: Basis, variables: Sequence[str], at: At | None, covariates: Covariates, df: float | Freedom | None
) -> Estimates:
    """Estimate average marginal effects: of a number the mean slope, of a factor each level against its reference.

    Parameters
    ----------
    basis : Basis
    variables : sequence of str
        Default: all predictors.
    at : mapping of predictor to value or values, optional
        Where the others are set.
    covariates : Covariates
    df : float or rule, optional

    Returns
    -------
    Estimates

    Raises
    ------
    UsageError, DesignError
        A predictor or a value is not known.
    """
    told = _told(basis, at)
    names = names_of(list(variables), "variables", needed=False)
    names = names or tuple(one for one in basis.columns.variables if one not in told)
    if both := [one for one in names if one in told]:
        raise UsageError(f"{both[0]!r} has an effect and is set to a value", "leave it out of `at`", "at")
    cells = []
    for name in names:
        if name not in basis.columns.variables:
            basis.setting(name, "")
        levels = basis.columns.levels(name)
        for chosen in _crossed(told):
            place = "".join(f" | {one}={_text(value)}" for one, value in chosen.items())
            if not levels:
                cells.append(_Cell(variable=name, level="", name=f"{name}{place}", terms=((1.0, chosen),), along=name))
            for level in levels[1:]:
                pair = ((1.0, {**chosen, name: level}), (-1.0, {**chosen, name: levels[0]}))
                label = f"{level} - {levels[0]}"
                cells.append(_Cell(variable=name, level=label, name=f"{name}: {label}{place}", terms=pair))
    return _estimate(basis, cells, "Average marginal effects", covariates, df)


def _told(basis: Basis, at: At | None) -> dict[str, list[Setting]]:
    """Values of `at` by predictor, as lists."""
    found = {}
    for name, values in mapping_of(at, "at", '{"age": [30, 60]}').items():
        listed = list(values) if isinstance(values, Sequence | np.ndarray) and not isinstance(values, str) else [values]
        if not listed:
            raise UsageError(f"no value for {name!r}", "give one or several", "at")
        found[name] = [basis.setting(name, one) for one in listed]
    return found


def _levels(basis: Basis, name: str) -> list[Setting]:
    if name not in basis.columns.variables:
        basis.setting(name, "")
    if not (levels := basis.columns.levels(name)):
        hint = f"say at which values: at={{{name!r}: [30, 60]}}, or ask for its effect: effects({name!r})"
        raise UsageError(f"{name!r} is a number and has no levels", hint, "variables")
    return list(levels)


def _crossed(settings: Mapping[str, Sequence[Setting]]) -> list[dict[str, Setting]]:
    found = [dict(zip(settings, one, strict=True)) for one in product(*settings.values())]
    if len(found) > MOST_CELLS:
        raise UsageError(f"{len(found)} combinations are too many", f"ask for {MOST_CELLS} at most", "variables")
    return found


def _text(value: Setting) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _estimate(
    basis: Basis, cells: Sequence[_Cell], what: str, covariates: Covariates, df: float | Freedom | None
) -> Estimates:
    """Estimate the cells, option after option, with the covariance between them."""
    check_choice(covariates, get_args(Covariates), "covariates", "there is no way {} to take the predictors")
    options, design = basis.expected.options, basis.design
    matrices = _all_matrices(basis, cells)
    if covariates == "joint":
        fit = estimate_with(
            design, lambda w: _averages(basis, matrices, basis.fit(w), w), lambda: _joint(basis, matrices)
        )
        estimate, covariance = fit.estimate, fit.covariance
    else:
        estimate, covariance = _apart(basis, matrices, fixed=covariates == "fixed")
    named = [f"{cell.name}: {option}" if option else cell.name for cell in cells for option in options]
    keys = {
        "name": named,
        "variable": [cell.variable for cell in cells for _ in options],
        "level": [cell.level for cell in cells for _ in options],
        "option": [option for _ in cells for option in options],
    }
    count = len(named)
    own = estimates_of(
        keys, estimate, covariance, np.full(count, basis.df("domain", normal=True)),
        n=np.full(count, float(basis.n)), design_df=basis.design_df, title=basis.title(what),
    )  # fmt: skip
    return own.with_df(design.freedom).with_df(df)


def _averages(basis: Basis, matrices: Sequence[_Make], theta: Floats, weights: Floats) -> Floats:
    """Averages (k,) of all cells with given coefficients and weights (n,)."""
    w = weights[basis.rows]
    return np.concatenate([_over(w, partial(_expected, basis, theta, make())) for make in matrices])


def _sampled(basis: Basis, matrices: Sequence[_Make]) -> Linear:
    """The averages as means over the sample, their coefficients known."""
    weight = basis.design.weight[basis.rows]
    chunks = _chunks(len(weight))
    parts = []
    for make in matrices:
        one = make()
        parts.append(np.concatenate([_expected(basis, basis.estimate, one, at) for at in chunks]))
    each = np.concatenate(parts, axis=1)
    mean = weight @ each / weight.sum()
    scores = np.zeros((len(basis.rows), len(mean)))
    scores[basis.rows] = (each - mean) / weight.sum()
    return Linear(names=("",) * len(mean), estimate=mean, scores=scores, df=0.0, present=basis.rows)


def _slope(basis: Basis, matrices: Sequence[_Make]) -> Floats:
    """Slopes (k, coefficients) of the averages along the coefficients."""
    weight = basis.design.weight[basis.rows]
    return np.concatenate([_over(weight, partial(_slopes, basis, make(), weight), summed=True) for make in matrices])


def _joint(basis: Basis, matrices: Sequence[_Make]) -> Linear:
    """The averages, with the influence of each row on them and on the coefficients."""
    sampled = _sampled(basis, matrices)
    return replace(sampled, scores=sampled.scores + basis.influence @ _slope(basis, matrices).T)


def _apart(basis: Basis, matrices: Sequence[_Make], *, fixed: bool) -> tuple[Floats, Floats]:
    """Averages with the covariance that comes from the coefficients, and, unless `fixed`, that of the sample added."""
    sampled, slope = _sampled(basis, matrices), _slope(basis, matrices)
    of_model = replace(sampled, estimate=slope @ basis.estimate, scores=basis.influence @ slope.T)
    covariance = estimate_with(basis.design, lambda w: slope @ basis.fit(w), of_model).covariance
    if fixed:
        return sampled.estimate, covariance
    of_sample = estimate_with(basis.design, lambda w: _averages(basis, matrices, basis.estimate, w), sampled)
    return sampled.estimate, covariance + of_sample.covariance


def _all_matrices(basis: Basis, cells: Sequence[_Cell]) -> list[_Make]:
    """What makes the matrices of each cell: kept where there is room for all, else made again when asked for."""
    numbers = sum(len(cell.terms) * (2 if cell.along else 1) for cell in cells) * basis.influence.size
    make = [partial(_matrices, basis, cell) for cell in cells]
    return [cache(one) for one in make] if numbers <= MOST_NUMBERS else list(make)


def _matrices(basis: Basis, cell: _Cell) -> _Matrices:
    """Of each term its sign, the matrix (n, p) and, of a slope, the slope of the matrix."""
    return tuple(
        (sign, basis.columns.build(one), basis.columns.slope(cell.along, one) if cell.along else None)
        for sign, one in cell.terms
    )


def _chunks(rows: int) -> list[slice]:
    return [slice(start, min(start + ROWS_AT_ONCE, rows)) for start in range(0, rows, ROWS_AT_ONCE)]


def _over(weight: Floats, values: Callable[[slice], Floats], *, summed: bool = False) -> Floats:
    """Weighted mean of values made a chunk of rows at a time; with `summed` they are sums with the weights already."""
    parts = [values(at) if summed else weight[at] @ values(at) for at in _chunks(len(weight))]
    return np.asarray(np.sum(parts, axis=0) / weight.sum(), float)


def _expected(basis: Basis, theta: Floats, terms: _Matrices, at: slice) -> Floats:
    """What is expected of some rows, (n, K): of the cell, sign by sign."""
    expected, parts = basis.expected, []
    for sign, matrix, slope in terms:
        eta = expected.linear(theta, matrix[at])
        if slope is None:
            parts.append(sign * expected.shares(eta))
        else:
            along = expected.linear(theta, slope[at], cuts=False)
            parts.append(sign * np.einsum("nkm,nm->nk", expected.first(eta), along))
    return np.asarray(np.sum(parts, axis=0), float)


def _slopes(basis: Basis, terms: _Matrices, weight: Floats, at: slice) -> Floats:
    """Σ w · slope along the coefficients, (K, k), of what is expected of some rows."""
    expected, w, parts = basis.expected, weight[at], []
    for sign, matrix, slope in terms:
        x = matrix[at]
        eta = expected.linear(basis.estimate, x)
        first = expected.first(eta)
        if slope is None:
            parts.append(sign * _gathered(basis, w, first, x, constants=True))
            continue
        along = expected.linear(basis.estimate, slope[at], cuts=False)
        bent = np.einsum("nkml,nm->nkl", expected.second(eta), along)
        parts.append(sign * _gathered(basis, w, bent, x, constants=True))
        parts.append(sign * _gathered(basis, w, first, slope[at], constants=False))
    return np.asarray(np.sum(parts, axis=0), float)


def _gathered(basis: Basis, w: Floats, slopes: Floats, x: Floats, *, constants: bool) -> Floats:
    ones = np.einsum("n,nkm->km", w, slopes) if constants else np.zeros(slopes.shape[1:])
    return basis.expected.gather(np.einsum("n,nkm,np->kmp", w, slopes, x, optimize=True), ones)
