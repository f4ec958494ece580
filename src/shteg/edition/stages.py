"""The order of the stages, and each stage's result from the cache or computed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from shteg.edition.cache import StageCache, content_hash
from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.source_files import HOUSE, code_files, hash_files

STAGES = ("survey", "stance", "accession", "evaluation", "pathways", "recommendations")
LIBRARIES = ("numba", "numpy", "polars", "scipy")
"""Libraries whose version may change a number."""

_NEEDS: Mapping[str, tuple[str, ...]] = {  # evaluation runs the code of the stages it needs on earlier days
    "survey": (),
    "stance": (),
    "accession": (),
    "evaluation": ("stance", "accession"),
    "pathways": ("stance", "accession"),
    "recommendations": ("pathways",),
}


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
    rooms = {path.relative_to(HOUSE).parts[0] for path in code_files(HOUSE / stage)}
    return tuple(sorted(path for room in rooms for path in _files_of(HOUSE / room)))


@cache
def package_hash() -> str:
    """Give the hash of the whole package: of all code and words that can change a printed figure.

    The shipped cases, which an installed package holds too, are inputs and no code.
    """
    shipped = HOUSE / "cases"
    return hash_files(sorted(path for path in _files_of(HOUSE) if not path.is_relative_to(shipped)))


def _files_of(place: Path) -> Iterator[Path]:
    """List a file, or the files of a folder without what Python and Numba keep in it."""
    if place.is_file():
        yield place
        return
    for path in place.rglob("*"):
        if path.is_file() and not path.name.startswith(".") and "__pycache__" not in path.parts:
            yield path


def library_versions() -> dict[str, str]:
    """Give the versions of the libraries the numbers rest on."""
    return {name: version(name) for name in LIBRARIES}


def run_stages(
    case: Case,
    cache: StageCache,
    *,
    options: Mapping[str, str] | None = None,
    until: str = STAGES[-1],
    threads: int | None = None,
    progress: Progress | None = None,
    keep_interrupted: bool = False,
) -> Results:
    """Run the stages in order, up to and with `until`.

    Parameters
    ----------
    case : Case
        The evidence, already filtered by date and verification.
    cache : StageCache
        Where results are kept by content.
    options : mapping, optional
        What filtered the case (as-of date, verified only): part of every key.
    until : str
        The last stage wanted; stages it does not need are left out.
    threads : int, optional
        Never changes a result.
    progress : callable, optional
        Told `(stage, done, total)`.
    keep_interrupted : bool
        A keyboard interrupt of the simulation ends it with the draws done so far; such a result is never kept.

    Returns
    -------
    Results
        Results of the stages that were run or found in the cache, and their keys.
    """
    base = [f"{name}={number}" for name, number in sorted(library_versions().items())]
    base += [f"{name}={sha}" for name, sha in sorted(case.files.items()) if not name.startswith("text/")]
    base += [f"{name}={setting}" for name, setting in sorted((options or {}).items())]
    results: dict[str, StageResult] = {}
    keys: dict[str, str] = {}
    for stage in _needed(until):
        keys[stage] = content_hash([stage, code_hash(stage), *base, *(keys[need] for need in _NEEDS[stage])])
        kept = cache.load(stage, keys[stage])
        if kept is None:
            kept = _run(stage, case, results, threads, progress, keep_interrupted)
            if stage != "pathways" or "explanations" in kept.tables:  # they come last: without them it was interrupted
                cache.store(kept, keys[stage])
        results[stage] = kept
        if progress:
            progress(stage, 1, 1)
    return Results(by_stage=results, keys=keys)


def _needed(until: str) -> list[str]:
    if until == STAGES[-1]:
        return list(STAGES)
    wanted = {until}
    for stage in reversed(STAGES):
        if stage in wanted:
            wanted |= set(_NEEDS[stage])
    return [stage for stage in STAGES if stage in wanted]


def _run(
    stage: str,
    case: Case,
    results: Mapping[str, StageResult],
    threads: int | None,
    progress: Progress | None,
    keep_interrupted: bool,
) -> StageResult:
    def told(done: int, total: int) -> None:
        if progress:
            progress(stage, done, total + 1)

    told(0, 1)
    # A room is loaded when it is run: a build from kept results needs no compiler.
    if stage == "survey":
        from shteg.survey import estimate_opinion

        return estimate_opinion(case)
    if stage == "stance":
        from shteg.stance import estimate_stances

        return estimate_stances(case, progress=told)
    if stage == "accession":
        from shteg.accession import estimate_accession

        return estimate_accession(case)
    if stage == "evaluation":
        from shteg.evaluation import score_forecasts

        return score_forecasts(case, progress=told, threads=threads)
    if stage == "pathways":
        from shteg.pathways import simulate_pathways

        return simulate_pathways(
            case,
            results["stance"],
            results["accession"],
            threads=threads,
            progress=told,
            on_interrupt="keep" if keep_interrupted else "raise",
        )
    from shteg.recommendations import rank_measures

    return rank_measures(case, results["pathways"])
