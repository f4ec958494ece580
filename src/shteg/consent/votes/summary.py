"""What the votes say of an item: the likelihood of its slope and of its threshold of consent, as a normal law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shteg.arrays import Floats
from shteg.estimates import Draws

LOGIT = 1.702
"""Probits times this are logits: the two distribution functions then differ by less than 0.01 everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemDraws:
    """Draws of the parameters of vote items, with the laws that they had before any vote.

    Attributes
    ----------
    items : tuple of str
    content : (item,) float
        Share of the question of statehood that a vote carries.
    slope, prior_slope : (draw, item) float
        Logits for each unit of stance.
    low, high, prior_low, prior_high : (draw, item) float
        Readiness, in logits at stance 0, not to oppose (the lower cut point) and to support (the upper one); equal on
        an item without abstentions.
    """

    items: tuple[str, ...]
    content: Floats
    slope: Floats
    low: Floats
    high: Floats
    prior_slope: Floats
    prior_low: Floats
    prior_high: Floats

    def without(self, item: str) -> ItemDraws:
        """Give the others."""
        kept = [at for at, one in enumerate(self.items) if one != item]
        return ItemDraws(
            items=tuple(self.items[at] for at in kept), content=self.content[kept],
            **{name: getattr(self, name)[:, kept] for name in ITEM_ARRAYS},
        )  # fmt: skip


ITEM_ARRAYS = ("slope", "low", "high", "prior_slope", "prior_low", "prior_high")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ItemLikelihood:
    """Likelihood of (slopes, readinesses), (2 item,), as exp(linear·x − ½ x'precision x)."""

    items: tuple[str, ...]
    content: Floats
    linear: Floats
    precision: Floats


def read_items(found: Draws, prior: Draws, items: Sequence[str], content: Sequence[float]) -> ItemDraws:
    """Read the parameters of items from the draws of the stances.

    Parameters
    ----------
    found, prior : Draws
        Units "item|discrimination", "item|cut-1", …: after the votes, and before any.
    items : sequence of str
    content : sequence of float
        Of each item.

    Returns
    -------
    ItemDraws
    """

    def column(draws: Draws, item: str, name: str) -> Floats:
        return np.asarray(draws.values[:, draws.units.index(f"{item}|{name}")])

    def stack(draws: Draws, pick: Sequence[str]) -> Floats:
        return np.stack([column(draws, item, name) for item, name in zip(items, pick, strict=True)], axis=1)

    last = [sum(unit.startswith(f"{item}|cut-") for unit in found.units) for item in items]
    slopes, lows, highs = ["discrimination"] * len(last), ["cut-1"] * len(last), [f"cut-{count}" for count in last]
    return ItemDraws(
        items=tuple(items), content=np.array(content, dtype=np.float64),
        slope=LOGIT * stack(found, slopes), low=-LOGIT * stack(found, lows), high=-LOGIT * stack(found, highs),
        prior_slope=LOGIT * stack(prior, slopes), prior_low=-LOGIT * stack(prior, lows),
        prior_high=-LOGIT * stack(prior, highs),
    )  # fmt: skip


def summarise_items(draws: ItemDraws, abstention: float) -> ItemLikelihood:
    """Take the likelihood of the items as normal: the law after the votes, divided by the one before.

    The stances are uncertain, and the votes are among the acts that they come from: both are in the joint law of all
    slopes and thresholds after the votes. Where that is no narrower than before, the votes say nothing.

    Parameters
    ----------
    draws : ItemDraws
    abstention : float
        How far from opposing (0) to supporting (1) consent begins, 0–1: at 0 an abstention lets the step pass.

    Returns
    -------
    ItemLikelihood
    """
    after = np.concatenate([draws.slope, draws.low + abstention * (draws.high - draws.low)], axis=1)
    before = np.concatenate(
        [draws.prior_slope, draws.prior_low + abstention * (draws.prior_high - draws.prior_low)], axis=1
    )
    law = np.atleast_2d(np.cov(after, rowvar=False))
    size = len(draws.items)
    first = np.zeros_like(law)
    for at in range(size):  # before the votes items do not depend on each other
        pair = [at, size + at]
        first[np.ix_(pair, pair)] = np.cov(before[:, pair], rowvar=False)
    # where the generalised eigenvalues of the law after are 1 or more nothing was learnt: those directions are left out
    factor = np.linalg.cholesky(first)
    inverse = np.linalg.inv(factor)
    shares, axes = np.linalg.eigh(inverse @ law @ inverse.T)
    gained = np.where(shares < 1.0, 1.0 / np.maximum(shares, 1e-9) - 1.0, 0.0)
    moved = axes.T @ inverse @ (after.mean(axis=0) - before.mean(axis=0))
    # in these coordinates the law before is standard normal around its mean, and the one after N(moved, shares)
    back = inverse.T @ axes
    precision = (back * gained) @ back.T
    pulled = np.where(shares < 1.0, moved / np.maximum(shares, 1e-9), 0.0)
    linear = precision @ before.mean(axis=0) + back @ pulled
    return ItemLikelihood(
        items=draws.items, content=draws.content, linear=np.asarray(linear), precision=np.asarray(precision)
    )
