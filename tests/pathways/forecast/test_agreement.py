"""Figures that do not agree stop the build and say which: each kind of break is planted."""

from dataclasses import replace

import pytest

from shteg.errors import ModelError
from shteg.pathways.engine.build_model import build_model
from shteg.pathways.forecast.agreement import check_agreement, check_forecast, check_same, nested_steps
from shteg.pathways.forecast.simulate import simulate_enough
from shteg.pathways.forecast.tables import lay_out
from tests.pathways.dynamic import dynamic_case, dynamic_stages
from tests.pathways.rich import rich_case, rich_stages

CELLS = {("low", 2030): 0.2, ("low", 2035): 0.5, ("high", 2030): 0.1, ("high", 2035): 0.4}
NEEDS = {"high": ("low",), "low": ("beside",)}
MISSES = {"low": 0.5, "high": 0.6}


def test_figures_that_agree_pass() -> None:
    check_agreement(CELLS, NEEDS, MISSES, "made up")


BREAKS = [
    ({("high", 2030): 0.3}, "high by 2030 is 0.3, and low, which it needs, 0.2"),
    ({("low", 2030): 0.6}, "low falls from 0.6 by 2030 to 0.5 by 2035"),
    ({("low", 2035): 1.2}, "low by 2035 is 1.2; low by 2035 is 1.2 and its complement 0.5"),
    ({("high", 2035): 0.45}, "high by 2035 is 0.45 and its complement 0.6"),
]


@pytest.mark.parametrize(("change", "told"), BREAKS)
def test_each_kind_of_break_is_told(change: dict[tuple[str, int], float], told: str) -> None:
    with pytest.raises(ModelError, match=told) as error:
        check_agreement({**CELLS, **change}, NEEDS, MISSES, "made up")
    assert "fault of the program" in error.value.hint


@pytest.mark.parametrize("lapses", [False, True])
def test_a_forecast_agrees_and_a_row_that_was_changed_does_not(lapses: bool) -> None:
    case = dynamic_case() if lapses else rich_case()
    stages = dynamic_stages(case) if lapses else rich_stages(case)
    done = simulate_enough(build_model(case, *stages, ()))
    found = lay_out(done.model, done.summary)
    check_forecast(done.model, found)
    needs = nested_steps(done.model)
    place = next(i for i, row in enumerate(found.incidence) if needs.get(row.step) and row.year > 2030)
    rows = list(found.incidence)
    rows[place] = replace(rows[place], probability=0.9999)
    with pytest.raises(ModelError, match=f"{rows[place].step} by {rows[place].year} is 0.9999"):
        check_forecast(done.model, replace(found, incidence=tuple(rows)))
    low = replace(found.incidence[place], low=found.incidence[place].probability + 0.01)
    with pytest.raises(ModelError, match="outside their intervals"):
        check_forecast(
            done.model, replace(found, incidence=(*found.incidence[:place], low, *found.incidence[place + 1 :]))
        )
    with pytest.raises(ModelError, match="and its complement"):
        check_forecast(done.model, replace(found, stops=found.stops[1:]))


def test_one_quantity_has_one_number() -> None:
    check_same(CELLS, {("low", 2035): 0.5 + 1e-12}, "made up")
    with pytest.raises(ModelError, match=r"low by 2035 is 0\.5 in the forecast and 0\.51 here"):
        check_same(CELLS, {("low", 2035): 0.51}, "made up")
