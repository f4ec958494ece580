"""Every stage's result, from the cache or computed, stages that do not need each other side by side."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from shteg.edition.cache import StageCache, content_hash
from shteg.edition.side import Side, beside
from shteg.edition.stage_table import STAGES, Call, Stage
from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.evidence.part import content_of, part_of
from shteg.source_files import HOUSE, code_files, hash_files

LIBRARIES = ("numba", "numpy", "polars", "scipy")
"""Libraries whose version may change a number."""


class Progress(Protocol):
    """Told how far a stage is; `done == total` ends it."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Say that `done` of `total` parts of `stage` are ready."""
        ...


@dataclass(frozen=True, slots=True)
class Results:
    """Results of all stages, with the content key of each."""

    by_stage: Mapping[str, StageResult]
    keys: Mapping[str, str]

    def __getitem__(self, stage: str) -> StageResult:
        return self.by_stage[stage]


@cache
def code_hash(stage: str) -> str:
    """Give the hash of all code that can change a number of a stage."""
    return hash_files(code_of(stage))


def code_of(stage: str) -> tuple[Path, ...]:
    """List the files of a stage: of its room, of every room that its code imports, data files too, and of layer 0.

    What the stages before it did is in their own keys.
    """
    rooms, more = set[str](), {stage}
    while more:  # a room counts whole, and so does what any file of it imports
        rooms |= more
        found = {path.relative_to(HOUSE).parts[0] for room in more for path in code_files(HOUSE / room)}
        more = {room for room in found - rooms if (HOUSE / room).is_dir()}
        rooms |= found - more
    return tuple(sorted(path for room in rooms for path in _files_of(HOUSE / room)))


@cache
def package_hash() -> str:
    """Give the hash of the whole package: of all code and words that can change a printed figure.

    The shipped cases, which an installed package holds too, are inputs and no code.
    """
    shipped = HOUSE / "cases"
    return hash_files(sorted(path for path in _files_of(HOUSE) if not path.is_relative_to(shipped)))


@cache
def _files_of(place: Path) -> tuple[Path, ...]:
    """List a file, or the files of a folder without what Python and Numba keep in it."""
    if place.is_file():
        return (place,)
    return tuple(
        path
        for path in place.rglob("*")
        if path.is_file() and not path.name.startswith(".") and "__pycache__" not in path.parts
    )


def library_versions() -> dict[str, str]:
    """Give the versions of the libraries the numbers rest on."""
    return {name: version(name) for name in LIBRARIES}


def run_stages(
    case: Case,
    cache: StageCache,
    *,
    until: str = STAGES[-1].name,
    threads: int | None = None,
    progress: Progress | None = None,
    keep_interrupted: bool = False,
) -> Results:
    """Run the stages in order, up to and with `until`.

    A stage is given what it reads and nothing else, and kept under a key made of that, of its code and libraries, and
    of the keys of the stages it needs: a changed note, or a table that it does not read, leaves its result.

    Parameters
    ----------
    case : Case
        The evidence, already filtered by date and verification.
    cache : StageCache
        Where results are kept by content.
    until : str
        The last stage wanted; stages it does not need are left out.
    threads : int, optional
        1 also keeps all stages in this process. Never changes a result.
    progress : callable, optional
        Told `(stage, done, total)`.
    keep_interrupted : bool
        A keyboard interrupt of the simulation ends it with the draws done so far; such a result is never kept.

    Returns
    -------
    Results
        In the order of the stages.

    Raises
    ------
    ShtegError
        What a stage finds wrong with the case.
    """
    wanted = _needed(until)
    parts = {stage.name: part_of(case, stage.reads, words=stage.words) for stage in wanted}
    keys = _keys_of(parts, wanted)
    results: dict[str, StageResult] = {}
    with beside(wanted, parts, keys, cache, threads, progress) as side:
        for stage in _those_beside_last(wanted):
            kept = side.result(stage.name) or cache.load(stage.name, keys[stage.name])
            if kept is None:
                told = _told(stage.name, progress, side)
                call = Call(parts[stage.name], results, threads, told, "keep" if keep_interrupted else "raise")
                told(0, 1)
                kept = stage.run(call)
                if not kept.interrupted:
                    cache.store(kept, keys[stage.name])
            results[stage.name] = kept
            if progress:
                progress(stage.name, 1, 1)
    return Results(by_stage={stage.name: results[stage.name] for stage in wanted}, keys=keys)


def stage_keys(case: Case) -> dict[str, str]:
    """Give the key of each stage: the hash of its code, of libraries, of what it reads, and of the keys it needs.

    Parameters
    ----------
    case : Case
        Already filtered by date and verification.

    Returns
    -------
    dict of str to str
        By name of the stage, 64 hexadecimal digits.
    """
    return _keys_of({stage.name: part_of(case, stage.reads, words=stage.words) for stage in STAGES}, STAGES)


def keys_until(case: Case, until: str) -> dict[str, str]:
    """Give the keys of a stage and of those it needs, as `stage_keys` does.

    Parameters
    ----------
    case : Case
        Already filtered by date and verification.
    until : str
        Name of the stage.

    Returns
    -------
    dict of str to str
        By name of the stage.
    """
    wanted = _needed(until)
    return _keys_of({stage.name: part_of(case, stage.reads, words=stage.words) for stage in wanted}, wanted)


def _keys_of(parts: Mapping[str, Case], stages: Sequence[Stage]) -> dict[str, str]:
    libraries = [f"{name}={number}" for name, number in sorted(library_versions().items())]
    keys: dict[str, str] = {}
    for stage in stages:  # each after those it needs
        needs = [keys[need] for need in stage.needs]
        content = content_of(parts[stage.name])
        keys[stage.name] = content_hash([stage.name, code_hash(stage.name), *libraries, content, *needs])
    return keys


def _needed(until: str) -> list[Stage]:
    wanted = {stage.name for stage in STAGES} if until == STAGES[-1].name else {until}
    for stage in reversed(STAGES):
        if stage.name in wanted:
            wanted |= set(stage.needs)
    return [stage for stage in STAGES if stage.name in wanted]


def _those_beside_last(stages: Sequence[Stage]) -> list[Stage]:
    """Put those that another process computes behind all that do not need them: nobody waits for them before."""
    needed = {need for stage in stages for need in stage.needs}
    return sorted(stages, key=lambda stage: stage.beside and stage.name not in needed)


def _told(stage: str, progress: Progress | None, side: Side) -> Callable[[int, int], None]:
    """Give what a stage tells its progress to; it also passes on how far the stage beside it is."""

    def told(done: int, total: int) -> None:
        if progress:
            progress(stage, done, total + 1)
            side.tell()

    return told
