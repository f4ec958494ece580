"""Members and candidates held out: when their objections begin, foretold from those of the others."""

from __future__ import annotations

from typing import Literal

import numpy as np

from shteg.accession.ladder.nested_laplace import log_likelihood
from shteg.arrays import Floats, Ints
from shteg.consent.held_out import Scores
from shteg.consent.objections.fit import draw_pairs, fit_pairs
from shteg.consent.objections.pair_rows import PairPrior, PairRows
from shteg.gamma_rate import GammaRate
from shteg.randomness import named_generator, stable_key

FOLDS = 5

CONSTANT = (0.5, 500.0)
"""Gamma prior of the constant rate: half an onset in 500 years of a pair."""


def score_held_out(
    rows: PairRows, prior: PairPrior, group: Literal["member", "candidate"], seed: int, draws: int = 400
) -> tuple[Scores, ...]:
    """Score how the objections of members, or to candidates, held out are foretold from the others.

    Each is held out once, in one of five parts by its code. The score of one is the log probability of all that
    happened in its time at risk, its own effect unknown; that of the constant rate has the rate of the others.

    Parameters
    ----------
    rows : PairRows
        Of onsets.
    prior : PairPrior
    group : "member" or "candidate"
    seed : int
    draws : int
        Posterior draws of each fit.

    Returns
    -------
    tuple of Scores
        One a part; empty where there are fewer than two of the group.
    """
    names = rows.names[group]
    if len(names) < 2:
        return ()
    found = []
    for fold in range(min(FOLDS, len(names))):
        ordered = sorted(range(len(names)), key=lambda at: int(stable_key("fold", group, names[at])))
        out = np.array(sorted(ordered[fold::FOLDS]), dtype=np.int64)
        held = np.isin(rows.groups[group], out)
        train, test = rows.take(~held), rows.take(held)
        effects = draw_pairs.__wrapped__(fit_pairs(train, prior), seed, f"held-out-{group}-{fold}", draws)
        eta = np.stack([effects.level()] * len(test.events), axis=1)
        for at, feature in enumerate(rows.features):
            eta += effects.feature(feature)[:, None] * test.values[:, at]
        for kind, places in test.groups.items():
            eta += np.stack([effects.named(kind, name) for name in rows.names[kind]], axis=1)[:, places]
        law = GammaRate.of(int(train.events.sum()), float(train.exposure_years.sum()), CONSTANT)
        generator = named_generator(seed, "consent", "constant", group, str(fold))
        flat = np.repeat(law.draw_log(generator, draws)[:, None], len(test.events), axis=1)
        unit = np.searchsorted(out, test.groups[group])
        found.append(
            Scores(
                what=group, name=str(fold + 1), happened=int(test.events.sum()),
                model=_log_mean(eta, test, unit, len(out)), constant=_log_mean(flat, test, unit, len(out)),
            )
        )  # fmt: skip
    return tuple(found)


def _log_mean(eta: Floats, rows: PairRows, unit: Ints, units: int) -> Floats:
    """Log of the mean over draws of the probability of all that happened to each unit, (unit,)."""
    by_row = log_likelihood(eta, rows.quiet_years, rows.events.astype(np.float64), rows.period)
    sums = np.zeros((len(eta), units))
    np.add.at(sums.T, unit, by_row.T)
    return np.asarray(np.logaddexp.reduce(sums, axis=0) - np.log(len(eta)))
