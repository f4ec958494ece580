"""What weights cost: Kish's effective size and design effect, their range, and how much the largest of them hold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from shteg.arrays import Floats
from shteg.survey.code_texts import Missing, read_missing
from shteg.survey.inference.linear import AnyDesign, require_design
from shteg.survey.one_pass.domains import read_parts


def weight_diagnostics(
    design: AnyDesign, by: Sequence[str | tuple[str, ...]] = (), *, missing: Missing | None = None
) -> pl.DataFrame:
    """Describe the weights of a sample and of its parts.

    Parameters
    ----------
    design : Design or ReplicateDesign
    by : sequence of str or tuple of str
        Grouping variables; a tuple crosses several.
    missing : mapping of column to codes, optional
        Codes that form no part.

    Returns
    -------
    polars.DataFrame
        One row a domain, the whole sample first: domain_variable, domain; n (weight above 0), n_zero; sum, mean, min,
        max, ratio (max/min); cv (population form: deff = 1 + cv²); n_effective (Σw)²/Σw², deff n/n_effective;
        share_top1 and share_top5 of the sum held by the largest 1 and 5 per cent of rows (at least one row); and
        share_largest by the largest one. Null where a domain has no weight above 0.

    References
    ----------
    Kish (1965), Survey Sampling; Kish (1992), J. Off. Stat. 8(2).
    """
    require_design(design)
    parts = read_parts(design.data, by, read_missing(design.data, missing))
    rows = [_describe(part.variable, part.name, design.weight[part.rows]) for part in parts]
    return pl.DataFrame(rows, infer_schema_length=None)


def _describe(variable: str, domain: str, weight: Floats) -> dict[str, str | int | float | None]:
    alive = np.sort(weight[weight > 0])[::-1]
    names = ("sum", "mean", "min", "max", "ratio", "cv", "n_effective", "deff", "share_top1", "share_top5")
    head: dict[str, str | int | float | None] = {
        "domain_variable": variable,
        "domain": domain,
        "n": len(alive),
        "n_zero": len(weight) - len(alive),
    }
    if not len(alive):
        return head | dict.fromkeys((*names, "share_largest"))
    total, mean = float(alive.sum()), float(alive.mean())
    effective = total**2 / float((alive**2).sum())
    return head | {
        "sum": total,
        "mean": mean,
        "min": float(alive[-1]),
        "max": float(alive[0]),
        "ratio": float(alive[0] / alive[-1]),
        "cv": float(np.sqrt(np.mean((alive / mean - 1) ** 2))),
        "n_effective": effective,
        "deff": len(alive) / effective,
        "share_top1": float(alive[: max(1, round(0.01 * len(alive)))].sum() / total),
        "share_top5": float(alive[: max(1, round(0.05 * len(alive)))].sum() / total),
        "share_largest": float(alive[0] / total),
    }
