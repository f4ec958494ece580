"""What is asked at each origin, with what could be known then, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from shteg.accession.history.risk_spells import first_reached, ladder_countries, observed_steps, risk_spells
from shteg.errors import UsageError
from shteg.estimates import YEAR_DAYS
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step
from shteg.evidence.records.dates import DateInterval
from shteg.hints import list_names

FIRST_ORIGIN, LAST_ORIGIN = 2000, 2023
ORIGINS = tuple(range(FIRST_ORIGIN, LAST_ORIGIN + 1))
"""Years; the origin is their first day."""
HORIZONS = (1, 3, 5, 10)

SUBJECT = "What is forecast: steps, rungs, acts, ratification, or something nothing can test yet."
PART = "All forecasts, those of one step (step:ID), or all but those of countries in the fast lane."
EVENTS = "Different events among them; the same one is foretold from many origins."
AHEAD = "Years ahead; 0 for all horizons together."
"""What the columns of several tables mean."""


@dataclass(frozen=True, slots=True, order=True)
class StepQuestion:
    """Will `country`, at risk of `step` on the first day of `origin`, have taken it by then?"""

    origin: int
    country: str
    step: str


@dataclass(frozen=True, slots=True, order=True)
class RungQuestion:
    """What is the highest rung that `country`, on `rung` on the first day of `origin`, will have reached by then?"""

    origin: int
    country: str
    rung: int


def ladder_only(case: Case) -> Case:
    """Give the case with the steps that have events alone; others are passed over to what they rest on themselves.

    A step that is reached by ratification has no day of its own until a country has gone on; what is asked is when the
    next recorded step follows the last recorded one.
    """
    by_id = {step.id: step for step in case.steps}

    def recorded(names: Sequence[str]) -> tuple[str, ...]:
        found: list[str] = []
        for name in names:
            step = by_id.get(name)
            if step is not None:
                found += [step.id] if step.events else recorded(step.prerequisites)
        return tuple(dict.fromkeys(found))

    steps = tuple(
        step.model_copy(update={"prerequisites": recorded(step.prerequisites)}) for step in case.steps if step.events
    )
    return replace(case, steps=steps)


def origin_day(origin: int) -> date:
    """Give the day of an origin."""
    return date(origin, 1, 1)


def full_follow_up(case: Case, origin: int, horizon: int) -> bool:
    """Tell whether everything that may happen within a horizon can have become known.

    Parameters
    ----------
    case : Case
        Known up to its as-of day.
    origin : int
        Year.
    horizon : int
        Years ahead.

    Returns
    -------
    bool
    """
    return (origin + horizon, 1, 1) <= (case.header.as_of.year, case.header.as_of.month, case.header.as_of.day)


def anything_known(ladder: Case, origin: int) -> bool:
    """Tell whether, as was known on the first day of `origin`, any country had ever been at risk of a step.

    Before that there is nothing to learn a rate from, nor a step to ask about.

    Parameters
    ----------
    ladder : Case
        With recorded steps only (`ladder_only`).
    origin : int
        Year.

    Returns
    -------
    bool
    """
    known = ladder.as_of(origin_day(origin))
    return any(spell.entry_on for step in observed_steps(known) for spell in risk_spells(known, step))


def asked(known: Case, origin: int) -> tuple[StepQuestion, ...]:
    """List the steps that countries were at risk of.

    Parameters
    ----------
    known : Case
        `ladder_only(case).as_of(origin_day(origin))`.
    origin : int
        Year.

    Returns
    -------
    tuple of StepQuestion
        Sorted.
    """
    day = known.header.as_of.toordinal()
    found = {
        StepQuestion(origin, spell.country, step.id)
        for step in observed_steps(known)
        for spell in risk_spells(known, step)
        if spell.status == "waiting" and spell.exit_on == day
    }
    return tuple(sorted(found))


def asked_rungs(known: Case, origin: int) -> tuple[RungQuestion, ...]:
    """List the countries below the last rung, independent by then and no members, with the rung they were on."""
    reached = first_reached(known)
    steps = observed_steps(known)
    members = {member.member for member in known.members}
    independent = {one.country: one.independent_on for one in known.countries}
    found = []
    for country in ladder_countries(known):
        since = independent.get(country)
        rung = highest_rung(steps, reached, country, known.header.as_of)
        if country not in members and rung < steps[-1].rung and (since is None or since.last <= known.header.as_of):
            found.append(RungQuestion(origin, country, rung))
    return tuple(sorted(found))


def rungs_of(case: Case) -> tuple[int, ...]:
    """List the rungs, 0 (no step taken) first."""
    return (0, *sorted({step.rung for step in observed_steps(case)} - {0}))


def highest_rung(
    steps: Sequence[Step], reached: Mapping[tuple[str, str], DateInterval], country: str, day: date
) -> int:
    """Give the highest rung a country had reached by a day.

    Parameters
    ----------
    steps : sequence of Step
        The recorded ones.
    reached : mapping
        (country, step) → date, as `first_reached` gives them.
    country : str
        ISO 3166-1 alpha-3.
    day : date
        Middle days count.

    Returns
    -------
    int
        0 where it had taken no step.
    """
    rungs = [step.rung for step in steps if (country, step.id) in reached and reached[country, step.id].middle <= day]
    return max(rungs, default=0)


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What happened, by everything known today: `reached` gives the first day of each step."""

    case: Case
    reached: Mapping[tuple[str, str], DateInterval]

    @classmethod
    def of(cls, case: Case) -> Outcomes:
        """Look up what happened."""
        return cls(case, first_reached(case))

    def years_until(self, question: StepQuestion) -> float | None:
        """Give the years from the origin until the step; infinity if it has not come.

        None voids the question: the step had been taken before the origin, only nobody could know it yet.
        """
        when = self.reached.get((question.country, question.step))
        if when is None:
            return float("inf")
        days = (when.middle - origin_day(question.origin)).days
        return days / YEAR_DAYS if days > 0 else None

    def rung_after(self, question: RungQuestion, horizon: int) -> int:
        """Give the highest rung reached so many years after the origin."""
        day = date(question.origin + horizon, 1, 1)
        return max(question.rung, highest_rung(observed_steps(self.case), self.reached, question.country, day))


def without_countries(case: Case, left_out: Collection[str]) -> Case:
    """Give the case as if these countries had never stood on the ladder; as members that decide they stay.

    Raises
    ------
    UsageError
        A country is not on the ladder, or it is the aspirant.
    """
    known = {row.country for row in case.ladder} | {row.country for row in case.seeking}
    known |= {row.country for row in case.countries}
    for country in sorted(set(left_out)):
        if country == case.header.aspirant or country not in known:
            raise UsageError(
                f"{country} cannot be left out",
                list_names(sorted(known - {case.header.aspirant}), "choose among"),
                "--without",
            )
    out = set(left_out)
    return replace(
        case,
        ladder=tuple(row for row in case.ladder if row.country not in out),
        seeking=tuple(row for row in case.seeking if row.country not in out),
        countries=tuple(row for row in case.countries if row.country not in out),
        covariates=tuple(row for row in case.covariates if row.country not in out),
        objections=tuple(row for row in case.objections if row.candidate not in out),
        ratifications=tuple(row for row in case.ratifications if row.candidate not in out),
        comparison_events=tuple(row for row in case.comparison_events if row.country not in out),
    )
