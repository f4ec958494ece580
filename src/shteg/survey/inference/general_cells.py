"""Cells of one item under designs that the one-pass kernel does not know: stages, PPS, calibration, replicates."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shteg.survey.code_texts import Code
from shteg.survey.designs.design import Design
from shteg.survey.inference.estimators import read_indicators
from shteg.survey.inference.linear import AnyDesign, Fit
from shteg.survey.inference.statistics import fit_statistic, mean_statistic, read_parts, total_statistic
from shteg.survey.one_pass.answers import read_numbers
from shteg.survey.one_pass.cells import Cells, Deff, Kind
from shteg.survey.one_pass.groupings import By
from shteg.survey.one_pass.sufficient import Floats


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
    options: Collection[Code] | None,
    missing: Mapping[str, Sequence[str]],
    deff: Deff,
    kind: Kind,
    *,
    numeric: bool,
    drop_empty: bool,
) -> tuple[tuple[str, ...], DomainNames, Cells]:
    """Estimate one item in all domains: its options (one empty text for a number), the domains, the cells."""
    labels: tuple[str, ...] = ("",)
    if numeric:
        values = read_numbers(design, item, missing.get(item, ()))[:, None]
    else:
        labels, values = read_indicators(design, item, options, missing.get(item, ()))
    statistic = (total_statistic if kind == "total" else mean_statistic)(labels, values, share=not numeric)
    parts = read_parts(design, by, missing=missing, drop_empty=drop_empty)
    fit = fit_statistic(design, statistic, parts, deff=deff)
    shape = (len(parts), len(labels))
    domains = DomainNames(
        variables=tuple(part.variable for part in parts),
        names=tuple(part.name for part in parts),
        df=fit.df.reshape(shape)[:, 0].astype(np.int64),
    )
    return labels, domains, _cells(fit, shape)


def _cells(fit: Fit, shape: tuple[int, int]) -> Cells:
    nothing = np.full(shape, np.nan)

    def shaped(values: Floats | None) -> Floats:
        return nothing if values is None else values.reshape(shape)

    return Cells(
        estimate=fit.estimate.reshape(shape),
        std_error=fit.std_error.reshape(shape),
        n=shaped(fit.n)[:, 0],
        n_effective=shaped(fit.n_effective)[:, 0],
        deff=shaped(fit.deff),
        tells=np.full(shape[0], np.inf),  # the flags say where nothing is told
        size=shaped(fit.size),
        flat=np.zeros(shape, bool),
        flag=fit.flag,
        logit_error=None if fit.logit_error is None else fit.logit_error.reshape(shape),
    )
