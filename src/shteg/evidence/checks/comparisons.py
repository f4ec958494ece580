"""Checks of variables, of the ladders of other organisations, and of scenarios, as far as they name what must exist."""

from collections.abc import Iterator
from typing import Any

from shteg.errors import Problem
from shteg.evidence.checks.path import model_parts
from shteg.evidence.checks.rows import check_column
from shteg.evidence.files.draft import Draft, Known, texts_in, unknown
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.parameters import HINTS, Domain, outside, settable_names

_FILE, _SCENARIOS = "comparisons.toml", "scenarios.toml"


def check_comparisons(draft: Draft) -> Iterator[Problem]:
    """Find comparison steps, events, variables and scenarios that name what does not exist."""
    steps = draft.ids_of("steps.toml", "steps")
    own, bodies = draft.ids_of(_FILE, "steps"), draft.keys_of(_FILE, "organisations")
    body_of = {str(step.get("id")): step.get("organisation") for _, step in draft.tables_of(_FILE, "steps")}
    events: set[str] = set()
    for path, step in draft.tables_of(_FILE, "steps"):
        events |= {event for _, event in texts_in(step.get("events"))}
        for key, known, what, where in (
            ("parallel_to", steps, "step", "steps.toml"),
            ("organisation", bodies, "organisation", "[organisations]"),
        ):
            if isinstance(step.get(key), str) and (failed := unknown(step[key], known, what, where)):
                yield draft.at_key(_FILE, (*path, key), *failed)
        if isinstance(step.get("id"), str) and steps and step["id"] in steps:
            problem = f"the id `{step['id']}` stands already in steps.toml"
            yield draft.at_key(_FILE, (*path, "id"), problem, "give it another id")
        for number, name in texts_in(step.get("prerequisites")):
            if failed := unknown(name, own, "step", _FILE):
                yield draft.at_key(_FILE, (*path, "prerequisites", number), *failed)
            elif body_of.get(name) != step.get("organisation"):
                problem = f"`{name}` is a step of another organisation, `{body_of.get(name)}`"
                yield draft.at_key(_FILE, (*path, "prerequisites", number), problem, "name a step of the same one")
    table = draft.tables.get("comparisons.csv")
    if table is not None and _FILE in draft.tomls:
        yield from check_column(draft, table, "event", frozenset(events), "event", f"the steps of {_FILE}")
    elif table is not None and not draft.folder.exists(_FILE):
        yield Problem(_FILE, 0, 0, "the file is missing: comparisons.csv needs it", "add it; see docs/case-format.md")
    for path, variable in draft.tables_of("variables.toml", "variables"):
        yield from _names(draft, "variables.toml", (*path, "steps"), variable, steps)
    for path, route in draft.tables_of("pathways.toml", "routes"):
        yield from _names(draft, "pathways.toml", (*path, "steps"), route, steps)
    for step_id in draft.keys_of("pathways.toml", "reversals") or ():
        if failed := unknown(step_id, steps, "step", "steps.toml"):
            yield draft.at_key("pathways.toml", ("reversals", step_id), *failed)


def check_scenarios(draft: Draft) -> Iterator[Problem]:
    """Find scenarios that take or set what the case does not have, set it to what it cannot be, or change nothing."""
    measures = draft.ids_of("recommendations.toml", "measures")
    parts = model_parts(draft)
    names = None if parts is None else settable_names(*parts)
    for path, scenario in draft.tables_of(_SCENARIOS, "scenarios"):
        chosen, settings = scenario.get("measures"), scenario.get("set")
        seen: set[str] = set()
        for number, measure in enumerate(chosen if isinstance(chosen, list) else ()):
            word = measure.get("id") if isinstance(measure, dict) else None
            if not isinstance(word, str):
                continue
            place: Path = (*path, "measures", number, "id")
            if failed := unknown(word, measures, "measure", "recommendations.toml"):
                yield draft.at_key(_SCENARIOS, place, *failed)
            elif word in seen:
                yield draft.at_key(_SCENARIOS, place, f"the measure `{word}` is taken twice", "name it once")
            seen.add(word)
        if not chosen and not settings:
            problem = f"the scenario `{path[-1]}` takes no measure and sets no parameter"
            yield draft.at_key(_SCENARIOS, path, problem, "give it `measures` or `set`, or remove it")
        if names is not None and isinstance(settings, dict):
            yield from _settings(draft, path, settings, names)


def _settings(draft: Draft, path: Path, settings: dict[str, Any], names: dict[str, Domain]) -> Iterator[Problem]:
    for name, value in settings.items():
        place: Path = (*path, "set", name)
        if failed := unknown(name, frozenset(names), "parameter", "the model of this case"):
            hint = suggest(name, sorted(names), "docs/methods/pathways.md lists what a scenario may set")
            yield draft.at_key(_SCENARIOS, place, failed[0], hint)
        elif isinstance(value, int | float) and not isinstance(value, bool) and outside(value, names[name]):
            yield draft.at_key(_SCENARIOS, place, f"`{name}` is set to {value}", HINTS[names[name]])


def _names(draft: Draft, file: str, path: Path, entry: dict[str, Any], steps: Known) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, word in texts_in(entry.get(str(path[-1]))):
        if failed := unknown(word, steps, "step", "steps.toml"):
            yield draft.at_key(file, (*path, number), *failed)
        elif word in seen:
            yield draft.at_key(file, (*path, number), f"step `{word}` is named twice", "name it once")
        seen.add(word)
