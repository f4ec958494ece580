"""What a model expects of a row: a mean, or the share of each option, with their slopes along the linear predictors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy import special

from shteg.arrays import Floats
from shteg.survey.models.glm import FAMILY, FamilyName


class Expected(Protocol):
    """What is expected of rows (n, K) along linear predictors (n, M), each linear in the coefficients."""

    @property
    def options(self) -> tuple[str, ...]:
        """The options of the answer; one empty text for a mean."""
        ...

    def linear(self, theta: Floats, rows: Floats, *, cuts: bool = True) -> Floats:
        """Linear predictors of rows; without cut points their change along `rows`.

        Parameters
        ----------
        theta : (k,) float
            Coefficients.
        rows : (n, p) float
        cuts : bool
            With the cut points of ordered options.

        Returns
        -------
        (n, M) float
        """
        ...

    def shares(self, eta: Floats) -> Floats:
        """What is expected, (n, K)."""
        ...

    def first(self, eta: Floats) -> Floats:
        """Slopes (n, K, M) along the linear predictors."""
        ...

    def second(self, eta: Floats) -> Floats:
        """Slopes (n, K, M, M) of the slopes."""
        ...

    def gather(self, slopes: Floats, constants: Floats) -> Floats:
        """Slopes (K, k) along the coefficients, from those (K, M, p) along what stands before each column and those
        (K, M) along the constants of the linear predictors."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanExpected:
    """The mean of a model with one linear predictor and the natural link."""

    family: FamilyName
    options: tuple[str, ...] = ("",)

    def linear(self, theta: Floats, rows: Floats, *, cuts: bool = True) -> Floats:
        """Linear predictors; see `Expected`.

        Parameters
        ----------
        theta : (k,) float
            Coefficients.
        rows : (n, p) float
        cuts : bool
            With the cut points of ordered options.

        Returns
        -------
        (n, M) float
        """
        return (rows @ theta)[:, None]

    def shares(self, eta: Floats) -> Floats:
        """See `Expected`."""
        return FAMILY[self.family].mean(eta)

    def first(self, eta: Floats) -> Floats:
        """See `Expected`."""
        return FAMILY[self.family].variance(FAMILY[self.family].mean(eta))[:, :, None]

    def second(self, eta: Floats) -> Floats:
        """See `Expected`."""
        mean = FAMILY[self.family].mean(eta)
        bend = {
            "gaussian": np.zeros_like(mean),
            "binomial": mean * (1 - mean) * (1 - 2 * mean),
            "poisson": mean,
        }[self.family]
        return bend[:, :, None, None]

    def gather(self, slopes: Floats, constants: Floats) -> Floats:
        """See `Expected`."""
        return slopes[:, 0, :]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedExpected:
    """Shares of ordered options: logit P(answer ≤ j) = cut_j − xβ; coefficients first, then the cut points."""

    options: tuple[str, ...]

    def linear(self, theta: Floats, rows: Floats, *, cuts: bool = True) -> Floats:
        """Linear predictors; see `Expected`.

        Parameters
        ----------
        theta : (k,) float
            Coefficients.
        rows : (n, p) float
        cuts : bool
            With the cut points of ordered options.

        Returns
        -------
        (n, M) float
        """
        p = rows.shape[1]
        return np.asarray((theta[p:] if cuts else np.zeros(len(theta) - p)) - (rows @ theta[:p])[:, None], float)

    def shares(self, eta: Floats) -> Floats:
        """See `Expected`."""
        below = special.expit(eta)
        above = special.expit(-eta)
        inner = np.where(eta[:, 1:] > 0, -np.diff(above, axis=1), np.diff(below, axis=1))
        return np.concatenate([below[:, :1], inner, above[:, -1:]], axis=1)

    def first(self, eta: Floats) -> Floats:
        """See `Expected`."""
        below = special.expit(eta)
        return _stairs(below * (1 - below))

    def second(self, eta: Floats) -> Floats:
        """See `Expected`."""
        below = special.expit(eta)
        steps = _stairs(below * (1 - below) * (1 - 2 * below))
        return np.asarray(steps[:, :, :, None] * np.eye(eta.shape[1]), float)

    def gather(self, slopes: Floats, constants: Floats) -> Floats:
        """See `Expected`."""
        return np.concatenate([-slopes.sum(axis=1), constants], axis=1)


def _stairs(heights: Floats) -> Floats:
    """Change (n, M + 1, M) of the shares of ordered options where each cumulated share (n, M) changes."""
    m = heights.shape[1]
    turn = np.concatenate([np.eye(m), np.zeros((1, m))]) - np.concatenate([np.zeros((1, m)), np.eye(m)])
    return np.asarray(turn[None, :, :] * heights[:, None, :], float)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenExpected:
    """Shares of options without order: log odds against the first; the coefficients of each option after the other."""

    options: tuple[str, ...]

    def linear(self, theta: Floats, rows: Floats, *, cuts: bool = True) -> Floats:
        """Linear predictors; see `Expected`.

        Parameters
        ----------
        theta : (k,) float
            Coefficients.
        rows : (n, p) float
        cuts : bool
            With the cut points of ordered options.

        Returns
        -------
        (n, M) float
        """
        return np.asarray(rows @ theta.reshape(len(self.options) - 1, -1).T, float)

    def shares(self, eta: Floats) -> Floats:
        """See `Expected`."""
        whole = np.concatenate([np.zeros((len(eta), 1)), eta], axis=1)
        return np.asarray(special.softmax(whole, axis=1), float)

    def first(self, eta: Floats) -> Floats:
        """See `Expected`."""
        share = self.shares(eta)
        return np.asarray(share[:, :, None] * (self._own() - share[:, None, 1:]), float)

    def second(self, eta: Floats) -> Floats:
        """See `Expected`."""
        share, slope = self.shares(eta), self.first(eta)
        own = self._own() - share[:, None, 1:]
        return np.asarray(
            slope[:, :, None, :] * own[:, :, :, None] - share[:, :, None, None] * slope[:, None, 1:, :], float
        )

    def gather(self, slopes: Floats, constants: Floats) -> Floats:
        """See `Expected`."""
        return slopes.reshape(len(slopes), -1)

    def _own(self) -> Floats:
        count = len(self.options)
        return np.eye(count)[None, :, 1:]
