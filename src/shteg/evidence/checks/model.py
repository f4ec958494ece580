"""Checks of the model: what each parameter may be, how a measure may move it, and how long each step takes."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from shteg.errors import Problem
from shteg.evidence.checks.path import targets_of
from shteg.evidence.files.draft import Draft
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.parameters import HINTS, find_parameters, outside

_STEPS, _PATHWAYS, _MEASURES = "steps.toml", "pathways.toml", "recommendations.toml"
LARGEST_FACTOR = 1000
"""No measure multiplies a parameter by more, or adds more to it."""


def check_worlds(draft: Draft) -> Iterator[Problem]:
    """Find a simulation in which chance cannot be told from ignorance."""
    if draft.raw(_PATHWAYS, "worlds_per_draw") == 1 and draft.raw(_PATHWAYS, "worlds_per_draw") is not True:
        problem = "`worlds_per_draw` is 1: chance cannot be told from ignorance"
        yield draft.at_key(_PATHWAYS, ("worlds_per_draw",), problem, "give at least 2")


def check_parameters(draft: Draft) -> Iterator[Problem]:
    """Find parameters whose range leaves what they can be."""
    for one in find_parameters(draft.raw(_PATHWAYS)):
        for key, verb in (("low", "begins"), ("high", "ends")):
            end = one.entry.get(key)
            if _number(end) and outside(end, one.domain):
                problem = f"the range of `{one.path[-1]}` {verb} at {end}"
                yield draft.at_key(_PATHWAYS, (*one.path, key), problem, HINTS[one.domain])


def _number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_operations(draft: Draft) -> Iterator[Problem]:
    """Find effects that multiply where nothing can be multiplied, or by what no factor can be."""
    targets = targets_of(draft) or {}
    for path, measure in draft.tables_of(_MEASURES, "measures"):
        effects = measure.get("effects")
        for number, effect in enumerate(effects if isinstance(effects, list) else ()):
            if isinstance(effect, dict):
                place: Path = (*path, "effects", number)
                if effect.get("operation") == "multiply":
                    yield from _check_factor(draft, place, effect)
                elif effect.get("operation") == "add":
                    limit = 100 if targets.get(str(effect.get("target"))) == "real" else LARGEST_FACTOR
                    hint = f"a sum on the scale of this parameter lies between -{limit:,} and {limit:,}"
                    yield from _check_reach(draft, place, effect, limit, "added value", hint)


def _check_factor(draft: Draft, place: Path, effect: dict[str, Any]) -> Iterator[Problem]:
    target, low = str(effect.get("target")), effect.get("low")
    if target.startswith("consent.member."):
        hint = 'write operation = "add": the effect is on the logit scale'
        problem = "the consent of one member has nothing to multiply"
        yield draft.at_key(_MEASURES, (*place, "operation"), problem, hint)
    if _number(low) and (low < 0 or (low == 0 and target.startswith("step."))):
        hint = "a factor cannot be negative, and a rate cannot be multiplied by 0"
        yield draft.at_key(_MEASURES, (*place, "low"), f"the factor may be {low}", hint)
    yield from _check_reach(draft, place, effect, LARGEST_FACTOR, "factor", f"give a factor up to {LARGEST_FACTOR:,}")


def _check_reach(
    draft: Draft, place: Path, effect: dict[str, Any], limit: int, what: str, hint: str
) -> Iterator[Problem]:
    for key in ("low", "high"):
        if _number(end := effect.get(key)) and abs(end) > limit:
            yield draft.at_key(_MEASURES, (*place, key), f"the {what} may be {end}", hint)


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
