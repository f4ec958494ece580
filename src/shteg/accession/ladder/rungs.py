"""On which rung each country will stand: the ladder carried forward over months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from shteg.accession.history.once import once
from shteg.accession.history.risk_spells import first_reached, ladder_countries, seeking_spans
from shteg.accession.history.spans import country_path, independence
from shteg.accession.ladder.fit import LadderFit, lifting_shares
from shteg.accession.ladder.person_period import PIECES, fitted_steps, seeks_now, skipping_prerequisites
from shteg.accession.ladder.risk_rows import MONTH
from shteg.accession.ladder.rung_kernel import REGULAR, SKIPPED, Calendar, Hazards, Ladder, Standing, carry_forward
from shteg.arrays import Floats, Ints
from shteg.estimates import YEAR_DAYS
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step
from shteg.gamma_rate import GammaRate
from shteg.randomness import named_generator

MOST_DRAWS = 200
"""Draws that are carried forward: their mean moves by less than a hundredth with more."""

PHASES = (0, 0, 0, 1, 1, 2)
"""Piece of duration of each phase: on rungs reached after the as-of day a piece passes in phases of random length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RungForecast:
    """Probability that `rung` is the highest that a country has taken by the horizon; 0 is none."""

    country: str
    horizon_years: float
    rung: int
    probability: float


def rung_probability(fit: LadderFit, horizons: Sequence[float]) -> tuple[RungForecast, ...]:
    """Forecast the highest rung that each country has taken, for every country of the ladder not yet at its top.

    Parameters
    ----------
    fit : LadderFit
        The ladder of a case as it stands.
    horizons : sequence of float
        Years, in whole months.

    Returns
    -------
    tuple of RungForecast
        Sorted by country, horizon and rung; probabilities of one country and horizon sum to 1. Seeking begins and
        ends at the rates of the record; an open block may end, no new one begins.
    """
    case, steps, order = fit.case, fitted_steps(fit.case), sorted(set(horizons))
    below = _below_the_top(case, steps)
    if not below or not order:
        return ()
    months = np.array([max(round(one / MONTH), 0) for one in order], dtype=np.int64)
    chosen = np.linspace(0, len(fit.effects) - 1, min(MOST_DRAWS, len(fit.effects))).astype(np.int64)
    shared = _shared_hazards(fit, steps, chosen, int(months[-1]))
    ladder = Ladder(_ways(case, steps), np.array([step.seeking for step in steps]))
    calendar = Calendar(case.header.as_of.month - 1, months, np.array(PIECES), np.array(PHASES), _aging())
    never = np.zeros((len(chosen), int(months[-1]) + 1))
    found: list[RungForecast] = []
    for country in below:
        origin, blocks = origin_of(fit, country, steps)
        own = shared._replace(
            base=np.stack([fit.log_hazard(country, step.id)[chosen] for step in steps], axis=1),
            lifted=lifting_shares(fit.block_end[chosen], blocks, int(months[-1]) + 1) if blocks else never,
        )
        shares = carry_forward(own, ladder, origin, calendar) / len(chosen)
        for horizon, states in zip(order, shares, strict=True):
            by_rung: dict[int, float] = {}
            for state, share in enumerate(states):
                rung = steps[state - 1].rung if state else 0
                by_rung[rung] = by_rung.get(rung, 0.0) + float(share)
            found.extend(
                RungForecast(country=country, horizon_years=float(horizon), rung=rung, probability=share)
                for rung, share in sorted(by_rung.items())
            )
    return tuple(found)


def rung_draws(fit: LadderFit, country: str, horizons: Sequence[float]) -> dict[int, Floats]:
    """Forecast the highest rung of one country draw by draw, as `rung_probability` does on average.

    Parameters
    ----------
    fit : LadderFit
        The ladder of a case as it stands.
    country : str
        ISO 3166-1 alpha-3; below the last rung.
    horizons : sequence of float
        Years, in whole months, rising.

    Returns
    -------
    dict
        Rung → (draw, horizon) probability that it is the highest taken; 0 is none.
    """
    case, steps = fit.case, fitted_steps(fit.case)
    months = np.array([max(round(one / MONTH), 0) for one in horizons], dtype=np.int64)
    draws, longest = len(fit.effects), int(months[-1])
    origin, blocks = origin_of(fit, country, steps)
    every = _shared_hazards(fit, steps, np.arange(draws), longest)._replace(
        base=np.stack([fit.log_hazard(country, step.id) for step in steps], axis=1),
        lifted=lifting_shares(fit.block_end, blocks, longest + 1) if blocks else np.zeros((draws, longest + 1)),
    )
    ladder = Ladder(_ways(case, steps), np.array([step.seeking for step in steps]))
    calendar = Calendar(case.header.as_of.month - 1, months, np.array(PIECES), np.array(PHASES), _aging())
    shares = np.stack(
        [
            carry_forward(Hazards(*(table[draw : draw + 1] for table in every)), ladder, origin, calendar)
            for draw in range(draws)
        ]
    )
    found: dict[int, Floats] = {}
    for state in range(len(steps) + 1):
        rung = steps[state - 1].rung if state else 0
        found[rung] = found.get(rung, np.zeros((draws, len(months)))) + shares[:, :, state]
    return found


def _below_the_top(case: Case, steps: Sequence[Step]) -> list[str]:
    """Name the independent countries that have not taken the last step."""
    reached, top, today = first_reached(case), steps[-1].id if steps else "", case.header.as_of
    since = {country: independence(case, country) for country in ladder_countries(case)}
    return [
        country
        for country, day in since.items()
        if (country, top) not in reached and (day is None or day.middle <= today)
    ]


def _shared_hazards(fit: LadderFit, steps: Sequence[Step], chosen: Ints, months: int) -> Hazards:
    """Give what all countries share, for the chosen draws; `base` and `lifted` are each country's own."""
    nothing = np.empty((0, 0))
    return Hazards(
        base=nothing,
        duration=np.stack([fit.duration(step.id)[chosen] for step in steps], axis=1),
        skip=fit.effect("skip", "skip")[chosen],
        block=fit.effect("block", "block")[chosen],
        years=np.ascontiguousarray(fit.year_paths(months // 12 + 2)[chosen]),
        seeking=-np.expm1(-MONTH * seeking_rates(fit.case, len(fit.effects))[chosen]),
        lifted=nothing,
    )


def _aging() -> Floats:
    """Give the chance of passing to the next phase within a month, (phase,): as many a piece as its years allow."""
    lengths = [cut - start for start, cut in zip((0.0, *PIECES), PIECES, strict=False)]
    passing = [1.0 - exp(-PHASES.count(piece) / lengths[piece] / 12.0) for piece in PHASES[:-1]]
    return np.array([*passing, 0.0])


def _ways(case: Case, steps: Sequence[Step]) -> Ints:
    """How each step is open to a country whose highest step is given, (highest + 1, step)."""
    rung = {step.id: step.rung for step in case.steps}
    way = np.zeros((len(steps) + 1, len(steps)), dtype=np.int64)
    for state in range(len(steps) + 1):
        stands = steps[state - 1].rung if state else 0
        for place, step in enumerate(steps):
            if step.rung <= stands:
                continue
            instead = skipping_prerequisites(case, step)
            if all(rung.get(name, 0) <= stands for name in step.prerequisites):
                way[state, place] = REGULAR
            elif instead is not None and all(rung.get(name, 0) <= stands for name in instead):
                way[state, place] = SKIPPED
    return way


def origin_of(fit: LadderFit, country: str, steps: Sequence[Step]) -> tuple[Standing, int]:
    """Find where a country stands on the as-of day, whether it seeks or not.

    Parameters
    ----------
    fit : LadderFit
        Of the case; it tells which blocks count.
    country : str
        ISO 3166-1 alpha-3.
    steps : sequence of Step
        The fitted ones, from the lowest rung up.

    Returns
    -------
    tuple of Standing and int
        With the most members that block one of its steps.
    """
    stands, way, elapsed = open_to(fit.case, country)
    blocks = np.zeros(len(steps), dtype=np.int64)
    for place, step in enumerate(steps):
        if not stands or step.rung > steps[stands - 1].rung:
            blocks[place] = fit.open_blocks(country, step.id)
    standing = Standing(stands, way, elapsed, blocks > 0, seeks_now(fit.case, country))
    return standing, int(blocks.max(initial=0))


@once
def open_to(case: Case, country: str) -> tuple[int, Ints, Floats]:
    """Give where a country stands on the as-of day.

    Its highest step by number (0: none, 1: the first fitted one), how each step is open to it, (step,), and since how
    many years, (step,).
    """
    steps, path, today = fitted_steps(case), country_path(case, country), case.header.as_of
    taken = [place for place, step in enumerate(steps, start=1) if any(span.covers(today) for span in path.held(step))]
    stands = max(taken, default=0)
    way, elapsed = np.zeros(len(steps), dtype=np.int64), np.zeros(len(steps))
    for place, step in enumerate(steps):
        if stands and step.rung <= steps[stands - 1].rung:
            continue
        for kind, names in ((REGULAR, step.prerequisites), (SKIPPED, skipping_prerequisites(case, step))):
            spans = () if names is None else [one for one in path.open(step, names) if one.covers(today)]
            if spans and not way[place]:
                way[place] = kind
                elapsed[place] = (today - spans[-1].start.middle).days / YEAR_DAYS
    for told in (way, elapsed):
        told.setflags(write=False)
    return stands, way, elapsed


@once
def seeking_rates(case: Case, draws: int) -> Floats:
    """Draw the yearly rates at which countries begin and cease to seek, (draw, 2): Gamma(½, ½ year) a priori.

    Ceasing by joining does not count.
    """
    steps = fitted_steps(case)
    reached = first_reached(case)
    today = case.header.as_of.toordinal()
    opened = [step.existed_from.middle.toordinal() for step in steps if step.existed_from]
    begun, ended, idle, sought = 0, 0, 0.0, 0.0
    for country in ladder_countries(case):
        joined = reached.get((country, steps[-1].id)) if steps else None
        free = independence(case, country)
        start = max(min(opened, default=today), free.middle.toordinal() if free else 0)
        stop = joined.middle.toordinal() if joined else today
        spans = seeking_spans(case, country)
        inside = 0
        for span in spans:
            first = span.start.middle.toordinal()
            last = min(span.stop.middle.toordinal() if span.stop else stop, stop)
            begun += start < first < stop
            ended += span.stop is not None and last < stop
            inside += max(last - max(first, start), 0)
        sought += inside / YEAR_DAYS
        idle += max(stop - start - inside, 0) / YEAR_DAYS
    generator = named_generator(case.header.seed, "accession", "seeking")
    return np.stack([GammaRate.of(*seen).draw(generator, draws) for seen in ((begun, idle), (ended, sought))], axis=1)
