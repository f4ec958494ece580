"""A small made-up case for tests of the stance and accession rooms."""

from datetime import date
from pathlib import Path
from typing import Any

from shteg.evidence.case import Case
from shteg.evidence.records.base import Source
from shteg.evidence.records.case import CaseHeader, Pathways, Recommendations, Step
from shteg.evidence.records.facts import (
    Act,
    Item,
    LadderEvent,
    Member,
    NamedCountry,
    Ratification,
    SeekingSpell,
)

BOTH = {"en": "text", "sq": "tekst"}
ORGANISATION = "org"
GIVEN = {"source": "given", "grade": "B2"}


def parameter(value: float) -> dict[str, Any]:
    return {"value": value, "low": value, "high": value, "label": "assumed", "source": "given", "title": BOTH}


def member(code: str) -> Member:
    return Member(member=code, name={"en": code, "sq": code}, member_since="1990-01-01", **GIVEN)


def act(actor: str, item: str, value: str, day: str = "2020-01-01", **more: Any) -> Act:
    return Act(actor=actor, item=item, value=value, happened_on=day, **{**GIVEN, **more})


def item(levels: dict[str, int] | None = None, **more: Any) -> Item:
    return Item(**{"title": BOTH, "kind": "status", "levels": levels or {}, **more})


def step(identifier: str, rung: int, **more: Any) -> Step:
    return Step(**{"id": identifier, "title": BOTH, "rung": rung, "rule": "all", "statehood_content": 0.5,
                   "seeking": False, **GIVEN, **more})  # fmt: skip


def event(country: str, label: str, day: str) -> LadderEvent:
    return LadderEvent(country=country, event=label, happened_on=day, **GIVEN)


def country(code: str, independent_on: str | None = None) -> NamedCountry:
    return NamedCountry(country=code, independent_on=independent_on, **GIVEN)


def spell(code: str, start: str, end: str | None = None) -> SeekingSpell:
    return SeekingSpell(country=code, sought_from=start, sought_to=end, **GIVEN)


def ratification(candidate: str, by: str, day: str, stage: str = "deposit") -> Ratification:
    return Ratification(candidate=candidate, member=by, happened_on=day, stage=stage, **GIVEN)  # type: ignore[arg-type]


def make_case(*, draws: int = 400, seed: int = 7, as_of: date = date(2026, 1, 1), **parts: Any) -> Case:
    """Build a case from the parts that matter to a test; everything else is filled with harmless values."""
    header = CaseHeader(
        id="made-up", title=BOTH, aspirant="XAA", organisation={"id": ORGANISATION, "name": BOTH, "short": BOTH},
        as_of=as_of, seed=seed, languages=("en", "sq"), licence="none",
        authors=({"name": BOTH, "about": BOTH},), publisher=BOTH,
    )  # fmt: skip
    consent = dict.fromkeys(
        ("intercept", "slope", "statehood", "common_factor", "change_rate", "defection"), parameter(0.1)
    )
    pathways = Pathways(
        horizon_years=10, report_years=(2030,), draws=draws, worlds_per_draw=1, consent=consent
    )  # fmt: skip
    area = {"id": "a", "title": BOTH, "text": BOTH}
    measure = {"id": "m", "area": "a", "title": BOTH, "text": BOTH, "addressee": BOTH, "label": "assumed",
               "rationale": BOTH, "source": "given",
               "effects": ({"target": "consent.intercept", "operation": "add", "value": 0, "low": 0, "high": 0},),
               }  # fmt: skip
    filled: dict[str, Any] = {
        "root": Path("made-up"), "header": header,
        "sources": {"given": Source(title="t", publisher="p", grade="B2")},
        "members": (), "countries": (), "steps": (step("only", 1, events=("only",)),), "pathways": pathways,
        "recommendations": Recommendations(areas=(area,), measures=(measure,)), "items": {},
    }  # fmt: skip
    return Case(**{**filled, **parts})
