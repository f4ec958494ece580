"""One axis or two: which of them foretells acts that were held out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shteg.arrays import Floats, Ints
from shteg.chunks import Progress, ThreadExecutor
from shteg.convergence import r_hat
from shteg.errors import ModelError, UsageError
from shteg.estimates import Value
from shteg.evidence.case import Case
from shteg.intervals import LEVEL, NORMAL_90_SHORT
from shteg.randomness import named_generator
from shteg.stance.members.acts import Responses
from shteg.stance.members.tables import sources_of

PRIOR = (1.0, 1.0, 2.5)
"""Mean and sd of slopes, sd of cuts: as in the stance model (docs/methods/stance.md)."""

FEWEST = 20
"""Acts needed before one axis is compared with two."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DimensionComparison:
    """Log scores of acts held out, (act,), under one axis, two axes, and the base rate of the item.

    Attributes
    ----------
    member, item : (act,) int
        Which act.
    one, two, base : (act,) float
        Log probability of what was done. Higher is better.
    gain, gain_error : float
        Mean of two − one for each act, and its standard error with acts of one member taken together.
    skill, skill_error : float
        The same for one − base.
    r_hat : float
        The largest over folds and models, of the mean log probability of the acts held out.
    """

    member: Ints
    item: Ints
    one: Floats
    two: Floats
    base: Floats
    gain: float
    gain_error: float
    skill: float
    skill_error: float
    r_hat: float


def compare_dimensions(
    level: Ints,
    n_levels: Ints,
    seed: int,
    *,
    folds: int = 5,
    chains: int = 2,
    kept: int = 1000,
    burn_in: int = 500,
    threads: int | None = None,
    progress: Progress | None = None,
) -> DimensionComparison:
    """Compare a model of one axis with one of two by acts held out.

    y*_jm = b_m θ_j + d_m η_j + e; d = 0 in the model of one axis, and for the item with most acts in that of two. Every
    act is held out once, in one of `folds` parts drawn at random; the model is fitted to the others.

    Parameters
    ----------
    level : (member, item) int
        0 … n_levels − 1, −1 where missing.
    n_levels : (item,) int, >= 2
    seed : int
    folds : int, >= 2
    chains : int
        Of each fit; R-hat is judged with two or more.
    kept, burn_in : int
        Iterations kept of each chain, and thrown away before.
    threads : int, optional
        As many as there are cores if left out; results never depend on it.
    progress : callable, optional
        Called with (parts done, parts in all).

    Returns
    -------
    DimensionComparison

    Raises
    ------
    ModelError
        Fewer than two acts, or levels out of range.

    References
    ----------
    Geisser and Eddy (1979), JASA 74(365); Albert and Chib (1993), JASA 88(422).
    """
    level, n_levels = np.asarray(level, dtype=np.int64), np.asarray(n_levels, dtype=np.int64)
    _check(level, n_levels, folds)
    member, item = np.nonzero(level >= 0)
    order = named_generator(seed, "stance", "folds").permutation(len(member))
    fold = np.empty(len(member), dtype=np.int64)
    fold[order] = np.arange(len(member)) % folds
    anchor = int((level >= 0).sum(axis=0).argmax())
    jobs = [(axes, part, chain) for axes in (1, 2) for part in range(folds) for chain in range(chains)]

    from shteg.stance.kernel import first_state
    from shteg.stance.members.dimensions_kernel import run_held_out  # compiles on first use

    def run(job: tuple[int, int, int]) -> Floats:
        axes, part, chain = job
        out = fold == part
        votes = level.copy()
        votes[member[out], item[out]] = -1
        held = np.stack([item[out], member[out], level[member[out], item[out]]], axis=1)
        generator = named_generator(seed, "stance", f"axes-{axes}", f"fold-{part}", f"chain-{chain}")
        made: Floats = run_held_out(
            np.ascontiguousarray(votes.T),
            n_levels - 1,
            axes,
            anchor,
            held,
            PRIOR,
            burn_in,
            kept,
            first_state(generator),
        )
        return made

    made = ThreadExecutor(threads).map(run, jobs, progress)
    scores, worst = np.empty((2, len(member))), 1.0
    for axes in (1, 2):
        for part in range(folds):
            chosen = [one for one, job in zip(made, jobs, strict=True) if job[:2] == (axes, part)]
            draws = np.stack(chosen)
            if chains > 1 and draws.shape[2]:
                worst = max(worst, r_hat(draws.mean(axis=2)))
            scores[axes - 1, fold == part] = np.log(np.exp(draws).mean(axis=(0, 1)))
    base = np.log([base_rates(level, n_levels, fold, member, item, act)[level[member[act], item[act]]]
                   for act in range(len(member))])  # fmt: skip
    gain, gain_error = clustered_mean(scores[1] - scores[0], member)
    skill, skill_error = clustered_mean(scores[0] - base, member)
    return DimensionComparison(
        member=member, item=item, one=scores[0], two=scores[1], base=base, gain=gain, gain_error=gain_error,
        skill=skill, skill_error=skill_error, r_hat=worst,
    )  # fmt: skip


def base_rates(level: Ints, n_levels: Ints, fold: Ints, member: Ints, item: Ints, act: int) -> Floats:
    """Give the share of each level of an act's item among acts not held out with it, each level half an act more.

    Parameters
    ----------
    level : (member, item) int
        −1 where missing.
    n_levels : (item,) int
    fold, member, item : (act,) int
        In which part each act is held out, who did it, and on what.
    act : int
        Which of them.

    Returns
    -------
    (level,) float
        Sums to 1.
    """
    same = (item == item[act]) & (fold != fold[act])
    counts = np.bincount(level[member[same], item[same]], minlength=int(n_levels[item[act]])) + 0.5
    return np.asarray(counts / counts.sum())


def clustered_mean(values: Floats, cluster: Sequence[int] | Ints) -> tuple[float, float]:
    """Give a mean and its standard error when values of one cluster hang together."""
    mean = float(values.mean())
    _, place = np.unique(np.asarray(cluster), return_inverse=True)
    sums = np.bincount(place, weights=values - mean)
    count = len(sums)
    if count < 2:
        return mean, float("nan")
    return mean, float(np.sqrt(count / (count - 1) * (sums**2).sum()) / len(values))


def _check(level: Ints, n_levels: Ints, folds: int) -> None:
    if level.ndim != 2 or n_levels.shape != (level.shape[1],):
        raise ModelError(
            f"levels of shape {level.shape} do not fit {n_levels.shape[0]} items", "give (member, item)", "dimensions"
        )
    if level.size == 0 or (level >= 0).sum() < max(folds, 2) or folds < 2:
        raise UsageError("there are fewer acts than parts", "give at least two parts, and an act for each", "folds")
    if int(n_levels.min()) < 2 or bool((level >= n_levels).any()) or int(level.min()) < -1:
        raise ModelError(
            "a level is out of range", "levels run from 0 to n_levels − 1, and −1 means no act", "dimensions"
        )


def dimension_value(case: Case, responses: Responses) -> Value | None:
    """Give the gain of a second axis: mean log score of acts held out, two axes less one; None with too few acts.

    The latest act of each member on each item counts; the interval takes the acts of one member together.
    """
    level = np.full((len(responses.members), len(responses.items)), -1, dtype=np.int64)
    for one in responses.responses:  # sorted by day: the latest stays
        level[responses.members.index(one.member), responses.items.index(one.item)] = one.level
    if len(responses.items) < 2 or (level >= 0).sum() < FEWEST:
        return None
    n_levels = np.array([len(levels) for levels in responses.case_levels], dtype=np.int64)
    found, acts = compare_dimensions(level, n_levels, case.header.seed), responses.acts_in_use()
    margin = NORMAL_90_SHORT * found.gain_error
    return Value(
        id="stance.dimensions.gain", number=found.gain, unit="score", decimals=3, label="estimated",
        label_key="value.stance.dimensions-gain", source_ids=sources_of(acts), method="stance#dimensions",
        verified=all(act.verified for act in acts), low=found.gain - margin, high=found.gain + margin, level=LEVEL,
        details={"r_hat": found.r_hat},
    )  # fmt: skip
