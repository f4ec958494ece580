"""Contradictions among steps, routes and assumptions: two steps on one rung, an event counted twice, days to come."""

from collections.abc import Iterator
from typing import Any

from shteg.errors import Problem
from shteg.evidence.checks.ladder_facts import LadderFacts, ladder_facts
from shteg.evidence.checks.references import check_column
from shteg.evidence.checks.rows import read_day
from shteg.evidence.files.draft import Draft, texts_in
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.records.case import Step
from shteg.evidence.records.facts import NamedCountry, SeekingSpell

_STEPS, _PATHWAYS, _OTHERS, _MEASURES = "steps.toml", "pathways.toml", "comparisons.toml", "recommendations.toml"


def check_rungs(draft: Draft) -> Iterator[Problem]:
    """Find two steps on one rung, and steps that stand no higher than one that comes first."""
    facts = ladder_facts(draft)
    first: dict[int, Step] = {}
    for number, step in enumerate(facts.steps.values() if facts else ()):
        path: Path = ("steps", number, "rung")
        if not step.rung:
            continue
        assert facts is not None
        if (other := first.setdefault(step.rung, step)) is not step:
            problem = f"`{step.id}` and `{other.id}` stand on the same rung, {step.rung}"
            yield draft.at_key(_STEPS, path, problem, "give each its own rung; 0 is for programmes beside the ladder")
        for name in step.prerequisites:
            needed = facts.steps.get(name)
            if needed is not None and needed.rung >= step.rung and needed.rung != 0 and needed is not other:
                problem = f"`{step.id}` stands on rung {step.rung}, and `{name}`, which comes first, on {needed.rung}"
                yield draft.at_key(_STEPS, path, problem, "number the rungs from the first step up")


def check_counted_events(draft: Draft) -> Iterator[Problem]:
    """Find events that two steps of one ladder count, or one step twice."""
    for file in (_STEPS, _OTHERS):
        first: dict[tuple[str, str], str] = {}
        for path, step in draft.tables_of(file, "steps"):
            name = str(step.get("id"))
            own: set[str] = set()
            for number, event in texts_in(step.get("events")):
                if event in own:
                    yield draft.at_key(file, (*path, "events", number), f"`{event}` is named twice", "name it once")
                own.add(event)
                other = first.setdefault((str(step.get("organisation")), event), name)
                if other != name:
                    problem = f"the event `{event}` counts for `{other}` already"
                    hint = "give each step its own events"
                    yield draft.at_key(file, (*path, "events", number), problem, hint)


def check_beginnings(draft: Draft) -> Iterator[Problem]:
    """Find steps of which nothing says from when a country could have taken them."""
    facts = ladder_facts(draft)
    if facts is None or draft.column("countries.csv", "country") is None:
        return
    for number, step in enumerate(facts.steps.values()):
        waits = any(one.events or one.ratified for one in facts.before(step))  # for a day that the ladder records
        if step.events and step.existed_from is None and not waits:
            undated = sorted(_walkers(draft, facts) - set(facts.independent))
            if undated:
                problem = f"nothing says from when {undated[0]} could have taken `{step.id}`"
                hint = "give the step `existed_from`, or the country `independent_on` in countries.csv"
                yield draft.at_key(_STEPS, ("steps", number), problem, hint)


def _walkers(draft: Draft, facts: LadderFacts) -> set[str]:
    """Give the countries that walk the ladder: with an event, a spell of seeking, or named and no member."""
    found = {event.country for _, event in facts.events}
    found |= {spell.country for _, spell in draft.records_of("seeking.csv", SeekingSpell)}
    found |= {one.country for _, one in draft.records_of("countries.csv", NamedCountry)} - set(facts.members)
    return found | ({draft.aspirant} if draft.aspirant else set())


def check_routes(draft: Draft) -> Iterator[Problem]:
    """Find routes that take a step before one that comes first."""
    steps = {str(step.get("id")): step for _, step in draft.tables_of(_STEPS, "steps")}
    for path, route in draft.tables_of(_PATHWAYS, "routes"):
        taken = texts_in(route.get("steps"))
        for number, name in taken:
            needed = {word for _, word in texts_in(steps.get(name, {}).get("prerequisites"))}
            for later in (word for place, word in taken if place > number and word in needed):
                problem = f"the route takes `{name}` before `{later}`, which comes first (steps.toml)"
                yield draft.at_key(_PATHWAYS, (*path, "steps", number), problem, "name the steps in order")


def check_starts(draft: Draft) -> Iterator[Problem]:
    """Find measures due before the day of the case, or beyond the simulation."""
    as_of, horizon = draft.as_of, draft.raw(_PATHWAYS, "horizon_years")
    for path, measure in draft.tables_of(_MEASURES, "measures"):
        due = read_day(measure.get("deadline"))
        if as_of is not None and due is not None and due.last < as_of:
            problem = f"`deadline` {due} lies before the day of the case, {as_of}"
            yield draft.at_key(_MEASURES, (*path, "deadline"), problem, "give a day to come, or take the measure out")
        yield from _beyond(draft, _MEASURES, path, measure, horizon)
    for path, scenario in draft.tables_of("scenarios.toml", "scenarios"):
        chosen = scenario.get("measures")
        for number, one in enumerate(chosen if isinstance(chosen, list) else ()):
            if isinstance(one, dict):
                yield from _beyond(draft, "scenarios.toml", (*path, "measures", number), one, horizon)


def _beyond(draft: Draft, file: str, path: Path, entry: dict[str, Any], horizon: object) -> Iterator[Problem]:
    start = entry.get("start_years")
    numbers = isinstance(start, int | float) and isinstance(horizon, int)
    if numbers and horizon < start <= 100:  # type: ignore[operator]
        problem = f"it begins after {start} years, and the simulation looks {horizon} years ahead"
        yield draft.at_key(file, (*path, "start_years"), problem, "let it begin earlier, or raise `horizon_years`")


def check_other_steps(draft: Draft) -> Iterator[Problem]:
    """Find comparison steps called like one of the case, or after one of another body, and events that none counts."""
    steps = draft.ids_of(_STEPS, "steps")
    body_of = {str(step.get("id")): step.get("organisation") for _, step in draft.tables_of(_OTHERS, "steps")}
    events: set[str] = set()
    for path, step in draft.tables_of(_OTHERS, "steps"):
        events |= {event for _, event in texts_in(step.get("events"))}
        if isinstance(step.get("id"), str) and steps and step["id"] in steps:
            problem = f"the id `{step['id']}` stands already in steps.toml"
            yield draft.at_key(_OTHERS, (*path, "id"), problem, "give it another id")
        for number, name in texts_in(step.get("prerequisites")):
            if name in body_of and body_of[name] != step.get("organisation"):
                problem = f"`{name}` is a step of another organisation, `{body_of[name]}`"
                yield draft.at_key(_OTHERS, (*path, "prerequisites", number), problem, "name a step of the same one")
    table = draft.tables.get("comparisons.csv")
    if table is not None and _OTHERS in draft.tomls:
        yield from check_column(draft, table, "event", frozenset(events), "event", f"the steps of {_OTHERS}")
    elif table is not None and not draft.folder.exists(_OTHERS):
        yield Problem(_OTHERS, 0, 0, "the file is missing: comparisons.csv needs it", "add it; see docs/case-format.md")


CHECKS = (check_rungs, check_counted_events, check_beginnings, check_routes, check_starts, check_other_steps)
