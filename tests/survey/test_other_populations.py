"""Figures about other populations are shown, and count for nothing that is said of this one."""

from dataclasses import replace

import pytest

from shteg.evidence import Case, find_case, read_case, shipped_cases
from shteg.survey.stage import estimate_opinion

OTHERS = ("trends", "trend_series", "trend_points", "house_effects", "coherence")


@pytest.mark.parametrize("name", shipped_cases())
def test_a_group_that_is_a_population_of_its_own_is_marked(name: str) -> None:
    case = read_case(find_case(name))
    assert [
        one.id
        for one in case.published
        if one.population == one.subgroup and one.subgroup_variable not in case.other_populations
    ] == []


def test_trends_and_checks_are_those_of_a_case_without_them(demo: Case) -> None:
    own = tuple(one for one in demo.published if one.subgroup_variable not in demo.other_populations)
    assert len(own) < len(demo.published)
    found, without = estimate_opinion(demo), estimate_opinion(replace(demo, published=own))
    for name in OTHERS:
        assert found.tables[name].frame.equals(without.tables[name].frame), name
    kinds = {value.id: value.label_key for value in found.values if value.label_key.startswith("value.survey.")}
    left = {value.id for value in without.values}
    elsewhere = {kind for name, kind in kinds.items() if name not in left}
    assert elsewhere == {"value.survey.published.elsewhere"}


def test_marked_as_parts_they_would_have_made_series_and_checks(demo: Case) -> None:
    found, as_parts = estimate_opinion(demo), estimate_opinion(replace(demo, other_populations=()))
    assert found.tables["trend_series"].frame.height < as_parts.tables["trend_series"].frame.height
    assert found.tables["published"].frame["elsewhere"].sum() > 0
