"""Shares and totals of a file too large for memory: read chunk by chunk, only sums are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from shteg.arrays import Floats
from shteg.chunks import Executor
from shteg.errors import DesignError, UsageError
from shteg.survey.large_files.chunks import PART, FileChunk, FileSample, cut_file
from shteg.survey.large_files.sums import FileStrata, NamedSums, Task, merge_sums, score_chunk, sum_chunk, without_rows
from shteg.survey.one_pass.cells import Cells, Deff, Kind, cells_of_sums
from shteg.survey.one_pass.domains import Domains
from shteg.survey.one_pass.sufficient import ScoreMoments

KEPT_BYTES = 1 << 27
"""Sums kept at a time, roughly; items beyond are estimated in another pass over the file."""
BYTES_PER_STRATUM = 4_800
"""Of one item with 200 domains and options."""

ItemCells = tuple[str, Sequence[str], Domains, Cells]
"""An item, its options, the domains, and the cells (domain, option)."""


def stream_cells(
    sample: FileSample,
    items: Sequence[str],
    by: Sequence[tuple[str, ...]],
    where: pl.Expr | str | None,
    options: Mapping[str, Sequence[str]],
    missing: Mapping[str, Sequence[str]],
    deff: Deff,
    kind: Kind,
    *,
    drop_empty: bool,
    executor: Executor,
) -> list[ItemCells]:
    """Estimate shares or numbers of persons of items, as in memory to 1e-12.

    Memory is bounded by the chunk, whatever the number of rows. If the rows of each PSU stand together (a file sorted
    by stratum and PSU, or as the interviews were entered) the file is read once, and its design columns once before; if
    not, it is first dealt out into smaller files. A query, and a part of a file, is first written to a file.

    Parameters
    ----------
    sample : FileSample
    items, by, where, options, missing, deff, kind, drop_empty : as there
        As `estimate_proportions` checked them; options that are not given are those found in the whole file.
    executor : Executor
        Where chunks are worked on: threads, or `shteg.spark.SparkExecutor`. Results do not depend on it.

    Returns
    -------
    list of (item, options, domains, cells)

    Raises
    ------
    DesignError
        As `Design.from_frame` and `estimate_proportions`, or the file cannot be read.
    UsageError
        An item stands twice.
    """
    if len(set(items)) < len(items):
        raise UsageError("a name stands twice", "name each once", "items")
    schema = dict(sample.data.schema)
    with TemporaryDirectory(prefix="shteg-", dir=sample.scratch) as folder:
        file = sample.written(Path(folder), [*items, *(name for one in by for name in one)], where)
        task = Task(
            file=file,
            items=tuple(items),
            by=tuple(by),
            options=options,
            missing=missing,
            kind=kind,
            schema=schema,
            drop_empty=drop_empty,
            part=where is not None,
        )
        if task.part and not file.query.select(pl.col(PART).any()).collect().item():
            raise DesignError("the domain is empty", "choose another value", "where")
        chunks = cut_file(file, task.columns, Path(folder))
        return [one for group in _groups(task, chunks[0]) for one in _estimate_group(group, chunks, deff, executor)]


def _groups(task: Task, chunk: FileChunk) -> Iterator[Task]:
    """Cut the items into groups whose sums fit the memory, going by the strata of the first chunk."""
    strata = 1 if task.file.stratum is None else chunk.read([task.file.stratum]).to_series().n_unique()
    count = max(1, KEPT_BYTES // (BYTES_PER_STRATUM * strata))
    for first in range(0, len(task.items), count):
        yield replace(task, items=task.items[first : first + count])


def _estimate_group(task: Task, chunks: list[FileChunk], deff: Deff, executor: Executor) -> Iterator[ItemCells]:
    whole = merge_sums(executor.iterate(partial(sum_chunk, task), chunks), task)
    if not any(sums.weight.any() for sums in whole.sums.values()) and not whole.domain_psus.any() and not task.part:
        raise DesignError(
            "all weights are 0", "give the column that holds the weights", f"column {task.file.weight!r}, row 1"
        )
    strata = FileStrata(strata=whole.strata, psus_per_stratum=whole.psus, lonely_psu=task.file.lonely_psu)
    made = {item: cells_of_sums(strata, sums, deff, task.kind) for item, sums in whole.sums.items()}
    again = tuple(item for item, (_, wanted) in made.items() if wanted)
    if again:
        moments = _score_again(replace(task, items=again), whole, chunks, executor)
        for item in again:
            made[item] = cells_of_sums(strata, whole.sums[item], deff, task.kind, moments[item])
    domains = without_rows(whole)
    for item in task.items:
        yield item, whole.options[item], domains, made[item][0]


def _score_again(task: Task, whole: NamedSums, chunks: list[FileChunk], executor: Executor) -> dict[str, ScoreMoments]:
    weights: dict[str, Floats] = {item: whole.sums[item].weight.sum(axis=0) for item in task.items}
    names = replace(whole, sums={}, psus=np.zeros(0, np.int64), domain_psus=np.zeros((0, 0), np.int64))
    result: dict[str, ScoreMoments] = {}
    for part in executor.iterate(partial(score_chunk, task, names, weights), chunks):
        result = {item: result[item].merge(one) if item in result else one for item, one in part.items()}
    return result
