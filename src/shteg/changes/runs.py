"""The forecast for any evidence, by the stages of a build: each stage once for each content it reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

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
CURVES_READ = (
    *("steps", "countries", "members", "pathways", "ladder", "seeking", "objections", "covariates", "variables"),
    *("comparison_organisations", "comparison_steps", "comparison_events"),
)
"""What the parts of the pool that are no simulation read; anything else is refused."""
HANDED_TABLES = ("elapsed", "consent_parameters")
"""Tables that the simulation takes from results before it, beside their draws."""
_STAGES = {stage.name: stage for stage in STAGES}
Means = Mapping[str, Mapping[str, float]]
"""Mean probabilities by part and `step|year`."""
_BEFORE = ("stance", "accession", "consent")
"""Stages whose results the simulation is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Means of what each part of the pool says, by part and `step|year`; `case` has the steps and what was taken."""

    case: Case
    means: Means

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
    _curves: dict[str, Means] = field(default_factory=dict)
    _found: dict[str, Means] = field(default_factory=dict)

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
        curves = content_of(part_of(case, CURVES_READ))
        codes = [code_hash(name) for name in (_CURVES, POOL)]
        key = content_hash([keys_until(case, PATHWAYS)[PATHWAYS], *codes, curves])
        if key not in self._found:
            self._found[key] = self._kept(key) or self._run(case, key, curves)
        return Forecast(case=part_of(case, _STAGES[POOL].reads), means=self._found[key])

    def _kept(self, key: str) -> Means | None:
        raw = recall(self.cache / FOLDER / f"{key[:32]}.json") if self.cache else None
        return None if raw is None else cast(Means, json.loads(raw))

    def _run(self, case: Case, key: str, curves: str) -> Means:
        handed: dict[str, StageResult] = {}
        for name in _BEFORE:
            handed[name] = self._stage(name, case, handed)
        part = part_of(case, _STAGES[PATHWAYS].reads)
        same = content_hash([PATHWAYS, content_of(part), *map(_handed_on, handed.values())])
        if same not in self._found:
            found = simulate_pathways(
                part, *(handed[name] for name in _BEFORE), answers=False, threads=self.threads, progress=self.told
            )
            self.simulated += 1
            self._found[same] = {PATHWAYS: _means(found.draws["forecast"])}
        if curves not in self._curves:
            self._curves[curves] = _own_means(part_of(case, CURVES_READ))
        means = {**self._found[same], **self._curves[curves]}
        if self.cache:
            keep(self.cache / FOLDER / f"{key[:32]}.json", json.dumps(means).encode())
        return means

    def _stage(self, name: str, case: Case, handed: Mapping[str, StageResult]) -> StageResult:
        """Run a stage once for what it reads and is handed: a change that leaves no trace in these ends here."""
        stage = _STAGES[name]
        part = part_of(case, stage.reads)
        same = content_hash([name, content_of(part), *(_handed_on(handed[need]) for need in stage.needs)])
        if same not in self._results:
            self._results[same] = stage.run(Call(part, handed, self.threads, lambda done, total: None, "raise"))
        return self._results[same]


def _handed_on(result: StageResult) -> str:
    """Give a hash of what the stages after a result take from it."""
    parts: list[str | bytes] = [result.stage]
    for name, draws in sorted(result.draws.items()):
        parts += [name, *draws.units, draws.values.tobytes()]
    for name in HANDED_TABLES:
        if name in result.tables:
            parts += [name, result.tables[name].frame.write_json()]
    return content_hash(parts)


def _own_means(known: Case) -> Means:
    if not observed_steps(ladder_only(known)):
        return {}
    with one_blas_thread():
        return {part: _means(draws) for part, draws in own_curves(known).items()}


def _means(draws: Draws) -> dict[str, float]:
    means: Floats = draws.values.mean(axis=0)
    return {unit: float(mean) for unit, mean in zip(draws.units, means, strict=True)}
