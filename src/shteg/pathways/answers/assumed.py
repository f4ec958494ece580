"""How much of what is not known about a forecast rests on assumed parameters, and how much on estimated ones."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Unpack

import numpy as np

from shteg.arrays import Floats, Ints
from shteg.estimates import Draws, Label, Value
from shteg.intervals import HIGH, LEVEL, LOW
from shteg.pathways.answers.measure import How, measure_worlds
from shteg.pathways.forecast.simulate import Simulated
from shteg.pathways.model.model import Model
from shteg.pathways.model.parameters import clip_to_domain, draw_parameters
from shteg.randomness import named_generator

WORLDS = 100
"""Worlds of each draw with the estimated quantities of another draw."""
RESAMPLES = 400
LINKED = ("intercept", "slope", "statehood", "common_factor")
"""Parameters of the link, which are estimated together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssumedShare:
    """Share of the variance over draws that rests on assumed parameters; `low`, `high`: 90 % over resampled draws."""

    step: str
    year: int
    share: float
    low: float
    high: float


def assumed_share(model: Model, done: Simulated, k: int, r: int, **how: Unpack[How]) -> AssumedShare | None:
    """Split the variance of a forecast between what is assumed and what is not.

    The forecast of draw d is f(A, B): A what is labelled as assumed, B the rest. With worlds of their own, f(A of d, B
    of another draw) and f(A of another draw, B of d) are simulated: their covariances with the forecast are what A, and
    what B, explains alone, without the noise of finitely many worlds. What only both together explain is halved: the
    Shapley effect of the two groups.

    Parameters
    ----------
    model : Model
        With as many draws as were simulated.
    done : Simulated
        The worlds of the forecast.
    k, r : int
        The step, and the report year by its place.
    **how : How
        Threads, executor and progress.

    Returns
    -------
    AssumedShare or None
        None where the forecast is the same in every draw.

    References
    ----------
    Saltelli et al. (2010), Computer Physics Communications 181(2); Owen (2014), Sobol' indices and Shapley value,
    SIAM/ASA Journal on Uncertainty Quantification 2.
    """
    year = model.report_years[r]
    y = model.years.index(year)
    draws = done.summary.incidence.draws[:, k, y]
    variance = float(draws.var())
    if variance <= 0.0:
        return None
    worlds = done.model.case.pathways.worlds_per_draw
    own = np.asarray(done.summary.cumulative[:, k, y] / worlds)
    generator = named_generator(model.case.header.seed, "pathways", "assumed share")
    order, limit = generator.permutation(len(own)), model.structure.year_times[y]

    def statistic(paths: Floats) -> Floats:
        return np.asarray((paths[:, :, 0, 0] <= limit).astype(np.float64))

    def mixed(assumed: bool) -> Floats:
        other = resize_beyond(shuffle_draws(done.model, order, assumed=assumed), len(own), worlds + WORLDS)
        return measure_worlds(other, statistic, steps=(k,), after=worlds, **how).mean

    alone, others = mixed(False), mixed(True)
    rows = generator.integers(0, len(own), (RESAMPLES, len(own)))
    clean = variance / float(own.var())
    again = [split_variance(own[one], alone[one], others[one], clean * float(own[one].var())) for one in rows]
    low, high = (float(one) for one in np.quantile(again, (LOW, HIGH)))
    share = split_variance(own, alone, others, variance)
    return AssumedShare(step=model.steps[k].id, year=year, share=share, low=min(low, share), high=max(high, share))


def resize_beyond(model: Model, draws: int, worlds: int) -> Model:
    """Give the model with its first scenario, and with more worlds than were simulated.

    Parameters
    ----------
    model : Model
    draws, worlds : int, >= 1
        Draws, and worlds of each.

    Returns
    -------
    Model
    """
    pathways = model.case.pathways.model_copy(update={"draws": draws, "worlds_per_draw": worlds})
    return replace(model, case=replace(model.case, pathways=pathways), scenarios=model.scenarios[:1])


def split_variance(own: Floats, alone: Floats, others: Floats, variance: float) -> float:
    """Give the share of the first of two groups of quantities.

    Parameters
    ----------
    own : (draw,) float
        The forecast of each draw.
    alone, others : (draw,) float
        That with the first group of the draw and the second of another, and the other way round.
    variance : float
        Of the forecast without simulation noise.

    Returns
    -------
    float
        From 0 to 1; 0 where there is no variance.
    """
    if variance <= 0.0:
        return 0.0
    first, second = (float(np.cov(own, one, ddof=0)[0, 1]) for one in (alone, others))
    return float(np.clip(0.5 * (first + variance - second) / variance, 0.0, 1.0))


def shuffle_draws(model: Model, order: Ints, *, assumed: bool) -> Model:
    """Give each draw quantities of another one: those that are assumed, or all others; the rest it keeps.

    Draws of the link to stances belong together: what is moved there keeps what it has in common (linearly) with what
    stays.

    Parameters
    ----------
    model : Model
    order : (draw,) int
        Whose quantities each draw gets.
    assumed : bool
        Whether it is the assumed ones that are moved.

    Returns
    -------
    Model
    """

    def moved(label: Label) -> bool:
        return (label == "assumed") == assumed

    def mix(draws: Draws | None) -> Draws | None:
        return replace(draws, values=draws.values[order]) if draws is not None and moved(draws.label) else draws

    drawn = draw_parameters(model.named, model.case.header.seed, 0, len(order))
    linked = [f"consent.{unit}" for unit in LINKED]
    stay = [drawn[one] for one in linked if one in drawn and _linked(model, one) and not moved(model.named[one].label)]
    base = np.stack([np.ones(len(order)), *stay], axis=1)
    named = {}
    for name, one in model.named.items():
        values = drawn[name]
        if moved(one.label):
            common = (
                base @ np.linalg.lstsq(base, values, rcond=None)[0] if name in linked and _linked(model, name) else 0.0
            )
            values = clip_to_domain(common + (values - common)[order], one.domain)
        named[name] = replace(one, estimated=values, source_ids=one.sources)
    found = model.objections
    if found is not None and moved(found.label):
        found = replace(found, onset=found.onset[order], end=found.end[order])
    log_rate = mix(model.log_rate)
    return replace(
        model, named=named, objections=found, theta=mix(model.theta), log_rate=log_rate or model.log_rate,
        ratify_mean=mix(model.ratify_mean), ratify_sd=mix(model.ratify_sd), ratify_hold=mix(model.ratify_hold),
        duration=mix(model.duration), veto=mix(model.veto),
    )  # fmt: skip


def _linked(model: Model, name: str) -> bool:
    return model.named[name].estimated is not None


def assumed_values(model: Model, found: AssumedShare | None) -> tuple[Value, ...]:
    """Give the share as a value."""
    if found is None:
        return ()
    sources = {source for one in model.named.values() if one.label == "assumed" for source in one.sources}
    return (
        Value(
            id="forecast.assumed-share",
            number=found.share,
            unit="share",
            decimals=0,
            label="computed",
            label_key="value.pathways.assumed_share",
            label_args={"step": f"step:{found.step}", "year": str(found.year)},
            source_ids=tuple(sorted(sources)) or (model.steps[0].source,),
            method="pathways#assumed-share",
            low=found.low,
            high=found.high,
            level=LEVEL,
        ),
    )
