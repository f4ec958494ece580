"""What must hold before anything is simulated: every problem of a model is found, then told at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from shteg.errors import ModelError, UsageError
from shteg.estimates import StageResult
from shteg.evidence.case import Case
from shteg.evidence.parameters import (
    HINTS,
    Domain,
    effect_faults,
    movable_targets,
    order_faults,
    outside,
    range_faults,
    settable_names,
)
from shteg.evidence.records.case import Measure, Pathways, Step
from shteg.hints import counted, list_names, suggest
from shteg.pathways.model.estimated import COMMON, END, EPISODES, LINK, ONSET, REFUSAL
from shteg.pathways.model.model import Scenario
from shteg.pathways.model.parameters import NamedParameter

Finding = tuple[str, str, str]
"""Where, problem, hint."""


def hint_at(name: str, allowed: Iterable[str]) -> str:
    """Say which name was probably meant, or which ones there are."""
    names = list(allowed)
    return suggest(name, names, list_names(names, "allowed:"), cutoff=0.5)


def check_chosen(measures: Iterable[str], known: Sequence[Measure]) -> None:
    """Refuse a measure that the case does not have."""
    ids = [measure.id for measure in known]
    for name in sorted(measures):
        if name not in ids:
            raise UsageError(f"no measure is called {name!r}", hint_at(name, ids), "measures")


def raise_findings(findings: Sequence[Finding]) -> None:
    """Raise one error that holds every finding; none raises nothing."""
    if len(findings) == 1:
        where, problem, hint = findings[0]
        raise ModelError(problem, hint, where)
    if findings:
        lines = "\n".join(f"{where}: {problem} ({hint})" for where, problem, hint in findings)
        raise ModelError(f"{counted(len(findings), 'problem')} in the model\n{lines}", "mend the lines above")


def order_steps(steps: Sequence[Step]) -> tuple[list[int], list[Finding]]:
    """Order steps so that prerequisites come first; tell cycles and prerequisites that do not exist."""
    position = {step.id: k for k, step in enumerate(steps)}
    findings: list[Finding] = []
    for step in steps:
        for name in step.prerequisites:
            if name not in position:
                findings.append((f"step {step.id}", f"its prerequisite {name!r} is no step", hint_at(name, position)))
    order: list[int] = []
    while len(order) < len(steps):
        done = {steps[k].id for k in order}
        ready = [
            k
            for k, step in enumerate(steps)
            if k not in order and all(name in done or name not in position for name in step.prerequisites)
        ]
        if not ready:
            circle = " → ".join(_find_cycle({s.id: s.prerequisites for s in steps if s.id not in done}))
            findings.append(("steps", f"prerequisites run in a circle: {circle}", "take one of them out"))
            break
        order.extend(ready)
    return order, findings


def _find_cycle(needs: Mapping[str, Sequence[str]]) -> list[str]:
    walk = [next(iter(needs))]
    while True:
        following = next(name for name in needs[walk[-1]] if name in needs)
        if following in walk:
            return [*walk[walk.index(following) :], following]
        walk.append(following)


def check_steps(case: Case, fitted: Iterable[str]) -> list[Finding]:
    """Check rules, sponsors, areas and procedure times of every step."""
    members = {one.member for one in case.members}
    areas = [area.id for area in case.pathways.areas]
    known = set(fitted)
    findings: list[Finding] = []
    twice = sorted({s.id for s in case.steps if [t.id for t in case.steps].count(s.id) > 1})
    findings += [(f"step {name}", "there are two steps of this id", "rename one") for name in twice]
    for step in case.steps:
        where = f"step {step.id}"
        for sponsor in step.sponsors:
            if sponsor not in members:
                findings.append((where, f"the sponsor {sponsor} is not a member", hint_at(sponsor, sorted(members))))
        electors = len(set(step.sponsors)) if step.rule == "sponsors" else len(members)
        if step.rule != "none" and electors == 0:
            problem = f"the rule {step.rule!r} needs at least one vote, but nobody has one"
            findings.append((where, problem, "name sponsors or members, or set the rule to none"))
        if step.ratified and step.rule == "none":
            findings.append((where, "it is ratified, but by nobody", "give it a rule, or set ratified to false"))
        for area in step.requirement_areas:
            if area not in areas:
                findings.append((where, f"its requirement area {area!r} has no readiness", hint_at(area, areas)))
        timed = {step.id, step.fitted_from} & (known | set(case.pathways.procedures))
        if not step.ratified and not timed:
            problem = "nothing tells how long its procedure takes"
            findings.append((where, problem, f"give [procedures.{step.id}], or fitted_from one of {sorted(known)}"))
    return findings


def check_parameters(named: Mapping[str, NamedParameter]) -> list[Finding]:
    """Check ranges and signs of every parameter; of each the first fault is told."""
    findings: list[Finding] = []
    for name, one in named.items():
        for _, problem, hint in (*order_faults(one.parameter), *range_faults(one.parameter, one.domain, sized=False))[
            :1
        ]:
            findings.append((name, problem, hint))
    return findings


def check_measures(case: Case) -> list[Finding]:
    """Check that every effect moves a parameter that exists, by a range that makes sense."""
    targets = movable_targets(*_parts(case))
    findings: list[Finding] = []
    for measure in case.recommendations.measures:
        for effect in measure.effects:
            where = f"measure {measure.id}, {effect.target}"
            if effect.target not in targets:
                problem = f"no parameter that a measure can move is called {effect.target!r}"
                findings.append((where, problem, hint_at(effect.target, targets)))
            faults = effect_faults(effect, targets.get(effect.target))
            findings += [(where, problem, hint) for _, problem, hint in faults]
    return findings


def _parts(case: Case) -> tuple[Pathways, list[str], list[str]]:
    """Give what says which parameters there are: the assumptions, the members, the steps that nobody ratifies."""
    members = [one.member for one in case.members]
    return case.pathways, members, [step.id for step in case.steps if not step.ratified]


def free_episode_rates(case: Case) -> list[str]:
    """Name the rates of episodes that the case leaves to the blocks on record; they can be moved and fixed too."""
    episodes = case.pathways.consent.episodes
    return [f"consent.episodes.{name}" for name in ("onset", "end") if episodes and getattr(episodes, name) is None]


def check_years(case: Case) -> list[Finding]:
    """Check horizon and report years."""
    pathways, first = case.pathways, case.header.as_of.year
    if pathways.horizon_years < 1:
        return [("pathways", f"`horizon_years` is {pathways.horizon_years}", "look at least one year ahead")]
    if pathways.worlds_per_draw < 2:
        return [("pathways", "one world per draw", "give at least 2, so that chance can be told from ignorance")]
    last = first + pathways.horizon_years
    return [
        (
            "pathways, report_years",
            f"the year {year} lies outside {first} to {last}",
            "give calendar years within the horizon, or raise horizon_years",
        )
        for year in pathways.report_years
        if not first <= year <= last
    ]


def check_draws(case: Case, result: StageResult, quantity: str, units: Iterable[str]) -> list[Finding]:
    """Check that an earlier stage hands over the draws that the simulation pairs.

    Parameters
    ----------
    case : Case
        Says how many draws there must be.
    result : StageResult
        What the stage found.
    quantity : str
        Name of its draws, such as `theta`.
    units : iterable of str
        The units (members, steps) that must have some.

    Returns
    -------
    list of (where, problem, hint)
    """
    where = f"{result.stage}.{quantity}"
    draws = result.draws.get(quantity)
    if draws is None:
        return [(where, f"the stage {result.stage} gives no draws of {quantity}", "run the stage before this one")]
    findings: list[Finding] = []
    if draws.values.shape[0] != case.pathways.draws:
        problem = f"{draws.values.shape[0]} draws, but the case asks for {case.pathways.draws}"
        findings.append((where, problem, "estimate the stage again with the same number of draws"))
    missing = [unit for unit in units if unit not in draws.units]
    if missing:
        findings.append((where, f"no draws for {', '.join(missing)}", "every member and fitted step needs its draws"))
    return findings


def check_scenarios(scenarios: Sequence[Scenario], case: Case, *, estimated: bool = False) -> list[Finding]:
    """Check that scenarios name what exists, within what it allows.

    Parameters
    ----------
    scenarios : sequence of Scenario
    case : Case
    estimated : bool
        Whether objections are estimated member by member: the stance then moves none of their rates.

    Returns
    -------
    list of (where, problem, hint)
    """
    ids = [measure.id for measure in case.recommendations.measures]
    members = sorted(one.member for one in case.members)
    settable = {
        name: domain
        for name, domain in settable_names(*_parts(case)).items()
        if not (estimated and name == EPISODES[1])
    }
    findings: list[Finding] = []
    told: set[tuple[str, float]] = set()  # what the user sets holds in every scenario: one mistake is told once
    if not scenarios:
        return [("scenarios", "there is none", "give at least one")]
    for s, one in enumerate(scenarios):
        where = f"scenario {one.name}"
        if not 0 <= one.compare < len(scenarios) or one.compare > s:
            findings.append((where, f"it is compared with number {one.compare}", "compare it with one before it"))
        for name in sorted({*one.measures, *one.timing} - set(ids)):
            findings.append((where, f"no measure is called {name!r}", hint_at(name, ids)))
        for name, (start, intensity) in one.timing.items():
            if (start is not None and not 0 <= start < math.inf) or not 0 <= intensity < math.inf:
                problem = f"the measure {name} begins after {start} years with intensity {intensity}"
                findings.append((where, problem, "neither can be negative or infinite"))
        for name, value in one.overrides.items():
            if (name, value) not in told:
                findings += _check_override(where, name, value, settable)
            told.add((name, value))
        for member in sorted((one.always | one.never) - set(members)):
            findings.append((where, f"{member} is not a member", hint_at(member, members)))
        for member in sorted(one.always & one.never):
            findings.append((where, f"{member} both always and never consents", "take it out of one of the two"))
    return findings


def _check_override(where: str, name: str, value: float, settable: Mapping[str, Domain]) -> list[Finding]:
    if name not in settable:
        return [(where, f"no parameter is called {name!r}", hint_at(name, settable))]
    return [(where, f"{name} is set to {value}", HINTS[settable[name]])] if outside(value, settable[name]) else []


def check_dynamics(case: Case, accession: StageResult, *, objections: bool = False) -> list[Finding]:
    """Check what comes and goes: episodes, withdrawal, lost steps, elapsed times, and the draws that they need.

    Parameters
    ----------
    case : Case
    accession : StageResult
        With the draws `veto` where the case leaves rates of episodes out.
    objections : bool
        Whether objections are estimated member by member: no other rates are needed.

    Returns
    -------
    list of (where, problem, hint)
    """
    pathways, as_of = case.pathways, case.header.as_of
    steps = [step.id for step in case.steps]
    findings: list[Finding] = []
    episodes = pathways.consent.episodes
    lacking = [name for name in ("onset", "end") if episodes and getattr(episodes, name) is None]
    if lacking and not objections:
        findings += _check_veto(case, accession, lacking)
    for name in pathways.reversals:
        if name not in steps:
            findings.append((f"reversals.{name}", f"no step is called {name!r}", hint_at(name, steps)))
    for area in pathways.areas:
        if area.started_on is not None and area.started_on.last > as_of:
            problem = f"the work began on {area.started_on}, after {as_of}"
            findings.append((f"area {area.id}", problem, "leave started_on out"))
    for shock in pathways.shocks:
        if shock.under_way_since is not None and shock.under_way_since.last > as_of:
            problem = f"it is under way since {shock.under_way_since}, after {as_of}"
            findings.append((f"shock {shock.id}", problem, "leave under_way_since out"))
    return findings + _check_durations(case, accession) + _check_hold(case, accession)


def _check_veto(case: Case, accession: StageResult, lacking: Sequence[str]) -> list[Finding]:
    if "veto" not in accession.draws:
        names = " and ".join(f"consent.episodes.{name}" for name in lacking)
        problem = f"{names} is left out, and the stage {accession.stage} gives no draws of veto"
        return [("consent.episodes", problem, "give onset and end, or objections.csv from which they can be learnt")]
    return check_draws(case, accession, "veto", lacking)


def _check_durations(case: Case, accession: StageResult) -> list[Finding]:
    draws, where = accession.draws.get("duration_effect"), "accession.duration_effect"
    if draws is None:
        return []
    findings = check_draws(case, accession, "duration_effect", ())
    if "elapsed" not in accession.tables:
        problem = "rates depend on the time waited, but the stage tells no time waited so far"
        findings.append((where, problem, "the table elapsed (step, years) belongs to these draws"))
    for unit in draws.units:
        name, _, years = unit.partition("|")
        try:
            positive = float(years) > 0
        except ValueError:
            positive = False
        if name not in (known := [step.id for step in case.steps]):
            findings.append((where, f"the unit {unit!r} names no step", hint_at(name, known)))
        elif not positive:
            findings.append((where, f"the unit {unit!r} has no years", "write step|years, years above zero"))
    return findings


def _check_hold(case: Case, accession: StageResult) -> list[Finding]:
    draws = accession.draws.get("ratification_hold")
    if draws is None:
        return []
    findings = check_draws(case, accession, "ratification_hold", ("share", "log_extra_days", "sd"))
    for column, unit in enumerate(draws.units):
        values, where = draws.values[:, column], f"accession.ratification_hold, {unit}"
        if unit.startswith("share") and not ((values >= 0) & (values <= 1)).all():
            findings.append((where, "some draws leave 0 to 1", "it is a probability"))
        if unit == "sd" and not (values >= 0).all():
            findings.append((where, "some draws are negative", "a standard deviation cannot be"))
    return findings


def read_elapsed(accession: StageResult) -> dict[str, float]:
    """Give the years that the aspirant has already waited for each step."""
    if "elapsed" not in accession.tables:
        return {}
    frame = accession.tables["elapsed"].frame
    return {str(step): float(years) for step, years in zip(frame["step"], frame["years"], strict=True)}


def check_estimated(case: Case, consent: StageResult | None) -> list[Finding]:
    """Check that the draws of the stage of consent, where there are any, are those that the simulation pairs."""
    if consent is None:
        return []
    findings: list[Finding] = []
    members = [one.member for one in case.members]
    wanted = {
        LINK: ("intercept", "slope", "statehood"),
        COMMON: ("common_factor",),
        REFUSAL: ("rate",),
        ONSET: members,
        END: members,
    }
    for name, units in wanted.items():
        if name in consent.draws:
            findings += check_draws(case, consent, name, units)
    if (ONSET in consent.draws) != (END in consent.draws):
        problem = "objections have rates of only one of onset and end"
        findings.append((f"{consent.stage}.{ONSET}", problem, "give both"))
    if ONSET in consent.draws:
        hint = "move or set consent.episodes.onset or .end"
        findings += [
            (f"measure {measure.id}, {effect.target}", "objections are estimated member by member, without it", hint)
            for measure in case.recommendations.measures
            for effect in measure.effects
            if effect.target == EPISODES[1]
        ]
    return findings
