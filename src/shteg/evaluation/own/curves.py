"""The curves of the parts that the evaluation computes, as draws for the pool: step by step, year by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from shteg.accession.history.ladder_sources import LadderSources
from shteg.accession.history.risk_spells import observed_steps
from shteg.accession.ladder.fit import fit_ladder
from shteg.accession.ladder.rungs import rung_draws
from shteg.arrays import Floats
from shteg.estimates import YEAR_DAYS, Draws
from shteg.evaluation.models import BASE_RATE, FULL, REFERENCE_CLASS
from shteg.evaluation.own.base_rate import base_rate_curves, reference_class_curves, steps_taken
from shteg.evaluation.questions import ladder_only
from shteg.evidence.case import Case

LADDER_DRAWS = 400
SEPARATOR = "|"
"""Between step and year in the names of columns of draws, as the pathways write them."""


def years_ahead(case: Case) -> dict[int, float]:
    """Give each calendar year of the forecast whose end lies ahead, with the years until then."""
    first = case.header.as_of.year
    found = {year: (date(year, 12, 31) - case.header.as_of).days / YEAR_DAYS
             for year in range(first, first + case.pathways.horizon_years + 1)}  # fmt: skip
    return {year: ahead for year, ahead in found.items() if ahead > 0}


def own_curves(case: Case) -> dict[str, Draws]:
    """Foretell the aspirant's recorded steps with every part that the evaluation computes.

    Parameters
    ----------
    case : Case

    Returns
    -------
    dict
        Part → draws of shares, (draw, "step|year").
    """
    ladder = ladder_only(case)
    ahead = years_ahead(case)
    years = list(ahead.values())
    parts = {
        BASE_RATE: base_rate_curves(ladder, years),
        REFERENCE_CLASS: reference_class_curves(ladder, years),
        FULL: ladder_curves(case, years),
    }
    sources = LadderSources(ladder).sources([step.id for step in observed_steps(ladder)])
    return {
        part: _as_draws({step: table for step, table in curves.items() if table.size}, list(ahead), sources)
        for part, curves in parts.items()
        if curves
    }


def ladder_curves(case: Case, years: Sequence[float]) -> dict[str, Floats]:
    """Foretell the aspirant's steps with the ladder: those it can take now as they are scored, later ones by rungs.

    Parameters
    ----------
    case : Case
    years : sequence of float
        From the as-of day, rising.

    Returns
    -------
    dict
        Step → (draw, year) probabilities; a step is taken where its rung or a higher one is.
    """
    known = ladder_only(case)
    aspirant, taken = known.header.aspirant, steps_taken(known)
    steps = [step for step in observed_steps(known) if step.id not in taken]
    if not steps:
        return {}
    fit = fit_ladder(known, draws=LADDER_DRAWS)
    now = {step: table for (country, step), table in fit.step_draws(years).items() if country == aspirant}
    rungs = rung_draws(fit, aspirant, years)
    return {
        step.id: now[step.id]
        if step.id in now
        else np.clip(sum((rungs[rung] for rung in rungs if rung >= step.rung), np.zeros_like(rungs[0])), 0.0, 1.0)
        for step in steps
    }


def _as_draws(curves: Mapping[str, Floats], years: Sequence[int], sources: tuple[str, ...]) -> Draws:
    names = tuple(SEPARATOR.join((step, str(year))) for step in curves for year in years)
    return Draws(
        values=np.concatenate(list(curves.values()), axis=1),
        units=names,
        measure="share",
        label="estimated",
        source_ids=sources,
    )
