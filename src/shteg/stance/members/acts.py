"""From dated acts to ordered responses: which act counts for which member, and which does not, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from shteg.evidence.case import Case
from shteg.evidence.records.facts import Act, Item

ItemStatus = Literal["used", "repeats", "no_levels", "no_acts", "one_level"]
"""`repeats`: the item only says again what another one says. `no_levels`: its values carry no order. `no_acts`: no
member has acted on it. `one_level`: all members who acted did the same, which says nothing about differences."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemUse:
    """What became of one kind of act: whether it is used, and how many of the acts that count are on each level."""

    item: str
    status: ItemStatus
    repeats: str | None
    level_counts: tuple[tuple[int, int], ...]
    n_members: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One act that counts: member, item, the place of its level among the levels of the item, and the day."""

    member: str
    item: str
    level: int
    day: date
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Responses:
    """Acts of the members that count.

    `responses` are sorted by member, item and day. `case_levels` holds the levels of each item in use as the case
    numbers them, all that it declares. `latest` holds, for every member and *every* item of the case, the latest act;
    `acts` are those of everybody, votes on the membership of the aspirant elsewhere among them.
    """

    members: tuple[str, ...]
    items: tuple[str, ...]
    case_levels: tuple[tuple[int, ...], ...]
    responses: tuple[Response, ...]
    uses: tuple[ItemUse, ...]
    latest: Mapping[tuple[str, str], Act]
    acts: tuple[Act, ...]

    def acts_in_use(self) -> tuple[Act, ...]:
        """The acts that made the estimates: by member, then by item, in the order of the case, then by day."""
        return tuple(response.act for response in self.responses)


def collect_responses(case: Case) -> Responses:
    """Choose the acts of the members of the organisation that count.

    Only members are rows: the scale says how members differ, and acts of other states would change what its zero and
    its unit mean. On an item with levels, acts whose value has no level carry no stance and are passed over; so an
    absence is missing unless the case gives `absent` a level.
    """
    members = tuple(member.member for member in case.members)
    acts = case.public_acts
    filed = file_acts(acts, case.items, frozenset(members))
    latest = {key: acts[-1] for key, acts in filed.items()}
    counted = {key: changes_of_level(acts, case.items[key[1]]) for key, acts in filed.items()}
    uses = tuple(_judge_item(name, item, members, counted) for name, item in case.items.items())
    used = tuple(use.item for use in uses if use.status == "used")
    case_levels = tuple(tuple(sorted(set(case.items[name].levels.values()))) for name in used)
    responses = tuple(
        Response(
            member=member,
            item=name,
            level=levels.index(case.items[name].levels[act.value]),
            day=min(act.happened_on.middle, case.header.as_of),
            act=act,
        )
        for member in members
        for name, levels in zip(used, case_levels, strict=True)
        for act in counted.get((member, name), ())
    )
    return Responses(
        members=members, items=used, case_levels=case_levels, responses=responses, uses=uses, latest=latest, acts=acts
    )


def file_acts(
    acts: tuple[Act, ...], items: Mapping[str, Item], members: frozenset[str]
) -> dict[tuple[str, str], tuple[Act, ...]]:
    """File acts under (member, item), in order of their last possible day; one act for each date.

    Of acts dated alike the one with the better grade counts, and of equal grades the more reluctant: the order of the
    rows in the file means nothing.

    Parameters
    ----------
    acts : tuple of Act
        Of anybody.
    items : mapping of str to Item
        Of the case.
    members : frozenset of str
        Whose acts are filed.

    Returns
    -------
    dict
        (member, item) → acts by date.
    """
    filed: dict[tuple[str, str], dict[tuple[date, date], list[Act]]] = {}
    for act in acts:
        item = items.get(act.item)
        if act.actor in members and item is not None and (not item.levels or act.value in item.levels):
            when = (act.happened_on.last, act.happened_on.first)
            filed.setdefault((act.actor, act.item), {}).setdefault(when, []).append(act)

    def trust(act: Act) -> tuple[str, int, str]:
        return act.grade, items[act.item].levels.get(act.value, 0), act.value

    return {key: tuple(min(days[when], key=trust) for when in sorted(days)) for key, days in filed.items()}


def changes_of_level(acts: Sequence[Act], item: Item) -> tuple[Act, ...]:
    """Keep the acts at which the level changes: a standing state that is reported again is no new act."""
    if not item.levels:
        return ()
    kept: list[Act] = []
    for act in acts:
        if not kept or item.levels[kept[-1].value] != item.levels[act.value]:
            kept.append(act)
    return tuple(kept)


def _judge_item(
    item_id: str, item: Item, members: tuple[str, ...], counted: Mapping[tuple[str, str], tuple[Act, ...]]
) -> ItemUse:
    acts = [act for member in members for act in counted.get((member, item_id), ())]
    levels = [item.levels[act.value] for act in acts]
    n_members = sum((member, item_id) in counted for member in members)
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
        n_members=n_members,
    )


def answered_broadly(responses: Responses, item: str) -> bool:
    """Whether at least three quarters of the members acted on an item."""
    acted = {response.member for response in responses.responses if response.item == item}
    return 4 * len(acted) >= 3 * len(responses.members)


def middle_day(responses: Responses, item: str) -> date:
    """Give the median day of the acts on an item in use (the later of two)."""
    days = sorted(response.day for response in responses.responses if response.item == item)
    return days[len(days) // 2]


def choose_reference(case: Case, responses: Responses) -> str | None:
    """Choose the item on which a new act is foretold: the most recent status item that most members answered.

    Among the items in use of kind `status` (of any kind, if there is none) on which at least three quarters of the
    members acted (any number, if there is none): the one whose acts have the latest median day; ties go to the item
    with more acts, then to the one named first in the case.
    """
    candidates = [item for item in responses.items if case.items[item].kind == "status"] or list(responses.items)
    if not candidates:
        return None
    acts = [response.item for response in responses.responses]
    broad = [item for item in candidates if answered_broadly(responses, item)] or candidates
    return max(
        broad, key=lambda item: (middle_day(responses, item), acts.count(item), -responses.items.index(item))
    )  # fmt: skip


def absence_as_level(case: Case, responses: Responses) -> Responses:
    """Take an absence on record for reluctance, where the member never acted on the item otherwise.

    An absence on record is an act whose value has no level. It counts on the lowest level but one (an abstention,
    where there is one); on an item with two levels on a new level between them. A member without any row is left out
    as before: it may have had no vote.
    """
    levels: list[tuple[int, ...]] = []
    added: list[Response] = []
    raised: set[str] = set()
    acted = {(response.member, response.item) for response in responses.responses}
    for item, numbers in zip(responses.items, responses.case_levels, strict=True):
        silent: dict[str, Act] = {}
        for act in sorted(responses.acts, key=lambda act: (act.happened_on, act.grade, act.value)):
            if act.item == item and act.actor in responses.members and (act.actor, item) not in acted:
                silent[act.actor] = act
        if silent and len(numbers) == 2:
            raised.add(item)
            numbers = (numbers[0], numbers[0], numbers[1])
        levels.append(numbers)
        added += [
            Response(member=member, item=item, level=1, day=min(act.happened_on.middle, case.header.as_of), act=act)
            for member, act in silent.items()
        ]
    moved = [replace(one, level=2 * one.level) if one.item in raised else one for one in responses.responses]
    place = {member: row for row, member in enumerate(responses.members)}
    column = {item: number for number, item in enumerate(responses.items)}
    every = sorted([*moved, *added], key=lambda one: (place[one.member], column[one.item], one.day))
    return replace(responses, case_levels=tuple(levels), responses=tuple(every))
