"""How the forecasts of the ledger fared: real and reconstructed ones apart, each forecast once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shteg.estimates import column, table_row
from shteg.evaluation.scores import brier_score, log_score
from shteg.ledger.lines import KINDS, Kind
from shteg.ledger.standing import Standing

ALL = "all"
"""Stands for all steps together."""


@table_row
class LedgerScore:
    """How the forecasts of one kind fared, of a step or of all."""

    kind: str = column("Real, or reconstructed afterwards.", key=True)
    step: str = column("Step that was foretold (id); all: every step together.", key=True, name="foretold_step")
    registered: int = column("Lines of the ledger.", "count")
    counted: int = column("Lines that count: one for each question and day as of which it was asked.", "count")
    overdue: int = column("Of these, those whose day has passed and that nothing closes.", "count")
    open: int = column("Of these, those whose day has not passed and that nothing closes.", "count")
    early: int = column("Of these, those that came true before their day, and are scored on it.", "count")
    void: int = column("Of these, those that cannot be judged.", "count")
    scored: int = column("Of these, those that are scored: closed by yes or no, their day has passed.", "count")
    happened: int = column("Of those scored, those that came true.", "count")
    questions: int = column("Different questions among those scored: step and last day.", "count")
    resolved_share: float | None = column("Share closed of those whose day has passed, void ones included.", "share")
    mean_probability: float | None = column("Mean probability given to those scored.", "share")
    log: float | None = column("Mean logarithm of the probability given to what came (at most 0; 0 is best).", "score")
    brier: float | None = column("Mean squared distance from what came (0 to 1; 0 is best).", "score")


def score_ledger(forecasts: Sequence[Standing]) -> tuple[LedgerScore, ...]:
    """Score the forecasts of a ledger, real and reconstructed ones apart.

    Parameters
    ----------
    forecasts : sequence of Standing
        As they stand on one day.

    Returns
    -------
    tuple of LedgerScore
        By kind: all steps together, then each step, in the order in which they were first registered. A kind that has
        no line has no rows.
    """
    rows: list[LedgerScore] = []
    for kind in KINDS:
        own = [one for one in forecasts if one.line.kind == kind]
        if own:
            rows.append(_score(kind, ALL, own))
            steps = dict.fromkeys(one.line.step for one in own)
            rows += [_score(kind, step, [one for one in own if one.line.step == step]) for step in steps]
    return tuple(rows)


def scores_of(one: Standing) -> tuple[float, float] | None:
    """Give logarithmic and Brier score of a forecast; None of one that is not scored."""
    if not one.scored:
        return None
    given, happened = [one.line.probability], [one.status == "yes"]
    return float(log_score(given, happened)[0]), float(brier_score(given, happened)[0])


def _score(kind: Kind, step: str, forecasts: Sequence[Standing]) -> LedgerScore:
    counted = [one for one in forecasts if one.counted]
    scored = [one for one in counted if one.scored]
    passed = [one for one in counted if one.due_passed]
    closed = [one for one in passed if one.status != "overdue"]
    given = np.array([one.line.probability for one in scored])
    happened = np.array([one.status == "yes" for one in scored], dtype=bool)
    return LedgerScore(
        kind=kind, step=step, registered=len(forecasts), counted=len(counted),
        overdue=sum(one.status == "overdue" for one in counted),
        open=sum(one.status == "open" for one in counted),
        early=sum(one.status in ("yes", "no") and not one.due_passed for one in counted),
        void=sum(one.status == "void" for one in counted),
        scored=len(scored), happened=int(happened.sum()),
        questions=len({(one.line.country, one.line.step, one.line.due) for one in scored}),
        resolved_share=len(closed) / len(passed) if passed else None,
        mean_probability=float(given.mean()) if scored else None,
        log=float(log_score(given, happened).mean()) if scored else None,
        brier=float(brier_score(given, happened).mean()) if scored else None,
    )  # fmt: skip
