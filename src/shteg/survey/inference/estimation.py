"""Design-based means, shares and totals over any domain, with linearised standard errors and intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from shteg.chunks import Executor, ThreadExecutor
from shteg.errors import UsageError
from shteg.survey.designs.design import Design
from shteg.survey.inference.answers import read_codes, read_numbers
from shteg.survey.inference.domains import By, Domains, read_domains
from shteg.survey.inference.general_cells import DomainNames, general_cells, is_plain
from shteg.survey.inference.intervals import boundary_bound, logit_interval, student_interval
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.passes.cells import Cells, Deff, Kind, cells_of_codes, cells_of_numbers
from shteg.survey.passes.sufficient import Floats

COLUMNS = ("estimate", "std_error", "ci_low", "ci_high", "df", "n", "n_effective", "deff")

FLAGS = {
    "": "nothing to say",
    "empty": "nobody in the domain answered: no estimate",
    "no_variance": "all answers come from one PSU, or from lonely PSUs: the standard error is not known",
    "no_df": "as many strata as PSUs in the domain: no interval",
    "boundary": "everybody or nobody: the standard error of 0 says nothing, the interval is the exact one-sided bound",
    "constant": "all answers are equal: the standard error of 0 says nothing",
}
"""Why a figure is missing or needs care; a standard error of 0 is never without a flag."""


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
    options: Mapping[str, Sequence[str]] | None = None,
    missing: Mapping[str, Sequence[str]] | None = None,
    level: float = 0.95,
    deff: Deff = "replace",
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
    options, missing : mapping of item to codes, optional
        All codes that count, in order (default: those found), and those that do not; any other code is an error.
    level : float in (0, 1)
        Coverage of the intervals (logit, t with the degrees of freedom of the domain).
    deff : "replace" | "without_replacement"
        Simple random sampling to compare with; the second takes Σw as the size of the population.
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
    return _estimate_categories(design, items, by, options, missing, level, deff, executor, "share")


def estimate_totals(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    numeric: bool = False,
    options: Mapping[str, Sequence[str]] | None = None,
    missing: Mapping[str, Sequence[str]] | None = None,
    level: float = 0.95,
    deff: Deff = "replace",
    executor: Executor | None = None,
) -> Estimates:
    """Number of persons giving each answer (or, if `numeric`, the sum of a number), in all and in each domain.

    Parameters as for `estimate_proportions` and `estimate_means`; intervals are t with the domain's degrees of freedom.

    References
    ----------
    Checked against R `survey::svytotal`.
    """
    if numeric:
        return _estimate_numbers(design, items, by, missing, level, deff, executor, "total")
    return _estimate_categories(design, items, by, options, missing, level, deff, executor, "total")


def estimate_means(
    design: AnyDesign,
    items: str | Sequence[str],
    *,
    by: Sequence[By] = (),
    missing: Mapping[str, Sequence[str]] | None = None,
    level: float = 0.95,
    deff: Deff = "replace",
    executor: Executor | None = None,
) -> Estimates:
    """Mean of numeric columns in the whole sample and in each domain.

    Parameters
    ----------
    design, by, level, deff, executor
        As for `estimate_proportions`.
    items : str or sequence of str
        Columns with numbers; blanks and the codes in `missing` have not answered.

    Raises
    ------
    DesignError
        A column is not there or holds something that is no number.

    References
    ----------
    Woodruff (1971); checked against R `survey::svymean`.
    """
    return _estimate_numbers(design, items, by, missing, level, deff, executor, "mean")


def _estimate_categories(
    design: AnyDesign,
    items: str | Sequence[str],
    by: Sequence[By],
    options: Mapping[str, Sequence[str]] | None,
    missing: Mapping[str, Sequence[str]] | None,
    level: float,
    deff: Deff,
    executor: Executor | None,
    kind: Kind,
) -> Estimates:
    names = _check_request(items, by, level)
    if not is_plain(design):
        frames = [
            frame_of_cells(
                item,
                *general_cells(
                    design,
                    item,
                    by,
                    (options or {}).get(item),
                    (missing or {}).get(item, ()),
                    deff,
                    kind,
                    numeric=False,
                ),
                level,
                kind,
            )
            for item in names
        ]
        return Estimates(kind=kind, level=level, frame=pl.concat(frames))
    assert isinstance(design, Design)  # plain
    domains = _read_domains(design, by)

    def work(item: str) -> pl.DataFrame:
        codes, labels = read_codes(design, item, (options or {}).get(item), (missing or {}).get(item, ()))
        cells = cells_of_codes(design, codes, len(labels), domains, deff, kind, executor if len(names) == 1 else None)
        return frame_of_cells(item, labels, domains, cells, level, kind)

    return Estimates(kind=kind, level=level, frame=pl.concat((executor or ThreadExecutor()).map(work, names)))


def _estimate_numbers(
    design: AnyDesign,
    items: str | Sequence[str],
    by: Sequence[By],
    missing: Mapping[str, Sequence[str]] | None,
    level: float,
    deff: Deff,
    executor: Executor | None,
    kind: Kind,
) -> Estimates:
    names = _check_request(items, by, level)
    if not is_plain(design):
        frames = [
            frame_of_cells(
                item,
                *general_cells(design, item, by, None, (missing or {}).get(item, ()), deff, kind, numeric=True),
                level,
                kind,
            )
            for item in names
        ]
        return Estimates(kind=kind, level=level, frame=pl.concat(frames))
    assert isinstance(design, Design)  # plain
    domains = _read_domains(design, by)

    def work(item: str) -> pl.DataFrame:
        values = read_numbers(design, item, (missing or {}).get(item, ()))
        cells = cells_of_numbers(design, values, domains, deff, kind)
        return frame_of_cells(item, ("",), domains, cells, level, kind)

    return Estimates(kind=kind, level=level, frame=pl.concat((executor or ThreadExecutor()).map(work, names)))


def _check_request(items: str | Sequence[str], by: Sequence[By], level: float) -> list[str]:
    names = [items] if isinstance(items, str) else list(items)
    if not names:
        raise UsageError("no item to estimate", "name at least one column", "items")
    if not 0 < level < 1:
        raise UsageError(f"a coverage of {level} is not between 0 and 1", "give for example 0.95", "level")
    if isinstance(by, str):
        raise UsageError("`by` is a list of grouping variables", f"write by=[{by!r}]", "by")
    return names


def _read_domains(design: Design, by: Sequence[By]) -> Domains:
    design.lonely_strata()
    return read_domains(design, by)


def frame_of_cells(
    item: str, labels: Sequence[str], domains: Domains | DomainNames, cells: Cells, level: float, kind: Kind
) -> pl.DataFrame:
    """Lay out one item's cells as rows, with intervals and flags."""
    shape = cells.estimate.shape
    df, n, n_effective, tells = (
        np.broadcast_to(one.astype(float)[:, None], shape)
        for one in (domains.df, cells.n, cells.n_effective, cells.tells)
    )
    std_error = np.where((tells < 2) | (n == 0), np.nan, cells.std_error)
    flag = np.full(shape, "", dtype=object)
    flag[np.isnan(std_error)] = "no_variance"
    flag[(flag == "") & (df < 1)] = "no_df"
    if kind == "share":
        low, high = logit_interval(cells.estimate, std_error, df, level)
        bound = boundary_bound(np.fmax(n_effective, 1.0), level)
        nobody, everybody = cells.estimate == 0, cells.estimate == 1
        low = np.where(nobody, 0.0, np.where(everybody, 1 - bound, low))
        high = np.where(nobody, bound, np.where(everybody, 1.0, high))
        flag[(nobody | everybody) & (flag == "")] = "boundary"
        low, high = (np.where(np.isnan(std_error), np.nan, end) for end in (low, high))
    else:
        low, high = student_interval(cells.estimate, std_error, df, level)
        flat = (flag == "") & _is_flat(cells.estimate, std_error, kind)
        flag[flat] = "constant"
        low, high = np.where(flat, np.nan, low), np.where(flat, np.nan, high)
    flag[n == 0] = "empty"
    arrays = {
        "estimate": cells.estimate,
        "std_error": std_error,
        "ci_low": low,
        "ci_high": high,
        "df": df,
        "n": n,
        "n_effective": n_effective,
        "deff": np.where(np.isnan(std_error), np.nan, cells.deff),
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


def _is_flat(estimate: Floats, std_error: Floats, kind: Kind) -> NDArray[np.bool_]:
    """True where a mean's standard error is 0 up to rounding: no spread was seen at all."""
    if kind != "mean":
        return np.zeros(estimate.shape, bool)
    return np.asarray(std_error <= 1e-15 * np.abs(estimate) + 1e-300)
