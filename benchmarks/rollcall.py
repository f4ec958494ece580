"""Ideal points of roll calls against pscl's sampler, and against a plain NumPy sweep that any engine needs.

    python benchmarks/rollcall.py [--smoke] [--repeats N]

199 actors × 5,000 votes (two levels) by `ideal_points`. The peers, on the same votes: one iteration of pscl::ideal
times the 2,000 that a short run takes (if R and pscl are installed), and one pass of log Φ over all cells in NumPy, the
floor. Prints one JSON line and appends it to benchmarks/results/rollcall.jsonl (not with --smoke). Ends with an error
if the budget is not kept.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import numpy as np
from scipy.special import log_ndtr

from shteg.stance.rollcall import ideal_points, rollcall

BUDGET = 6.0  # seconds, two free cores
PSCL_ITERATIONS = 2_000
RESULTS = Path(__file__).parent / "results" / "rollcall.jsonl"


def make_votes(actors: int, items: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(20261123)
    theta = rng.normal(size=actors)
    latent = np.outer(theta, rng.normal(0, 1.5, items)) - rng.normal(0, 1.2, items) + rng.normal(size=(actors, items))
    votes = (latent > 0).astype(float)
    votes[rng.random(votes.shape) < 0.1] = np.nan
    return theta, votes


def time_pscl(votes: np.ndarray) -> dict[str, Any]:
    """Seconds of 60 iterations less those of 20, scaled."""
    if shutil.which("Rscript") is None:
        return {"pscl_s": "left out: R is not installed"}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "votes.csv"
        np.savetxt(path, np.where(np.isnan(votes), 9, votes), fmt="%d", delimiter=",")
        code = (
            "suppressPackageStartupMessages(library(pscl));"
            f"v <- as.matrix(read.csv('{path}', header = FALSE));"
            "rc <- rollcall(v, yea = 1, nay = 0, missing = 9, notInLegis = 8);"
            "t <- function(n) system.time(invisible(capture.output(ideal(rc, maxiter = n, burnin = 0, thin = 10,"
            " store.item = FALSE))))['elapsed']; a <- t(20); b <- t(60); cat('seconds', (b - a) / 40)"
        )
        run = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=False)
    if run.returncode or "seconds" not in run.stdout:
        return {"pscl_s": "left out: pscl is not installed"}
    each = float(run.stdout.split()[-1])
    return {"pscl_iteration_s": round(each, 4), "pscl_s": round(each * PSCL_ITERATIONS, 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="a small matrix, no budget, no file")
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    actors, items = (40, 200) if options.smoke else (199, 5_000)
    theta, votes = make_votes(actors, items)
    matrix = rollcall(votes)
    ideal_points(rollcall(make_votes(20, 60)[1]), method="laplace")  # compiled by now
    best, best_cpu, made = np.inf, np.inf, None
    for _ in range(1 if options.smoke else options.repeats):
        start, used = perf_counter(), process_time()
        made = ideal_points(matrix, method="laplace")
        best, best_cpu = min(best, perf_counter() - start), min(best_cpu, process_time() - used)
    assert made is not None
    start = perf_counter()
    log_ndtr(np.outer(theta, np.ones(items))).sum()
    floor = perf_counter() - start
    line: dict[str, Any] = {
        "actors": actors,
        "items": items,
        "shteg_s": round(best, 3),
        "shteg_cpu_s": round(best_cpu, 3),
        "correlation_with_truth": round(abs(float(np.corrcoef(theta, made.mean)[0, 1])), 6),
        "numpy_pass_s": round(floor, 4),
        "ratio_to_numpy_pass": round(best / floor, 1),
        **time_pscl(votes),
    }
    if isinstance(line["pscl_s"], float):
        line["times_as_fast_as_pscl"] = round(line["pscl_s"] / best, 1)
    print(json.dumps(line))
    if options.smoke:
        return
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
    if best > BUDGET:
        raise SystemExit(f"{best:.1f} s are over the budget of {BUDGET} s")


if __name__ == "__main__":
    main()
