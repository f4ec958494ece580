"""The stage: from the acts of a case to the stance of every member."""

from __future__ import annotations

from shteg.chunks import Progress, share_progress
from shteg.estimates import Draws, StageResult
from shteg.evidence.case import Case
from shteg.stance.members.acts import choose_reference
from shteg.stance.members.answers import (
    act_weights_table,
    count_doubters,
    doubter_values,
    foretell,
    most_telling_acts,
    next_acts_table,
    next_values,
    weigh_acts,
    would_change_table,
)
from shteg.stance.members.dimensions import dimension_value
from shteg.stance.members.fit import build_stance_model, fit_stance
from shteg.stance.members.sensitivity import fit_variants, sensitivity_table
from shteg.stance.members.tables import (
    acts_table,
    count_last_acts,
    count_values,
    counts_table,
    items_table,
    members_table,
    parameters_table,
    stance_values,
    summarise_members,
    trajectory_table,
)
from shteg.stance.members.vote_items import vote_item_draws, vote_items

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
        on the scale where members differ by sd 1 around their prior mean at the start, and those of `vote_item_draws`;
        values `stance.*` and `acts.*`.

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
    votes = len(vote_items(case, responses))
    fitting, varying, weighing, leaving = share_progress(progress, (CHAINS, 3, len(responses.responses), votes))
    iterations = max(ITERATIONS, -(-case.pathways.draws // CHAINS))
    posterior = fit_stance(model, seed, chains=CHAINS, iterations=iterations, progress=fitting)
    variants = fit_variants(case, progress=varying)
    weights = weigh_acts(posterior, seed, progress=weighing)
    axes = dimension_value(case, responses)
    reference = choose_reference(case, responses)
    members = summarise_members(posterior, reference)
    last, following = count_last_acts(case, responses), foretell(posterior)
    made = (
        members_table(members),
        items_table(case, posterior, reference),
        acts_table(case, responses),
        counts_table(last),
        trajectory_table(posterior),
        parameters_table(posterior),
        next_acts_table(model, following),
        act_weights_table(weights),
        would_change_table(most_telling_acts(posterior)),
        sensitivity_table(members, variants, reference),
    )
    values = [
        *stance_values(case, responses, members, reference),
        *count_values(case, responses, last),
        *next_values(model, following),
    ]
    if reference is not None:
        values += doubter_values(model, count_doubters(posterior, reference, seed))
    if axes is not None:
        values.append(axes)
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
        tables={table.name: table for table in made},
        values=tuple(values),
        draws={"theta": theta, **vote_item_draws(case, posterior, progress=leaving)},
    )
