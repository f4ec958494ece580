"""What is learnt from roll calls: ideal points and the parameters of the votes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from shteg.arrays import Floats, Ints

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IdealPoints:
    """Posterior of the ideal points and of the votes' parameters.

    P(actor above cut c of an item) = Φ(slope · theta − cut c).

    Attributes
    ----------
    actors, items : tuple of str
        Items are those in use; `dropped` are those left out because all voted alike.
    mean, sd, low, high : (actor,) float
        Posterior mean, sd and 90 % interval of the ideal points.
    covariance : (actor, actor) float
    slope, slope_sd : (item,) float
    cut, cut_sd : (item, level − 1) float
        Not a number beyond an item's last cut, and where a level was not used.
    method : {"laplace", "gibbs"}
    r_hat, ess : (actor,) float
        Of the Gibbs sampler; not a number for the Laplace approximation.
    draws : (draw, actor) float
        Of the Gibbs sampler; empty for the Laplace approximation (see `sample`).
    """

    actors: tuple[str, ...]
    items: tuple[str, ...]
    dropped: tuple[str, ...]
    mean: Floats
    sd: Floats
    low: Floats
    high: Floats
    covariance: Floats
    slope: Floats
    slope_sd: Floats
    cut: Floats
    cut_sd: Floats
    method: Literal["laplace", "gibbs"]
    r_hat: Floats
    ess: Floats
    draws: Floats

    @property
    def frame(self) -> pl.DataFrame:
        """One row for each actor."""
        import polars as pl

        columns = {"theta": self.mean, "sd": self.sd, "low": self.low, "high": self.high, "r_hat": self.r_hat}
        return pl.DataFrame({"actor": list(self.actors), **columns})

    @property
    def item_frame(self) -> pl.DataFrame:
        """One row for each item in use: slope and cuts with their sds."""
        import polars as pl

        cuts = {f"cut_{c + 1}": self.cut[:, c] for c in range(self.cut.shape[1])}
        sds = {f"cut_{c + 1}_sd": self.cut_sd[:, c] for c in range(self.cut.shape[1])}
        return pl.DataFrame({"item": list(self.items), "slope": self.slope, "slope_sd": self.slope_sd, **cuts, **sds})


def spread_cuts(cuts: Floats, level_map: list[Ints], n_levels: int) -> Floats:
    """Put the cuts of items with closed-up levels in their places: cut c lies below level c + 1.

    Parameters
    ----------
    cuts : (item, cut) float
    level_map : list of (level,) int
        For each item the levels of the matrix that it uses.
    n_levels : int
        Of the matrix.

    Returns
    -------
    (item, n_levels − 1) float
        Not a number where a level was not used.
    """
    out = np.full((len(level_map), n_levels - 1), np.nan)
    for m, levels in enumerate(level_map):
        for c in range(len(levels) - 1):
            out[m, levels[c + 1] - 1] = cuts[m, c]
    return out
