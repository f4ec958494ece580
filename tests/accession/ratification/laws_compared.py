"""Foretelling a round of ratifications from the others, and the score of each law at it: how laws were compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr, ndtri

from shteg.accession.ratification.acts import LastRatification, RatificationAct, last_ratifications
from shteg.accession.ratification.kernel import RatificationPrior, Sampling
from shteg.accession.ratification.law import PRIOR, SAMPLING, RatificationPosterior, fit_ratification

Floats = NDArray[np.float64]
NODES = 96
"""Points of the quadrature over the days that holding out adds."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoundPrediction:
    """A round foretold: `days` is (draw, member), `last` (draw,) is when the slowest of them is through."""

    members: tuple[str, ...]
    days: Floats
    last: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundScore:
    """How well a law fitted to the other rounds foretold one last ratification: log density of its log days."""

    last: LastRatification
    law: str
    score: float


def predict_round(
    known: Sequence[RatificationAct],
    members: Sequence[str],
    draws: int,
    generator: np.random.Generator,
    *,
    holding: bool = True,
    prior: RatificationPrior = PRIOR,
    sampling: Sampling = SAMPLING,
) -> RoundPrediction:
    """Foretell how long each of `members` takes in a round to come, and the last of them, from the acts known."""
    fit = fit_ratification(known, members, draws, generator, holding=holding, prior=prior, sampling=sampling)
    days = fit.days(generator)
    return RoundPrediction(members=tuple(members), days=days, last=days.max(axis=1, initial=0.0))


def leave_one_round_out(
    acts: Sequence[RatificationAct],
    members: Sequence[str],
    draws: int,
    generator: np.random.Generator,
    *,
    holding: bool = True,
    law: str = "",
    prior: RatificationPrior = PRIOR,
    sampling: Sampling = SAMPLING,
) -> tuple[RoundScore, ...]:
    """Foretell every last ratification from the other rounds, and score it.

    The score is the log of the mean density that the forecast gives to the log days between the bounds of the last
    ratification: with exact days the log density itself.
    """
    scores = []
    for last in last_ratifications(acts):
        rest = [one for one in acts if one.round != last.round]
        who = tuple(dict.fromkeys([*last.members, *members]))
        fit = fit_ratification(rest, who, draws, generator, holding=holding, prior=prior, sampling=sampling)
        columns = np.array([who.index(one) for one in last.members])
        high, low = (log_all_done(fit, columns, day) for day in (last.high, last.low))
        share = float(np.mean(np.exp(high) - np.exp(low)))
        scores.append(RoundScore(last=last, law=law, score=interval_score(share, last.low, last.high)))
    return tuple(scores)


def interval_score(share: float, low: float, high: float) -> float:
    """Give the log of the mean density over the log days from `low` to `high` that hold `share` of the forecast."""
    width = float(np.log(high) - np.log(max(low, 0.5)))
    return float(np.log(max(share, 1e-300)) - np.log(width))


def log_all_done(fit: RatificationPosterior, columns: NDArray[np.int64], day: float) -> Floats:
    """Give the log probability that all these members have ratified a round to come by `day`, (draw,)."""
    if day <= 0.0:
        return np.full(fit.sd.size, -np.inf)
    mean = fit.member[:, columns] + fit.new_round[:, None]
    usual = ndtr((np.log(day) - mean) / fit.sd[:, None])
    # E of the usual law at day − H over the extra days H, at equally probable H below the day
    extra = fit.log_extra_days[:, None]
    below = ndtr((np.log(day) - extra[:, 0]) / fit.extra_sd)
    at = (np.arange(NODES) + 0.5) / NODES
    held_days = np.exp(extra + fit.extra_sd[:, None] * ndtri(np.maximum(below[:, None] * at[None, :], 1e-300)))
    left = np.maximum(day - held_days, 1e-12)
    z = (np.log(left)[:, None, :] - mean[:, :, None]) / fit.sd[:, None, None]
    late = below[:, None] * ndtr(z).mean(axis=2)
    share = fit.hold[:, columns]
    return np.asarray(np.log(np.maximum((1.0 - share) * usual + share * late, 1e-300)).sum(axis=1))


def simple_laws(acts: Sequence[RatificationAct]) -> Mapping[str, tuple[RoundScore, ...]]:
    """Score three simpler laws at the same forecasts: one log-normal, one Weibull law, and past last ratifications.

    The first two are fitted by maximum likelihood to the intervals of the other rounds and take members as independent.
    The third is a t law of the mean log days of the other last ratifications.
    """
    lasts = last_ratifications(acts)
    result: dict[str, list[RoundScore]] = {"log_normal": [], "weibull": [], "base_rate": []}
    for last in lasts:
        rest = [one for one in acts if one.round != last.round]
        for law in ("log_normal", "weibull"):
            fit = fit_intervals(np.array([one.low for one in rest]), np.array([one.high for one in rest]), law)
            done = [law_cdf(law, (np.log(max(day, 1e-9)) - fit.location) / fit.scale) ** len(last.members)
                    for day in (last.high, last.low)]  # fmt: skip
            share = float(done[0] - done[1])
            result[law].append(RoundScore(last=last, law=law, score=interval_score(share, last.low, last.high)))
        past = np.log([np.sqrt(max(one.low, 0.5) * one.high) for one in lasts if one.round != last.round])
        share = _t_share(past, last.low, last.high)
        score = RoundScore(last=last, law="base_rate", score=interval_score(share, last.low, last.high))
        result["base_rate"].append(score)
    return {law: tuple(scores) for law, scores in result.items()}


def law_cdf(law: str, z: float) -> float:
    """Give the distribution function of the standardised log time: normal, or smallest extreme value for Weibull."""
    return float(ndtr(z)) if law == "log_normal" else float(-np.expm1(-np.exp(min(z, 700.0))))


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalFit:
    """One law for all: location and scale of log days, with standard errors of the location and of the log scale."""

    location: float
    scale: float
    location_se: float
    log_scale_se: float
    log_likelihood: float


def fit_intervals(low: Floats, high: Floats, law: str) -> IntervalFit:
    """Fit location and scale of log days to intervals by maximum likelihood.

    Parameters
    ----------
    low, high : (n,) float
        Bounds in days; 0 and infinity leave a side open.
    law : "log_normal" or "weibull"

    Returns
    -------
    IntervalFit
        Standard errors from the observed information, as R's `survreg(Surv(low, high, type = "interval2") ~ 1)`.
    """
    from scipy.optimize import minimize

    with np.errstate(divide="ignore"):
        a, b = np.log(low), np.log(high)

    def loss(x: Floats) -> float:
        return -float(_log_share(law, (a - x[0]) / np.exp(x[1]), (b - x[0]) / np.exp(x[1])).sum())

    seen = np.where(np.isfinite(a) & np.isfinite(b), (a + b) / 2, np.where(np.isfinite(a), a, b))
    start = np.array([seen.mean(), np.log(max(float(seen.std()), 0.1))])
    at = np.asarray(minimize(loss, start, method="Nelder-Mead", options={"maxiter": 4000}).x, dtype=np.float64)
    for _ in range(6):  # Newton from there: the simplex alone stops at about 1e-4
        gradient, information = _derivatives(loss, at)
        at = at - np.linalg.solve(information, gradient)
    error = np.sqrt(np.diag(np.linalg.inv(_derivatives(loss, at)[1])))
    return IntervalFit(
        location=float(at[0]), scale=float(np.exp(at[1])), location_se=float(error[0]), log_scale_se=float(error[1]),
        log_likelihood=-loss(at),
    )  # fmt: skip


def _log_share(law: str, low: Floats, high: Floats) -> Floats:
    if law == "log_normal":
        flip = low > 0  # the upper tail loses digits: mirror it
        low, high = np.where(flip, -high, low), np.where(flip, -low, high)
        top, bottom = log_ndtr(high), log_ndtr(low)
        return np.asarray(top + np.log1p(-np.exp(np.minimum(bottom - top, -1e-300))), dtype=np.float64)
    start, stop = np.exp(np.minimum(low, 700.0)), np.exp(np.minimum(high, 700.0))
    return np.asarray(-start + np.log(np.maximum(-np.expm1(-(stop - start)), 1e-300)), dtype=np.float64)


def _derivatives(loss: Callable[[Floats], float], at: Floats, step: float = 1e-3) -> tuple[Floats, Floats]:
    """Give gradient and second derivatives by central differences of fourth order."""
    size = at.size
    unit = np.eye(size) * step
    weights = ((1, 8.0 / 12), (2, -1.0 / 12))
    gradient = np.array([
        sum(w * (loss(at + k * unit[i]) - loss(at - k * unit[i])) for k, w in weights) / step for i in range(size)
    ])  # fmt: skip
    second = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            total = 0.0
            for k, w in weights:
                for m, v in weights:
                    for sign in (1.0, -1.0):
                        total += w * v * sign * (
                            loss(at + k * unit[i] + sign * m * unit[j]) - loss(at - k * unit[i] + sign * m * unit[j])
                        )  # fmt: skip
            second[i, j] = total / step**2
    return gradient, second


def _t_share(past: Floats, low: float, high: float) -> float:
    from scipy.special import stdtr

    spread = past.std(ddof=1) * np.sqrt(1.0 + 1.0 / past.size)
    z = [(np.log(max(day, 0.5)) - past.mean()) / spread for day in (low, high)]
    return float(stdtr(past.size - 1, z[1]) - stdtr(past.size - 1, z[0]))
