"""What a ranking aims at: the first rung ahead that the members decide on, and the last rung of the ladder."""

from __future__ import annotations

from dataclasses import dataclass

from shteg.errors import UsageError
from shteg.evidence.case import Case
from shteg.evidence.steps_taken import target_steps


@dataclass(frozen=True, slots=True)
class Target:
    """The probability of a step by the end of a calendar year."""

    step: str
    year: int


def list_targets(case: Case) -> list[Target]:
    """List the declared targets: both steps at each report year, the first unanimity step at the last year first."""
    years = sorted(set(case.pathways.report_years), reverse=True)
    return [Target(step, year) for step in target_steps(case) for year in years]


def check_target(case: Case, step: str, year: int) -> Target:
    """Refuse a target that the forecast does not report.

    Parameters
    ----------
    case : Case
    step : str
        Id of a step of the case.
    year : int
        A report year.

    Returns
    -------
    Target

    Raises
    ------
    UsageError
        There is no such step, or the year is not reported.
    """
    if step not in [one.id for one in case.steps]:
        allowed = ", ".join(one.id for one in case.steps)
        raise UsageError(f"no step is called {step!r}", f"allowed: {allowed}", "target")
    if year not in case.pathways.report_years:
        allowed = ", ".join(map(str, sorted(case.pathways.report_years)))
        raise UsageError(f"the year {year} is not reported", f"allowed: {allowed}; or add it to report_years", "target")
    return Target(step, year)
