"""Made-up cases and made-up results of the earlier stages, for exact tests: point parameters unless told otherwise."""

import dataclasses
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from shteg.estimates import Column, Draws, StageResult, Table
from shteg.evidence.case import Case
from shteg.evidence.records.base import Localised, Parameter, Source
from shteg.evidence.records.case import (
    Area,
    Author,
    CaseHeader,
    Consent,
    Effect,
    Episodes,
    Measure,
    Organisation,
    Pathways,
    Recommendations,
    RequirementArea,
    Settlement,
    Shock,
    Step,
    Withdrawal,
)
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import Member

AS_OF = date(2026, 12, 31)  # the first year ends after 366 days of 365.25
MEMBERS = tuple(f"AA{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ") + tuple(f"XA{letter}" for letter in "ABCDEF")


def text(words: str) -> Localised:
    return Localised({"en": words, "sq": words})


def parameter(value: float, low: float | None = None, high: float | None = None, label: str = "assumed") -> Parameter:
    return Parameter(
        value=value,
        low=value if low is None else low,
        high=value if high is None else high,
        label=label,
        source="made-up",
        title=text("a parameter"),
    )


def step(name: str, **options: object) -> Step:
    fields = {"title": text(name), "rung": 1, "rule": "none", "statehood_content": 0.0, "source": "made-up"}
    return Step(id=name, grade="A1", **{**fields, **options})


def episodes(onset: float | None, stance: float = 0.0, end: float | None = 0.5) -> Episodes:
    return Episodes(
        onset=None if onset is None else parameter(onset),
        stance=parameter(stance),
        end=None if end is None else parameter(end),
    )


def withdrawal(rate: float, return_rate: float) -> Withdrawal:
    return Withdrawal(rate=parameter(rate), return_rate=parameter(return_rate))


def consent(**values: float | Parameter | Episodes) -> Consent:
    fields = {"intercept": 0.0, "slope": 1.0, "statehood": 0.0, "common_factor": 0.0, "change_rate": 0.1}
    named = {**fields, "defection": 0.0, **values}
    return Consent(**{k: v if isinstance(v, Parameter | Episodes) else parameter(v) for k, v in named.items()})


def area(name: str, median: float, shape: float, **options: object) -> RequirementArea:
    numbers = {"median_years": parameter(median), "shape": parameter(shape)}
    return RequirementArea(id=name, title=text(name), **numbers, **options)


def shock(name: str, rate: float, years: float, effect: float, **options: object) -> Shock:
    numbers = {"rate": parameter(rate), "duration_years": parameter(years), "effect": parameter(effect)}
    return Shock(id=name, title=text(name), **numbers, **options)


def settlement(rate: float, moves: tuple[str, ...], follow: float) -> Settlement:
    return Settlement(rate=parameter(rate), moves=moves, follow=parameter(follow))


def effect(target: str, operation: str, value: float, low: float | None = None, high: float | None = None) -> Effect:
    return Effect(
        target=target,
        operation=operation,
        value=value,
        low=value if low is None else low,
        high=value if high is None else high,
    )


def measure(name: str, *effects: Effect, start_years: float = 0.0, label: str = "assumed") -> Measure:
    words = {key: text(name) for key in ("title", "text", "addressee", "rationale")}
    options = {"area": "work", "label": label, "start_years": start_years, "source": "made-up"}
    return Measure(id=name, effects=effects, **options, **words)


def make_member(code: str) -> Member:
    since = DateInterval.parse("2000")
    return Member(member=code, name={"en": code, "sq": code}, member_since=since, source="made-up", grade="A1")


def make_case(
    steps: tuple[Step, ...],
    *,
    members: tuple[str, ...] = MEMBERS,
    consents: Consent | None = None,
    measures: tuple[Measure, ...] = (),
    horizon_years: int = 10,
    report_years: tuple[int, ...] = (2028, 2031, 2036),
    draws: int = 20,
    worlds: int = 100,
    seed: int = 1,
    **pathways: object,
) -> Case:
    words = text("made up")
    header = CaseHeader(
        id="made-up",
        title=words,
        aspirant="XZZ",
        organisation=Organisation(id="org", name=words, short=words),
        as_of=AS_OF,
        seed=seed,
        languages=("en", "sq"),
        licence="CC0",
        authors=(Author(name=words, about=words),),
        publisher=words,
    )
    return Case(
        root=Path(),
        header=header,
        sources={"made-up": Source(title="Made up", publisher="Nobody", grade="A1")},
        members=tuple(make_member(code) for code in members),
        countries=(),
        steps=steps,
        pathways=Pathways(
            horizon_years=horizon_years,
            report_years=report_years,
            draws=draws,
            worlds_per_draw=worlds,
            consent=consents or consent(),
            **pathways,
        ),
        recommendations=Recommendations(
            areas=(Area(id="work", title=words, text=words),),
            measures=measures or (measure("nothing", effect("consent.intercept", "add", 0.0)),),
        ),
        items={},
    )


def same_draws(values: dict[str, float] | np.ndarray, units: tuple[str, ...], draws: int, measure: str) -> Draws:
    row = [values[unit] for unit in units] if isinstance(values, dict) else values
    return Draws(
        values=np.broadcast_to(np.asarray(row, dtype=float), (draws, len(units))),
        units=units,
        measure=measure,
        label="estimated",
        source_ids=("made-up",),
    )


def stages(
    case: Case,
    theta: np.ndarray | None = None,
    rates: dict[str, float] | None = None,
    log_days: np.ndarray | None = None,
    sd: float = 0.5,
) -> tuple[StageResult, StageResult]:
    """Results of stance and accession with the same value in every draw; a rate not given is almost at once."""
    units, count = tuple(one.member for one in case.members), case.pathways.draws
    rates = {one.id: (rates or {}).get(one.id, 1e9) for one in case.steps if one.id not in case.pathways.procedures}
    theta = np.zeros(len(units)) if theta is None else theta
    log_days = np.full(len(units), 5.0) if log_days is None else log_days
    stance = StageResult(stage="stance", draws={"theta": same_draws(theta, units, count, "score")})
    accession = StageResult(
        stage="accession",
        draws={
            "log_rate": same_draws(np.log(list(rates.values())), tuple(rates), count, "log_rate_per_year"),
            "ratification_log_days": same_draws(log_days, units, count, "log_days"),
            "ratification_sd": same_draws(np.array([sd]), ("sd",), count, "log_days"),
        },
    )
    return stance, accession


def elapsed_table(years: dict[str, float]) -> Table:
    columns = (Column(name="step", description="Step."), Column(name="years", description="Years.", unit="years"))
    frame = pl.DataFrame({"step": list(years), "years": list(years.values())}, schema={"step": str, "years": float})
    return Table(name="elapsed", title="Waited so far", frame=frame, columns=columns, key=("step",))


def more_draws(
    accession: StageResult, elapsed: dict[str, float] | None = None, **quantities: dict[str, float]
) -> StageResult:
    """Add draws that are optional, the same in every draw: `veto`, `duration_effect`, `ratification_hold`."""
    count = len(accession.draws["log_rate"].values)
    more = {name: same_draws(values, tuple(values), count, "log_rate_per_year") for name, values in quantities.items()}
    tables = {} if elapsed is None else {"elapsed": elapsed_table(elapsed)}
    return dataclasses.replace(accession, draws={**accession.draws, **more}, tables={**accession.tables, **tables})
