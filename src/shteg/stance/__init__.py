"""Where each member stands, learnt from its dated public acts."""

from __future__ import annotations

from shteg.chunks import Progress
from shteg.estimates import Draws, StageResult
from shteg.evidence.case import Case

__all__ = ["estimate_stances"]

ITERATIONS = 4000
"""Iterations kept of each of the four chains, at least."""


def estimate_stances(case: Case, *, progress: Progress | None = None) -> StageResult:
    """Estimate the stance of every member from the acts of the case.

    Parameters
    ----------
    case : Case
        Its `acts`, `items`, `members`, the seed of its header, and the number of draws of its pathways.
    progress : callable, optional
        Called with (chains done, chains in all).

    Returns
    -------
    StageResult
        Stage "stance": tables `members`, `items`, `acts_used`, `counts`; draws `theta`, (draw, member), on the model
        scale where members have prior mean 0 and sd 1; values `stance.*` and `acts.*`.

    Raises
    ------
    ModelError
        The chains disagree (R-hat above 1.05) even when lengthened.

    References
    ----------
    Albert and Chib (1993), JASA 88(422); Jackman (2001), Political Analysis 9(3); docs/methods/stance.md.
    """
    from shteg.stance.acts import choose_reference
    from shteg.stance.measurement import build_stance_model, fit_stance
    from shteg.stance.summary import acts_table, collect_values, counts_table, items_table, members_table
    from shteg.stance.summary import summarise_members as summarise

    model = build_stance_model(case)
    responses = model.responses
    iterations = max(ITERATIONS, -(-case.pathways.draws // 4))
    posterior = fit_stance(model, case.header.seed, iterations=iterations, progress=progress)
    reference = choose_reference(case, responses)
    summary = summarise(posterior, reference)
    tables = (
        members_table(posterior, summary),
        items_table(case, posterior, reference),
        acts_table(case, responses),
        counts_table(case, responses),
    )
    acts = responses.acts_in_use()
    theta = Draws(
        values=posterior.chains.thinned(case.pathways.draws),
        units=responses.members,
        measure="score",
        label="estimated" if acts else "assumed",
        source_ids=tuple(sorted({act.source for act in acts} or {member.source for member in case.members})),
    )
    return StageResult(
        stage="stance",
        tables={table.name: table for table in tables},
        values=collect_values(case, responses, summary),
        draws={"theta": theta},
    )
