"""Hazards of pairs drawn from their prior, year by year: are truths where the posterior says? Minutes, marker slow."""

import numpy as np
import pytest

from shteg.consent.objections.fit import fit_pairs
from shteg.consent.objections.pair_rows import END, GROUNDS, ONSET, PairPrior, PairRows
from tests.sbc import Ranks, check_calibrated, coverage, simulate_ranks

SETS = 200
MEMBERS, CANDIDATES, ORGANISATIONS = 16, 16, 2
DRAWS = 999


def simulate(rng: np.random.Generator, prior: PairPrior, *, ends: bool) -> tuple[PairRows, dict[str, float]]:
    """Draw scales and effects from the prior, ties at random, and what happens each year: rows and truth."""
    sizes = {"organisation": ORGANISATIONS, "member": MEMBERS, "candidate": CANDIDATES}
    if ends:
        count = 80
        groups = {name: rng.integers(0, size, count) for name, size in sizes.items()}
        groups["ground"] = rng.integers(0, len(GROUNDS), count)
        years = rng.integers(2, 20, count)
    else:
        groups = {
            name: places.ravel()
            for name, places in zip(sizes, np.indices(tuple(sizes.values())), strict=True)
        }  # fmt: skip
        count = len(groups["member"])
        years = rng.integers(4, 25, count)
    names = {name: tuple(f"{name[0]}{at:02d}" for at in range(size)) for name, size in sizes.items()}
    if ends:
        names["ground"] = GROUNDS
    truth = {"level": prior.level[0] + prior.level[1] * rng.standard_normal()}
    values = (rng.random((count, len(prior.features))) < 0.25).astype(np.float64)
    eta = np.full(count, truth["level"])
    for at, (feature, (mean, sd)) in enumerate(prior.features.items()):
        truth[feature] = mean + sd * rng.standard_normal()
        eta += truth[feature] * values[:, at]
    for group, scale in prior.scales.items():
        truth[f"sd_{group}"] = max(scale * abs(rng.standard_normal()), 1e-3)
        effects = truth[f"sd_{group}"] * rng.standard_normal(len(names[group]))
        eta += effects[groups[group]]
        if group == "member":
            truth["a member"] = effects[0]
    events = rng.binomial(years, -np.expm1(-np.exp(np.minimum(eta, 10.0))))
    if ends:  # an objection ends once: years after it are not seen
        chance = -np.expm1(-np.exp(np.minimum(eta, 10.0)))
        last = rng.geometric(np.clip(chance, 1e-12, 1.0))
        events = (last <= years).astype(np.int64)
        years = np.minimum(last, years)
    rows = PairRows(
        names=names, groups=groups, features=tuple(prior.features), values=values,
        quiet_years=(years - events).astype(np.float64), events=events,
    )  # fmt: skip
    return rows, truth


def ranks_of(prior: PairPrior, *, ends: bool) -> tuple[Ranks, list[str]]:
    called: list[str] = []

    def one_set(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        rows, truth = simulate(rng, prior, ends=ends)
        posterior = fit_pairs(rows, prior).posterior
        effects, scales = posterior.draw(rng, DRAWS)
        columns = [effects[:, at] for at in range(1 + len(prior.features))]
        by_scale = dict(zip(posterior.design.scales, scales.T, strict=True))
        member = posterior.design.kind("member")
        assert member is not None
        for group in prior.scales:
            columns.append(by_scale[group])
            if group == "member":
                columns.append(effects[:, member.start])
        called[:] = list(truth)
        return np.array(list(truth.values())), np.stack(columns, axis=1)

    return simulate_ranks(one_set, sets=SETS, seed=11 + ends), called


@pytest.mark.slow
@pytest.mark.parametrize("ends", [False, True], ids=["onset", "end"])
def test_intervals_cover_and_ranks_are_uniform(ends: bool) -> None:
    ranks, called = ranks_of(END if ends else ONSET, ends=ends)
    share = coverage(ranks)
    assert 0.87 < share.mean() < 0.93, dict(zip(called, share, strict=True))
    check_calibrated(ranks, names=called)
