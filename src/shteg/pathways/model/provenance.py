"""What a number rests on: parameters, draws and their sources, and the weakest label among them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from shteg.estimates import LABELS, Label
from shteg.pathways.model.checks import free_episode_rates
from shteg.pathways.model.model import Model, Scenario, rate_source


@dataclass(frozen=True, slots=True)
class Basis:
    """The weakest label and all sources of what a number rests on; `verified` if every source was read."""

    label: Label
    source_ids: tuple[str, ...]
    verified: bool


def weakest(labels: Iterable[Label]) -> Label:
    """Give the label that says least: a chain is as strong as its weakest link."""
    return max(labels, key=LABELS.index)


def ancestors(model: Model, k: int) -> list[int]:
    """List a step and all steps before it, in order."""
    found = {k}
    for i in reversed([int(i) for i in model.structure.step_order]):
        if i in found:
            found |= {j for j in range(len(model.steps)) if model.structure.prerequisite[i, j]}
    return sorted(found)


def parameters_behind(model: Model, k: int) -> list[str]:
    """Name the parameters of the case that can change when a step is reached."""
    pathways, names = model.case.pathways, set()
    for i in ancestors(model, k):
        step = model.steps[i]
        if model.structure.reached[i]:
            continue
        names |= {name for area in step.requirement_areas for name in model.named if name.startswith(f"area.{area}.")}
        names |= {name for name in model.named if name.startswith("withdrawal.")}
        if i != k:  # a step lost again holds up those that rest on it
            names |= {f"reversal.{step.id}"} & set(model.named)
        if step.ratified:
            continue
        names |= {name for shock in pathways.shocks for name in model.named if name.startswith(f"shock.{shock.id}.")}
        names |= {rate_source(model, step)} & set(model.named)
        if step.rule != "none":
            names |= {name for name in model.named if name.startswith("consent.")}
            if model.structure.moves[model.structure.eligible[i]].any():
                names |= {name for name in model.named if name.startswith("settlement.")}
    return [name for name in model.named if name in names]


def basis_of_step(model: Model, k: int) -> Basis:
    """Tell what the forecast of a step rests on."""
    set_by_user: list[Label] = ["assumed"] if model.scenarios[0].overrides else []
    labels: list[Label] = ["computed", *(set_by_user if not model.structure.reached[k] else [])]
    sources = {model.steps[k].source}
    for name in parameters_behind(model, k):
        labels.append(model.named[name].label)
        sources |= set(model.named[name].sources)
    for i in ancestors(model, k):
        step = model.steps[i]
        sources.add(step.source)
        if model.structure.reached[i]:
            continue
        if not step.ratified and (source := rate_source(model, step)).startswith("log_rate."):
            labels.append(model.log_rate.label if source == f"log_rate.{step.id}" else "borrowed")
            sources |= set(model.log_rate.source_ids)
        learnt = model.veto if model.structure.vetoes and free_episode_rates(model.case) else None
        blocks = model.objections or learnt
        behind = (model.ratify_mean, model.ratify_sd, model.ratify_hold) if step.ratified else (model.theta, blocks)
        for draws in behind if step.rule != "none" else ():
            if draws is not None:
                labels.append(draws.label)
                sources |= set(draws.source_ids)
    return basis_of(model, labels, sources)


def basis_of(model: Model, labels: Iterable[Label], sources: Iterable[str]) -> Basis:
    """Put labels and sources together.

    Parameters
    ----------
    model : Model
    labels : iterable of Label
        At least one; the weakest counts.
    sources : iterable of str
        Ids.

    Returns
    -------
    Basis
        Not verified if a source known to the case was not read (grade 6).
    """
    ids = tuple(sorted(set(sources)))
    grades = [model.case.sources[one].grade for one in ids if one in model.case.sources]
    return Basis(weakest(labels), ids, verified=all(grade[1] != "6" for grade in grades))


@dataclass(frozen=True, slots=True, eq=False)
class Bases:
    """What the numbers of a model rest on; `steps` holds what the forecast of each step does, worked out once."""

    model: Model
    steps: tuple[Basis, ...]

    @classmethod
    def of(cls, model: Model) -> Bases:
        """Work out what the forecast of each step rests on."""
        return cls(model, tuple(basis_of_step(model, k) for k in range(len(model.steps))))

    def of_effect(self, k: int, measures: Iterable[str], more: Iterable[Label] = ()) -> Basis:
        """Tell what the effect of measures on a step rests on: the forecast, the measures, and further labels.

        Parameters
        ----------
        k : int
            Number of the step.
        measures : ids
        more : iterable of Label
            What else it rests on.

        Returns
        -------
        Basis
        """
        step, taken = self.steps[k], set(measures)
        chosen = [one for one in self.model.case.recommendations.measures if one.id in taken]
        labels, sources = [one.label for one in chosen], [one.source for one in chosen]
        return basis_of(self.model, [step.label, *labels, *more], [*step.source_ids, *sources])

    def of_scenario(self, k: int, scenario: Scenario) -> Basis:
        """Tell what a scenario rests on: the step, its measures, and, where it sets a parameter, judgement."""
        return self.of_effect(k, scenario.measures, ["assumed"] if scenario.overrides else [])

    def of_route(self, route: Collection[str]) -> Basis:
        """Tell what a route rests on: all its steps (ids)."""
        bases = [self.steps[k] for k, step in enumerate(self.model.steps) if step.id in route]
        return basis_of(self.model, [one.label for one in bases], [id for one in bases for id in one.source_ids])
