"""The forecast for any evidence, by the stages of a build: each stage once for each content it reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from shteg.accession.history.risk_spells import observed_steps
from shteg.arrays import Floats
from shteg.chunks import one_blas_thread
from shteg.edition.cache import content_hash
from shteg.edition.stage_table import STAGES, Call
from shteg.edition.stages import code_hash, keys_until
from shteg.estimates import Draws, StageResult, Table
from shteg.evaluation.own.curves import own_curves
from shteg.evaluation.questions import ladder_only
from shteg.evidence.case import Case
from shteg.evidence.part import content_of, part_of
from shteg.keeping import keep, recall
from shteg.pathways.stage import simulate_pathways
from shteg.pool.forecast import SEPARATOR, build_pool

PATHWAYS, POOL, RECORD = "pathways", "pool", "pool_weights"
MODELS = (POOL, PATHWAYS)
"""The forecasts whose change is told: the published one, and the simulated path."""
FOLDER = "changes"
"""Where runs are kept, in the folder of kept results."""
_CURVES = "evaluation"
_BEFORE = ("stance", "accession", "consent")
"""Stages whose results the simulation is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Means of what each part of the pool says, by part and `step|year`; `case` has the steps and what was taken."""

    case: Case
    means: Mapping[str, Mapping[str, float]]

    def pooled(self, weights: Table | None) -> dict[tuple[str, int], tuple[float, float]]:
        """Give the pooled and the simulated probability of each step and year.

        Parameters
        ----------
        weights : Table, optional
            The table `pool_weights` of an evaluation; without one the simulated path stands alone.

        Returns
        -------
        dict
            (step, year) → probabilities in the order of `MODELS`.
        """
        draws = {part: _draws(cells) for part, cells in self.means.items()}
        simulated = draws.pop(PATHWAYS)
        tables = {RECORD: weights} if weights is not None else {}
        trial = StageResult(stage=_CURVES, tables=tables, draws=draws if weights is not None else {})
        pool = build_pool(self.case, trial, StageResult(stage=PATHWAYS, draws={"forecast": simulated}))
        own = self.means[PATHWAYS]
        return {
            (step.id, year): (float(pool.mixed.mean[k, y]), own[SEPARATOR.join((step.id, str(year)))])
            for k, step in enumerate(pool.steps)
            for y, year in enumerate(pool.years)
        }


def _draws(cells: Mapping[str, float]) -> Draws:
    return Draws(
        values=np.array([list(cells.values())]), units=tuple(cells), measure="share", label="computed",
        source_ids=("-",),
    )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Runs:
    """Runs of the stages up to the simulation, without the answers that only pages need.

    Attributes
    ----------
    cache : Path or None
        Folder of kept results.
    threads : int or None
        As of a build; never changes a number.
    told : callable
        Told `(done, total)` of the simulation under way.
    """

    cache: Path | None
    threads: int | None
    told: Callable[[int, int], None]
    simulated: int = 0
    _results: dict[str, StageResult] = field(default_factory=dict)
    _found: dict[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)

    def forecast(self, case: Case) -> Forecast:
        """Compute the forecast of a case, or recall it.

        Parameters
        ----------
        case : Case
            Filtered by day and verification.

        Returns
        -------
        Forecast

        Raises
        ------
        ShtegError
            What a stage finds wrong with the case.
        """
        keys = keys_until(case, PATHWAYS)
        pool_reads = next(stage.reads for stage in STAGES if stage.name == POOL)
        curves = content_of(part_of(case, _curve_reads()))
        key = content_hash([keys[PATHWAYS], code_hash(_CURVES), code_hash(POOL), curves])
        if key not in self._found:
            self._found[key] = self._kept(key) or self._run(case, keys, key)
        return Forecast(case=part_of(case, pool_reads), means=self._found[key])

    def _kept(self, key: str) -> Mapping[str, Mapping[str, float]] | None:
        raw = recall(self.cache / FOLDER / f"{key[:32]}.json") if self.cache else None
        return None if raw is None else json.loads(raw)

    def _run(self, case: Case, keys: Mapping[str, str], key: str) -> Mapping[str, Mapping[str, float]]:
        results: dict[str, StageResult] = {}
        for stage in STAGES:
            if stage.name in _BEFORE:
                if keys[stage.name] not in self._results:
                    call = Call(part_of(case, stage.reads), results, self.threads, lambda done, total: None, "raise")
                    self._results[keys[stage.name]] = stage.run(call)
                results[stage.name] = self._results[keys[stage.name]]
        reads = next(stage.reads for stage in STAGES if stage.name == PATHWAYS)
        found = simulate_pathways(
            part_of(case, reads), *(results[name] for name in _BEFORE), answers=False, threads=self.threads,
            progress=self.told,
        )  # fmt: skip
        self.simulated += 1
        means = {PATHWAYS: _means(found.draws["forecast"])}
        known = part_of(case, _curve_reads())
        if observed_steps(ladder_only(known)):
            with one_blas_thread():
                means |= {part: _means(draws) for part, draws in own_curves(known).items()}
        if self.cache:
            keep(self.cache / FOLDER / f"{key[:32]}.json", json.dumps(means).encode())
        return means


def _curve_reads() -> tuple[str, ...]:
    """Name what the parts of the pool that are no simulation read: the ladder, and who objects."""
    return next(stage.reads for stage in STAGES if stage.name == "accession") + ("dyads",)


def _means(draws: Draws) -> dict[str, float]:
    means: Floats = draws.values.mean(axis=0)
    return {unit: float(mean) for unit, mean in zip(draws.units, means, strict=True)}
