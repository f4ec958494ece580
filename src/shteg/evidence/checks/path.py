"""Checks of the path: steps and what they need, who decides, what measures move."""

import math
from collections.abc import Iterator
from typing import Any

from shteg.errors import Problem
from shteg.evidence.files.draft import Draft, Known, texts_in, unknown
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.parameters import Domain, movable_targets

_STEPS, _PATHWAYS, _MEASURES, _ITEMS = "steps.toml", "pathways.toml", "recommendations.toml", "items.toml"
_OTHERS = "comparisons.toml"
_NAMED_ONCE = (
    (_STEPS, "steps"),
    (_PATHWAYS, "areas"),
    (_PATHWAYS, "shocks"),
    (_PATHWAYS, "routes"),
    (_MEASURES, "areas"),
    (_MEASURES, "measures"),
    (_OTHERS, "steps"),
)


def check_ids(draft: Draft) -> Iterator[Problem]:
    """Find ids that two entries of the same list share."""
    for file, key in _NAMED_ONCE:
        first: dict[str, Path] = {}
        for path, entry in draft.tables_of(file, key):
            identifier = entry.get("id")
            if isinstance(identifier, str) and first.setdefault(identifier, path) != path:
                line, _ = draft.tomls[file].place((*first[identifier], "id"))
                problem = f"the id `{identifier}` stands already in line {line}"
                yield draft.at_key(file, (*path, "id"), problem, "give one of the two another id")


def check_lists(draft: Draft) -> Iterator[Problem]:
    """Find entries of lists that name a step, member, area or requirement which does not exist."""
    steps, areas = draft.ids_of(_STEPS, "steps"), draft.ids_of(_PATHWAYS, "areas")
    members = draft.column("members.csv", "member")
    for path, step in draft.tables_of(_STEPS, "steps"):
        yield from _list(draft, _STEPS, (*path, "prerequisites"), step, steps, "step", _STEPS)
        yield from _list(draft, _STEPS, (*path, "requirement_areas"), step, areas, "area", _PATHWAYS)
        yield from _list(draft, _STEPS, (*path, "sponsors"), step, members, "member", "members.csv")
        yield from _one(draft, _STEPS, (*path, "fitted_from"), step, steps, "step", _STEPS)
    groups, requirements = draft.ids_of(_MEASURES, "areas"), draft.column("requirements.csv", "id")
    for path, measure in draft.tables_of(_MEASURES, "measures"):
        yield from _one(draft, _MEASURES, (*path, "area"), measure, groups, "area", "the areas of this file")
        where = "requirements.csv"
        yield from _list(draft, _MEASURES, (*path, "indicators"), measure, requirements, "requirement", where)
    settlement = draft.raw(_PATHWAYS, "settlement")
    if isinstance(settlement, dict):
        yield from _list(draft, _PATHWAYS, ("settlement", "moves"), settlement, members, "member", "members.csv")
    for step_id in draft.keys_of(_PATHWAYS, "procedures") or ():
        if failed := unknown(step_id, steps, "step", _STEPS):
            yield draft.at_key(_PATHWAYS, ("procedures", step_id), *failed)
    items = draft.keys_of(_ITEMS, "items")
    for path, item in draft.tables_of(_ITEMS, "items"):
        yield from _one(draft, _ITEMS, (*path, "repeats"), item, items, "item", _ITEMS)


def _list(
    draft: Draft, file: str, path: Path, entry: dict[str, Any], known: Known, what: str, where: str
) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, word in texts_in(entry.get(str(path[-1]))):
        if failed := unknown(word, known, what, where):
            yield draft.at_key(file, (*path, number), *failed)
        elif word in seen:
            yield draft.at_key(file, (*path, number), f"{what} `{word}` is named twice", "name it once")
        seen.add(word)


def _one(
    draft: Draft, file: str, path: Path, entry: dict[str, Any], known: Known, what: str, where: str
) -> Iterator[Problem]:
    word = entry.get(str(path[-1]))
    if isinstance(word, str) and word and (failed := unknown(word, known, what, where)):
        yield draft.at_key(file, path, *failed)


def check_cycles(draft: Draft) -> Iterator[Problem]:
    """Find steps that wait for themselves, steps fitted from each other, and items that repeat each other."""
    steps = draft.tables_of(_STEPS, "steps")
    waits = {str(s.get("id")): [word for _, word in texts_in(s.get("prerequisites"))] for _, s in steps}
    borrows = {str(s.get("id")): [s["fitted_from"]] for _, s in steps if isinstance(s.get("fitted_from"), str)}
    where = {str(s.get("id")): path for path, s in steps}
    items = draft.tables_of(_ITEMS, "items")
    repeats = {str(path[-1]): [one["repeats"]] for path, one in items if isinstance(one.get("repeats"), str)}
    at_item: dict[str, Path] = {str(path[-1]): path for path, _ in items}
    others = draft.tables_of(_OTHERS, "steps")
    needs = {str(s.get("id")): [word for _, word in texts_in(s.get("prerequisites"))] for _, s in others}
    for file, key, edges, places, says in (
        (_OTHERS, "prerequisites", needs, {str(s.get("id")): path for path, s in others}, "waits for itself"),
        (_STEPS, "prerequisites", waits, where, "waits for itself"),
        (_STEPS, "fitted_from", borrows, where, "borrows from itself"),
        (_ITEMS, "repeats", repeats, at_item, "repeats itself"),
    ):
        for circle in _circles(edges):
            round_trip = " → ".join(f"`{one}`" for one in (*circle, circle[0]))
            path = (*places[circle[0]], key)
            yield draft.at_key(file, path, f"`{circle[0]}` {says}: {round_trip}", "break the circle at one of these")


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
        needed = {
            "all": max(count, 1),
            "two_thirds": max(math.ceil(2 * count / 3), 1),
            "majority": count // 2 + 1,
            "sponsors": len(sponsors),
        }.get(str(rule), 0)
        if needed > count:
            problem = f"the rule `{rule}` needs {needed} votes, and there are {count} members"
            yield draft.at_key(_STEPS, (*path, "rule"), problem, "add the members, or change the rule")
        if rule == "sponsors" and not sponsors:
            hint = 'name them: sponsors = ["…"]'
            yield draft.at_key(_STEPS, (*path, "rule"), "the rule is `sponsors`, and none is named", hint)
        if sponsors and rule != "sponsors":
            problem = f"sponsors are named, and the rule is `{rule}`"
            yield draft.at_key(_STEPS, (*path, "sponsors"), problem, 'remove them, or write rule = "sponsors"')


def check_effects(draft: Draft) -> Iterator[Problem]:
    """Find effects of measures that move no parameter of this case, or whose range is reversed."""
    targets = targets_of(draft)
    for path, measure in draft.tables_of(_MEASURES, "measures"):
        effects = measure.get("effects")
        for number, effect in enumerate(effects if isinstance(effects, list) else ()):
            if not isinstance(effect, dict):
                continue
            place = (*path, "effects", number)
            target = effect.get("target")
            known = None if targets is None else frozenset(targets)
            if isinstance(target, str) and (failed := unknown(target, known, "parameter", "the model of this case")):
                hint = suggest(target, sorted(known or ()), "docs/case-format.md lists what a measure may move")
                yield draft.at_key(_MEASURES, (*place, "target"), failed[0], hint)
            low, value, high = (effect.get(key) for key in ("low", "value", "high"))
            if all(isinstance(one, int | float) for one in (low, value, high)) and not low <= value <= high:  # type: ignore[operator]
                problem = f"the range {low} to {high} does not hold the value {value}"
                yield draft.at_key(_MEASURES, (*place, "low"), problem, "order them: low, then value, then high")


def targets_of(draft: Draft) -> dict[str, Domain] | None:
    """Name what a measure may move, with what it may be; None if a file that says so could not be read."""
    read = model_parts(draft)
    return None if read is None else movable_targets(*read)


def model_parts(draft: Draft) -> tuple[Any, frozenset[str], frozenset[str]] | None:
    """Give pathways.toml as it stands, the members, and the steps that nobody ratifies; None if one is unknown."""
    steps, members = draft.ids_of(_STEPS, "steps"), draft.column("members.csv", "member")
    if steps is None or members is None or _PATHWAYS not in draft.tomls:
        return None
    ratified = {str(step.get("id")) for _, step in draft.tables_of(_STEPS, "steps") if step.get("ratified") is True}
    return draft.raw(_PATHWAYS), members, steps - ratified


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
