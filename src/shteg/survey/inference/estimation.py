"""Design-based means, shares and totals over any domain, with linearised standard errors and intervals."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.chunks import Executor, ThreadExecutor
from shteg.survey.code_texts import Code, Missing, read_code_lists, read_missing
from shteg.survey.designs.design import Design
from shteg.survey.inference.estimators import DEFFS
from shteg.survey.inference.general_cells import DomainNames, general_cells, is_plain
from shteg.survey.inference.intervals import logit_interval, student_interval, with_bounds
from shteg.survey.inference.linear import SAYS_NOTHING, AnyDesign, require_design
from shteg.survey.inference.uncertainty import FLAGS
from shteg.survey.one_pass.answers import read_codes, read_numbers
from shteg.survey.one_pass.cells import Cells, Deff, Kind, cells_of_codes, cells_of_numbers, fewest_psus
from shteg.survey.one_pass.domains import By, Domains, read_domains
from shteg.survey.one_pass.sufficient import Floats
from shteg.survey.requests import check_choice, check_level, check_truth, groupings_of, names_of
from shteg.survey.rounding import is_nothing

__all__ = [
    "COLUMNS",
    "FLAGS",
    "Estimates",
    "estimate_means",
    "estimate_proportions",
    "estimate_totals",
    "frame_of_cells",
]

COLUMNS = ("estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_effective", "deff")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimates:
    """Estimates of one kind: `frame` has the columns item, option, domain_variable, domain, estimate, std_error,
    ci_low, ci_high, df, n, n_effective, deff, flag; what is not known is null."""

    kind: Kind
    level: float
    frame: pl.DataFrame

    def _repr_html_(self) -> str:
        return self.frame._repr_html_()


def estimate_proportions(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    options: Mapping[str, Collection[Code]] | None = None,
    missing: Missing | None = None,
    level: float = 0.95,
    deff: Deff = "replace",
    drop_empty: bool = True,
    executor: Executor | None = None,
) -> Estimates:
    """Share of each answer in the whole sample and in each domain.

    Parameters
    ----------
    design : Design or ReplicateDesign
    items : str or sequence of str
        Columns with answer codes.
    by : sequence of str or tuple of str
        Grouping variables; a tuple crosses several.
    options : mapping of item to codes, optional
        All codes that count, in order (default: those found, numbers by value); any other code is an error.
    missing : mapping of column to codes, optional
        Codes that are no answer, in items and grouping variables: {"trust": ["8", "9"]}.
    level : float in (0, 1)
        Coverage of the intervals (logit, t with the degrees of freedom of the domain).
    deff : "replace" | "without_replacement"
        Simple random sampling to compare with; the second takes Σw as the size of the population.
    drop_empty : bool
        False keeps crossings that nobody is in, and categories that a column's type declares: n is 0, flag "empty".
    executor : Executor, optional
        Where the items are worked on; the results do not depend on it.

    Raises
    ------
    DesignError
        A column is not there, a code is not among the options, or a stratum has one PSU under "fail".

    References
    ----------
    Checked against R `survey::svymean`, `svyciprop` and `svyby`; see docs/methods/survey.md#estimation.
    """
    asked = _Request.of(design, items, by, options, missing, level, deff, "share", drop_empty=drop_empty)
    return asked.estimate(executor, numeric=False)


def estimate_totals(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    numeric: bool = False,
    options: Mapping[str, Collection[Code]] | None = None,
    missing: Missing | None = None,
    level: float = 0.95,
    deff: Deff = "replace",
    drop_empty: bool = True,
    executor: Executor | None = None,
) -> Estimates:
    """Number of persons giving each answer (or, if `numeric`, the sum of a number), in all and in each domain.

    Parameters as for `estimate_proportions` and `estimate_means`; intervals are t with the domain's degrees of freedom.

    References
    ----------
    Checked against R `survey::svytotal`.
    """
    check_truth(numeric, "numeric")
    asked = _Request.of(design, items, by, options, missing, level, deff, "total", drop_empty=drop_empty)
    return asked.estimate(executor, numeric=numeric)


def estimate_means(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    missing: Missing | None = None,
    level: float = 0.95,
    deff: Deff = "replace",
    drop_empty: bool = True,
    executor: Executor | None = None,
) -> Estimates:
    """Mean of numeric columns in the whole sample and in each domain.

    Parameters
    ----------
    design, by, missing, level, deff, drop_empty, executor
        As for `estimate_proportions`.
    items : str or sequence of str
        Columns with numbers, or truth values (1 and 0); blanks and the codes in `missing` have not answered.

    Raises
    ------
    DesignError
        A column is not there or holds something that is no number.

    References
    ----------
    Woodruff (1971); checked against R `survey::svymean`.
    """
    asked = _Request.of(design, items, by, None, missing, level, deff, "mean", drop_empty=drop_empty)
    return asked.estimate(executor, numeric=True)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Request:
    """What is asked for, checked: columns exist, codes are texts."""

    design: AnyDesign
    items: tuple[str, ...]
    by: tuple[By, ...]
    options: Mapping[str, tuple[str, ...]]
    missing: Mapping[str, tuple[str, ...]]
    level: float
    deff: Deff
    kind: Kind
    drop_empty: bool

    @classmethod
    def of(
        cls,
        design: AnyDesign,
        items: str | Sequence[str],
        by: Sequence[By],
        options: Mapping[str, Collection[Code]] | None,
        missing: Missing | None,
        level: float,
        deff: Deff,
        kind: Kind,
        *,
        drop_empty: bool,
    ) -> _Request:
        """Check what the caller gave."""
        require_design(design)
        check_choice(deff, DEFFS, "deff")
        check_truth(drop_empty, "drop_empty")
        return cls(
            design=design,
            items=names_of(items, "items"),
            by=groupings_of(by),
            options=read_code_lists(design.data, options, "options"),
            missing=read_missing(design.data, missing),
            level=check_level(level),
            deff=deff,
            kind=kind,
            drop_empty=drop_empty,
        )

    def estimate(self, executor: Executor | None, *, numeric: bool) -> Estimates:
        """Estimate every item, in one pass over the rows where the design is plain."""
        if is_plain(self.design):
            assert isinstance(self.design, Design)  # plain
            frames = self._plain(self.design, executor, numeric=numeric)
        else:
            frames = [self._general(item, numeric=numeric) for item in self.items]
        return Estimates(kind=self.kind, level=self.level, frame=pl.concat(frames))

    def _plain(self, design: Design, executor: Executor | None, *, numeric: bool) -> list[pl.DataFrame]:
        design.lonely_strata()
        domains = read_domains(design, self.by, self.missing, drop_empty=self.drop_empty)
        alone = executor if len(self.items) == 1 else None

        def work(item: str) -> pl.DataFrame:
            lost = self.missing.get(item, ())
            labels: tuple[str, ...] = ("",)
            if numeric:
                cells = cells_of_numbers(design, read_numbers(design, item, lost), domains, self.deff, self.kind)
            else:
                codes, labels = read_codes(design, item, self.options.get(item), lost)
                cells = cells_of_codes(design, codes, len(labels), domains, self.deff, self.kind, alone)
            return frame_of_cells(item, labels, domains, cells, self.level, self.kind)

        return list((executor or ThreadExecutor()).map(work, self.items))

    def _general(self, item: str, *, numeric: bool) -> pl.DataFrame:
        labels, domains, cells = general_cells(
            self.design,
            item,
            self.by,
            self.options.get(item),
            self.missing,
            self.deff,
            self.kind,
            numeric=numeric,
            drop_empty=self.drop_empty,
        )
        return frame_of_cells(item, labels, domains, cells, self.level, self.kind)


def frame_of_cells(
    item: str, labels: Sequence[str], domains: Domains | DomainNames, cells: Cells, level: float, kind: Kind
) -> pl.DataFrame:
    """Lay out one item's cells as rows, with intervals and flags."""
    shape = cells.estimate.shape
    df, n, n_effective, tells = (
        np.broadcast_to(one.astype(float)[:, None], shape)
        for one in (domains.df, cells.n, cells.n_effective, cells.tells)
    )
    std_error = np.where((tells < fewest_psus(kind)) | (n == 0), np.nan, cells.std_error)
    std_error = np.where(is_nothing(std_error, cells.size), 0.0, std_error)
    flag = _flags(cells, std_error, df, kind, share=bool(labels[0]) if labels else False)
    silent = np.isin(flag, SAYS_NOTHING) & (std_error == 0)
    if kind == "share":
        low, high = logit_interval(cells.estimate, std_error, df, level, cells.logit_error)
        low, high = (np.where(silent, np.nan, end) for end in (low, high))
        low, high = with_bounds(cells.estimate, low, high, n_effective, level)
        low, high = (np.where(np.isnan(std_error), np.nan, end) for end in (low, high))
    else:
        low, high = student_interval(cells.estimate, std_error, df, level)
        low, high = (np.where(silent, np.nan, end) for end in (low, high))
    arrays = {
        "estimate": cells.estimate,
        "std_error": std_error,
        "ci_low": low,
        "ci_high": high,
        "df": df,
        "n": n,
        "n_effective": n_effective,
        "deff": np.where(np.isnan(std_error) | cells.flat, np.nan, cells.deff),
    }
    names = {"domain_variable": domains.variables, "domain": domains.names}
    texts = {
        "item": [item] * cells.estimate.size,
        "option": list(labels) * shape[0],
        **{name: [one for one in column for _ in labels] for name, column in names.items()},
    }
    whole = ("df", "n")
    return pl.DataFrame(
        {
            **texts,
            **{name: np.ascontiguousarray(array).ravel() for name, array in arrays.items()},
            "flag": flag.ravel().tolist(),
        },
        schema_overrides=dict.fromkeys((*texts, "flag"), pl.String),
    ).with_columns([pl.col(name).fill_nan(None).cast(pl.Int64 if name in whole else pl.Float64) for name in arrays])


def _flags(cells: Cells, std_error: Floats, df: Floats, kind: Kind, *, share: bool) -> NDArray[np.object_]:
    """Flags (domain, option): those that the cells bring, or those of a plain design."""
    shape = cells.estimate.shape
    if cells.flag is not None:
        flag = np.array(cells.flag, dtype=object).reshape(shape)
        return flag if kind == "share" else np.where(flag == "delta", "", flag)
    flag = np.full(shape, "", dtype=object)
    flag[np.isnan(std_error)] = "no_variance"
    nothing = (flag == "") & (std_error == 0)
    flag[nothing & cells.flat] = "boundary" if share or kind == "share" else "constant"
    flag[(flag == "") & (df < 1)] = "no_df"
    flag[(flag == "") & nothing] = "no_spread"
    flag[np.broadcast_to(cells.n[:, None] == 0, shape)] = "empty"
    return flag
