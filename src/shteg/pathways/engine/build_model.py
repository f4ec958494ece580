"""From a case and the draws of the stages before to a model and its scenarios, checked before anything runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.evidence.records.case import Measure
from shteg.evidence.records.model import Scenario as CaseScenario
from shteg.pathways.engine.build_parameters import build_parameters
from shteg.pathways.engine.build_structure import build_structure, calendar, cut_table, make_plan
from shteg.pathways.model import checks
from shteg.pathways.model.estimated import objections_of, put_estimated
from shteg.pathways.model.model import Model, Scenario, rate_source
from shteg.pathways.model.parameters import name_parameters

__all__ = ["Model", "Scenario", "build_model", "build_parameters", "make_plan", "rate_source", "with_scenarios"]


def build_model(
    case: Case,
    stance: StageResult,
    accession: StageResult,
    measures: Iterable[str],
    *,
    consent: StageResult | None = None,
    effects: bool = True,
) -> Model:
    """Check a case and the draws handed over, and resolve them into a model.

    Parameters
    ----------
    case : Case
    stance, accession : StageResult
        Whose draws the model takes.
    measures : ids
        The measures that the first scenario takes.
    consent : StageResult, optional
        What was estimated of consent; it takes the place of the ranges of the case.
    effects : bool
        Add one scenario per measure (with it against without it) and, last, all measures against none.

    Returns
    -------
    Model

    Raises
    ------
    UsageError
        A measure is unknown.
    ModelError
        Anything in the model is contradictory or out of range: all findings at once.
    """
    checks.check_chosen(measures := frozenset(measures), case.recommendations.measures)
    named = name_parameters(case.pathways)
    order, findings = checks.order_steps(case.steps)
    log_rate = accession.draws.get("log_rate")
    findings += checks.check_years(case)
    findings += checks.check_steps(case, log_rate.units if log_rate else ())
    findings += checks.check_parameters(named)
    findings += checks.check_measures(case)
    members = [one.member for one in case.members]
    findings += checks.check_draws(case, accession, "log_rate", ())
    if any(step.rule != "none" and not step.ratified for step in case.steps):
        findings += checks.check_draws(case, stance, "theta", members)
    if any(step.ratified for step in case.steps):
        findings += checks.check_draws(case, accession, "ratification_log_days", members)
        findings += checks.check_draws(case, accession, "ratification_sd", ())
    objections = objections_of(case, consent) if not checks.check_estimated(case, consent) else None
    findings += checks.check_estimated(case, consent)
    findings += checks.check_dynamics(case, accession, objections=objections is not None)
    checks.raise_findings(findings)
    if log_rate is None:
        raise AssertionError("check_draws has told that log_rate is missing")
    years, year_times = calendar(case)
    elapsed = checks.read_elapsed(accession)
    structure = build_structure(case, order, years, year_times, elapsed)
    model = Model(
        case=case,
        structure=structure._replace(vetoes=structure.vetoes or (objections is not None and bool(members))),
        named=put_estimated(named, consent),
        scenarios=_list_scenarios(measures, case.recommendations.measures if effects else ()),
        years=years,
        theta=stance.draws.get("theta"),
        log_rate=log_rate,
        ratify_mean=accession.draws.get("ratification_log_days"),
        ratify_sd=accession.draws.get("ratification_sd"),
        ratify_hold=accession.draws.get("ratification_hold"),
        duration=accession.draws.get("duration_effect"),
        veto=accession.draws.get("veto"),
        objections=objections,
        elapsed=elapsed,
    )
    return replace(model, structure=model.structure._replace(cut_years=cut_table(model)))


def _list_scenarios(chosen: frozenset[str], measures: Iterable[Measure]) -> tuple[Scenario, ...]:
    every = [measure.id for measure in measures]
    found = [Scenario(name="main", measures=chosen)]
    found += [Scenario(name=name, measures=chosen ^ {name}) for name in every]
    if every:
        none = 0
        if chosen:
            none = len(found)
            found.append(Scenario(name="none", measures=frozenset()))
        found.append(Scenario(name="all", measures=frozenset(every), compare=none))
    return tuple(found)


def with_scenarios(model: Model, scenarios: Sequence[Scenario]) -> Model:
    """Give the same model with other scenarios; the first one is counted in full, the others as changes.

    Raises
    ------
    ModelError
        A scenario names a measure, parameter or member that does not exist, or a value out of range.
    """
    checks.raise_findings(checks.check_scenarios(scenarios, model.case, estimated=model.objections is not None))
    return replace(model, scenarios=tuple(scenarios))


def prepare_model(
    case: Case,
    stance: StageResult,
    accession: StageResult,
    measures: Iterable[str] = frozenset(),
    scenario: CaseScenario | None = None,
    settings: Mapping[str, float] = MappingProxyType({}),
    consent: StageResult | None = None,
) -> Model:
    """Build the model with what a scenario and the user set under every one of its scenarios; raises as the stage.

    Parameters
    ----------
    case : Case
    stance, accession : StageResult
        Whose draws the model takes.
    measures : iterable of str
        Ids of the measures taken under every scenario.
    scenario : Scenario, optional
        Of the case or a file: measures with their timing, and parameters that it sets.
    settings : mapping of str to float
        Parameters that the user sets, by dotted name; they go before those of the scenario.
    consent : StageResult, optional
        What was estimated of consent.

    Returns
    -------
    Model
    """
    taken = [one.id for one in scenario.measures] if scenario else []
    model = build_model(case, stance, accession, {*measures, *taken}, consent=consent)
    timing = {one.id: (one.start_years, one.intensity) for one in scenario.measures} if scenario else {}
    overrides = {**(scenario.set if scenario else {}), **settings}
    if not timing and not overrides:
        return model
    return with_scenarios(model, [replace(one, timing=timing, overrides=overrides) for one in model.scenarios])
