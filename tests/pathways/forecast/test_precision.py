"""How many worlds the rule asks for, against what these leave in means and intervals when all is simulated again."""

import dataclasses

import numpy as np
import pytest

from shteg.intervals import NORMAL_90
from shteg.pathways.engine.build_model import build_model
from shteg.pathways.engine.simulation import run_model
from shteg.pathways.forecast import simulate
from shteg.pathways.forecast.precision import FIRST_WORLDS, GRAIN, next_worlds, worlds_wanted
from shteg.pathways.forecast.shares import Shares, summarise_changes, summarise_counts
from shteg.pathways.forecast.simulate import simulate_enough
from shteg.pathways.model.model import resize
from tests.pathways.dynamic import dynamic_case, dynamic_stages

DRAWS = 2000
UNSEEN = 1e-9  # so small a tolerance that only the interval decides


def shares(worlds: int, seed: int, a: float = 4.0, b: float = 6.0) -> Shares:
    """Counts of worlds of a probability that is Beta(a, b) over draws; the draws are always the same."""
    true = np.random.default_rng(0).beta(a, b, size=(DRAWS, 1))
    return summarise_counts(np.random.default_rng(seed).binomial(worlds, true), worlds)


def test_the_mean_is_as_exact_as_the_rule_says() -> None:
    first = shares(FIRST_WORLDS, 1, 400.0, 600.0)
    wanted = worlds_wanted([first], FIRST_WORLDS, UNSEEN, ends=False)
    assert wanted > FIRST_WORLDS
    half = float((first.high - first.low)[0]) / 2.0
    expected = (first.mean * (1 - first.mean) - first.draws.var(axis=0))[0] / DRAWS / (0.05 * half) ** 2
    assert wanted == pytest.approx(expected, abs=1.0)
    again = np.array([shares(wanted, seed, 400.0, 600.0).mean[0] for seed in range(200)])
    assert again.std() == pytest.approx(0.05 * half, rel=0.2)  # 200 of them tell a standard deviation to 5 %


@pytest.mark.parametrize(("a", "b"), [(4.0, 6.0), (0.5, 8.0), (1.0, 20.0)])
def test_the_ends_are_as_exact_as_the_rule_says(a: float, b: float) -> None:
    first = shares(FIRST_WORLDS, 1, a, b)
    wanted = next_worlds(worlds_wanted([first], FIRST_WORLDS, UNSEEN), FIRST_WORLDS, 10_000)
    assert (wanted > FIRST_WORLDS) == (a < 4.0)
    assert worlds_wanted([first], FIRST_WORLDS, UNSEEN, ends=False) < FIRST_WORLDS
    exact = shares(200_000, 2, a, b)
    half = float((exact.high - exact.low)[0]) / 2.0
    found = [shares(wanted, seed, a, b) for seed in range(40)]
    for end in ("low", "high"):
        off = np.array([getattr(one, end)[0] for one in found]) - getattr(exact, end)[0]
        assert np.sqrt((off**2).mean()) < 0.1 * half


def test_what_does_not_vary_wants_no_worlds_and_what_cannot_be_seen_few() -> None:
    nothing = summarise_changes(np.zeros((50, 3), dtype=np.int64), np.zeros((50, 3), dtype=np.int64), 32)
    assert worlds_wanted([nothing], 32) == 1
    assert worlds_wanted([], 32) == 1
    assert worlds_wanted([shares(FIRST_WORLDS, 1)], FIRST_WORLDS, tellable=1.0) == 1
    rare = summarise_counts(np.zeros((DRAWS, 1), dtype=np.int64), 32)
    assert worlds_wanted([rare], 32) == 1


def test_twice_the_worlds_ask_for_the_same_number() -> None:
    numbers = [worlds_wanted([shares(worlds, 3, 0.5, 8.0)], worlds, UNSEEN) for worlds in (64, 128, 512)]
    assert max(numbers) < 1.5 * min(numbers)


def test_rounds_end_at_what_is_wanted_or_allowed() -> None:
    assert next_worlds(20, 32, 500) == 32
    assert next_worlds(100, 32, 500) == 112
    assert next_worlds(100, 32, 500) % GRAIN == 0
    assert next_worlds(1000, 32, 500) == 500
    assert next_worlds(1000, 500, 500) == 500


@pytest.mark.parametrize("threads", [1, 2])
def test_rounds_count_what_one_run_counts(threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    case = dynamic_case(draws=20, worlds=400)
    model = build_model(case, *dynamic_stages(case), ())
    monkeypatch.setattr(simulate, "FIRST_WORLDS", 8)
    told: list[tuple[int, int]] = []
    done = simulate_enough(model, threads=threads, progress=lambda a, b: told.append((a, b)))
    worlds = done.model.case.pathways.worlds_per_draw
    assert done.whole
    assert 8 < worlds <= 400
    whole = run_model(resize(model, model.scenarios, 20, worlds), threads=1)
    assert all((a == b).all() for a, b in zip(done.tally, whole, strict=True))
    assert worlds == 400 or worlds_wanted(done.summary.unconditional(), worlds) <= worlds
    shares_told = [a / b for a, b in told]
    assert shares_told == sorted(shares_told)
    assert shares_told[-1] == 1.0


def test_a_case_of_few_worlds_is_run_in_all_of_them() -> None:
    case = dynamic_case(draws=10, worlds=12)
    done = simulate_enough(build_model(case, *dynamic_stages(case), ()))
    assert done.model.case.pathways.worlds_per_draw == 12


def test_an_interrupt_keeps_the_rounds_that_are_done(monkeypatch: pytest.MonkeyPatch) -> None:
    case = dynamic_case(draws=20, worlds=400)
    model = build_model(case, *dynamic_stages(case), ())
    monkeypatch.setattr(simulate, "FIRST_WORLDS", 8)
    first = run_model(resize(model, model.scenarios, 20, 8), threads=1)
    runs = 0

    def run_twice(*args: object, **settings: object) -> object:
        nonlocal runs
        runs += 1
        if runs == 2:
            raise KeyboardInterrupt
        return run_model(*args, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(simulate, "run_model", run_twice)
    done = simulate_enough(model, on_interrupt="keep")
    assert not done.whole
    assert done.model.case.pathways.worlds_per_draw == 8
    assert all((a == b).all() for a, b in zip(done.tally, first, strict=True))
    runs = 0
    with pytest.raises(KeyboardInterrupt):
        simulate_enough(model)


def test_the_half_width_is_that_of_the_level() -> None:
    """The rule speaks of 5 % and 95 % quantiles; were the level another, its constant of skewness would be too."""
    assert pytest.approx(1.6448536269514722) == NORMAL_90


def test_a_summary_tells_the_rule_about_all_worlds_only() -> None:
    case = dynamic_case(draws=10, worlds=12)
    summary = simulate_enough(build_model(case, *dynamic_stages(case), ())).summary
    names = [one.name for one in dataclasses.fields(summary) if isinstance(getattr(summary, one.name), Shares)]
    assert len(names) == 5
    assert len(summary.unconditional()) == 3
