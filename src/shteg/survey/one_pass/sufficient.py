"""Sums over PSUs that are enough for a share and its standard error, and that add up over chunks of PSUs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shteg.arrays import Floats, Ints

MOST_CODES = 65_534


def smallest_codes(highest: int) -> type[np.uint8] | type[np.uint16]:
    """Give the narrowest type that holds the codes 0 … `highest`."""
    return np.uint8 if highest < 255 else np.uint16


@dataclass(slots=True, kw_only=True, eq=False)
class ShareSums:
    """What one pass keeps of an item, for each stratum h, domain d and option k; chunks are added in place.

    With S_k the weight of the option and S = Σ_k S_k that of all who answered in one PSU, and u = S_k − centre · S:
    `weight` Σ S_k, `square` Σ u², `product` Σ u S, each (stratum, domain, option); `base_square` Σ S² and `psus`, the
    PSUs with an answer, (stratum, domain); `count` rows of weight above 0 that answered and `weight_squared` their
    Σ w², (domain,). `centre` (domain, option) is a guess at the share, there so that nothing cancels.
    """

    centre: Floats
    weight: Floats
    square: Floats
    product: Floats
    base_square: Floats
    psus: Ints
    count: Ints
    weight_squared: Floats

    @classmethod
    def empty(cls, strata: int, centre: Floats) -> ShareSums:
        """Sums of nothing."""
        domains, categories = centre.shape
        shape = (strata, domains, categories)
        return cls(
            centre=centre,
            weight=np.zeros(shape),
            square=np.zeros(shape),
            product=np.zeros(shape),
            base_square=np.zeros(shape[:2]),
            psus=np.zeros(shape[:2], np.int64),
            count=np.zeros(domains, np.int64),
            weight_squared=np.zeros(domains),
        )

    def add(self, other: ShareSums, first_stratum: int = 0) -> None:
        """Add, in place, the sums of a chunk that shares no PSU with this one and has the same centre."""
        at = slice(first_stratum, first_stratum + len(other.psus))
        for name in ("weight", "square", "product", "base_square", "psus"):
            getattr(self, name)[at] += getattr(other, name)
        self.count += other.count
        self.weight_squared += other.weight_squared

    def recentred(self, centre: Floats) -> ShareSums:
        """Give the same sums about another centre: u − δS in place of u."""
        shift = centre - self.centre
        base = self.base_square[:, :, None]
        return ShareSums(
            centre=centre,
            weight=self.weight,
            square=self.square - 2 * shift * self.product + shift**2 * base,
            product=self.product - shift * base,
            base_square=self.base_square,
            psus=self.psus,
            count=self.count,
            weight_squared=self.weight_squared,
        )

    def placed(self, shape: tuple[int, int, int], strata: Ints, domains: Ints, options: Ints) -> ShareSums:
        """Give the same sums in larger arrays, each stratum, domain and option at its new number.

        Parameters
        ----------
        shape : (strata, domains, options)
            Of the larger arrays.
        strata, domains, options : (k,) int
            New number of each.

        Returns
        -------
        ShareSums
        """
        centre = np.zeros(shape[1:])
        centre[np.ix_(domains, options)] = self.centre
        result = ShareSums.empty(shape[0], centre)
        for name in ("weight", "square", "product"):
            getattr(result, name)[np.ix_(strata, domains, options)] = getattr(self, name)
        for name in ("base_square", "psus"):
            getattr(result, name)[np.ix_(strata, domains)] = getattr(self, name)
        result.count[domains] = self.count
        result.weight_squared[domains] = self.weight_squared
        return result

    def moments(self, centre: Floats, scale: Floats) -> ScoreMoments:
        """Moments of the scores scale_d (S_k − centre_dk S) of the PSUs, centred anew without another pass."""
        here = self.recentred(centre)
        size = np.maximum(self.psus, 1)[:, :, None]
        total = self.weight - centre * self.weight.sum(axis=2, keepdims=True)
        spread = np.maximum(here.square - total**2 / size, 0.0)
        return ScoreMoments(
            psus=self.psus,
            mean=total / size * scale[:, None],
            spread=spread * scale[:, None] ** 2,
            deviation=np.zeros(centre.shape),
        )

    def magnitude(self, centre: Floats, scale: Floats) -> Floats:
        """Size of the terms that `moments` subtracts from one another, (stratum, domain, option)."""
        shift = np.abs(centre - self.centre)
        terms = self.square + 2 * shift * np.abs(self.product) + shift**2 * self.base_square[:, :, None]
        return np.asarray(terms * scale[:, None] ** 2, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreMoments:
    """Moments of the PSUs' scores u, over the PSUs that have an answering member of the domain.

    `psus` is (stratum, domain); `mean` and `spread` (Σ(u − mean)²) are (stratum, domain, category);
    `deviation` (domain, category) is Σ w (y − estimate)².
    """

    psus: Ints
    mean: Floats
    spread: Floats
    deviation: Floats

    @classmethod
    def empty(cls, strata: int, domains: int, categories: int) -> ScoreMoments:
        """Moments of nothing.

        Parameters
        ----------
        strata, domains, categories : int
            How many there are.

        Returns
        -------
        ScoreMoments
        """
        shape = (strata, domains, categories)
        return cls(
            psus=np.zeros(shape[:2], np.int64),
            mean=np.zeros(shape),
            spread=np.zeros(shape),
            deviation=np.zeros(shape[1:]),
        )

    def merge(self, other: ScoreMoments) -> ScoreMoments:
        """Join the moments of another chunk that shares no PSU with this one (Chan, Golub and LeVeque)."""
        psus = self.psus + other.psus
        size = np.maximum(psus, 1)[:, :, None]
        gap = other.mean - self.mean
        return ScoreMoments(
            psus=psus,
            mean=self.mean + gap * (other.psus[:, :, None] / size),
            spread=self.spread + other.spread + gap**2 * (self.psus * other.psus)[:, :, None] / size,
            deviation=self.deviation + other.deviation,
        )
