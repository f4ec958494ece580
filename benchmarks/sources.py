"""Shares with standard errors from a DuckDB table, a query and Parquet partitions, against DuckDB's plain GROUP BY.

    python benchmarks/sources.py [--smoke] [--rows N] [--items N] [--repeats N]

Both sides read the same million respondents from disk in the same run: ours gives SE, interval and degrees of freedom
of every cell, the other side weighted shares only, in the database itself, with all cores. Prints the ratio of times
for each source and appends the line to benchmarks/results/sources.jsonl (not with --smoke). Ends with an error if the
shares differ or a budget is not kept.
"""

from __future__ import annotations

import argparse
import json
import platform
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import duckdb
import polars as pl
from peers.plain import duckdb_group_by
from peers.waves import GROUPS, NAMES, make_wave, write_wave

from shteg.survey import Design, estimate_proportions, open_sample

COLUMNS = {"stratum": "stratum", "psu": "psu", "weight": "weight"}
BUDGET = 3.0  # of the plain GROUP BY's time; 1,000,000 rows are copied once, and read by PSUs
RESULTS = Path(__file__).parent / "results" / "sources.jsonl"


def least(repeats: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Least seconds of the repeats, and what the last gave."""
    times, result = [], None
    for _ in range(repeats):
        start = perf_counter()
        result = work()
        times.append(perf_counter() - start)
    return min(times), result


def write_sources(rows: int, folder: Path) -> dict[str, str]:
    """Write the same wave as a file, a database and a folder of eight partitions."""
    whole, base, parts = write_wave(rows, folder), folder / "wave.duckdb", folder / "parts"
    with duckdb.connect(base) as connection:
        connection.execute(f"CREATE TABLE wave AS SELECT * FROM '{whole}'")
    size = -(-rows // 8)
    for part in range(8):
        place = parts / f"part={part}"
        place.mkdir(parents=True)
        pl.scan_parquet(whole).slice(part * size, size).sink_parquet(place / "0.parquet")
    return {
        "duckdb_table": f"duckdb://{base}?table=wave",
        "duckdb_query": f"duckdb://{base}?query=SELECT * FROM wave WHERE weight > 0",
        "parquet_parts": str(parts),
        "parquet_file": str(whole),
    }


def measure(rows: int, items: list[str], repeats: int) -> dict[str, Any]:
    """Time every source and the plain GROUP BY, and compare their shares with those from memory."""
    by = list(GROUPS)
    with TemporaryDirectory() as name:
        folder = Path(name)
        sources = write_sources(rows, folder)
        wave = pl.read_parquet(sources["parquet_file"], columns=[*COLUMNS.values(), *items, *by])
        wanted = estimate_proportions(Design.from_frame(wave, **COLUMNS), items, by=by).to_frame()
        with duckdb.connect(folder / "wave.duckdb", read_only=True) as connection:
            plain, _ = least(repeats, lambda: duckdb_group_by(connection, items))
        line: dict[str, Any] = {
            "rows": rows,
            "items": len(items),
            "cells": wanted.height,
            "group_by_s": round(plain, 3),
        }
        for kind, source in sources.items():
            ours, made = least(
                repeats, lambda at=source: estimate_proportions(open_sample(at, **COLUMNS), items, by=by).to_frame()
            )
            gap = (made["estimate"] - wanted["estimate"]).abs().max()
            error_gap = (made["std_error"] - wanted["std_error"]).abs().max()
            if made.height != wanted.height or max(gap, error_gap) > 1e-12:
                raise SystemExit(f"{kind}: shares differ from those of memory by {gap}, SE by {error_gap}")
            line |= {f"{kind}_s": round(ours, 3), f"{kind}_ratio": round(ours / plain, 2)}
    return line


def main() -> None:
    """Measure, print, and keep the line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smoke", action="store_true", help="small, without budgets")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--items", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args()
    if asked.smoke:
        asked.rows, asked.items, asked.repeats = 20_000, 2, 1
    estimate_proportions(Design.from_frame(make_wave(2_000), **COLUMNS), NAMES[:2], by=list(GROUPS))  # compiled by now
    line = {"benchmark": "sources"} | measure(asked.rows, NAMES[: asked.items], asked.repeats)
    line |= {"machine": platform.processor() or platform.machine(), "python": platform.python_version()}
    print(json.dumps(line))
    if asked.smoke:
        return
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    slow = [name for name, value in line.items() if name.endswith("_ratio") and value > BUDGET]
    if slow:
        raise SystemExit(f"over the budget of {BUDGET} times the plain GROUP BY: {', '.join(slow)}")


if __name__ == "__main__":
    main()
