"""Data sets of acts in time, drawn from the prior of the stance model, and the model without time on a matrix."""

from dataclasses import dataclass

import numpy as np

from shteg.arrays import Floats, Ints
from shteg.errors import ModelError
from shteg.stance.members.sampler import STATIC, Panel, Posterior, Prior, sample_panel


@dataclass(frozen=True)
class Truth:
    """What the acts were drawn from."""

    path: Floats
    theta: Floats
    discrimination: Floats
    cuts: list[Floats]
    effects: Floats
    sds: Floats


def simulate_panel(
    rng: np.random.Generator, *, members: int = 32, items: int = 12, years: int = 18, covariates: int = 2,
    prior: Prior | None = None,
) -> tuple[Truth, Panel]:  # fmt: skip
    """Draw everything from the prior: effects, paths with yearly points, items of two or three levels, one act each."""
    law = prior or Prior()
    effects = rng.normal(0.0, law.effect_sd, covariates)
    sds = np.abs(rng.normal(0.0, 1.0, 2)) * [law.drift_sd, law.jump_sd]
    z = np.random.default_rng(5).standard_normal((members, covariates))
    points = years + 1
    gap = np.tile(np.r_[0.0, np.ones(years)], members)
    changes = np.where(np.random.default_rng(6).random(members * points) < 0.25, 1.0, 0.0)
    first = np.arange(members + 1) * points
    changes[first[:-1]] = 0.0
    steps = np.sqrt(sds[0] ** 2 * gap + sds[1] ** 2 * changes) * rng.standard_normal(members * points)
    start = z @ effects + rng.standard_normal(members)
    path = (start[:, None] + steps.reshape(members, points).cumsum(axis=1)).ravel()
    slopes, cuts, acts = [], [], []
    for m in range(items):
        b = 0.0
        while b <= 0.0:
            b = rng.normal(law.discrimination_mean, law.discrimination_sd)
        cut = np.sort(rng.normal(0.0, law.cut_sd, 1 + m % 2))
        at = first[:-1] + (m * years) // max(items - 1, 1)
        level = np.searchsorted(cut, b * path[at] + rng.standard_normal(members))
        acts.append(np.stack([at, np.full(members, m), level]))
        slopes.append(b)
        cuts.append(cut)
    point, item, level = np.concatenate(acts, axis=1).astype(np.int64)
    panel = Panel(
        first=first, gap=gap, changes=changes, covariates=z, act_point=point, act_item=item, act_level=level,
        n_levels=np.array([cut.size + 1 for cut in cuts]),
    )  # fmt: skip
    truth = Truth(
        path=path, theta=path[first[1:] - 1], discrimination=np.array(slopes), cuts=cuts, effects=effects, sds=sds
    )
    return truth, panel


def sample_stances(
    level: Ints,
    n_levels: Ints,
    seed: int,
    *,
    kept: int = 2000,
    burn_in: int = 1000,
    chains: int = 4,
    prior: Prior = STATIC,
    threads: int | None = None,
) -> Posterior:
    """Sample the model without time or covariates from levels, (member, item), −1 where missing."""
    if level.ndim != 2 or level.shape[1] != n_levels.shape[0]:
        raise ModelError(
            f"responses of shape {level.shape} do not fit {n_levels.shape[0]} items", "give one column per item"
        )
    members = level.shape[0]
    at, item = np.nonzero(level >= 0)
    nothing = np.zeros(members)
    panel = Panel(
        first=np.arange(members + 1), gap=nothing, changes=nothing, covariates=np.empty((members, 0)),
        act_point=at.astype(np.int64), act_item=item.astype(np.int64), act_level=level[at, item].astype(np.int64),
        n_levels=n_levels.astype(np.int64),
    )  # fmt: skip
    return sample_panel(panel, seed, kept=kept, burn_in=burn_in, chains=chains, prior=prior, threads=threads)
