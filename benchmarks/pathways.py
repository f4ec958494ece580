"""Cost of a simulated future: the kernel against plain NumPy and against generating its random numbers alone.

`python benchmarks/pathways.py [--smoke]` prints one JSON line: microseconds of CPU per world, and ratios. All variants
run in the same process on the same made-up case: 32 members, 8 steps, 3 areas, 2 shocks, a settlement.
"""

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the made-up cases of the tests

from tests.pathways.worlds import (
    MEMBERS,
    area,
    consent,
    effect,
    make_case,
    measure,
    parameter,
    settlement,
    shock,
    stages,
    step,
)

from shteg.evidence.case import Case
from shteg.pathways.compiled import compiled, fold, uniform
from shteg.pathways.scenario import Model, build_model
from shteg.pathways.simulation import run_model, seed_key

BUDGET_MICROSECONDS = 8.0
"""CPU per world of the first scenario with all its counts; four times what an idle core needs."""
BUDGET_RATIO = 1.5
"""A world in one scenario, of many on the same numbers, must be this many times cheaper than one in plain NumPy."""
THETA = np.random.default_rng(1).normal(size=32)
RATES = {"pfp": 0.5, "map": 0.3, "invitation": 0.3, "protocols": 2.0, "member": 3.0}


def bench_case(draws: int, worlds: int) -> Case:
    """Make a case of the size of a shipped one, with point parameters."""
    chain = ("pfp", "map", "invitation", "protocols")
    steps = [step("tailored", rule="all", rung=0, statehood_content=0.2, requirement_areas=("law",))]
    steps += [step("centre", rule="sponsors", sponsors=MEMBERS[:3], rung=0, statehood_content=0.2)]
    for i, name in enumerate(chain):
        areas = {"pfp": ("law", "army"), "map": ("army", "courts")}.get(name, ())
        options = {"prerequisites": chain[i - 1 : i], "requirement_areas": areas, "statehood_content": 0.5 + 0.15 * i}
        steps.append(step(name, rule="all", **options))
    steps.append(step("ratified", rule="all", ratified=True, prerequisites=("protocols",)))
    steps.append(step("member", rule="all", statehood_content=1.0, prerequisites=("ratified",)))
    targets = ["consent.intercept", "consent.slope", "consent.change_rate", "consent.member.AAA"]
    targets += ["settlement.rate", "settlement.follow", "area.law.median_years", "area.army.median_years"]
    targets += ["step.pfp.log_rate", "step.map.log_rate", "shock.war.rate", "shock.crisis.rate"]
    return make_case(
        tuple(steps),
        draws=draws,
        worlds=worlds,
        horizon_years=15,
        measures=tuple(
            measure(f"m{i}", effect(target, "add", 0.1), start_years=float(i % 3)) for i, target in enumerate(targets)
        ),
        consents=consent(intercept=3.0, statehood=1.5, common_factor=1.0, defection=0.01),
        areas=(area("law", 3.0, 2.0), area("army", 4.0, 1.5), area("courts", 5.0, 1.5)),
        shocks=(shock("war", 0.1, 2.0, 0.7), shock("crisis", 0.1, 2.0, -0.7)),
        settlement=settlement(0.05, MEMBERS[:5], 0.7),
        procedures={"tailored": parameter(1.0), "centre": parameter(1.0)},
    )


def bench_model(draws: int, worlds: int, *, effects: bool) -> Model:
    """Build the model of the bench case."""
    case = bench_case(draws, worlds)
    return build_model(case, *stages(case, theta=THETA, rates=RATES), (), effects=effects)


@compiled
def draw_numbers(key: np.uint64, purposes: np.ndarray, worlds: int) -> float:
    """Generate the numbers of `worlds` worlds and do nothing with them."""
    total = 0.0
    for w in range(worlds):
        world = fold(key, np.uint64(w))
        for j in range(len(purposes)):
            total += uniform(world, purposes[j])
    return total


def cpu_microseconds(work: Callable[[], object], worlds: int) -> float:
    """CPU time per world of the best of three runs."""
    best = float("inf")
    for _ in range(3):
        begin = time.process_time()
        work()
        best = min(best, time.process_time() - begin)
    return best / worlds * 1e6


def numpy_race(model: Model, worlds: int) -> np.ndarray:
    """Simulate the first scenario in plain NumPy, and less of it: no blockers, no stops, one episode of each shock."""
    generator, members, st = np.random.default_rng(1), len(model.members), model.structure
    eta = 3.0 + THETA + generator.normal(size=(worlds, 1))
    share, turn = generator.random((worlds, members)), generator.exponential(10.0, (worlds, members))
    settled = generator.exponential(20.0, (worlds, 1))
    turn = np.where(st.moves & (generator.random((worlds, members)) < 0.7), np.minimum(turn, settled), turn)
    areas = generator.weibull([2.0, 1.5, 1.5], (worlds, 3)) * [3.6, 5.1, 6.4]
    factors = np.ones(worlds)
    for rate, years, change in ((0.1, 2.0, 0.7), (0.1, 2.0, -0.7)):
        arrival = generator.exponential(1 / rate, worlds)
        factors *= np.where(arrival < years, np.exp(change), 1.0)  # one episode only: less than the kernel does
    times = np.zeros((worlds, len(model.steps)))
    for k in st.step_order:
        floor = np.zeros(worlds)
        for before in np.flatnonzero(st.prerequisite[k]):
            floor = np.maximum(floor, times[:, before])
        for a in np.flatnonzero(st.needs_area[k]):
            floor = np.maximum(floor, areas[:, a])
        if st.ratified[k]:
            times[:, k] = floor + np.exp(generator.normal(5.0, 0.5, (worlds, members))).max(axis=1) / 365.25
            continue
        passes = share < 0.99 / (1.0 + np.exp(-(eta - 1.5 * model.steps[k].statehood_content)))
        consents = np.where(passes, 0.0, turn)[:, st.eligible[k]].max(axis=1)
        times[:, k] = np.maximum(floor, consents) + generator.exponential(1.0, worlds) / factors
    return times


def main() -> None:
    """Run the bench and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a tenth of the worlds, no budget on time")
    smoke = parser.parse_args().smoke
    draws, worlds = (20, 400) if smoke else (250, 400)
    main_only, with_effects = (bench_model(draws, worlds, effects=flag) for flag in (False, True))
    run_model(bench_model(10, 2, effects=True), threads=1)  # compile
    purposes, key = main_only.structure.consent_key, seed_key(1)
    purposes = np.concatenate([purposes, main_only.structure.change_key])
    draw_numbers(key, purposes, 1)
    count, scenarios = draws * worlds, len(with_effects.scenarios)
    kernel = cpu_microseconds(lambda: run_model(main_only, threads=1), count)
    effects = cpu_microseconds(lambda: run_model(with_effects, threads=1), count * scenarios)
    plain = cpu_microseconds(lambda: [numpy_race(main_only, worlds) for _ in range(draws)], count)
    numbers = cpu_microseconds(lambda: draw_numbers(key, purposes, count), count)
    line = {
        "bench": "pathways",
        "worlds": count,
        "scenarios": scenarios,
        "kernel_us_per_world": round(kernel, 3),
        "effects_us_per_world_and_scenario": round(effects, 3),
        "numpy_us_per_world": round(plain, 3),
        "numbers_alone_us_per_world": round(numbers, 3),
        "numbers_in_that": len(purposes),
        "numpy_per_kernel": round(plain / kernel, 2),
        "numpy_per_scenario": round(plain / effects, 2),
        "times_numbers_alone": round(kernel / numbers, 1),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "numba": version("numba"),
    }
    print(json.dumps(line))
    if not smoke and (kernel > BUDGET_MICROSECONDS or plain / effects < BUDGET_RATIO):
        raise SystemExit(f"over budget: {BUDGET_MICROSECONDS} us per world, {BUDGET_RATIO} times cheaper than NumPy")


if __name__ == "__main__":
    main()
