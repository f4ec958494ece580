"""The link from stance to consent, learnt over vote items: intercept, slope, weight of statehood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from shteg.arrays import Floats
from shteg.consent.votes.summary import ItemDraws, summarise_items
from shteg.intervals import NORMAL_90
from shteg.randomness import named_generator

PARAMETERS = ("intercept", "slope", "statehood")

ABSTENTIONS = (0.1, 0.3, 0.5, 0.7, 0.9)
"""Where between opposing and supporting consent begins: any place is as likely, and the votes cannot tell."""

SLOPE_SD = 0.5
"""Half-normal scale of the sd of slopes between votes, in logits for each unit of stance."""

NODES = 24
"""Points for each of the two standard deviations, at equal shares of their priors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A parameter by judgement: median, and the ends of its central 90 %."""

    value: float
    low: float
    high: float

    def quantile(self, share: Floats) -> Floats:
        """Give quantiles: a normal law with a scale of its own on either side of the median."""
        normal = ndtri(share)
        side = np.where(normal < 0.0, self.value - self.low, self.high - self.value)
        return np.asarray(self.value + side * normal / NORMAL_90)

    def moments(self) -> tuple[float, float]:
        """Give mean and standard deviation of that law."""
        below, above = (self.value - self.low) / NORMAL_90, (self.high - self.value) / NORMAL_90
        mean = self.value + (above - below) / np.sqrt(2.0 * np.pi)
        square = 0.5 * (below**2 + above**2)
        return float(mean), float(np.sqrt(max(square - (mean - self.value) ** 2, 0.0)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPrior:
    """Priors of the link: the ranges of the case. `common` is the sd of readiness between votes, in logits."""

    intercept: Range
    slope: Range
    statehood: Range
    common: Range

    def moments(self) -> tuple[Floats, Floats]:
        """Give means and variances of intercept, slope and statehood, (3,)."""
        found = np.array([one.moments() for one in (self.intercept, self.slope, self.statehood)])
        return found[:, 0], found[:, 1] ** 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinkFit:
    """Draws of the link.

    Attributes
    ----------
    items : tuple of str
        The votes that it was learnt from.
    values : (draw, 3) float
        Intercept, slope, statehood.
    common, slope_sd : (draw,) float
        Standard deviations between votes: of readiness and of slopes.
    """

    items: tuple[str, ...]
    values: Floats
    common: Floats
    slope_sd: Floats


def fit_link(
    draws: ItemDraws, prior: LinkPrior, seed: int, count: int, abstentions: Sequence[float] = ABSTENTIONS
) -> LinkFit:
    """Learn the link from the slopes and thresholds of votes.

    slope_m ~ N(slope, slope_sd²), readiness_m ~ N(intercept − statehood·content_m, common²). Given the two standard
    deviations all is normal; these stand on a grid of equal shares of their priors. Where between opposing and
    supporting consent begins is a judgement: each place of `ABSTENTIONS` counts alike, whatever the votes say.

    Parameters
    ----------
    draws : ItemDraws
        Without items the prior comes back.
    prior : LinkPrior
    seed : int
    count : int
        Draws.
    abstentions : sequence of float
        Where consent begins, 0–1; 1: only support is consent.

    Returns
    -------
    LinkFit

    References
    ----------
    Gelman et al. (2013), Bayesian Data Analysis, section 5.5; docs/methods/consent.md.
    """
    generator = named_generator(seed, "consent", "link")
    if not draws.items:
        shares = (generator.permuted(np.tile(np.arange(count), (4, 1)), axis=1) + 0.5) / count
        ranges = (prior.intercept, prior.slope, prior.statehood, prior.common)
        four = [one.quantile(share) for one, share in zip(ranges, shares, strict=True)]
        spread = SLOPE_SD * np.abs(generator.standard_normal(count))
        values = np.stack([four[0], four[1], np.maximum(four[2], 0.0)], axis=1)
        return LinkFit(items=(), values=values, common=np.maximum(four[3], 0.0), slope_sd=spread)
    parts = np.array_split(np.arange(count), len(abstentions))
    values, common, spread = np.empty((count, 3)), np.empty(count), np.empty(count)
    for abstention, rows in zip(abstentions, parts, strict=True):
        values[rows], common[rows], spread[rows] = _draw(draws, prior, abstention, generator, len(rows))
    order = generator.permutation(count)
    values[:, 2] = np.maximum(values[:, 2], 0.0)  # as the parameter of the case
    return LinkFit(items=draws.items, values=values[order], common=common[order], slope_sd=spread[order])


def _draw(
    draws: ItemDraws, prior: LinkPrior, abstention: float, generator: np.random.Generator, count: int
) -> tuple[Floats, Floats, Floats]:
    seen, size = summarise_items(draws, abstention), len(draws.items)
    mean, variance = prior.moments()
    to_items = np.zeros((2 * size, 3))
    to_items[:size, 1] = 1.0
    to_items[size:, 0], to_items[size:, 2] = 1.0, -seen.content
    between = (to_items * variance) @ to_items.T
    expected = to_items @ mean
    share = (np.arange(NODES) + 0.5) / NODES
    commons = np.maximum(prior.common.quantile(share), 1e-3)
    spreads = SLOPE_SD * np.asarray(ndtri(0.5 + 0.5 * share))
    common, spread = (one.ravel() for one in np.meshgrid(commons, spreads, indexing="ij"))
    own = np.repeat(np.stack([spread**2, common**2], axis=1), size, axis=1)
    inverse = np.linalg.inv(between + own[:, :, None] * np.eye(2 * size))
    posterior = np.linalg.inv(seen.precision + inverse)
    pulled = inverse @ expected
    centre = (posterior @ (seen.linear + pulled)[:, :, None])[:, :, 0]
    # the marginal likelihood of the items, up to what is the same at all points
    logs = np.linalg.slogdet(inverse)[1] + np.linalg.slogdet(posterior)[1]
    weight = 0.5 * (logs + ((seen.linear + pulled) * centre).sum(axis=1) - pulled @ expected)
    # the parameters given the items, averaged over the items
    gain = (variance[:, None] * to_items.T) @ inverse
    law = np.diag(variance) - gain @ to_items * variance + gain @ posterior @ gain.transpose(0, 2, 1)
    middle = mean + (gain @ (centre - expected)[:, :, None])[:, :, 0]
    root = np.linalg.cholesky(0.5 * (law + law.transpose(0, 2, 1)))
    weight = np.exp(weight - weight.max())
    chosen = np.searchsorted(np.cumsum(weight / weight.sum()), (np.arange(count) + generator.random()) / count)
    chosen = np.minimum(chosen, len(weight) - 1)
    noise = generator.standard_normal((count, 3))
    values = middle[chosen] + (root[chosen] @ noise[:, :, None])[:, :, 0]
    return values, common[chosen], spread[chosen]
