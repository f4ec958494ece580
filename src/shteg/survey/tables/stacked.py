"""Two waves stacked in one design, so that primary units which both visited give their figures a covariance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from shteg.arrays import Bools, Floats, Ints
from shteg.errors import DesignError, UsageError
from shteg.survey.code_texts import column_texts, require_column
from shteg.survey.designs.design import Design
from shteg.survey.inference.linear import covariance, degrees_of_freedom
from shteg.survey.tables.plan import Source

_STRATUM, _PSU, _WEIGHT, _WAVE, _PLACE = "stratum", "psu", "weight", "wave", "place"
SAME = "--same-psus says that the waves visited the same primary units"


def share_psus(one: Source, other: Source) -> bool:
    """True if the two are declared to have the same primary units."""
    return (other.wave or other.id) in one.same_psus or (one.wave or one.id) in other.same_psus


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stacked:
    """Two waves below one another: `wave` (n,) is 0 or 1, `place` (n,) the row of that wave."""

    design: Design
    sources: tuple[Source, Source]
    wave: Ints
    place: Ints

    def covariance(self, scores: tuple[Floats, Floats], present: tuple[Bools, Bools]) -> Floats:
        """Covariance (k₀ + k₁, k₀ + k₁) of Σ w · scores of both waves.

        Parameters
        ----------
        scores : pair of (n, k) float
            Influence values of each wave in its own row order, without the weight.
        present : pair of (n, k) bool
            Who is in the domain and answered.

        Returns
        -------
        (k₀ + k₁, k₀ + k₁) float
        """
        calibrated = any(isinstance(one.design, Design) and one.design.calibration for one in self.sources)
        blocks = [_residuals(one, part) for one, part in zip(self.sources, scores, strict=True)]
        return covariance(self.design, self._spread(blocks), None if calibrated else self._spread(present) > 0)

    def df(self, rows: tuple[Bools, Bools]) -> int:
        """PSUs minus strata over the rows of both waves."""
        return degrees_of_freedom(self.design, np.asarray(self._spread([one[:, None] for one in rows]).any(axis=1)))

    def _spread(self, blocks: tuple[Bools, Bools] | list[Floats] | list[Bools]) -> Floats:
        widths = [one.shape[1] for one in blocks]
        made = np.zeros((len(self.wave), sum(widths)))
        for wave, block in enumerate(blocks):
            first = sum(widths[:wave])
            at = np.flatnonzero(self.wave == wave)
            made[at, first : first + widths[wave]] = block[self.place[at]]
        return made


def _residuals(source: Source, scores: Floats) -> Floats:
    """Scores whose weighted form is what the calibration of the wave leaves of them."""
    design = source.design
    if not isinstance(design, Design) or design.calibration is None:
        return scores
    weight = design.weight[:, None]
    left = design.calibration.residuals(scores * weight)
    return np.where(weight > 0, left / np.where(weight > 0, weight, 1.0), 0.0)


def stack_waves(before: Source, now: Source) -> Stacked:
    """Stack two waves whose primary units are declared to be the same.

    Parameters
    ----------
    before, now : Source
        Their `units` name the columns of strata and primary units.

    Returns
    -------
    Stacked
        PSUs with equal codes of stratum and unit are one PSU.

    Raises
    ------
    UsageError
        A wave has replicate weights, more stages than one or no column of PSUs; no PSU is in both waves.
    DesignError
        A PSU lies in another stratum in the other wave.
    """
    place = f"{before.id}, {now.id}"
    frames, nest = [], False
    for number, source in enumerate((before, now)):
        frames.append(_frame(source, number))
        nest |= source.units is not None and source.units.nest
    both = set(frames[0].select(_STRATUM, _PSU).unique().rows()) & set(frames[1].select(_STRATUM, _PSU).unique().rows())
    if not both:
        hint = "the codes of stratum and unit must be equal in both; if the units are others, leave out --same-psus"
        raise UsageError("the waves have no primary unit in common", hint, place)
    assert isinstance(now.design, Design)
    try:
        design = Design.from_frame(
            pl.concat(frames), stratum=_STRATUM, psu=_PSU, weight=_WEIGHT, nest=nest, lonely_psu=now.design.lonely_psu
        )
    except DesignError as error:
        hint = "give a unit the same stratum in all waves, or leave out --same-psus"
        raise DesignError(error.problem, hint, place) from error
    return Stacked(
        design=design,
        sources=(before, now),
        wave=design.data[_WAVE].to_numpy(),
        place=design.data[_PLACE].to_numpy(),
    )


def _frame(source: Source, number: int) -> pl.DataFrame:
    design, units = source.design, source.units
    if not isinstance(design, Design):
        hint = "leave out --same-psus: the waves then count as independent"
        raise UsageError("from replicate weights the covariance between waves is not known", hint, source.id)
    if design.fpc or design.pps or design.domain_lonely or design.convention != "r":
        hint = "leave out --same-psus: the waves then count as independent"
        raise UsageError("the covariance between waves is known for one stage with replacement only", hint, source.id)
    if units is None or units.psu is None:
        raise UsageError(f"{SAME}, but this wave names no column of them", "name it with --psu", source.id)
    for column in (units.psu, *([] if units.stratum is None else [units.stratum])):
        require_column(design.data, column)
    rows = design.data.height
    stratum = pl.Series([""] * rows) if units.stratum is None else column_texts(design.data[units.stratum])
    return pl.DataFrame(
        {
            _STRATUM: stratum.replace("", "all") if units.stratum is None else stratum,
            _PSU: column_texts(design.data[units.psu]),
            _WEIGHT: design.weight,
            _WAVE: np.full(rows, number, np.int64),
            _PLACE: np.arange(rows, dtype=np.int64),
        }
    )
