"""The fitted ladder of a case: hazards of any country for any step on the as-of day, and forecasts from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from shteg.accession.history.covariates import CovariateSeries, case_covariates
from shteg.accession.ladder.hazard_design import HazardPrior, build_design
from shteg.accession.ladder.nested_laplace import LaplacePosterior, fit_laplace
from shteg.accession.ladder.person_period import PIECES, block_spans, case_rows, open_spells
from shteg.accession.ladder.risk_rows import MONTH, RiskRows
from shteg.arrays import Floats
from shteg.estimates import YEAR_DAYS
from shteg.evidence.case import Case
from shteg.gamma_rate import GammaRate
from shteg.intervals import HIGH, LOW
from shteg.randomness import named_generator


@dataclass(frozen=True, slots=True, kw_only=True)
class StepForecast:
    """Probability that a country at risk takes a step within a horizon; `low`, `high`: 90 % over posterior draws."""

    country: str
    step: str
    horizon_years: float
    probability: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LadderFit:
    """Posterior of the hazard model for one case as it stands.

    `effects` is (draw, effect) in the order of `posterior.design.columns`, `scales` (draw, learnt standard deviation),
    `block_end` (draw,) the yearly rate at which an open block ends; without `learnt` all are from the prior. `stream`
    names other draws of the same posterior.
    """

    case: Case
    rows: RiskRows
    posterior: LaplacePosterior
    series: CovariateSeries
    effects: Floats
    scales: Floats
    block_end: Floats
    blocks: bool
    learnt: bool = True
    stream: tuple[str, ...] = ()

    def effect(self, kind: str, name: str) -> Floats:
        """Give the draws of one effect, (draw,); 0 where the model has no such effect."""
        columns = self.posterior.design.kind(kind)
        if columns is None or name not in columns.names:
            return np.zeros(len(self.effects))
        return self.effects[:, columns.start + columns.names.index(name)]

    def log_hazard(self, country: str, step: str, *, blocked: bool = False, skipped: bool = False) -> Floats:
        """Give the log yearly hazard in the year of the as-of day, first piece of duration.

        Parameters
        ----------
        country, step : str
            Any country and fitted step of the case.
        blocked, skipped : bool
            Whether a member openly blocks, and whether a prerequisite is skipped.

        Returns
        -------
        (draw,) float
        """
        own = self.case.header.organisation.id
        year = self.case.header.as_of.year
        eta = self.effect("level", step) + self.effect("organisation", f"{own}|{step}")
        eta = eta + self.effect("year", str(year)) + self.effect("country", country)
        values, applies = self.series.look_up([country], [year], [step])
        for place, variable in enumerate(self.series.variables):
            if not applies[0, place]:
                continue
            value = float(values[0, place])
            if np.isfinite(value):
                slope = self.effect("slope", variable) + self.effect("step-slope", f"{step}|{variable}")
                eta = eta + slope * value
            else:
                eta = eta + self.effect("unknown", variable)
        eta = eta + self.effect("block", "block") * blocked + self.effect("skip", "skip") * skipped
        return np.asarray(eta)

    def duration(self, step: str) -> Floats:
        """Give what is added to the log hazard from each of `PIECES` on, on top of what came before, (draw, piece)."""
        pieces = [str(piece) for piece in range(1, len(PIECES) + 1)]
        return np.stack(
            [self.effect("duration", one) + self.effect("step-duration", f"{step}|{one}") for one in pieces], axis=1
        )  # fmt: skip

    def year_paths(self, years: int) -> Floats:
        """Draw how the common yearly effect moves on from the as-of year, (draw, year); the first column is 0.

        Its standard deviation is the learnt one; a record of one year alone teaches none, and the prior gives it.
        """
        generator = named_generator(self.case.header.seed, "accession", "year-paths", *self.stream)
        moves = generator.standard_normal((len(self.effects), years + 1))
        design = self.posterior.design
        if "sigma_gamma" in design.scales:
            sd = self.scales[:, design.scales.index("sigma_gamma")]
        else:
            sd = design.prior.scale_of("sigma_gamma") * np.abs(generator.standard_normal(len(self.effects)))
        moves = moves * sd[:, None]
        moves[:, 0] = 0.0
        return np.cumsum(moves, axis=1)

    def step_probability(self, horizons: Sequence[float]) -> tuple[StepForecast, ...]:
        """Forecast every step that a country is at risk of on the as-of day.

        Parameters
        ----------
        horizons : sequence of float
            Years, in whole months; order and repetition do not matter to each forecast.

        Returns
        -------
        tuple of StepForecast
            Sorted by country, rung and horizon. Countries go on seeking; open blocks may end at their fitted rate
            (all have to), and no new one begins; the common yearly effect goes on as a random walk.
        """
        found: list[StepForecast] = []
        for (country, step), taken in self.step_draws(horizons).items():
            lows, highs = np.quantile(taken, (LOW, HIGH), axis=0)
            found += [
                StepForecast(
                    country=country, step=step, horizon_years=float(horizon), probability=float(mean), low=float(low),
                    high=float(high),
                )
                for horizon, mean, low, high in zip(horizons, taken.mean(axis=0), lows, highs, strict=True)
            ]  # fmt: skip
        rung = {step: place for place, step in enumerate(self.rows.steps)}
        return tuple(sorted(found, key=lambda one: (one.country, rung[one.step], one.horizon_years)))

    def step_draws(self, horizons: Sequence[float]) -> dict[tuple[str, str], Floats]:
        """Give the same forecasts draw by draw: (country, step) → (draw, horizon) probabilities."""
        months = [max(round(one / MONTH), 0) for one in horizons]
        paths = self.year_paths(max(months, default=0) // 12 + 2)
        found: dict[tuple[str, str], Floats] = {}
        for one in open_spells(self.case):
            key = (one.spell.country, one.parallel_to)
            taken = self._taken(*key, one.spell.exit_years, one.skipped, max(months, default=0), paths)
            found[key] = np.ascontiguousarray(taken[months].T)
        return found

    def open_blocks(self, country: str, step: str) -> int:
        """Count the members that openly block the step of the country on the as-of day, as far as the model looks."""
        today = self.case.header.as_of.toordinal()
        spans = block_spans(self.case, country, step) if self.blocks else ()
        return sum(low <= today < high for low, high in spans)

    def blocked_now(self, country: str, step: str) -> bool:
        """Tell whether a member openly blocks the step of the country on the as-of day, as far as the model looks."""
        return self.open_blocks(country, step) > 0

    def _taken(self, country: str, step: str, elapsed: float, skipped: bool, months: int, paths: Floats) -> Floats:
        """Probability that the step has been taken after each month, (month + 1, draw)."""
        past = np.arange(months)
        since = elapsed + (past + 0.5) * MONTH
        pieces = np.searchsorted(PIECES, since, side="right")
        levels = np.insert(np.cumsum(self.duration(step), axis=1), 0, 0.0, axis=1).T
        years = paths.T[(self.case.header.as_of.month - 1 + past) // 12]
        eta = self.log_hazard(country, step, skipped=skipped) + years + levels[pieces]
        free = np.exp(-MONTH * np.exp(eta))
        waiting = np.zeros((months + 1, len(self.effects)))
        held = np.zeros_like(waiting)
        if self.blocked_now(country, step):
            barred = np.exp(-MONTH * np.exp(eta + self.effect("block", "block")))
            lifted = lifting_shares(self.block_end, self.open_blocks(country, step), months).T
            held[0] = 1.0
            for month in range(months):
                still = held[month] * barred[month]
                waiting[month + 1] = waiting[month] * free[month] + still * lifted[month]
                held[month + 1] = still * (1.0 - lifted[month])
        else:
            waiting[0] = 1.0
            waiting[1:] = np.cumprod(free, axis=0)
        return np.clip(1.0 - waiting - held, 0.0, 1.0)


def fit_ladder(
    case: Case,
    *,
    draws: int | None = None,
    blocks: bool = True,
    covariates: bool = True,
    prior_only: bool = False,
    prior: HazardPrior | None = None,
) -> LadderFit:
    """Fit the person-period hazard model to the ladder of a case as it stands on its as-of day.

    Parameters
    ----------
    case : Case
        For an earlier day, give `case.as_of(day)`.
    draws : int, optional
        Posterior draws; `case.pathways.draws` if left out.
    blocks, covariates : bool
        Whether open blocks and the variables of the ladder enter.
    prior_only : bool
        Learn nothing: draws come from the prior.
    prior : HazardPrior, optional

    Returns
    -------
    LadderFit

    Raises
    ------
    ModelError
        Nothing says from when a country could have taken a step, or the fit does not settle.

    References
    ----------
    docs/methods/ladder.md.
    """
    count = case.pathways.draws if draws is None else draws
    rows = case_rows(case, blocks=blocks, covariates=covariates)
    posterior = fit_laplace(build_design(rows, prior), rows.without_outcome() if prior_only else rows)
    seed = case.header.seed
    effects, scales = posterior.draw(named_generator(seed, "accession", "ladder"), count)
    return LadderFit(
        case=case,
        rows=rows,
        posterior=posterior,
        series=case_covariates(case) if covariates else CovariateSeries.none(),
        effects=effects,
        scales=scales,
        block_end=_block_end(case, count, learn=not prior_only),
        blocks=blocks,
        learnt=not prior_only,
    )


def redrawn(fit: LadderFit, stream: str) -> LadderFit:
    """Draw anew from a posterior: the same fit under another seed, named by `stream`."""
    seed, draws = fit.case.header.seed, len(fit.effects)
    effects, scales = fit.posterior.draw(named_generator(seed, "accession", "ladder", stream), draws)
    end = _block_end(fit.case, draws, stream, learn=fit.learnt)
    return replace(fit, effects=effects, scales=scales, block_end=end, stream=(stream,))


def _block_end(case: Case, draws: int, *stream: str, learn: bool) -> Floats:
    """Draw the yearly rate at which open blocks end, half an event in half a year a priori."""
    ended, years = 0, 0.0
    today = case.header.as_of
    for objection in case.own_objections if learn else ():
        stop = today if objection.ended is None else objection.ended.middle
        years += max((stop - objection.began.middle).days, 0) / YEAR_DAYS
        ended += objection.ended is not None
    return GammaRate.of(ended, years).draw(named_generator(case.header.seed, "accession", "block-end", *stream), draws)


def lifting_shares(rate: Floats, blocks: int, months: int) -> Floats:
    """Give the share of still blocked futures in which the last of so many blocks ends in each month.

    Parameters
    ----------
    rate : (draw,) float
        Yearly rate at which a block ends.
    blocks : int
        Members that block on the first day.
    months : int
        How many months.

    Returns
    -------
    (draw, month) float
    """
    time = MONTH * np.arange(months + 1)
    ended = (-np.expm1(-rate[:, None] * time[None, :])) ** max(blocks, 1)
    left = np.maximum(1.0 - ended[:, :-1], 1e-300)
    return np.asarray(np.clip((ended[:, 1:] - ended[:, :-1]) / left, 0.0, 1.0))
