"""Forward propagation over months: on which rung each country will stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from shteg.accession.history.risk_spells import YEAR, first_reached, ladder_countries, seeking_spans
from shteg.accession.history.spans import Span, country_path
from shteg.accession.ladder.person_period import PIECES, fitted_steps, seeks_now, skipping_prerequisites
from shteg.accession.ladder.risk_rows import MONTH
from shteg.compiling import compiled
from shteg.evidence.case import Case
from shteg.evidence.records.case import Step
from shteg.randomness import named_generator

Floats = NDArray[np.float64]

MOST_DRAWS = 200
"""Draws that are propagated: their mean moves by less than a hundredth with more."""

PHASES = np.array([0, 0, 0, 1, 1, 2])
"""Piece of duration of each phase: on rungs reached after the as-of day a piece passes in phases of random length."""

CLOSED, REGULAR, SKIPPED = 0, 1, 2


class FittedLadder(Protocol):
    """What is propagated: see `ladder_fit.LadderFit`."""

    @property
    def case(self) -> Case:
        """The case as it stands."""

    @property
    def effects(self) -> Floats:
        """Draws of the effects, (draw, effect)."""

    @property
    def block_end(self) -> Floats:
        """Draws of the yearly rate at which a block ends, (draw,)."""

    def effect(self, kind: str, name: str) -> Floats:
        """Give the draws of one effect, (draw,)."""

    def log_hazard(self, country: str, step: str) -> Floats:
        """Give the draws of a log hazard, (draw,)."""

    def duration(self, step: str) -> Floats:
        """Give the draws of the changes from piece to piece, (draw, piece)."""

    def year_paths(self, years: int) -> Floats:
        """Draw the years to come, (draw, year)."""

    def open_blocks(self, country: str, step: str) -> int:
        """Count the members that openly block."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Origin:
    """Where a country stands: rung, steps open to it with the years already waited, blocks and seeking."""

    rung: int
    way: NDArray[np.int64]
    elapsed: Floats
    blocks: NDArray[np.int64]
    seeks: bool


def propagate(fit: FittedLadder, horizons: Sequence[float]) -> list[tuple[str, float, int, float]]:
    """Give (country, horizon, rung, probability) for every country below the top of the ladder."""
    case = fit.case
    steps = fitted_steps(case)
    reached = first_reached(case)
    top = steps[-1].id if steps else ""
    below = [
        country for country in ladder_countries(case) if (country, top) not in reached and _independent(case, country)
    ]
    order = sorted(set(horizons))
    months = np.array([max(round(one / MONTH), 0) for one in order], dtype=np.int64)
    chosen = np.linspace(0, len(fit.effects) - 1, min(MOST_DRAWS, len(fit.effects))).astype(np.int64)
    draws = _Shared(fit, steps, chosen, int(months.max(initial=0)))
    found: list[tuple[str, float, int, float]] = []
    for country in below:
        origin = origin_of(fit, country, steps)
        base = np.stack([fit.log_hazard(country, step.id)[chosen] for step in steps], axis=1)
        shares = _propagate(
            base, draws.duration, draws.skip, draws.block, draws.paths, draws.seeking,
            lifting_shares(fit.block_end[chosen], int(origin.blocks.max(initial=0)), int(months.max(initial=0)) + 1),
            draws.way, draws.sought, origin.rung, origin.way, origin.elapsed, origin.blocks > 0, origin.seeks,
            case.header.as_of.month - 1, months, np.array(PIECES), PHASES,
        )  # fmt: skip
        for place, horizon in enumerate(order):
            by_rung: dict[int, float] = {}
            for state, share in enumerate(shares[place]):
                rung = steps[state - 1].rung if state else 0
                by_rung[rung] = by_rung.get(rung, 0.0) + float(share)
            found.extend((country, float(horizon), rung, share) for rung, share in sorted(by_rung.items()))
    return found


def _independent(case: Case, country: str) -> bool:
    own = next((one.independent_on for one in case.countries if one.country == country), None)
    return own is None or own.middle <= case.header.as_of


class _Shared:
    """What all countries share, for the chosen draws."""

    def __init__(self, fit: FittedLadder, steps: Sequence[Step], chosen: NDArray[np.int64], months: int) -> None:
        self.duration = np.stack([fit.duration(step.id)[chosen] for step in steps], axis=1)
        self.skip = fit.effect("skip", "skip")[chosen]
        self.block = fit.effect("block", "block")[chosen]
        self.paths = np.ascontiguousarray(fit.year_paths(months // 12 + 2)[chosen])
        self.seeking = -np.expm1(-MONTH * seeking_rates(fit.case, len(fit.effects))[chosen])
        self.sought = np.array([step.seeking for step in steps])
        self.way = _ways(fit.case, steps)


def _ways(case: Case, steps: Sequence[Step]) -> NDArray[np.int64]:
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


def origin_of(fit: FittedLadder, country: str, steps: Sequence[Step]) -> Origin:
    """Find where a country stands on the as-of day, whether it seeks or not."""
    case = fit.case
    path = country_path(case, country)
    taken = [place for place, step in enumerate(steps, start=1)
             if any(_holds(span, case) for span in path.held(step))]  # fmt: skip
    stands = max(taken, default=0)
    way, elapsed = np.zeros(len(steps), dtype=np.int64), np.zeros(len(steps))
    blocks = np.zeros(len(steps), dtype=np.int64)
    for place, step in enumerate(steps):
        if stands and step.rung <= steps[stands - 1].rung:
            continue
        instead = skipping_prerequisites(case, step)
        for kind, names in ((REGULAR, step.prerequisites), (SKIPPED, instead)):
            spans = () if names is None else [one for one in path.open(step, names) if _holds(one, case)]
            if spans and not way[place]:
                way[place] = kind
                elapsed[place] = (case.header.as_of - spans[-1].start.middle).days / YEAR
        blocks[place] = fit.open_blocks(country, step.id)
    return Origin(rung=stands, way=way, elapsed=elapsed, blocks=blocks, seeks=seeks_now(case, country))


def _holds(span: Span, case: Case) -> bool:
    day = case.header.as_of
    return span.start.middle <= day and (span.stop is None or day < span.stop.middle)


def lifting_shares(rate: Floats, blocks: int, months: int) -> Floats:
    """Give the share of still blocked futures in which the last of so many blocks ends in each month, (draw, month)."""
    time = MONTH * np.arange(months + 1)
    ended = (-np.expm1(-rate[:, None] * time[None, :])) ** max(blocks, 1)
    left = np.maximum(1.0 - ended[:, :-1], 1e-300)
    return np.asarray(np.clip((ended[:, 1:] - ended[:, :-1]) / left, 0.0, 1.0))


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
        free = next((one.independent_on for one in case.countries if one.country == country), None)
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
        sought += inside / YEAR
        idle += max(stop - start - inside, 0) / YEAR
    generator = named_generator(case.header.seed, "accession", "seeking")
    first_rate = generator.standard_gamma(0.5 + begun, draws) / (0.5 + idle)
    second_rate = generator.standard_gamma(0.5 + ended, draws) / (0.5 + sought)
    return np.stack([first_rate, second_rate], axis=1)


def _leave(
    base: Any, duration: Any, skip: Any, block: Any, move: Any, way: Any, sought: Any, seeks: Any, pieces: Any,
    blocked: Any, out: Any,
) -> None:  # fmt: skip
    """Probabilities of taking each step within a month, and of staying (last entry), at given pieces."""
    total = 0.0
    for k in range(base.shape[0]):
        out[k] = 0.0
        if way[k] == 0 or (sought[k] and not seeks):
            continue
        eta = base[k] + move
        for piece in range(pieces[k]):
            eta += duration[k, piece]
        if way[k] == 2:
            eta += skip
        if blocked[k]:
            eta += block
        out[k] = np.exp(min(eta, 15.0)) / 12.0
        total += out[k]
    stay = np.exp(-total)
    for k in range(base.shape[0]):
        out[k] = out[k] / total * (1.0 - stay) if total > 0.0 else 0.0
    out[base.shape[0]] = stay


_leave_compiled = compiled(_leave)


def _kernel(
    base: Any, duration: Any, skip: Any, block: Any, paths: Any, seeking: Any, lifted: Any, way: Any, sought: Any,
    rung: Any, own_way: Any, elapsed: Any, blocked: Any, seeks: Any, first_month: Any, months: Any, cuts: Any,
    phases: Any,
) -> Any:  # fmt: skip
    """Shares of the states (highest step taken, 0 none) at each horizon, mean over draws."""
    draws, steps = base.shape
    shares = np.zeros((months.shape[0], steps + 1))
    count = phases.shape[0]
    last = months[-1] if months.shape[0] else 0
    nobody = np.zeros(steps, dtype=np.bool_)
    aging = np.zeros(count)
    for phase in range(count - 1):
        length = cuts[phases[phase]] - (cuts[phases[phase] - 1] if phases[phase] > 0 else 0.0)
        aging[phase] = 1.0 - np.exp(-np.sum(phases == phases[phase]) / length / 12.0)
    table = np.zeros((steps + 1, cuts.shape[0] + 1, 2, steps + 1))
    leave = np.zeros(steps + 1)
    pieces = np.zeros(steps, dtype=np.int64)
    for d in range(draws):
        origin = np.zeros((2, 2))
        origin[int(seeks), int(blocked.any())] = 1.0
        mass = np.zeros((steps + 1, count, 2))
        known = -1
        for month in range(last + 1):
            for h in range(months.shape[0]):
                if months[h] == month:
                    shares[h, rung] += origin.sum()
                    for state in range(steps + 1):
                        shares[h, state] += mass[state].sum()
            year = (first_month + month) // 12
            if year != known:
                known = year
                for state in range(steps + 1):
                    for piece in range(cuts.shape[0] + 1):
                        for seek in range(2):
                            pieces[:] = piece
                            _leave_compiled(base[d], duration[d], skip[d], block[d], paths[d, year], way[state],
                                            sought, seek == 1, pieces, nobody, table[state, piece, seek])  # fmt: skip
            after = np.zeros((steps + 1, count, 2))
            for state in range(steps + 1):
                for phase in range(count):
                    for seek in range(2):
                        here = mass[state, phase, seek]
                        if here < 1e-12:
                            continue
                        moved = table[state, phases[phase], seek]
                        for k in range(steps):
                            after[k + 1, 0, seek] += here * moved[k]
                        stayed = here * moved[steps]
                        toggle = seeking[d, seek]
                        for to in range(2):
                            part = stayed * (toggle if to != seek else 1.0 - toggle)
                            after[state, phase, to] += part * (1.0 - aging[phase])
                            if aging[phase] > 0.0:
                                after[state, phase + 1, to] += part * aging[phase]
            staying = np.zeros((2, 2))
            for k in range(steps):
                since = elapsed[k] + (month + 0.5) / 12.0
                pieces[k] = 0
                for cut in range(cuts.shape[0]):
                    pieces[k] += since >= cuts[cut]
            for seek in range(2):
                for held in range(2):
                    here = origin[seek, held]
                    if here < 1e-12:
                        continue
                    _leave_compiled(base[d], duration[d], skip[d], block[d], paths[d, year], own_way, sought,
                                    seek == 1, pieces, blocked if held == 1 else nobody, leave)  # fmt: skip
                    for k in range(steps):
                        after[k + 1, 0, seek] += here * leave[k]
                    stayed = here * leave[steps]
                    toggle = seeking[d, seek]
                    for to in range(2):
                        part = stayed * (toggle if to != seek else 1.0 - toggle)
                        if held == 1:
                            staying[to, 0] += part * lifted[d, month]
                            staying[to, 1] += part * (1.0 - lifted[d, month])
                        else:
                            staying[to, 0] += part
            origin, mass = staying, after
    return shares / draws


_propagate = compiled(_kernel)
