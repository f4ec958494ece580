"""Which measures, of all in the case, can change when a step is reached."""

from __future__ import annotations

from collections.abc import Sequence

from shteg.pathways.model.model import Model
from shteg.pathways.model.provenance import ancestors


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
