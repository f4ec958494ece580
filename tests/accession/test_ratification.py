from datetime import date

import numpy as np
import pytest

from shteg.accession.ratification import SOONEST, RatificationTime, fit_ratification, ratification_times
from shteg.errors import ModelError
from shteg.evidence.dates import DateInterval
from tests.stance.case_builder import event, make_case, member, ratification, step

STEPS = (
    step("signed", 1, events=("signed",), existed_from="1990-01-01"),
    step("ratified", 2, ratified=True, prerequisites=("signed",)),
    step("joined", 3, events=("joined",), prerequisites=("ratified",)),
)
DAY = DateInterval.of(date(2000, 1, 1))


SIGNED = (event("ALB", "signed", "2000-01-01"), event("HRV", "signed", "2000-01-01"))


def times_of(*ratifications, ladder=SIGNED):
    members = (member("BEL"), member("CAN"))
    case = make_case(steps=STEPS, members=members, ladder=ladder, ratifications=ratifications)
    return {(one.candidate, one.member): one for one in ratification_times(case)}


def observed(who: str, round_: str, log_days: float) -> RatificationTime:
    days = round(float(np.exp(log_days)))
    return RatificationTime(
        candidate="ALB", member=who, round=round_, stage="deposit", ratified_on=DAY, days=days, low=days, high=days,
        status="used", source="given", grade="B2",
    )  # fmt: skip


def test_deposit_counts_before_parliament_and_unknown():
    found = times_of(
        ratification("ALB", "BEL", "2000-03-01", "parliament"),
        ratification("ALB", "BEL", "2000-04-01", "deposit"),
        ratification("ALB", "CAN", "2000-01-03", "unknown"),
        ratification("ALB", "CAN", "2000-02-01", "parliament"),
        ratification("ALB", "CAN", "2000-03-01", "parliament"),
    )
    assert (found["ALB", "BEL"].stage, found["ALB", "BEL"].days) == ("deposit", 91)
    assert (found["ALB", "CAN"].stage, found["ALB", "CAN"].days) == ("parliament", 60)  # the second chamber


def test_one_act_for_several_candidates_counts_once():
    found = times_of(
        ratification("ALB", "BEL", "2000-04-01"),
        ratification("HRV", "BEL", "2000-04-01"),
        ratification("ALB", "CAN", "2000-04-01"),
        ratification("HRV", "CAN", "2000-09-01"),
    )
    assert [one.status for one in found.values()] == ["used", "used", "same_act", "used"]


def test_imprecise_dates_have_bounds():
    one = times_of(ratification("ALB", "BEL", "2000-02"))["ALB", "BEL"]
    assert (one.low, one.days, one.high) == (31, 45, 59)


def test_times_without_a_signature_or_before_it_do_not_count():
    found = times_of(
        ratification("ALB", "BEL", "2000-02-01"),
        ratification("HRV", "BEL", "1999-02-01"),
        ratification("MNE", "BEL", "2000-02-01"),
    )
    assert found["HRV", "BEL"].status == "before_signature"
    assert found["MNE", "BEL"].status == "no_signature"


def test_times_within_two_months_count_as_two_months():
    assert times_of(ratification("ALB", "BEL", "2000-01-02"))["ALB", "BEL"].log_days == np.log(SOONEST)


def test_slow_members_are_pulled_to_the_others_and_unknown_ones_take_the_pooled_law():
    rng = np.random.default_rng(4)
    usual = {"BEL": 5.0, "CAN": 5.2, "DNK": 4.9, "TUR": 6.2}
    times = [
        observed(who, f"r{r}", mean + 0.2 * rng.standard_normal()) for who, mean in usual.items() for r in range(6)
    ]
    fit = fit_ratification(times, ("BEL", "TUR", "XYZ"), 4000, np.random.default_rng(1))
    mean = fit.member.mean(axis=0)
    own = np.mean([one.log_days for one in times if one.member == "TUR"])
    assert mean[0] < mean[1] < own  # partial pooling
    assert mean[0] < mean[2] < mean[1]
    assert fit.member[:, 2].std() > 1.5 * fit.member[:, 1].std()
    assert fit.sd.mean() == pytest.approx(0.2, abs=0.1)


def test_exact_draws_agree_with_a_gibbs_sampler():
    """The quadrature against a plain Gibbs sampler with the relative sds updated on the same grid."""
    rng = np.random.default_rng(8)
    names, rounds = ("BEL", "CAN", "DNK", "ESP"), ("r0", "r1", "r2")
    effect = {name: 0.5 * rng.standard_normal() for name in names}
    times = [observed(n, r, 5.5 + effect[n] + 0.3 * rng.standard_normal()) for n in names for r in rounds]
    fit = fit_ratification(times, names, 20000, np.random.default_rng(2))
    means, sds = gibbs(times, names, rounds, np.random.default_rng(3))
    assert fit.member.mean(axis=0) == pytest.approx(means, abs=0.05)  # Monte Carlo error of both, about 0.01
    assert fit.sd.mean() == pytest.approx(sds, abs=0.02)


def gibbs(times, names, rounds, rng, iterations=12000):
    from scipy.special import ndtri

    y = np.array([one.log_days for one in times]) - np.log(180.0)
    unit = np.array([names.index(one.member) for one in times])
    turn = np.array([rounds.index(one.round) for one in times])
    grid = ndtri(0.5 + 0.5 * (np.arange(40) + 0.5) / 40)
    mu, u, v, s2, r, q = 0.0, np.zeros(len(names)), np.zeros(len(rounds)), 1.0, 0.5, 0.5
    kept, sds = [], []
    for iteration in range(iterations):
        mu = draw(rng, (y - u[unit] - v[turn]).sum(), len(y) + 1 / 4, s2)
        u = np.array(
            [draw(rng, (y - mu - v[turn])[unit == j].sum(), (unit == j).sum() + r**-2, s2) for j in range(len(u))]
        )
        v = np.array(
            [draw(rng, (y - mu - u[unit])[turn == k].sum(), (turn == k).sum() + q**-2, s2) for k in range(len(v))]
        )
        rest = ((y - mu - u[unit] - v[turn]) ** 2).sum() + mu**2 / 4 + (u**2).sum() / r**2 + (v**2).sum() / q**2
        s2 = (0.25 + rest / 2) / rng.gamma(1.0 + (len(y) + 1 + len(u) + len(v)) / 2)
        r, q = pick(rng, grid, u, s2), pick(rng, grid, v, s2)
        if iteration >= 1000:
            kept.append(np.log(180.0) + mu + u)
            sds.append(np.sqrt(s2))
    return np.mean(kept, axis=0), np.mean(sds)


def draw(rng, weighted, precision, s2):
    return weighted / precision + np.sqrt(s2 / precision) * rng.standard_normal()


def pick(rng, grid, effects, s2):
    log_weight = -len(effects) * np.log(grid) - (effects**2).sum() / (2 * s2 * grid**2)
    weight = np.exp(log_weight - log_weight.max())
    return rng.choice(grid, p=weight / weight.sum())


def test_without_times_the_prior_speaks():
    fit = fit_ratification((), ("BEL",), 20000, np.random.default_rng(1))
    assert fit.rounds == ()
    assert np.median(fit.member) == pytest.approx(np.log(180.0), abs=0.05)
    assert np.isfinite(fit.sd).all()


def test_no_draws_are_refused():
    with pytest.raises(ModelError, match="1 draw or more"):
        fit_ratification((), ("BEL",), 0, np.random.default_rng(1))


@pytest.mark.slow
def test_intervals_cover_in_200_simulated_sets():
    rng = np.random.default_rng(21)
    names = tuple(f"M{j:02d}" for j in range(20))
    covered = []
    for _ in range(200):
        s = np.sqrt(0.25 / rng.gamma(1.0))
        r, q = abs(rng.standard_normal(2))
        mu, u, v = 7.0 + s * rng.standard_normal(), r * s * rng.standard_normal(20), q * s * rng.standard_normal(6)
        times = [
            observed_exactly(n, f"r{k}", mu + u[j] + v[k] + s * rng.standard_normal())
            for j, n in enumerate(names) for k in range(6) if rng.random() < 0.6
        ]  # fmt: skip
        fit = fit_ratification(times, names, 500, rng)
        low, high = np.quantile(fit.member, [0.05, 0.95], axis=0)
        covered.append(((low <= mu + u) & (mu + u <= high)).mean())
    assert 0.86 <= np.mean(covered) <= 0.94


class Exact(RatificationTime):
    """A time given by its logarithm, without rounding to days."""

    __slots__ = ()

    @property
    def log_days(self) -> float:
        return float(self.grade)


def observed_exactly(who, round_, log_days):
    return Exact(
        candidate="ALB", member=who, round=round_, stage="deposit", ratified_on=DAY, days=0, low=0, high=0,
        status="used", source="given", grade=repr(float(log_days)),
    )  # fmt: skip
