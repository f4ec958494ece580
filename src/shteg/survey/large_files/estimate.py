"""Shares and totals of a Parquet file too large for memory: read chunk by chunk, only sums are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from shteg.chunks import Executor, ThreadExecutor
from shteg.errors import DesignError, UsageError
from shteg.survey.code_texts import Code, Missing, read_code_lists, read_missing
from shteg.survey.designs.design import LonelyPsu
from shteg.survey.inference.estimation import Estimates, frame_of_cells
from shteg.survey.inference.estimators import DEFFS
from shteg.survey.large_files.chunks import FileChunk, FileDesign, cut_file, open_file, read_schema
from shteg.survey.large_files.sums import FileStrata, NamedSums, Task, merge_sums, score_chunk, sum_chunk, without_rows
from shteg.survey.one_pass.cells import Deff, Kind, cells_of_sums
from shteg.survey.one_pass.groupings import By
from shteg.survey.one_pass.sufficient import Floats, ScoreMoments
from shteg.survey.requests import check_choice, check_level, groupings_of, names_of

ROWS_PER_CHUNK = 1 << 18
KEPT_BYTES = 1 << 27
"""Sums kept at a time, roughly; items beyond are estimated in another pass over the file."""
BYTES_PER_STRATUM = 4_800
"""Of one item with 200 domains and options."""


def estimate_proportions_file(
    path: str | Path,
    items: str | Sequence[str],
    *,
    stratum: str | None = None,
    psu: str | None = None,
    weight: str | None = None,
    nest: bool = False,
    lonely_psu: LonelyPsu = "fail",
    by: Sequence[By] = (),
    options: Mapping[str, Collection[Code]] | None = None,
    missing: Missing | None = None,
    level: float = 0.95,
    deff: Deff = "replace",
    drop_empty: bool = True,
    executor: Executor | None = None,
    rows_per_chunk: int = ROWS_PER_CHUNK,
    scratch: str | Path | None = None,
) -> Estimates:
    """Share of each answer in all and in each domain, as `estimate_proportions` gives it, of a Parquet file.

    Memory is bounded by the chunk, whatever the number of rows. If the rows of each PSU stand together (a file sorted
    by stratum and PSU, or as the interviews were entered) the file is read once, and its design columns once before; if
    not, it is first dealt out into smaller files.

    Parameters
    ----------
    path : str or Path
        A Parquet file with one row a respondent.
    stratum, psu, weight, nest, lonely_psu
        As for `Design.from_frame`.
    items, by, options, missing, level, deff, drop_empty
        As for `estimate_proportions`. An item's options are those found in the whole file.
    executor : Executor, optional
        Where chunks are worked on: threads by default, or `shteg.spark.SparkExecutor`. Results do not depend on it.
    rows_per_chunk : int
        Rows of a chunk, about; changing it moves the last digits.
    scratch : str or Path, optional
        Where to deal out a file that is not in order; it takes as much room as the file. Default: the system's
        temporary folder. Workers on other machines must see it.

    Returns
    -------
    Estimates
        Equal to those in memory to 1e-12.

    Raises
    ------
    DesignError
        As for `Design.from_frame` and `estimate_proportions`, or the file cannot be read.
    """
    file = FileDesign(path=str(path), stratum=stratum, psu=psu, weight=weight, nest=nest)
    task = _make_task(file, items, by, options, missing, level, "share", drop_empty=drop_empty)
    return _estimate(task, lonely_psu, level, deff, executor or ThreadExecutor(), rows_per_chunk, scratch)


def estimate_totals_file(
    path: str | Path,
    items: str | Sequence[str],
    *,
    stratum: str | None = None,
    psu: str | None = None,
    weight: str | None = None,
    nest: bool = False,
    lonely_psu: LonelyPsu = "fail",
    by: Sequence[By] = (),
    options: Mapping[str, Collection[Code]] | None = None,
    missing: Missing | None = None,
    level: float = 0.95,
    deff: Deff = "replace",
    drop_empty: bool = True,
    executor: Executor | None = None,
    rows_per_chunk: int = ROWS_PER_CHUNK,
    scratch: str | Path | None = None,
) -> Estimates:
    """Number of persons giving each answer, as `estimate_totals` gives it, of a Parquet file.

    Parameters and errors are those of `estimate_proportions_file`.
    """
    file = FileDesign(path=str(path), stratum=stratum, psu=psu, weight=weight, nest=nest)
    task = _make_task(file, items, by, options, missing, level, "total", drop_empty=drop_empty)
    return _estimate(task, lonely_psu, level, deff, executor or ThreadExecutor(), rows_per_chunk, scratch)


def _make_task(
    file: FileDesign,
    items: str | Sequence[str],
    by: Sequence[By],
    options: Mapping[str, Collection[Code]] | None,
    missing: Missing | None,
    level: float,
    kind: Kind,
    *,
    drop_empty: bool,
) -> Task:
    names = names_of(items, "items")
    check_level(level)
    if len(set(names)) < len(names):
        raise UsageError("a name stands twice", "name each once", "items")
    for name, column in (("stratum", file.stratum), ("psu", file.psu), ("weight", file.weight)):
        if column is not None and not isinstance(column, str):
            raise UsageError(f"{column!r} is no name of a column", "name one column by a text", name)
    schema = read_schema(file)
    header = pl.DataFrame(schema=schema)
    return Task(
        file=file,
        items=names,
        by=groupings_of(by),
        options=read_code_lists(header, options, "options"),
        missing=read_missing(header, missing),
        kind=kind,
        schema=schema,
        drop_empty=drop_empty,
    )


def _estimate(
    task: Task,
    lonely_psu: LonelyPsu,
    level: float,
    deff: Deff,
    executor: Executor,
    size: int,
    scratch: str | Path | None,
) -> Estimates:
    check_choice(deff, DEFFS, "deff")
    rows = open_file(task.file, task.columns)
    with TemporaryDirectory(prefix="shteg-", dir=scratch) as folder:
        chunks = cut_file(task.file, rows, size, task.columns, Path(folder))
        frames = [
            _estimate_group(group, chunks, lonely_psu, level, deff, executor) for group in _groups(task, chunks[0])
        ]
    return Estimates(kind=task.kind, level=level, frame=pl.concat(frames))


def _groups(task: Task, chunk: FileChunk) -> Iterator[Task]:
    """Cut the items into groups whose sums fit the memory, going by the strata of the first chunk."""
    strata = 1 if task.file.stratum is None else chunk.read([task.file.stratum]).to_series().n_unique()
    count = max(1, KEPT_BYTES // (BYTES_PER_STRATUM * strata))
    for first in range(0, len(task.items), count):
        yield replace(task, items=task.items[first : first + count])


def _estimate_group(
    task: Task, chunks: list[FileChunk], lonely_psu: LonelyPsu, level: float, deff: Deff, executor: Executor
) -> pl.DataFrame:
    whole = merge_sums(executor.iterate(partial(sum_chunk, task), chunks), task)
    if not any(sums.weight.any() for sums in whole.sums.values()) and not whole.domain_psus.any():
        raise DesignError(
            "all weights are 0", "give the column that holds the weights", f"column {task.file.weight!r}, row 1"
        )
    strata = FileStrata(strata=whole.strata, psus_per_stratum=whole.psus, lonely_psu=lonely_psu)
    made = {item: cells_of_sums(strata, sums, deff, task.kind) for item, sums in whole.sums.items()}
    again = tuple(item for item, (_, wanted) in made.items() if wanted)
    if again:
        moments = _score_again(replace(task, items=again), whole, chunks, executor)
        for item in again:
            made[item] = cells_of_sums(strata, whole.sums[item], deff, task.kind, moments[item])
    domains = without_rows(whole)
    return pl.concat(
        frame_of_cells(item, whole.options[item], domains, made[item][0], level, task.kind) for item in task.items
    )


def _score_again(task: Task, whole: NamedSums, chunks: list[FileChunk], executor: Executor) -> dict[str, ScoreMoments]:
    weights: dict[str, Floats] = {item: whole.sums[item].weight.sum(axis=0) for item in task.items}
    names = replace(whole, sums={}, psus=np.zeros(0, np.int64), domain_psus=np.zeros((0, 0), np.int64))
    result: dict[str, ScoreMoments] = {}
    for part in executor.iterate(partial(score_chunk, task, names, weights), chunks):
        result = {item: result[item].merge(one) if item in result else one for item, one in part.items()}
    return result
