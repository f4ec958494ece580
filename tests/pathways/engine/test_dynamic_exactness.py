"""What comes and goes against Markov chains and closed forms: every cell within four standard errors."""

import dataclasses

import numpy as np
import pytest
from scipy.linalg import expm
from scipy.special import ndtr

from shteg.evidence.case import Case
from shteg.evidence.records.dates import DateInterval
from shteg.pathways.engine.build_model import build_model
from shteg.pathways.engine.simulation import run_model
from shteg.pathways.model.arrays import Tally
from tests.pathways.engine.test_exactness import THETA, check, cumulative
from tests.pathways.worlds import (
    MEMBERS,
    area,
    consent,
    effect,
    episodes,
    make_case,
    measure,
    more_draws,
    parameter,
    shock,
    stages,
    step,
    withdrawal,
)

CERTAIN = 250.0  # logits of consent: everybody consents from the first day
AT_ONCE = 1e9  # yearly rate of a procedure that takes no time


FEW, MANY = 200_000, 2_000_000


@pytest.fixture(params=[FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def worlds(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def simulate(case: Case, more: dict[str, object] | None = None, **results: object) -> tuple[Tally, np.ndarray, int]:
    stance, accession = stages(case, **results)
    model = build_model(case, stance, more_draws(accession, **(more or {})), {"push"} & ids(case), effects=False)
    return run_model(model), model.structure.year_times, case.pathways.draws * case.pathways.worlds_per_draw


def ids(case: Case) -> set[str]:
    return {one.id for one in case.recommendations.measures}


def veto_case(worlds: int, members: tuple[str, ...], rule: str = "all", **rates: object) -> Case:
    return make_case(
        (step("only", rule=rule),),
        members=members,
        consents=consent(intercept=CERTAIN, slope=0.0, episodes=episodes(**rates)),
        draws=20,
        worlds=worlds // 20,
    )


def joint_chain(onset: np.ndarray, end: float, hazard: float) -> tuple[np.ndarray, np.ndarray]:
    """Generator of the on/off states of some members with a step taken from "nobody on", and the stationary start."""
    size = 2 ** len(onset)
    generator, start = np.zeros((size + 1, size + 1)), np.zeros(size + 1)
    for state in range(size):
        on = [bool(state >> j & 1) for j in range(len(onset))]
        start[state] = np.prod([o / (o + end) if x else end / (o + end) for x, o in zip(on, onset, strict=True)])
        for j, x in enumerate(on):
            generator[state, state ^ 1 << j] += end if x else onset[j]
    generator[0, size] = hazard
    generator -= np.diag(generator.sum(axis=1))
    return generator, start


def counting_chain(members: int, onset: float, end: float, slack: int, hazard: float) -> tuple[np.ndarray, np.ndarray]:
    """The same for many members alike: how many are on; the step is taken while at most `slack` are."""
    generator = np.zeros((members + 2, members + 2))
    for n in range(members + 1):
        generator[n, n - 1 if n else 0] += n * end
        if n < members:
            generator[n, n + 1] += (members - n) * onset
        generator[n, members + 1] += hazard if n <= slack else 0.0
    np.fill_diagonal(generator, 0.0)
    generator -= np.diag(generator.sum(axis=1))
    law, share = np.array([1.0]), onset / (onset + end)
    for _ in range(members):
        law = np.convolve(law, [1 - share, share])
    return generator, np.append(law, 0.0)


def test_who_blocks_follows_the_stationary_law(worlds: int) -> None:
    case = veto_case(worlds, MEMBERS, onset=0.2, stance=-0.8, end=0.7)
    tally, _, count = simulate(case, theta=THETA)
    onset = 0.2 * np.exp(-0.8 * THETA)
    check(tally.blocked.sum(axis=0)[0], onset / (onset + 0.7), count)


@pytest.mark.parametrize(("members", "hazard"), [(2, AT_ONCE), (3, AT_ONCE), (3, 0.6)])
def test_the_first_common_window_follows_the_joint_chain(members: int, hazard: float, worlds: int) -> None:
    theta, end = np.array([-1.0, 0.3, 0.9])[:members], 0.25
    case = veto_case(worlds, MEMBERS[:members], onset=0.4, stance=-0.7, end=end)
    tally, years, count = simulate(case, theta=theta, rates={"only": hazard})
    generator, start = joint_chain(0.4 * np.exp(-0.7 * theta), end, min(hazard, 1e5))
    if hazard == AT_ONCE:  # the state "nobody on" is left at once: make it the end itself
        generator[0], start[-1], start[0] = 0.0, start[0], 0.0
        generator[:, -1] += generator[:, 0]
        generator[:, 0] = 0.0
    exact = np.array([[(start @ expm(generator * t))[-1] for t in years]])
    check(cumulative(tally), exact, count)


@pytest.mark.parametrize(("rule", "slack"), [("all", 0), ("two_thirds", 10), ("majority", 15)])
def test_windows_of_32_members_follow_the_counting_chain(rule: str, slack: int, worlds: int) -> None:
    onset, end = {"all": (0.05, 0.9), "two_thirds": (0.4, 0.8), "majority": (0.7, 0.7)}[rule]
    fewer = 4 if rule == "all" or worlds == MANY else 16  # so many episodes cost the most of all worlds
    case = veto_case(worlds // fewer, MEMBERS, rule, onset=onset, end=end)
    tally, years, count = simulate(case, rates={"only": 0.5})
    generator, start = counting_chain(32, onset, end, slack, 0.5)
    exact = np.array([[(start @ expm(generator * t))[-1] for t in years]])
    check(cumulative(tally), exact, count)
    if rule == "all":  # whoever never consents stops it: all 32 are critical where it is reached
        assert (tally.critical.sum(axis=0)[0] >= tally.reached.sum()).all()


def test_a_measure_against_blocks_acts_from_its_start_on(worlds: int) -> None:
    case = veto_case(worlds, MEMBERS[:3], onset=0.6, end=0.3)
    push = measure("push", effect("consent.episodes.onset", "multiply", 0.25), start_years=2.0)
    more = case.recommendations.model_copy(update={"measures": (push,)})
    tally, years, count = simulate(dataclasses.replace(case, recommendations=more), rates={"only": 0.4})
    before, start = joint_chain(np.full(3, 0.6), 0.3, 0.4)
    after, _ = joint_chain(np.full(3, 0.15), 0.3, 0.4)
    laws = [start @ expm(before * min(t, 2.0)) @ expm(after * max(t - 2.0, 0.0)) for t in years]
    check(cumulative(tally), np.array([[law[-1] for law in laws]]), count)


def test_blocks_on_record_stand_in_for_rates_left_out(worlds: int) -> None:
    case = veto_case(worlds, MEMBERS[:3], onset=None, end=None)
    more = {"veto": {"onset": float(np.log(0.3)), "end": float(np.log(0.5))}}
    tally, years, count = simulate(case, more, rates={"only": 0.4})
    generator, start = joint_chain(np.full(3, 0.3), 0.5, 0.4)
    check(cumulative(tally), np.array([[(start @ expm(generator * t))[-1] for t in years]]), count)


def test_steps_won_and_lost_follow_a_birth_and_death_chain_with_withdrawal(worlds: int) -> None:
    up, down, (leave, back) = (0.7, 0.5, 0.9), (0.25, 0.4, 0.15), (0.2, 0.6)
    names = ("one", "two", "three")
    case = make_case(
        tuple(step(name, prerequisites=names[i - 1 : i]) for i, name in enumerate(names)),
        draws=20,
        worlds=worlds // 20,
        reversals={name: parameter(rate) for name, rate in zip(names, down, strict=True)},
        withdrawal=withdrawal(leave, back),
    )
    tally, years, count = simulate(case, rates=dict(zip(names, up, strict=True)))
    generator = np.zeros((8, 8))  # rung + 4 if withdrawn
    for rung in range(4):
        generator[rung, rung + 4], generator[rung + 4, rung] = leave, back
        if rung < 3:
            generator[rung, rung + 1] = up[rung]
        if rung > 0:
            generator[rung, rung - 1] = generator[rung + 4, rung + 3] = down[rung - 1]
    generator -= np.diag(generator.sum(axis=1))
    law = np.array([expm(generator * t)[0] for t in years])
    rungs = law[:, :4] + law[:, 4:]
    check(tally.held.sum(axis=0), np.array([rungs[:, i + 1 :].sum(axis=1) for i in range(3)]), count)
    first = []
    for top in range(1, 4):  # first reached: no way back from there
        stopped = generator.copy()
        stopped[[top, top + 4]] = 0.0
        after = np.array([expm(stopped * t)[0] for t in years])
        first.append(after[:, top] + after[:, top + 4])
    check(cumulative(tally), np.array(first), count)


def test_work_under_way_is_a_weibull_law_known_not_to_be_over(worlds: int) -> None:
    median, shape = 3.0, 2.2
    since = DateInterval.parse("2024-12-31")  # 730 days before the first day
    case = make_case(
        (step("only", requirement_areas=("law",)),),
        areas=(area("law", median, shape, started_on=since),),
        draws=20,
        worlds=worlds // 20,
    )
    tally, years, count = simulate(case)
    gone = 730 / 365.25

    def left(t: np.ndarray) -> np.ndarray:
        return np.exp(-np.log(2) * (t / median) ** shape)

    check(cumulative(tally), 1 - (left(gone + years) / left(np.array(gone)))[None, :], count)


def test_the_hazard_changes_with_the_time_waited(worlds: int) -> None:
    rate, gone = 0.4, 1.5
    case = make_case((step("one"), step("two", prerequisites=("one",))), draws=20, worlds=worlds // 20)
    more = {"elapsed": {"one": gone}, "duration_effect": {"one|2": -1.0, "one|4": 0.7}}
    tally, years, count = simulate(case, more, rates={"one": rate, "two": AT_ONCE})
    cuts = [0.0, 2.0 - gone, 4.0 - gone, np.inf]
    added = sum(
        rate * np.exp(log_factor) * np.clip(years - begin, 0.0, end - begin)
        for log_factor, begin, end in zip([0.0, -1.0, 0.7], cuts[:-1], cuts[1:], strict=True)
    )
    check(cumulative(tally), np.tile(1 - np.exp(-added), (2, 1)), count)


def test_the_clock_of_a_later_step_begins_with_its_prerequisite(worlds: int) -> None:
    case = make_case((step("one"), step("two", prerequisites=("one",))), draws=20, worlds=worlds // 20)
    more = {"elapsed": {"two": 3.0}, "duration_effect": {"two|1": -1.2}}  # never waited for: one was not there
    tally, years, count = simulate(case, more, rates={"one": 0.5, "two": 0.8})
    nodes, weights = np.polynomial.legendre.leggauss(200)

    def both_by(t: float) -> float:
        """The wait after the kink at one year is integrated apart."""
        total = 0.0
        for low, high in ((0.0, max(t - 1.0, 0.0)), (max(t - 1.0, 0.0), t)):
            x = low + (nodes + 1) / 2 * (high - low)
            added = 0.8 * np.minimum(t - x, 1.0) + 0.8 * np.exp(-1.2) * np.maximum(t - x - 1.0, 0.0)
            total += (weights / 2 * (high - low) * 0.5 * np.exp(-0.5 * x) * (1 - np.exp(-added))).sum()
        return float(total)

    check(cumulative(tally)[1:], np.array([[both_by(t) for t in years]]), count)


def test_members_that_hold_out_are_a_mixture(worlds: int) -> None:
    mean, sd, share, longer, longer_sd = 5.0 + 0.3 * THETA[:5], 0.6, 0.3, 6.2, 0.5
    case = make_case((step("only", rule="all", ratified=True),), members=MEMBERS[:5], draws=20, worlds=worlds // 20)
    hold = {"share": share, "log_extra_days": longer, "sd": longer_sd, f"share|{MEMBERS[1]}": 0.8}
    tally, years, count = simulate(case, {"ratification_hold": hold}, log_days=mean, sd=sd)
    shares = np.where(np.arange(5) == 1, 0.8, share)
    nodes, weights = np.polynomial.hermite_e.hermegauss(300)
    weights = weights / weights.sum()

    def by(t: float) -> float:
        days = t * 365.25
        rest = np.maximum(days - np.exp(longer + longer_sd * nodes), 1e-300)
        late = [(weights * ndtr((np.log(rest) - m) / sd)).sum() for m in mean]
        return float(np.prod((1 - shares) * ndtr((np.log(days) - mean) / sd) + shares * np.array(late)))

    check(cumulative(tally), np.array([[by(t) for t in years]]), count)


def test_an_event_under_way_ends_after_an_exponential_time(worlds: int) -> None:
    hazard, length, log_factor = 0.5, 1.6, -2.0
    since = DateInterval.parse("2026-02")
    case = make_case(
        (step("only"),),
        shocks=(shock("caretaker", 0.0, length, log_factor, origin="aspirant", under_way_since=since),),
        draws=20,
        worlds=worlds // 20,
    )
    tally, years, count = simulate(case, rates={"only": hazard})
    slow = hazard * np.exp(log_factor)
    generator = np.array([[-slow - 1 / length, 1 / length, slow], [0.0, -hazard, hazard], [0.0, 0.0, 0.0]])
    check(cumulative(tally), np.array([[expm(generator * t)[0, 2] for t in years]]), count)
