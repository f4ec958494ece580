"""Where a candidate stands: the ways up the ladder that are open to it, and who holds it up on the first day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shteg.accession.history.risk_spells import first_reached
from shteg.accession.ladder.person_period import fitted_steps, seeks_now, skipping_prerequisites
from shteg.accession.ladder.rung_kernel import REGULAR, SKIPPED
from shteg.accession.ladder.rungs import open_to
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step

ROOT = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step on one way up: `parent` is the number of the node taken before it, ROOT where the country stands.

    `skipped` where a prerequisite is done without; `elapsed` the years it has been open on the first day; `name` tells
    the whole way, so that each way has random numbers of its own.
    """

    step: Step
    parent: int
    skipped: bool
    elapsed: float
    name: str

    @property
    def ratified(self) -> bool:
        """Whether the members' ratifications are the consent."""
        return self.step.ratified


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenObjection:
    """An objection that is open on the as-of day: by whom, to which step, on what rung that is.

    One to a step that members ratify is a ratification held up, and over with it.
    """

    member: str
    step: str
    rung: int
    ratified: bool
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A candidate on the as-of day.

    `nodes` are the ways up, parents before children; of the nodes with one parent the first to come about excludes the
    others, as a country on a higher rung passes over what lies below. `rung` is the highest ever reached; `ratified_by`
    the members whose ratification is on record while those of others are awaited.
    """

    country: str
    nodes: tuple[Node, ...]
    rung: int
    seeks: bool
    objections: tuple[OpenObjection, ...]
    ratified_by: frozenset[str]


def find_standing(known: Case, country: str) -> Standing:
    """Find where a candidate stands.

    Parameters
    ----------
    known : Case
        As of the origin.
    country : str
        ISO 3166-1 alpha-3, on the ladder.

    Returns
    -------
    Standing
    """
    steps = fitted_steps(known)
    stands, ways, elapsed = open_to(known, country)
    reached, today = first_reached(known), known.header.as_of
    rungs = [s.rung for s in steps if (country, s.id) in reached and reached[country, s.id].middle <= today]
    first = [
        Node(step=step, parent=ROOT, skipped=way == SKIPPED, elapsed=float(years), name=step.id)
        for step, way, years in zip(steps, ways, elapsed, strict=True)
        if way
    ]
    nodes: list[Node] = []
    _grow(known, _there(steps, known), first, nodes)
    signed = stands > 0 and any(node.ratified for node in first)
    return Standing(
        country=country,
        nodes=tuple(nodes),
        rung=max(rungs, default=0),
        seeks=seeks_now(known, country),
        objections=open_objections(known, country),
        ratified_by=frozenset(one.member for one in known.ratifications if one.candidate == country)
        if signed
        else frozenset(),
    )


def _there(steps: Sequence[Step], known: Case) -> tuple[Step, ...]:
    """Give the steps that exist: nobody is on the way to one that does not yet."""
    today = known.header.as_of
    return tuple(step for step in steps if step.existed_from is None or step.existed_from.middle <= today)


def _grow(known: Case, steps: Sequence[Step], level: Sequence[Node], nodes: list[Node]) -> None:
    """Add nodes and, for each, what comes after it."""
    for node in level:
        at = len(nodes)
        nodes.append(node)
        after = []
        for step in steps:
            way = _way(known, steps, step, node.step.rung) if step.rung > node.step.rung else 0
            if way:
                name = f"{node.name}>{step.id}"
                after.append(Node(step=step, parent=at, skipped=way == SKIPPED, elapsed=0.0, name=name))
        _grow(known, steps, after, nodes)


def _way(known: Case, steps: Sequence[Step], step: Step, rung: int) -> int:
    """Tell how a step is open from a rung: as those before are met, with one skipped, or not."""
    there = {one.id: one for one in steps}
    recorded = {one.id: one for one in known.steps}

    def met(name: str) -> bool:
        if name in there:
            return there[name].rung <= rung
        return all(met(before) for before in recorded[name].prerequisites) if name in recorded else True

    if all(met(name) for name in step.prerequisites):
        return REGULAR
    instead = skipping_prerequisites(known, step)
    return SKIPPED if instead is not None and all(met(name) for name in instead) else 0


def open_objections(known: Case, country: str) -> tuple[OpenObjection, ...]:
    """List the objections of members to a candidate of the case's own organisation that are open on the as-of day."""
    today, members = known.header.as_of, {one.member for one in known.members}
    steps = {step.id: step for step in known.steps}
    found = {
        OpenObjection(
            member=one.member,
            step=one.step,
            rung=steps[one.step].rung,
            ratified=steps[one.step].ratified,
            ground=one.ground,
        )
        for one in known.own_objections
        if one.candidate == country
        and one.member in members
        and one.step in steps
        and one.began.middle <= today
        and (one.ended is None or one.ended.middle > today)
    }
    return tuple(sorted(found, key=lambda one: (one.member, one.rung, one.step, one.ground)))


def resolve(standing: Standing, times: np.ndarray) -> dict[str, np.ndarray]:
    """Tell when each step is taken, given when each node would come about by itself.

    Parameters
    ----------
    standing : Standing
    times : (draw, world, node) float
        Years; what does not come about has more than any horizon.

    Returns
    -------
    dict
        Step → (draw, world) years, infinity where it is not taken.
    """
    shape = times.shape[:2]
    active = [np.zeros(shape, dtype=bool) for _ in standing.nodes]
    found = {node.step.id: np.full(shape, np.inf) for node in standing.nodes}
    children: dict[int, list[int]] = {}
    for number, node in enumerate(standing.nodes):
        children.setdefault(node.parent, []).append(number)
    for parent in sorted(children):
        group = children[parent]
        there = np.ones(shape, dtype=bool) if parent == ROOT else active[parent]
        first = times[..., group].argmin(axis=-1)
        for place, number in enumerate(group):
            active[number] = there & (first == place)
            step = standing.nodes[number].step.id
            found[step] = np.where(active[number], times[..., number], found[step])
    return found
