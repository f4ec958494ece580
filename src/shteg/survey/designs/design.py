"""The sampling design of a wave: strata, primary sampling units and weights, checked and put in order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol, get_args

import numpy as np
import polars as pl

from shteg.arrays import Floats, Ints
from shteg.errors import DesignError
from shteg.hints import counted
from shteg.survey.code_texts import require_column
from shteg.survey.designs.columns import check_psu_lies_in_one_stratum, column_list, encode, read_codes, read_weights
from shteg.survey.designs.part import Where, more_columns, rows_of
from shteg.survey.requests import Freedom, check_freedom, check_truth, frame_of, is_choice
from shteg.survey.rounding import ROUNDING

LonelyPsu = Literal["fail", "remove", "adjust", "average", "certainty"]
"""What a stratum with one PSU adds to the variance: an error; nothing; its squared score (centred at the grand mean);
the mean of the other strata; nothing, as a unit chosen with certainty."""

LONELY_OPTIONS: tuple[LonelyPsu, ...] = get_args(LonelyPsu)

Pps = Literal["brewer", "overton", "hr"]
"""Approximation for PSUs drawn without replacement with unequal probabilities (`fpc` holds the probabilities)."""

PpsVariance = Literal["HT", "YG"]
"""Horvitz–Thompson or Yates–Grundy form, for "overton" and "hr"."""

Convention = Literal["r", "stata"]
"""Where packages differ: a lonely PSU under "adjust" is centred at 0 (r) or at the mean PSU (stata)."""


class Calibration(Protocol):
    """What calibrated weights do to a linearised variance."""

    def residuals(self, weighted: Floats) -> Floats:
        """Replace weighted scores (rows, k), in the design's row order, by the weighted residuals of calibration."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Design:
    """A sample in memory, its rows in order of stratum and PSU.

    Build it with `Design.from_frame`, which checks everything and names column and row of what is wrong.

    Parameters
    ----------
    data : polars.DataFrame
        All columns of the wave, (n) rows, PSU after PSU.
    row : (n,) int
        Number of each row in the file as it came, from 1: errors name it.
    weight : (n,) float, >= 0
        Persons each respondent stands for; a row of weight 0 is in the design but in no estimate.
    psu_start : (psus + 1,) int
        First row of each PSU.
    psu_stratum : (psus,) int
        Stratum of each PSU, from 0.
    strata : tuple of str
        Names of the strata.
    lonely_psu : LonelyPsu
        What to do about a stratum with one PSU.
    stages : tuple of (rows,) int
        Units of the second and later stages; a code is used in one unit of the stage before only.
    stage_strata : tuple of (rows,) int
        Strata of the second and later stages, nested in the units of the stage before.
    fpc : tuple of (rows,) float
        Units in the population, per stage: of the stratum, or under `pps` the sample size over the PSU's probability;
        infinite where sampled with replacement. Empty: the first stage alone counts, with replacement.
    pps : {"brewer", "overton", "hr"}, optional
        PSUs drawn with unequal probabilities without replacement.
    pps_variance : {"HT", "YG"}
        For "overton" and "hr".
    domain_lonely : bool
        Apply `lonely_psu` "adjust" and "average" to strata in which a domain has one PSU too
        (R: `survey.adjust.domain.lonely`).
    convention : {"r", "stata"}
    freedom : {"domain", "design", "r"}
        Degrees of freedom of intervals and p values; see docs/python.md.
    calibration : Calibration, optional
        Set by the functions that calibrate weights.
    """

    data: pl.DataFrame
    row: Ints
    weight: Floats
    psu_start: Ints
    psu_stratum: Ints
    strata: tuple[str, ...]
    lonely_psu: LonelyPsu
    stages: tuple[Ints, ...] = ()
    stage_strata: tuple[Ints, ...] = ()
    fpc: tuple[Floats, ...] = ()
    pps: Pps | None = None
    pps_variance: PpsVariance = "HT"
    domain_lonely: bool = False
    convention: Convention = "r"
    freedom: Freedom = "domain"
    calibration: Calibration | None = None

    def __post_init__(self) -> None:
        if not is_choice(self.lonely_psu, LONELY_OPTIONS):
            raise DesignError(
                f"{self.lonely_psu!r} is no way to treat a lonely PSU",
                "choose one of " + ", ".join(LONELY_OPTIONS),
                "lonely_psu",
            )
        for name in ("row", "weight", "psu_start", "psu_stratum"):
            getattr(self, name).setflags(write=False)
        rows = len(self.weight)
        if not len(self.row) == rows == self.data.height or self.psu_start[-1] != rows:
            raise DesignError(
                f"the design has {counted(rows, 'weight')}, the data {counted(self.data.height, 'row')}",
                "give one stratum, PSU and weight for each row",
            )

    @classmethod
    def from_frame(
        cls,
        data: pl.DataFrame,
        *,
        stratum: str | Sequence[str] | None = None,
        psu: str | Sequence[str] | None = None,
        weight: str | None = None,
        nest: bool = False,
        lonely_psu: LonelyPsu = "fail",
        fpc: str | Sequence[str] | None = None,
        pps: Pps | None = None,
        pps_variance: PpsVariance = "HT",
        domain_lonely: bool = False,
        convention: Convention = "r",
        freedom: Freedom = "domain",
    ) -> Design:
        """Check a data frame against its design and put its rows in order.

        Parameters
        ----------
        data : polars.DataFrame
            One row a respondent; a LazyFrame, a mapping of columns or an Arrow table is taken over.
        stratum, psu, fpc : str or sequence of str, optional
            Names of the columns, one a stage; without a stratum there is one, without a PSU each row is one. `fpc`
            holds the population size of the row's stratum, or the sampling fraction (with `pps`: the PSU's
            probability); without it PSUs count as drawn with replacement and later stages need not be given.
        weight : str, optional
            Without it a row stands for the product of N/n over the stages of `fpc`; without that, for itself.
        nest : bool
            True where the same PSU code stands for different PSUs in different strata. Codes of later stages may
            always repeat.
        lonely_psu : LonelyPsu
            What to do about a stratum with one PSU.
        pps : {"brewer", "overton", "hr"}, optional
            PSUs were drawn without replacement with unequal probabilities.
        pps_variance : {"HT", "YG"}
        domain_lonely : bool
        convention : {"r", "stata"}
        freedom : {"domain", "design", "r"}
            See `Design`.

        Returns
        -------
        Design
            Rows in order of stratum and PSU.

        Raises
        ------
        DesignError
            A column is not there; a stratum or PSU is missing; a PSU lies in two strata and `nest` is False; a weight
            is no number, negative, not finite, or all are 0; a population size varies within a stratum or is smaller
            than the sample; there is no row.
        UsageError
            The data are no table, or an option has another type.
        """
        data = frame_of(data)
        check_freedom(freedom)
        if data.height == 0:
            raise DesignError("the wave has no rows", "give the file with the respondents")
        ids, strata_columns, sizes = column_list(psu, "psu"), column_list(stratum, "stratum"), column_list(fpc, "fpc")
        for column in (*strata_columns, *ids, *sizes, *([] if weight is None else [weight])):
            require_column(data, column)
        _check_options(pps, pps_variance, convention, sizes)
        for name, flag in (("nest", nest), ("domain_lonely", domain_lonely)):
            check_truth(flag, name)
        weights = read_weights(data, weight)
        stratum_name = (
            read_codes(data, strata_columns[0]) if strata_columns else pl.Series("stratum", ["all"] * data.height)
        )
        strata, stratum_code = encode(stratum_name, data[strata_columns[0]] if strata_columns else stratum_name)
        if ids:
            psu_name = read_codes(data, ids[0])
            if not nest:
                check_psu_lies_in_one_stratum(psu_name, stratum_name, ids[0], (strata_columns or [""])[0])
            psu_code = encode(psu_name, data[ids[0]])[1]
        else:
            psu_code = np.arange(data.height, dtype=np.int64)
        order = np.lexsort((psu_code, stratum_code))  # stable: rows of a PSU keep their order
        stratum_code, psu_code = stratum_code[order], psu_code[order]
        changes = np.flatnonzero((np.diff(stratum_code) != 0) | (np.diff(psu_code) != 0)) + 1
        start = np.concatenate(([0], changes, [data.height])).astype(np.int64)
        ordered = data[order]
        later = _arrange_stages(
            ordered,
            np.repeat(np.arange(len(start) - 1, dtype=np.int64), np.diff(start)),
            stratum_code,
            [encode(read_codes(ordered, column), ordered[column])[1] for column in ids[1:]],
            [encode(read_codes(ordered, column), ordered[column])[1] for column in strata_columns[1:]],
            sizes,
            pps is not None,
        )
        return cls(
            data=ordered,
            row=(order + 1).astype(np.int64),
            weight=weights[order] if weight else later.weight,
            psu_start=start,
            psu_stratum=stratum_code[start[:-1]],
            strata=strata,
            lonely_psu=lonely_psu,
            stages=later.stages,
            stage_strata=later.stage_strata,
            fpc=later.fpc,
            pps=pps,
            pps_variance=pps_variance,
            domain_lonely=domain_lonely,
            convention=convention,
            freedom=freedom,
        )

    def with_freedom(self, rule: Freedom) -> Design:
        """Give the same design with another rule for degrees of freedom: "r" gives the p values that R prints."""
        check_freedom(rule)
        return replace(self, freedom=rule)

    def where(self, part: Where) -> Design:
        """Give the design of a part of the sample (R: `subset`): a domain, not a smaller sample.

        Parameters
        ----------
        part : expression, name of a column, or (n,) truth values in the order of the file
            As `pl.col("age") >= 65`.

        Returns
        -------
        Design
            Rows of the others have weight 0; strata, PSUs, stages and calibration are those of the whole sample:
            standard errors are those of a domain.

        Raises
        ------
        UsageError, DesignError
            It gives no truth value for each row; no row with a weight is left.
        """
        weight = np.where(rows_of(self.data, self.row, part), self.weight, 0.0)
        if not weight.any():
            raise DesignError("nobody in the domain has a weight above 0", "choose another value", "where")
        return replace(self, weight=weight)

    def with_columns(self, *columns: Any, **named: Any) -> Design:
        """Give the same design with further columns, as `polars.DataFrame.with_columns` makes them.

        Weights, strata and PSUs were read when the design was made: to overwrite their columns changes nothing of it.

        Raises
        ------
        DesignError
            An expression fits nothing in the data.
        """
        return replace(self, data=more_columns(self.data, columns, named))

    @property
    def is_plain(self) -> bool:
        """True for one stage with replacement, not calibrated, R's convention: what the one-pass kernel computes."""
        extra = self.fpc or self.pps or self.calibration or self.domain_lonely
        return not extra and self.convention == "r"

    @property
    def psus_per_stratum(self) -> Ints:
        """Number of PSUs of each stratum, with or without members of a domain."""
        return np.bincount(self.psu_stratum, minlength=len(self.strata)).astype(np.int64)

    @property
    def df(self) -> int:
        """Degrees of freedom of the whole sample: PSUs minus strata, over those with a weight above 0 (R `degf`)."""
        total = np.add.reduceat(self.weight, self.psu_start[:-1])
        alive = total > 0
        return int(alive.sum()) - len(np.unique(self.psu_stratum[alive]))

    @property
    def n_effective(self) -> float:
        """Kish's effective size of the whole sample, (Σw)²/Σw²."""
        return float(self.weight.sum() ** 2 / (self.weight**2).sum())

    def lonely_strata(self) -> tuple[int, ...]:
        """Give the strata with one PSU; under `lonely_psu="fail"` they are an error.

        Raises
        ------
        DesignError
            A stratum has one PSU and the option is "fail": its variance cannot be estimated.
        """
        lonely = np.flatnonzero(self.psus_per_stratum == 1)
        if len(lonely) and self.lonely_psu == "fail":
            first = int(np.flatnonzero(self.psu_stratum == lonely[0])[0])
            raise lonely_error(self.strata[lonely[0]], f"row {self.row[self.psu_start[first]]}")
        return tuple(int(one) for one in lonely)


def lonely_error(stratum: str, where: str = "", stage: int = 1) -> DesignError:
    """Say that a stratum has one PSU, or one unit of a later stage: its variance cannot be estimated.

    Parameters
    ----------
    stratum : str
        Its name.
    where : str
        A row that it has.
    stage : int, >= 1

    Returns
    -------
    DesignError
    """
    what = f"stratum {stratum!r} has one PSU" if stage == 1 else f"the stratum around it has one unit at stage {stage}"
    hint = "merge it with a neighbour, or set `lonely_psu` to remove, adjust, average or certainty"
    return DesignError(f"{what}, its variance cannot be estimated", hint, where)


def _check_options(pps: str | None, variance: str, convention: str, sizes: Sequence[str]) -> None:
    for value, options, name in (
        (pps, (None, *get_args(Pps)), "pps"),
        (variance, get_args(PpsVariance), "pps_variance"),
        (convention, get_args(Convention), "convention"),
    ):
        if not is_choice(value, options):
            raise DesignError(f"{value!r} is no {name}", "choose one of " + ", ".join(map(str, options)), name)
    if pps is not None and not sizes:
        raise DesignError("the probabilities of the PSUs are not given", "name their column in `fpc`", "fpc")


def _nest_codes(parent: Ints, codes: Ints) -> Ints:
    """Number the pairs of a unit and a code within it."""
    wide = int(codes.max()) + 1
    places: Ints = np.unique(parent * wide + codes, return_inverse=True)[1].astype(np.int64)
    return places


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _StageColumns:
    """Per row: units and strata of the later stages, population sizes of each stage, product of their inverses."""

    stages: tuple[Ints, ...]
    stage_strata: tuple[Ints, ...]
    fpc: tuple[Floats, ...]
    weight: Floats


def _arrange_stages(
    data: pl.DataFrame,
    psu: Ints,
    psu_stratum: Ints,
    later_units: Sequence[Ints],
    later_strata: Sequence[Ints],
    fpc: Sequence[str],
    pps: bool,
) -> _StageColumns:
    """Nest the codes of later stages and read the population sizes; all arrays (n,) are in the design's row order.

    Codes of stage 2, 3 … may repeat between units of the stage before. A column of `fpc` holds the number of units in
    the population of the row's stratum, or all between 0 and 1: the sampling fraction; under `pps` the first one is the
    probability of the PSU.
    """
    units, strata = [psu], [psu_stratum]
    for s, codes in enumerate(later_units):
        parent = units[-1]
        strata.append(_nest_codes(parent, later_strata[s]) if s < len(later_strata) else parent)
        units.append(_nest_codes(_nest_codes(parent, strata[-1]), codes))
    sizes: list[Floats] = []
    weight = np.ones(len(psu))
    for s, column in enumerate(fpc[: len(units)]):
        sampled = _units_per_stratum(units[s], strata[s])
        sizes.append(_read_sizes(data[column], column, strata[s], sampled, unequal=pps and s == 0, unit=units[s]))
        weight *= np.where(np.isinf(sizes[-1]), 1.0, sizes[-1] / sampled)
    return _StageColumns(stages=tuple(units[1:]), stage_strata=tuple(strata[1:]), fpc=tuple(sizes), weight=weight)


def _units_per_stratum(unit: Ints, stratum: Ints) -> Floats:
    at = np.unique(unit, return_index=True)[1]
    codes = np.unique(stratum, return_inverse=True)[1]
    counts: Floats = np.bincount(codes[at], minlength=int(codes.max()) + 1)[codes].astype(float)
    return counts


def _read_sizes(raw: pl.Series, column: str, stratum: Ints, sampled: Floats, *, unequal: bool, unit: Ints) -> Floats:
    if raw.dtype.is_nested():
        raise DesignError("the column holds lists, no sizes", "give population sizes", f"column {column!r}")
    values = raw.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy().astype(float)
    values = np.where(np.abs(values - 1.0) <= ROUNDING, 1.0, values)  # a fraction of 1 up to rounding is 1
    if np.isnan(values).any() or (values <= 0).any():
        row = int(np.flatnonzero(np.isnan(values) | (values <= 0))[0])
        raise DesignError(
            f"{raw[row]!r} is no population size", "give a number above 0 in every row", f"column {column!r}"
        )
    if (values > 1).any() and ((values < 1).any() or unequal):
        raise DesignError(
            "sizes and fractions are mixed" if not unequal else "a probability is above 1",
            "give all values from 1 up (population sizes), or all up to 1 (fractions)",
            f"column {column!r}",
        )
    within = unit if unequal else stratum
    codes = np.unique(within, return_inverse=True)[1]
    first = values[np.unique(codes, return_index=True)[1]][codes]
    if not np.isclose(values, first, rtol=ROUNDING, atol=0.0).all():
        raise DesignError(
            f"the population size varies within a {'PSU' if unequal else 'stratum'}",
            "give one size a stratum (with `pps`: one probability a PSU)",
            f"column {column!r}",
        )
    sizes = sampled / values if (values <= 1).all() else values
    if (sizes < sampled * (1 - ROUNDING)).any() and not unequal:
        raise DesignError(
            f"more units were sampled ({int(sampled.max())}) than the population has",
            "give the number of units in the population of the stratum",
            f"column {column!r}",
        )
    return np.asarray(sizes, float)
