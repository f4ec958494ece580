"""A case as the simulation sees it, and the scenarios that it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from shteg.estimates import Draws
from shteg.evidence.case import Case
from shteg.evidence.records.case import Measure, Step
from shteg.pathways.model.arrays import Structure
from shteg.pathways.model.estimated import Objections
from shteg.pathways.model.parameters import NamedParameter


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Measures that are taken, what is held fixed, and the scenario (by number) with which this one is compared.

    Any list of scenarios runs on the same random numbers and the same parameter draws.

    Parameters
    ----------
    name : str
        For people; nothing depends on it.
    measures : ids
        The measures taken.
    compare : int
        Number of the scenario that `Tally.gained` and `Tally.lost` refer to.
    overrides : mapping of str to float
        Parameters fixed in every draw, by dotted name: any of `Model.named`, `step.<id>.log_rate` (the logarithm of
        the yearly rate) or `stance.<member>` (theta). Measures move them further.
    timing : mapping of measure to (start, intensity)
        Years until a measure works (None: as the case has it), and how strong it is: `add` effects are multiplied by
        the intensity, `multiply` effects raised to it; 1 is as the case has it, 0 is nothing.
    always, never : members
        Who consents (and ratifies) from the first day and never vetoes; who never consents.
    """

    name: str
    measures: frozenset[str]
    compare: int = 0
    overrides: Mapping[str, float] = field(default_factory=dict)
    timing: Mapping[str, tuple[float | None, float]] = field(default_factory=dict)
    always: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()

    def start_years(self, measure: Measure) -> float:
        """Give the years until a measure works in this scenario."""
        start = self.timing.get(measure.id, (None, 1.0))[0]
        return measure.start_years if start is None else start

    def intensity(self, measure: Measure) -> float:
        """Give how strong a measure is in this scenario, 1 = as the case has it."""
        return self.timing.get(measure.id, (None, 1.0))[1]

    def acts(self, measure: Measure, horizon: float) -> bool:
        """Tell whether a measure can change anything here before the horizon."""
        return measure.id in self.measures and self.start_years(measure) < horizon and self.intensity(measure) != 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """A case as the simulation sees it: arrays that stay, and recipes for those that change by draw.

    `ratify_hold`, `duration` and `veto` are there if the stage before gives such draws, `objections` if objections were
    estimated member by member; `elapsed` is the years that the aspirant has already waited for a step.
    """

    case: Case
    structure: Structure
    named: Mapping[str, NamedParameter]
    scenarios: tuple[Scenario, ...]
    years: tuple[int, ...]
    theta: Draws | None
    log_rate: Draws
    ratify_mean: Draws | None
    ratify_sd: Draws | None
    ratify_hold: Draws | None = None
    duration: Draws | None = None
    veto: Draws | None = None
    objections: Objections | None = None
    elapsed: Mapping[str, float] = field(default_factory=dict)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps, in the order of the case."""
        return self.case.steps

    @property
    def members(self) -> tuple[str, ...]:
        """The codes of the members, in the order of the case."""
        return tuple(one.member for one in self.case.members)

    @property
    def report_years(self) -> tuple[int, ...]:
        """The calendar years that are reported, in order."""
        return tuple(sorted(set(self.case.pathways.report_years)))


def resize(model: Model, scenarios: Sequence[Scenario], draws: int, worlds: int) -> Model:
    """Give the model with other scenarios and with no more than so many draws and worlds.

    Parameters
    ----------
    model : Model
    scenarios : sequence of Scenario
        In place of those it has.
    draws, worlds : int, >= 1
        The most that are kept, draws and worlds for each draw.

    Returns
    -------
    Model
    """
    had = model.case.pathways
    size = {"draws": min(draws, had.draws), "worlds_per_draw": min(worlds, had.worlds_per_draw)}
    case = replace(model.case, pathways=had.model_copy(update=size))
    return replace(model, case=case, scenarios=tuple(scenarios))


def cut_points(model: Model, step: Step) -> list[tuple[float, int]]:
    """List the years of waiting from which the hazard of a step is another, each with its column of `duration`."""
    if step.ratified or model.duration is None or not (source := rate_source(model, step)).startswith("log_rate."):
        return []
    prefix = source.removeprefix("log_rate.") + "|"
    units = [(i, unit) for i, unit in enumerate(model.duration.units) if unit.startswith(prefix)]
    return sorted((float(unit.removeprefix(prefix)), i) for i, unit in units)


def rate_source(model: Model, step: Step) -> str:
    """Name what gives the procedure time of a step: `procedure.…` or `log_rate.…`."""
    for name in (step.id, step.fitted_from):
        if name and f"procedure.{name}.median_years" in model.named:
            return f"procedure.{name}.median_years"
        if name and name in model.log_rate.units:
            return f"log_rate.{name}"
    raise AssertionError(f"check_steps has told that step {step.id} has no procedure time")
