"""From counts to shares: the mean over draws, and an interval over draws without the noise of finite worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shteg.arrays import Floats, Ints
from shteg.intervals import LEVEL, NORMAL_90


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shares:
    """A quantity per draw, (draw, …), with the noise of simulation taken out of its spread; and its summary.

    `mean` is that of the raw shares; `low` and `high` are the 5 % and 95 % quantiles of the cleaned draws, widened
    where needed so that they hold the mean with its simulation error: the spread of rare events is not resolved.
    `mc_error` is the standard error of `mean` that comes from simulating finitely many worlds; it is never 0, since an
    event that no world saw is not thereby impossible.
    """

    draws: Floats
    mean: Floats
    low: Floats
    high: Floats
    mc_error: Floats

    def take(self, cells: Sequence[int]) -> Shares:
        """Give some of the quantities, by their place on the first axis after the draws."""
        at = list(cells)
        return Shares(
            draws=self.draws[:, at],
            mean=self.mean[at],
            low=self.low[at],
            high=self.high[at],
            mc_error=self.mc_error[at],
        )


def summarise_counts(counts: Ints, worlds: Ints | int) -> Shares:
    """Summarise counts of worlds out of `worlds` in each draw."""
    share = counts / np.maximum(worlds, 1)
    total = np.broadcast_to(np.asarray(worlds, dtype=np.float64), counts.shape).sum(axis=0)
    cleaned = _clean(share, share * (1.0 - share) / np.maximum(np.asarray(worlds) - 1, 1))
    return _widen(cleaned, _unseen_error(counts.sum(axis=0), total), (0.0, 1.0))


def summarise_races(counts: Ints, raced: Ints) -> Shares:
    """Summarise counts, (draw, step, member), out of the worlds in which a race was held, (draw, step).

    A draw counts as often as it holds a race: the shares, and their spread, are those given that there is one. A draw
    without a race says nothing.

    Parameters
    ----------
    counts : (draw, step, member) int
    raced : (draw, step) int

    Returns
    -------
    Shares
        Axes (draw, step, member).

    References
    ----------
    DerSimonian and Laird (1986), Meta-analysis in clinical trials, Controlled Clinical Trials 7(3): the spread beyond
    noise of shares that rest on unequal numbers, by moments.
    """
    held = raced[..., None].astype(np.float64)
    total = held.sum(axis=0)
    pooled = counts.sum(axis=0) / np.maximum(total, 1.0)
    raw = np.where(held > 0.0, counts / np.maximum(held, 1.0), pooled)
    weight = held / np.maximum(total, 1.0)
    single = pooled * (1.0 - pooled)
    observed = (weight * (raw - pooled) ** 2).sum(axis=0)
    by_chance = ((held > 0.0).sum(axis=0) - 1.0) * single / np.maximum(total, 1.0)
    spread = (observed - by_chance) / np.maximum(1.0 - (weight**2).sum(axis=0), 1e-9)
    seen = (spread > 0.0) & (observed > 0.0)
    draws = pooled + np.sqrt(np.divide(spread, observed, out=np.zeros_like(spread), where=seen)) * (raw - pooled)
    low, high = (_weighted_quantile(draws, weight, part) for part in ((1.0 - LEVEL) / 2.0, (1.0 + LEVEL) / 2.0))
    error = np.sqrt(single / np.maximum(total, 1.0))
    shares = Shares(draws=draws, mean=pooled, low=low, high=high, mc_error=error)
    return _widen(shares, _unseen_error(counts.sum(axis=0), total), (0.0, 1.0))


def _weighted_quantile(draws: Floats, weight: Floats, part: float) -> Floats:
    """Give the smallest draw up to which at least `part` of the weight lies, over the first axis."""
    order = np.argsort(draws, axis=0, kind="stable")
    reached = np.cumsum(np.take_along_axis(np.broadcast_to(weight, draws.shape), order, axis=0), axis=0)
    at = np.minimum((reached < part - 1e-12).sum(axis=0), len(draws) - 1)
    return np.asarray(np.take_along_axis(np.take_along_axis(draws, order, axis=0), at[None], axis=0)[0])


def summarise_changes(gained: Ints, lost: Ints, worlds: int) -> Shares:
    """Summarise a difference of two scenarios on the same worlds: the share gained less the share lost.

    Parameters
    ----------
    gained, lost : (draw, …) int
        Worlds with the event in the one scenario only, and in the other only.
    worlds : int, >= 2
        Of each draw.

    Returns
    -------
    Shares
        In [−1, 1].
    """
    change = (gained - lost) / worlds
    cleaned = _clean(change, ((gained + lost) / worlds - change**2) / (worlds - 1))
    moved = (gained + lost).sum(axis=0)
    # Worlds that no measure moved are no noise: a measure without any effect keeps an interval of width 0.
    floor = np.where(moved > 0, _unseen_error(moved, np.full(moved.shape, float(worlds * len(change)))), 0.0)
    return _widen(cleaned, floor, (-1.0, 1.0))


def _unseen_error(count: Ints, total: Floats) -> Floats:
    """Give the simulation error of a share, (count + 1)/(total + 2): above 0 even where nothing was seen."""
    share = (count + 1.0) / (total + 2.0)
    return np.where(total > 0.0, np.sqrt(share * (1.0 - share) / np.maximum(total, 1.0)), 0.0)


def _widen(shares: Shares, floor: Floats, bounds: tuple[float, float]) -> Shares:
    """Widen intervals that do not hold the mean and its simulation error; what is already wider stays as it is."""
    error = np.where(shares.mc_error > 0.0, shares.mc_error, floor)
    low = np.minimum(shares.low, np.maximum(shares.mean - NORMAL_90 * error, bounds[0]))
    high = np.maximum(shares.high, np.minimum(shares.mean + NORMAL_90 * error, bounds[1]))
    return replace(shares, low=low, high=high, mc_error=error)


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


def median_years(reached: Ints, cleaned: Floats, worlds: int, years: tuple[int, ...]) -> tuple[Ints, Ints]:
    """Give the first year by whose end half of the worlds reached a step: pooled (step,) and per draw (draw, step).

    A year after the last one means: not within the horizon. Draws are taken without the noise of finite worlds, so
    that the interval does not widen where fewer are simulated.

    Parameters
    ----------
    reached : (draw, step, year) int
        Worlds that have reached the step by the end of the year: cumulative.
    cleaned : (draw, step, year) float
        Their shares, shrunk as `Shares.draws` are.
    worlds : int
        Of each draw.
    years : tuple of int
        Calendar years, ascending.

    Returns
    -------
    pooled : (step,) int
    per_draw : (draw, step) int
    """
    calendar = np.append(np.array(years, dtype=np.int64), years[-1] + 1)

    def first(shares: Floats) -> Ints:
        half = shares >= 0.5
        return calendar[np.where(half.any(axis=-1), half.argmax(axis=-1), len(years))]

    return first(reached.sum(axis=0) / (worlds * len(reached))), first(cleaned)


def summarise_means(mean: Floats, noise: Floats, bounds: tuple[float, float]) -> Shares:
    """Summarise means over worlds by draw, (draw, …), with the variance that finite worlds leave in each of them.

    Parameters
    ----------
    mean, noise : (draw, …) float
        Mean over worlds, and the variance of that mean.
    bounds : tuple of two float
        Within which the quantity lies.

    Returns
    -------
    Shares
    """
    return _widen(_clean(mean, noise), np.zeros(mean.shape[1:]), bounds)


def summarise_reached(share: Floats, worlds: int) -> Shares:
    """Summarise shares of worlds, (draw, …), as the counts that they are."""
    return summarise_counts(np.rint(share * worlds).astype(np.int64), worlds)
