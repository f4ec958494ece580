"""Checks of the model: who decides, what parameters may be, what measures and scenarios move, how long steps take."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from shteg.errors import Problem
from shteg.evidence.files.draft import Draft, texts_in, unknown
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.parameters import (
    HINTS,
    Domain,
    effect_faults,
    find_parameters,
    movable_targets,
    outside,
    range_faults,
    settable_names,
)
from shteg.evidence.votes import votes_needed
from shteg.hints import counted

_STEPS, _PATHWAYS, _MEASURES, _ITEMS = "steps.toml", "pathways.toml", "recommendations.toml", "items.toml"
_OTHERS, _SCENARIOS = "comparisons.toml", "scenarios.toml"


def check_cycles(draft: Draft) -> Iterator[Problem]:
    """Find steps that wait for themselves, steps fitted from each other, and items that repeat each other."""
    for file, table, key, says in (
        (_OTHERS, "steps", "prerequisites", "waits for itself"),
        (_STEPS, "steps", "prerequisites", "waits for itself"),
        (_STEPS, "steps", "fitted_from", "borrows from itself"),
        (_ITEMS, "items", "repeats", "repeats itself"),
    ):
        edges: dict[str, list[str]] = {}
        places: dict[str, Path] = {}
        for path, entry in draft.tables_of(file, table):
            name, follows = str(entry.get("id", path[-1])), entry.get(key)
            edges[name] = [follows] if isinstance(follows, str) else [word for _, word in texts_in(follows)]
            places[name] = (*path, key)
        for circle in _circles(edges):
            round_trip = " → ".join(f"`{one}`" for one in (*circle, circle[0]))
            problem = f"`{circle[0]}` {says}: {round_trip}"
            yield draft.at_key(file, places[circle[0]], problem, "break the circle at one of these")


def _circles(edges: dict[str, list[str]]) -> list[tuple[str, ...]]:
    """Give every circle met while following the edges from each node in turn, each circle once."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()
    for start in edges:
        trail: list[str] = []
        ways = [iter([start])]
        while ways:
            node = next(ways[-1], None)
            if node is None:
                ways.pop()
                if trail:
                    done.add(trail.pop())
            elif node in trail:
                found.append(tuple(trail[trail.index(node) :]))
            elif node not in done and node in edges:
                trail.append(node)
                ways.append(iter(edges[node]))
    return found


def check_rules(draft: Draft) -> Iterator[Problem]:
    """Find decision rules that cannot be met by the members there are, and sponsors without their rule."""
    members = draft.column("members.csv", "member")
    if members is None:
        return
    count = len(members)
    for path, step in draft.tables_of(_STEPS, "steps"):
        rule, sponsors = step.get("rule"), texts_in(step.get("sponsors"))
        electors = len(sponsors) if rule == "sponsors" else max(count, 1)  # nobody decides nothing
        needed = votes_needed(str(rule), electors) if rule in ("all", "two_thirds", "majority", "sponsors") else 0
        if needed > count:
            problem = f"the rule `{rule}` needs {counted(needed, 'vote')}, and the case has {counted(count, 'member')}"
            yield draft.at_key(_STEPS, (*path, "rule"), problem, "add the members, or change the rule")
        if rule == "sponsors" and not sponsors:
            hint = 'name them: sponsors = ["…"]'
            yield draft.at_key(_STEPS, (*path, "rule"), "the rule is `sponsors`, and none is named", hint)
        if sponsors and rule != "sponsors":
            problem = f"sponsors are named, and the rule is `{rule}`"
            yield draft.at_key(_STEPS, (*path, "sponsors"), problem, 'remove them, or write rule = "sponsors"')


def check_step_times(draft: Draft) -> Iterator[Problem]:
    """Find steps of which nothing tells how long they take, and ratified ones that nobody ratifies."""
    procedures = draft.keys_of(_PATHWAYS, "procedures") or frozenset()
    if _PATHWAYS not in draft.tomls:
        return
    steps = draft.tables_of(_STEPS, "steps")
    recorded = {str(step.get("id")) for _, step in steps if step.get("events")}
    for path, step in steps:
        origin = step.get("fitted_from")
        if step.get("ratified") is True:
            if step.get("rule") == "none":
                hint = "give it a rule, or set ratified = false"
                yield draft.at_key(_STEPS, (*path, "rule"), "the step is ratified, and its rule is `none`", hint)
        elif not step.get("events") and isinstance(origin, str):
            if origin not in recorded and origin in {str(one.get("id")) for _, one in steps}:
                problem = f"`{origin}` has no `events` of its own from which times could be borrowed"
                hint = f"name one of {', '.join(sorted(recorded)) or 'the steps with events (there is none yet)'}"
                yield draft.at_key(_STEPS, (*path, "fitted_from"), problem, hint)
        elif not step.get("events") and str(step.get("id")) not in procedures:
            problem = f"nothing tells how long the step `{step.get('id')}` takes"
            hint = "give it `events` of ladder.csv, or `fitted_from`, or a median under [procedures] of pathways.toml"
            yield draft.at_key(_STEPS, path, problem, hint)


def check_simulation(draft: Draft) -> Iterator[Problem]:
    """Find a simulation in which chance cannot be told from ignorance, and a settlement that moves nobody."""
    worlds = draft.raw(_PATHWAYS, "worlds_per_draw")
    if _number(worlds) and worlds == 1:
        problem = "`worlds_per_draw` is 1: chance cannot be told from ignorance"
        yield draft.at_key(_PATHWAYS, ("worlds_per_draw",), problem, "give at least 2")
    if draft.raw(_PATHWAYS, "settlement", "moves") == []:
        problem = "the settlement moves no member"
        yield draft.at_key(_PATHWAYS, ("settlement", "moves"), problem, "name the members, or remove [settlement]")


def check_report_years(draft: Draft) -> Iterator[Problem]:
    """Find years of the report outside the horizon of the simulation, or named twice."""
    as_of, horizon = draft.as_of, draft.raw(_PATHWAYS, "horizon_years")
    years = draft.raw(_PATHWAYS, "report_years")
    if as_of is None or not isinstance(horizon, int) or not 1 <= horizon <= 100 or not isinstance(years, list):
        return
    for number, year in enumerate(years):
        if isinstance(year, int) and not as_of.year <= year <= as_of.year + horizon:
            problem = f"the year {year} lies outside {as_of.year}–{as_of.year + horizon}"
            hint = "name calendar years within `horizon_years` of the day of the case"
            yield draft.at_key(_PATHWAYS, ("report_years", number), problem, hint)
        elif year in years[:number]:
            problem = f"the year {year} is named twice"
            yield draft.at_key(_PATHWAYS, ("report_years", number), problem, "name it once")


def check_parameters(draft: Draft) -> Iterator[Problem]:
    """Find parameters whose range leaves what they can be."""
    for one in find_parameters(draft.raw(_PATHWAYS)):
        for key, problem, hint in range_faults(one.entry, one.domain):
            yield draft.at_key(_PATHWAYS, (*one.path, key), f"`{one.path[-1]}`: {problem}", hint)


def _number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _model_parts(draft: Draft) -> tuple[Any, frozenset[str], frozenset[str]] | None:
    """Give pathways.toml as it stands, the members, and the steps that nobody ratifies; None if one is unknown."""
    steps, members = draft.ids_of(_STEPS, "steps"), draft.column("members.csv", "member")
    if steps is None or members is None or _PATHWAYS not in draft.tomls:
        return None
    ratified = {str(step.get("id")) for _, step in draft.tables_of(_STEPS, "steps") if step.get("ratified") is True}
    return draft.raw(_PATHWAYS), members, steps - ratified


def check_effects(draft: Draft) -> Iterator[Problem]:
    """Find effects of measures on no parameter of this case, of no size that there can be, or twice the same."""
    parts = _model_parts(draft)
    targets = None if parts is None else movable_targets(*parts)
    for path, measure in draft.tables_of(_MEASURES, "measures"):
        effects = measure.get("effects")
        seen: set[tuple[str, str]] = set()
        for number, effect in enumerate(effects if isinstance(effects, list) else ()):
            if isinstance(effect, dict):
                place: Path = (*path, "effects", number)
                yield from _check_effect(draft, place, effect, targets)
                moved = str(effect.get("target")), str(effect.get("operation"))
                if moved in seen:
                    problem = f"the measure moves `{moved[0]}` twice in the same way"
                    yield draft.at_key(_MEASURES, (*place, "target"), problem, "join the two effects")
                seen.add(moved)


def _check_effect(
    draft: Draft, place: Path, effect: dict[str, Any], targets: dict[str, Domain] | None
) -> Iterator[Problem]:
    target = effect.get("target")
    known = None if targets is None else frozenset(targets)
    if isinstance(target, str) and (failed := unknown(target, known, "parameter", "the model of this case")):
        hint = suggest(target, known or (), "docs/case-format.md lists what a measure may move")
        yield draft.at_key(_MEASURES, (*place, "target"), failed[0], hint)
    for key, problem, hint in effect_faults(effect, (targets or {}).get(str(target))):
        yield draft.at_key(_MEASURES, (*place, key), problem, hint)


def check_scenarios(draft: Draft) -> Iterator[Problem]:
    """Find scenarios that set what the case does not have, set it to what it cannot be, or change nothing."""
    parts = _model_parts(draft)
    names = None if parts is None else settable_names(*parts)
    for path, scenario in draft.tables_of(_SCENARIOS, "scenarios"):
        settings = scenario.get("set")
        if not scenario.get("measures") and not settings:
            problem = f"the scenario `{path[-1]}` takes no measure and sets no parameter"
            yield draft.at_key(_SCENARIOS, path, problem, "give it `measures` or `set`, or remove it")
        if names is not None and isinstance(settings, dict):
            yield from _settings(draft, path, settings, names)


def _settings(draft: Draft, path: Path, settings: dict[str, Any], names: dict[str, Domain]) -> Iterator[Problem]:
    for name, value in settings.items():
        place: Path = (*path, "set", name)
        if failed := unknown(name, frozenset(names), "parameter", "the model of this case"):
            hint = suggest(name, names, "docs/methods/pathways.md lists what a scenario may set")
            yield draft.at_key(_SCENARIOS, place, failed[0], hint)
        elif _number(value) and outside(value, names[name]):
            yield draft.at_key(_SCENARIOS, place, f"`{name}` is set to {value}", HINTS[names[name]])


CHECKS = (
    check_cycles,
    check_rules,
    check_step_times,
    check_simulation,
    check_report_years,
    check_parameters,
    check_effects,
    check_scenarios,
)
