"""Whole paths as Parquet: the years until each step in every world, written as they are simulated."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl

from shteg.chunks import Progress, ThreadExecutor, split_range
from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.evidence.records.model import Scenario as ScenarioRecord
from shteg.pathways.answers.futures import file_scenarios
from shteg.pathways.answers.measure import TIMES_PER_CHUNK
from shteg.pathways.engine.build_model import prepare_model
from shteg.pathways.engine.simulation import trace_paths
from shteg.pathways.model.model import Model, resize


def export_paths(
    case: Case,
    stance: StageResult,
    accession: StageResult,
    file: Path,
    *,
    consent: StageResult | None = None,
    measures: Iterable[str] = frozenset(),
    scenario: ScenarioRecord | None = None,
    settings: Mapping[str, float] = MappingProxyType({}),
    worlds: int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Write the path of every world to a Parquet file; memory stays bounded whatever its size.

    Columns: `draw`, `world`, `scenario`, `step`, and `years` from the day of the case until the step, null where it
    is not reached by the horizon (censored). The main scenario comes first, then those of the case.

    Parameters
    ----------
    case : Case
    stance, accession : StageResult
        Results of the stages before, as for `simulate_pathways`.
    file : Path
        Written whole or not at all.
    consent : StageResult, optional
        As for `simulate_pathways`.
    measures : iterable of str, optional
        Ids of the measures that are taken in the main scenario.
    scenario : Scenario, optional
        A scenario of the case or of a file that the main scenario takes too.
    settings : mapping of str to float, optional
        Parameters that are set, by dotted name.
    worlds : int, optional
        Worlds for each draw; those of the forecast, which are the very same, if left out.
    threads : int, optional
        As many as there are cores if left out; results never depend on it.
    progress : callable, optional
        Called with (parts done, parts in all).

    Returns
    -------
    int
        Number of rows.
    """
    model = prepare_model(case, stance, accession, measures, scenario, settings, consent)
    main, pathways = model.scenarios[0], case.pathways
    small = resize(model, [main, *file_scenarios(model)], pathways.draws, worlds or pathways.worlds_per_draw)
    count = small.case.pathways.worlds_per_draw
    times = count * len(small.scenarios) * len(small.steps)
    chunks = split_range(pathways.draws, max(1, TIMES_PER_CHUNK // times))
    rows = done = 0
    scenarios, steps = (_names(of) for of in ([one.name for one in small.scenarios], [one.id for one in small.steps]))
    with tempfile.TemporaryDirectory(prefix=f".{file.name}.", dir=file.parent) as work:
        for columns in ThreadExecutor(threads).iterate(lambda chunk: _columns(small, count, *chunk), chunks):
            frame = pl.DataFrame(columns).with_columns(
                scenario=scenarios.gather(columns["scenario"]), step=steps.gather(columns["step"])
            )
            frame.write_parquet(Path(work) / f"{done:06}.parquet", compression="zstd")
            rows, done = rows + frame.height, done + 1
            if progress:
                progress(done, len(chunks))
        whole = Path(work) / "whole"
        parts = sorted(Path(work).glob("*.parquet"))
        pl.scan_parquet(parts).sink_parquet(whole, compression="zstd", maintain_order=True)
        whole.replace(file)
    return rows


def _names(names: Sequence[str]) -> pl.Series:
    return pl.Series(names, dtype=pl.Enum(names))


def _columns(model: Model, worlds: int, first: int, stop: int) -> dict[str, Any]:
    """Give the rows of a range of draws as columns; the years after the horizon are null."""
    paths = trace_paths(model, first, stop, worlds)
    draw, world, scenario, step = np.indices(paths.shape, dtype=np.int32)
    years = paths.ravel()
    return {
        "draw": draw.ravel() + np.int32(first),
        "world": world.ravel(),
        "scenario": scenario.ravel(),
        "step": step.ravel(),
        "years": pl.Series(years).set(pl.Series(years > model.structure.horizon), None),
    }
