"""Acts of members and rounds of ratification that a fit has not seen, foretold from the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from shteg.accession.ratification.acts import LastRatification, RatificationAct, last_ratifications, ratification_acts
from shteg.accession.ratification.chain import Sampling
from shteg.accession.ratification.law import fit_ratification
from shteg.accession.ratification.times import ratification_times
from shteg.arrays import Floats
from shteg.chunks import Progress
from shteg.evaluation.scores import FLOOR
from shteg.evaluation.scoring import HeldOut
from shteg.evidence.case import Case
from shteg.randomness import named_generator

FOLDS = 5
"""Acts are left out in so many lots."""
CHAINS, ITERATIONS = 4, 500
DRAWS = 1000
MEMBER_DAYS = (180, 365, 730)
"""Was each member through within so many days of the signature?"""
LAST_DAYS = (365, 545, 730)
"""Was the last?"""
SAMPLING = Sampling(chains=2, burn_in=300, kept=500, thin=1)


def held_out_acts(case: Case, *, threads: int | None = None, progress: Progress | None = None) -> HeldOut | None:
    """Leave the acts of members out in lots and foretell their level from the other acts.

    Parameters
    ----------
    case : Case
    threads : int, optional
        Never changes a number.
    progress : callable, optional
        Told how many lots of how many are done.

    Returns
    -------
    HeldOut or None
        One row for each member and item with an act, scored on the level of the latest. The base rate is the share of
        each level among the other members, with half a member for each level. `probability` is that of the highest
        level. None where fewer than three members have acted.
    """
    from shteg.stance.members.fit import build_stance_model, fit_stance

    whole = build_stance_model(case)
    latest = {(one.member, one.item): one.level for one in whole.responses.responses}  # sorted by day: the last counts
    pairs = sorted(latest)
    if len({member for member, _ in pairs}) < 3 or len(pairs) < 2 * FOLDS:
        return None
    order = named_generator(case.header.seed, "evaluation", "folds").permutation(len(pairs))
    lot = np.empty(len(pairs), dtype=int)
    lot[order] = np.arange(len(pairs)) % FOLDS
    answers: dict[tuple[str, str], Floats] = {}
    for number in range(FOLDS):
        out = [pair for place, pair in enumerate(pairs) if lot[place] == number]
        model = build_stance_model(case, exclude=frozenset(out))
        posterior = fit_stance(model, case.header.seed, chains=CHAINS, iterations=ITERATIONS, threads=threads)
        answers |= {pair: posterior.probability(*pair) for pair in out}
        if progress:
            progress(number + 1, FOLDS)
    levels = {item: len(next(answers[pair] for pair in pairs if pair[1] == item)) for _, item in pairs}
    base = [_level_shares(latest, member, item, levels[item]) for member, item in pairs]
    came = [latest[pair] for pair in pairs]
    return HeldOut(
        subject="acts",
        group=tuple(member for member, _ in pairs),
        loss=np.array([_surprise(answers[pair], level) for pair, level in zip(pairs, came, strict=True)]),
        baseline_loss=np.array([_surprise(share, level) for share, level in zip(base, came, strict=True)]),
        probability=np.array([answers[pair][-1] for pair in pairs]),
        happened=np.array([level == levels[item] - 1 for (_, item), level in zip(pairs, came, strict=True)]),
    )


def _level_shares(latest: Mapping[tuple[str, str], int], member: str, item: str, levels: int) -> Floats:
    counts = np.full(levels, 0.5)
    for (other, what), level in latest.items():
        if what == item and other != member:
            counts[level] += 1.0
    return np.asarray(counts / counts.sum())


def _surprise(shares: Floats, level: int) -> float:
    return float(-np.log(np.clip(shares[level], FLOOR, 1.0 - FLOOR)))


def held_out_ratifications(case: Case, *, progress: Progress | None = None) -> tuple[HeldOut, ...]:
    """Leave each round of ratification out and foretell it from the others.

    Returns
    -------
    tuple of HeldOut
        "ratification": was each member through within 180, 365, 730 days; "last_ratification": was the last of a
        candidate within 365, 545, 730. Acts whose bounds leave it open are not asked about. The base rate is the share
        in the other rounds, with half a case for and half against; rounds are resampled. Empty with fewer than three.
    """
    acts = ratification_acts(case, ratification_times(case)) if any(step.ratified for step in case.steps) else ()
    rounds = sorted({one.round for one in acts})
    lasts = last_ratifications(acts)
    if len(rounds) < 3:
        return ()
    members: list[tuple[str, float, float, bool]] = []
    slowest: list[tuple[str, float, float, bool]] = []
    for number, name in enumerate(rounds):
        rest = [one for one in acts if one.round != name]
        own = [one for one in acts if one.round == name]
        who = tuple(sorted({one.member for one in own}))
        generator = named_generator(case.header.seed, "evaluation", "ratification", name)
        fit = fit_ratification(rest, who, DRAWS, generator, sampling=SAMPLING)
        drawn = dict(zip(who, fit.days(generator).T, strict=True))
        members += _rows(name, MEMBER_DAYS, own, rest, drawn)
        last = [one for one in lasts if one.round == name]
        slowest += _rows(name, LAST_DAYS, last, [one for one in lasts if one.round != name], drawn)
        if progress:
            progress(number + 1, len(rounds))
    return tuple(_yes_or_no(subject, rows) for subject, rows in
                 (("ratification", members), ("last_ratification", slowest)) if rows)  # fmt: skip


Row = tuple[str, float, float, bool]
"""Group, probability by the model, probability by the base rate, whether it happened."""


def _rows(
    name: str,
    limits: Sequence[float],
    own: Sequence[RatificationAct | LastRatification],
    rest: Sequence[RatificationAct | LastRatification],
    drawn: Mapping[str, Floats],
) -> list[Row]:
    """Ask of each of a round whether all its members were through in time; `drawn` are their days, (draw,)."""
    rows = []
    for limit in limits:
        base = _base_share([_within(one.low, one.high, limit) for one in rest])
        for one in own:
            came = _within(one.low, one.high, limit)
            members = one.members if isinstance(one, LastRatification) else (one.member,)
            days = [drawn[member] for member in members if member in drawn]
            if came is not None and days:
                rows.append((name, float((np.max(days, axis=0) <= limit).mean()), base, came))
    return rows


def _within(low: float, high: float, limit: float) -> bool | None:
    return True if high <= limit else False if low >= limit else None


def _base_share(answers: Sequence[bool | None]) -> float:
    known = [one for one in answers if one is not None]
    return (sum(known) + 0.5) / (len(known) + 1.0)


def _yes_or_no(subject: str, rows: Sequence[Row]) -> HeldOut:
    happened = np.array([row[3] for row in rows], dtype=bool)

    def loss(column: int) -> Floats:
        p = np.clip(np.array([row[column] for row in rows], dtype=float), FLOOR, 1.0 - FLOOR)
        return np.asarray(-np.log(np.where(happened, p, 1.0 - p)))

    return HeldOut(
        subject=subject,
        group=tuple(row[0] for row in rows),
        loss=loss(1),
        baseline_loss=loss(2),
        probability=np.array([row[1] for row in rows]),
        happened=happened,
    )
