"""Result tables of the hazard model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.accession.curves.tables import make_table
from shteg.accession.history.risk_spells import RiskSpell
from shteg.accession.ladder.fit import HIGH, LOW, LadderFit
from shteg.accession.ladder.summary import Effect, PooledStep, StepRate
from shteg.estimates import Table, Unit

TEXT, WHOLE, NUMBER = pl.String, pl.Int64, pl.Float64

COLUMNS: dict[str, tuple[Any, str, Unit | None]] = {
    "fitted_from": (TEXT, "The step whose times are borrowed.", None),
    "events": (WHOLE, "Times the step was taken by a country at risk.", "count"),
    "countries_at_risk": (WHOLE, "Countries that have ever been at risk of the step.", "count"),
    "before_risk": (WHOLE, "Countries that had the step before, or as, it could be waited for; left out.", "count"),
    "exposure_years": (NUMBER, "Country-years at risk, between middle days.", "years"),
    "exposure_low": (NUMBER, "Country-years at risk at least, given imprecise dates.", "years"),
    "exposure_high": (NUMBER, "Country-years at risk at most, given imprecise dates.", "years"),
    "elapsed_years": (NUMBER, "Years that the aspirant has had what comes before the step.", "years"),
    "rate": (NUMBER, "Rate per year for the aspirant as it stands, no member blocking; posterior median.", "ratio"),
    "rate_low": (NUMBER, "Lower end of its 90 % interval.", "ratio"),
    "rate_high": (NUMBER, "Upper end of its 90 % interval.", "ratio"),
    "median_wait": (NUMBER, "Median wait from now on at these rates; posterior median.", "years"),
    "median_wait_low": (NUMBER, "Lower end of its 90 % interval.", "years"),
    "median_wait_high": (NUMBER, "Upper end of its 90 % interval.", "years"),
    "years": (NUMBER, "Years already spent with all prerequisites of the step.", "years"),
    "kind": (TEXT, "Kind of effect.", None),
    "name": (TEXT, "What the effect belongs to; several parts are joined by |.", None),
    "effect": (NUMBER, "Change of the log hazard, or a standard deviation of such changes; posterior mean.", "score"),
    "effect_low": (NUMBER, "Lower end of its 90 % interval.", "score"),
    "effect_high": (NUMBER, "Upper end of its 90 % interval.", "score"),
    "hazard_ratio": (NUMBER, "The hazard is multiplied by this; empty for standard deviations.", "ratio"),
    "hazard_ratio_low": (NUMBER, "Lower end of its 90 % interval.", "ratio"),
    "hazard_ratio_high": (NUMBER, "Upper end of its 90 % interval.", "ratio"),
    "prior_sd": (NUMBER, "Prior standard deviation; of a learnt group, the prior scale of the group.", "score"),
    "learnt": (NUMBER, "Share of the prior variance that the data took away.", "share"),
    "label": (TEXT, "Estimated where that share is a half or more, else assumed.", None),
    "organisation": (TEXT, "Organisation whose step it is.", None),
    "counted_rate": (NUMBER, "Events per year at risk.", "ratio"),
    "fitted_rate": (NUMBER, "The same as the model fits it, over the same time at risk.", "ratio"),
    "typical_rate": (NUMBER, "Rate of a country like any other, in the first year; posterior median.", "ratio"),
    "typical_low": (NUMBER, "Lower end of its 90 % interval.", "ratio"),
    "typical_high": (NUMBER, "Upper end of its 90 % interval.", "ratio"),
    "prior_wait": (NUMBER, "Median wait under the prior alone; median of draws.", "years"),
    "prior_low": (NUMBER, "5 % of draws lie below.", "years"),
    "prior_high": (NUMBER, "5 % of draws lie above.", "years"),
    "country": (TEXT, "Country (ISO 3166-1 alpha-3).", None),
    "year": (WHOLE, "Calendar year.", "year"),
    "step": (TEXT, "Step of the ladder.", None),
}


def rates_table(
    rates: Sequence[StepRate], spells: Mapping[str, Sequence[RiskSpell]], borrowed: Mapping[str, str]
) -> Table:
    """One row per step with a rate: events, exposure, posterior; steps that borrow come after."""
    names = ("step", "fitted_from", "events", "countries_at_risk", "before_risk", "exposure_years", "exposure_low",
             "exposure_high", "elapsed_years", "rate", "rate_low", "rate_high", "median_wait", "median_wait_low",
             "median_wait_high")  # fmt: skip
    by_step = {rate.step: rate for rate in rates}
    rows = []
    for step, origin in [*((rate.step, None) for rate in rates), *borrowed.items()]:
        one = by_step[origin or step]
        of_step = spells[one.step]
        at_risk = {spell.country for spell in of_step if spell.entry_on}
        before = {spell.country for spell in of_step if spell.status in ("before_risk", "inaugural")}
        rows.append((step, origin, one.events, len(at_risk), len(before), one.exposure, one.exposure_low,
                     one.exposure_high, one.elapsed, one.rate, one.rate_low, one.rate_high, one.wait, one.wait_low,
                     one.wait_high))  # fmt: skip
    return make_table("rates", "How fast countries took each step", names, rows, ("step",), COLUMNS)


def elapsed_table(elapsed: Mapping[str, float]) -> Table:
    """One row per step that is open to the aspirant."""
    rows = list(elapsed.items())
    title = "How long each step has been open to the aspirant"
    return make_table("elapsed", title, ("step", "years"), rows, ("step",), COLUMNS)


def effects_table(found: Sequence[Effect]) -> Table:
    """One row per effect shared by countries, and per learnt standard deviation."""
    names = ("kind", "name", "effect", "effect_low", "effect_high", "hazard_ratio", "hazard_ratio_low",
             "hazard_ratio_high", "prior_sd", "learnt", "label")  # fmt: skip
    rows = []
    for one in found:
        numbers = (one.mean, one.low, one.high)
        ratios = (None, None, None) if one.kind == "scale" else tuple(float(np.exp(x)) for x in numbers)
        rows.append((one.kind, one.name, *numbers, *ratios, one.prior_sd, one.learnt, one.label))
    return make_table("effects", "What went with faster and slower steps", names, rows, ("kind", "name"), COLUMNS)


def pooling_table(pooled: Sequence[PooledStep]) -> Table:
    """One row per step and organisation."""
    names = ("step", "organisation", "events", "exposure_years", "counted_rate", "fitted_rate", "typical_rate",
             "typical_low", "typical_high")  # fmt: skip
    rows = [(one.step, one.organisation, one.events, one.exposure, one.counted, one.fitted, one.typical,
             one.typical_low, one.typical_high) for one in pooled]  # fmt: skip
    return make_table("pooling", "Rates as counted and as fitted", names, rows, ("step", "organisation"), COLUMNS)


def prior_table(waits: Mapping[str, NDArray[np.float64]]) -> Table:
    """One row per step: what the prior alone says of its wait."""
    names = ("step", "prior_wait", "prior_low", "prior_high")
    rows = [(step, *(float(x) for x in np.quantile(one, [0.5, LOW, HIGH]))) for step, one in waits.items()]
    title = "What the model assumed before it saw a date"
    return make_table("prior_predictive", title, names, rows, ("step",), COLUMNS)


def country_effects_table(fit: LadderFit) -> Table:
    """One row per country: how much faster or slower it was than others, all else equal."""
    names = ("country", "effect", "effect_low", "effect_high")
    rows = []
    for country in fit.rows.countries:
        drawn = fit.effect("country", country)
        low, high = np.quantile(drawn, [LOW, HIGH])
        rows.append((country, float(drawn.mean()), float(low), float(high)))
    return make_table(
        "country_effects", "Countries apart from what is known of them", names, rows, ("country",), COLUMNS
    )


def year_effects_table(fit: LadderFit) -> Table:
    """One row per year: how fast all steps went, relative to the first year."""
    names = ("year", "effect", "effect_low", "effect_high")
    rows = []
    for year in fit.rows.years:
        drawn = fit.effect("year", str(year))
        low, high = np.quantile(drawn, [LOW, HIGH])
        rows.append((year, float(drawn.mean()), float(low), float(high)))
    return make_table("year_effects", "Years in which steps went faster or slower", names, rows, ("year",), COLUMNS)
