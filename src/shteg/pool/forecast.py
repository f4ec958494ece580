"""From the results of the stages before to the pool: which part foretells what, with which weight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from shteg.accession.history.risk_spells import first_reached
from shteg.errors import ModelError
from shteg.estimates import Draws, Label, StageResult
from shteg.evaluation.models import PARTS, PATHWAYS
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step
from shteg.pool.mixture import Mixed, Part, mix, weights_spoken

SEPARATOR = "|"
FORECAST = "forecast"
"""Name of the draws of the pathways."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pool:
    """The pool of a case: its steps and years, the parts behind it, the mixture, and what was taken already.

    `follows[k]` is the recorded step whose forecast the parts that know recorded steps only give for step k: itself,
    or the next that rests on it; empty for a step beside the ladder.
    """

    steps: tuple[Step, ...]
    years: tuple[int, ...]
    parts: tuple[Part, ...]
    mixed: Mixed
    follows: tuple[str, ...]
    taken: frozenset[str]
    labels: Mapping[str, Label]
    sources: Mapping[str, tuple[str, ...]]

    def spoken(self, k: int) -> list[int]:
        """List the places of the parts that a step's forecast is mixed from."""
        return [at for at in range(len(self.parts)) if self.mixed.weights[k, at] > 0.0]

    def alone(self, k: int) -> bool:
        """Tell whether a step not yet taken rests on one part alone."""
        return len(self.spoken(k)) == 1 and self.steps[k].id not in self.taken


def build_pool(case: Case, evaluation: StageResult, pathways: StageResult) -> Pool:
    """Mix the parts of the forecast of every step.

    Parameters
    ----------
    case : Case
    evaluation : StageResult
        With the draws of the parts that it computes, and the table `pool_weights`, where the case records steps.
    pathways : StageResult
        With draws `forecast`, (draw, "step|year").

    Returns
    -------
    Pool

    Raises
    ------
    ModelError
        A part gives no forecast of a year that the simulation has.
    """
    simulated = pathways.draws[FORECAST]
    columns = [tuple(unit.split(SEPARATOR)) for unit in simulated.units]
    years = tuple(sorted({int(year) for _, year in columns}))
    named = {step.id: step for step in case.steps}
    steps = _in_order([named[name] for name in dict.fromkeys(step for step, _ in columns)])
    reached = first_reached(case)
    taken = frozenset(step.id for step in steps if (case.header.aspirant, step.id) in reached)
    follows = tuple(_followed(step, steps) for step in steps)
    sources = {name: draws for name, draws in evaluation.draws.items() if name in PARTS} | {PATHWAYS: simulated}
    parts = tuple(
        _part(name, sources[name], steps, years, follows if name != PATHWAYS else tuple(step.id for step in steps))
        for name in PARTS
        if name in sources
    )
    weights = _learnt_weights(evaluation)
    own = [weights.get(f"step:{name}", {}) if name else {} for name in follows]
    spoken = weights_spoken(parts, [{PATHWAYS: 1.0} if step.id in taken or not one else one
                                    for step, one in zip(steps, own, strict=True)])  # fmt: skip
    place = {step.id: k for k, step in enumerate(steps)}
    before = [
        [place[name] for name in (step.prerequisites if step.id not in taken else ()) if name in place]
        for step in steps
    ]
    return Pool(
        steps=steps,
        years=years,
        parts=parts,
        mixed=mix(parts, spoken, before),
        follows=follows,
        taken=taken,
        labels={name: draws.label for name, draws in sources.items()},
        sources={name: draws.source_ids for name, draws in sources.items()},
    )


def _in_order(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Put every step behind those it rests on."""
    left = list(steps)
    found: list[Step] = []
    while left:
        waiting = {step.id for step in left}
        ready = [step for step in left if not waiting & set(step.prerequisites)]
        found += ready
        left = [step for step in left if step not in ready]
    return tuple(found)


def _followed(step: Step, steps: Sequence[Step]) -> str:
    """Name the recorded step that tells of this one: itself, or the lowest recorded one that rests on it."""
    if step.events:
        return step.id
    resting = {step.id}
    for later in steps:  # each behind those it rests on
        if resting & set(later.prerequisites):
            if later.events:
                return later.id
            resting.add(later.id)
    return ""


def _part(name: str, draws: Draws, steps: Sequence[Step], years: Sequence[int], follows: Sequence[str]) -> Part:
    column = {unit: at for at, unit in enumerate(draws.units)}
    known = {unit.partition(SEPARATOR)[0] for unit in draws.units}
    curves = np.zeros((len(draws.values), len(steps), len(years)))
    for k, followed in enumerate(follows):
        if followed not in known:
            continue
        units = [SEPARATOR.join((followed, str(year))) for year in years]
        if missing := [unit for unit in units if unit not in column]:
            raise ModelError(
                f"part {name} gives no forecast of {missing[0]}",
                "all parts of the pool must foretell the same years",
                "pool",
            )
        curves[:, k] = draws.values[:, [column[unit] for unit in units]]
    return Part(name=name, curves=curves, speaks=tuple(followed in known for followed in follows))


def _learnt_weights(evaluation: StageResult) -> dict[str, dict[str, float]]:
    """Give the weights of the published pool, part of the table → model → weight."""
    found: dict[str, dict[str, float]] = {}
    if "pool_weights" in evaluation.tables:
        for row in evaluation.tables["pool_weights"].frame.iter_rows(named=True):
            found.setdefault(row["part"], {})[row["model"]] = float(row["weight"])
    return found
