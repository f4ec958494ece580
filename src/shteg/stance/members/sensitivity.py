"""The same stances under other assumptions: absence as reluctance, no time, no covariates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from shteg.chunks import Progress
from shteg.estimates import Table, column, table_row
from shteg.evidence.case import Case
from shteg.stance.members.fit import StancePosterior, build_stance_model, fit_stance
from shteg.stance.members.tables import LOWER, MEMBER, SUPPORT, UPPER, MemberStance, summarise_members

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
    """Fit the model of the case under each of the other assumptions, with the seed of the case.

    Parameters
    ----------
    case : Case
    threads : int, optional
        As many as there are cores if left out; results never depend on it.
    progress : callable, optional
        Called with (variants done, variants in all).

    Returns
    -------
    dict
        Posterior by variant.
    """
    fitted: dict[Variant, StancePosterior] = {}
    for variant, options in VARIANTS.items():
        model = build_stance_model(case, **options)
        fitted[variant] = fit_stance(model, case.header.seed, iterations=ITERATIONS, threads=threads)
        if progress:
            progress(len(fitted), len(VARIANTS))
    return fitted


@table_row
class VariantStance:
    """The stance of a member under one set of assumptions."""

    member: str = column(MEMBER, key=True)
    variant: str = column("main, absence (on record) as reluctance, static, no_covariates.", key=True)
    theta: float = column("Stance, posterior mean.", "score")
    low: float = column(LOWER, "score")
    high: float = column(UPPER, "score")
    shift: float = column("Stance under this assumption less that of the main model.", "score")
    support_share: float | None = column(SUPPORT, "share")


def sensitivity_table(
    main: Sequence[MemberStance], variants: Mapping[Variant, StancePosterior], reference: str | None
) -> Table:
    """Lay out the stance, how far it moved, and the support of a new reference act, by assumption and member.

    Parameters
    ----------
    main : sequence of MemberStance
        Under the assumptions of the model, in the order of the members.
    variants : mapping
        Posteriors under other assumptions, by their name.
    reference : str, optional
        The item on which a new act is foretold.

    Returns
    -------
    Table
        `sensitivity`.
    """
    rows = [
        VariantStance(
            member=row.member, variant=name, theta=row.theta, low=row.low, high=row.high, shift=row.theta - base.theta,
            support_share=row.support_share,
        )
        for name, found in (("main", main), *((n, summarise_members(one, reference)) for n, one in variants.items()))
        for base, row in zip(main, found, strict=True)
    ]  # fmt: skip
    return Table.of("sensitivity", "Stances under other assumptions", VariantStance, rows)
