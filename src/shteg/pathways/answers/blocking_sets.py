"""Smallest sets of members that must move: whose lasting consent alone would give half of what everyone's would."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Unpack

import numpy as np

from shteg.arrays import Floats
from shteg.estimates import Table, Value, column, quote, table_row
from shteg.pathways.answers.measure import DRAWS_USED, WORLDS_EACH, How, Moments, measure_enough
from shteg.pathways.forecast.shares import Shares, summarise_reached
from shteg.pathways.forecast.tables import LABEL, LOWER, MC_ERROR, MEAN, STEP, TINY, UPPER, YEAR, cell, label_of
from shteg.pathways.forecast.values import quote_shares
from shteg.pathways.model.model import Model, Scenario, resize
from shteg.pathways.model.provenance import Bases, Basis

POOL = 8
"""Members among whom sets are searched: those that matter most."""
LARGEST_SET = 5
PART = 0.5
"""Part of what everyone's consent would add that a set must reach."""
TIED = 1e-12
"""Probabilities that differ by less are the same: a set that reaches just what is needed does so on every machine."""
BEST_SHOWN = 3
"""Sets of one size in the table: the best ones, and all those of the smallest size that do."""
EVERYONE = "all"
DRAWS = 250
WORLDS = 160
"""The most for each draw."""


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
        return self._ranked(size, year)[0]

    def _ranked(self, size: int, year: int) -> list[int]:
        found = [i for i, one in enumerate(self.sets[:-1]) if len(one) == size]
        return sorted(found, key=lambda i: (-round(float(self.shares.mean[i, year]), 12), i))

    def shown(self, year: int) -> list[int]:
        """List nobody, everyone, the smallest sets that do, and the best sets of each size."""
        chosen = {0, len(self.sets) - 1, *self.smallest(year)}
        for size in range(1, LARGEST_SET + 1):
            chosen |= set(self._ranked(size, year)[:BEST_SHOWN])
        return sorted(chosen)

    def needed(self, year: int) -> float:
        """Give the probability that a set must reach by a report year."""
        nobody, everyone = float(self.shares.mean[0, year]), float(self.shares.mean[-1, year])
        return nobody + PART * (everyone - nobody)

    def smallest(self, year: int) -> list[int]:
        """List the sets of the smallest size that reach what is needed, best first; empty if none up to the limit."""
        if float(self.shares.mean[-1, year]) <= float(self.shares.mean[0, year]) + TIED:
            return []
        for size in range(1, LARGEST_SET + 1):
            ranked, needed = self._ranked(size, year), self.needed(year) - TIED
            if enough := [i for i in ranked if float(self.shares.mean[i, year]) >= needed]:
                return enough
        return []

    def certain(self, size: int, year: int) -> bool:
        """Tell whether no set with a member from outside the pool could do it with fewer, or as few, members."""
        return bool((self.bound[:size, year] < self.needed(year) - TIED).all())


def search_sets(
    model: Model,
    k: int,
    importance: Sequence[float],
    **how: Unpack[How],
) -> BlockingSets:
    """Simulate every set of the members that matter most as always consenting, on the same draws and worlds.

    Parameters
    ----------
    model : Model
    k : int
        Number of the step.
    importance : (member,)
        By which the pool is chosen; the bound shows whether a larger pool could give another answer.
    **how : How
        Threads, executor and progress.

    Returns
    -------
    BlockingSets
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

    def lay_out(moments: Moments, worlds: int) -> BlockingSets:
        shares = summarise_reached(moments.mean, worlds)
        bound = np.zeros((LARGEST_SET, len(limits)))
        for i, one in enumerate(smaller, start=searched):
            bound[len(one)] = np.maximum(bound[len(one)], shares.mean[i])
        kept = shares.take(range(searched))
        return BlockingSets(
            step=k, pool=pool, sets=(*sets, everyone), shares=kept, bound=bound, draws=sized.case.pathways.draws,
            worlds=worlds,
        )  # fmt: skip

    def told(moments: Moments, worlds: int) -> list[Shares]:
        found = lay_out(moments, worlds)
        return [found.shares.take(sorted({i for year in range(len(limits)) for i in found.shown(year)}))]

    searched = len(sets) + 1
    return lay_out(*measure_enough(sized, statistic, told, steps=(k,), **how))


@table_row
class SetOutcome:
    """The probability of a step by the end of a year if all members of a set always consent."""

    step: str = column(STEP, key=True)
    year: int = column(YEAR, "year", key=True)
    size: int = column("Number of members in the set.", "count")
    members: str = column("Members that always consent (ISO 3166-1 alpha-3); `all`: everyone.", key=True)
    probability: float = column(
        f"Probability of the step if they always consent and all others are as they are{MEAN}", "share"
    )
    low: float = column(LOWER, "share")
    high: float = column(UPPER, "share")
    mc_error: float = column(MC_ERROR, "share")
    needed: float = column("What a set must reach: half of what everyone would add.", "share")
    what: str = column("`smallest`: no smaller set reaches it.")
    certain: str = column("Whether members outside the search cannot do it with as few.")
    draws: int = column(DRAWS_USED, "count")
    worlds: int = column(WORLDS_EACH, "count")
    basis: Basis = column(LABEL, name="label", written=label_of)


def lay_out_sets(model: Model, bases: Bases, found: Sequence[BlockingSets]) -> list[SetOutcome]:
    """Lay out the best sets of each size, nobody and everyone, by step and year.

    Parameters
    ----------
    model : Model
    bases : Bases
        Of the model.
    found : sequence of BlockingSets
        One for each step.

    Returns
    -------
    list of SetOutcome
    """
    return [
        _outcome(model, bases, one, i, r)
        for one in found
        for r in range(len(model.report_years))
        for i in one.shown(r)
    ]  # fmt: skip


def _outcome(model: Model, bases: Bases, one: BlockingSets, i: int, r: int) -> SetOutcome:
    size, smallest = len(one.sets[i]), i in one.smallest(r)
    return SetOutcome(
        step=model.steps[one.step].id, year=model.report_years[r], size=size,
        members=EVERYONE if i == len(one.sets) - 1 else " ".join(m for m in one.pool if m in one.sets[i]),
        **cell(one.shares, (i, r), "probability", error="mc_error"), needed=one.needed(r),
        what="smallest" if smallest else "other",
        certain=("yes" if one.certain(size, r) else "no") if smallest else "",
        draws=one.draws, worlds=one.worlds, basis=bases.steps[one.step],
    )  # fmt: skip


def sets_table(rows: Iterable[SetOutcome]) -> Table:
    """The best sets of each size, nobody and everyone."""
    return Table.of("blocking_sets", "Who must move", SetOutcome, rows, tiny=TINY)


def _named(row: SetOutcome) -> dict[str, str]:
    """Say which members the value is about, so that a text may ask whether it still names them."""
    return {"members": ",".join(sorted(row.members.split()))}


def set_values(model: Model, bases: Bases, found: Sequence[BlockingSets]) -> list[Value]:
    """Give `blocker.everyone.…`, `blocker.best.<step>.<year>.<size>`, `blocker.without.…` and `blocker.set-size.…`.

    Parameters
    ----------
    model : Model
    bases : Bases
        Of the model.
    found : sequence of BlockingSets
        One for each step.

    Returns
    -------
    list of Value
        By step, then by report year; those of a set name its members in `details`.
    """
    values: list[Value] = []
    by = {"step": "step:{step}", "year": "{year}"}
    sized, end = {**by, "count": "{size}"}, "{step}.{year}"
    for one in found:
        for r in range(len(model.report_years)):
            best = [one.best(size, r) for size in range(1, min(LARGEST_SET, len(one.pool)) + 1)]
            chosen = [len(one.sets) - 1, *best, *one.smallest(r)[:1]]
            everyone, *rows = (_outcome(model, bases, one, i, r) for i in chosen)
            best_rows, without = rows[: len(best)], rows[len(best) :]
            values += quote_shares([everyone], f"blocker.everyone.{end}", "probability", "everyone", by, "sets")
            values += quote_shares(
                best_rows, f"blocker.best.{end}.{{size}}", "probability", "best_set", sized, "sets", details=_named
            )  # fmt: skip
            values += quote_shares(
                without, f"blocker.without.{end}", "probability", "without", sized, "sets", details=_named
            )  # fmt: skip
            values += quote(
                without, id=f"blocker.set-size.{end}", number=lambda row: float(row.size), unit="count",
                label="{basis.label}", label_key="value.pathways.set_size", label_args=by,
                sources=lambda row: row.basis.source_ids, method="pathways#sets",
                verified=lambda row: row.basis.verified,
            )  # fmt: skip
    return values
