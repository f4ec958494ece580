"""Futures of any candidate against exact laws, and against what may not change them."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pytest
from scipy.linalg import expm

from shteg.accession import estimate_accession
from shteg.accession.ladder.person_period import PIECES
from shteg.edition import Options
from shteg.errors import ModelError
from shteg.estimates import StageResult
from shteg.evidence import Case, find_case, read_case
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import LadderEvent, NamedCountry, SeekingSpell
from shteg.evidence.records.objections import Objection
from shteg.pathways import simulate_pathways
from shteg.pathways.candidates import curves
from shteg.pathways.candidates.arrays import Shared
from shteg.pathways.candidates.curves import AspirantStages, CandidateCurves, candidate_curves
from tests.pathways.worlds import make_case, same_draws, step

CANDIDATE = "XAA"
GRID = (1.0, 3.0, 5.0, 10.0)
DRAWS, WORLDS = 20, 20_000
ERRORS = 4.0  # standard errors of all worlds: 1 in 16,000 by chance


@dataclass
class Rates:
    """A ladder whose rates are given: the same in every draw, no duration."""

    rates: dict[str, float]
    skip: float = 0.0

    def log_hazard(self, country: str, name: str, *, skipped: bool = False) -> np.ndarray:
        return np.full(DRAWS, np.log(self.rates[name]) + self.skip * skipped)

    def duration(self, name: str) -> np.ndarray:
        return np.zeros((DRAWS, len(PIECES)))


def ladder_case(members: tuple[str, ...], *, seeking: bool = False, objections: tuple[Objection, ...] = ()) -> Case:
    """Three steps one above the other, a country without any, and who objects to it."""
    day = DateInterval.parse("2000")
    every = {"source": "made-up", "grade": "A1"}
    rule = "all" if members else "none"
    steps = (
        step("low", rung=1, rule=rule, events=("low",), existed_from=day),
        step("middle", rung=2, rule=rule, events=("middle",), prerequisites=("low",), existed_from=day),
        step("high", rung=3, rule=rule, events=("high",), prerequisites=("middle",), existed_from=day),
    )
    steps = tuple(one.model_copy(update={"seeking": seeking}) for one in steps)
    case = make_case(steps, members=members, draws=DRAWS, worlds=WORLDS)
    country = NamedCountry(country=CANDIDATE, independent_on=DateInterval.parse("2010-01-01"), **every)
    sought = SeekingSpell(country=CANDIDATE, sought_from=DateInterval.parse("2012"), **every)
    return replace(case, countries=(country,), seeking=(sought,) if seeking else (), objections=objections)


def objection(member: str, name: str) -> Objection:
    began = DateInterval.parse("2020")
    return Objection(
        organisation="org", candidate=CANDIDATE, member=member, step=name, began=began, ground="border",
        source="made-up", grade="A1",
    )  # fmt: skip


def simulate(case: Case, ladder: Rates, onset: float, end: float) -> CandidateCurves:
    shared = Shared(
        known=case, fit=ladder, seeking=np.zeros((DRAWS, 2)), ratify_mean=None, ratify_sd=None, ratify_hold=None
    )
    shape = (DRAWS, len(case.members))
    with np.errstate(divide="ignore"):
        rates = np.full(shape, np.log(onset)), np.full(shape, np.log(end))
    times, rung = curves._candidate_times(shared, CANDIDATE, rates, GRID, ("test",))
    return curves._summarise(case, CANDIDATE, times, rung, GRID, (0, 1, 2, 3))


def close(found: np.ndarray, exact: list[float]) -> None:
    count = DRAWS * WORLDS
    share, law = found.mean(axis=0), np.array(exact)
    error = np.sqrt(np.maximum(law * (1 - law), 1e-9) / count)
    assert (np.abs(share - law) <= ERRORS * error).all(), (share, law)


def law(generator: np.ndarray, start: int, ends: list[int]) -> list[float]:
    generator = generator - np.diag(generator.sum(axis=1))
    return [float(expm(generator * year)[start, ends].sum()) for year in GRID]


def test_two_steps_and_one_objector_follow_the_chain() -> None:
    """The member objects on the first day, its objection ends, new ones begin: states (steps taken, objecting)."""
    onset, end, first, second, third = 0.3, 0.6, 0.8, 0.5, 0.25
    case = ladder_case(("AAA",), objections=(objection("AAA", "low"),))
    found = simulate(case, Rates({"low": first, "middle": second, "high": third}), onset, end)
    generator = np.zeros((7, 7))
    for taken, rate in enumerate((first, second, third)):
        off, on = 2 * taken, 2 * taken + 1
        generator[off, on], generator[on, off] = onset, end
        generator[off, off + 2] = rate
    for taken, name in enumerate(("low", "middle", "high"), start=1):
        close(found.steps[name], law(generator, 1, list(range(2 * taken, 7))))
    for taken in range(4):
        close(found.rungs[..., taken], law(generator, 1, [2 * taken, 2 * taken + 1][: 1 if taken == 3 else 2]))


def test_an_objection_to_a_later_step_leaves_the_next_one_alone() -> None:
    end, first, second = 0.4, 0.8, 0.5
    case = ladder_case(("AAA",), objections=(objection("AAA", "middle"),))
    found = simulate(case, Rates({"low": first, "middle": second, "high": 1.0}), 0.0, end)
    close(found.steps["low"], [1.0 - np.exp(-first * year) for year in GRID])
    generator = np.zeros((5, 5))  # none and low, each while the objection lasts and after it; middle
    generator[0, 1], generator[2, 3] = end, end
    generator[0, 2], generator[1, 3], generator[3, 4] = first, first, second
    close(found.steps["middle"], law(generator, 0, [4]))


def test_a_skipped_step_is_passed_over_and_the_ways_compete() -> None:
    rates, skip = {"low": 0.9, "middle": 0.5, "high": 0.7}, -1.2
    found = simulate(ladder_case((), seeking=True), Rates(rates, skip), 0.0, 1.0)
    generator = np.zeros((5, 5))  # none, low, middle, high after middle, high without it
    short = rates["high"] * np.exp(skip)
    jump = rates["middle"] * np.exp(skip)
    generator[1, 2], generator[1, 4], generator[2, 3] = rates["middle"], short, rates["high"]
    generator[0, 1], generator[0, 2] = rates["low"], jump
    close(found.steps["middle"], law(generator, 0, [2, 3]))
    close(found.steps["high"], law(generator, 0, [3, 4]))
    total = sum(found.rungs[..., place] for place in range(4))
    assert np.allclose(total, 1.0, atol=1e-12)


def small(name: str, day: date, countries: tuple[str, ...], case: Case | None = None) -> dict[str, CandidateCurves]:
    known = (case or read_case(find_case(name))).as_of(day)
    options = {"draws": 20, "worlds": 20, "onset": {}, "end": {}, "seed_names": ("test",)}
    return dict(candidate_curves(known, countries, GRID, **options))


def test_what_became_known_later_changes_nothing() -> None:
    case, day = read_case(find_case("demo")), date(2008, 1, 1)
    later = DateInterval.parse("2008-01-02")
    event = next(one for one in case.ladder if one.event == "association")
    more = LadderEvent(**{**event.model_dump(), "country": "XBE", "happened_on": "2007-06-01", "known_on": later})
    assert more in replace(case, ladder=(more,)).as_of(date(2008, 1, 2)).ladder
    one, other = (
        small("demo", day, ("XBE", "XAH")),
        small("demo", day, ("XBE", "XAH"), replace(case, ladder=(*case.ladder, more))),
    )
    for country, found in one.items():
        assert np.array_equal(found.rungs, other[country].rungs)


def test_a_country_is_the_same_whoever_stands_beside_it() -> None:
    day = date(2008, 1, 1)
    together, alone = small("demo", day, ("XBF", "XAH")), small("demo", day, ("XAH",))
    assert np.array_equal(together["XAH"].rungs, alone["XAH"].rungs)
    for found in together.values():
        assert (np.diff(found.rungs.cumsum(axis=-1), axis=1) <= 1e-12).all()  # rungs are never lost again
        assert np.allclose(found.rungs.sum(axis=-1), 1.0)


def test_draws_that_do_not_fit_are_refused() -> None:
    known = read_case(find_case("demo")).as_of(date(2008, 1, 1))
    wrong = {"XAH": np.zeros((20, 1))}
    with pytest.raises(ModelError, match="for each draw and member"):
        candidate_curves(known, ("XAH",), GRID, draws=20, worlds=2, onset=wrong, end=wrong, seed_names=())
    with pytest.raises(ModelError, match="give each year once"):
        candidate_curves(known, ("XAH",), (1.0, 1.0), draws=20, worlds=2, onset={}, end={}, seed_names=())


def test_the_aspirant_is_simulated_by_its_published_model() -> None:
    """With its stances: the forecast of the stage as of that day, but for other random numbers."""
    case = read_case(find_case("demo"))
    known = Options(as_of=date(2014, 1, 1)).filter(case)
    known = replace(known, pathways=known.pathways.model_copy(update={"draws": 100, "worlds_per_draw": 200}))
    members = tuple(one.member for one in known.members)
    theta = same_draws(np.linspace(-1.0, 1.0, len(members)), members, 100, "score")
    stance = StageResult(stage="stance", draws={"theta": theta})
    published = simulate_pathways(known, stance, estimate_accession(known), answers=False, threads=1)
    rows = published.tables["incidence"].frame.filter(published.tables["incidence"].frame["year"] <= 2023)
    aspirant = known.header.aspirant
    found = candidate_curves(
        known, (aspirant,), [((date(year, 12, 31) - date(2014, 1, 1)).days + 1) / 365.25 for year in range(2014, 2024)],
        draws=100, worlds=200, onset={}, end={}, seed_names=("test",), aspirant=AspirantStages(stance=stance),
    )[aspirant]  # fmt: skip
    assert set(found.steps) == {"association", "plan", "protocol", "ratified", "member"}
    for name, curve in found.steps.items():
        told = rows.filter(rows["step"] == name).sort("year")
        half = (told["high"].to_numpy() - told["low"].to_numpy()) / 2.0
        error = np.sqrt(2.0 * (half**2 / 2.7 + 0.25 / 200) / 100)  # of two means over 100 draws
        assert (np.abs(curve.mean(axis=0) - told["probability"].to_numpy()) <= ERRORS * error).all()
    assert np.allclose(found.rungs.sum(axis=-1), 1.0)
