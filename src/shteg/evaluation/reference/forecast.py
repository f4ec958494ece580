"""What the reference class foretells: the law of a wait under rates that change with it and while a member objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from shteg.accession.history.risk_spells import observed_steps, risk_spells
from shteg.arrays import Floats
from shteg.estimates import YEAR_DAYS
from shteg.evaluation.questions import StepQuestion
from shteg.evaluation.reference.objections import open_objections
from shteg.evaluation.reference.rates import WAITED, DrawnRates, reference_rates
from shteg.evidence.case import Case

DRAWS = 400
"""Draws of the rates; their mean is the forecast in the trial on the past."""
NODES = 64
"""Points at which the end of the last objection is taken: the middles of so many equal shares of its law."""
WORLDS = 256
"""Futures of each draw where steps follow each other, spread evenly over the law of each wait."""


def reference_class(known: Case, questions: Sequence[StepQuestion], grid: Sequence[float], *names: str) -> Floats:
    """Give the probability of each question's step by each year, at the rate of those who had waited as long.

    Parameters
    ----------
    known : Case
        As of the origin, with recorded steps only.
    questions : sequence of StepQuestion
    grid : sequence of float
        Years ahead.
    *names : str
        Of the draws.

    Returns
    -------
    (question, year) float
        Means over draws of the rates.
    """
    found = np.zeros((len(questions), len(grid)))
    drawn = reference_rates(known).draw(known.header.seed, DRAWS, *names)
    waited = waited_now(known)
    for row, one in enumerate(questions):
        members = open_objections(known, one.country, one.step)
        found[row] = wait_probability(drawn, one.step, waited[one.country, one.step], members, grid).mean(axis=0)
    return found


def waited_now(known: Case) -> dict[tuple[str, str], float]:
    """Give the years since each country could first take each step that it is at risk of on the as-of day."""
    day = known.header.as_of.toordinal()
    return {
        (spell.country, step.id): spell.entry_years + (day - spell.entry_on) / YEAR_DAYS
        for step in observed_steps(known)
        for spell in risk_spells(known, step)
        if spell.status == "waiting" and spell.exit_on == day
    }


def wait_probability(drawn: DrawnRates, step: str, waited: float, members: int, grid: Sequence[float]) -> Floats:
    """Give the probability that a step is taken by each year from now.

    Parameters
    ----------
    drawn : DrawnRates
    step : str
    waited : float
        Years that the country has waited so far.
    members : int
        Members that object now; each ceases at the drawn rate, and no new one begins.
    grid : sequence of float
        Years ahead.

    Returns
    -------
    (draw, year) float
        1 − E exp(−H), H the rate by years waited added up, times the factor until the last objection ends; the
        expectation is over that end, at the middles of `NODES` equal shares of its law.
    """
    rates, factor = drawn.by_wait[step], drawn.factor
    ends = last_ends(drawn.end, members, (np.arange(NODES) + 0.5) / NODES)
    found = np.zeros((len(rates), len(grid)))
    for column, years in enumerate(grid):
        whole = _added_up(rates, waited, np.full((len(rates), 1), float(years)))
        barred = _added_up(rates, waited, np.minimum(ends, years)) if members else np.zeros((len(rates), 1))
        found[:, column] = -np.expm1(-(whole + (factor[:, None] - 1.0) * barred)).mean(axis=1)
    return np.clip(found, 0.0, 1.0) + 0.0


def last_ends(end: Floats, members: int, shares: ArrayLike) -> Floats:
    """Give quantiles of the time until the last of so many objections ends, each ending at its own rate.

    Parameters
    ----------
    end : (draw,) float
        Rate a year.
    members : int
        How many object; with none the time is 0.
    shares : (node,) float in (0, 1)

    Returns
    -------
    (draw, node) float
        Years: u^(1/m) is the chance that one of them has ended.
    """
    u = np.asarray(shares, dtype=float)
    if not members:
        return np.zeros((len(end), u.size))
    return np.asarray(-np.log1p(-(u ** (1.0 / members)))[None, :] / end[:, None])


def _added_up(rates: Floats, waited: float | Floats, years: Floats) -> Floats:
    """Add up the rate by years waited over so many years from now, (draw, …) like `years`."""
    total = np.zeros(np.broadcast_shapes(years.shape, np.shape(waited)))
    edges = (0.0, *WAITED, np.inf)
    for piece in range(len(edges) - 1):
        inside = np.clip(np.minimum(waited + years, edges[piece + 1]) - np.maximum(waited, edges[piece]), 0.0, None)
        total += rates[:, piece, None] * inside
    return total


def chain_curves(
    drawn: DrawnRates,
    prerequisites: Mapping[str, Sequence[str]],
    waited: Mapping[str, float],
    members: Mapping[str, int],
    taken: frozenset[str],
    grid: Sequence[float],
    generator: np.random.Generator,
) -> dict[str, Floats]:
    """Give the probability of each step not yet taken by each year, every step waiting for those before it.

    Parameters
    ----------
    drawn : DrawnRates
    prerequisites : mapping
        Step → steps among those drawn that come first, in an order in which they can be taken.
    waited : mapping
        Step → years waited so far, where it can be taken now.
    members : mapping
        Step → members that object now.
    taken : frozenset
        Steps already taken.
    grid : sequence of float
        Years ahead.
    generator : Generator
        Puts the futures of different steps together.

    Returns
    -------
    dict
        Step → (draw, year). Exact given the rates where nothing comes before; later the mean, over futures of what
        comes before that are spread evenly over the law of each wait (Latin hypercube, the same places in every draw),
        of the exact law of the last wait; never above what comes before.

    References
    ----------
    McKay, Beckman & Conover (1979), Technometrics 21(2), for the Latin hypercube.
    """
    even = (np.arange(WORLDS) + 0.5) / WORLDS
    times: dict[str, Floats] = {}
    found: dict[str, Floats] = {}
    for step, names in prerequisites.items():
        place, ending = generator.permutation(even), generator.permutation(even)
        if step in taken:
            continue
        before = [name for name in names if name in times]
        start = np.max([times[name] for name in before], axis=0) if before else np.zeros((len(drawn.factor), WORLDS))
        barred = np.maximum(last_ends(drawn.end, members.get(step, 0), ending) - start, 0.0)
        spent = 0.0 if before else waited.get(step, 0.0)
        times[step] = start + _wait(drawn.by_wait[step], drawn.factor, spent, barred, -np.log(place))
        if before:
            share = _last_wait(drawn.by_wait[step], drawn.factor, start, barred, grid)
            found[step] = np.minimum(share, np.min([found[name] for name in before], axis=0))
        else:
            found[step] = wait_probability(drawn, step, spent, members.get(step, 0), grid)
    return found


def _last_wait(rates: Floats, factor: Floats, start: Floats, barred: Floats, grid: Sequence[float]) -> Floats:
    """Give the mean chance that a wait from `start` on, (draw, world), is over by each year, (draw, year)."""
    found = np.zeros((len(rates), len(grid)))
    for column, years in enumerate(grid):
        left = np.maximum(years - start, 0.0)
        total = _added_up(rates, 0.0, left) + (factor[:, None] - 1.0) * _added_up(rates, 0.0, np.minimum(barred, left))
        found[:, column] = -np.expm1(-total).mean(axis=1)
    return np.clip(found, 0.0, 1.0) + 0.0


def _wait(rates: Floats, factor: Floats, waited: float, barred: Floats, target: Floats) -> Floats:
    """Give the years until the added-up rate comes to `target`, (world,): (draw, world), `barred` years held up."""
    cuts = [np.full(barred.shape, max(cut - waited, 0.0)) for cut in WAITED]
    edges = np.sort(np.stack([np.zeros_like(barred), *cuts, barred], axis=0), axis=0)
    left = np.broadcast_to(target, barred.shape).copy()
    years = np.zeros_like(barred)
    for at in range(len(edges)):
        start = edges[at]
        width = edges[at + 1] - start if at + 1 < len(edges) else np.full_like(start, np.inf)
        piece = np.searchsorted(WAITED, waited + start + 1e-9, side="right")
        rate = np.take_along_axis(rates, piece, axis=1) * np.where(start < barred, factor[:, None], 1.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            spent = np.where(left > 0.0, np.minimum(width, np.where(rate > 0.0, left / rate, np.inf)), 0.0)
            left = np.maximum(left - np.where(spent > 0.0, spent * rate, 0.0), 0.0)
        years += spent
        done = spent < width
        left = np.where(done, 0.0, left)
    return years
