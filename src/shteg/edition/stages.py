"""The order of the stages, and each stage's result from the cache or computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

from shteg.edition.cache import StageCache, content_hash
from shteg.estimates import StageResult
from shteg.evidence.case import Case

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
    """Give the hash of all code that can change a number of a stage: its room, evidence, and layer 0.

    What the stages before it did is in their own keys; `tests/test_architecture.py` sees to it that a room imports
    nothing else.
    """
    root = Path(__file__).resolve().parent.parent
    files = sorted(
        [*root.glob("*.py"), *(path for room in ("evidence", stage) for path in (root / room).rglob("*.py"))]
    )
    return content_hash(part for path in files for part in (path.relative_to(root).as_posix(), path.read_bytes()))


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
