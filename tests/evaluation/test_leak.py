"""The leak test: what became known after an origin changes no forecast of it, in whatever table it stands."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.evaluation.backtest import forecast_origin
from shteg.evaluation.models import forecast_ladder
from shteg.evaluation.questions import origin_day
from shteg.evaluation.simulated import simulate_ladder
from shteg.evidence import find_case, read_case
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.model import Covariate, Government, Variable
from shteg.evidence.records.objections import Objection
from tests.evaluation.stand_in import fit_stand_in, simulate_stand_in
from tests.examples import examples

ORIGIN = 2008
DAY = origin_day(ORIGIN)
DATED = ("ladder", "acts", "ratifications", "chronicle", "readings", "partnerships", "published", "covariates",
         "governments", "comparison_events", "membership_votes")  # fmt: skip
LATER = DateInterval.of(date(2016, 5, 4))
EARLIER = DateInterval.of(date(2003, 3, 2))
SPELLS = {"seeking": ("sought_from", "sought_to"), "objections": ("began", "ended")}


@pytest.fixture(scope="module")
def case():
    """The demo, with rows in the tables that only models use, before and after the origin."""
    demo = read_case(find_case("demo"))
    trust = {"source": demo.ladder[0].source, "grade": "B2"}
    countries = sorted({event.country for event in demo.ladder})
    step = next(one.id for one in demo.steps if one.events)
    starts = [("2004", "2006"), ("2006", "2014"), ("2007-03", None), ("2012", None)]
    common = {"organisation": demo.header.organisation.id, "member": demo.members[0].member, "step": step,
              "ground": "law", **trust}  # fmt: skip
    trade = Variable(title={"en": "Trade", "sq": "Tregtia"}, use=("ladder",), centre=2010.0, scale=5.0)
    years = (2003, 2006, 2012, 2019)
    return replace(
        demo,
        objections=tuple(
            Objection(candidate=country, began=start, ended=stop, ending=stop and "dropped", **common)
            for country, (start, stop) in zip(countries, starts, strict=False)
        ),
        governments=tuple(
            Government(country=code, happened_on=year, **trust) for code in countries[:3] for year in ("2004", "2013")
        ),
        variables={**demo.variables, "trade": trade},
        covariates=tuple(
            Covariate(country=code, variable="trade", value=float(place + year), happened_on=str(year), **trust)
            for place, code in enumerate(countries)
            for year in years
        ),
    )


def later(row):
    return row.public_from > DAY


def shuffled(name, row):
    """Another row that could not be known at the origin either, and happened before it: what a leak would show."""
    del name
    return row.model_copy(update={"happened_on": EARLIER, "known_on": LATER})


def still_open(row, stop):
    return {stop: None, **({"ending": None} if "ending" in type(row).model_fields else {})}


def spoilt_spell(row, start, stop, action):
    if getattr(row, start).last > DAY:
        return None if action == "delete" else row.model_copy(update={start: LATER, **still_open(row, stop)})
    end = getattr(row, stop)
    if end is not None and end.last > DAY:
        later_end = {stop: DateInterval.of(date(2009, 1, 1))}
        return row.model_copy(update=still_open(row, stop) if action == "delete" else later_end)
    return row


def tamper(case, tables, action):
    """Delete, alter or add rows that became known after the origin."""
    changes = {}
    for name in tables:
        rows = getattr(case, name)
        if name in SPELLS:
            start, stop = SPELLS[name]
            kept = [spoilt_spell(row, start, stop, action) for row in rows]
            extra = (
                [row.model_copy(update={start: LATER, **still_open(row, stop)}) for row in rows]
                if action == "add"
                else []
            )
            changes[name] = tuple(row for row in (*kept, *extra) if row is not None)
        elif name == "members":
            changes[name] = tuple(
                row if row.member_since.last <= DAY else row.model_copy(update={"member_since": LATER})
                for row in rows
                if row.member_since.last <= DAY or action != "delete"
            )
        elif action == "delete":
            changes[name] = tuple(row for row in rows if not later(row))
        elif action == "alter":
            changes[name] = tuple(shuffled(name, row) if later(row) else row for row in rows)
        else:
            changes[name] = (*rows, *(shuffled(name, row) for row in rows))
    return replace(case, **changes)


def forecasts(case, fitter, simulator=simulate_stand_in):
    return forecast_origin(case, ORIGIN, (1, 3), fitter, simulator).plain()


@pytest.fixture(scope="module")
def untouched(case):
    return forecasts(case, fit_stand_in)


@pytest.mark.parametrize("action", ["delete", "alter", "add"])
@pytest.mark.parametrize("table", [*DATED, *SPELLS, "members"])
def test_no_table_leaks(case, untouched, table, action):
    assert forecasts(tamper(case, [table], action), fit_stand_in) == untouched


@pytest.fixture(scope="module")
def untouched_ladder(case):
    return forecasts(case, forecast_ladder)


@pytest.mark.parametrize("action", ["alter", *(pytest.param(one, marks=pytest.mark.slow) for one in ("delete", "add"))])
def test_the_ladder_model_does_not_leak(case, untouched_ladder, action):
    everything = [*DATED, *SPELLS, "members"]
    assert forecasts(tamper(case, everything, action), forecast_ladder) == untouched_ladder


@pytest.mark.parametrize("action", ["alter", *(pytest.param(one, marks=pytest.mark.slow) for one in ("delete", "add"))])
def test_the_simulation_does_not_leak(case, action):
    everything = [*DATED, *SPELLS, "members"]
    first, again = (forecasts(one, fit_stand_in, simulate_ladder) for one in (case, tamper(case, everything, action)))
    assert first["step_questions"]
    assert again == first


@examples(25)
@given(chosen=st.data())
def test_no_single_row_leaks(case, untouched, chosen):
    table = chosen.draw(st.sampled_from([name for name in DATED if any(later(row) for row in getattr(case, name))]))
    rows = getattr(case, table)
    places = [place for place, row in enumerate(rows) if later(row)]
    hit = chosen.draw(st.sets(st.sampled_from(places), min_size=1))
    delete = chosen.draw(st.booleans())
    spoilt = tuple(
        shuffled(table, row) if place in hit else row for place, row in enumerate(rows) if not (delete and place in hit)
    )
    assert forecasts(replace(case, **{table: spoilt}), fit_stand_in) == untouched


def test_what_was_known_does_change_forecasts(case, untouched):
    """The test above would pass for a model that looks at nothing."""
    fewer = replace(case, ladder=tuple(row for row in case.ladder if later(row)))
    assert forecasts(fewer, fit_stand_in) != untouched


def test_independence_that_has_not_come_asks_nothing(case):
    country = case.countries[0].country
    later_free = tuple(one.model_copy(update={"independent_on": LATER}) if one.country == country else one
                       for one in case.countries)  # fmt: skip
    found = forecasts(replace(case, countries=later_free), fit_stand_in)
    assert country not in {code for code, _ in found["step_questions"] + found["rung_questions"]}
