"""Means, shares, totals, ratios and variances of any sample: one verb a question, the way to compute it chosen inside.

A plain design (one stage, with replacement) goes through one pass over its rows, a file too, chunk by chunk; all other
designs go by the influence of each row, or by replicate weights.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np
import polars as pl

from shteg.arrays import Codes, Floats
from shteg.chunks import Executor, ThreadExecutor
from shteg.errors import DesignError, UsageError
from shteg.survey.code_texts import Code, Missing, read_code_lists, read_missing
from shteg.survey.designs.design import Design
from shteg.survey.designs.words import in_words
from shteg.survey.inference.estimates import Estimates, join_estimates
from shteg.survey.inference.linear import AnyDesign, require_design
from shteg.survey.inference.statistics import (
    Statistic,
    mean_statistic,
    ratio_statistic,
    read_matrix,
    total_statistic,
    variance_statistic,
)
from shteg.survey.inference.uncertainty import estimates_of_cells, fit_statistic
from shteg.survey.large_files.chunks import FileSample
from shteg.survey.large_files.estimate import Asked, stream_cells
from shteg.survey.one_pass.answers import read_codes, read_numbers
from shteg.survey.one_pass.cells import Answers, Deff, Kind, cells_of_codes, cells_of_numbers
from shteg.survey.one_pass.domains import By, Parts, read_domains, read_part, read_parts
from shteg.survey.requests import check_choice, check_truth, groupings_of, names_of

Sample = AnyDesign | FileSample
"""A design in memory, or a file that `open_sample` opened."""


def estimate_proportions(
    design: Sample,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | str | None = None,
    options: Mapping[str, Collection[Code]] | None = None,
    missing: Missing | None = None,
    deff: Deff = "replace",
    drop_empty: bool = True,
    executor: Executor | None = None,
) -> Estimates:
    """Share of each answer in the whole sample and in each domain.

    Parameters
    ----------
    design : Design, ReplicateDesign or FileSample
        A sample, of a file read chunk by chunk.
    items : str or sequence of str
        Columns with answer codes.
    by : sequence of str or tuple of str
        Grouping variables; a tuple crosses several.
    where : polars.Expr or str, optional
        Keeps a part of the sample, as a domain: PSUs without a member still count. The text names a column of truth
        values.
    options : mapping of item to codes, optional
        All codes that count, in order (default: those found, numbers by value); any other code is an error.
    missing : mapping of column to codes, optional
        Codes that are no answer, in items and grouping variables: {"trust": ["8", "9"]}.
    deff : "replace" | "without_replacement"
        Simple random sampling to compare with; the second takes Σw as the size of the population.
    drop_empty : bool
        False keeps crossings that nobody is in (n is 0, flag "empty"), and the categories that the type of a grouping
        variable or an item declares.
    executor : Executor, optional
        Where the items (of a file: its chunks) are worked on; the results do not depend on it.

    Returns
    -------
    Estimates
        Item after item, domain after domain; `to_frame` gives rows with intervals (logit, t with the degrees of freedom
        of the domain).

    Raises
    ------
    DesignError
        A column is not there, a code is not among the options, or a stratum has one PSU under "fail".
    UsageError
        An argument has another form.

    References
    ----------
    Checked against R `survey::svymean`, `svyciprop` and `svyby`; see docs/methods/survey.md#estimation.
    """
    asked = Request.of(design, items, by, where, missing, deff, "share", drop_empty=drop_empty)
    return asked.with_options(options).estimate(executor)


def estimate_totals(
    design: Sample,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | str | None = None,
    numeric: bool = False,
    options: Mapping[str, Collection[Code]] | None = None,
    missing: Missing | None = None,
    deff: Deff = "replace",
    drop_empty: bool = True,
    together: bool = False,
    executor: Executor | None = None,
) -> Estimates:
    """Number of persons giving each answer (or, if `numeric`, the sum of a number), in all and in each domain.

    Parameters
    ----------
    design, items, by, where, options, missing, deff, drop_empty, executor : as there
        See `estimate_proportions` and `estimate_means`.
    numeric : bool
        Items are numbers to be added up, not answers to be counted.
    together : bool
        Of numbers: as for `estimate_means`.

    Returns
    -------
    Estimates
        With t intervals.

    Raises
    ------
    DesignError, UsageError
        As `estimate_proportions`.

    References
    ----------
    Checked against R `survey::svytotal`.
    """
    check_truth(numeric, "numeric")
    asked = Request.of(design, items, by, where, missing, deff, "total", drop_empty=drop_empty, numeric=numeric)
    return asked.with_options(options).estimate(executor, together=together)


def estimate_means(
    design: Sample,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
    deff: Deff = "replace",
    drop_empty: bool = True,
    together: bool = False,
    executor: Executor | None = None,
) -> Estimates:
    """Mean of numeric columns in the whole sample and in each domain.

    Parameters
    ----------
    design, by, where, missing, deff, drop_empty, executor : as there
        See `estimate_proportions`; of a file the columns that are needed are read into memory.
    items : str or sequence of str
        Columns with numbers, or truth values (1 and 0); blanks and the codes in `missing` have not answered.
    together : bool
        True takes the rows that have all items, as R's `svymean(~a + b, na.rm = TRUE)`: only then there is a covariance
        between them.

    Returns
    -------
    Estimates
        With t intervals.

    Raises
    ------
    DesignError
        A column is not there or holds something that is no number.
    UsageError
        An argument has another form.

    References
    ----------
    Woodruff (1971); checked against R `survey::svymean`.
    """
    asked = Request.of(design, items, by, where, missing, deff, "mean", drop_empty=drop_empty, numeric=True)
    return asked.estimate(executor, together=together)


def estimate_ratios(
    design: Sample,
    numerator: str | Sequence[str],
    denominator: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
    deff: Deff = "replace",
    drop_empty: bool = True,
) -> Estimates:
    """Ratios of totals, each numerator over its denominator, over rows that have all of them (R `svyratio`).

    Parameters
    ----------
    design, by, where, missing, deff, drop_empty : as there
        See `estimate_means`.
    numerator, denominator : str or sequence of str
        Columns with numbers; one denominator serves all numerators.

    Returns
    -------
    Estimates
        Items "a/b", with the covariance between them.

    Raises
    ------
    UsageError
        There are other numbers of denominators than of numerators.
    """
    above, below = names_of(numerator, "numerator"), names_of(denominator, "denominator")
    if len(below) not in (1, len(above)):
        hint = "give one, or one each"
        raise UsageError(f"{len(above)} numerators and {len(below)} denominators", hint, "denominator")
    asked = Request.of(design, [*above, *below], by, where, missing, deff, "mean", drop_empty=drop_empty, numeric=True)
    labels = tuple(f"{a}/{b}" for a, b in zip(above, below * (len(above) // len(below)), strict=True))

    def statistic(values: Floats) -> Statistic:
        sizes = np.broadcast_to(values[:, len(above) :], (len(values), len(above)))
        return ratio_statistic(labels, values[:, : len(above)], sizes)

    return asked.told(asked.all_at_once(statistic), "Ratios")


def estimate_variances(
    design: Sample,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | str | None = None,
    missing: Missing | None = None,
    drop_empty: bool = True,
) -> Estimates:
    """Variances and covariances in the population (R `svyvar`): items "a, a", "a, b", "b, b" …

    Parameters
    ----------
    design, items, by, where, missing, drop_empty : as there
        See `estimate_means`; several items take the rows that have them all.

    Returns
    -------
    Estimates
        With the covariance between them.
    """
    asked = Request.of(design, items, by, where, missing, "replace", "mean", drop_empty=drop_empty, numeric=True)
    found = asked.all_at_once(lambda values: variance_statistic(asked.items, values))
    return asked.told(found, "Variances and covariances")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Request(Asked):
    """What is asked of a sample, checked: columns exist, codes are texts."""

    design: Sample
    where: pl.Expr | str | None
    numeric: bool

    @classmethod
    def of(
        cls,
        design: Sample,
        items: str | Sequence[str],
        by: Sequence[By],
        where: pl.Expr | str | None,
        missing: Missing | None,
        deff: Deff,
        kind: Kind,
        *,
        drop_empty: bool,
        numeric: bool = False,
    ) -> Request:
        """Check what the caller gave.

        Parameters
        ----------
        design, items, by, where, missing, deff, drop_empty : as there
            See `estimate_means`.
        kind : "mean" | "share" | "total"
        numeric : bool
            Items are numbers, not answers.

        Returns
        -------
        Request
            Without options.
        """
        if not isinstance(design, FileSample):
            require_design(design)
        check_choice(deff, get_args(Deff), "deff")
        check_truth(drop_empty, "drop_empty")
        return cls(
            design=design,
            items=names_of(items, "items"),
            by=groupings_of(by),
            where=where,
            options={},
            missing=read_missing(design.data, missing),
            deff=deff,
            kind=kind,
            numeric=numeric,
            drop_empty=drop_empty,
        )

    def with_options(self, options: Mapping[str, Collection[Code]] | None) -> Request:
        """Check the options and keep them."""
        return replace(self, options=read_code_lists(self.design.data, options, "options"))

    def estimate(self, executor: Executor | None, *, together: bool = False) -> Estimates:
        """Estimate every item, in one pass over the rows where the design is plain."""
        check_truth(together, "together")
        return self.told(self._estimate(executor, together=together))

    def told(self, found: Estimates, what: str = "") -> Estimates:
        """Give estimates a title, and the degrees of freedom by the rule of the design.

        Parameters
        ----------
        found : Estimates
        what : str
            What they are, in the plural; default: what was asked for.

        Returns
        -------
        Estimates
        """
        named = what or {"share": "Shares", "total": "Totals", "mean": "Means"}[self.kind]
        return replace(found, title=self.title(named), design_df=found.whole_df()).with_df(self.design.freedom)

    def title(self, what: str) -> str:
        """Say what is estimated, and of which sample."""
        sample = f"the file {self.design.name}" if isinstance(self.design, FileSample) else in_words(self.design)
        return f"{what}: {sample}"

    def _estimate(self, executor: Executor | None, *, together: bool) -> Estimates:
        if together and self.numeric:
            make = total_statistic if self.kind == "total" else mean_statistic
            return self.all_at_once(lambda values: make(self.items, values))
        if isinstance(self.design, FileSample) and not self.numeric:
            return replace(self._streamed(self.design, executor), again=lambda: self.general(self.loaded()))
        design = self.loaded()
        if isinstance(design, Design) and design.is_plain:
            return replace(self._plain(design, executor), again=lambda: self.general(design))
        return self.general(design)

    def loaded(self) -> AnyDesign:
        """The design in memory; of a file, the columns that are asked for."""
        if not isinstance(self.design, FileSample):
            return self.design
        return self.design.read([*self.items, *(name for one in self.by for name in one)], self.where)

    def _streamed(self, sample: FileSample, executor: Executor | None) -> Estimates:
        found = stream_cells(sample, self, self.where, executor or ThreadExecutor())
        return join_estimates([estimates_of_cells(*one, self.kind) for one in found])

    def _plain(self, design: Design, executor: Executor | None) -> Estimates:
        design.lonely_strata()
        rows = None if self.where is None else read_part(design.data, self.where)
        domains = read_domains(design, self.by, self.missing, rows=rows, drop_empty=self.drop_empty)
        alone = executor if len(self.items) == 1 else None

        def work(item: str) -> Estimates:
            labels: tuple[str, ...] = ("",)
            if self.numeric:
                values = read_numbers(design, item, self.missing.get(item, ()))
                cells = cells_of_numbers(design, values, domains, self.deff, self.kind)
            else:
                codes, labels = self._codes(design, item)
                answers = Answers(design=design, codes=codes, categories=len(labels), domains=domains, kind=self.kind)
                cells = cells_of_codes(answers, self.deff, alone)
            return estimates_of_cells(item, labels, domains, cells, self.kind)

        return join_estimates(list((executor or ThreadExecutor()).map(work, self.items)))

    def general(self, design: AnyDesign) -> Estimates:
        """Estimate every item by the influence of each row, or by replicates."""
        parts = list(self.parts(design))
        make = total_statistic if self.kind == "total" else mean_statistic
        found = []
        for item in self.items:
            if self.numeric:
                statistic = make(*read_matrix(design, item, self.missing))
            else:
                statistic = make(*self._indicators(design, item), share=True)
            found.append(fit_statistic(design, statistic, parts, deff=self.deff, item="" if self.numeric else item))
        return join_estimates(found)

    def all_at_once(self, statistic: Callable[[Floats], Statistic]) -> Estimates:
        """Estimate a statistic of all items, over the rows that have them all, with the covariance between them."""
        design = self.loaded()
        made = statistic(read_matrix(design, self.items, self.missing)[1])
        found = fit_statistic(design, made, self.parts(design), deff=self.deff)
        return found.reordered(np.arange(len(found.estimate)).reshape(-1, len(made.names)).T.ravel())

    def parts(self, design: AnyDesign) -> Parts:
        """The whole sample, or what `where` leaves of it, and its domains."""
        rows = None if self.where is None else read_part(design.data, self.where)
        return read_parts(design.data, self.by, self.missing, rows=rows, drop_empty=self.drop_empty)

    def _codes(self, design: AnyDesign, item: str) -> tuple[Codes, tuple[str, ...]]:
        lost = self.missing.get(item, ())
        return read_codes(design, item, self.options.get(item), lost, declared=not self.drop_empty)

    def _indicators(self, design: AnyDesign, item: str) -> tuple[tuple[str, ...], Floats]:
        """Give the options of an item and 0/1 for each, (n, options); NaN where not answered."""
        codes, labels = self._codes(design, item)
        if not labels:
            raise DesignError("nobody answered", "choose another item", f"column {item!r}")
        values = (codes[:, None] == np.arange(len(labels))[None, :]).astype(float)
        values[codes >= len(labels)] = np.nan
        return labels, values
