"""Variance of PSUs drawn with unequal probabilities without replacement, from approximate joint probabilities."""

from __future__ import annotations

import numpy as np

from shteg.arrays import Floats
from shteg.survey.designs.design import Design
from shteg.survey.designs.stages import stage_units


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
