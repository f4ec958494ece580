"""Ratification times: days from signature per candidate and member, and a partially pooled log-normal law."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtri

from shteg.accession.history import first_reached
from shteg.errors import ModelError
from shteg.evidence.case import Case
from shteg.evidence.dates import DateInterval
from shteg.evidence.records_case import Step
from shteg.evidence.records_facts import Ratification

Stage = Literal["deposit", "parliament", "unknown"]
PREFERENCE: tuple[Stage, ...] = ("deposit", "parliament", "unknown")
"""The deposit completes a ratification; a vote of parliament stands in for it, a law of unknown stage for both."""

TimeStatus = Literal["used", "same_act", "no_signature", "before_signature"]
"""`same_act`: the member acted on several candidates of the round on one day; the act counts once."""

SOONEST = 60
"""Days: a ratification within two months counts as two months.

The last ratification decides, and none ever fell so early. Left as they are, ratifications on the day of signature
would stretch the log-normal law at both ends: foretelling each round from the others, the last ratification on record
scores −1.56 a candidate (log density of log days) without, −0.58 with this bound (docs/methods/ladder.md).
"""

PRIOR_LOG_DAYS = float(np.log(180.0))
PRIOR_MEAN_SD = 2.0
PRIOR_VARIANCE_SHAPE = 1.0
PRIOR_VARIANCE_SCALE = 0.25
GRID = 40
"""Points of the prior of each relative sd, at equal steps of its probability."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatificationTime:
    """Days from signature to a member's ratification; `low` and `high` bound them where the date is imprecise."""

    candidate: str
    member: str
    round: str
    stage: Stage
    ratified_on: DateInterval
    days: int
    low: int
    high: int
    status: TimeStatus
    source: str
    grade: str

    @property
    def log_days(self) -> float:
        """Logarithm of the days, anything faster than `SOONEST` days counted as that long."""
        return float(np.log(max(self.days, SOONEST)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RatificationPosterior:
    """Draws of the law of log days: `member` (draw, member) without a round effect, `new_round` and `sd` (draw,).

    `round_effect` is (draw, round). A member's mean log days in a round to come is `member` + `new_round`.
    """

    members: tuple[str, ...]
    rounds: tuple[str, ...]
    member: Floats
    round_effect: Floats
    new_round: Floats
    sd: Floats


def ratification_times(case: Case) -> tuple[RatificationTime, ...]:
    """Give the ratification times on record, by candidate in the order of their signatures, then by member.

    Signature is the last prerequisite of the ratified step that the ladder records (else the highest step below it).
    Where several stages are on record, the deposit counts, then parliament, then the unknown stage; of several rows of
    one stage the last. A round is the set of candidates that signed on one day.
    """
    signed = _signatures(case)
    chosen: dict[tuple[str, str], Ratification] = {}
    for one in case.ratifications:
        key = (one.candidate, one.member)
        if key not in chosen or _rank(one) < _rank(chosen[key]):
            chosen[key] = one
    times = [_time(one, signed.get(one.candidate)) for one in chosen.values()]
    times.sort(key=lambda one: (one.round, one.candidate, one.member))
    seen: set[tuple[str, str, DateInterval, str]] = set()
    result: list[RatificationTime] = []
    for time in times:
        act = (time.round, time.member, time.ratified_on, time.stage)
        result.append(replace(time, status="same_act") if time.status == "used" and act in seen else time)
        seen.add(act)
    return tuple(result)


def fit_ratification(
    times: Sequence[RatificationTime], members: Sequence[str], draws: int, generator: np.random.Generator
) -> RatificationPosterior:
    """Fit log days = mean + member + round + e, member and round effects partially pooled.

    e ~ N(0, s²), member ~ N(0, (r s)²), round ~ N(0, (q s)²), r and q half-normal(1), mean ~ N(log 180, (2 s)²),
    s² ~ inverse Gamma(1, 1/4). Everything but r and q is integrated exactly; r and q on a grid of 40 × 40 equally
    probable points. The draws are independent.

    Parameters
    ----------
    times : sequence of RatificationTime
        Those with status "used" count.
    members : sequence of str
        Members to give a law for; those without a time get the pooled law.
    draws : int, >= 1
    generator : numpy.random.Generator

    Returns
    -------
    RatificationPosterior

    References
    ----------
    Gelman and Hill (2007), ch. 12; docs/methods/ladder.md.
    """
    if draws < 1:
        raise ModelError(f"{draws} draws say nothing", "ask for 1 draw or more", "ratification")
    used = [one for one in times if one.status == "used"]
    rounds = tuple(sorted({one.round for one in used}))
    units = (*members, *sorted({one.member for one in used} - set(members)))
    y = np.array([one.log_days for one in used]) - PRIOR_LOG_DAYS
    design = np.zeros((len(used), 1 + len(units) + len(rounds)))
    design[:, 0] = 1.0
    for row, one in enumerate(used):
        design[row, 1 + units.index(one.member)] = 1.0
        design[row, 1 + len(units) + rounds.index(one.round)] = 1.0
    relative_sd = ndtri(0.5 + 0.5 * (np.arange(GRID) + 0.5) / GRID)
    fits = [[_Fit.of(design, y, len(units), r, q) for q in relative_sd] for r in relative_sd]
    log_weight = np.array([[fit.log_evidence for fit in row] for row in fits]).ravel()
    weight = np.exp(log_weight - log_weight.max())
    cells = generator.choice(GRID * GRID, size=draws, p=weight / weight.sum())
    shape = PRIOR_VARIANCE_SHAPE + y.size / 2
    gamma = generator.standard_gamma(shape, draws)
    noise = generator.standard_normal((draws, design.shape[1]))
    effects, sd = np.empty((draws, design.shape[1])), np.empty(draws)
    for cell in np.unique(cells):
        at = np.flatnonzero(cells == cell)
        fit = fits[cell // GRID][cell % GRID]
        sd[at] = np.sqrt(fit.scale / gamma[at])
        spread = np.linalg.solve(fit.factor.T, noise[at].T).T  # covariance (factor factor')^-1
        effects[at] = fit.mean + sd[at, None] * spread
    return RatificationPosterior(
        members=tuple(members),
        rounds=rounds,
        member=PRIOR_LOG_DAYS + effects[:, :1] + effects[:, 1 : 1 + len(members)],
        round_effect=effects[:, 1 + len(units) :],
        new_round=relative_sd[cells % GRID] * sd * generator.standard_normal(draws),
        sd=sd,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """The normal posterior for given relative sds: mean, Cholesky factor of the precision, scale of the variance."""

    mean: Floats
    factor: Floats
    scale: float
    log_evidence: float

    @classmethod
    def of(cls, design: Floats, y: Floats, n_units: int, member_sd: float, round_sd: float) -> _Fit:
        size = design.shape[1]
        prior = np.concatenate([[PRIOR_MEAN_SD], np.full(n_units, member_sd), np.full(size - 1 - n_units, round_sd)])
        factor = np.asarray(np.linalg.cholesky(design.T @ design + np.diag(prior**-2.0)), dtype=np.float64)
        half = np.asarray(np.linalg.solve(factor, design.T @ y), dtype=np.float64)
        scale = PRIOR_VARIANCE_SCALE + 0.5 * float(y @ y - half @ half)
        shape = PRIOR_VARIANCE_SHAPE + y.size / 2
        evidence = float(-np.log(prior).sum() - np.log(np.diag(factor)).sum() - shape * np.log(scale) + gammaln(shape))
        return cls(
            np.asarray(np.linalg.solve(factor.T, half), dtype=np.float64),
            np.asarray(factor, dtype=np.float64),
            scale,
            evidence,
        )


def _signatures(case: Case) -> dict[str, DateInterval]:
    reached = first_reached(case)
    by_id = {step.id: step for step in case.steps}
    signed: dict[str, DateInterval] = {}
    for step in (one for one in case.steps if one.ratified):
        before: list[Step] = [by_id[name] for name in step.prerequisites if name in by_id and by_id[name].events]
        if not before:
            below = [one for one in case.steps if one.events and one.rung < step.rung]
            before = [max(below, key=lambda one: one.rung)] if below else []
        for candidate in sorted({one.candidate for one in case.ratifications}):
            dates = [reached[candidate, one.id] for one in before if (candidate, one.id) in reached]
            if dates and len(dates) == len(before):
                signed[candidate] = max(dates, key=lambda one: one.middle)
    return signed


def _rank(one: Ratification) -> tuple[int, int]:
    return PREFERENCE.index(one.stage), -one.happened_on.middle.toordinal()


def _time(one: Ratification, signature: DateInterval | None) -> RatificationTime:
    start = signature or one.happened_on
    days = (one.happened_on.middle - start.middle).days
    high = (one.happened_on.last - start.first).days
    status: TimeStatus = "no_signature" if signature is None else "before_signature" if high < 0 else "used"
    return RatificationTime(
        candidate=one.candidate,
        member=one.member,
        round=str(start) if signature is not None else "",
        stage=one.stage,
        ratified_on=one.happened_on,
        days=max(days, 0),
        low=max((one.happened_on.first - start.last).days, 0),
        high=max(high, 0),
        status=status,
        source=one.source,
        grade=one.grade,
    )
