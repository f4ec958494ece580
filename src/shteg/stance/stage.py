"""The stage: from the acts of a case to the stance of every member."""

from __future__ import annotations

from shteg.chunks import Progress
from shteg.estimates import Draws, StageResult
from shteg.evidence.case import Case
from shteg.stance.members.acts import choose_reference
from shteg.stance.members.answer_tables import (
    act_weights_table,
    answer_values,
    dimension_value,
    next_acts_table,
    parameters_table,
    trajectory_table,
    would_change_table,
)
from shteg.stance.members.answers import count_doubters, foretell, most_telling_acts, weigh_acts
from shteg.stance.members.fit import build_stance_model, fit_stance
from shteg.stance.members.sensitivity import fit_variants, sensitivity_table
from shteg.stance.members.tables import (
    acts_table,
    collect_values,
    counts_table,
    items_table,
    members_table,
    summarise_members,
)

CHAINS = 4

ITERATIONS = 4000
"""Iterations kept of each chain, at least."""


def estimate_stances(case: Case, *, progress: Progress | None = None) -> StageResult:
    """Estimate the stance of every member from the acts of the case.

    Parameters
    ----------
    case : Case
        Its `acts`, `items`, `members`, the seed of its header, and the number of draws of its pathways.
    progress : callable, optional
        Called with (parts done, parts in all): chains, other assumptions, acts left out.

    Returns
    -------
    StageResult
        Stage "stance": tables `members`, `items`, `acts_used`, `counts`, `trajectory`, `parameters`, `next_acts`,
        `act_weights`, `would_change`, `sensitivity`; draws `theta`, (draw, member), the stance on the day of the case,
        on the scale where members differ by sd 1 around their prior mean at the start; values `stance.*` and `acts.*`.

    Raises
    ------
    ModelError
        The chains disagree (R-hat above 1.05) even when lengthened.

    References
    ----------
    Albert and Chib (1993), JASA 88(422); Martin and Quinn (2002), Political Analysis 10(2); docs/methods/stance.md.
    """
    seed = case.header.seed
    model = build_stance_model(case)
    responses = model.responses
    telling = _Steps(progress, (CHAINS, 3, len(responses.responses)))
    iterations = max(ITERATIONS, -(-case.pathways.draws // CHAINS))
    posterior = fit_stance(model, seed, chains=CHAINS, iterations=iterations, progress=telling.part(0))
    variants = fit_variants(case, progress=telling.part(1))
    weights = weigh_acts(posterior, seed, progress=telling.part(2))
    axes = dimension_value(case, responses)
    reference = choose_reference(case, responses)
    summary = summarise_members(posterior, reference)
    answers = foretell(posterior)
    doubters = count_doubters(posterior, reference, seed) if reference is not None else None
    tables = (
        members_table(posterior, summary),
        items_table(case, posterior, reference),
        acts_table(case, responses),
        counts_table(case, responses),
        trajectory_table(posterior),
        parameters_table(posterior),
        next_acts_table(case, model, answers),
        act_weights_table(weights),
        would_change_table(case, model, most_telling_acts(posterior)),
        sensitivity_table(posterior, variants, reference),
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
        values=(
            *collect_values(case, responses, summary),
            *answer_values(case, posterior, answers, doubters, reference),
            *((axes,) if axes is not None else ()),
        ),
        draws={"theta": theta},
    )


class _Steps:
    """Progress of several parts as one count."""

    def __init__(self, progress: Progress | None, sizes: tuple[int, ...]) -> None:
        self.progress, self.sizes = progress, sizes

    def part(self, number: int) -> Progress | None:
        """Give the callback of one part."""
        told = self.progress
        if told is None:
            return None
        before, total = sum(self.sizes[:number]), sum(self.sizes)
        return lambda done, _of: told(before + min(done, self.sizes[number]), total)
