"""Shares of groups of commitments: what is done, beside what is done with every stage counted by its weight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from shteg.estimates import column, table_row
from shteg.tracker.standing import STATUSES, Followed, Status

Scope = Literal["all", "kind", "area", "addressee"]
ALL = "all"
GROUPS: dict[Scope, Callable[[Followed], str]] = {
    "all": lambda one: ALL,
    "kind": lambda one: one.commitment.kind,
    "area": lambda one: one.commitment.area,
    "addressee": lambda one: one.commitment.addressee,
}


@table_row
class Share:
    """How far a group of commitments has come."""

    scope: Scope = column("What the group is made by: all, kind, area or addressee.", key=True)
    group: str = column("Id of the group; `all` for all.", key=True)
    commitments: int = column("Commitments that are followed.", "count")
    completed_share: float = column("Share of them that is complete.", "share")
    weighted_share: float = column("Mean part of the whole that is done, by the weight of the stage reached.", "share")
    no_evidence: int = column("Commitments on which there is no evidence.", "count")
    not_started: int = column("Commitments that are not started.", "count")
    early: int = column("Commitments that are early in their life cycle.", "count")
    advanced: int = column("Commitments that are advanced.", "count")
    complete: int = column("Commitments that are complete.", "count")
    reversed: int = column("Commitments that were taken back, or fell behind what had been reached.", "count")
    overdue: int = column("Commitments whose last day has passed and that are not complete.", "count")


def count_shares(followed: Sequence[Followed]) -> list[Share]:
    """Give the shares of all commitments and of each group, groups in the order of their first commitment."""
    found = []
    for scope, group_of in GROUPS.items():
        groups: dict[str, list[Followed]] = {}
        for one in followed:
            groups.setdefault(group_of(one), []).append(one)
        found += [share_of(scope, group, inside) for group, inside in groups.items()]
    return found


def share_of(scope: Scope, group: str, inside: Sequence[Followed]) -> Share:
    """Give the shares of one group.

    Parameters
    ----------
    scope : Scope
        What the group is made by.
    group : str
        Its id.
    inside : sequence of Followed
        Its commitments, at least one.

    Returns
    -------
    Share
        What is complete weighs 1 and nothing weighs more, so that the first share is never above the second.
    """
    number = len(inside)
    counts: dict[Status, int] = {status: _count(inside, status) for status in STATUSES}
    done = counts["complete"]
    return Share(
        scope=scope, group=group, commitments=number, completed_share=done / number,
        weighted_share=(done + sum(sorted(one.weight for one in inside if one.status != "complete"))) / number,
        overdue=sum(one.timeliness == "overdue" for one in inside), **counts,
    )  # fmt: skip


def _count(inside: Iterable[Followed], status: Status) -> int:
    return sum(one.status == status for one in inside)
