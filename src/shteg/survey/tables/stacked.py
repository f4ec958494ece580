"""Two waves stacked in one design, so that primary units which both visited give their figures a covariance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import polars as pl

from shteg.arrays import Bools, Floats, Ints
from shteg.errors import DesignError, UsageError
from shteg.survey.code_texts import column_texts, require_column
from shteg.survey.designs.design import Design
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.linear import (
    combine_replicates,
    covariance,
    degrees_of_freedom,
    replicate_estimates,
)
from shteg.survey.tables.plan import Source

_STRATUM, _PSU, _SIZE, _WEIGHT, _WAVE, _PLACE = "stratum", "psu", "size", "weight", "wave", "place"
_INDEPENDENT = "leave out --same-psus: the waves then count as independent"
SAME = "--same-psus says that the waves visited the same primary units"


def share_psus(one: Source, other: Source) -> bool:
    """True if the two are declared to have the same primary units."""
    return (other.wave or other.id) in one.same_psus or (one.wave or one.id) in other.same_psus


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Figures:
    """Figures of a wave as means, in the row order of its design.

    Parameters
    ----------
    values : (n, k) float
        What each figure is the mean of.
    inside : (n, k) bool
        Who it is the mean of.
    domain : (n, k) bool
        Who is in its domain: those too who did not answer.
    """

    values: Floats
    inside: Bools
    domain: Bools


class Stacked(Protocol):
    """Two waves below one another."""

    def covariance(self, figures: tuple[Figures, Figures]) -> Floats:
        """Covariance (k₀ + k₁, k₀ + k₁) of the figures of both waves."""
        ...

    def df(self, domains: tuple[Bools, Bools]) -> int:
        """Degrees of freedom of the rows (n₀,), (n₁,) of both waves."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StackedUnits:
    """Waves with primary units: `wave` (n,) is 0 or 1, `place` (n,) the row of that wave."""

    design: Design
    sources: tuple[Source, Source]
    wave: Ints
    place: Ints

    def covariance(self, figures: tuple[Figures, Figures]) -> Floats:
        """Covariance of linearised means over the units of both waves."""
        calibrated = any(isinstance(one.design, Design) and one.design.calibration for one in self.sources)
        blocks = [_residuals(one, _influence(one, part)) for one, part in zip(self.sources, figures, strict=True)]
        present = [part.inside for part in figures]
        return covariance(self.design, self._spread(blocks), None if calibrated else self._spread(present) > 0)

    def df(self, domains: tuple[Bools, Bools]) -> int:
        """PSUs minus strata over the rows of both waves."""
        return degrees_of_freedom(self.design, np.asarray(self._spread([one[:, None] for one in domains]).any(axis=1)))

    def _spread(self, blocks: list[Floats] | list[Bools]) -> Floats:
        widths = [one.shape[1] for one in blocks]
        made = np.zeros((len(self.wave), sum(widths)))
        for wave, block in enumerate(blocks):
            first = sum(widths[:wave])
            at = np.flatnonzero(self.wave == wave)
            made[at, first : first + widths[wave]] = block[self.place[at]]
        return made


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StackedReplicates:
    """Waves whose replicates belong together, number by number; `design` holds the rows of both."""

    design: ReplicateDesign
    waves: tuple[ReplicateDesign, ReplicateDesign]

    def covariance(self, figures: tuple[Figures, Figures]) -> Floats:
        """Covariance of the means from their values in each replicate."""
        found = [replicate_estimates(wave, _means(part)) for wave, part in zip(self.waves, figures, strict=True)]
        estimate = np.concatenate([one for one, _ in found])
        return combine_replicates(self.design, estimate, np.concatenate([each for _, each in found], axis=1))

    def df(self, domains: tuple[Bools, Bools]) -> int:
        """Rank of the replicate weights of the rows of both waves, minus 1."""
        return self.design.df_of(np.concatenate(domains))


def _influence(source: Source, figures: Figures) -> Floats:
    """Influence (n, k) of each row on the means, without its weight."""
    weight = source.design.weight[:, None] * figures.inside
    total = weight.sum(axis=0)
    mean = (weight * figures.values).sum(axis=0) / total
    return np.asarray(np.where(figures.inside, (figures.values - mean) / total, 0.0))


def _means(figures: Figures) -> Callable[[Floats], Floats]:
    """Means (k,) as a function of the weights; NaN where nobody has one."""

    def theta(weight: Floats) -> Floats:
        counted = weight[:, None] * figures.inside
        total = counted.sum(axis=0)
        found = (counted * np.where(figures.inside, figures.values, 0.0)).sum(axis=0)
        return np.asarray(np.divide(found, total, out=np.full(len(total), np.nan), where=total != 0))

    return theta


def _residuals(source: Source, scores: Floats) -> Floats:
    """Scores whose weighted form is what the calibration of the wave leaves of them."""
    design = source.design
    if not isinstance(design, Design) or design.calibration is None:
        return scores
    weight = design.weight[:, None]
    left = design.calibration.residuals(scores * weight)
    return np.where(weight > 0, left / np.where(weight > 0, weight, 1.0), 0.0)


def stack_waves(before: Source, now: Source) -> Stacked:
    """Stack two waves whose primary units, or replicates, are declared to be the same.

    Parameters
    ----------
    before, now : Source
        Their `units` name the columns of strata and primary units; waves with replicate weights have none.

    Returns
    -------
    Stacked
        PSUs with equal codes of stratum and unit are one PSU; later stages were drawn anew in each wave. Replicates of
        one number leave out, or take, the same units.

    Raises
    ------
    UsageError
        Only one wave has replicate weights, or theirs are of another kind, number or scale; a wave was drawn with
        unequal probabilities without replacement, or has no column of PSUs; no PSU is in both waves, or with population
        sizes not all are.
    DesignError
        A PSU lies in another stratum in the other wave, or a stratum has another population size.
    """
    if isinstance(before.design, ReplicateDesign) or isinstance(now.design, ReplicateDesign):
        return _stack_replicates(before, now)
    place = f"{before.id}, {now.id}"
    sizes = max(_sizes(source) for source in (before, now))
    frames = [_frame(source, number, sizes) for number, source in enumerate((before, now))]
    nest = any(source.units is not None and source.units.nest for source in (before, now))
    units = [set(one.select(_STRATUM, _PSU).unique().rows()) for one in frames]
    if not units[0] & units[1]:
        hint = "the codes of stratum and unit must be equal in both; if the units are others, leave out --same-psus"
        raise UsageError("the waves have no primary unit in common", hint, place)
    if sizes and units[0] != units[1]:
        told = "with population sizes the covariance is known only where both waves visited all the same primary units"
        raise UsageError(told, f"{_INDEPENDENT}; or leave the population sizes out", place)
    assert isinstance(now.design, Design)
    numbers = range(1, sizes)
    try:
        design = Design.from_frame(
            pl.concat(frames),
            stratum=[_STRATUM, *(f"{_STRATUM}{number}" for number in numbers)],
            psu=[_PSU, *(f"{_PSU}{number}" for number in numbers)],
            fpc=[f"{_SIZE}{number}" for number in range(sizes)] or None,
            weight=_WEIGHT,
            nest=nest,
            lonely_psu=now.design.lonely_psu,
        )
    except DesignError as error:
        hint = "give a unit the same stratum in all waves, or leave out --same-psus"
        raise DesignError(error.problem, hint, place) from error
    return StackedUnits(
        design=design,
        sources=(before, now),
        wave=design.data[_WAVE].to_numpy(),
        place=design.data[_PLACE].to_numpy(),
    )


def _stack_replicates(before: Source, now: Source) -> StackedReplicates:
    one, other, place = before.design, now.design, f"{before.id}, {now.id}"
    if not isinstance(one, ReplicateDesign) or not isinstance(other, ReplicateDesign):
        raise UsageError("one wave has replicate weights, the other has not", _INDEPENDENT, place)
    told = "the replicates of the waves cannot be the same"
    if len(one.rscales) != len(other.rscales):
        numbers = f"{len(one.rscales)} in one wave, {len(other.rscales)} in the other"
        raise UsageError(f"{told}: {numbers}", _INDEPENDENT, place)
    if (one.type, one.mse) != (other.type, other.mse) or not _close(one, other):
        raise UsageError(f"{told}: they are of another type or scale", _INDEPENDENT, place)
    design = ReplicateDesign(
        data=pl.DataFrame({_WAVE: np.repeat([0, 1], [one.data.height, other.data.height])}),
        row=np.arange(1, one.data.height + other.data.height + 1, dtype=np.int64),
        weight=np.concatenate([one.weight, other.weight]),
        rep_weights=np.concatenate([one.analysis_weights, other.analysis_weights]),
        scale=one.scale,
        rscales=one.rscales,
        mse=one.mse,
        combined_weights=True,
        type=one.type,
    )
    return StackedReplicates(design=design, waves=(one, other))


def _close(one: ReplicateDesign, other: ReplicateDesign) -> bool:
    scales = np.concatenate(([one.scale], one.rscales)), np.concatenate(([other.scale], other.rscales))
    return bool(np.allclose(*scales, rtol=1e-9, atol=0.0))


def _sizes(source: Source) -> int:
    return len(source.design.fpc) if isinstance(source.design, Design) else 0


def _frame(source: Source, number: int, sizes: int) -> pl.DataFrame:
    design, units = source.design, source.units
    assert isinstance(design, Design)
    if design.pps or design.domain_lonely or design.convention != "r":
        told = "of waves drawn with unequal probabilities, or under other rules than R's, the covariance is not known"
        raise UsageError(told, _INDEPENDENT, source.id)
    if len(design.fpc) != sizes or not all(np.isfinite(one).all() for one in design.fpc):
        raise UsageError("a wave has no population sizes, or not those of all stages", _INDEPENDENT, source.id)
    if units is None or units.psu is None:
        raise UsageError(f"{SAME}, but this wave names no column of them", "name it with --psu", source.id)
    for column in (units.psu, *([] if units.stratum is None else [units.stratum])):
        require_column(design.data, column)
    rows = design.data.height
    stratum = pl.Series([""] * rows) if units.stratum is None else column_texts(design.data[units.stratum])
    found = {
        _STRATUM: stratum.replace("", "all") if units.stratum is None else stratum,
        _PSU: column_texts(design.data[units.psu]),
        _WEIGHT: design.weight,
        _WAVE: np.full(rows, number, np.int64),
        _PLACE: np.arange(rows, dtype=np.int64),
    }
    found |= {f"{_SIZE}{stage}": one for stage, one in enumerate(design.fpc)}
    for stage in range(1, sizes):  # later units were drawn anew in each wave: they are strata of their own
        for name, codes in ((_PSU, design.stages), (_STRATUM, design.stage_strata)):
            own = codes[stage - 1] if stage <= len(codes) else np.zeros(rows, np.int64)
            found[f"{name}{stage}"] = pl.Series([f"{number}-{code}" for code in own.tolist()])
    return pl.DataFrame(found)
