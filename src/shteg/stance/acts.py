"""From dated acts to an ordered response matrix: which act counts for which member, and which does not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from shteg.evidence.case import Case
from shteg.evidence.records_facts import Act, Item

ItemStatus = Literal["used", "repeats", "no_levels", "no_acts", "one_level"]
"""`repeats`: the item only says again what another one says. `no_levels`: its values carry no order. `no_acts`: no
member has acted on it. `one_level`: all members who acted did the same, which says nothing about differences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemUse:
    """What became of one kind of act: whether it is used, and the number of members on each level."""

    item: str
    status: ItemStatus
    repeats: str | None
    level_counts: tuple[tuple[int, int], ...]
    n_members: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Responses:
    """Ordered responses of members to the items in use.

    `level` is (member, item): 0 = most against, up to `n_levels[item]` − 1, and −1 where the member has not acted.
    Levels that no member used are closed up, so that every level of an item in use has at least one member.
    `latest` holds, for every member and *every* item of the case, the latest act (also of items that are not used).
    """

    members: tuple[str, ...]
    items: tuple[str, ...]
    level: NDArray[np.int64]
    n_levels: NDArray[np.int64]
    case_levels: tuple[tuple[int, ...], ...]
    uses: tuple[ItemUse, ...]
    latest: Mapping[tuple[str, str], Act]

    def acts_in_use(self) -> tuple[Act, ...]:
        """The acts that made the estimates: by member, then by item, in the order of the case."""
        return tuple(
            self.latest[member, item]
            for row, member in enumerate(self.members)
            for column, item in enumerate(self.items)
            if self.level[row, column] >= 0
        )


def collect_responses(case: Case) -> Responses:
    """Build the response matrix of the members of the organisation.

    Only members are rows: the scale says how members differ, and acts of other states would change what its zero and
    its unit mean. Per member and item the latest act counts (of acts dated alike, the one further down in the file).
    On an item with levels, acts whose value has no level carry no stance and are passed over; so an absence is
    missing unless the case gives `absent` a level.
    """
    members = tuple(member.member for member in case.members)
    latest = latest_acts(case.acts, case.items, frozenset(members))
    uses: list[ItemUse] = []
    used: list[str] = []
    for item_id, item in case.items.items():
        use = _judge_item(item_id, item, members, latest)
        uses.append(use)
        if use.status == "used":
            used.append(item_id)
    level = np.full((len(members), len(used)), -1, dtype=np.int64)
    case_levels = tuple(
        tuple(
            sorted(
                {case.items[item].levels[latest[member, item].value] for member in members if (member, item) in latest}
            )
        )
        for item in used
    )
    for column, name in enumerate(used):
        closed_up = {value: place for place, value in enumerate(case_levels[column])}
        for row, member in enumerate(members):
            if (member, name) in latest:
                level[row, column] = closed_up[case.items[name].levels[latest[member, name].value]]
    level.setflags(write=False)
    return Responses(
        members=members,
        items=tuple(used),
        level=level,
        n_levels=np.array([len(levels) for levels in case_levels], dtype=np.int64),
        case_levels=case_levels,
        uses=tuple(uses),
        latest=latest,
    )


def latest_acts(
    acts: tuple[Act, ...], items: Mapping[str, Item], members: frozenset[str]
) -> dict[tuple[str, str], Act]:
    """Give the latest act of each member on each item: the one whose last possible day is latest."""
    latest: dict[tuple[str, str], Act] = {}
    for act in acts:
        item = items.get(act.item)
        if act.actor not in members or item is None or (item.levels and act.value not in item.levels):
            continue
        before = latest.get((act.actor, act.item))
        if before is None or (act.happened_on.last, act.happened_on.first) >= (
            before.happened_on.last,
            before.happened_on.first,
        ):
            latest[act.actor, act.item] = act
    return latest


def _judge_item(item_id: str, item: Item, members: tuple[str, ...], latest: Mapping[tuple[str, str], Act]) -> ItemUse:
    acts = [latest[member, item_id] for member in members if (member, item_id) in latest]
    levels = [item.levels[act.value] for act in acts] if item.levels else []
    status: ItemStatus
    if item.repeats is not None:
        status = "repeats"
    elif not item.levels:
        status = "no_levels"
    elif not acts:
        status = "no_acts"
    elif len(set(levels)) == 1:
        status = "one_level"
    else:
        status = "used"
    return ItemUse(
        item=item_id,
        status=status,
        repeats=item.repeats,
        level_counts=tuple((value, levels.count(value)) for value in sorted(set(levels))),
        n_members=len(acts),
    )


def choose_reference(case: Case, responses: Responses) -> str | None:
    """Choose the item on which a new act is foretold: the most recent status item that most members answered.

    Among the items in use of kind `status` (of any kind, if there is none) on which at least three quarters of the
    members acted (any number, if there is none): the one whose acts have the latest median day; ties go to the item
    with more acts, then to the one named first in the case.
    """
    candidates = [item for item in responses.items if case.items[item].kind == "status"] or list(responses.items)
    if not candidates:
        return None

    def days(item: str) -> list[int]:
        return sorted(
            responses.latest[member, item].happened_on.middle.toordinal()
            for member in responses.members
            if (member, item) in responses.latest
        )

    broad = [item for item in candidates if 4 * len(days(item)) >= 3 * len(responses.members)] or candidates
    return max(
        broad, key=lambda item: (days(item)[len(days(item)) // 2], len(days(item)), -responses.items.index(item))
    )
