"""What the answers are about: the first rung ahead that the members decide on, and the last rung of the ladder."""

from __future__ import annotations

from collections.abc import Sequence

from shteg.evidence.records.case import Step
from shteg.pathways.model.model import Model
from shteg.pathways.model.provenance import ancestors


def first_unanimity_step(steps: Sequence[Step]) -> Step:
    """Give the lowest rung above 0 that every member must consent to.

    Where no rung asks for every member, the lowest that members vote on by another rule; without one, the first step
    beside the ladder that every member must consent to, or the first step. Rung 0 holds programmes beside the ladder,
    which a country can join without ever climbing it.
    """
    voted = [step for step in steps if step.rule != "none" and not step.ratified]
    unanimous = [step for step in voted if step.rule == "all"]
    rungs = [step for step in unanimous if step.rung > 0] or [step for step in voted if step.rung > 0]
    return min(rungs or unanimous or list(steps), key=lambda step: step.rung)


def final_step(steps: Sequence[Step]) -> Step:
    """Give the highest rung; of several, the last in the case."""
    return max(reversed(steps), key=lambda step: step.rung)


def target_steps(model: Model) -> list[int]:
    """List the steps (by number) that answers are given for: the first unanimity step ahead and the last rung."""
    ahead = [step for step, taken in zip(model.steps, model.structure.reached, strict=True) if not taken]
    chosen = dict.fromkeys((first_unanimity_step(ahead or model.steps).id, final_step(model.steps).id))
    return [k for name in chosen for k, step in enumerate(model.steps) if step.id == name]


def touching_measures(model: Model, k: int) -> list[str]:
    """List the measures that can change when a step is reached, in the order of the case; the others never can."""
    return [
        measure.id
        for measure in model.case.recommendations.measures
        if any(_touches(model, effect.target, ancestors(model, k)) for effect in measure.effects)
    ]


def _touches(model: Model, target: str, path: Sequence[int]) -> bool:
    """Tell whether a parameter is on the way; what is not known to be beside it counts as on it."""
    still = [i for i in path if not model.structure.reached[i]]
    asked = [i for i in still if not model.steps[i].ratified and model.steps[i].rule != "none"]
    kind, _, rest = target.partition(".")
    if kind == "step":
        return rest.rpartition(".")[0] in {model.steps[i].id for i in still}
    if kind == "area":
        return rest.rpartition(".")[0] in {area for i in still for area in model.steps[i].requirement_areas}
    if target.startswith("consent.member."):
        member = target.removeprefix("consent.member.")
        if member not in model.members:
            return True
        j = model.members.index(member)
        return any(bool(model.structure.eligible[i, j]) for i in asked)
    if kind == "consent":
        return bool(asked)
    if kind == "settlement":
        return any(bool(model.structure.moves[model.structure.eligible[i]].any()) for i in asked)
    return bool(still)
