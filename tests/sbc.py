"""Simulation-based calibration for the tests of every fit: ranks of the truth among posterior draws must be uniform.

Use::

    from tests.sbc import check_calibrated, simulate_ranks

    ranks = simulate_ranks(one_set, sets=200, seed=1)  # one_set(generator) -> (truth (p,), draws (draw, p))
    check_calibrated(ranks, names=("theta", "sd"))

The truth must be drawn from the *prior of the fit*, the data from the model given that truth. Draws of a chain are
thinned inside, to `thin` of them at equal distances, so that their autocorrelation does not look like miscalibration.

Talts, Betancourt, Simpson, Vehtari & Gelman (2018), arXiv:1804.06788; Säilynoja, Bürkner & Vehtari (2022), Graphical
test for discrete uniformity, Statistics and Computing 32(32).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

THIN = 99
"""Draws kept of each posterior: ranks run from 0 to 99, so that 10 or 20 bins hold equally many."""

FALSE_ALARM = 1e-3
"""Chance that a well calibrated fit fails one test, over all its parameters (they are divided among them)."""


@dataclass(frozen=True, slots=True)
class Ranks:
    """Ranks of the truth, (set, parameter), each in 0 … `draws`."""

    values: Ints
    draws: int

    @property
    def sets(self) -> int:
        """Number of simulated data sets."""
        return int(self.values.shape[0])


def ranks_of(truth: ArrayLike, draws: ArrayLike, *, thin: int = THIN, ties: np.random.Generator | None = None) -> Ints:
    """Give the rank of each true value among its draws: how many of `thin` draws lie below it.

    Parameters
    ----------
    truth : (parameter,) float
    draws : (draw, parameter) float
        At least `thin` of them; of more, equally distant ones are kept.
    thin : int
    ties : Generator, optional
        Breaks ties at random, for quantities that take few values; without it ties count as not below.
    """
    known = np.atleast_1d(np.asarray(truth, dtype=float))
    drawn = np.asarray(draws, dtype=float).reshape(len(np.atleast_1d(draws)), -1)
    if drawn.shape[1] != known.size or drawn.shape[0] < thin:
        raise ValueError(f"draws {drawn.shape} do not fit {known.size} true values and {thin} kept draws")
    kept = drawn[np.linspace(0, drawn.shape[0] - 1, thin).round().astype(int)]
    below = (kept < known).sum(axis=0)
    if ties is not None:
        equal = (kept == known).sum(axis=0)
        below = below + ties.integers(0, equal + 1)
    return np.asarray(below, dtype=np.int64)


def simulate_ranks(
    one_set: Callable[[np.random.Generator], tuple[ArrayLike, ArrayLike]],
    *,
    sets: int = 200,
    seed: int = 1,
    thin: int = THIN,
) -> Ranks:
    """Draw truths and data, fit each, and rank the truth; set s uses its own generator, whatever the others do."""
    rows = []
    for number in range(sets):
        generator = np.random.default_rng([seed, number])
        truth, draws = one_set(generator)
        rows.append(ranks_of(truth, draws, thin=thin, ties=generator))
    return Ranks(np.stack(rows), thin)


def uniformity(ranks: Ranks, *, bins: int = 10) -> Floats:
    """Give each parameter's chi-square p-value against uniform ranks, (parameter,).

    With 200 sets and 10 bins 20 ranks are expected in each.
    """
    from scipy.special import gammaincc

    edges = np.linspace(0, ranks.draws + 1, bins + 1)
    expected = np.diff(np.ceil(edges)) * ranks.sets / (ranks.draws + 1)
    p_values = []
    for column in ranks.values.T:
        counts = np.histogram(column + 0.0, bins=np.ceil(edges) - 0.5)[0]
        statistic = float(((counts - expected) ** 2 / expected).sum())
        p_values.append(float(gammaincc((bins - 1) / 2, statistic / 2)))
    return np.array(p_values)


def ecdf_band(sets: int, draws: int, *, alpha: float, seed: int = 7, simulated: int = 4000) -> tuple[Floats, Floats]:
    """Give the band that the ECDF of uniform ranks leaves anywhere with chance `alpha` only, two arrays (draws + 1,).

    The pointwise level is found by simulating uniform ranks, so that the band holds for all points at once.
    """
    generator = np.random.default_rng(seed)
    points = np.arange(1, draws + 2) / (draws + 1)
    sample = generator.integers(0, draws + 1, (simulated, sets))
    counts = np.stack([np.bincount(row, minlength=draws + 1) for row in sample]).cumsum(axis=1)
    lower, upper = _binomial_tails(sets, points)
    worst = np.minimum(np.take_along_axis(lower.T, counts.T, axis=1), np.take_along_axis(upper.T, counts.T, axis=1))[
        :-1
    ].min(axis=0)  # the last point always holds everything
    level = float(np.quantile(worst, alpha))
    low = (lower >= level).argmax(axis=0)
    high = sets - (upper >= level)[::-1].argmax(axis=0)
    return low / sets, high / sets


def _binomial_tails(sets: int, points: Floats) -> tuple[Floats, Floats]:
    """Give P(N ≤ n) and P(N ≥ n), (n, point), of N ~ Binomial(sets, point)."""
    from scipy.special import bdtr

    n = np.arange(sets + 1)[:, None]
    at_most = np.asarray(bdtr(n, sets, points[None, :]))
    at_most[:, points >= 1.0] = (n >= sets)[:, [0] * int((points >= 1.0).sum())]
    below = np.vstack([np.zeros(points.size), at_most[:-1]])
    return at_most, 1.0 - below


def coverage(ranks: Ranks, *, level: float = 0.90) -> Floats:
    """Give the share of sets whose central interval of `level` holds the truth, (parameter,)."""
    tail = (1.0 - level) / 2.0
    u = (ranks.values + 0.5) / (ranks.draws + 1)
    return np.asarray(((u > tail) & (u < 1.0 - tail)).mean(axis=0))


def check_calibrated(
    ranks: Ranks, *, names: Sequence[str] | None = None, bins: int = 10, false_alarm: float = FALSE_ALARM
) -> None:
    """Fail, naming the parameters, where ranks are not uniform.

    The chi-square test has its share of `false_alarm` (Bonferroni over parameters and both tests). Leaving the ECDF
    band, whose level simulation gives no finer than 0.1 %, fails only together with a chi-square of 20 times the share.
    """
    parameters = ranks.values.shape[1]
    called = tuple(names) if names else tuple(f"parameter {place}" for place in range(parameters))
    if len(called) != parameters:
        raise ValueError(f"{len(called)} names for {parameters} parameters")
    alpha = false_alarm / (2 * parameters)
    p_values = uniformity(ranks, bins=bins)
    low, high = ecdf_band(ranks.sets, ranks.draws, alpha=max(alpha, 1e-3))
    share = coverage(ranks)
    wrong = []
    for place, name in enumerate(called):
        ecdf = np.bincount(ranks.values[:, place], minlength=ranks.draws + 1).cumsum() / ranks.sets
        outside = (ecdf < low) | (ecdf > high)
        if p_values[place] < alpha or (outside.any() and p_values[place] < 20 * alpha):
            mean = ranks.values[:, place].mean() / ranks.draws
            wrong.append(
                f"{name}: chi-square p = {p_values[place]:.2g}, mean rank {mean:.2f} (0.50 expected), "
                f"90 % interval covers {share[place]:.1%}, ECDF outside its band at {int(outside.sum())} ranks"
            )
    assert not wrong, "not calibrated:\n" + "\n".join(wrong)
