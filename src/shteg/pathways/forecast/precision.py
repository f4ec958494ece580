"""How many worlds are enough: until what finitely many worlds leave in a figure is small beside what is not known."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from shteg.arrays import Floats
from shteg.pathways.forecast.shares import Shares

PART_OF_HALF_WIDTH = 0.05
"""Simulation may leave so large a part of the half-width of an interval in the mean, and in the half-width itself."""
TELLABLE = 0.00025
"""A share that is off by less is printed the same, or one apart in its last digit: a tenth of a per cent."""
TELLABLE_YEARS = 0.025
"""The same for years, printed with one decimal."""
FIRST_WORLDS = 32
"""Worlds for each draw before the rule is asked for the first time."""
GRAIN = 16
MARGIN = 1.1
"""A little more than the first worlds ask for, since what they tell is a sample too."""


def worlds_wanted(figures: Iterable[Shares], worlds: int, tellable: float = TELLABLE, *, ends: bool = True) -> int:
    """Give how many worlds a draw should have, from what the first ones show.

    The error of a mean falls with the square root of the worlds. The half-width of an interval is estimated from the
    spread over D draws, of variance s², once the noise v/W of W worlds is taken out of it; beyond what D draws leave
    in it anyway, the noise adds a relative error of √((1 + v/(W s²))² − 1) / √(2D). Both should be below a twentieth of
    the half-width, or below `tellable`. Where a spread does not show clearly beside the noise (s² is within two
    standard errors, 2 √(2/D) v/W, of none), no number of worlds can be told from it, and only the mean is asked about.

    Parameters
    ----------
    figures : iterable of Shares
        Of so many worlds for each draw.
    worlds : int, >= 2
    tellable : float, > 0
        An error that nobody would see, in the unit of the figures.
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
    allowed = np.maximum(PART_OF_HALF_WIDTH * half, tellable)
    for_mean = worlds * (figures.mc_error / allowed) ** 2
    if not ends:
        return float(for_mean.max())
    spread, noise = figures.draws.var(axis=0), figures.mc_error**2 * draws
    seen = (spread > 2.0 * np.sqrt(2.0 / draws) * noise) & (half > 0.0)
    ratio = np.divide(noise, spread, out=np.zeros_like(spread), where=seen)
    part = np.divide(allowed, half, out=np.ones_like(half), where=seen)
    most: Floats = np.sqrt(1.0 + 2.0 * draws * part**2) - 1.0
    for_ends = worlds * ratio / most
    return float(np.maximum(for_mean, for_ends).max())


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
