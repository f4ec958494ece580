"""Cost of a simulated future: the kernel against Mesa, SimPy, plain NumPy, and its random numbers alone.

`python benchmarks/pathways.py [--smoke] [--peers PYTHON]` prints one JSON line, and appends it to
benchmarks/results/pathways.jsonl (not with --smoke): microseconds of processor time per world, and ratios.

Three models of 32 members: the **race** of consents (point masses, coming round, a procedure); the race **with
episodes** of blocking, at about the rates learnt for the shipped case; and the **full** made-up case (8 steps, 3 areas,
2 shocks, a settlement, blockers counted), alone and with 14 scenarios. The same races run in Mesa and SimPy, in the
Python given by --peers, which must have them. Linearity in worlds and the peak memory of a process of its own are
measured unless --smoke.
"""

import argparse
import json
import platform
import subprocess
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
    episodes,
    make_case,
    measure,
    parameter,
    settlement,
    shock,
    stages,
    step,
)

from shteg.evidence.case import Case
from shteg.pathways.engine.build_model import Model, build_model
from shteg.pathways.engine.compile import compiled_entry, fold, uniform
from shteg.pathways.engine.simulation import run_model, seed_key

BUDGET_MICROSECONDS = {"race": 1.0, "episodes": 6.0, "full": 8.0}
"""Processor time per world of the first scenario with all its counts."""
RESULTS = Path(__file__).parent / "results" / "pathways.jsonl"
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


@compiled_entry
def draw_numbers(key: np.uint64, purposes: np.ndarray, worlds: int) -> float:
    """Generate the numbers of `worlds` worlds and do nothing with them."""
    total = 0.0
    for w in range(worlds):
        world = fold(key, np.uint64(w))
        for j in range(len(purposes)):
            total += uniform(world, purposes[j])
    return total


def cpu_microseconds(work: Callable[[], object], worlds: int, runs: int = 3) -> float:
    """CPU time per world of the best of some runs."""
    best = float("inf")
    for _ in range(runs):
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


def race_model(draws: int, worlds: int, *, blocks: bool) -> Model:
    """Build the race of 32 consents with a procedure, as the peers run it; with episodes of blocking if told."""
    more = {"episodes": episodes(0.01, 0.0, 0.4)} if blocks else {}
    case = make_case(
        (step("only", rule="all"),),
        consents=consent(intercept=2.944, slope=0.0, **more),
        draws=draws,
        worlds=worlds,
    )
    return build_model(case, *stages(case, rates={"only": 0.5}), (), effects=False)


def time_peers(python: str, worlds: int) -> dict[str, object]:
    """Run the race in Mesa and SimPy in another Python."""
    script = Path(__file__).parent / "peers" / "race_agents.py"
    done = subprocess.run([python, str(script), str(worlds)], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout))


def time_growth(small: int, factor: int) -> dict[str, object]:
    """Time the race at two sizes, and read the peak memory of a process that runs the larger one."""
    sizes = (small // 100, small * factor // 100)
    costs = [
        cpu_microseconds(lambda n=n: run_model(race_model(100, n, blocks=False), threads=1), 100 * n, 1) for n in sizes
    ]
    code = (
        "import resource, sys; sys.path.insert(0, 'benchmarks'); import pathways as b; "
        f"b.run_model(b.race_model(100, {sizes[1]}, blocks=False), threads=2); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    return {"growth_worlds": small * factor, "cost_ratio": round(costs[1] / costs[0], 3), "peak_mb": int(done.stdout)}


def main() -> None:
    """Run the bench and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="a tenth of the worlds, no budget on time")
    parser.add_argument("--peers", default=sys.executable, help="a Python that has Mesa and SimPy")
    parser.add_argument("--most", type=int, default=100_000_000, help="worlds of the run whose memory is read")
    asked = parser.parse_args()
    draws, worlds = (20, 400) if asked.smoke else (250, 400)
    count = draws * worlds
    models = {
        "race": race_model(draws, worlds, blocks=False),
        "episodes": race_model(draws, worlds, blocks=True),
        "full": bench_model(draws, worlds, effects=False),
    }
    with_effects = bench_model(draws, worlds, effects=True)
    for model in (race_model(10, 2, blocks=True), bench_model(10, 2, effects=True)):
        run_model(model, threads=1)  # compile
    structure, key = models["full"].structure, seed_key(1)
    purposes = structure.consent_key
    draw_numbers(key, purposes, 1)
    cost = {name: cpu_microseconds(lambda m=model: run_model(m, threads=1), count) for name, model in models.items()}
    scenarios = len(with_effects.scenarios)
    effects = cpu_microseconds(lambda: run_model(with_effects, threads=1), count * scenarios)
    plain = cpu_microseconds(lambda: [numpy_race(models["full"], worlds) for _ in range(draws)], count)
    numbers = cpu_microseconds(lambda: draw_numbers(key, purposes, count), count)
    peers = time_peers(asked.peers, 20 if asked.smoke else 300)
    line: dict[str, object] = {"bench": "pathways", "worlds": count, "scenarios": scenarios}
    line |= {f"{name}_us": round(value, 3) for name, value in cost.items()}
    line |= {
        "scenario_us": round(effects, 3),
        "numpy_full_us": round(plain, 3),
        "numbers_alone_us": round(numbers, 4),
        "numbers_in_that": len(purposes),
        "race_times_numbers_alone": round(cost["race"] / numbers, 1),
        "numpy_per_full": round(plain / cost["full"], 2),
        "numpy_per_scenario": round(plain / effects, 2),
        **peers,
    }
    for name, ours in (("mesa", "race"), ("simpy", "race"), ("simpy_episodes", "episodes")):
        if isinstance(value := peers.get(f"{name}_us"), float):
            line[f"{name}_per_{ours}"] = round(value / cost[ours])
    if not asked.smoke:
        line |= time_growth(asked.most // 10, 10)
    line |= {"machine": platform.machine(), "python": platform.python_version()}
    line |= {name: version(name) for name in ("numpy", "numba")}
    print(json.dumps(line))
    if not asked.smoke:
        with RESULTS.open("a") as file:
            file.write(json.dumps(line) + "\n")
        over = [name for name, most in BUDGET_MICROSECONDS.items() if cost[name] > most]
        if over or plain / effects < BUDGET_RATIO:
            raise SystemExit(f"over budget: {over or BUDGET_RATIO}")


if __name__ == "__main__":
    main()
