"""Sets of members that must move, as a table and as values."""

from __future__ import annotations

from collections.abc import Sequence

from shteg.estimates import Column, Table, Value
from shteg.pathways.answers.blocking_sets import LARGEST_SET, BlockingSets
from shteg.pathways.answers.frames import DRAWS, LABEL, MC_ERROR, STEP, WORLDS, YEAR, cells, make_table, share_columns
from shteg.pathways.forecast.values import share_value
from shteg.pathways.model.model import Model
from shteg.pathways.model.provenance import basis_of_step

BEST_SHOWN = 3
"""Sets of one size in the table: the best ones, and all those of the smallest size that do."""
EVERYONE = "all"


def sets_table(model: Model, found: Sequence[BlockingSets]) -> Table:
    """The best sets of each size, nobody and everyone."""
    rows = []
    for one in found:
        step, label = model.steps[one.step].id, basis_of_step(model, one.step).label
        for r, year in enumerate(model.report_years):
            smallest, needed = one.smallest(r), one.needed(r)
            for i in _shown(one, r):
                members = EVERYONE if i == len(one.sets) - 1 else " ".join(m for m in one.pool if m in one.sets[i])
                size = len(one.sets[i])
                what = "smallest" if i in smallest else "other"
                sure = "yes" if what == "smallest" and one.certain(size, r) else "no" if what == "smallest" else ""
                numbers = [*cells(one.shares, (i, r)), float(one.shares.mc_error[i, r]), needed]
                rows.append([step, year, size, members, *numbers, what, sure, one.draws, one.worlds, label])
    columns = (
        STEP,
        YEAR,
        Column(name="size", description="Number of members in the set.", unit="count"),
        Column(name="members", description="Members that always consent (ISO 3166-1 alpha-3); `all`: everyone."),
        *share_columns("probability", "Probability of the step if they always consent and all others are as they are"),
        MC_ERROR,
        Column(name="needed", description="What a set must reach: half of what everyone would add.", unit="share"),
        Column(name="what", description="`smallest`: no smaller set reaches it."),
        Column(name="certain", description="Whether members outside the search cannot do it with as few."),
        DRAWS,
        WORLDS,
        LABEL,
    )
    return make_table("blocking_sets", "Who must move", columns, ("step", "year", "members"), rows)


def _shown(one: BlockingSets, r: int) -> list[int]:
    chosen = {0, len(one.sets) - 1, *one.smallest(r)}
    for size in range(1, LARGEST_SET + 1):
        found = [i for i, members in enumerate(one.sets[:-1]) if len(members) == size]
        chosen |= set(sorted(found, key=lambda i: (-round(float(one.shares.mean[i, r]), 12), i))[:BEST_SHOWN])
    return sorted(chosen)


def set_values(model: Model, found: Sequence[BlockingSets]) -> list[Value]:
    """`blocker.everyone.…`, `blocker.without.…` and `blocker.set-size.…`, `blocker.best.<step>.<year>.<size>`."""
    values = []
    for one in found:
        step, basis = model.steps[one.step].id, basis_of_step(model, one.step)
        for r, year in enumerate(model.report_years):
            args, at = {"step": f"step:{step}", "year": str(year)}, f"{step}.{year}"
            values.append(
                share_value(
                    f"blocker.everyone.{at}", "everyone", args, one.shares, (len(one.sets) - 1, r), basis, "sets"
                )
            )
            for size in range(1, min(LARGEST_SET, len(one.pool)) + 1):
                more = {**args, "count": str(size)}
                name, best = f"blocker.best.{at}.{size}", (one.best(size, r), r)
                values.append(share_value(name, "best_set", more, one.shares, best, basis, "sets"))
            smallest = one.smallest(r)
            if not smallest:
                continue
            size = len(one.sets[smallest[0]])
            values.append(
                share_value(
                    f"blocker.without.{at}",
                    "without",
                    {**args, "count": str(size)},
                    one.shares,
                    (smallest[0], r),
                    basis,
                    "sets",
                )
            )
            values.append(
                Value(
                    id=f"blocker.set-size.{at}",
                    number=float(size),
                    unit="count",
                    decimals=0,
                    label=basis.label,
                    label_key="value.pathways.set_size",
                    label_args=args,
                    source_ids=basis.source_ids,
                    method="pathways#sets",
                    verified=basis.verified,
                )
            )
    return values
