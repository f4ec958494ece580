"""From the ladder of a case to person-period rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np

from shteg.accession.history.covariates import CovariateSeries, case_covariates
from shteg.accession.history.once import once
from shteg.accession.history.risk_spells import RiskSpell, ladder_countries, path_spells, seeking_spans
from shteg.accession.history.spans import comparison_path, country_path
from shteg.accession.ladder.risk_rows import MONTH, RiskRows, aggregate, split_time
from shteg.estimates import YEAR_DAYS
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step

PIECES = (2.0, 8.0)
"""Years in a state after which the hazard may change: three pieces."""

TIED = 1e-6
"""Days and years that differ by less are the same: where time is cut must not hang on a rounding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpellAtRisk:
    """A risk spell with the place it takes in the model."""

    spell: RiskSpell
    organisation: str
    parallel_to: str
    skipped: bool


def fitted_steps(case: Case) -> tuple[Step, ...]:
    """Give the steps that the hazard model fits: recorded by events or by ratifications, from the lowest rung up."""
    return tuple(sorted((step for step in case.steps if step.events or step.ratified), key=lambda step: step.rung))


@once
def spells_at_risk(case: Case) -> tuple[SpellAtRisk, ...]:
    """Give all spells at risk: of the case's steps, of steps that might be skipped to, and of other organisations."""
    found: list[SpellAtRisk] = []
    own = case.header.organisation.id
    for country in ladder_countries(case):
        path = country_path(case, country)
        seeking = seeking_spans(case, country)
        for step in fitted_steps(case):
            sought = seeking if step.seeking else None
            spells = path_spells(path, step, country, sought, case.header.as_of)
            found.extend(_kept(spells, own, step.id, skipped=False))
            instead = skipping_prerequisites(case, step)
            if instead is not None:
                jumps = path_spells(path, step, country, sought, case.header.as_of, instead)
                found.extend(_kept(_outside(jumps, spells), own, step.id, skipped=True))
    for organisation in sorted(case.comparison_organisations):
        found.extend(_comparison_spells(case, organisation))
    return tuple(found)


def skipping_prerequisites(case: Case, step: Step) -> tuple[str, ...] | None:
    """Give what must be met to take a step while skipping one; None where nothing can be skipped.

    A sought step can be reached without a prerequisite that must be sought as well: what one asks for, one can do
    without.
    """
    by_id = {one.id: one for one in case.steps}
    if not step.seeking or not step.events:
        return None
    chosen = [by_id[name] for name in step.prerequisites if name in by_id]
    optional = [one for one in chosen if one.seeking and one.events]
    if not optional:
        return None
    kept = [one.id for one in chosen if one not in optional]
    return tuple(dict.fromkeys([*kept, *(name for one in optional for name in one.prerequisites)]))


def _kept(spells: Sequence[RiskSpell], organisation: str, step: str, *, skipped: bool) -> list[SpellAtRisk]:
    return [
        SpellAtRisk(spell=one, organisation=organisation, parallel_to=step, skipped=skipped)
        for one in spells
        if one.entry_on
    ]


def _outside(jumps: Sequence[RiskSpell], regular: Sequence[RiskSpell]) -> list[RiskSpell]:
    """Give the parts of the spells of skipping in which the country was not at risk in the regular way."""
    from dataclasses import replace

    own = [(one.entry_on, one.exit_on, one.status) for one in regular if one.entry_on]
    taken = {stop for _, stop, status in own if status == "reached"}
    found: list[RiskSpell] = []
    for one in jumps:
        if not one.entry_on:
            continue
        edges = sorted({one.entry_on, one.exit_on, *(day for start, stop, _ in own for day in (start, stop))})
        edges = [day for day in edges if one.entry_on <= day <= one.exit_on]
        pairs = pairwise(edges) if len(edges) > 1 else [(one.entry_on, one.exit_on)]
        for start, stop in pairs:
            if any(first <= start and stop <= last for first, last, _ in own):
                continue
            reached = one.status == "reached" and stop == one.exit_on and stop not in taken
            years = (stop - start) / YEAR_DAYS
            status = "reached" if reached else one.status if stop == one.exit_on else "closed"
            found.append(replace(
                one, entry_on=start, exit_on=stop, years=years, years_low=years, years_high=years, status=status,
                entry_years=one.entry_years + (start - one.entry_on) / YEAR_DAYS,
            ))  # fmt: skip
    return found


def _comparison_spells(case: Case, organisation: str) -> list[SpellAtRisk]:
    found: list[SpellAtRisk] = []
    fitted = {step.id for step in fitted_steps(case)}
    steps = [step for step in case.comparison_steps if step.organisation == organisation]
    countries = sorted({event.country for event in case.comparison_events} | set(ladder_countries(case)))
    for country in countries:
        path = comparison_path(case, organisation, country)
        for step in steps:
            if step.parallel_to is None or step.parallel_to not in fitted:
                continue
            spells = path_spells(path, step, country, None, case.header.as_of)
            found.extend(_kept(spells, organisation, step.parallel_to, skipped=False))
    return found


def case_rows(case: Case, *, blocks: bool = True, covariates: bool = True) -> RiskRows:
    """Build the person-period rows of a case as it stands on its as-of day.

    Periods are months of 1/12 year counted from each entry; an event closes its period, which is described by the day
    of the event. Time is cut at new years, at the pieces of duration, and where a block begins or ends.

    Parameters
    ----------
    case : Case
    blocks, covariates : bool
        Whether open blocks and the variables of the ladder enter.

    Returns
    -------
    RiskRows
    """
    return _rows(case, blocks, covariates)


@once
def _rows(case: Case, blocks: bool, covariates: bool) -> RiskRows:
    steps = tuple(step.id for step in fitted_steps(case))
    spells = spells_at_risk(case)
    series = case_covariates(case) if covariates else CovariateSeries.none()
    organisations = (case.header.organisation.id, *sorted(case.comparison_organisations))
    countries = tuple(sorted({one.spell.country for one in spells} | set(ladder_countries(case))))
    last = case.header.as_of.year
    first = min((date.fromordinal(one.spell.entry_on).year for one in spells), default=last)
    keys: list[tuple[int, ...]] = []
    quiet: list[float] = []
    events: list[int] = []
    for one in spells:
        place = (steps.index(one.parallel_to), organisations.index(one.organisation),
                 countries.index(one.spell.country))  # fmt: skip
        closed = block_spans(case, one.spell.country, one.spell.step, one.organisation) if blocks else ()
        for start, stop, event in _periods(one.spell, closed):
            middle = stop if event else (start + stop) / 2
            years = one.spell.entry_years + (middle - one.spell.entry_on) / YEAR_DAYS
            blocked = any(low <= middle < high for low, high in closed)
            keys.append((
                *place, date.fromordinal(int(middle + TIED)).year - first, sum(years > cut - TIED for cut in PIECES),
                int(blocked), int(one.skipped),
            ))  # fmt: skip
            quiet.append(0.0 if event else (stop - start) / YEAR_DAYS)
            events.append(int(event))
    table, exposure, counts = aggregate(
        np.array(keys, dtype=np.int64).reshape(-1, 7), np.array(quiet), np.array(events, dtype=np.int64)
    )
    values, applies = series.look_up(
        [countries[i] for i in table[:, 2]],
        [first + int(year) for year in table[:, 3]],
        [steps[i] for i in table[:, 0]],
    )
    return RiskRows(
        steps=steps, organisations=organisations, countries=countries, years=tuple(range(first, last + 1)),
        variables=series.variables, step=table[:, 0], organisation=table[:, 1], country=table[:, 2],
        year=table[:, 3], piece=table[:, 4], blocked=table[:, 5] == 1, skipped=table[:, 6] == 1,
        covariates=values, applies=applies, quiet_years=exposure, events=counts,
    )  # fmt: skip


def block_spans(
    case: Case, country: str, step: str, organisation: str | None = None
) -> tuple[tuple[float, float], ...]:
    """Give when a member openly blocked a step of a country.

    Parameters
    ----------
    case : Case
        With its objections.
    country : str
        ISO 3166-1 alpha-3.
    step : str
        Id of the step.
    organisation : str, optional
        Id of the organisation whose step it is; left out, that of the case.

    Returns
    -------
    tuple of (float, float)
        Ordinals from and to, the end left out; infinity where it still does.
    """
    spans = []
    there = organisation or case.header.organisation.id
    for objection in case.objections:
        if (objection.organisation, objection.candidate, objection.step) == (there, country, step):
            stop = float("inf") if objection.ended is None else float(objection.ended.middle.toordinal())
            spans.append((float(objection.began.middle.toordinal()), stop))
    return tuple(sorted(spans))


def _periods(spell: RiskSpell, closed: Sequence[tuple[float, float]]) -> list[tuple[float, float, bool]]:
    """Split a spell into quiet times and, at its end, the month of the event: (start, stop, event)."""
    start, stop = float(spell.entry_on), float(spell.exit_on)
    event = spell.status == "reached"
    months = int((stop - start) / (YEAR_DAYS * MONTH) + 1e-9)
    if event:
        full = max(months - (abs(start + months * YEAR_DAYS * MONTH - stop) < 1e-9), 0)
        quiet_until = start + full * YEAR_DAYS * MONTH
    else:
        quiet_until = stop
    first, last = date.fromordinal(spell.entry_on).year, date.fromordinal(spell.exit_on).year
    cuts = [float(date(year, 1, 1).toordinal()) for year in range(first + 1, last + 1)]
    cuts += [spell.entry_on + (cut - spell.entry_years) * YEAR_DAYS for cut in PIECES]
    cuts += [edge for span in closed for edge in span if np.isfinite(edge)]
    parts = split_time(start, quiet_until, np.array(cuts)) if quiet_until > start else []
    periods = [(low, high, False) for low, high in parts]
    return [*periods, (quiet_until, stop, True)] if event else periods


def open_spells(case: Case) -> tuple[SpellAtRisk, ...]:
    """Give the spells of the case's own steps that are open on the as-of day."""
    today = case.header.as_of.toordinal()
    own = case.header.organisation.id
    return tuple(
        one
        for one in spells_at_risk(case)
        if one.organisation == own and one.spell.status == "waiting" and one.spell.exit_on == today
    )


def seeks_now(case: Case, country: str) -> bool:
    """Tell whether a country seeks membership on the as-of day."""
    day = case.header.as_of
    return any(span.covers(day) for span in seeking_spans(case, country))
