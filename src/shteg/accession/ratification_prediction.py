"""Foretelling a round of ratifications from the others, and the score of each law at it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

from shteg.accession.ratification_acts import RatificationAct
from shteg.accession.ratification_law import (
    PRIOR,
    SAMPLING,
    RatificationPosterior,
    RatificationPrior,
    Sampling,
    fit_ratification,
)

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
class LastRatification:
    """The last ratification of one candidate: between what days it was complete, and who had to ratify."""

    round: str
    candidates: tuple[str, ...]
    members: tuple[str, ...]
    low: float
    high: float


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


def last_ratifications(acts: Sequence[RatificationAct]) -> tuple[LastRatification, ...]:
    """Give between what days the last ratification of each candidate was complete; those still open are left out.

    An act that counted for several candidates of a round (kept once) counts for each of them. Candidates of one round
    with the same last days are one.
    """
    found: dict[tuple[str, float, float], tuple[set[str], set[str]]] = {}
    for round_ in sorted({one.round for one in acts}):
        of_round = [one for one in acts if one.round == round_]
        candidates = sorted({one.candidate for one in of_round})
        for candidate in candidates:
            own = {one.member: one for one in of_round if one.candidate == candidate}
            shared = {one.member: one for one in of_round if one.member != candidate}
            chosen = [own.get(member, act) for member, act in shared.items()]
            low, high = max(one.low for one in chosen), max(one.high for one in chosen)
            if np.isinf(high):
                continue
            names, who = found.setdefault((round_, low, high), (set(), set()))
            names.add(candidate)
            who.update(one.member for one in chosen)
    return tuple(
        LastRatification(round=round_, candidates=tuple(sorted(names)), members=tuple(sorted(who)), low=low, high=high)
        for (round_, low, high), (names, who) in found.items()
    )


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
    from scipy.special import ndtri

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
            place, spread = fit_intervals(rest, law)
            done = [law_cdf(law, (np.log(max(day, 1e-9)) - place) / spread) ** len(last.members)
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


def fit_intervals(acts: Sequence[RatificationAct], law: str) -> tuple[float, float]:
    """Fit location and scale of log days to intervals by maximum likelihood, as R's `survreg(Surv(low, high, ...))`."""
    from scipy.optimize import minimize

    low, high = np.array([max(one.low, 0.0) for one in acts]), np.array([one.high for one in acts])
    with np.errstate(divide="ignore"):
        a, b = np.log(low), np.log(high)
    middle = np.where(
        np.isfinite(b),
        np.log(np.maximum(np.sqrt(np.maximum(low, 1.0) * np.where(np.isfinite(high), high, low)), 1.0)),
        a,
    )

    def loss(x: Floats) -> float:
        z_low, z_high = (a - x[0]) / np.exp(x[1]), (b - x[0]) / np.exp(x[1])
        if law == "log_normal":
            flip = z_low > 0
            z_low, z_high = np.where(flip, -z_high, z_low), np.where(flip, -z_low, z_high)
            share = log_ndtr(z_high) + np.log1p(-np.exp(np.minimum(log_ndtr(z_low) - log_ndtr(z_high), -1e-300)))
        else:
            start, stop = np.exp(np.minimum(z_low, 700.0)), np.exp(np.minimum(z_high, 700.0))
            share = -start + np.log(np.maximum(-np.expm1(-(stop - start)), 1e-300))
        return -float(share.sum())

    start = np.array([middle.mean(), np.log(max(middle.std(), 0.1))])
    found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10, "maxiter": 4000})
    return float(found.x[0]), float(np.exp(found.x[1]))


def _t_share(past: Floats, low: float, high: float) -> float:
    from scipy.special import stdtr

    spread = past.std(ddof=1) * np.sqrt(1.0 + 1.0 / past.size)
    z = [(np.log(max(day, 0.5)) - past.mean()) / spread for day in (low, high)]
    return float(stdtr(past.size - 1, z[1]) - stdtr(past.size - 1, z[0]))
