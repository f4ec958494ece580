"""What the fitted ladder says in numbers: rates and waits of the aspirant, effects, what the prior alone would say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shteg.accession.history.risk_spells import YEAR, RiskSpell
from shteg.accession.history.spans import country_path
from shteg.accession.ladder.fit import HIGH, LOW, LadderFit
from shteg.accession.ladder.hazard_design import SCALES, HazardDesign, Scale
from shteg.accession.ladder.nested_laplace import log_likelihood
from shteg.accession.ladder.person_period import PIECES, fitted_steps
from shteg.accession.ladder.risk_rows import RiskRows
from shteg.estimates import Label

Floats = NDArray[np.float64]

LEARNT = 0.5
"""An effect is *estimated* where the data took away at least half of its prior variance, else *assumed*."""

PRIOR_DRAWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRate:
    """Yearly rate of one step for the aspirant as it stands: no open block, after the years it has waited.

    Medians of the draws with 90 % intervals; `wait_*` is the median wait from now on at these hazards.
    """

    step: str
    events: int
    exposure: float
    exposure_low: float
    exposure_high: float
    elapsed: float
    rate: float
    rate_low: float
    rate_high: float
    wait: float
    wait_low: float
    wait_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An effect on the log hazard, or a learnt standard deviation, and how much the data taught about it."""

    kind: str
    name: str
    mean: float
    low: float
    high: float
    prior_sd: float
    learnt: float

    @property
    def label(self) -> Label:
        """Estimated or assumed, by how much of the prior variance is gone."""
        return "estimated" if self.learnt >= LEARNT else "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledStep:
    """Events and rate of one step in one organisation, as counted, as fitted, and for a country like any other."""

    step: str
    organisation: str
    events: int
    exposure: float
    counted: float | None
    fitted: float
    typical: float
    typical_low: float
    typical_high: float


def elapsed_years(fit: LadderFit) -> dict[str, float]:
    """Give how long the aspirant's prerequisites of each step have been met; steps not open to it are left out."""
    case = fit.case
    path = country_path(case, case.header.aspirant)
    today = case.header.as_of
    found: dict[str, float] = {}
    for step in fitted_steps(case):
        for span in path.open(step):
            if span.start.middle <= today and (span.stop is None or today < span.stop.middle):
                found[step.id] = (today - span.start.middle).days / YEAR
    return found


def duration_levels(fit: LadderFit, step: str) -> Floats:
    """Give the log hazard of each later piece of duration relative to the first, (draw, piece)."""
    return np.cumsum(fit.duration(step), axis=1)


def step_rates(fit: LadderFit, spells: Mapping[str, Sequence[RiskSpell]]) -> tuple[StepRate, ...]:
    """Give the rate of every observed step for the aspirant as it stands."""
    elapsed = elapsed_years(fit)
    found: list[StepRate] = []
    for step, of_step in spells.items():
        waited = elapsed.get(step, 0.0)
        log_rate = fit.log_hazard(fit.case.header.aspirant, step)
        levels = np.concatenate([np.zeros((len(log_rate), 1)), duration_levels(fit, step)], axis=1)
        rate = np.exp(log_rate + levels[:, sum(waited >= cut for cut in PIECES)])
        wait = median_wait(log_rate, levels, waited)
        rates, waits = (np.quantile(one, [0.5, LOW, HIGH]) for one in (rate, wait))
        found.append(StepRate(
            step=step, elapsed=waited, events=sum(one.status == "reached" for one in of_step),
            exposure=sum(one.years for one in of_step), exposure_low=sum(one.years_low for one in of_step),
            exposure_high=sum(one.years_high for one in of_step),
            rate=float(rates[0]), rate_low=float(rates[1]), rate_high=float(rates[2]),
            wait=float(waits[0]), wait_low=float(waits[1]), wait_high=float(waits[2]),
        ))  # fmt: skip
    return tuple(found)


def median_wait(log_rate: Floats, levels: Floats, waited: float) -> Floats:
    """Give the median time still to wait, (draw,): the hazard is constant in each piece of duration.

    Parameters
    ----------
    log_rate : (draw,) float
        Log yearly hazard in the first piece.
    levels : (draw, piece) float
        Log hazard of each piece relative to the first, whose own is 0.
    waited : float
        Years already in the state.
    """
    left = np.full(len(log_rate), float(np.log(2.0)))
    time = np.zeros(len(log_rate))
    done = np.zeros(len(log_rate), dtype=bool)
    edges = [0.0, *PIECES, float("inf")]
    for piece in range(len(PIECES) + 1):
        start, stop = max(edges[piece], waited), edges[piece + 1]
        if stop <= waited:
            continue
        hazard = np.exp(log_rate + levels[:, piece])
        within = left / hazard
        ends = ~done & (within <= stop - start)
        time = np.where(ends, time + within, time)
        done |= ends
        time = np.where(done, time, time + (stop - start if np.isfinite(stop) else 0.0))
        left = left - hazard * (stop - start) if np.isfinite(stop) else left
    return time


def effects(fit: LadderFit) -> tuple[Effect, ...]:
    """Give all effects that the countries share and some row is about, and the learnt standard deviations."""
    design = fit.posterior.design
    mean, variance = fit.posterior.mean(), fit.posterior.variance()
    informed = np.bincount(design.index.ravel(), weights=np.abs(design.value).ravel(), minlength=design.size) > 0
    found: list[Effect] = []
    for columns in design.columns:
        if columns.kind in ("level", "year", "country"):
            continue
        prior_sd = columns.sd if isinstance(columns.sd, float) else design.prior.scale_of(columns.sd)
        for place, name in enumerate(columns.names, start=columns.start):
            if not informed[place]:
                continue
            low, high = np.quantile(fit.effects[:, place], [LOW, HIGH])
            found.append(Effect(
                kind=columns.kind, name=name, mean=float(mean[place]), low=float(low), high=float(high),
                prior_sd=prior_sd, learnt=float(np.clip(1.0 - variance[place] / prior_sd**2, 0.0, 1.0)),
            ))  # fmt: skip
    return (*found, *_scale_effects(fit))


def _scale_effects(fit: LadderFit) -> list[Effect]:
    found = []
    for place, name in enumerate(fit.posterior.design.scales):
        prior_sd = fit.posterior.design.prior.scale_of(name) * float(np.sqrt(1.0 - 2.0 / np.pi))
        sample = fit.posterior.scales[:, place]
        mean = float(fit.posterior.weight @ sample)
        variance = float(fit.posterior.weight @ (sample - mean) ** 2)
        low, high = np.quantile(fit.scales[:, place], [LOW, HIGH])
        found.append(Effect(
            kind="scale", name=name, mean=mean, low=float(low), high=float(high), prior_sd=prior_sd,
            learnt=float(np.clip(1.0 - variance / prior_sd**2, 0.0, 1.0)),
        ))  # fmt: skip
    return found


def pooled_steps(fit: LadderFit) -> tuple[PooledStep, ...]:
    """Give how the rates of steps are pooled over organisations."""
    rows, design = fit.rows, fit.posterior.design
    eta = (design.value * fit.posterior.mean()[design.index]).sum(axis=1)
    exposure = rows.exposure_years
    found: list[PooledStep] = []
    for o, organisation in enumerate(rows.organisations):
        for k, step in enumerate(rows.steps):
            own = (rows.organisation == o) & (rows.step == k)
            years, events = float(exposure[own].sum()), int(rows.events[own].sum())
            if not own.any():
                continue
            typical = np.exp(fit.effect("level", step) + fit.effect("organisation", f"{organisation}|{step}"))
            middle, low, high = np.quantile(typical, [0.5, LOW, HIGH])
            found.append(PooledStep(
                step=step, organisation=organisation, events=events, exposure=years,
                counted=events / years if years else None,
                fitted=float((exposure[own] * np.exp(eta[own])).sum() / years) if years else 0.0,
                typical=float(middle), typical_low=float(low), typical_high=float(high),
            ))  # fmt: skip
    return tuple(found)


def prior_waits(design: HazardDesign, rows: RiskRows, generator: np.random.Generator) -> dict[str, Floats]:
    """Draw the median wait for each step under the prior alone, (draw,): no covariates, no block, some country.

    The country has its own effect, the year its walk since the first year of the record.
    """
    found: dict[str, list[float]] = {step: [] for step in rows.steps}
    for _ in range(PRIOR_DRAWS):
        scales: dict[Scale, float] = {
            name: max(design.prior.scale_of(name) * abs(float(generator.standard_normal())), 1e-3)
            for name in SCALES if name in design.scales
        }  # fmt: skip
        drawn = design.draw_prior(scales, generator)
        for place, step in enumerate(rows.steps):
            log_rate, levels = _prior_hazard(design, drawn, place, len(rows.steps))
            found[step].append(float(median_wait(log_rate, levels, 0.0)[0]))
    return {step: np.array(waits) for step, waits in found.items()}


def _prior_hazard(design: HazardDesign, drawn: Floats, place: int, steps: int) -> tuple[Floats, Floats]:
    log_rate = 0.0
    for kind, at in (("level", place), ("organisation", place), ("year", -1), ("country", 0)):
        columns = design.kind(kind)
        if columns is not None:
            log_rate += float(drawn[columns.places][at])
    common, own = design.kind("duration"), design.kind("step-duration")
    pieces = len(PIECES)
    moves = np.zeros(pieces)
    if common is not None and own is not None:
        moves = drawn[common.places] + drawn[own.places].reshape(steps, pieces)[place]
    return np.array([log_rate]), np.concatenate([[0.0], np.cumsum(moves)])[None, :]


def log_score_of_rows(fit: LadderFit) -> float:
    """Give the log likelihood of the rows at the posterior means: for comparing fits to the same rows."""
    design, rows = fit.posterior.design, fit.rows
    eta = (design.value * fit.posterior.mean()[design.index]).sum(axis=1)
    return float(log_likelihood(eta, rows.quiet_years, rows.events.astype(np.float64)).sum())
