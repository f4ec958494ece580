"""From counts to shares: the mean over draws, and an interval over draws without the noise of finite worlds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shteg.pathways.structure import Floats, Integers

LEVEL = 0.90
"""Coverage of every interval of this stage."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shares:
    """A quantity per draw, (draw, …), with the noise of simulation taken out of its spread; and its summary.

    `mean` is that of the raw shares; `low` and `high` are the 5 % and 95 % quantiles of the cleaned draws; `mc_error`
    is the standard error of `mean` that comes from simulating finitely many worlds.
    """

    draws: Floats
    mean: Floats
    low: Floats
    high: Floats
    mc_error: Floats


def summarise_counts(counts: Integers, worlds: Integers | int) -> Shares:
    """Summarise counts of worlds out of `worlds` in each draw."""
    share = counts / np.maximum(worlds, 1)
    return _clean(share, share * (1.0 - share) / np.maximum(np.asarray(worlds) - 1, 1))


def summarise_races(counts: Integers, raced: Integers) -> Shares:
    """Summarise counts, (draw, step, member), out of the worlds in which a race was held, (draw, step).

    A draw without a race says nothing: it is put at the pooled share, which is also the mean that is reported.
    """
    held = raced[..., None]
    pooled = counts.sum(axis=0) / np.maximum(held.sum(axis=0), 1)
    raw = np.where(held > 0, counts / np.maximum(held, 1), pooled)
    noise = np.where(held > 0, pooled * (1.0 - pooled) / np.maximum(held, 1), 0.0)
    cleaned = _clean(raw, noise)
    return Shares(draws=cleaned.draws, mean=pooled, low=cleaned.low, high=cleaned.high, mc_error=cleaned.mc_error)


def summarise_changes(gained: Integers, lost: Integers, worlds: int) -> Shares:
    """Summarise a difference of two scenarios on the same worlds: the share gained less the share lost."""
    change = (gained - lost) / worlds
    return _clean(change, ((gained + lost) / worlds - change**2) / (worlds - 1))


def _clean(raw: Floats, noise: Floats) -> Shares:
    """Shrink draws towards their mean until their variance is what is left once simulation noise is subtracted.

    Var(raw) = Var(true) + E[noise]; the shrunken draws have variance max(0, Var(raw) - mean noise).

    References
    ----------
    Louis (1984), Estimating a population of parameter values using Bayes and empirical Bayes methods, JASA 79(386).
    """
    mean = raw.mean(axis=0)
    observed = raw.var(axis=0, ddof=1)
    kept = np.sqrt(np.clip(1.0 - noise.mean(axis=0) / np.where(observed > 0.0, observed, 1.0), 0.0, 1.0))
    draws = mean + np.where(observed > 0.0, kept, 0.0) * (raw - mean)
    low, high = np.quantile(draws, [(1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0], axis=0)
    return Shares(draws=draws, mean=mean, low=low, high=high, mc_error=np.sqrt(noise.mean(axis=0) / len(raw)))


def median_years(reached: Integers, worlds: int, years: tuple[int, ...]) -> tuple[Integers, Integers]:
    """Give the first year by whose end half of the worlds reached a step: pooled (step,) and per draw (draw, step).

    `reached` is cumulative, (draw, step, year). A year after the last one means: not within the horizon.
    """
    calendar = np.append(np.array(years, dtype=np.int64), years[-1] + 1)

    def first(shares: Floats) -> Integers:
        half = shares >= 0.5
        return calendar[np.where(half.any(axis=-1), half.argmax(axis=-1), len(years))]

    return first(reached.sum(axis=0) / (worlds * len(reached))), first(reached / worlds)
