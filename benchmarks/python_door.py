"""Models, margins and correlations with design-based standard errors, against floors without and R with them.

    python benchmarks/python_door.py [--smoke] [--rows N ...] [--repeats N] [--leave-out r]

A wave of strata, PSUs of ten and weights; each question is asked of shteg (estimates, covariance by the design,
intervals) and of a floor in the same run: Newton steps on the weighted likelihood in NumPy, without any standard error
(logistic, ordinal, multinomial), a weighted prediction for each level (margins), one GROUP BY of Polars over sums of
products (correlations of five items by three groups, without standard errors). At the smallest size also R's survey,
MASS and nnet, if `Rscript` has them; its `multinom` knows no design.

Prints one JSON line for each size and appends it to benchmarks/results/python_door.jsonl (not with --smoke). Ends with
an error if estimates differ or a budget is not kept. What is not installed is left out, and the line says so.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np
import polars as pl
from scipy import special

from shteg.survey import (
    Design,
    estimate_correlations,
    logistic_regression,
    multinomial_regression,
    ordinal_regression,
)

SIZES = (20_000, 200_000)
SEED = 20261201
ITEMS = ("age", "income", "x1", "x2", "x3")
R_AT, R_SCRIPT = 20_000, Path(__file__).parent / "peers" / "door.R"
FLOOR_BUDGET = {"logistic": 60.0, "ordinal": 6.0, "multinomial": 15.0, "margins": 60.0, "correlation": 250.0}
"""Times the floor, which has no standard errors, on a machine that other work shares."""
R_BUDGET = 1.0
"""Of R's time, for what R gives with standard errors."""
RESULTS = Path(__file__).parent / "results" / "python_door.jsonl"
Floats = np.ndarray[Any, np.dtype[np.float64]]


def make_wave(rows: int) -> pl.DataFrame:
    """Make a wave: 20 strata, PSUs of ten with an effect of their own, an answer of each kind."""
    random = np.random.default_rng(SEED)
    psu = np.arange(rows) // 10
    effect = random.normal(0, 0.4, psu[-1] + 1)[psu]
    age, sex = random.integers(18, 80, rows).astype(float), random.integers(0, 2, rows)
    eta = 0.02 * (age - 45) + 0.4 * sex + effect
    shares = np.stack([np.zeros(rows), eta, 0.3 - 0.5 * eta], axis=1)
    return pl.DataFrame(
        {
            "stratum": psu % 20,
            "psu": psu,
            "weight": random.gamma(8, 100, rows).round(4),
            "sex": np.array(["men", "women"])[sex],
            "group": np.array(["a", "b", "c"])[random.integers(0, 3, rows)],
            "age": age,
            "income": np.exp(6 + 0.01 * age + random.normal(0, 0.4, rows)),
            **{f"x{i}": effect + random.normal(0, 1, rows) for i in (1, 2, 3)},
            "joins": (random.random(rows) < special.expit(eta)).astype(float),
            "trust": 1 + (eta + random.logistic(0, 1, rows) > np.array([[-1.0], [0.0], [1.0]])).sum(axis=0),
            "vote": np.array(["abstain", "left", "right"])[(shares + random.gumbel(0, 1, (rows, 3))).argmax(axis=1)],
        }
    )


def least(repeats: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Least seconds of the repeats, and what the last gave."""
    times, found = [], None
    for _ in range(repeats):
        start = perf_counter()
        found = work()
        times.append(perf_counter() - start)
    return min(times), found


def newton(parts: Callable[[Floats], tuple[Floats, Floats]], size: int, first: Floats | None = None) -> Floats:
    """Solve the weighted score equations: gradient and information from `parts`."""
    theta = np.zeros(size) if first is None else first
    for _ in range(50):
        gradient, information = parts(theta)
        step = np.linalg.solve(information, gradient)
        theta = theta + step
        if np.abs(step).max() < 1e-10:
            break
    return theta


def logistic_floor(x: Floats, y: Floats, w: Floats) -> Floats:
    """Coefficients of a logistic model."""

    def parts(theta: Floats) -> tuple[Floats, Floats]:
        mean = special.expit(x @ theta)
        return (w * (y - mean)) @ x, (x.T * (w * mean * (1 - mean))) @ x

    return newton(parts, x.shape[1])


def multinomial_floor(x: Floats, y: Floats, w: Floats, others: int) -> Floats:
    """Coefficients of a multinomial model, option after option; `y` are places, 0 the first option."""
    p = x.shape[1]
    chosen = y[:, None] == np.arange(1, others + 1)

    def parts(theta: Floats) -> tuple[Floats, Floats]:
        share = special.softmax(np.column_stack([np.zeros(len(x)), x @ theta.reshape(others, p).T]), axis=1)[:, 1:]
        gradient = ((w[:, None] * (chosen - share)).T @ x).ravel()
        blocks = [
            [(x.T * (w * share[:, j] * ((j == k) - share[:, k]))) @ x for k in range(others)] for j in range(others)
        ]
        return gradient, np.block(blocks)

    return newton(parts, others * p)


def ordinal_floor(x: Floats, y: Floats, w: Floats, cuts: int) -> Floats:
    """Coefficients, then cut points, of proportional odds by Fisher scoring; `y` are places."""
    p, at = x.shape[1], np.arange(len(x))

    def parts(theta: Floats) -> tuple[Floats, Floats]:
        below = special.expit(theta[p:] - (x @ theta[:p])[:, None])
        share = np.diff(below, axis=1, prepend=0.0, append=1.0)
        slope = below * (1 - below)
        jump = np.zeros((len(x), cuts + 1, cuts))
        for cut in range(cuts):
            jump[:, cut, cut], jump[:, cut + 1, cut] = slope[:, cut], -slope[:, cut]
        along = np.concatenate([-jump.sum(axis=2)[:, :, None] * x[:, None, :], jump], axis=2)
        gradient = (w / share[at, y]) @ along[at, y]
        flat, weight = along.reshape(-1, p + cuts), (w[:, None] / share).ravel()
        return gradient, (flat.T * weight) @ flat

    shares = np.cumsum(np.bincount(y, w))[:-1] / w.sum()
    return newton(parts, p + cuts, np.concatenate([np.zeros(p), special.logit(shares)]))


def correlation_floor(wave: pl.DataFrame) -> pl.DataFrame:
    """Correlations of all pairs by group, from one GROUP BY over weighted sums."""
    w = pl.col("weight")
    sums = [w.sum().alias("w"), *((w * pl.col(one)).sum().alias(one) for one in ITEMS)]
    pairs = [(ITEMS[i], ITEMS[j]) for i in range(len(ITEMS)) for j in range(i, len(ITEMS))]
    sums += [(w * pl.col(a) * pl.col(b)).sum().alias(f"{a}*{b}") for a, b in pairs]
    found = wave.group_by("group", maintain_order=True).agg(sums).sort("group")

    def spread(a: str, b: str) -> pl.Expr:
        return pl.col(f"{a}*{b}") / pl.col("w") - pl.col(a) * pl.col(b) / pl.col("w") ** 2

    return found.select(
        (spread(a, b) / (spread(a, a) * spread(b, b)).sqrt()).alias(f"{a}, {b}") for a, b in pairs if a != b
    )


def compare(wave: pl.DataFrame, repeats: int) -> dict[str, Any]:
    """Time every question on both sides, and refuse estimates that differ."""
    design = Design.from_frame(wave, stratum="stratum", psu="psu", weight="weight")
    x = np.column_stack([np.ones(wave.height), wave["age"], wave["sex"] == "women"])
    w, y = wave["weight"].to_numpy(), wave["joins"].to_numpy()
    trust, vote = wave["trust"].to_numpy() - 1, wave["vote"].rank("dense").to_numpy().astype(int) - 1
    fit = logistic_regression(design, "joins", ["age", "sex"])

    def margin_floor() -> Floats:
        theta, other = fit.estimate, x.copy()
        found = []
        for level in (0.0, 1.0):
            other[:, 2] = level
            found.append(w @ special.expit(other @ theta) / w.sum())
        return np.array(found)

    sides: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "logistic": (lambda: logistic_regression(design, "joins", ["age", "sex"]), lambda: logistic_floor(x, y, w)),
        "ordinal": (
            lambda: ordinal_regression(design, "trust", ["age", "sex"]),
            lambda: ordinal_floor(x[:, 1:], trust, w, 3),
        ),
        "multinomial": (
            lambda: multinomial_regression(design, "vote", ["age", "sex"]),
            lambda: multinomial_floor(x, vote, w, 2),
        ),
        "margins": (lambda: fit.margins("sex"), margin_floor),
        "correlation": (
            lambda: estimate_correlations(design, ITEMS, by=["group"]),
            lambda: correlation_floor(wave),
        ),
    }
    line: dict[str, Any] = {}
    for name, (ours, floor) in sides.items():
        seconds, made = least(repeats, ours)
        below, wanted = least(repeats, floor)
        found = made.estimate.reshape(-1, 4)[:, 1:].T if name == "correlation" else made.estimate
        plain = wanted.to_numpy() if name == "correlation" else wanted
        gap = float(np.abs(found - plain).max())
        if gap > 1e-7:
            raise SystemExit(f"{name}: the two ways disagree by {gap}")
        line |= {
            f"{name}_s": round(seconds, 4), f"{name}_floor_s": round(below, 4),
            f"{name}_ratio": round(seconds / below, 2), f"{name}_gap": gap,
        }  # fmt: skip
    return line


def time_r(wave: pl.DataFrame, line: dict[str, Any]) -> dict[str, Any]:
    """The same questions in R, in a process of its own; seconds, and how far its standard errors are from ours."""
    if shutil.which("Rscript") is None:
        return {"r": "left out: not installed"}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wave.csv"
        wave.write_csv(path)
        run = subprocess.run(["Rscript", str(R_SCRIPT), str(path)], capture_output=True, text=True, check=False)
    if run.returncode:
        return {"r": "left out: survey, MASS or nnet is not installed"}
    design = Design.from_frame(wave, stratum="stratum", psu="psu", weight="weight")
    fit = logistic_regression(design, "joins", ["age", "sex"])
    ours = {
        "logistic": fit.std_error,
        "ordinal": ordinal_regression(design, "trust", ["age", "sex"]).std_error,
        "correlation": estimate_correlations(design, ["age", "income"]).std_error,
        "margins": fit.margins("sex", covariates="independent").std_error,
    }
    found: dict[str, Any] = {}
    pair = least(3, lambda: estimate_correlations(design, ["age", "income"]))[0]
    for name, one in json.loads(run.stdout).items():
        found[f"{name}_r_s"] = one["seconds"]
        seconds = pair if name == "correlation" else line[f"{name}_s"]  # R is asked for one pair, in all
        found[f"{name}_times_as_fast_as_r"] = round(one["seconds"] / seconds, 1)
        if name in ours:
            found[f"{name}_r_largest_gap_of_se"] = float(np.abs(ours[name] / np.array(one["errors"]) - 1).max())
    return found


def over_budget(line: dict[str, Any]) -> list[str]:
    """Say which budgets are not kept."""
    wrong = [
        f"{name} takes {line[f'{name}_ratio']} times its floor > {most} at {line['rows']} rows"
        for name, most in FLOOR_BUDGET.items()
        if line[f"{name}_ratio"] > most
    ]
    return wrong + [
        f"{name} takes longer than R at {line['rows']} rows"
        for name in ("logistic", "ordinal", "margins", "correlation")
        if line.get(f"{name}_times_as_fast_as_r", R_BUDGET) < R_BUDGET
    ]


def main() -> None:
    """Run, print, and fail if a budget is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="2,000 rows, no budget, nothing written")
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--leave-out", default="", help="r")
    options = parser.parse_args()
    lines, wrong = [], []
    for rows in (2_000,) if options.smoke else options.rows:
        wave = make_wave(rows)
        line = {"benchmark": "python_door", "rows": rows} | compare(wave, 1 if options.smoke else options.repeats)
        if rows == R_AT and options.leave_out != "r" and not options.smoke:
            line |= time_r(wave, line)
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
        line |= {"commit": commit.stdout.strip(), "machine": platform.machine(), "python": platform.python_version()}
        lines.append(line)
        print(json.dumps(line), flush=True)
        wrong += over_budget(line)
    if options.smoke:
        return
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    if wrong:
        raise SystemExit("over budget: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
