"""Reliability: of the steps foretold with 30 %, did about 30 % happen?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from shteg.arrays import Floats
from shteg.estimates import column, table_row
from shteg.evaluation.bootstrap import sums_by_country
from shteg.evaluation.models import MODEL
from shteg.evaluation.questions import SUBJECT
from shteg.intervals import LEVEL

EDGES = (0.0, 0.02, 0.05, 0.10, 0.20, 0.35, 0.50, 0.65, 0.80, 1.0)
"""Bounds of the bins: narrow where rare events are foretold."""


@table_row
class Bin:
    """Forecasts within [`from_share`, `to_share`): their mean, and the share that came true with its 90 % interval.

    `effective` is the number of independent forecasts that would tell as much: forecasts of one country hang together.
    """

    subject: str = column(SUBJECT, key=True)
    model: str = column(MODEL, key=True)
    bin: int = column("Number of the bin.", "count", key=True)
    from_share: float = column("Lower bound of the bin.", "share")
    to_share: float = column("Upper bound of the bin.", "share")
    forecasts: int = column("Forecasts scored.", "count")
    countries: int = column("Countries (or members, or candidates) among them.", "count")
    mean_forecast: float = column("Mean probability given.", "share")
    happened_share: float = column("Share of them that came true.", "share")
    low: float = column("Lower end of the 90 % interval.")
    high: float = column("Upper end of the 90 % interval.")
    effective: float = column("Independent forecasts that would tell as much.", "count")


def reliability_bins(
    probability: ArrayLike, happened: ArrayLike, country: Sequence[str], *, subject: str = "steps", model: str = ""
) -> tuple[Bin, ...]:
    """Sort forecasts into bins by their probability and see how many came true; empty bins are left out.

    Parameters
    ----------
    probability : (n,) float in [0, 1]
    happened : (n,) bool
    country : sequence of str, (n,)
    subject, model : str
        What is forecast, and by which model.

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
    place = np.clip(np.searchsorted(EDGES, np.round(p, 12), side="right") - 1, 0, len(EDGES) - 2)
    codes = np.asarray(country)
    found: list[Bin] = []
    for at in np.unique(place):
        chosen = place == at
        own = codes[chosen].tolist()
        share, countries = float(y[chosen].mean()), sorted(set(own))
        effective = _effective(share, y[chosen], own, countries)
        low, high = jeffreys_interval(share * effective, effective)
        found.append(
            Bin(
                subject=subject,
                model=model,
                bin=len(found) + 1,
                from_share=EDGES[at],
                to_share=EDGES[at + 1],
                forecasts=len(own),
                countries=len(countries),
                mean_forecast=float(p[chosen].mean()),
                happened_share=share,
                low=low,
                high=high,
                effective=effective,
            )
        )
    return tuple(found)


def _effective(share: float, y: Floats, country: list[str], countries: list[str]) -> float:
    groups = len(countries)
    if share in (0.0, 1.0) or groups < 2:
        return float(groups)
    residual = sums_by_country(countries, country, y - share)
    variance = groups / (groups - 1) * float((residual**2).sum()) / y.size**2
    return float(np.clip(share * (1.0 - share) / variance, groups, y.size)) if variance > 0.0 else float(y.size)


def jeffreys_interval(events: float, trials: float, level: float = LEVEL) -> tuple[float, float]:
    """Give the Jeffreys interval of a share.

    Parameters
    ----------
    events, trials : float
        Whole or effective numbers, 0 <= events <= trials.
    level : float
        Coverage, in (0, 1).

    Returns
    -------
    low, high : float
        0 where nothing happened, and 1 where all did.

    References
    ----------
    Brown, Cai & DasGupta (2001), Statistical Science 16(2).
    """
    tail = (1.0 - level) / 2.0
    low = 0.0 if events <= 0.0 else float(betaincinv(events + 0.5, trials - events + 0.5, tail))
    high = 1.0 if events >= trials else float(betaincinv(events + 0.5, trials - events + 0.5, 1.0 - tail))
    return low, high
