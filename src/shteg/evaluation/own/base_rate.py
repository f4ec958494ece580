"""The aspirant's next steps at the base rate and in the reference class, draw by draw."""

from __future__ import annotations

from collections.abc import Sequence

from shteg.accession.history.risk_spells import first_reached, observed_steps
from shteg.arrays import Floats
from shteg.evaluation.baselines import base_rates, chain_probabilities
from shteg.evaluation.reference.forecast import chain_curves, waited_now
from shteg.evaluation.reference.objections import open_objections
from shteg.evaluation.reference.rates import reference_rates
from shteg.evidence.case import Case
from shteg.randomness import named_generator

DRAWS = 1000


def base_rate_curves(known: Case, years: Sequence[float]) -> dict[str, Floats]:
    """Foretell the steps that the aspirant has not taken, each at its base rate once those before it are taken.

    Rates are drawn from their Gamma posteriors; probabilities given the rates are exact. Nothing about the aspirant is
    used but the steps it has taken.

    Parameters
    ----------
    known : Case
        With recorded steps only (`ladder_only`).
    years : sequence of float
        From the as-of day, > 0.

    Returns
    -------
    dict
        Step → (draw, year) probabilities.
    """
    rates = base_rates(known)
    drawn = {
        step: rate.draw(named_generator(known.header.seed, "evaluation", "base-rate", step), DRAWS)
        for step, rate in rates.items()
    }
    return chain_probabilities(drawn, _prerequisites(known), steps_taken(known), years)


def reference_class_curves(known: Case, years: Sequence[float]) -> dict[str, Floats]:
    """Foretell the same at the rates of those who had waited as long, held up as the aspirant is.

    Parameters
    ----------
    known : Case
        With recorded steps only (`ladder_only`).
    years : sequence of float
        From the as-of day, > 0.

    Returns
    -------
    dict
        Step → (draw, year) probabilities, as `chain_curves` gives them.
    """
    aspirant, seed = known.header.aspirant, known.header.seed
    drawn = reference_rates(known).draw(seed, DRAWS, "own")
    waited = {step: wait for (country, step), wait in waited_now(known).items() if country == aspirant}
    members = {step.id: open_objections(known, aspirant, step.id) for step in observed_steps(known)}
    generator = named_generator(seed, "evaluation", "reference-class", "waits")
    return chain_curves(drawn, _prerequisites(known), waited, members, steps_taken(known), years, generator)


def _prerequisites(known: Case) -> dict[str, tuple[str, ...]]:
    """Give the steps before each, every step after those it rests on."""
    left = {step.id: step.prerequisites for step in observed_steps(known)}
    found: dict[str, tuple[str, ...]] = {}
    while left:
        ready = [step for step, names in left.items() if not set(names) & set(left)]
        for step in ready:
            found[step] = left.pop(step)
    return found


def steps_taken(known: Case) -> frozenset[str]:
    """Name the recorded steps that the aspirant has taken."""
    reached = first_reached(known)
    return frozenset(step.id for step in observed_steps(known) if (known.header.aspirant, step.id) in reached)
