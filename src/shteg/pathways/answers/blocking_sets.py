"""Smallest sets of members that must move: whose lasting consent alone would give half of what everyone's would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from shteg.chunks import Executor, Progress
from shteg.pathways.answers.measure import measure_worlds, resize
from shteg.pathways.forecast.shares import Shares, summarise_reached
from shteg.pathways.model.arrays import Floats
from shteg.pathways.model.model import Model, Scenario

POOL = 8
"""Members among whom sets are searched: those that matter most."""
LARGEST_SET = 5
PART = 0.5
"""Part of what everyone's consent would add that a set must reach."""
TIED = 1e-12
"""Probabilities that differ by less are the same: a set that reaches just what is needed does so on every machine."""
DRAWS = 250
WORLDS = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BlockingSets:
    """Probability of a step at each report year if all members of a set always consent; axes (set, report year).

    `sets` begins with nobody and ends with everyone; between them are all sets of the pool up to `LARGEST_SET`,
    smaller first. `bound` is the most that a set of the same size could reach with a member from outside the pool.
    """

    step: int
    pool: tuple[str, ...]
    sets: tuple[frozenset[str], ...]
    shares: Shares
    bound: Floats
    draws: int
    worlds: int

    def best(self, size: int, year: int) -> int:
        """Give the number of the set of this size that reaches most by a report year (by number)."""
        found = [i for i, one in enumerate(self.sets[:-1]) if len(one) == size]
        return max(found, key=lambda i: (round(float(self.shares.mean[i, year]), 12), -i))

    def needed(self, year: int) -> float:
        """Give the probability that a set must reach by a report year."""
        nobody, everyone = float(self.shares.mean[0, year]), float(self.shares.mean[-1, year])
        return nobody + PART * (everyone - nobody)

    def smallest(self, year: int) -> list[int]:
        """List the sets of the smallest size that reach what is needed, best first; empty if none up to the limit."""
        if float(self.shares.mean[-1, year]) <= float(self.shares.mean[0, year]) + TIED:
            return []
        for size in range(1, LARGEST_SET + 1):
            enough = [
                i
                for i, one in enumerate(self.sets[:-1])
                if len(one) == size and float(self.shares.mean[i, year]) >= self.needed(year) - TIED
            ]
            if enough:
                return sorted(enough, key=lambda i: (-round(float(self.shares.mean[i, year]), 12), i))
        return []

    def certain(self, size: int, year: int) -> bool:
        """Tell whether no set with a member from outside the pool could do it with fewer, or as few, members."""
        return bool((self.bound[:size, year] < self.needed(year) - TIED).all())


def search_sets(
    model: Model,
    k: int,
    importance: Sequence[float],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    executor: Executor | None = None,
) -> BlockingSets:
    """Simulate every set of the members that matter most as always consenting, on the same draws and worlds.

    Parameters
    ----------
    importance : (member,)
        By which the pool is chosen; the bound shows whether a larger pool could give another answer.
    """
    eligible = [j for j in range(len(model.members)) if model.structure.eligible[k, j]]
    ranked = sorted(eligible, key=lambda j: (-round(float(importance[j]), 12), j))
    pool = tuple(model.members[j] for j in ranked[:POOL])
    outside = frozenset(model.members[j] for j in ranked[POOL:])
    sets = [frozenset(one) for size in range(LARGEST_SET + 1) for one in combinations(pool, size)]
    everyone = frozenset(model.members[j] for j in eligible)
    smaller = [one for one in sets if outside and len(one) < LARGEST_SET]
    scenarios = [
        Scenario(name=f"set {i}", measures=model.scenarios[0].measures, always=one)
        for i, one in enumerate([*sets, everyone, *(one | outside for one in smaller)])
    ]
    sized = resize(model, scenarios, DRAWS, WORLDS)
    limits = model.structure.year_times[model.structure.report_index]

    def statistic(paths: Floats) -> Floats:
        return (paths <= limits).astype(np.float64)

    moments = measure_worlds(sized, statistic, steps=(k,), threads=threads, progress=progress, executor=executor)
    shares = summarise_reached(moments.mean, sized.case.pathways.worlds_per_draw)
    bound = np.zeros((LARGEST_SET, len(limits)))
    for i, one in enumerate(smaller, start=len(sets) + 1):
        bound[len(one)] = np.maximum(bound[len(one)], shares.mean[i])
    kept = slice(0, len(sets) + 1)
    return BlockingSets(
        step=k,
        pool=pool,
        sets=(*sets, everyone),
        shares=Shares(
            draws=shares.draws[:, kept],
            mean=shares.mean[kept],
            low=shares.low[kept],
            high=shares.high[kept],
            mc_error=shares.mc_error[kept],
        ),
        bound=bound,
        draws=sized.case.pathways.draws,
        worlds=sized.case.pathways.worlds_per_draw,
    )
