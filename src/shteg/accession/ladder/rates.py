"""How fast each step goes for the aspirant as it stands: its rate, the wait from now on, and what the prior says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from shteg.accession.history.column_texts import HIGH_END, LOW_END, STEP
from shteg.accession.history.ladder_sources import LadderSources
from shteg.accession.history.risk_spells import RiskSpell
from shteg.accession.history.spans import country_path
from shteg.accession.ladder.fit import LadderFit
from shteg.accession.ladder.hazard_design import SCALES, HazardDesign
from shteg.accession.ladder.person_period import PIECES, fitted_steps
from shteg.accession.ladder.risk_rows import RiskRows
from shteg.arrays import Floats
from shteg.estimates import YEAR_DAYS, Label, Table, Value, column, quote, table_row
from shteg.evidence.case import Case
from shteg.intervals import HIGH, LEVEL, LOW

PRIOR_DRAWS = 2000


@table_row
class StepRate:
    """Yearly rate of one step for the aspirant as it stands: no open block, after the years it has waited.

    Medians of the draws with 90 % intervals; `wait` is the median wait from now on at these hazards.
    """

    step: str = column(STEP, key=True)
    fitted_from: str | None = column("The step whose times are borrowed.", default=None)
    events: int = column("Times the step was taken by a country at risk.", "count")
    countries_at_risk: int = column("Countries that have ever been at risk of the step.", "count")
    before_risk: int = column("Countries that had the step before, or as, it could be waited for; left out.", "count")
    exposure_years: float = column("Country-years at risk, between middle days.", "years")
    exposure_low: float = column("Country-years at risk at least, given imprecise dates.", "years")
    exposure_high: float = column("Country-years at risk at most, given imprecise dates.", "years")
    elapsed_years: float = column("Years that the aspirant has had what comes before the step.", "years")
    rate: float = column("Rate per year for the aspirant as it stands, no member blocking; posterior median.", "ratio")
    rate_low: float = column(LOW_END, "ratio")
    rate_high: float = column(HIGH_END, "ratio")
    wait: float = column("Median wait from now on at these rates; posterior median.", "years", name="median_wait")
    wait_low: float = column(LOW_END, "years", name="median_wait_low")
    wait_high: float = column(HIGH_END, "years", name="median_wait_high")

    @property
    def label(self) -> Label:
        """Borrowed from another step, estimated, or assumed where nobody has taken the step."""
        return "borrowed" if self.fitted_from else "estimated" if self.events else "assumed"


@table_row
class ElapsedStep:
    """How long a step has been open to the aspirant."""

    step: str = column(STEP, key=True)
    years: float = column("Years already spent with all prerequisites of the step.", "years")


@table_row
class PriorWait:
    """The median wait for a step under the prior alone."""

    step: str = column(STEP, key=True)
    wait: float = column("Median wait under the prior alone; median of draws.", "years", name="prior_wait")
    low: float = column("5 % of draws lie below.", "years", name="prior_low")
    high: float = column("5 % of draws lie above.", "years", name="prior_high")


def elapsed_years(fit: LadderFit) -> dict[str, float]:
    """Give how long the aspirant's prerequisites of each step have been met; steps not open to it are left out."""
    today = fit.case.header.as_of
    path = country_path(fit.case, fit.case.header.aspirant)
    return {
        step.id: (today - span.start.middle).days / YEAR_DAYS
        for step in fitted_steps(fit.case)
        for span in path.open(step)
        if span.covers(today)
    }


def duration_levels(fit: LadderFit, step: str) -> Floats:
    """Give the log hazard of each later piece of duration relative to the first, (draw, piece)."""
    return np.cumsum(fit.duration(step), axis=1)


def step_rates(
    fit: LadderFit, spells: Mapping[str, Sequence[RiskSpell]], borrowed: Mapping[str, str]
) -> tuple[StepRate, ...]:
    """Give the rate of every observed step for the aspirant as it stands, and of the steps that borrow one.

    Parameters
    ----------
    fit : LadderFit
        Of the case as it stands.
    spells : mapping
        Step → its risk spells; one rate for each.
    borrowed : mapping
        Step without events → the step whose rate it takes.

    Returns
    -------
    tuple of StepRate
        Those that borrow come last.
    """
    elapsed = elapsed_years(fit)
    found: dict[str, StepRate] = {}
    for step, of_step in spells.items():
        waited = elapsed.get(step, 0.0)
        log_rate = fit.log_hazard(fit.case.header.aspirant, step)
        levels = np.concatenate([np.zeros((len(log_rate), 1)), duration_levels(fit, step)], axis=1)
        rate = np.exp(log_rate + levels[:, sum(waited >= cut for cut in PIECES)])
        wait = median_wait(log_rate, levels, waited)
        rates, waits = (np.quantile(one, [0.5, LOW, HIGH]) for one in (rate, wait))
        found[step] = StepRate(
            step=step,
            events=sum(one.status == "reached" for one in of_step),
            countries_at_risk=len({one.country for one in of_step if one.entry_on}),
            before_risk=len({one.country for one in of_step if one.status in ("before_risk", "inaugural")}),
            exposure_years=sum(one.years for one in of_step),
            exposure_low=sum(one.years_low for one in of_step),
            exposure_high=sum(one.years_high for one in of_step),
            elapsed_years=waited,
            rate=float(rates[0]),
            rate_low=float(rates[1]),
            rate_high=float(rates[2]),
            wait=float(waits[0]),
            wait_low=float(waits[1]),
            wait_high=float(waits[2]),
        )
    taken = (replace(found[origin], step=step, fitted_from=origin) for step, origin in borrowed.items())
    return (*found.values(), *taken)


def median_wait(log_rate: Floats, levels: Floats, waited: float) -> Floats:
    """Give the median time still to wait: the hazard is constant in each piece of duration.

    Parameters
    ----------
    log_rate : (draw,) float
        Log yearly hazard in the first piece.
    levels : (draw, piece) float
        Log hazard of each piece relative to the first, whose own is 0.
    waited : float
        Years already in the state.

    Returns
    -------
    (draw,) float
        Years.
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


def prior_waits(design: HazardDesign, rows: RiskRows, generator: np.random.Generator) -> dict[str, Floats]:
    """Draw the median wait for each step under the prior alone: no covariates, no block, some country.

    The country has its own effect, the year its walk since the first year of the record.

    Parameters
    ----------
    design : HazardDesign
        The effects and their priors.
    rows : RiskRows
        The rows it was built from: its steps are asked about.
    generator : numpy.random.Generator

    Returns
    -------
    dict
        Step → (draw,) years.
    """
    drawn = np.empty((PRIOR_DRAWS, design.size))
    for row in drawn:
        scales: dict[str, float] = {
            name: max(design.prior.scale_of(name) * abs(float(generator.standard_normal())), 1e-3)
            for name in SCALES if name in design.scales
        }  # fmt: skip
        row[:] = design.draw_prior(scales, generator)
    return {
        step: median_wait(*_prior_hazards(design, drawn, place, len(rows.steps)), 0.0)
        for place, step in enumerate(rows.steps)
    }


def _prior_hazards(design: HazardDesign, drawn: Floats, place: int, steps: int) -> tuple[Floats, Floats]:
    """Give the log rate of a step, (draw,), and what each piece of duration adds to it, (draw, piece)."""
    log_rate = np.zeros(len(drawn))
    for kind, at in (("level", place), ("organisation", place), ("year", -1), ("country", 0)):
        columns = design.kind(kind)
        if columns is not None:
            log_rate += drawn[:, columns.places][:, at]
    common, own = design.kind("duration"), design.kind("step-duration")
    levels = np.zeros((len(drawn), len(PIECES) + 1))
    if common is not None and own is not None:
        moves = drawn[:, common.places] + drawn[:, own.places].reshape(len(drawn), steps, len(PIECES))[:, place]
        levels[:, 1:] = np.cumsum(moves, axis=1)
    return log_rate, levels


def rate_tables(fit: LadderFit, rates: Sequence[StepRate], waits: Mapping[str, Floats]) -> tuple[Table, ...]:
    """Give the tables `rates`, `elapsed` and `prior_predictive`.

    Parameters
    ----------
    fit : LadderFit
        Of the case as it stands.
    rates : sequence of StepRate
        As `step_rates` gives them.
    waits : mapping
        Step → (draw,) years, as `prior_waits` gives them.

    Returns
    -------
    tuple of Table
    """
    elapsed = [ElapsedStep(step=step, years=years) for step, years in elapsed_years(fit).items()]
    prior = [
        PriorWait(step=step, wait=middle, low=low, high=high)
        for step, one in waits.items()
        for middle, low, high in [map(float, np.quantile(one, [0.5, LOW, HIGH]))]
    ]
    return (
        Table.of("rates", "How fast countries took each step", StepRate, rates),
        Table.of("elapsed", "How long each step has been open to the aspirant", ElapsedStep, elapsed),
        Table.of("prior_predictive", "What the model assumed before it saw a date", PriorWait, prior),
    )


def rate_values(case: Case, rates: Sequence[StepRate]) -> tuple[Value, ...]:
    """Give rates of the aspirant per year at risk and its median waits, with 90 % intervals."""
    ladder = LadderSources(case)

    def value(kind: str, number: str, decimals: int) -> tuple[Value, ...]:
        return quote(
            rates,
            id=f"ladder.{kind}.{{step}}",
            number=number,
            low=f"{number}_low",
            high=f"{number}_high",
            level=LEVEL,
            decimals=decimals,
            label="{label}",
            label_key=f"value.accession.{kind}",
            label_args={"step": "step:{step}", "country": f"country:{case.header.aspirant}"},
            sources=lambda one: ladder.sources([one.fitted_from or one.step]),
            verified=lambda one: ladder.verified([one.fitted_from or one.step]),
            method="ladder#model",
            details=("events", "exposure_years", "elapsed_years"),
        )

    return (*value("rate", "rate", 2), *value("median-wait", "wait", 1))


def prior_value(case: Case, waits: Mapping[str, Floats]) -> Value:
    """Give the median wait under the prior alone, over all steps."""
    number, low, high = map(float, np.quantile(np.concatenate(list(waits.values())), [0.5, LOW, HIGH]))
    return Value(
        id="ladder.prior.median-wait",
        number=number,
        unit="years",
        decimals=1,
        label="assumed",
        label_key="value.accession.prior-wait",
        source_ids=LadderSources(case).fallback or ("case",),
        method="ladder#model",
        low=low,
        high=high,
        level=LEVEL,
    )
