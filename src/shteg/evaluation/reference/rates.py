"""Rates of the reference class: by years waited, while a member objects, and of the ends of objections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import numpy as np

from shteg.accession.history.risk_spells import RiskSpell, observed_steps, risk_spells
from shteg.arrays import Floats
from shteg.estimates import YEAR_DAYS
from shteg.evaluation.reference.objections import own_objections, spans_held_up
from shteg.evidence.case import Case
from shteg.gamma_rate import GammaRate
from shteg.randomness import named_generator

WAITED = (2.0, 8.0)
"""Years waited at which the rate may change."""
PRIOR_FACTOR = (0.5 * exp(-1.0), 0.5)
"""Prior of the factor while a member objects, in events and in events expected: it holds a step up to about a third."""
PRIOR_END = (0.5, 1.0)
"""Prior of the rate at which an objection ends: half an end in one year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceRates:
    """Posteriors: `by_wait[step]` a law for each piece of years waited, `factor` while held up, `end` of objections."""

    by_wait: Mapping[str, tuple[GammaRate, ...]]
    factor: GammaRate
    end: GammaRate

    def draw(self, seed: int, draws: int, *names: str) -> DrawnRates:
        """Draw all rates.

        Parameters
        ----------
        seed : int
        draws : int
            How many.
        *names : str
            What the draws are for: with the seed all that they depend on.

        Returns
        -------
        DrawnRates
        """

        def drawn(law: GammaRate, *what: str) -> Floats:
            return law.draw(named_generator(seed, "evaluation", "reference-class", *names, *what), draws)

        return DrawnRates(
            by_wait={
                step: np.stack([drawn(law, step, str(piece)) for piece, law in enumerate(laws)], axis=1)
                for step, laws in self.by_wait.items()
            },
            factor=drawn(self.factor, "factor"),
            end=drawn(self.end, "end"),
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnRates:
    """Draws of the rates: `by_wait[step]` (draw, piece) a year, `factor` (draw,), `end` (draw,) a year."""

    by_wait: Mapping[str, Floats]
    factor: Floats
    end: Floats


@dataclass(slots=True)
class _Counts:
    """Events and years at risk: free by piece of years waited, and while a member objected by piece."""

    free_events: Floats
    free_years: Floats
    held_events: Floats
    held_years: Floats


def reference_rates(known: Case) -> ReferenceRates:
    """Count events and years at risk by years waited and by open objection, whoever the country.

    Parameters
    ----------
    known : Case
        As of the origin, with recorded steps only (`ladder_only`).

    Returns
    -------
    ReferenceRates
        The rate of a step after so many years waited is Gamma(1 + n, 1/λ + E), λ the base rate of the step (all years
        waited, all countries), n and E counted while no member objects; the factor while one does is
        Gamma(0.5/e + n_b, 0.5 + Σ λ_kd E_b) over all steps, λ_kd the mean rate after as long a wait; each objection
        ends at Gamma(0.5 + n, 1 + E).

    References
    ----------
    docs/methods/evaluation.md, section Reference class.
    """
    by_wait: dict[str, tuple[GammaRate, ...]] = {}
    held, expected = 0.0, 0.0
    for step in observed_steps(known):
        counts = _count(known, step.id, risk_spells(known, step))
        events = float(counts.free_events.sum() + counts.held_events.sum())
        base = GammaRate.of(events, float(counts.free_years.sum() + counts.held_years.sum())).mean
        by_wait[step.id] = tuple(
            GammaRate.of(float(n), float(years), (1.0, 1.0 / base))
            for n, years in zip(counts.free_events, counts.free_years, strict=True)
        )
        held += float(counts.held_events.sum())
        expected += sum(law.mean * float(years) for law, years in zip(by_wait[step.id], counts.held_years, strict=True))
    return ReferenceRates(
        by_wait=by_wait, factor=GammaRate.of(held, expected, PRIOR_FACTOR), end=GammaRate.of(*_ends(known), PRIOR_END)
    )


def _ends(known: Case) -> tuple[float, float]:
    """Count the ends of objections and the years that they stood open."""
    today = float(known.header.as_of.toordinal())
    every = own_objections(known)
    years = sum(max(min(one.stop, today) - one.start, 0.0) for one in every) / YEAR_DAYS
    return float(sum(one.stop <= today for one in every)), years


def _count(known: Case, step: str, spells: tuple[RiskSpell, ...]) -> _Counts:
    pieces = len(WAITED) + 1
    counts = _Counts(*(np.zeros(pieces) for _ in range(4)))
    for spell in spells:
        if not spell.entry_on:
            continue
        held = spans_held_up(known, spell.country, step)
        could = spell.entry_on - spell.entry_years * YEAR_DAYS
        edges = (-np.inf, *(could + years * YEAR_DAYS for years in WAITED), np.inf)
        for piece in range(pieces):
            start, stop = max(float(spell.entry_on), edges[piece]), min(float(spell.exit_on), edges[piece + 1])
            if stop <= start:
                continue
            barred = sum(max(min(stop, high) - max(start, low), 0.0) for low, high in held)
            counts.held_years[piece] += barred / YEAR_DAYS
            counts.free_years[piece] += (stop - start - barred) / YEAR_DAYS
        if spell.status == "reached":
            piece = int(np.searchsorted(edges[1:-1], float(spell.exit_on), side="right"))
            barred_then = any(low <= spell.exit_on < high for low, high in held)
            (counts.held_events if barred_then else counts.free_events)[piece] += 1.0
    return counts
