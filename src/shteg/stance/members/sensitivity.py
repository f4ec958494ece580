"""The same stances under other assumptions: absence as reluctance, no time, no covariates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import polars as pl

from shteg.chunks import Progress
from shteg.estimates import Column, Table
from shteg.evidence.case import Case
from shteg.stance.members.fit import StancePosterior, build_stance_model, fit_stance
from shteg.stance.members.tables import summarise_members

Variant = Literal["absence", "static", "no_covariates"]

VARIANTS: Mapping[Variant, Mapping[str, Any]] = {
    "absence": {"absence": "level"},
    "static": {"dynamic": False},
    "no_covariates": {"covariates": False},
}
"""How the model is built otherwise."""

ITERATIONS = 2000


def fit_variants(
    case: Case, *, threads: int | None = None, progress: Progress | None = None
) -> dict[Variant, StancePosterior]:
    """Fit the model of the case under each of the other assumptions, with the seed of the case."""
    fitted: dict[Variant, StancePosterior] = {}
    for variant, options in VARIANTS.items():
        model = build_stance_model(case, **options)
        fitted[variant] = fit_stance(model, case.header.seed, iterations=ITERATIONS, threads=threads)
        if progress:
            progress(len(fitted), len(VARIANTS))
    return fitted


def sensitivity_table(
    main: StancePosterior, variants: Mapping[Variant, StancePosterior], reference: str | None
) -> Table:
    """One row per member and assumption: the stance, how far it moved, and the support of a new reference act."""
    rows: list[tuple[str, str, float, float, float, float, float | None]] = []
    base = summarise_members(main, reference)
    for name, posterior in (("main", main), *variants.items()):
        summary = summarise_members(posterior, reference)
        for row, member in enumerate(posterior.model.members):
            support = float(summary.support[row]) if reference is not None else None
            shift = float(summary.mean[row] - base.mean[row])
            stance = (float(summary.mean[row]), float(summary.low[row]), float(summary.high[row]))
            rows.append((member, name, *stance, shift, support))
    names = ("theta", "low", "high", "shift", "support_share")
    frame = pl.DataFrame(
        rows,
        schema={"member": pl.String, "variant": pl.String, **dict.fromkeys(names, pl.Float64)},
        orient="row",
    )
    columns = (
        Column(name="member", description="Member of the organisation (ISO 3166-1 alpha-3)."),
        Column(name="variant", description="main, absence (on record) as reluctance, static, no_covariates."),
        Column(name="theta", description="Stance, posterior mean.", unit="score"),
        Column(name="low", description="Lower end of the 90 % interval.", unit="score"),
        Column(name="high", description="Upper end of the 90 % interval.", unit="score"),
        Column(name="shift", description="Stance under this assumption less that of the main model.", unit="score"),
        Column(name="support_share", description="Probability of support on a new reference act.", unit="share"),
    )
    title = "Stances under other assumptions"
    return Table(name="sensitivity", title=title, frame=frame, columns=columns, key=("member", "variant"))
