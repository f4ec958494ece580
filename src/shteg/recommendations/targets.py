"""What a ranking aims at: the first rung ahead that the members decide on, and the last rung of the ladder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shteg.errors import UsageError
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step


@dataclass(frozen=True, slots=True)
class Target:
    """The probability of a step by the end of a calendar year."""

    step: str
    year: int


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


def steps_ahead(case: Case) -> tuple[Step, ...]:
    """Give the steps that the aspirant has not taken; all of them once none is left."""
    taken = {event.event for event in case.ladder if event.country == case.header.aspirant}
    return tuple(step for step in case.steps if not taken & set(step.events)) or case.steps


def final_step(steps: Sequence[Step]) -> Step:
    """Give the highest rung; of several, the last in the case."""
    return max(reversed(steps), key=lambda step: step.rung)


def list_targets(case: Case) -> list[Target]:
    """List the declared targets: both steps at each report year, the first unanimity step at the last year first."""
    steps = dict.fromkeys((first_unanimity_step(steps_ahead(case)).id, final_step(case.steps).id))
    years = sorted(set(case.pathways.report_years), reverse=True)
    return [Target(step, year) for step in steps for year in years]


def check_target(case: Case, step: str, year: int) -> Target:
    """Refuse a target that the forecast does not report."""
    if step not in [one.id for one in case.steps]:
        allowed = ", ".join(one.id for one in case.steps)
        raise UsageError(f"no step is called {step!r}", f"allowed: {allowed}", "target")
    if year not in case.pathways.report_years:
        allowed = ", ".join(map(str, sorted(case.pathways.report_years)))
        raise UsageError(f"the year {year} is not reported", f"allowed: {allowed}; or add it to report_years", "target")
    return Target(step, year)
