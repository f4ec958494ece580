"""Quotable values of the evaluation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shteg.estimates import Value
from shteg.evaluation.base_forecast import BaseForecast
from shteg.evaluation.models import BASE_RATE, FULL
from shteg.evaluation.scoring import StepRows
from shteg.evaluation.skill import Ratio, Removal
from shteg.evaluation.summary import ALL, ALL_HORIZONS, WITHOUT_FAST, SkillRow, leading
from shteg.evidence.case import Case

LEVEL = 0.90
_NAMES = {"steps": "ladder", "rungs": "rungs"}
_MAIN_SCORE = {"steps": "log", "rungs": "rps"}


class Provenance:
    """Where the numbers come from: the ladder's events, spells of seeking and blocks."""

    def __init__(self, case: Case) -> None:
        rows = [*case.ladder, *case.seeking, *case.blocks]
        found = {row.source for row in rows} | {step.source for step in case.steps if step.events}
        self.sources = tuple(sorted(found)) or ("case",)
        self.verified = all(row.verified for row in rows)

    def skill(self, name: str, number: float, key: str, bounds: tuple[float, float] | None, args: Mapping[str, str],
              details: Mapping[str, str | float]) -> Value:  # fmt: skip
        """Make a value that is a skill (1 perfect, 0 no better than the baseline), with its interval."""
        low, high = bounds if bounds else (None, None)
        return Value(
            id=name, number=number, unit="score", decimals=2, label="computed", label_key=f"value.evaluation.{key}",
            label_args=args, source_ids=self.sources, method="evaluation#skill", low=low, high=high,
            level=LEVEL if bounds else None, verified=self.verified, details=details,
        )  # fmt: skip

    def count(self, name: str, number: float, key: str) -> Value:
        """Make a value that is a count."""
        return Value(
            id=name, number=float(number), unit="count", decimals=0, label="computed",
            label_key=f"value.evaluation.{key}", source_ids=self.sources, method="evaluation#origins",
            verified=self.verified,
        )  # fmt: skip


def skill_values(case: Case, rows: Sequence[SkillRow], fast: Sequence[str]) -> list[Value]:
    """Give the skill over the base rate by model and horizon, in the main score of each subject."""
    origin = Provenance(case)
    found = []
    for row in rows:
        if row.found is None or row.verdict == "not_identified" or row.baseline != BASE_RATE:
            continue
        if row.score != _MAIN_SCORE.get(row.subject, "log"):
            continue
        model = row.model.replace("_", "-")
        details: dict[str, str | float] = {"forecasts": row.found.forecasts, "events": row.events}
        details["verdict"] = row.verdict
        bounds = (row.found.low, row.found.high)
        args: dict[str, str] = {}
        if row.subject not in _NAMES:
            key = row.subject.replace("_", "-")
            name = f"skill.{key}.model.all"
        elif row.part == WITHOUT_FAST:
            name = f"skill.{_NAMES[row.subject]}.{model}.without-fast-lane"
            key = f"{_NAMES[row.subject]}-without-fast-lane"
            details["countries"] = ", ".join(fast)
        elif row.part != ALL:
            step = row.part.partition(":")[2]
            name, key, args = f"skill.step.{step}", "step", {"step": f"step:{step}"}
        elif row.horizon == ALL_HORIZONS:
            name, key = f"skill.{_NAMES[row.subject]}.{model}.all", f"{_NAMES[row.subject]}-all.{model}"
        else:
            name = f"skill.{_NAMES[row.subject]}.{model}.{row.horizon}"
            key, args = f"{_NAMES[row.subject]}.{model}", {"years": str(row.horizon)}
        found.append(origin.skill(name, row.found.skill, key, bounds, args, details))
    return found


def ladder_values(case: Case, rows: Sequence[SkillRow], steps: StepRows, fast: Sequence[str]) -> list[Value]:
    """Give which forecast leads, and how much was scored."""
    origin = Provenance(case)
    events = {(c, s) for c, s, y in zip(steps.country, steps.step, steps.happened, strict=True) if y}
    return [
        Value(
            id="skill.ladder.leads", number=leading(rows), unit="text", decimals=0, label="computed",
            label_key="value.evaluation.leads", source_ids=origin.sources, method="evaluation#rule",
            verified=origin.verified,
        ),
        origin.count("skill.ladder.forecasts", len(steps.origin), "forecasts"),
        origin.count("skill.ladder.events", len(events), "events"),
        origin.count("skill.ladder.countries", len(set(steps.country)), "countries"),
        origin.count("skill.ladder.origins", len(set(steps.origin)), "origins"),
        origin.count("skill.ladder.fast-lane", len(fast), "fast-lane"),
    ]  # fmt: skip


def removal_values(case: Case, one: Sequence[Removal], two: Sequence[Removal], total: float) -> list[Value]:
    """Give the skill without the country, and without the pair, that change it most to the worse and to the better."""
    origin = Provenance(case)
    found = []
    for name, removals in (("one", one), ("two", two)):
        if not removals or abs(removals[0].skill) > 10.0:
            continue
        low, high = removals[0], removals[-1]
        for end, removal in (("lowest", low), ("highest", high)):
            found.append(
                origin.skill(
                    f"skill.ladder.full.{end}-without-{name}", removal.skill, f"{end}-without-{name}", None, {},
                    {"without": ", ".join(removal.without), "with_all": total},
                )
            )  # fmt: skip
    return found


def ratio_values(case: Case, ratios: Mapping[tuple[str, int, str], Ratio]) -> list[Value]:
    """Give events observed over expected of the full model, by horizon."""
    origin = Provenance(case)
    found = []
    for (part, horizon, model), one in ratios.items():
        if model != FULL or part != ALL or not one.low < one.high:
            continue
        last = "all" if horizon == ALL_HORIZONS else str(horizon)
        found.append(
            Value(
                id=f"skill.ladder.observed-expected.{last}", number=one.ratio, unit="ratio", decimals=2,
                label="computed", source_ids=origin.sources, method="evaluation#calibration",
                label_key=f"value.evaluation.observed-expected{'-all' if last == 'all' else ''}",
                label_args={} if last == "all" else {"years": last}, low=one.low, high=one.high, level=LEVEL,
                verified=origin.verified,
                details={"observed": one.observed, "expected": one.expected},
            )
        )  # fmt: skip
    return found


def base_rate_values(case: Case, forecasts: Sequence[BaseForecast]) -> list[Value]:
    """Give the aspirant's next steps at the base rate."""
    origin = Provenance(case)
    return [
        Value(
            id=f"baserate.{one.step}.{one.year}", number=one.probability, unit="share", decimals=0, label="estimated",
            label_key="value.evaluation.base-rate", label_args={"step": f"step:{one.step}", "year": str(one.year)},
            source_ids=origin.sources, method="evaluation#rule", low=one.low, high=one.high, level=LEVEL,
            verified=origin.verified,
            details={"events": one.events, "exposure_years": one.exposure_years},
        )
        for one in forecasts
    ]  # fmt: skip
