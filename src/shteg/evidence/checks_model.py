"""Checks of the model: what each parameter may be, how a measure may move it, and how long each step takes."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from shteg.errors import Problem
from shteg.evidence.draft import Draft
from shteg.evidence.toml_positions import Path

_STEPS, _PATHWAYS, _MEASURES = "steps.toml", "pathways.toml", "recommendations.toml"
_DOMAINS: dict[tuple[str, str], tuple[float, bool, float | None, str]] = {
    ("consent", "statehood"): (0.0, True, None, "it cannot be negative"),
    ("consent", "common_factor"): (0.0, True, None, "it cannot be negative"),
    ("consent", "change_rate"): (0.0, True, None, "a rate cannot be negative"),
    ("consent", "defection"): (0.0, True, 1.0, "it is a share, from 0 to 1"),
    ("consent", "onset"): (0.0, True, None, "a rate cannot be negative"),
    ("consent", "end"): (0.0, True, None, "a rate cannot be negative"),
    ("withdrawal", "rate"): (0.0, True, None, "a rate cannot be negative"),
    ("withdrawal", "return_rate"): (0.0, True, None, "a rate cannot be negative"),
    ("reversals", ""): (0.0, True, None, "a rate cannot be negative"),
    ("settlement", "rate"): (0.0, True, None, "a rate cannot be negative"),
    ("settlement", "follow"): (0.0, True, 1.0, "it is a probability, from 0 to 1"),
    ("areas", "median_years"): (0.0, False, None, "it must be more than 0"),
    ("areas", "shape"): (0.0, False, None, "it must be more than 0"),
    ("shocks", "rate"): (0.0, True, None, "a rate cannot be negative"),
    ("shocks", "duration_years"): (0.0, False, None, "it must be more than 0"),
    ("procedures", ""): (0.0, False, None, "it must be more than 0"),
}
"""By table and key: lower bound, whether the bound itself goes, upper bound, hint."""


def check_parameters(draft: Draft) -> Iterator[Problem]:
    """Find parameters whose range leaves what they can be."""
    for path, parameter in _parameters(draft):
        table = str(path[0])
        domain = _DOMAINS.get((table, "" if table in ("procedures", "reversals") else str(path[-1])))
        low, high = parameter.get("low"), parameter.get("high")
        if domain is None or not _number(low) or not _number(high):
            continue
        bound, inclusive, upper, hint = domain
        if low < bound or (low == bound and not inclusive):
            problem = f"the range of `{path[-1]}` begins at {low}"
            yield draft.at_key(_PATHWAYS, (*path, "low"), problem, hint)
        if upper is not None and high > upper:
            problem = f"the range of `{path[-1]}` ends at {high}"
            yield draft.at_key(_PATHWAYS, (*path, "high"), problem, hint)


def _parameters(draft: Draft) -> Iterator[tuple[Path, dict[str, Any]]]:
    for table in ("consent", "settlement", "withdrawal", "procedures", "reversals"):
        for path, entry in draft.tables_of(_PATHWAYS, table):
            if path == ("consent", "episodes"):
                yield from (((*path, key), one) for key, one in entry.items() if isinstance(one, dict))
            else:
                yield path, entry
    for table in ("areas", "shocks"):
        for path, entry in draft.tables_of(_PATHWAYS, table):
            for key, one in entry.items():
                if isinstance(one, dict):
                    yield (*path, key), one


def _number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_operations(draft: Draft) -> Iterator[Problem]:
    """Find effects that multiply where nothing can be multiplied, or by what no factor can be."""
    for path, measure in draft.tables_of(_MEASURES, "measures"):
        effects = measure.get("effects")
        for number, effect in enumerate(effects if isinstance(effects, list) else ()):
            if not isinstance(effect, dict) or effect.get("operation") != "multiply":
                continue
            place: Path = (*path, "effects", number)
            target, low = str(effect.get("target")), effect.get("low")
            if target.startswith("consent.member."):
                hint = 'write operation = "add": the effect is on the logit scale'
                problem = "the consent of one member has nothing to multiply"
                yield draft.at_key(_MEASURES, (*place, "operation"), problem, hint)
            if _number(low) and (low < 0 or (low == 0 and target.startswith("step."))):
                hint = "a factor cannot be negative, and a rate cannot be multiplied by 0"
                yield draft.at_key(_MEASURES, (*place, "low"), f"the factor may be {low}", hint)


def check_step_times(draft: Draft) -> Iterator[Problem]:
    """Find steps of which nothing tells how long they take, and ratified ones that nobody ratifies."""
    procedures = draft.keys_of(_PATHWAYS, "procedures") or frozenset()
    if _PATHWAYS not in draft.tomls:
        return
    for path, step in draft.tables_of(_STEPS, "steps"):
        if step.get("ratified") is True:
            if step.get("rule") == "none":
                hint = "give it a rule, or set ratified = false"
                yield draft.at_key(_STEPS, (*path, "rule"), "the step is ratified, and its rule is `none`", hint)
        elif not step.get("events") and step.get("fitted_from") is None and str(step.get("id")) not in procedures:
            problem = f"nothing tells how long the step `{step.get('id')}` takes"
            hint = "give it `events` of ladder.csv, or `fitted_from`, or a median under [procedures] of pathways.toml"
            yield draft.at_key(_STEPS, path, problem, hint)
