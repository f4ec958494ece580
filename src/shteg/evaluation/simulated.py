"""The published machine, asked the questions of an origin: simulated futures of every candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from shteg.arrays import Floats
from shteg.errors import ModelError
from shteg.estimates import Draws, StageResult
from shteg.evaluation.models import SEEDS, Curves, Simulator
from shteg.evaluation.questions import RungQuestion, StepQuestion
from shteg.evidence.case import Case
from shteg.evidence.records.case import Recommendations
from shteg.randomness import named_generator

if TYPE_CHECKING:
    from shteg.consent.objections.fit import ObjectionFit

DRAWS, WORLDS = 100, 40
"""Posterior draws of each origin, and futures of each."""
CHAINS, ITERATIONS = 4, 500
"""Of the stances as of an origin."""


class Simulated(NamedTuple):
    """Probabilities of steps under every seed, (seed, question, year), and of rungs, (question, horizon, rung)."""

    steps: Floats
    rungs: Floats


def simulated_forecasts(
    simulator: Simulator,
    known: Case,
    steps: Sequence[StepQuestion],
    rungs: Sequence[RungQuestion],
    grid: Sequence[float],
    horizons: Sequence[int],
    places: Sequence[int],
) -> Simulated:
    """Simulate every candidate that is asked about.

    Parameters
    ----------
    simulator : Simulator
        Called once.
    known : Case
        As it stood at the origin, with everything.
    steps, rungs : sequence of StepQuestion, RungQuestion
        What is asked.
    grid : sequence of float
        Years for which steps are asked, > 0.
    horizons : sequence of int
        Years for which rungs are asked, all of the grid.
    places : sequence of int
        All rungs, 0 first.

    Returns
    -------
    Simulated
        The first seed holds the mean over draws; each further one the mean over as many draws taken with replacement,
        the same of every country, as another seed would have given them.

    Raises
    ------
    ModelError
        The simulation leaves a question without an answer.
    """
    countries = sorted({one.country for one in steps} | {one.country for one in rungs})
    curves: Mapping[str, Curves] = simulator(known, countries, grid) if countries else {}
    answers = np.zeros((SEEDS, len(steps), len(grid)))
    for row, one in enumerate(steps):
        drawn = curves[one.country].steps.get(one.step)
        if drawn is None:
            raise ModelError(
                f"the simulation gives no forecast of {one.step} for {one.country} from the origin {one.origin}",
                "what a country is at risk of must be the same in the simulation and in the evaluation",
                "evaluation",
            )
        answers[:, row] = _under_seeds(drawn, known)
    shares = np.zeros((len(rungs), len(horizons), len(places)))
    columns = [list(grid).index(float(horizon)) for horizon in horizons]
    for row, asked in enumerate(rungs):
        shares[row] = curves[asked.country].rungs.mean(axis=0)[columns]
    return Simulated(answers, shares)


def _under_seeds(drawn: Floats, known: Case) -> Floats:
    """Give the mean over draws, (draw, year), and under further seeds over draws taken again, (seed, year)."""
    generator = named_generator(known.header.seed, "evaluation", "pathways-seeds", known.header.as_of.isoformat())
    again = generator.integers(len(drawn), size=(SEEDS - 1, len(drawn)))
    return np.concatenate([drawn.mean(axis=0)[None], drawn[again].mean(axis=1)])


def simulate_ladder(known: Case, countries: Sequence[str], grid: Sequence[float]) -> Mapping[str, Curves]:
    """Simulate candidates with the pathways as they are published.

    Parameters
    ----------
    known : Case
        As it stood at the origin, with everything.
    countries : sequence of str
        Candidates.
    grid : sequence of float
        Years ahead.

    Returns
    -------
    mapping
        Country → curves, as `models.Simulator` gives them.
    """
    from shteg.consent.objections.fit import fit_objections
    from shteg.consent.objections.rates import dyad_rates
    from shteg.consent.stage import OBJECTIONS
    from shteg.pathways.candidates.curves import AspirantStages, candidate_curves

    ahead, year = ceil(grid[-1]), known.header.as_of.year
    size = {"draws": DRAWS, "worlds_per_draw": WORLDS, "horizon_years": ahead, "report_years": (year + ahead,)}
    no_measures = Recommendations.model_construct(measures=(), areas=())
    known = replace(
        known, pathways=known.pathways.model_copy(update=size), recommendations=no_measures, scenarios={}
    )  # nothing is taken, and nothing compared
    objections = fit_objections(known) if OBJECTIONS in known.files or known.objections else None
    rates = {country: dyad_rates(objections, known, country, DRAWS) for country in countries} if objections else {}
    stages = None
    if known.header.aspirant in countries:
        stance = _stances(known)
        stages = AspirantStages(stance=stance, consent=_consent(known, stance, objections))
    return candidate_curves(
        known,
        countries,
        grid,
        draws=DRAWS,
        worlds=WORLDS,
        onset={country: one.onset for country, one in rates.items()},
        end={country: one.end for country, one in rates.items()},
        seed_names=("evaluation", "pathways"),
        aspirant=stages,
    )


def _stances(known: Case) -> StageResult:
    """Estimate the members' stances towards the aspirant, with no more draws than the simulation takes."""
    from shteg.stance.members.fit import build_stance_model, fit_stance
    from shteg.stance.members.vote_items import vote_item_draws

    model = build_stance_model(known)
    posterior = fit_stance(model, known.header.seed, chains=CHAINS, iterations=ITERATIONS, threads=1)
    acts = model.responses.acts_in_use()
    theta = Draws(
        values=posterior.chains.thinned(DRAWS),
        units=model.responses.members,
        measure="score",
        label="estimated" if acts else "assumed",
        source_ids=tuple(sorted({act.source for act in acts} or {member.source for member in known.members})),
    )
    votes = vote_item_draws(known, posterior, left_out=False)
    return StageResult(stage="stance", draws={"theta": theta, **votes})


def _consent(known: Case, stance: StageResult, objections: ObjectionFit | None) -> StageResult:
    """Estimate what the simulation of the aspirant takes of consent, without trying it on votes left out."""
    from shteg.consent.stage import consent_draws

    return StageResult(stage="consent", draws=consent_draws(known, stance, objections))
