"""What went with faster and slower steps: effects on the hazard, and how far the data taught them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from shteg.accession.history.column_texts import COUNTRY, HIGH_END, LOW_END, STEP
from shteg.accession.history.ladder_sources import LadderSources
from shteg.accession.history.risk_spells import observed_steps
from shteg.accession.ladder.fit import LadderFit
from shteg.accession.ladder.person_period import PIECES
from shteg.arrays import Floats
from shteg.estimates import Label, Table, Value, column, quote, table_row
from shteg.evidence.case import Case
from shteg.intervals import HIGH, LEVEL, LOW

LEARNT = 0.5
"""An effect is *estimated* where the data took away at least half of its prior variance, else *assumed*."""

MEAN = "Change of the log hazard, or a standard deviation of such changes; posterior mean."


@table_row
class Effect:
    """An effect on the log hazard, or a learnt standard deviation, and how much the data taught about it."""

    kind: str = column("Kind of effect.", key=True)
    name: str = column("What the effect belongs to; several parts are joined by |.", key=True)
    mean: float = column(MEAN, "score", name="effect")
    low: float = column(LOW_END, "score", name="effect_low")
    high: float = column(HIGH_END, "score", name="effect_high")
    hazard_ratio: float | None = column("The hazard is multiplied by this; empty for standard deviations.", "ratio")
    hazard_ratio_low: float | None = column(LOW_END, "ratio")
    hazard_ratio_high: float | None = column(HIGH_END, "ratio")
    prior_sd: float = column("Prior standard deviation; of a learnt group, the prior scale of the group.", "score")
    learnt: float = column("Share of the prior variance that the data took away.", "share")
    label: Label = column("Estimated where that share is a half or more, else assumed.")

    @property
    def years(self) -> str:
        """Years in the state from which an effect of duration counts, as they are written."""
        return f"{PIECES[int(self.name) - 1]:g}"


@table_row
class PooledStep:
    """Events and rate of one step in one organisation, as counted, as fitted, and for a country like any other."""

    step: str = column(STEP, key=True)
    organisation: str = column("Organisation whose step it is.", key=True)
    events: int = column("Times the step was taken by a country at risk.", "count")
    exposure: float = column("Country-years at risk, between middle days.", "years", name="exposure_years")
    counted: float | None = column("Events per year at risk.", "ratio", name="counted_rate")
    fitted: float = column("The same as the model fits it, over the same time at risk.", "ratio", name="fitted_rate")
    typical: float = column(
        "Rate of a country like any other, in the first year; posterior median.", "ratio", name="typical_rate"
    )
    typical_low: float = column(LOW_END, "ratio")
    typical_high: float = column(HIGH_END, "ratio")


@table_row
class CountryEffect:
    """How much faster or slower a country was than others, all else equal."""

    country: str = column(COUNTRY, key=True)
    mean: float = column(MEAN, "score", name="effect")
    low: float = column(LOW_END, "score", name="effect_low")
    high: float = column(HIGH_END, "score", name="effect_high")


@table_row
class YearEffect:
    """How fast all steps went in a year, relative to the first."""

    year: int = column("Calendar year.", "year", key=True)
    mean: float = column(MEAN, "score", name="effect")
    low: float = column(LOW_END, "score", name="effect_low")
    high: float = column(HIGH_END, "score", name="effect_high")


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
        found += [
            _effect(columns.kind, name, fit.effects[:, place], (float(mean[place]), variance[place]), prior_sd)
            for place, name in enumerate(columns.names, start=columns.start)
            if informed[place]
        ]
    for place, scale in enumerate(design.scales):
        points, weight = fit.posterior.scales[:, place], fit.posterior.weight
        centre = float(weight @ points)
        moments = centre, float(weight @ (points - centre) ** 2)
        prior_sd = design.prior.scale_of(scale) * float(np.sqrt(1.0 - 2.0 / np.pi))
        found.append(_effect("scale", scale, fit.scales[:, place], moments, prior_sd))
    return tuple(found)


def _effect(kind: str, name: str, draws: Floats, moments: tuple[float, float], prior_sd: float) -> Effect:
    """Describe one effect by its draws, and by the mean and variance of its posterior."""
    mean, variance = moments
    low, high = map(float, np.quantile(draws, [LOW, HIGH]))
    learnt = float(np.clip(1.0 - variance / prior_sd**2, 0.0, 1.0))
    ratio, ratio_low, ratio_high = (None if kind == "scale" else float(np.exp(one)) for one in (mean, low, high))
    return Effect(
        kind=kind,
        name=name,
        mean=mean,
        low=low,
        high=high,
        hazard_ratio=ratio,
        hazard_ratio_low=ratio_low,
        hazard_ratio_high=ratio_high,
        prior_sd=prior_sd,
        learnt=learnt,
        label="estimated" if learnt >= LEARNT else "assumed",
    )


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
            found.append(
                PooledStep(
                    step=step,
                    organisation=organisation,
                    events=events,
                    exposure=years,
                    counted=events / years if years else None,
                    fitted=float((exposure[own] * np.exp(eta[own])).sum() / years) if years else 0.0,
                    typical=float(middle),
                    typical_low=float(low),
                    typical_high=float(high),
                )
            )
    return tuple(found)


def effect_tables(fit: LadderFit, found: Sequence[Effect]) -> tuple[Table, ...]:
    """Give the tables `effects`, `pooling`, `country_effects` and `year_effects`."""
    countries = [CountryEffect(country=one, **_drawn(fit, "country", one)) for one in fit.rows.countries]
    years = [YearEffect(year=one, **_drawn(fit, "year", str(one))) for one in fit.rows.years]
    return (
        Table.of("effects", "What went with faster and slower steps", Effect, found),
        Table.of("pooling", "Rates as counted and as fitted", PooledStep, pooled_steps(fit)),
        Table.of("country_effects", "Countries apart from what is known of them", CountryEffect, countries),
        Table.of("year_effects", "Years in which steps went faster or slower", YearEffect, years),
    )


def _drawn(fit: LadderFit, kind: str, name: str) -> dict[str, float]:
    draws = fit.effect(kind, name)
    low, high = np.quantile(draws, [LOW, HIGH])
    return {"mean": float(draws.mean()), "low": float(low), "high": float(high)}


def effect_values(case: Case, found: Iterable[Effect]) -> tuple[Value, ...]:
    """Give hazard ratios of what the countries share: associations, not causes."""
    ladder = LadderSources(case)
    steps = [step.id for step in observed_steps(case)]
    every = ladder.sources(steps)
    covariates = {one.source for one in case.covariates if "ladder" in case.variables[one.variable].use}
    blocks = {one.source for one in case.own_objections}
    kinds: dict[str, tuple[str, str, dict[str, str], Iterable[str]]] = {
        "block": ("blocked", "blocked", {}, sorted(blocks) or every),
        "skip": ("skipped", "skipped", {}, every),
        "duration": ("waited-{years}", "waited", {"years": "{years}"}, every),
        "slope": ("{name}", "variable", {"variable": "variable:{name}"}, sorted(covariates) or every),
    }
    values: list[Value] = []
    for one in (effect for effect in found if effect.kind in kinds):
        name, key, args, sources = kinds[one.kind]
        values += quote(
            [one],
            id=f"ladder.effect.{name}",
            number="hazard_ratio",
            low="hazard_ratio_low",
            high="hazard_ratio_high",
            level=LEVEL,
            decimals=2,
            label="{label}",
            label_key=f"value.accession.effect-{key}",
            label_args=args,
            sources=sources,
            verified=ladder.verified(steps),
            method="ladder#model",
            details=("learnt",),
        )
    return tuple(values)
