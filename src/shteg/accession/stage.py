"""The stage: the rate of each step of the ladder, and how long members take to ratify."""

from __future__ import annotations

from shteg.accession.ladder.result import ladder_result
from shteg.accession.ratification.result import ratification_result
from shteg.accession.standstill.stall import stall_result
from shteg.accession.standstill.veto import veto_result
from shteg.chunks import one_blas_thread
from shteg.estimates import StageResult
from shteg.evidence.case import Case


def estimate_accession(case: Case) -> StageResult:
    """Estimate the rate of each step of the ladder, and each member's time to ratify.

    Parameters
    ----------
    case : Case
        Its steps, countries, ladder, seeking spells and ratifications.

    Returns
    -------
    StageResult
        Stage "accession": tables `rates`, `elapsed`, `effects`, `country_effects`, `year_effects`, `pooling`,
        `prior_predictive`, `exposure`, `aalen_johansen`, `waiting`, `intervals`, `interval_medians` and, where a step
        is reached by ratification, `ratification_times`, `ratification_members`, `ratification_rounds`. Draws
        `log_rate`, (draw, step), for every step with events or with `fitted_from`: log yearly hazard for the aspirant
        as it stands, no member blocking, in the first piece of duration; `duration_effect`, (draw, "step|years"):
        added to it from so many years on that its prerequisites have been met, in place of the effect before;
        `ratification_log_days`, (draw, member), mean log days in a round to come (its round effect is in it: one per
        draw, the same for all members); `ratification_sd`, (draw, 1), residual sd of log days; `ratification_hold`,
        (draw, "share" "log_extra_days" "sd" "share|MEMBER" …), how often a member holds out and what that adds;
        `veto`, (draw, "onset" "end"), log yearly rates of open blocks. Tables `veto_episodes` and `stall` where the
        case has blocks, or others to compare with.

    Raises
    ------
    ModelError
        A step borrows from one without events, or nothing says from when a country could have taken a step.

    References
    ----------
    docs/methods/ladder.md, docs/methods/ratification.md; Aalen, Borgan and Gjessing (2008), Survival and Event History
    Analysis.
    """
    with one_blas_thread():
        parts = (ladder_result(case), ratification_result(case), veto_result(case), stall_result(case))
    return StageResult(
        stage="accession",
        tables={name: table for part in parts for name, table in part.tables.items()},
        values=tuple(value for part in parts for value in part.values),
        draws={name: draws for part in parts for name, draws in part.draws.items()},
    )
