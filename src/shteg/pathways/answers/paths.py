"""Whole paths as Parquet: the years until each step in every world, written as they are simulated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np

from shteg.chunks import Progress, ThreadExecutor, split_range
from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.evidence.records_model import Scenario as ScenarioRecord
from shteg.keeping import whole_file
from shteg.pathways.answers.futures import file_scenarios
from shteg.pathways.answers.worlds import TIMES_PER_CHUNK, resize
from shteg.pathways.model import Model
from shteg.pathways.simulation import trace_paths
from shteg.pathways.stage import prepare_model


def export_paths(
    case: Case,
    stance: StageResult,
    accession: StageResult,
    file: Path,
    *,
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
    worlds : int, optional
        Worlds for each draw; those of the forecast, which are the very same, if left out.

    Returns
    -------
    int
        Number of rows.
    """
    import pyarrow as pa  # type: ignore[import-untyped]
    import pyarrow.parquet as pq  # type: ignore[import-untyped]

    model = prepare_model(case, stance, accession, measures, scenario, settings)
    main, pathways = model.scenarios[0], case.pathways
    small = resize(model, [main, *file_scenarios(model)], pathways.draws, worlds or pathways.worlds_per_draw)
    count = small.case.pathways.worlds_per_draw
    times = count * len(small.scenarios) * len(small.steps)
    chunks = split_range(pathways.draws, max(1, TIMES_PER_CHUNK // times))
    rows = done = 0
    names = pa.dictionary(pa.int32(), pa.string())
    schema = pa.schema(
        [("draw", pa.int32()), ("world", pa.int32()), ("scenario", names), ("step", names), ("years", pa.float64())]
    )
    with whole_file(file) as work, pq.ParquetWriter(work, schema, compression="zstd") as writer:
        for columns in ThreadExecutor(threads).iterate(lambda chunk: _columns(small, count, *chunk), chunks):
            arrays = [
                pa.array(columns["draw"]),
                pa.array(columns["world"]),
                pa.DictionaryArray.from_arrays(columns["scenario"], [one.name for one in small.scenarios]),
                pa.DictionaryArray.from_arrays(columns["step"], [step.id for step in small.steps]),
                pa.array(columns["years"], mask=columns["censored"]),
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            rows, done = rows + len(columns["draw"]), done + 1
            if progress:
                progress(done, len(chunks))
    return rows


def _columns(model: Model, worlds: int, first: int, stop: int) -> dict[str, np.ndarray]:
    """Give the rows of a range of draws as columns."""
    paths = trace_paths(model, first, stop, worlds)
    draw, world, scenario, step = np.indices(paths.shape, dtype=np.int32)
    years = paths.ravel()
    return {
        "draw": draw.ravel() + np.int32(first),
        "world": world.ravel(),
        "scenario": scenario.ravel(),
        "step": step.ravel(),
        "years": years,
        "censored": years > model.structure.horizon,
    }
