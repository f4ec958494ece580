"""Intervals over countries: whole countries are drawn again, because the forecasts of one country hang together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from shteg.arrays import Floats
from shteg.intervals import LEVEL
from shteg.randomness import named_generator

SAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Resample:
    """How often each country is drawn in each sample: `weights` is (sample, country), `countries` sorted."""

    countries: tuple[str, ...]
    weights: Floats

    def sums(self, country: Sequence[str], numbers: ArrayLike) -> Floats:
        """Sum numbers, (row,) or (row, column), by country and give the sums of every sample, (sample[, column])."""
        return np.asarray(self.weights @ sums_by_country(self.countries, country, numbers))


@lru_cache(maxsize=256)
def _drawn(known: tuple[str, ...], seed: int, names: tuple[str, ...], samples: int) -> Resample:
    generator = named_generator(seed, "evaluation", "bootstrap", *names)
    shares = np.full(len(known), 1.0 / len(known)) if known else np.empty(0)
    weights = generator.multinomial(len(known), shares, size=samples) if known else np.empty((samples, 0))
    drawn = weights.astype(float)
    drawn.setflags(write=False)
    return Resample(known, drawn)


def resample_countries(countries: Sequence[str], seed: int, *names: str, samples: int = SAMPLES) -> Resample:
    """Draw countries with replacement.

    Parameters
    ----------
    countries : sequence of str
        Order and repetition do not matter.
    seed : int
    *names : str
        What the draws are for: with the seed and the sorted countries all that they depend on.
    samples : int
        How many.

    Returns
    -------
    Resample
    """
    return _drawn(tuple(sorted(set(countries))), seed, names, samples)


def sums_by_country(countries: Sequence[str], country: Sequence[str], numbers: ArrayLike) -> Floats:
    """Sum rows by country.

    Parameters
    ----------
    countries : sequence of str
        In the order of the sums; every row must belong to one of them.
    country : sequence of str, (row,)
    numbers : (row, …) float

    Returns
    -------
    (country, …) float
    """
    place = {code: at for at, code in enumerate(countries)}
    values = np.asarray(numbers, dtype=float)
    total = np.zeros((len(countries), *values.shape[1:]))
    np.add.at(total, [place[code] for code in country], values)
    return total


def interval(samples: Floats, level: float = LEVEL) -> tuple[float, float]:
    """Give the central interval of bootstrap samples; samples without a value (no case drawn) are left out."""
    known = samples[np.isfinite(samples)]
    if not known.size:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1.0 - level) / 2.0, (1.0 + level) / 2.0])
    return float(low), float(high)
