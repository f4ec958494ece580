"""Shares and totals of a file too large for memory: read chunk by chunk, only sums are kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl

from shteg.arrays import Codes, Floats, Ints
from shteg.chunks import Executor
from shteg.errors import DesignError, UsageError
from shteg.survey.code_texts import code_key, sort_codes
from shteg.survey.designs.design import Design, LonelyPsu, lonely_error
from shteg.survey.large_files.chunks import PART, FileChunk, FileSample, cut_file
from shteg.survey.one_pass.answers import read_codes
from shteg.survey.one_pass.cells import Answers, Cells, Deff, Kind, cells_of_sums, second_pass, sum_shares
from shteg.survey.one_pass.domains import ALL, JOINT, Domains, declared_order, name_order, read_domains, read_grouping
from shteg.survey.one_pass.sufficient import ScoreMoments, ShareSums

Domain = tuple[str, str]
"""Variable and value."""


KEPT_BYTES = 1 << 27
"""Sums kept at a time, roughly; items beyond are estimated in another pass over the file."""

BYTES_PER_STRATUM = 4_800
"""Of one item with 200 domains and options."""

ItemCells = tuple[str, Sequence[str], Domains, Cells]
"""An item, its options, the domains, and the cells (domain, option)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked:
    """What is wanted of a sample, as `estimate_proportions` takes it: checked, codes as texts."""

    items: tuple[str, ...]
    by: tuple[tuple[str, ...], ...]
    options: Mapping[str, tuple[str, ...]]
    missing: Mapping[str, tuple[str, ...]]
    deff: Deff
    kind: Kind
    drop_empty: bool

    @property
    def columns(self) -> list[str]:
        """Items and grouping variables, each once."""
        return list(dict.fromkeys([*self.items, *(name for one in self.by for name in one)]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Task:
    """What is wanted of each chunk of a file, whose columns have the types of `schema`."""

    file: FileSample
    asked: Asked
    schema: Mapping[str, pl.DataType]
    part: bool = False

    @property
    def columns(self) -> list[str]:
        """The columns to read, each once."""
        return list(dict.fromkeys([*self.file.columns, *self.asked.columns, *([PART] if self.part else [])]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedSums:
    """Sums with the names of their strata, domains and options, for each item."""

    strata: tuple[str, ...]
    psus: Ints
    domains: tuple[Domain, ...]
    domain_psus: Ints
    options: dict[str, tuple[str, ...]]
    sums: dict[str, ShareSums]
    levels: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FileStrata:
    """The strata of a file, for the algebra between PSUs."""

    strata: tuple[str, ...]
    psus_per_stratum: Ints
    lonely_psu: LonelyPsu

    def lonely_strata(self) -> tuple[int, ...]:
        """Give the strata with one PSU; under `lonely_psu="fail"` they are an error."""
        lonely = np.flatnonzero(self.psus_per_stratum == 1)
        if len(lonely) and self.lonely_psu == "fail":
            raise lonely_error(self.strata[lonely[0]])
        return tuple(int(one) for one in lonely)


def _read_design(task: Task, chunk: FileChunk) -> Design:
    """Read a chunk and check it as `Design.from_frame` does; errors name the row of the file. Weights may all be 0."""
    data, file = chunk.read(task.columns), task.file
    idle = file.weight is not None and data[file.weight].dtype.is_numeric() and not (data[file.weight] != 0).any()
    frame = data.with_columns(pl.lit(1.0).alias(file.weight or "")) if idle else data
    try:
        design = file.design_of(frame, "remove")
    except DesignError as error:
        rows = chunk.row_numbers()
        place = re.sub(r"(?<=row )\d+$", lambda match: str(rows[int(match[0]) - 1]), error.where or "")
        raise DesignError(error.problem, error.hint, place) from error
    weight = np.zeros(data.height) if idle else design.weight
    return replace(design, weight=weight, row=chunk.row_numbers()[design.row - 1])


def sum_chunk(task: Task, chunk: FileChunk) -> NamedSums:
    """Make the one pass over a chunk for all items."""
    design = _read_design(task, chunk)
    domains = _domains(task, design)
    options, sums = {}, {}
    for item in task.asked.items:
        codes, options[item] = _codes(task, design, item)
        sums[item] = sum_shares(_answers(task, design, codes, len(options[item]), domains))
    return NamedSums(
        strata=design.strata,
        psus=design.psus_per_stratum,
        domains=tuple(zip(domains.variables, domains.names, strict=True)),
        domain_psus=domains.psus_by_stratum,
        options=options,
        sums=sums,
        levels={} if task.asked.drop_empty else _levels(task, design),
    )


def _domains(task: Task, design: Design) -> Domains:
    rows = design.data[PART].fill_null(value=False).to_numpy() if task.part else None
    return read_domains(design, task.asked.by, task.asked.missing, rows=rows)


def _levels(task: Task, design: Design) -> dict[str, tuple[str, ...]]:
    """Levels of each grouping variable by itself, from which empty crossings are made."""
    columns = dict.fromkeys(name for one in task.asked.by for name in one)
    return {name: read_grouping(design.data, (name,), task.asked.missing).names for name in columns}


def _codes(task: Task, design: Design, item: str) -> tuple[Codes, tuple[str, ...]]:
    return read_codes(design, item, task.asked.options.get(item), task.asked.missing.get(item, ()))


def _answers(task: Task, design: Design, codes: Codes, categories: int, domains: Domains) -> Answers:
    return Answers(design=design, codes=codes, categories=categories, domains=domains, kind=task.asked.kind)


def merge_sums(parts: Iterable[NamedSums], task: Task) -> NamedSums:
    """Add the sums of chunks, in their order, then put names in the order of estimates made in memory."""
    whole: NamedSums | None = None
    for part in parts:
        whole = part if whole is None else _join(whole, part)
    if whole is None:
        raise DesignError("the wave has no rows", "give the file with the respondents")
    columns = [name for one in task.asked.by for name in one] + list(task.asked.items)
    declared = declared_order(task.schema, list(dict.fromkeys(columns)))
    domains: list[Domain] = [(ALL, ALL)]
    for by in task.asked.by:
        variable = JOINT.join(by)
        names = {name for of, name in whole.domains if of == variable}
        if not task.asked.drop_empty:
            names |= set(_all_names(by, declared, whole.levels, task.asked.missing))
        domains += [(variable, name) for name in sorted(names, key=lambda name: name_order(name, by, declared))]
    return _arrange(
        whole,
        tuple(sort_codes(whole.strata)),
        tuple(domains),
        {item: _item_options(task, item, found, declared) for item, found in whole.options.items()},
    )


def _item_options(
    task: Task, item: str, found: Sequence[str], declared: Mapping[str, Mapping[str, int]]
) -> tuple[str, ...]:
    if item in task.asked.options:
        return tuple(task.asked.options[item])
    if not task.asked.drop_empty:
        lost = {code_key(code) for code in task.asked.missing.get(item, ())}
        found = [*found, *(name for name in declared.get(item, {}) if code_key(name) not in lost)]
    return tuple(sorted(dict.fromkeys(found), key=lambda name: name_order(name, (item,), declared)))


def _all_names(
    by: Sequence[str],
    declared: Mapping[str, Mapping[str, int]],
    levels: Mapping[str, Sequence[str]],
    missing: Mapping[str, Sequence[str]],
) -> list[str]:
    """Names of all crossings of what the columns have, and declare."""
    lost = {column: {code_key(code) for code in missing.get(column, ())} for column in by}
    known = {column: [name for name in declared.get(column, {}) if code_key(name) not in lost[column]] for column in by}
    each = [dict.fromkeys((*levels[column], *known[column])) for column in by]
    return [JOINT.join(names) for names in product(*each)]


def _join(one: NamedSums, two: NamedSums) -> NamedSums:
    names = (
        tuple(dict.fromkeys((*one.strata, *two.strata))),
        tuple(dict.fromkeys((*one.domains, *two.domains))),
        {item: tuple(dict.fromkeys((*one.options[item], *two.options[item]))) for item in one.options},
    )
    first, second = _arrange(one, *names), _arrange(two, *names)
    for item, sums in first.sums.items():
        sums.add(second.sums[item].recentred(sums.centre))
    return replace(
        first,
        psus=first.psus + second.psus,
        domain_psus=first.domain_psus + second.domain_psus,
        levels={name: tuple(dict.fromkeys((*one.levels[name], *two.levels[name]))) for name in one.levels},
    )


def _arrange(
    part: NamedSums, strata: tuple[str, ...], domains: tuple[Domain, ...], options: dict[str, tuple[str, ...]]
) -> NamedSums:
    rows, columns = _places(part.strata, strata), _places(part.domains, domains)
    psus = np.zeros(len(strata), np.int64)
    psus[rows] = part.psus
    domain_psus = np.zeros((len(strata), len(domains)), np.int64)
    domain_psus[np.ix_(rows, columns)] = part.domain_psus
    sums = {
        item: part.sums[item].placed(
            (len(strata), len(domains), len(labels)), rows, columns, _places(part.options[item], labels)
        )
        for item, labels in options.items()
    }
    return NamedSums(
        strata=strata,
        psus=psus,
        domains=domains,
        domain_psus=domain_psus,
        options=options,
        sums=sums,
        levels=part.levels,
    )


def _places(names: Sequence[object], among: Sequence[object]) -> Ints:
    number = {name: i for i, name in enumerate(among)}
    return np.array([number[name] for name in names], np.int64)


def without_rows(whole: NamedSums) -> Domains:
    """Describe the domains of a file, without the rows."""
    total = whole.domain_psus.sum(axis=0)
    nothing = np.zeros(0, np.uint8)
    return Domains(
        variables=tuple(variable for variable, _ in whole.domains),
        names=tuple(name for _, name in whole.domains),
        codes=nothing,
        psus=total,
        df=total - (whole.domain_psus > 0).sum(axis=0),
        psus_by_stratum=whole.domain_psus,
        count=np.zeros(len(total), np.int64),
        weight_squared=np.zeros(len(total)),
        touched_start=np.zeros(1, np.int64),
        touched=nothing,
    )


def _score_chunk(
    task: Task, whole: NamedSums, shares: Mapping[str, Floats], chunk: FileChunk
) -> dict[str, ScoreMoments]:
    """Make the second pass over a chunk, about the shares (domain, option) of all; in the order of `whole`."""
    design = _read_design(task, chunk)
    found = _domains(task, design)
    rows = _places(design.strata, whole.strata)
    columns = _places(tuple(zip(found.variables, found.names, strict=True)), whole.domains)
    result = {}
    for item in task.asked.items:
        codes, labels = _codes(task, design, item)
        places = _places(labels, whole.options[item])
        table = np.array([*places, len(whole.options[item])], np.uint16)
        weight = shares[item][columns]
        local = second_pass(_answers(task, design, table[codes], len(whole.options[item]), found), weight)
        shape = (len(whole.strata), *shares[item].shape)
        moments = ScoreMoments.empty(*shape)
        moments.psus[np.ix_(rows, columns)] = local.psus
        moments.mean[np.ix_(rows, columns)] = local.mean
        moments.spread[np.ix_(rows, columns)] = local.spread
        result[item] = moments
    return result


def stream_cells(sample: FileSample, asked: Asked, where: pl.Expr | str | None, executor: Executor) -> list[ItemCells]:
    """Estimate shares or numbers of persons of items, as in memory to 1e-12.

    Memory is bounded by the chunk, whatever the number of rows. If the rows of each PSU stand together (a file sorted
    by stratum and PSU, or as the interviews were entered) the file is read once, and its design columns once before; if
    not, it is first dealt out into smaller files. A query, and a part of a file, is first written to a file.

    Parameters
    ----------
    sample : FileSample
    asked : Asked
        Options that are not given are those found in the whole file.
    where : polars.Expr or str, optional
        The part of the sample.
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
    if len(set(asked.items)) < len(asked.items):
        raise UsageError("a name stands twice", "name each once", "items")
    kept = Asked(**{one.name: getattr(asked, one.name) for one in fields(Asked)})  # what is sent to other processes
    with TemporaryDirectory(prefix="shteg-", dir=sample.scratch) as folder:
        file = sample.written(Path(folder), asked.columns, where)
        task = Task(file=file, asked=kept, schema=dict(sample.data.schema), part=where is not None)
        if task.part and not file.query.select(pl.col(PART).any()).collect().item():
            raise DesignError("the domain is empty", "choose another value", "where")
        chunks = cut_file(file, task.columns, Path(folder))
        return [one for group in _groups(task, chunks[0]) for one in _estimate_group(group, chunks, executor)]


def _with_items(task: Task, items: tuple[str, ...]) -> Task:
    return replace(task, asked=replace(task.asked, items=items))


def _groups(task: Task, chunk: FileChunk) -> Iterator[Task]:
    """Cut the items into groups whose sums fit the memory, going by the strata of the first chunk."""
    strata = 1 if task.file.stratum is None else chunk.read([task.file.stratum]).to_series().n_unique()
    count = max(1, KEPT_BYTES // (BYTES_PER_STRATUM * strata))
    for first in range(0, len(task.asked.items), count):
        yield _with_items(task, task.asked.items[first : first + count])


def _estimate_group(task: Task, chunks: list[FileChunk], executor: Executor) -> Iterator[ItemCells]:
    whole = merge_sums(executor.iterate(partial(sum_chunk, task), chunks), task)
    if not any(sums.weight.any() for sums in whole.sums.values()) and not whole.domain_psus.any() and not task.part:
        raise DesignError(
            "all weights are 0", "give the column that holds the weights", f"column {task.file.weight!r}, row 1"
        )
    strata = FileStrata(strata=whole.strata, psus_per_stratum=whole.psus, lonely_psu=task.file.lonely_psu)
    made = {item: cells_of_sums(strata, sums, task.asked.deff, task.asked.kind) for item, sums in whole.sums.items()}
    again = tuple(item for item, (_, wanted) in made.items() if wanted)
    if again:
        moments = _score_again(_with_items(task, again), whole, chunks, executor)
        for item in again:
            made[item] = cells_of_sums(strata, whole.sums[item], task.asked.deff, task.asked.kind, moments[item])
    domains = without_rows(whole)
    for item in task.asked.items:
        yield item, whole.options[item], domains, made[item][0]


def _score_again(task: Task, whole: NamedSums, chunks: list[FileChunk], executor: Executor) -> dict[str, ScoreMoments]:
    weights: dict[str, Floats] = {item: whole.sums[item].weight.sum(axis=0) for item in task.asked.items}
    names = replace(whole, sums={}, psus=np.zeros(0, np.int64), domain_psus=np.zeros((0, 0), np.int64))
    result: dict[str, ScoreMoments] = {}
    for part in executor.iterate(partial(_score_chunk, task, names, weights), chunks):
        result = {item: result[item].merge(one) if item in result else one for item, one in part.items()}
    return result
