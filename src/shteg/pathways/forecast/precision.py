"""How many worlds are enough: until what finitely many worlds leave in a figure is small beside what is not known."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from shteg.intervals import NORMAL_90
from shteg.pathways.forecast.shares import Shares

PART_IN_MEAN, PART_IN_ENDS = 0.05, 0.1
"""Simulation may leave so large a part of the half-width of an interval in the mean, and in the ends."""
ENDS_COARSER = 10.0
"""An end may be off by so many times more than a mean: half a percentage point of a share. Two thousand draws leave as
much in the upper end of a skewed forecast."""
SKEW = (NORMAL_90**2 - 1.0) / 6.0
"""By so much of a standard deviation the 95 % quantile moves for each unit of skewness (Cornish and Fisher 1938)."""
MOST_SKEWNESS = 2.0
"""That of an exponential law; beyond it the expansion says nothing."""
TELLABLE = 0.0005
"""Half of the last digit that is printed of a share, a tenth of a per cent."""
TELLABLE_YEARS = 0.05
"""The same for years, printed with one decimal."""
FIRST_WORLDS = 32
"""Worlds for each draw before the rule is asked for the first time."""
GRAIN = 16
MARGIN = 1.1
"""A little more than the first worlds ask for, since what they tell is a sample too."""


def worlds_wanted(figures: Iterable[Shares], worlds: int, tellable: float = TELLABLE, *, ends: bool = True) -> int:
    """Give how many worlds a draw should have, from what the first ones show.

    The error of a mean falls with the square root of the worlds. The ends of an interval come from draws whose spread,
    of variance s², has the noise v/W of W worlds taken out of it. Beyond what D draws leave in it anyway, that adds to
    the half-width a relative error of √((1 + v/(W s²))² − 1) / √(2D); and since noise has no skewness to speak of, the
    cleaned draws keep only the part ρ^1.5 of theirs, where ρ = 1 / (1 + v/(W s²)), which moves the ends by `SKEW`
    times the skewness lost. The mean should be within a twentieth of the half-width, the ends within a tenth, or within
    `tellable` and `ENDS_COARSER` times that. Where a spread does not show clearly beside the noise (s² is within two
    standard errors, 2 √(2/D) v/W, of none), no number of worlds can be told from it, and only the mean is asked about.

    Parameters
    ----------
    figures : iterable of Shares
        Of so many worlds for each draw.
    worlds : int, >= 2
    tellable : float, > 0
        An error of a mean that nobody would see, in the unit of the figures.
    ends : bool
        Also ask about half-widths, and not about means only.

    Returns
    -------
    int
        Worlds for each draw; not more than `worlds` where they are enough.
    """
    return int(np.ceil(max([1.0, *(float(_wanted(one, worlds, tellable, ends)) for one in figures)])))


def _wanted(figures: Shares, worlds: int, tellable: float, ends: bool) -> float:
    if not figures.mean.size:
        return 1.0
    draws = len(figures.draws)
    half = (figures.high - figures.low) / 2.0
    for_mean = worlds * (figures.mc_error / np.maximum(PART_IN_MEAN * half, tellable)) ** 2
    if not ends:
        return float(for_mean.max())
    centred = figures.draws - figures.draws.mean(axis=0)
    spread, noise = (centred**2).mean(axis=0), figures.mc_error**2 * draws
    seen = (spread > 2.0 * np.sqrt(2.0 / draws) * noise) & (half > 0.0)
    if not seen.any():
        return float(for_mean.max())
    sd, ratio = np.sqrt(spread[seen]), noise[seen] / spread[seen]
    allowed = np.maximum(PART_IN_ENDS * half[seen], ENDS_COARSER * tellable)
    most_by_width = np.sqrt(1.0 + 2.0 * draws * (allowed / half[seen]) ** 2) - 1.0
    skewness = np.abs((centred[:, seen] ** 3).mean(axis=0)) / sd**3 * (1.0 + ratio) ** 1.5
    skewness = np.minimum(skewness, MOST_SKEWNESS)
    kept = (1.0 - np.minimum(allowed / np.maximum(SKEW * skewness * sd, allowed), 1.0)) ** (2.0 / 3.0)  # least ρ
    most_by_skew = np.divide(1.0 - kept, kept, out=np.full_like(kept, np.inf), where=kept > 0.0)
    for_ends = worlds * ratio / np.minimum(most_by_width, most_by_skew)
    return float(max(for_mean.max(), for_ends.max()))


def next_worlds(wanted: int, done: int, most: int) -> int:
    """Give up to how many worlds to go on, `done` if those are enough or the most that there may be.

    Parameters
    ----------
    wanted, done : int, >= 1
        Worlds for each draw that the figures ask for, and that they have.
    most : int, >= 1
        No more than so many.

    Returns
    -------
    int
    """
    if wanted <= done:
        return min(done, most)
    return min(most, GRAIN * -(-int(np.ceil(MARGIN * wanted)) // GRAIN))
