"""The stages of a build: what each reads of the case, which stages it needs, and what runs it. The only such list."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from shteg.estimates import StageResult
from shteg.evidence.case import Case


@dataclass(frozen=True, slots=True)
class Call:
    """What a stage is given: its part of the case, the results before it, and how to work."""

    case: Case
    results: Mapping[str, StageResult]
    threads: int | None
    told: Callable[[int, int], None]
    on_interrupt: Literal["raise", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage: a room of this name, with its `stage.py`.

    `reads` names the fields of `Case` it reads, without titles and notes unless `words`; `needs` the stages whose
    results it is given. A stage that is marked `beside` is computed in a process of its own while the others run, which
    first does what they want prepared (`prepare`): compiling that need not wait for results.
    """

    name: str
    reads: tuple[str, ...]
    run: Callable[[Call], StageResult]
    needs: tuple[str, ...] = ()
    words: bool = False
    beside: bool = False
    prepare: Callable[[], None] | None = None


# A room is loaded when it is run: a build from kept results needs no compiler.


def _survey(call: Call) -> StageResult:
    from shteg.survey.stage import estimate_opinion

    return estimate_opinion(call.case)


def _stance(call: Call) -> StageResult:
    from shteg.stance.stage import estimate_stances

    return estimate_stances(call.case, progress=call.told)


def _accession(call: Call) -> StageResult:
    from shteg.accession.stage import estimate_accession

    return estimate_accession(call.case)


def _consent(call: Call) -> StageResult:
    from shteg.consent.stage import estimate_consent

    return estimate_consent(call.case, call.results["stance"])


def _evaluation(call: Call) -> StageResult:
    from shteg.evaluation.stage import score_forecasts

    return score_forecasts(call.case, progress=call.told, threads=call.threads)


def _pathways(call: Call) -> StageResult:
    from shteg.pathways.stage import simulate_pathways

    stance, accession, consent = call.results["stance"], call.results["accession"], call.results["consent"]
    return simulate_pathways(
        call.case, stance, accession, consent, threads=call.threads, progress=call.told, on_interrupt=call.on_interrupt
    )


def _compile_kernel() -> None:
    from shteg.pathways.engine.run import prepare

    prepare()


def _pool(call: Call) -> StageResult:
    from shteg.pool.stage import pool_forecasts

    return pool_forecasts(call.case, call.results["evaluation"], call.results["pathways"])


def _recommendations(call: Call) -> StageResult:
    from shteg.recommendations.stage import rank_measures

    return rank_measures(call.case, call.results["pathways"])


def _explorer(call: Call) -> StageResult:
    from shteg.explorer.stage import pack_explorer

    return pack_explorer(call.case, *(call.results[name] for name in ("stance", "accession", "consent")))


def _ledger(call: Call) -> StageResult:
    from shteg.ledger.stage import settle_ledger

    return settle_ledger(call.case)


def _tracker(call: Call) -> StageResult:
    from shteg.tracker.stage import track_commitments

    return track_commitments(call.case)


_STANCE = ("items", "acts", "members", "governments", "covariates", "variables", "pathways", "membership_votes")
_ACCESSION = (
    *("steps", "countries", "members", "pathways", "ladder", "seeking", "ratifications", "objections", "chronicle"),
    *("covariates", "variables", "comparison_organisations", "comparison_steps", "comparison_events"),
)
_PATHWAYS = (
    *("steps", "members", "ladder", "pathways", "recommendations", "scenarios", "sources", "objections", "dyads"),
)
_CONSENT = (
    *("steps", "countries", "members", "pathways", "ladder", "seeking", "ratifications", "objections", "dyads"),
    *("items", "governments", "membership_votes", "comparison_members"),
    *("comparison_organisations", "comparison_steps", "comparison_events"),
)

STAGES = (
    Stage(
        name="survey",
        reads=(
            *("published", "questions", "other_populations", "designs", "population", "schemes", "waves", "labels"),
            *("corrected", "sources"),
        ),
        run=_survey,
        words=True,
    ),
    Stage(name="stance", reads=_STANCE, run=_stance),
    Stage(name="accession", reads=_ACCESSION, run=_accession),
    Stage(name="consent", reads=_CONSENT, needs=("stance", "accession"), run=_consent),
    Stage(
        name="pathways",
        reads=_PATHWAYS,
        needs=("stance", "accession", "consent"),
        run=_pathways,
        prepare=_compile_kernel,
    ),
    Stage(name="ledger", reads=("ledger", "resolutions", "sources"), run=_ledger),
    Stage(
        name="recommendations",
        reads=("steps", "ladder", "pathways", "recommendations", "requirements", "readings"),
        needs=("pathways",),
        run=_recommendations,
    ),
    Stage(
        name="explorer",
        reads=("steps", "members", "ladder", "pathways", "recommendations", "objections", "dyads"),
        needs=("stance", "accession", "consent"),
        run=_explorer,
    ),
    Stage(
        name="tracker",
        reads=(
            *(
                "tracker",
                "commitments",
                "commitment_events",
                "commitment_chronicle",
                "commitment_readings",
                "life_cycles",
            ),
            *("recommendations", "requirements", "readings", "programmes", "chronicle", "sources"),
        ),
        run=_tracker,
    ),
    Stage(
        name="evaluation",  # runs the code of those before it on earlier days, not on their results
        reads=tuple(dict.fromkeys((*_STANCE, *_ACCESSION, *_CONSENT))),
        run=_evaluation,
        beside=True,
    ),
    Stage(
        name="pool",
        reads=("steps", "ladder", "ratifications", "pathways"),
        needs=("evaluation", "pathways"),
        run=_pool,
    ),
)

FORECASTS = "pool"
"""The stage that gives the dated probabilities which the ledger holds an edition to."""
