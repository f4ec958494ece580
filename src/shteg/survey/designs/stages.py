"""Variance of a total over any number of stages, as R does it without a loop over strata, and of unequal draws.

At every stage the sampled units are compared with the mean of their stratum; what the units of a later stage add is
multiplied by the sampling fractions of the units that hold them. A stratum's share is Σ_i c_i (x_i − x̄)(x_i − x̄)′, so
that all strata of a stage are one product Z′Z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shteg.arrays import Bools, Floats, Ints
from shteg.survey.designs.design import Design, lonely_error

SELF_REPRESENTING = 1e-10
"""1 − f below this: the stratum is a census and adds nothing (R's limit)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StageUnits:
    """The units of one stage: `unit` (rows,) numbers them; the other arrays are (units,).

    `size` is the number of units sampled in the stratum, `population` that in the stratum's population, `parent` the
    unit of the stage before (0 at the first stage), `fraction` the product of the sampling fractions above.
    """

    unit: Ints
    first: Ints
    stratum: Ints
    size: Floats
    population: Floats
    parent: Ints
    fraction: Floats

    @property
    def share_left(self) -> Floats:
        """1 − n/N of each unit's stratum."""
        with np.errstate(invalid="ignore"):  # without fpc N is infinite
            return np.where(np.isinf(self.population), 1.0, (self.population - self.size) / self.population)


def stage_units(design: Design) -> tuple[StageUnits, ...]:
    """List the units of each stage that the variance uses: all stages if `fpc` is given, else the first."""
    rows, psus = len(design.weight), len(design.psu_stratum)
    unit = np.repeat(np.arange(psus, dtype=np.int64), np.diff(design.psu_start))
    sizes = design.psus_per_stratum[design.psu_stratum].astype(float)
    whole = np.full(rows, np.inf)
    population = design.fpc[0] if design.fpc else whole
    first = StageUnits(
        unit=unit,
        first=design.psu_start[:-1],
        stratum=design.psu_stratum,
        size=sizes,
        population=population[design.psu_start[:-1]],
        parent=np.zeros(psus, np.int64),
        fraction=np.ones(psus),
    )
    found = [first]
    if not design.fpc:
        return (first,)
    for s, codes in enumerate(design.stages):
        above = found[-1]
        _, at, unit = np.unique(codes, return_index=True, return_inverse=True)
        strata = np.unique(design.stage_strata[s], return_inverse=True)[1].astype(np.int64)[at]
        parent = above.unit[at]
        population = design.fpc[s + 1] if s + 1 < len(design.fpc) else whole
        found.append(
            StageUnits(
                unit=unit.astype(np.int64),
                first=at.astype(np.int64),
                stratum=strata,
                size=np.bincount(strata)[strata].astype(float),
                population=population[at],
                parent=parent,
                fraction=(above.fraction * above.size / above.population)[parent],
            )
        )
    return tuple(found)


def total_covariance(design: Design, weighted: Floats, present: Bools | None = None) -> Floats:
    """Covariance (k, k) of the sums of `weighted` (rows, k) over the sample.

    Parameters
    ----------
    design : Design
    weighted : (rows, k) float
        Scores times weights, 0 outside the domain.
    present : (rows,) bool, optional
        Rows that are in the domain; the rules for lonely PSUs ask which strata and PSUs it has.

    Returns
    -------
    (k, k) float

    Raises
    ------
    DesignError
        A stratum has one PSU and the design says "fail".

    References
    ----------
    Särndal, Swensson and Wretman (1992), Model Assisted Survey Sampling, ch. 4; R `survey::svyrecvar`.
    """
    here = np.ones(len(weighted), bool) if present is None else present
    variance = np.zeros((weighted.shape[1], weighted.shape[1]))
    for number, units in enumerate(stage_units(design), start=1):
        variance += _stage_covariance(design, units, weighted, here, number)
    return variance


def _stage_covariance(design: Design, units: StageUnits, weighted: Floats, present: Bools, number: int) -> Floats:
    count = len(units.stratum)
    totals: Floats = np.stack([np.bincount(units.unit, column, count) for column in weighted.T], axis=1).astype(float)
    here = np.bincount(units.unit, present, count) > 0
    strata = int(units.stratum.max()) + 1
    seen = np.bincount(units.stratum[here], minlength=strata)  # units with a member of the domain
    at = np.unique(units.stratum, return_index=True)[1]
    size, left, fraction = units.size[at], units.share_left, units.fraction[at]
    census = np.bincount(units.stratum, left >= SELF_REPRESENTING, strata) == 0
    lonely = (size == 1) & (seen > 0) & ~census
    if lonely.any() and design.lonely_psu == "fail":
        stratum = int(np.flatnonzero(lonely)[0])
        row = int(units.first[np.flatnonzero(units.stratum == stratum)[0]])
        raise lonely_error(design.strata[stratum] if number == 1 else "", f"row {design.row[row]}", number)
    alone = design.domain_lonely & (seen == 1) & (size > 1) & ~census
    centre = np.stack([np.bincount(units.stratum, column, strata) for column in totals.T], axis=1) / size[:, None]
    if design.lonely_psu == "adjust":
        centre[lonely | alone] = _adjusted_centre(design, totals)
    coefficient = np.where(size > 1, size / np.maximum(size - 1, 1), 1.0) * fraction
    coefficient = np.where(census | (seen == 0), 0.0, coefficient)
    if design.lonely_psu == "average":
        untold = lonely | alone
        coefficient = np.where(untold, 0.0, coefficient * _average_factor(units.parent[at], seen > 0, untold))
    root = np.sqrt(coefficient[units.stratum] * left)
    z = root[:, None] * (totals - centre[units.stratum])
    result: Floats = z.T @ z
    return result


def _average_factor(parent: Ints, here: Bools, untold: Bools) -> Floats:
    """Strata over strata that tell, within each unit of the stage before; NaN where none tells."""
    strata = np.bincount(parent, here).astype(float)
    told = strata - np.bincount(parent, untold)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor: Floats = np.where(told > 0, strata / told, np.where(strata > 0, np.nan, 1.0))
    return factor[parent]


def _adjusted_centre(design: Design, totals: Floats) -> Floats:
    """Where a lonely PSU is centred: 0 as in R, or at the mean PSU of the whole sample as in Stata."""
    return totals.mean(axis=0) if design.convention == "stata" else np.zeros(totals.shape[1])


def pps_covariance(design: Design, weighted: Floats) -> Floats:
    """Horvitz–Thompson or Yates–Grundy covariance (k, k) of Σ `weighted` with Overton's or Hartley and Rao's π_ij.

    With Δ̌_ij = (π_ij − π_i π_j)/π_ij within a stratum (0 between strata): HT is ΣΣ Δ̌_ij x_i x_j′, YG is
    −½ ΣΣ Δ̌_ij (x_i − x_j)(x_i − x_j)′, x a PSU's weighted total. Overton: π_ij = π_i π_j (n − 1)/(n − (π_i + π_j)/2);
    Hartley–Rao: π_ij = π_i π_j (n − 1)/(n − π_i − π_j + S) with S = Σπ²/n over the population, estimated by the mean π.

    References
    ----------
    Overton (1985); Hartley and Rao (1962), Ann. Math. Stat. 33(2); Stehman and Overton (1994); R `survey::svydesign`.
    """
    units = stage_units(design)[0]
    totals = np.add.reduceat(weighted, design.psu_start[:-1], axis=0)
    probability = np.where(np.isinf(units.population), 0.0, units.size / units.population)
    result = np.zeros((weighted.shape[1], weighted.shape[1]))
    for stratum in range(len(design.strata)):
        at = units.stratum == stratum
        p, x = probability[at], totals[at]
        check = _delta_check(p, design.pps == "hr")
        if design.pps_variance == "YG":  # −½ΣΣ Δ̌(x_i − x_j)² = ΣΣ Δ̌ x_i x_j − Σ_i x_i² Σ_j Δ̌_ij
            check = check - np.diag(check.sum(axis=1))
        result += x.T @ check @ x
    return result


def _delta_check(p: Floats, hartley_rao: bool) -> Floats:
    n = len(p)
    if n == 1:
        return np.diag(1 - p)
    pair = p[:, None] + p[None, :]
    ratio = (n - pair + p.mean()) if hartley_rao else (n - pair / 2)
    check: Floats = 1 - ratio / (n - 1)
    np.fill_diagonal(check, 1 - p)
    return check
