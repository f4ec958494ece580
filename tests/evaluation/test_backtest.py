"""The backtest: origins, kept results, threads, and the stage's tables and values."""

from dataclasses import replace

import numpy as np
import pytest

from shteg.errors import ModelError, UsageError
from shteg.evaluation import run_backtest, score_forecasts, summarise
from shteg.evaluation.backtest import OriginForecasts
from shteg.evaluation.compared import steady
from shteg.evaluation.models import COMPARED, MODELS, PARTS, POOL, RUNG_MODELS, SEEDS, Fitted
from shteg.evaluation.questions import without_countries
from shteg.evaluation.stage import held_out_forecasts
from shteg.evidence import find_case, read_case
from tests.evaluation.stand_in import fit_stand_in, simulate_stand_in

ORIGINS = (2003, 2008, 2013)
STAND_INS = {"fitter": fit_stand_in, "simulator": simulate_stand_in}


@pytest.fixture(scope="module")
def case():
    return read_case(find_case("demo"))


@pytest.fixture(scope="module")
def forecasts(case):
    return run_backtest(case, origins=ORIGINS, **STAND_INS, threads=1)


@pytest.fixture(scope="module")
def scored(case, forecasts):
    return summarise(case, forecasts)


def test_every_model_answers_every_question(forecasts):
    assert [one.origin for one in forecasts] == list(ORIGINS)
    for one in forecasts:
        assert set(one.steps) == set(MODELS) - {POOL}
        assert set(one.rungs) == set(RUNG_MODELS)
        for table in one.steps.values():
            assert table.shape == (len(one.step_questions), len(one.grid))
            assert (np.diff(table, axis=1) >= 0).all()


def test_threads_change_nothing(case, forecasts):
    again = run_backtest(case, origins=ORIGINS, **STAND_INS, threads=3)
    assert [one.plain() for one in again] == [one.plain() for one in forecasts]


def test_forecasts_are_read_back_as_they_were(forecasts):
    for one in forecasts:
        assert OriginForecasts.read(one.plain()).plain() == one.plain()


def test_an_interrupted_run_goes_on(case, forecasts):
    class Keeper(dict):
        def load(self, origin):
            return self.get(origin)

        def store(self, origin, plain):
            if len(self) == 2:
                raise KeyboardInterrupt
            self[origin] = plain

    keeper = Keeper()
    with pytest.raises(KeyboardInterrupt):
        run_backtest(case, origins=ORIGINS, **STAND_INS, keeper=keeper, threads=1)
    assert sorted(keeper) == [2003, 2008]
    fitted = []

    def counting(known, *years, **parts):
        fitted.append(known.header.as_of.year)
        return fit_stand_in(known, *years, **parts)

    class Open(Keeper):
        def store(self, origin, plain):
            self[origin] = plain

    rest = Open(keeper)
    again = run_backtest(case, origins=ORIGINS, fitter=counting, simulator=simulate_stand_in, keeper=rest, threads=1)
    assert set(fitted) == {2013}
    assert [one.plain() for one in again] == [one.plain() for one in forecasts]


def test_a_fit_that_leaves_a_question_open_is_an_error(case):
    with pytest.raises(ModelError, match="gives no forecast"):
        run_backtest(case, origins=(2008,), fitter=lambda *known, **parts: Fitted((), ()), simulator=simulate_stand_in)


def test_horizons_are_whole_years(case):
    with pytest.raises(UsageError, match="a horizon is a whole number"):
        run_backtest(case, horizons=(0,), **STAND_INS)


def test_an_origin_without_follow_up_is_left_out(case):
    last = case.header.as_of.year
    assert run_backtest(case, origins=(last,), horizons=(3,), **STAND_INS) == ()


def test_the_tables_hold_together(scored):
    tables = scored.result.tables
    names = {"models", "skill", "reliability", "observed_expected", "without_countries", "backtest", "pool_weights"}
    assert set(tables) == names
    backtest = tables["backtest"].frame
    wanted = {"subject": "steps", "part": "all", "horizon": 0, "score": "brier", "model": "full", "weighting": "plain"}
    main = tables["skill"].frame.filter(**wanted).row(0, named=True)
    by_hand = ((backtest["full"] - backtest["happened"].cast(float)) ** 2).mean()
    assert main["loss"] == pytest.approx(by_hand, abs=1e-12)
    assert main["forecasts"] == backtest.height
    bins = tables["reliability"].frame.filter(model="full")
    assert bins["forecasts"].sum() == backtest.height


def test_what_nothing_can_test_is_said(scored):
    verdicts = {row.subject: row.verdict for row in scored.skill if row.skill is None}
    assert verdicts == {"effects": "not_identified"} | {
        name: "not_identified" for name in ("own_path", "consent") if name in verdicts
    }
    assert "effects" in verdicts


def test_the_verdict_on_the_pool_is_that_of_its_scores(scored):
    values = {value.id: value for value in scored.result.values}
    frame = scored.result.tables["models"].frame
    pool = frame.filter(part="all", weighting="plain", model="pool").row(0, named=True)
    main = next(row for row in scored.skill if (row.part, row.horizon, row.score, row.model, row.weighting)
                == ("all", 0, "log", "pool", "plain"))  # fmt: skip
    assert values["skill.pool.verdict"].number == pool["verdict"]
    assert pool["verdict"] in (main.verdict, "unclear")
    assert pool["skill"] == pytest.approx(main.skill, abs=1e-12)
    assert values["skill.pool.seeds-better"].number == pool["seeds_better"]


def test_a_verdict_that_hangs_on_its_seed_is_none():
    assert steady(["better"] * 18 + ["unclear"] * 2) == "better"
    assert steady(["better"] * 17 + ["unclear"] * 3) == "unclear"  # the published seed was lucky
    assert steady(["unclear"] + ["better"] * 19) == "unclear"
    assert steady(["worse"] * 20) == "worse"


def test_the_models_stand_side_by_side_under_every_seed(scored):
    frame = scored.result.tables["models"].frame
    assert set(frame["model"]) == set(COMPARED)
    assert set(frame["weighting"]) == {"plain", "countries"}
    assert {"all", "step:plan"} <= set(frame["part"])
    assert set(frame["seeds"]) == {SEEDS}
    for row in frame.iter_rows(named=True):
        assert 0 <= row["seeds_better"] + row["seeds_worse"] <= SEEDS
        assert row["seeds_lowest"] <= row["skill"] <= row["seeds_highest"]
    of_ladder = frame.filter(part="all", weighting="plain", model="full").row(0, named=True)
    assert of_ladder["seeds_lowest"] < of_ladder["seeds_highest"]  # its draws differ from seed to seed
    of_prior = frame.filter(part="all", weighting="plain", model="prior_only").row(0, named=True)
    assert of_prior["seeds_lowest"] == pytest.approx(of_prior["seeds_highest"], abs=1e-12)


def test_every_country_and_step_counts_alike_where_countries_are_equal(scored):
    backtest = scored.result.tables["backtest"].frame
    loss = ((backtest["full"] - backtest["happened"].cast(float)) ** 2).to_list()
    pairs = list(zip(backtest["country"], backtest["step"], strict=True))
    by_pair = [np.mean([one for one, own in zip(loss, pairs, strict=True) if own == pair]) for pair in set(pairs)]
    frame = scored.result.tables["models"].frame
    row = frame.filter(part="all", weighting="countries", model="full").row(0, named=True)
    assert row["brier"] == pytest.approx(np.mean(by_pair), abs=1e-12)
    given = backtest.filter(backtest["happened"])["full"].mean()
    plain = frame.filter(part="all", weighting="plain", model="full").row(0, named=True)
    assert plain["mean_happened"] == pytest.approx(given, abs=1e-12)


def test_the_published_weights_are_of_every_part_and_sum_to_one(scored):
    frame = scored.result.tables["pool_weights"].frame
    for part in ("all", "step:association", "step:member"):
        weights = frame.filter(part=part)
        assert weights["model"].to_list() == list(PARTS)
        assert weights["weight"].sum() == pytest.approx(1.0, abs=1e-9)


def test_countries_may_be_left_out_of_everything(case):
    fewer = without_countries(case, ["XAE", "XBA"])
    found = run_backtest(fewer, origins=(2003,), **STAND_INS)
    assert not {"XAE", "XBA"} & {one.country for one in (*found[0].step_questions, *found[0].rung_questions)}
    with pytest.raises(UsageError, match="ZZZ cannot be left out"):
        without_countries(case, ["ZZZ"])
    with pytest.raises(UsageError, match=f"{case.header.aspirant} cannot"):
        without_countries(case, [case.header.aspirant])


def test_a_case_without_recorded_steps_scores_nothing(case):
    empty = replace(case, steps=tuple(step for step in case.steps if not step.events))
    result = score_forecasts(empty)
    assert result.values == ()
    assert set(result.tables["skill"].frame["verdict"]) == {"not_identified"}


def test_held_out_acts_and_ratifications_are_scored(case):
    for held in held_out_forecasts(case):
        assert len(held.group) == held.loss.size == held.baseline_loss.size == held.probability.size
        assert (held.loss > 0).all()
        assert ((held.probability >= 0) & (held.probability <= 1)).all()
