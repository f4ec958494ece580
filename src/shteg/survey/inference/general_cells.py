"""Cells of one item under designs that the one-pass kernel does not know: stages, PPS, calibration, replicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from shteg.survey.designs.design import Design
from shteg.survey.inference.answers import read_numbers
from shteg.survey.inference.domains import By
from shteg.survey.inference.estimators import read_indicators
from shteg.survey.inference.linear import AnyDesign, Fit
from shteg.survey.inference.statistics import fit_statistic, mean_statistic, read_parts, total_statistic
from shteg.survey.passes.cells import Cells, Deff, Kind


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DomainNames:
    """What a table says about its domains: grouping variables, names and degrees of freedom (domain,)."""

    variables: tuple[str, ...]
    names: tuple[str, ...]
    df: NDArray[np.int64]


def is_plain(design: AnyDesign) -> bool:
    """True where the one-pass kernel knows everything about the design."""
    return isinstance(design, Design) and design.is_plain


def general_cells(
    design: AnyDesign,
    item: str,
    by: Sequence[By],
    options: Sequence[str] | None,
    missing: Sequence[str],
    deff: Deff,
    kind: Kind,
    *,
    numeric: bool,
) -> tuple[tuple[str, ...], DomainNames, Cells]:
    """Estimate one item in all domains: its options (one empty text for a number), the domains, the cells."""
    labels: tuple[str, ...] = ("",)
    if numeric:
        values = read_numbers(cast(Design, design), item, missing)[:, None]  # only data and row are read
    else:
        labels, values = read_indicators(design, item, options, missing)
    statistic = (total_statistic if kind == "total" else mean_statistic)(labels, values)
    parts = read_parts(design, by)
    fit = fit_statistic(design, statistic, parts, deff=deff)
    shape = (len(parts), len(labels))
    domains = DomainNames(
        variables=tuple(part.variable for part in parts),
        names=tuple(part.name for part in parts),
        df=fit.df.reshape(shape)[:, 0].astype(np.int64),
    )
    return labels, domains, _cells(fit, shape)


def _cells(fit: Fit, shape: tuple[int, int]) -> Cells:
    tells = np.array([0.0 if flag in ("no_variance", "empty") else 2.0 for flag in fit.flag]).reshape(shape)[:, 0]
    nothing = np.full(shape, np.nan)
    return Cells(
        estimate=fit.estimate.reshape(shape),
        std_error=fit.std_error.reshape(shape),
        n=nothing[:, 0] if fit.n is None else fit.n.reshape(shape)[:, 0],
        n_effective=nothing[:, 0] if fit.n_effective is None else fit.n_effective.reshape(shape)[:, 0],
        deff=nothing if fit.deff is None else fit.deff.reshape(shape),
        tells=tells,
    )
