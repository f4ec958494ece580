"""What was held out: votes, members and candidates foretold from the others, against a constant rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shteg.arrays import Floats
from shteg.estimates import Table, column, table_row

What = Literal["vote", "member", "candidate"]


@table_row
class HeldOut:
    """How something held out was foretold: log scores per case, higher is better, and their difference."""

    what: What = column("Votes, or members or candidates whose objections begin.", key=True, name="held_what")
    name: str = column("The vote; the number of the part; all of them.", key=True, name="held_out")
    cases: int = column("Members that voted, or members or candidates held out.", "count", name="held_cases")
    happened: int = column("Votes in favour, or objections that began.", "count", name="held_happened")
    score: float = column("Mean log score of the model, a case.", "score", name="held_score")
    constant: float = column("Mean log score of a constant rate, a case.", "score", name="held_constant")
    gain: float = column("Model less constant rate: above 0 the model is better.", "score", name="held_gain")
    gain_error: float | None = column("Standard error of that over cases.", "score", name="held_gain_error")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """Log scores of one part held out, (case,), and how often it happened."""

    what: What
    name: str
    happened: int
    model: Floats
    constant: Floats


def held_out_rows(scores: Sequence[Scores]) -> tuple[HeldOut, ...]:
    """Give a row for each part and, where there are several of a kind, one for all of them."""
    rows: list[HeldOut] = []
    for what in dict.fromkeys(one.what for one in scores):
        parts = [one for one in scores if one.what == what]
        rows += [_row(one) for one in parts]
        if len(parts) > 1:
            model, constant = (np.concatenate([getattr(one, name) for one in parts]) for name in ("model", "constant"))
            happened = sum(one.happened for one in parts)
            rows.append(_row(Scores(what=what, name="all", happened=happened, model=model, constant=constant)))
    return tuple(rows)


def _row(one: Scores) -> HeldOut:
    gain, cases = one.model - one.constant, len(one.model)
    return HeldOut(
        what=one.what, name=one.name, cases=cases, happened=one.happened, score=float(one.model.mean()),
        constant=float(one.constant.mean()), gain=float(gain.mean()),
        gain_error=float(gain.std(ddof=1) / np.sqrt(cases)) if cases > 1 else None,
    )  # fmt: skip


def held_out_table(rows: Sequence[HeldOut]) -> Table:
    """One row per vote or part held out: log scores of the model and of a constant rate."""
    return Table.of("consent_held_out", "Consent and objections foretold from the others", HeldOut, rows)
