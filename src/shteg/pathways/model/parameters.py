"""The named parameters of a case: which there are, what they allow, and their value in each posterior draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit, ndtri

from shteg.estimates import Label
from shteg.evidence.parameters import Domain, find_parameters
from shteg.evidence.records.base import Parameter
from shteg.evidence.records.case import Effect, Pathways
from shteg.pathways.model.arrays import Floats
from shteg.randomness import counter_uniform, fold_counter, stable_key

NORMAL_95 = 1.6448536269514722
SMALLEST_POSITIVE = 1e-6
"""Where a measure would push a time or a shape to zero or below, it stops here (half a minute, in years)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedParameter:
    """A parameter under the name by which measures move it; `title_id` is its name in the lexicon.

    Where a stage estimated it, `estimated` is (draw,) its draws, and `parameter` has their median and 90 % interval;
    `source_ids` are then those of the draws and of the range that was the prior.
    """

    name: str
    parameter: Parameter
    domain: Domain
    movable: bool
    title_id: str
    estimated: Floats | None = None
    source_ids: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The ids of all that it rests on."""
        return self.source_ids or (self.parameter.source,)

    @property
    def label(self) -> Label:
        """How much the data say about it."""
        return self.parameter.label


def name_parameters(pathways: Pathways) -> dict[str, NamedParameter]:
    """List every parameter of `pathways.toml` by its dotted name, in the order of the file format."""
    return {
        one.name: NamedParameter(
            name=one.name,
            parameter=one.entry,
            domain=one.domain,
            movable=one.movable,
            title_id=f"parameter:{one.name}",
        )
        for one in find_parameters(pathways)
    }


def clip_to_domain(values: Floats, domain: Domain) -> Floats:
    """Hold values inside what their parameter allows."""
    if domain == "real":
        return values
    if domain == "probability":
        return np.clip(values, 0.0, 1.0)
    return np.maximum(values, SMALLEST_POSITIVE if domain == "positive" else 0.0)


def standard_deviates(seed: int, name: str, first: int, stop: int) -> Floats:
    """Give one standard normal number per posterior draw that belongs to a name.

    Parameters
    ----------
    seed : int
        Seed of the case.
    name : str
        What the numbers are for: another name, other numbers.
    first, stop : int
        The draws, counted from 0, `stop` left out.

    Returns
    -------
    (stop - first,) float
    """
    draws = np.arange(first, stop, dtype=np.uint64)
    seed_key = fold_counter(np.zeros(1, dtype=np.uint64), np.array([seed], dtype=np.uint64))
    shares = counter_uniform(fold_counter(seed_key, draws), np.array(stable_key("parameter", name)))
    return np.asarray(ndtri(shares), dtype=np.float64)


def spread(value: float, low: float, high: float, domain: Domain, deviates: Floats) -> Floats:
    """Turn standard normal numbers into draws with median `value` and 5 % and 95 % quantiles `low` and `high`.

    A normal law with a scale of its own on either side of the median: on the log scale where the parameter must be
    positive, on the logit scale for probabilities, and on the natural scale, held at the bound, where the range
    touches the bound. A range of width zero gives the value itself.

    Parameters
    ----------
    value, low, high : float
        Median, and ends of the central 90 % range, in the unit of the parameter; low ≤ value ≤ high.
    domain : Domain
        What the parameter may be.
    deviates : (n,) float
        Standard normal numbers.

    Returns
    -------
    (n,) float
        In the unit of the parameter, inside its domain.
    """
    if low == high:
        return np.full(deviates.shape, value)
    if domain == "probability" and low > 0.0 and high < 1.0:
        logits = _two_sided(float(logit(value)), float(logit(low)), float(logit(high)), deviates)
        return np.asarray(expit(logits))
    if domain in ("positive", "nonnegative") and low > 0.0:
        return np.asarray(np.exp(_two_sided(float(np.log(value)), float(np.log(low)), float(np.log(high)), deviates)))
    return clip_to_domain(_two_sided(value, low, high, deviates), domain)


def _two_sided(value: float, low: float, high: float, deviates: Floats) -> Floats:
    scale = np.where(deviates < 0.0, value - low, high - value) / NORMAL_95
    return value + scale * deviates


def draw_parameters(named: Mapping[str, NamedParameter], seed: int, first: int, stop: int) -> dict[str, Floats]:
    """Draw every parameter once per posterior draw, the same for all scenarios; what was estimated has its draws.

    Parameters
    ----------
    named : mapping
        Dotted name → parameter.
    seed, first, stop : int
        As in `standard_deviates`.

    Returns
    -------
    dict
        Dotted name → (stop - first,) draws, in the unit of the parameter.
    """
    return {
        name: one.estimated[first:stop]
        if one.estimated is not None
        else spread(
            one.parameter.value,
            one.parameter.low,
            one.parameter.high,
            one.domain,
            standard_deviates(seed, name, first, stop),
        )
        for name, one in named.items()
    }


def draw_effect(measure: str, effect: Effect, seed: int, first: int, stop: int) -> Floats:
    """Draw the size of an effect once per posterior draw: what is added, or the factor.

    Parameters
    ----------
    measure : str
        Id of the measure.
    effect : Effect
        One of its effects.
    seed, first, stop : int
        As in `standard_deviates`.

    Returns
    -------
    (stop - first,) float
        On the scale of the parameter, or a factor ≥ 0.
    """
    deviates = standard_deviates(seed, f"{measure}\x1f{effect.target}\x1f{effect.operation}", first, stop)
    domain: Domain = "nonnegative" if effect.operation == "multiply" else "real"
    return spread(effect.value, effect.low, effect.high, domain, deviates)
