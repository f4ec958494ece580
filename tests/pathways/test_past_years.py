"""The forecast as of every first of January: it can be made, and holds nothing that became known later."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from shteg.accession import estimate_accession
from shteg.edition import Options
from shteg.estimates import StageResult
from shteg.evidence import Case, find_case, read_case
from shteg.evidence.records.dates import DateInterval
from shteg.pathways import simulate_pathways
from shteg.stance import estimate_stances
from tests.pathways.worlds import same_draws

YEARS = {"kosovo-nato": range(2010, 2027), "kosovo-coe": range(2010, 2027, 4), "demo": range(1998, 2027, 4)}
DAYS = [(name, year) for name, years in YEARS.items() for year in years]
WHOLE = (("kosovo-nato", 2012), ("demo", 2010))
DRAWS, WORLDS = 20, 5


@cache
def whole(name: str) -> Case:
    return read_case(find_case(name))


def seen(case: Case, year: int) -> Case:
    known = Options(as_of=date(year, 1, 1)).filter(case)
    return replace(known, pathways=known.pathways.model_copy(update={"draws": DRAWS, "worlds_per_draw": WORLDS}))


def neutral(case: Case) -> StageResult:
    """Members without a stance: what the day leaves of everything else is what is asked here."""
    members = tuple(one.member for one in case.members)
    return StageResult(stage="stance", draws={"theta": same_draws(np.zeros(len(members)), members, DRAWS, "score")})


def forecast(case: Case, stance: StageResult) -> dict[str, float]:
    found = simulate_pathways(case, stance, estimate_accession(case), answers=False, threads=1)
    return {one.id: float(one.number) for one in found.values if not isinstance(one.number, str)}


@pytest.mark.parametrize(("name", "year"), DAYS)
def test_the_forecast_can_be_made_on_every_first_of_january(name: str, year: int) -> None:
    case = seen(whole(name), year)
    values = forecast(case, neutral(case))
    for step in case.steps:
        shares = [values[f"forecast.pathways.{step.id}.{one}"] for one in sorted(case.pathways.report_years)]
        assert all(0.0 <= a <= b <= 1.0 for a, b in zip([0.0, *shares], shares, strict=False))


@pytest.mark.slow
@pytest.mark.parametrize(("name", "year"), DAYS)
def test_the_whole_forecast_can_be_made(name: str, year: int) -> None:
    case = seen(whole(name), year)
    assert forecast(case, estimate_stances(case))


@pytest.mark.parametrize(("name", "year"), WHOLE)
def test_rows_that_became_known_later_change_no_number(name: str, year: int) -> None:
    """Every table with days of knowledge gets a row that was known a day too late; the day itself lets it in."""
    case, after = whole(name), DateInterval.parse(f"{year}-01-02")
    late = {
        table: tuple(row.model_copy(update={"known_on": after}) for row in getattr(case, table)[:3])
        for table in ("acts", "membership_votes", "ladder", "ratifications", "objections", "chronicle", "dyads")
    }
    more = replace(case, **{table: (*getattr(case, table), *rows) for table, rows in late.items()})
    one, other = seen(case, year), seen(more, year)
    assert [row for rows in late.values() for row in rows]
    assert forecast(one, estimate_stances(one)) == forecast(other, estimate_stances(other))
