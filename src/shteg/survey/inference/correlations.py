"""Pearson's correlations of answers, with design-based standard errors and intervals on Fisher's scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from shteg.arrays import Floats
from shteg.errors import UsageError
from shteg.shown import plot_heatmap
from shteg.survey.code_texts import Missing
from shteg.survey.inference.estimates import Estimates, join_estimates
from shteg.survey.inference.estimation import Request, Sample
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.inference.statistics import correlation_statistic, read_matrix
from shteg.survey.inference.uncertainty import fit_statistic
from shteg.survey.one_pass.domains import ALL, By
from shteg.survey.requests import check_choice

Use = Literal["listwise", "pairwise"]
"""Rows that have all items, for every pair the same; or for each pair those that have both."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Correlations(Estimates):
    """Correlations, pair after pair and domain after domain; see `Estimates`.

    Parameters
    ----------
    variables : tuple of str
        The items, in order.
    """

    variables: tuple[str, ...] = ()

    def to_matrix(self, *, domain_variable: str = ALL, domain: str = ALL) -> pl.DataFrame:
        """Correlations of one domain as a square: `variable`, then a column for each item; 1 on the diagonal.

        Parameters
        ----------
        domain_variable, domain : str
            As in `to_frame`; default the whole sample.

        Returns
        -------
        polars.DataFrame

        Raises
        ------
        UsageError
            There is no such domain.
        """
        cells = {(row["first"], row["second"]): row["estimate"] for row in self._square(None, domain_variable, domain)}
        columns = {other: [cells[one, other] for one in self.variables] for other in self.variables}
        return pl.DataFrame({"variable": list(self.variables), **columns}, strict=False)

    def plot(
        self,
        level: float | None = None,
        *,
        language: str = "en",
        domain_variable: str = ALL,
        domain: str = ALL,
    ) -> Any:
        """Draw the correlations of one domain as a square of cells with their figures.

        Parameters
        ----------
        level : float in (0, 1), optional
            Coverage of the intervals shown on hover.
        language : "en" | "sq"
            Of the words on the chart.
        domain_variable, domain : str
            As in `to_frame`; default the whole sample.

        Returns
        -------
        altair.Chart

        Raises
        ------
        UsageError
            There is no such domain, or Altair is not installed.
        """
        rows = self._square(level, domain_variable, domain)
        kinds = {
            "first": pl.String,
            "second": pl.String,
            "estimate": pl.Float64,
            "ci_low": pl.Float64,
            "ci_high": pl.Float64,
        }
        return plot_heatmap(pl.DataFrame(rows, schema=kinds), language=language)

    def _square(self, level: float | None, variable: str, domain: str) -> list[dict[str, Any]]:
        frame = self.to_frame(level)
        places = list(zip(self.keys["domain_variable"], self.keys["domain"], strict=True))
        frame = frame.filter([one == (str(variable), str(domain)) for one in places])
        if not frame.height:
            known = {f"{a}={b}" for a, b in places}
            hint = "the domains are " + ", ".join(sorted(known))
            raise UsageError(f"there is no domain {variable}={domain}", hint, "domain")
        told = {row["item"]: row for row in frame.iter_rows(named=True)}
        rows: list[dict[str, Any]] = []
        for i, one in enumerate(self.variables):
            for j, other in enumerate(self.variables):
                cells: dict[str, Any] = {"estimate": 1.0, "ci_low": None, "ci_high": None}
                if i != j:
                    found = told[f"{self.variables[min(i, j)]}, {self.variables[max(i, j)]}"]
                    cells = {name: found[name] for name in cells}
                rows.append({"first": one, "second": other, **cells})
        return rows


def estimate_correlations(
    design: Sample,
    items: Sequence[str],
    *,
    by: Sequence[By] = (),
    where: pl.Expr | str | None = None,
    use: Use = "listwise",
    missing: Missing | None = None,
    drop_empty: bool = True,
) -> Correlations:
    """Pearson's correlation of each two items, in the whole sample and in each domain.

    Parameters
    ----------
    design, by, where, missing, drop_empty : as there
        See `estimate_means`.
    items : sequence of str
        Two or more columns with numbers, or truth values.
    use : {"listwise", "pairwise"}
        Rows that count: those that have all items, or for each pair those that have both. By pairs the covariance
        between correlations is not known, and the square of them need not be one of any population.

    Returns
    -------
    Correlations
        Items "a, b"; the interval is Fisher's, tanh(atanh r ± t·SE/(1 − r²)), or with `interval="mean"` r ± t·SE;
        `n` is the number of rows of the pair. Flag "undefined" where all answers to one of the two are equal,
        "one_line" where they lie on one line. `contrast` compares them, also between domains.

    Raises
    ------
    DesignError
        A column is not there or holds something that is no number.
    UsageError
        There are fewer than two items, one stands twice, or an argument has another form.

    References
    ----------
    Linearised by Woodruff (1971), Fisher (1921); checked against R `survey::svyvar` with `svycontrast`.
    """
    check_choice(use, get_args(Use), "use", "there is no way {} to treat missing answers")
    asked = Request.of(design, items, by, where, missing, "replace", "mean", drop_empty=drop_empty, numeric=True)
    names = asked.items
    if len(names) < 2 or len(set(names)) < len(names):
        problem = "one item has no correlation" if len(names) < 2 else "an item stands twice"
        raise UsageError(problem, 'name two or more columns, each once: ["age", "income"]', "items")
    loaded = asked.loaded()
    values = read_matrix(loaded, names, asked.missing)[1]
    chosen = [tuple(range(len(names)))]
    if use == "pairwise":
        chosen = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    parts = list(asked.parts(loaded))
    found = join_estimates([_fit(loaded, [names[i] for i in one], values[:, one], parts) for one in chosen])
    flags = tuple(
        "undefined" if np.isnan(r) and not flag else flag for r, flag in zip(found.estimate, found.flag, strict=True)
    )
    made = {one.name: getattr(found, one.name) for one in fields(Estimates)}
    told = Correlations(**{**made, "flag": flags, "correlations": True}, variables=names)
    return asked.told(told, "Correlations")  # type: ignore[return-value]


def _fit(design: AnyDesign, names: Sequence[str], values: Floats, parts: Sequence[Any]) -> Estimates:
    made = correlation_statistic(tuple(names), values)
    found = fit_statistic(design, made, parts)
    return found.reordered(np.arange(len(found.estimate)).reshape(-1, len(made.names)).T.ravel())
