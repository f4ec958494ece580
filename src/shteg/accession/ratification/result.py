"""The part of the accession stage that is about ratification."""

from __future__ import annotations

import numpy as np

from shteg.accession.ratification.acts import ratification_acts
from shteg.accession.ratification.law import RatificationPosterior, fit_ratification
from shteg.accession.ratification.tables import last_values, member_times, next_values, ratification_tables
from shteg.accession.ratification.times import ratification_times
from shteg.arrays import Floats
from shteg.estimates import Draws, Label, StageResult
from shteg.evidence.case import Case
from shteg.randomness import named_generator


def ratification_result(case: Case) -> StageResult:
    """Estimate how long members take to ratify; empty where no step is reached by ratification.

    Returns
    -------
    StageResult
        Tables `ratification_times`, `ratification_members`, `ratification_rounds`, `ratification_law`; values
        `ratification.*`; draws `ratification_log_days` (draw, member), `ratification_sd` (draw, 1) and
        `ratification_hold` (draw, ("share", "log_extra_days", "sd", "share|MEMBER", …)).
    """
    if not any(step.ratified for step in case.steps):
        return StageResult(stage="accession")
    seed, draws = case.header.seed, case.pathways.draws
    members = tuple(member.member for member in case.members)
    times = ratification_times(case)
    acts = ratification_acts(case, times)
    posterior = fit_ratification(acts, members, draws, named_generator(seed, "accession", "ratification"))
    days = posterior.days(named_generator(seed, "accession", "ratification-days"))
    rows = member_times(times, posterior, days)
    used = [one for one in times if one.status == "used"]
    sources = tuple(sorted({one.source for one in used} or {member.source for member in case.members} or {"case"}))
    return StageResult(
        stage="accession",
        tables={table.name: table for table in ratification_tables(times, posterior, rows)},
        values=(*last_values(times), *next_values(case, times, rows, days)),
        draws=_draws(posterior, "estimated" if used else "assumed", sources),
    )


def _draws(posterior: RatificationPosterior, label: Label, sources: tuple[str, ...]) -> dict[str, Draws]:
    def draws(values: Floats, units: tuple[str, ...]) -> Draws:
        return Draws(values=values, units=units, measure="log_days", label=label, source_ids=sources)

    share = [posterior.hold_share, posterior.log_extra_days, posterior.extra_sd]
    hold = np.concatenate([np.stack(share, axis=1), posterior.hold], axis=1)
    return {
        "ratification_log_days": draws(posterior.member + posterior.new_round[:, None], posterior.members),
        "ratification_sd": draws(posterior.sd[:, None], ("sd",)),
        "ratification_hold": draws(
            hold, ("share", "log_extra_days", "sd", *(f"share|{member}" for member in posterior.members))
        ),
    }
