"""Packages that give standard errors: `svy` from PyPI and R's `survey`, on some of the items."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import polars as pl

from peers.waves import GROUPS, NAMES

R_SCRIPT = Path(__file__).with_name("survey.R")


def time_svy(wave: pl.DataFrame, items: int) -> dict[str, Any] | None:
    """Shares with SE and logit intervals of the first items in all 26 domains; None if svy is not installed.

    `errors`: the standard errors of the last item by the last grouping variable, domain after domain.
    """
    try:
        import svy
    except ImportError:
        return None
    names = NAMES[:items]
    design = svy.Design(stratum="stratum", psu="psu", wgt="weight")
    sample = svy.Sample(data=wave.select("stratum", "psu", "weight", *GROUPS, *names), design=design)
    sample.estimation.prop(names[0], by="sex")  # warm
    start = perf_counter()
    for item in names:
        sample.estimation.prop(item)
        for by in GROUPS:
            last = sample.estimation.prop(item, by=by)
    seconds = perf_counter() - start
    return {"seconds": seconds, "errors": last.to_polars()["se"].to_list()}


def time_r(wave: pl.DataFrame, items: int) -> dict[str, Any] | None:
    """The same with R: `svymean` of a factor and `svyby`, SE and df, no interval; None if Rscript is not there."""
    if shutil.which("Rscript") is None:
        return None
    with TemporaryDirectory() as folder:
        path = Path(folder) / "wave.csv"
        wave.select("stratum", "psu", "weight", *GROUPS, *NAMES[:items]).write_csv(path)
        run = subprocess.run(["Rscript", str(R_SCRIPT), str(path)], capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"R failed: {run.stderr[-500:]}")
    found = json.loads(run.stdout)
    return {"seconds": found["seconds"], "errors": found["errors"]}
