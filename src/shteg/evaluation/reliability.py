"""Reliability: of the steps foretold with 30 %, did about 30 % happen?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from shteg.arrays import Floats
from shteg.evaluation.bootstrap import LEVEL, sums_by_country

EDGES = (0.0, 0.02, 0.05, 0.10, 0.20, 0.35, 0.50, 0.65, 0.80, 1.0)
"""Bounds of the bins: narrow where rare events are foretold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Forecasts within [`from_share`, `to_share`): their mean, and the share that came true with its 90 % interval.

    `effective` is the number of independent forecasts that would tell as much: forecasts of one country hang together.
    """

    from_share: float
    to_share: float
    forecasts: int
    countries: int
    mean_forecast: float
    happened_share: float
    low: float
    high: float
    effective: float


def reliability_bins(
    probability: ArrayLike, happened: ArrayLike, country: Sequence[str], *, edges: Sequence[float] = EDGES
) -> tuple[Bin, ...]:
    """Sort forecasts into bins by their probability and see how many came true; empty bins are left out.

    Parameters
    ----------
    probability : (n,) float in [0, 1]
    happened : (n,) bool
    country : sequence of str, (n,)

    Returns
    -------
    tuple of Bin
        Intervals are Jeffreys intervals on the effective number of forecasts, n_eff = p (1 - p) / V with V the variance
        of the share between countries, never above the forecasts nor below the countries of the bin. Where all or none
        came true, V says nothing and the number of countries counts.

    References
    ----------
    Korn & Graubard (1998), Survey Methodology 24(2), for the effective number; Brown, Cai & DasGupta (2001).
    """
    p, y = np.asarray(probability, dtype=float), np.asarray(happened, dtype=float)
    place = np.clip(np.searchsorted(edges, np.round(p, 12), side="right") - 1, 0, len(edges) - 2)
    codes = np.asarray(country)
    found = []
    for at in range(len(edges) - 1):
        chosen = place == at
        if chosen.any():
            found.append(_bin(edges[at], edges[at + 1], p[chosen], y[chosen], codes[chosen].tolist()))
    return tuple(found)


def _bin(low_edge: float, high_edge: float, p: Floats, y: Floats, country: list[str]) -> Bin:
    share, count = float(y.mean()), y.size
    countries = sorted(set(country))
    effective = _effective(share, y, country, countries)
    low, high = jeffreys_interval(share * effective, effective)
    return Bin(
        from_share=low_edge,
        to_share=high_edge,
        forecasts=count,
        countries=len(countries),
        mean_forecast=float(p.mean()),
        happened_share=share,
        low=low,
        high=high,
        effective=effective,
    )


def _effective(share: float, y: Floats, country: list[str], countries: list[str]) -> float:
    groups = len(countries)
    if share in (0.0, 1.0) or groups < 2:
        return float(groups)
    residual = sums_by_country(countries, country, y - share)
    variance = groups / (groups - 1) * float((residual**2).sum()) / y.size**2
    return float(np.clip(share * (1.0 - share) / variance, groups, y.size)) if variance > 0.0 else float(y.size)


def jeffreys_interval(events: float, trials: float, level: float = LEVEL) -> tuple[float, float]:
    """Give the Jeffreys interval of a share; it reaches 0 where nothing happened, and 1 where all did."""
    tail = (1.0 - level) / 2.0
    low = 0.0 if events <= 0.0 else float(betaincinv(events + 0.5, trials - events + 0.5, tail))
    high = 1.0 if events >= trials else float(betaincinv(events + 0.5, trials - events + 0.5, 1.0 - tail))
    return low, high
