"""Curves of the steps and rungs of any candidates of the ladder as of a day, by the engine of the forecast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from shteg.accession.history.risk_spells import observed_steps
from shteg.accession.ladder.fit import LadderFit, fit_ladder
from shteg.accession.ladder.result import aspirant_rates
from shteg.accession.ladder.rungs import seeking_rates
from shteg.accession.ratification.result import ratification_result
from shteg.accession.standstill.veto import fit_veto, veto_result
from shteg.chunks import one_blas_thread
from shteg.errors import ModelError
from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.pathways.candidates.arrays import Shared, candidate_parameters, candidate_plan, candidate_structure
from shteg.pathways.candidates.standing import find_standing, resolve
from shteg.pathways.engine.build_model import build_model
from shteg.pathways.engine.run import run_draws
from shteg.pathways.engine.simulation import EVERY, trace_paths
from shteg.pathways.engine.world import Run, make_scratch
from shteg.pathways.model.arrays import Floats, empty_tally
from shteg.randomness import fold_counter, named_generator, stable_key

SEEDS = 1 << 31


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CandidateCurves:
    """What the simulated futures of a country say, draw by draw.

    `steps` gives, by step, (draw, grid) the probability that it is taken by each year of the grid; steps that are not
    open to the country in any future are left out. `rungs` is (draw, grid, rung): the probability that a rung of
    `places` is the highest ever taken by then. `worlds` is how many futures of each draw were simulated.
    """

    country: str
    steps: Mapping[str, Floats]
    rungs: Floats
    places: tuple[int, ...]
    worlds: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AspirantStages:
    """Results as of the origin from which the whole published model of the aspirant is built.

    With as many draws as are asked for; the ladder's part of the accession stage is not among them, it is fitted here.
    """

    stance: StageResult
    consent: StageResult | None = None


def candidate_curves(
    known: Case,
    countries: Sequence[str],
    grid: Sequence[float],
    *,
    draws: int,
    worlds: int,
    onset: Mapping[str, Floats],
    end: Mapping[str, Floats],
    seed_names: tuple[str, ...],
    fit: LadderFit | None = None,
    aspirant: AspirantStages | None = None,
) -> Mapping[str, CandidateCurves]:
    """Simulate the futures of candidates as of a day.

    Parameters
    ----------
    known : Case
        As of the origin: `case.as_of(day)`. Only what it holds is used.
    countries : sequence of str
        Countries of the ladder (ISO 3166-1 alpha-3), in any order.
    grid : sequence of float
        Years from the origin, rising and above zero; the last is the horizon.
    draws, worlds : int, >= 1
        Posterior draws, and futures of each.
    onset, end : mapping of country to (draw, member) float
        Log yearly rates at which a member, in the order of `known.members`, begins to object to the country, and at
        which its objection ends. A country that is left out has the rates of the open blocks on record, the same for
        every member.
    seed_names : tuple of str
        Beside the seed of the case, the day and the country, what the random numbers belong to.
    fit : LadderFit, optional
        The ladder fitted to `known` with so many draws, where it is at hand.
    aspirant : AspirantStages, optional
        With them the aspirant is simulated by its whole published model; without them as any other candidate.

    Returns
    -------
    mapping of str to CandidateCurves
        By country, in the order given.

    Raises
    ------
    ModelError
        Draws do not fit each other.
    """
    points = tuple(float(one) for one in grid)
    if not points or points[0] <= 0.0 or any(a >= b for a, b in pairwise(points)):
        raise ModelError(f"the years {list(grid)} do not rise from above zero", "give each year once", "candidates")
    known = replace(known, pathways=known.pathways.model_copy(update={"draws": draws, "worlds_per_draw": worlds}))
    with one_blas_thread():
        fit = fit or fit_ladder(known, draws=draws)
        if len(fit.effects) != draws:
            raise ModelError(f"the ladder was fitted with {len(fit.effects)} draws, not {draws}", "fit it anew", "fit")
        ratify = ratification_result(known).draws
    shared = Shared(
        known=known,
        fit=fit,
        seeking=seeking_rates(known, draws),
        ratify_mean=ratify.get("ratification_log_days"),
        ratify_sd=ratify.get("ratification_sd"),
        ratify_hold=ratify.get("ratification_hold"),
    )
    places = (0, *sorted({step.rung for step in observed_steps(known)} - {0}))
    found = {}
    for country in countries:
        names = (*seed_names, known.header.as_of.isoformat(), country)
        if aspirant is not None and country == known.header.aspirant:
            times, rung = _aspirant_times(shared, aspirant, points, names)
        else:
            rates = _rates(shared, country, onset, end)
            times, rung = _candidate_times(shared, country, rates, points, names)
        found[country] = _summarise(known, country, times, rung, points, places)
    return found


def _rates(
    shared: Shared, country: str, onset: Mapping[str, Floats], end: Mapping[str, Floats]
) -> tuple[Floats, Floats]:
    """Give onset and end of objections to a country, (draw, member); those of the blocks on record where not given."""
    known = shared.known
    shape = (known.pathways.draws, len(known.members))
    if country not in onset or country not in end:
        veto = fit_veto(known)
        generator = named_generator(known.header.seed, "accession", "veto")
        begins, ends = veto.onset.law.draw_log(generator, shape[0]), veto.end.law.draw_log(generator, shape[0])
        return np.repeat(begins[:, None], shape[1], axis=1), np.repeat(ends[:, None], shape[1], axis=1)
    for name, rates in (("onset", onset[country]), ("end", end[country])):
        if rates.shape != shape or not np.isfinite(rates).all():
            problem = f"{name} of objections to {country} is {rates.shape}, not {shape} finite numbers"
            raise ModelError(problem, "a log yearly rate for each draw and member", "candidates")
    return onset[country], end[country]


def _candidate_times(
    shared: Shared, country: str, rates: tuple[Floats, Floats], grid: tuple[float, ...], names: tuple[str, ...]
) -> tuple[dict[str, Floats], int]:
    """Give when each step is taken, step → (draw, world) years, and the highest rung ever taken before."""
    known = shared.known
    draws, worlds = known.pathways.draws, known.pathways.worlds_per_draw
    standing = find_standing(known, country)
    if not standing.nodes:
        return {}, standing.rung
    structure = candidate_structure(known, standing, grid)
    parameters, plan = candidate_parameters(shared, standing, *rates), candidate_plan(structure)
    paths = np.empty((draws, worlds, 1, len(standing.nodes)))
    tally = empty_tally(structure, draws, 1)
    run = Run(structure, parameters, plan, make_scratch(structure, parameters, plan), tally)
    run_draws(run, _key(known.header.seed, names), 0, 0, worlds, paths, EVERY)
    return resolve(standing, paths[:, :, 0]), standing.rung


def _key(seed: int, names: tuple[str, ...]) -> np.uint64:
    begin = np.full(1, stable_key("candidate", *names))
    return np.uint64(fold_counter(begin, np.array([seed], dtype=np.uint64))[0])


def _aspirant_times(
    shared: Shared, stages: AspirantStages, grid: tuple[float, ...], names: tuple[str, ...]
) -> tuple[dict[str, Floats], int]:
    """Give the same of the aspirant, by its whole published model."""
    known = shared.known
    veto, ratify = veto_result(known), ratification_result(known)
    accession = aspirant_rates(shared.fit)
    accession = replace(accession, draws={**accession.draws, **ratify.draws, **veto.draws})
    seed = int(_key(known.header.seed, names)) % SEEDS
    steps = {step.id for step in known.steps}
    pathways = known.pathways.model_copy(
        update={"reversals": {name: rate for name, rate in known.pathways.reversals.items() if name in steps}}
    )
    seen = replace(known, header=known.header.model_copy(update={"seed": seed}), pathways=pathways)
    model = build_model(seen, stages.stance, accession, (), consent=stages.consent, effects=False)
    structure = model.structure._replace(
        horizon=grid[-1], year_times=np.array(grid), report_index=np.arange(len(grid), dtype=np.int64)
    )
    model = replace(model, structure=structure)
    times = trace_paths(model, 0, known.pathways.draws, known.pathways.worlds_per_draw)[:, :, 0]
    taken = {
        step.id: np.ascontiguousarray(times[..., k])
        for k, step in enumerate(model.steps)
        if not structure.reached[k] and (step.events or step.ratified)
    }
    return taken, find_standing(known, known.header.aspirant).rung


def _summarise(
    known: Case, country: str, times: Mapping[str, Floats], rung: int, grid: tuple[float, ...], places: tuple[int, ...]
) -> CandidateCurves:
    limits, shape = np.array(grid), (known.pathways.draws, known.pathways.worlds_per_draw)
    steps = {name: (one[..., None] <= limits).mean(axis=1) for name, one in times.items()}
    highest = np.full((*shape, len(limits)), rung)
    for step in observed_steps(known):
        if step.id in times:
            highest = np.where(times[step.id][..., None] <= limits, np.maximum(highest, step.rung), highest)
    rungs = np.stack([(highest == place).mean(axis=1) for place in places], axis=-1)
    return CandidateCurves(country=country, steps=steps, rungs=rungs, places=places, worlds=shape[1])
