"""Shares with standard errors against a plain weighted GROUP BY without: 60 items × 26 domains.

    python benchmarks/survey.py [--smoke] [--rows N]

Prints one JSON line and appends it to benchmarks/results/survey.jsonl (not with --smoke). Both sides read the same
frame of integer codes in memory and give one share for each item, option and domain; ours gives SE, interval, degrees
of freedom, n and design effect besides. The budget: at most `BUDGET` times the plain GROUP BY.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl

from shteg.survey import Design, estimate_proportions

ITEMS, OPTIONS, SEED = 60, 5, 20261123
GROUPS = {"region": 7, "age": 6, "sex": 2, "education": 5, "community": 3, "settlement": 2}
DOMAINS = 1 + sum(GROUPS.values())
BUDGET = 1.2
RESULTS = Path(__file__).parent / "results" / "survey.jsonl"


def make_wave(rows: int) -> pl.DataFrame:
    """Generate a wave: 20 strata, PSUs of ten interviews, five-point items with clustering."""
    random = np.random.default_rng(SEED)
    psu = np.arange(rows) // 10
    effect = random.normal(0, 0.5, psu[-1] + 1)[psu]
    columns = {
        "stratum": (psu % 20).astype(str),
        "psu": psu.astype(str),
        "weight": random.gamma(8, 100, rows).round(4),
        **{name: random.integers(1, levels + 1, rows).astype(np.int8) for name, levels in GROUPS.items()},
    }
    for i in range(ITEMS):
        score = effect + random.normal(0, 1, rows) + 0.02 * i
        columns[f"q{i:02d}"] = (np.digitize(score, [-1.2, -0.4, 0.4, 1.2]) + 1).astype(np.int8)
    return pl.DataFrame(columns)


def plain_group_by(wave: pl.DataFrame, items: list[str]) -> pl.DataFrame:
    """The plain way: a weighted GROUP BY of each item within each domain, no standard errors."""
    frames = []
    for item in items:
        for by in ([], *([name] for name in GROUPS)):
            sums = wave.group_by([*by, item]).agg(pl.col("weight").sum())
            share = pl.col("weight") / (pl.col("weight").sum().over(by) if by else pl.col("weight").sum())
            frames.append(
                sums.select(
                    pl.lit(item).alias("item"),
                    pl.lit(by[0] if by else "all").alias("domain_variable"),
                    (pl.col(by[0]).cast(pl.String) if by else pl.lit("all")).alias("domain"),
                    pl.col(item).alias("option"),
                    share.alias("share"),
                )
            )
    return pl.concat(frames)


def measure(rows: int) -> dict[str, object]:
    """Time both ways on one wave and compare their shares."""
    wave, items = make_wave(rows), [f"q{i:02d}" for i in range(ITEMS)]
    warm = make_wave(800)
    estimate_proportions(Design.from_frame(warm, stratum="stratum", psu="psu", weight="weight"), items[:1], by=["sex"])
    plain_group_by(wave, items[:1])
    start = perf_counter()
    plain = plain_group_by(wave, items)
    plain_s = perf_counter() - start
    start = perf_counter()
    design = Design.from_frame(wave, stratum="stratum", psu="psu", weight="weight")
    ingest_s = perf_counter() - start
    start = perf_counter()
    ours = estimate_proportions(design, items, by=list(GROUPS)).frame
    ours_s = perf_counter() - start
    keys = ["item", "domain_variable", "domain", "option"]
    both = ours.join(plain.with_columns(pl.col(keys).cast(pl.String)), on=keys)
    gap = (both["estimate"] - both["share"]).abs().max()
    if both.height != ITEMS * DOMAINS * OPTIONS or not isinstance(gap, float) or gap > 1e-9:
        raise SystemExit(f"the two ways disagree: {both.height} cells, largest gap {gap}")
    return {
        "benchmark": "survey",
        "rows": rows,
        "cells": both.height,
        "plain_group_by_s": round(plain_s, 4),
        "sort_and_check_s": round(ingest_s, 4),
        "shteg_with_se_s": round(ours_s, 4),
        "ratio": round(ours_s / plain_s, 3),
        "ratio_with_sorting": round((ours_s + ingest_s) / plain_s, 3),
        "largest_gap": gap,
        "budget": BUDGET,
    }


def main() -> None:
    """Run, print, and fail if the budget is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="2,000 rows, no budget, nothing written")
    parser.add_argument("--rows", type=int, default=100_000)
    options = parser.parse_args()
    line = measure(2_000 if options.smoke else options.rows)
    line["versions"] = {name: version(name) for name in ("polars", "numba", "numpy")} | {
        "python": platform.python_version()
    }
    line["machine"] = f"{platform.machine()}, {pl.thread_pool_size()} threads"
    if not options.smoke:
        commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
        line["commit"] = commit.stdout.strip()
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
    print(json.dumps(line))
    if not options.smoke and line["ratio"] > BUDGET:  # type: ignore[operator]
        raise SystemExit(f"over budget: {line['ratio']} > {BUDGET}")


if __name__ == "__main__":
    main()
