"""Baselines: what a model must beat before anyone should listen to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.linalg import expm
from scipy.special import gammaln, xlogy

from shteg.accession.history.risk_spells import RiskSpell, first_reached, ladder_countries, observed_steps, risk_spells
from shteg.arrays import Floats
from shteg.estimates import YEAR_DAYS
from shteg.evaluation.questions import RungQuestion, StepQuestion, rungs_of
from shteg.evidence.case import Case
from shteg.gamma_rate import HALF_EVENT, GammaRate

RECENT_YEARS = 5.0


def base_rates(known: Case, *, recent: float | None = None) -> dict[str, GammaRate]:
    """Count events and years at risk of every step up to the as-of day, whoever the country.

    Parameters
    ----------
    known : Case
        As of the origin, with recorded steps only.
    recent : float, optional
        Only the last so many years; everything if left out.

    Returns
    -------
    dict
        Step → its rate a year, half an event in half a year a priori.
    """
    day = known.header.as_of.toordinal()
    since = None if recent is None else day - recent * YEAR_DAYS
    found = {}
    for step in observed_steps(known):
        events, years = _counted(risk_spells(known, step), since)
        found[step.id] = GammaRate.of(events, years)
    return found


def _counted(spells: Sequence[RiskSpell], since: float | None) -> tuple[int, float]:
    events, years = 0, 0.0
    for spell in spells:
        start = spell.entry_on if since is None else max(float(spell.entry_on), since)
        inside = spell.exit_on - start
        years += max(inside, 0.0) / YEAR_DAYS
        events += spell.status == "reached" and inside >= 0
    return events, years


def step_base_rate(
    known: Case, questions: Sequence[StepQuestion], grid: Sequence[float], *, recent: float | None = None
) -> Floats:
    """Give the probability of each question's step by each year, one rate per step for all countries.

    Parameters
    ----------
    known : Case
        As of the origin, with recorded steps only.
    questions : sequence of StepQuestion
    grid : sequence of float
        Years ahead.
    recent : float, optional
        Only the last so many years teach the rates; everything if left out.

    Returns
    -------
    (question, year) float
    """
    rates = base_rates(known, recent=recent)
    return np.array([[rates[one.step].probability(years) for years in grid] for one in questions]).reshape(
        len(questions), len(grid)
    )


def rung_base_rate(
    known: Case, questions: Sequence[RungQuestion], horizons: Sequence[int], *, recent: float | None = None
) -> Floats:
    """Give the probability of each highest rung after each horizon.

    A Markov chain over rungs with one rate for each pair of a rung and a higher one: events over the years that
    countries stood on the lower rung, whether they sought to go on or not; nothing about a country counts but its rung.

    Parameters
    ----------
    known : Case
        As of the origin, with recorded steps only.
    questions : sequence of RungQuestion
    horizons : sequence of int
        Years ahead.
    recent : float, optional
        Only the last so many years teach the rates; everything if left out.

    Returns
    -------
    (question, horizon, rung) float
    """
    rungs = rungs_of(known)
    generator = rung_generator(known, recent=recent)
    place = {rung: at for at, rung in enumerate(rungs)}
    found = np.zeros((len(questions), len(horizons), len(rungs)))
    for at, horizon in enumerate(horizons):
        moved = expm(generator * horizon)
        for row, question in enumerate(questions):
            found[row, at] = moved[place[question.rung]]
    return np.clip(found, 0.0, 1.0)


def rung_generator(known: Case, *, recent: float | None = None) -> Floats:
    """Give the rates between rungs per year, (from, to); rows sum to 0; posterior means under the Gamma prior."""
    rungs = rungs_of(known)
    place = {rung: at for at, rung in enumerate(rungs)}
    day = known.header.as_of.toordinal()
    since = 0.0 if recent is None else day - recent * YEAR_DAYS
    years, events = np.zeros(len(rungs)), np.zeros((len(rungs), len(rungs)))
    for path in rung_paths(known).values():
        for at, (start, rung) in enumerate(path):
            end = path[at + 1][0] if at + 1 < len(path) else day
            years[place[rung]] += max(end - max(start, since), 0.0) / YEAR_DAYS
            if at + 1 < len(path) and end >= since:
                events[place[rung], place[path[at + 1][1]]] += 1
    generator = np.zeros_like(events)
    for at in range(len(rungs) - 1):
        above = len(rungs) - 1 - at
        generator[at, at + 1 :] = (events[at, at + 1 :] + HALF_EVENT[0] / above) / (years[at] + HALF_EVENT[1])
        generator[at, at] = -generator[at].sum()
    return generator


def rung_paths(known: Case) -> dict[str, list[tuple[int, int]]]:
    """Give for each country of the ladder the days (ordinals) on which its highest rung changed, and to which.

    It begins on rung 0 when it was independent and the first step existed. Members without an event are not on it.
    """
    reached = first_reached(known)
    steps = observed_steps(known)
    opened = min((step.existed_from.middle.toordinal() for step in steps if step.existed_from), default=None)
    independent = {one.country: one.independent_on for one in known.countries}
    day = known.header.as_of.toordinal()
    paths = {}
    for country in ladder_countries(known):
        since = independent.get(country)
        events = sorted((reached[country, step.id].middle.toordinal(), step.rung) for step in steps
                        if (country, step.id) in reached)  # fmt: skip
        candidates = [one for one in (opened, since.middle.toordinal() if since else None) if one is not None]
        start = max(candidates) if candidates else (events[0][0] if events else day)
        path = [(start, 0)]
        for when, rung in events:
            if rung > path[-1][1]:
                path.append((max(when, path[-1][0]), rung))
        if start <= day:
            paths[country] = path
    return paths


def no_change_rungs(questions: Sequence[RungQuestion], horizons: Sequence[int], rungs: Sequence[int]) -> Floats:
    """Give the forecast that everyone stays where they are.

    Parameters
    ----------
    questions : sequence of RungQuestion
    horizons : sequence of int
        Years ahead.
    rungs : sequence of int
        All rungs, 0 first.

    Returns
    -------
    (question, horizon, rung) float
        1 for the rung that the country is on.
    """
    found = np.zeros((len(questions), len(horizons), len(rungs)))
    for row, question in enumerate(questions):
        found[row, :, list(rungs).index(question.rung)] = 1.0
    return found


def chain_probabilities(
    rates: Mapping[str, Floats],
    prerequisites: Mapping[str, Sequence[str]],
    reached: frozenset[str],
    years: Sequence[float],
) -> dict[str, Floats]:
    """Give the probability of each step not yet taken by each year, when every step waits for those before it.

    Parameters
    ----------
    rates : mapping
        Step → (draw,) rate per year once its prerequisites are met.
    prerequisites : mapping
        Step → steps among `rates` that come first.
    reached : frozenset
        Steps already taken.
    years : sequence of float
        From now, > 0.

    Returns
    -------
    dict
        Step → (draw, year) probabilities: the Markov chain over the sets of steps taken, to 1e-12.
    """
    states = _reachable(tuple(rates), prerequisites, reached)
    place = {state: at for at, state in enumerate(states)}
    draws = len(next(iter(rates.values()))) if rates else 0
    generator = np.zeros((draws, len(states), len(states)))
    for state in states:
        for step in rates:
            if step not in state and set(prerequisites[step]) <= state:
                at, to = place[state], place[state | {step}]
                generator[:, at, to] += rates[step]
                generator[:, at, at] -= rates[step]
    found = {step: np.zeros((draws, len(years))) for step in rates if step not in reached}
    for column, horizon in enumerate(years):
        row = _from_first_state(generator, horizon)
        for step, probability in found.items():
            probability[:, column] = row[:, [at for state, at in place.items() if step in state]].sum(axis=1)
    return {step: np.clip(probability, 0.0, 1.0) for step, probability in found.items()}


def _from_first_state(generator: Floats, years: float) -> Floats:
    """Give the first row of exp(generator × years) for every draw, (draw, state), by uniformisation.

    References
    ----------
    Jensen (1953), Skandinavisk Aktuarietidskrift 36.
    """
    draws, states = generator.shape[:2]
    row = np.zeros((draws, states))
    row[:, 0] = 1.0
    fastest = -generator.diagonal(axis1=1, axis2=2).min(axis=1, initial=0.0)
    jumps = fastest * years
    moves = np.eye(states) + generator / np.where(fastest > 0.0, fastest, 1.0)[:, None, None]
    most = float(jumps.max(initial=0.0))
    total = np.zeros_like(row)
    for number in range(int(most + 8.0 * np.sqrt(most) + 40.0)):
        weight = np.exp(xlogy(number, jumps) - jumps - gammaln(number + 1.0))
        total += weight[:, None] * row
        row = np.einsum("ds,dst->dt", row, moves)
    return total


def _reachable(
    steps: Sequence[str], prerequisites: Mapping[str, Sequence[str]], start: frozenset[str]
) -> tuple[frozenset[str], ...]:
    found = [start]
    for state in found:
        for step in steps:
            if step not in state and set(prerequisites[step]) <= state and state | {step} not in found:
                found.append(state | {step})
    return tuple(found)
