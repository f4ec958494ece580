"""Quotable values of the evaluation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from shteg.estimates import Value, quote
from shteg.evaluation.compared import ModelScore
from shteg.evaluation.models import BASE_RATE, POOL, SEEDS
from shteg.evaluation.scoring import StepRows
from shteg.evaluation.skill import Ratio, Removal
from shteg.evaluation.summary import ALL, ALL_HORIZONS, COUNTRIES, PLAIN, WITHOUT_FAST, SkillRow
from shteg.evidence.case import Case
from shteg.intervals import LEVEL

_NAMES = {"steps": "ladder", "rungs": "rungs"}
_MAIN_SCORE = {"steps": "log", "rungs": "rps"}

Quote = Callable[..., tuple[Value, ...]]
"""`estimates.quote`, its sources given."""


def quote_for(case: Case) -> Quote:
    """Give what quotes numbers of the evaluation: they rest on the ladder's events, spells of seeking and blocks."""
    rows = [*case.ladder, *case.seeking, *case.own_objections]
    found = {row.source for row in rows} | {step.source for step in case.steps if step.events}
    verified = all(row.verified for row in rows)
    return partial(quote, label="computed", sources=tuple(sorted(found)) or ("case",), verified=verified, level=LEVEL)


def _quote_skill(value: Quote, rows: Iterable[Mapping[str, Any]]) -> tuple[Value, ...]:
    """Quote skills (1 perfect, 0 no better than the baseline), each with its id, message and details in the row."""
    return value(
        rows,
        id="{id}",
        number="skill",
        unit="score",
        decimals=2,
        low=lambda row: row.get("low"),
        high=lambda row: row.get("high"),
        label_key="value.evaluation.{key}",
        label_args=lambda row: row.get("args", {}),
        method="evaluation#skill",
        details=lambda row: row["details"],
    )


def skill_values(value: Quote, rows: Iterable[SkillRow], fast: Sequence[str]) -> tuple[Value, ...]:
    """Give the skill over the base rate by model and horizon, in the main score of each subject.

    Parameters
    ----------
    value : Quote
        As `quote_for` gives it.
    rows : iterable of SkillRow
        The skill table.
    fast : sequence of str
        Countries of the fast lane.

    Returns
    -------
    tuple of Value
    """
    found = []
    for row in rows:
        if row.verdict == "not_identified" or row.baseline != BASE_RATE:
            continue
        if row.score != _MAIN_SCORE.get(row.subject, "log") or row.weighting != PLAIN:
            continue
        subject, model = _NAMES.get(row.subject), row.model.replace("_", "-")
        args: dict[str, str] = {}
        details: dict[str, str | float] = {"forecasts": row.forecasts, "events": row.events, "verdict": row.verdict}
        if subject is None:
            key = row.subject.replace("_", "-")
            name = f"{key}.model.all"
        elif row.part == WITHOUT_FAST:
            name, key = f"{subject}.{model}.without-fast-lane", f"{subject}-without-fast-lane"
            details["countries"] = ", ".join(fast)
        elif row.part != ALL:
            step = row.part.partition(":")[2]
            name, key, args = f"step.{step}", "step", {"step": f"step:{step}"}
        elif row.horizon == ALL_HORIZONS:
            name, key = f"{subject}.{model}.all", f"{subject}-all.{model}"
        else:
            name, key, args = f"{subject}.{model}.{row.horizon}", f"{subject}.{model}", {"years": str(row.horizon)}
        number = {"skill": row.skill, "low": row.low, "high": row.high}
        found.append({"id": f"skill.{name}", "key": key, "args": args, "details": details, **number})
    return _quote_skill(value, found)


def ladder_values(
    value: Quote, models: Iterable[ModelScore], steps: StepRows, fast: Sequence[str]
) -> tuple[Value, ...]:
    """Give the verdict on the pool, under how many seeds it holds, and how much was scored.

    Parameters
    ----------
    value : Quote
        As `quote_for` gives it.
    models : iterable of ModelScore
        The models side by side.
    steps : StepRows
        All forecasts of steps.
    fast : sequence of str
        Countries of the fast lane.

    Returns
    -------
    tuple of Value
    """
    scored = zip(steps.country, steps.step, steps.happened, strict=True)
    counts = {
        "forecasts": len(steps.origin),
        "events": len({(country, step) for country, step, happened in scored if happened}),
        "countries": len(set(steps.country)),
        "origins": len(set(steps.origin)),
        "fast-lane": len(fast),
    }
    whole = [one for one in models if (one.part, one.model) == (ALL, POOL)]
    pool = [one for one in whole if one.weighting == PLAIN]
    equal = [
        {"id": "skill.pool.equal", "key": "pool-equal", "details": {"verdict": one.verdict}, "skill": one.skill,
         "low": one.low, "high": one.high}
        for one in whole if one.weighting == COUNTRIES and one.verdict != "not_identified"
    ]  # fmt: skip
    return (
        *value(
            pool,
            id="skill.pool.verdict",
            number="verdict",
            unit="text",
            label_key="value.evaluation.pool-verdict",
            method="evaluation#rule",
            details=("seeds_better", "seeds_worse"),
        ),
        *value(
            [
                {"name": name, "number": float(number)}
                for one in pool
                for name, number in (
                    ("seeds-better", one.seeds_better),
                    ("seeds-worse", one.seeds_worse),
                    ("seeds", SEEDS),
                )
            ],
            id="skill.pool.{name}",
            number="number",
            unit="count",
            label_key="value.evaluation.pool-{name}",
            method="evaluation#rule",
        ),
        *_quote_skill(value, equal),
        *value(
            [{"name": name, "number": float(number)} for name, number in counts.items()],
            id="skill.ladder.{name}",
            number="number",
            unit="count",
            label_key="value.evaluation.{name}",
            method="evaluation#origins",
        ),
    )


def removal_values(value: Quote, one: Sequence[Removal], two: Sequence[Removal], total: float) -> tuple[Value, ...]:
    """Give the skill without the country, and without the pair, that change it most to the worse and to the better.

    Parameters
    ----------
    value : Quote
        As `quote_for` gives it.
    one, two : sequence of Removal
        Without each country and each pair, from the lowest to the highest skill.
    total : float
        The skill with all.

    Returns
    -------
    tuple of Value
        None where what is left cannot be compared.
    """
    found = []
    for name, removals in (("one", one), ("two", two)):
        if not removals or abs(removals[0].skill) > 10.0:
            continue
        for end, removal in (("lowest", removals[0]), ("highest", removals[-1])):
            key = f"{end}-without-{name}"
            details = {"without": ", ".join(removal.without), "with_all": total}
            found.append({"id": f"skill.ladder.pool.{key}", "key": key, "skill": removal.skill, "details": details})
    return _quote_skill(value, found)


def ratio_values(value: Quote, ratios: Iterable[Ratio]) -> tuple[Value, ...]:
    """Give events observed over expected of the pool, by horizon."""
    sure = [one for one in ratios if one.model == POOL and one.part == ALL and one.low < one.high]
    ratio = partial(
        value,
        number="ratio",
        decimals=2,
        low="low",
        high="high",
        method="evaluation#calibration",
        details=("observed", "expected"),
    )
    return (
        *ratio(
            [one for one in sure if one.horizon == ALL_HORIZONS],
            id="skill.ladder.observed-expected.all",
            label_key="value.evaluation.observed-expected-all",
        ),
        *ratio(
            [one for one in sure if one.horizon != ALL_HORIZONS],
            id="skill.ladder.observed-expected.{horizon}",
            label_key="value.evaluation.observed-expected",
            label_args={"years": "{horizon}"},
        ),
    )
