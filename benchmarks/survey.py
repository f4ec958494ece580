"""Shares with standard errors against a plain weighted GROUP BY without, and against packages that give them.

    python benchmarks/survey.py [--smoke] [--rows N ...] [--repeats N] [--leave-out svy,r]

60 five-point items × 26 domains = 7,800 cells, each with SE, interval and degrees of freedom, from integers in memory;
the other side gives shares only (Polars, DuckDB) or SE too (svy, R survey: on a few items, scaled by their number, as
each item costs the same). Then the same from a Parquet file, streamed in a process of its own, whose peak memory is
read from the operating system. Each time is the least of the repeats; both sides have all cores.

Prints one JSON line for each size and appends it to benchmarks/results/survey.jsonl (not with --smoke). Ends with an
error if a budget is not kept. What is not installed is left out, and the line says so. The extra `shteg[bench]` brings
DuckDB and svy.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

import polars as pl
from peers.packages import time_r, time_svy
from peers.plain import duckdb_group_by, polars_group_by
from peers.waves import DOMAINS, GROUPS, ITEMS, NAMES, OPTIONS, make_wave, write_wave

from shteg.survey import Design, estimate_proportions, open_sample

SIZES = (1_100, 100_000, 1_000_000, 5_000_000)
COLUMNS = {"stratum": "stratum", "psu": "psu", "weight": "weight"}
GROUP_BY_BUDGET = 1.2  # of the plain GROUP BY's time, from BUDGET_ROWS on
BUDGET_ROWS = 100_000
SVY_BUDGET, R_BUDGET = 150, 200  # times as fast, at 1,000,000 rows
PACKAGES_AT = 1_000_000
PEAK_BUDGET = 0.6  # GB, at 5,000,000 rows streamed
LINEAR_BUDGET = 1.3  # processor seconds a row at 5,000,000 rows over those at 1,000,000, streamed
RESULTS = Path(__file__).parent / "results" / "survey.jsonl"


def least(repeats: int, work: Callable[[], Any]) -> tuple[float, Any]:
    """Least seconds of the repeats, and what the last gave."""
    times, result = [], None
    for _ in range(repeats):
        start = perf_counter()
        result = work()
        times.append(perf_counter() - start)
    return min(times), result


def time_in_memory(rows: int, repeats: int) -> dict[str, Any]:
    """Time ours, Polars and DuckDB on one wave in memory, and compare their shares."""
    wave = make_wave(rows)
    ingest, design = least(repeats, lambda: Design.from_frame(wave, **COLUMNS))
    estimate_proportions(design, NAMES[:2], by=list(GROUPS))  # compiled by now
    ours, made = least(repeats, lambda: estimate_proportions(design, NAMES, by=list(GROUPS)).to_frame())
    plain, shares = least(repeats, lambda: polars_group_by(wave, NAMES))
    both = made.join(shares, on=["item", "domain_variable", "domain", "option"])
    gap = (both["estimate"] - both["share"]).abs().max()
    if rows > 10_000 and (both.height != ITEMS * DOMAINS * OPTIONS or not isinstance(gap, float) or gap > 1e-9):
        raise SystemExit(f"the two ways disagree: {both.height} cells, largest gap {gap}")
    line: dict[str, Any] = {
        "cells": made.height,
        "shteg_s": round(ours, 4),
        "sort_and_check_s": round(ingest, 4),
        "polars_s": round(plain, 4),
        "ratio_to_polars": round(ours / plain, 3),
        "ratio_to_polars_with_sorting": round((ours + ingest) / plain, 3),
        "largest_gap": gap,
    }
    return line | time_duckdb(wave, repeats, ours)


def time_duckdb(wave: pl.DataFrame, repeats: int, ours: float) -> dict[str, Any]:
    """Time DuckDB on its own table of the same wave."""
    try:
        import duckdb
    except ImportError:
        return {"duckdb_s": "left out: not installed"}
    connection = duckdb.connect()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wave.parquet"
        wave.write_parquet(path)
        connection.execute(f"CREATE TABLE wave AS SELECT * FROM read_parquet('{path}')")
    seconds, cells = least(repeats, lambda: duckdb_group_by(connection, NAMES))
    return {"duckdb_s": round(seconds, 4), "ratio_to_duckdb": round(ours / seconds, 3), "duckdb_cells": cells}


def time_packages(rows: int, ours: float, left_out: set[str], items: int) -> dict[str, Any]:
    """Time svy and R's survey on some items, scale to 60, and compare the last standard errors with ours."""
    line: dict[str, Any] = {}
    wave, group = make_wave(rows), list(GROUPS)[-1]
    made = estimate_proportions(Design.from_frame(wave, **COLUMNS), NAMES[items - 1], by=[group]).to_frame()
    errors = made.filter(pl.col("domain_variable") == group)["std_error"]
    for name, work in (("svy", time_svy), ("r", time_r)):
        found = None if name in left_out else work(wave, items)
        if found is None:
            line[f"{name}_s"] = "left out: not asked for" if name in left_out else "left out: not installed"
            continue
        scaled = found["seconds"] * ITEMS / items
        line |= {
            f"{name}_measured_s": round(found["seconds"], 3),
            f"{name}_items_measured": items,
            f"{name}_s": round(scaled, 1),
            f"times_as_fast_as_{name}": round(scaled / ours, 1),
            f"{name}_largest_relative_gap_of_se": (errors / pl.Series(found["errors"]) - 1).abs().max(),
        }
    return line


def time_streamed(rows: int) -> dict[str, Any]:
    """Write the wave as Parquet and estimate it in another process; its time and peak memory."""
    with TemporaryDirectory() as folder:
        path = write_wave(rows, Path(folder))
        command = [sys.executable, str(Path(__file__).resolve()), "--stream", str(path)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            raise SystemExit(f"streaming failed: {run.stderr[-800:]}")
        return {"file_mb": round(path.stat().st_size / 1e6, 1), **json.loads(run.stdout)}


def stream(path: str) -> dict[str, Any]:
    """Estimate all cells of a file and report seconds, processor seconds and peak memory of this process."""
    start, used = perf_counter(), process_time()
    made = estimate_proportions(open_sample(path, **COLUMNS), NAMES, by=list(GROUPS))
    return {
        "streamed_s": round(perf_counter() - start, 3),
        "streamed_cpu_s": round(process_time() - used, 3),
        "streamed_peak_gb": round(peak_memory() / 1e9, 3),
        "cells": made.to_frame().height,
    }


def peak_memory() -> int:
    """Peak resident bytes of this process; `ru_maxrss` would hold the peak of the process that started it, too."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def about() -> dict[str, Any]:
    """Commit, versions and machine."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    versions = {"python": platform.python_version()}
    for name in ("shteg", "polars", "numba", "numpy", "duckdb", "svy"):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    machine = f"{platform.system()} {platform.machine()}, {pl.thread_pool_size()} threads"
    return {"commit": commit.stdout.strip(), "versions": versions, "machine": machine}


def over_budget(lines: list[dict[str, Any]]) -> list[str]:
    """Say which budgets are not kept."""
    wrong = []
    per_row = {line["rows"]: line["streamed_cpu_s"] / line["rows"] for line in lines}
    for line in lines:
        rows = line["rows"]
        if rows >= BUDGET_ROWS:
            wrong += [
                f"{name} = {line[name]} > {GROUP_BY_BUDGET} at {rows} rows"
                for name in ("ratio_to_polars", "ratio_to_duckdb")
                if line.get(name, 0) > GROUP_BY_BUDGET
            ]
        for name, least_wanted in (("svy", SVY_BUDGET), ("r", R_BUDGET)):
            if line.get(f"times_as_fast_as_{name}", least_wanted) < least_wanted:
                wrong.append(f"{line[f'times_as_fast_as_{name}']} times as fast as {name} < {least_wanted}")
        if line["streamed_peak_gb"] > PEAK_BUDGET:
            wrong.append(f"peak memory {line['streamed_peak_gb']} GB > {PEAK_BUDGET} at {rows} rows")
    if {1_000_000, 5_000_000} <= per_row.keys() and per_row[5_000_000] > LINEAR_BUDGET * per_row[1_000_000]:
        wrong.append(
            f"processor seconds a row grow {per_row[5_000_000] / per_row[1_000_000]:.2f}-fold from 1 to 5 million rows"
        )
    return wrong


def main() -> None:
    """Run, print, and fail if a budget is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="2,000 rows, no budget, nothing written")
    parser.add_argument("--rows", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--leave-out", default="", help="svy, r or both, with a comma")
    parser.add_argument("--stream", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stream:
        print(json.dumps(stream(options.stream)))
        return
    left_out = {"svy", "r"} if options.smoke else set(options.leave_out.split(","))
    lines = []
    for rows in (2_000,) if options.smoke else options.rows:
        repeats = 1 if options.smoke or rows > PACKAGES_AT else options.repeats
        line = {"benchmark": "survey", "rows": rows} | time_in_memory(rows, repeats) | time_streamed(rows)
        if rows == PACKAGES_AT or options.smoke:
            line |= time_packages(rows, line["shteg_s"], left_out, 2)
        line |= about()
        lines.append(line)
        print(json.dumps(line), flush=True)
    if options.smoke:
        return
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
    if wrong := over_budget(lines):
        raise SystemExit("over budget: " + "; ".join(wrong))


if __name__ == "__main__":
    main()
