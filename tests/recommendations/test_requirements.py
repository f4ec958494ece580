"""Requirements: counts, progress, and what cannot be known staying unknown."""

import dataclasses

import pytest

from shteg.evidence.case import Case
from shteg.evidence.records.facts import Reading, Requirement
from shteg.recommendations import count_statuses, measure_progress
from shteg.recommendations.stage import _requirement_values
from tests.pathways.rich import rich_case


def requirement(name: str, status: str, **fields: object) -> Requirement:
    words = {key: {"en": name, "sq": name} for key in ("title", "indicator")}
    given = {"area": "law", "source": "made-up", "grade": "A1", **fields}
    return Requirement(id=name, status=status, **words, **given)


def reading(name: str, value: float, day: str, known: str | None = None) -> Reading:
    return Reading(requirement=name, value=value, happened_on=day, known_on=known, source="made-up", grade="B2")


@pytest.fixture
def case() -> Case:
    requirements = (
        requirement("halfway", "in_progress", baseline=2, target=10),
        requirement("falling", "in_progress", baseline=10, target=0),
        requirement("backwards", "not_met", baseline=1, target=3, area="army"),
        requirement("beyond", "met", baseline=0, target=1),
        requirement("no-target", "unknown", baseline=1),
        requirement("no-reading", "unknown", baseline=0, target=1, area="army"),
        requirement("flat", "unknown", baseline=1, target=1),
    )
    readings = (
        reading("halfway", 6, "2025"),
        reading("halfway", 3, "2024-05"),
        reading("falling", 7.5, "2024", "2024-12-31"),
        reading("falling", 2.5, "2024", "2025-03"),
        reading("backwards", 0, "2020"),
        reading("beyond", 2, "2022"),
        reading("no-target", 5, "2022"),
        reading("flat", 1, "2022"),
    )
    return dataclasses.replace(rich_case(), requirements=requirements, readings=readings)


def test_progress_is_told_as_it_is(case: Case) -> None:
    shares = {one.requirement.id: one.share for one in measure_progress(case)}
    assert shares == {
        "halfway": 0.5,
        "falling": 0.75,
        "backwards": -0.5,
        "beyond": 2.0,
        "no-target": None,
        "no-reading": None,
        "flat": None,
    }


def test_statuses_are_counted_by_area(case: Case) -> None:
    counts = count_statuses(case)
    assert counts["law"]["in_progress"] == 2
    assert counts["army"] == {"met": 0, "claimed_met": 0, "in_progress": 0, "not_met": 1, "not_open": 0, "unknown": 1}
    values = {value.id: value.number for value in _requirement_values(case)}
    assert values["requirements.count"] == 7
    assert values["requirements.unknown"] == 3
    assert sum(values.values()) == 14
