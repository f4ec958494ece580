"""Disclosure between nested groupings: the hidden parts of a shown domain, taken together."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from shteg.arrays import Bools
from shteg.survey.one_pass.domains import ALL

Column = tuple[str, str]
"""Grouping variable, domain."""


def hide_in_crossings(
    reasons: dict[Column, str], members: Mapping[Column, Bools], fewest: int, fixed: Collection[Column] = ()
) -> None:
    """Hide further domains until those hidden inside any shown one number `fewest` together.

    A domain such as "women" shown beside "north × women" …, or a region beside its districts, tells how its hidden
    parts answered together.

    Parameters
    ----------
    reasons : dict of column to reason
        What is hidden; grows.
    members : mapping of column to (n,) bool
        Respondents of each domain who answered.
    fewest : int
    fixed : collection of column
        Domains of tables that were printed earlier: as they are.
    """
    sizes = {column: int(one.sum()) for column, one in members.items()}
    families = _families(members, sizes)
    changed = True
    while changed:
        changed = False
        for parent, children in families:
            if parent in reasons:
                continue
            bases = [sizes[one] for one in children if one in reasons]
            if (rest := sizes[parent] - sum(sizes[one] for one in children)) > 0:
                bases.append(rest)
            if not bases or (sum(bases) >= fewest and (len(bases) > 1 or min(bases) >= fewest)):
                continue
            free = sorted(
                (one for one in children if one not in reasons and one not in fixed), key=lambda one: (sizes[one], one)
            )
            choice = free or ([parent] if parent not in fixed and parent[0] != ALL else [])
            if choice:
                reasons[choice[0]] = "complementary"
                changed = True


def _families(members: Mapping[Column, Bools], sizes: Mapping[Column, int]) -> list[tuple[Column, list[Column]]]:
    """Domains, each with the domains of another grouping that lie within it; the whole sample is not among them."""
    columns = [column for column in members if column[0] != ALL and sizes[column] > 0]
    if not columns:
        return []
    kinds, counts = np.unique(np.stack([members[one] for one in columns], axis=1), axis=0, return_counts=True)
    inside = kinds.astype(float)
    common = inside.T @ (inside * counts[:, None])
    found = []
    for place, parent in enumerate(columns):
        by_variable: dict[str, list[Column]] = {}
        for other, child in enumerate(columns):
            if child[0] != parent[0] and common[place, other] == sizes[child]:
                by_variable.setdefault(child[0], []).append(child)
        found += [(parent, children) for children in by_variable.values()]
    return found
