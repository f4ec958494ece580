"""Any past day of every shipped case goes through the stages: few draws, the whole way to the ranking."""

from dataclasses import replace
from datetime import date

import pytest

from shteg.accession import estimate_accession
from shteg.edition import Options
from shteg.evidence import Case, find_case, read_case
from shteg.pathways import simulate_pathways
from shteg.recommendations import rank_measures
from shteg.stance import estimate_stances

DAYS = {
    "demo": ("1994-04-01", "2000-01-01", "2016-02-29"),
    "kosovo-nato": ("1949-08-24", "2008-02-18"),
    "kosovo-coe": ("1949-05-05", "1992-02-29"),
}
MORE_DAYS = {"demo": ("1996-02-29", "2012-12-31"), "kosovo-nato": ("1983-01-01",)}


def pairs(days: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(name, day) for name, found in days.items() for day in found]


def few(case: Case) -> Case:
    return replace(case, pathways=case.pathways.model_copy(update={"draws": 20, "worlds_per_draw": 5}))


def walk(case: Case, day: str) -> tuple[Case, dict[str, float]]:
    seen = few(Options(as_of=date.fromisoformat(day)).filter(case))
    pathways = simulate_pathways(seen, estimate_stances(seen), estimate_accession(seen), threads=2)
    ranked = rank_measures(seen, pathways)
    values = (*pathways.values, *ranked.values)
    return seen, {one.id: float(one.number) for one in values if not isinstance(one.number, str)}


@pytest.mark.parametrize(
    ("name", "day"), [*pairs(DAYS), *(pytest.param(*one, marks=pytest.mark.slow) for one in pairs(MORE_DAYS))]
)
def test_a_past_day_goes_all_the_way(name: str, day: str) -> None:
    seen, values = walk(read_case(find_case(name)), day)
    for step in seen.steps:
        for year in seen.pathways.report_years:
            assert 0.0 <= values[f"forecast.pathways.{step.id}.{year}"] <= 1.0
    assert values["measures.count"] == len(seen.recommendations.measures)


def test_a_day_on_which_every_measure_is_passed_over() -> None:
    case = read_case(find_case("demo"))
    measures = tuple(one for one in case.recommendations.measures if one.id == "recognition-drive")
    only = replace(case, recommendations=case.recommendations.model_copy(update={"measures": measures}))
    seen, values = walk(only, "2005-01-01")
    assert seen.recommendations.measures == ()
    assert 0.0 <= values["forecast.pathways.member.2046"] <= 1.0
    assert not [name for name in values if name.startswith(("effect.", "measure."))]
