"""What the stage hands over: labels, sources, intervals free of simulation noise, messages in both languages."""

import dataclasses
import string
import tomllib
from importlib import resources

import numpy as np
import polars as pl
import pytest

from shteg.edition.lexicon import build_lexicon
from shteg.estimates import StageResult
from shteg.evidence.records.base import Source
from shteg.pathways import describe_assumptions, forecast_rows, parameter_titles, simulate_pathways
from shteg.pathways.forecast.shares import summarise_changes, summarise_counts, summarise_races
from shteg.recommendations import rank_measures
from tests.pathways.rich import MEASURES, STEPS, rich_case, rich_stages
from tests.pathways.worlds import make_case, parameter, stages, step, text


@pytest.fixture(scope="module")
def result() -> StageResult:
    case = rich_case(draws=50, worlds=100)
    return simulate_pathways(case, *rich_stages(case))


def test_noise_of_simulation_is_taken_out_of_the_spread() -> None:
    generator = np.random.default_rng(2)
    draws, worlds = 20_000, 50
    true = generator.beta(4, 8, draws)
    shares = summarise_counts(generator.binomial(worlds, true)[:, None], worlds)
    raw_variance = true.var() + (true * (1 - true)).mean() / worlds
    assert shares.draws.var() == pytest.approx(true.var(), rel=0.05)  # 3 standard errors of a variance at this size
    assert raw_variance > 1.2 * true.var()
    assert [shares.low[0], shares.high[0]] == pytest.approx(np.quantile(true, [0.05, 0.95]), abs=0.01)
    assert shares.mc_error[0] == pytest.approx(np.sqrt((true * (1 - true)).mean() / worlds / draws), rel=0.02)


def test_equal_draws_collapse_to_a_point() -> None:
    generator = np.random.default_rng(3)
    shares = summarise_counts(generator.binomial(400, 0.3, size=(1000, 1)), 400)
    assert shares.high[0] - shares.low[0] < 0.02  # binomial noise alone would give 0.075
    gained, lost = generator.binomial(400, 0.1, (1000, 1)), np.zeros((1000, 1), dtype=np.int64)
    assert summarise_changes(gained, lost, 400).mean[0] == pytest.approx(0.1, abs=0.002)


def test_rare_events_keep_an_interval_that_holds_the_mean() -> None:
    counts = np.zeros((1000, 2), dtype=np.int64)
    counts[7, 1] = 3  # one draw of a thousand carries the whole probability
    shares = summarise_counts(counts, 400)
    assert shares.mean[0] == 0.0
    assert 0.0 == shares.low[0] < shares.high[0] < 1e-4
    assert shares.low[1] < shares.mean[1] < shares.high[1]
    assert (shares.mc_error > 0.0).all()


def test_a_measure_that_moves_no_world_has_no_spread() -> None:
    nothing = np.zeros((100, 1), dtype=np.int64)
    shares = summarise_changes(nothing, nothing, 400)
    assert [shares.low[0], shares.mean[0], shares.high[0], shares.mc_error[0]] == [0.0, 0.0, 0.0, 0.0]


def test_draws_without_a_race_say_nothing() -> None:
    shares = summarise_races(np.array([[[5]], [[0]], [[7]]]), np.array([[10], [0], [10]]))
    assert shares.mean[0, 0] == 0.6
    assert shares.draws[1, 0, 0] == 0.6


def test_tables_and_values_agree(result: StageResult) -> None:
    values = {value.id: value for value in result.values}
    frame = result.tables["incidence"].frame
    for row in frame.filter(frame["year"].is_in([2029, 2033, 2038])).iter_rows(named=True):
        value = values[f"forecast.pathways.{row['step']}.{row['year']}"]
        assert (value.number, value.low, value.high) == (row["probability"], row["low"], row["high"])
        assert value.level == 0.9
    misses = result.tables["conditions"].frame
    assert misses.group_by("step").agg(pl.col("share_of_misses").sum())["share_of_misses"].to_numpy() == pytest.approx(
        1.0
    )
    assert set(result.draws) == {"forecast", "effect"}
    assert result.draws["effect"].values.shape == (50, (len(MEASURES) + 1) * len(STEPS) * 3)
    assert values["simulation.worlds"].number == 5000


def test_a_forecast_is_labelled_by_its_weakest_part() -> None:
    plain = make_case((step("fitted"), step("borrowed", fitted_from="fitted"), step("judged")))
    pathways = plain.pathways.model_copy(update={"procedures": {"judged": parameter(2.0)}})
    case = dataclasses.replace(plain, pathways=pathways)
    stance, accession = stages(case, rates={"fitted": 0.2})
    fitted = accession.draws["log_rate"]
    kept = dataclasses.replace(fitted, values=fitted.values[:, :1], units=("fitted",))
    accession = StageResult(stage="accession", draws={**accession.draws, "log_rate": kept})
    values = {v.id: v for v in simulate_pathways(case, stance, accession).values}
    labels = [values[f"forecast.pathways.{name}.2031"].label for name in ("fitted", "borrowed", "judged")]
    assert labels == ["estimated", "borrowed", "assumed"]
    assert values["effect.nothing.fitted.2031"].label == "assumed"  # by its measure
    assert values["forecast.pathways.median-year.fitted"].number == 2030.0
    assert values["forecast.pathways.fitted.2031"].verified
    unread = dataclasses.replace(case, sources={"made-up": Source(title="x", publisher="y", grade="F6")})
    values = {v.id: v for v in simulate_pathways(unread, stance, accession).values}
    assert not values["forecast.pathways.fitted.2031"].verified


def test_a_median_beyond_the_horizon_is_no_number() -> None:
    case = make_case((step("slow"),))
    values = {v.id: v for v in simulate_pathways(case, *stages(case, rates={"slow": 0.01})).values}
    assert (values["forecast.pathways.median-year.slow"].number, values["forecast.pathways.median-year.slow"].unit) == (
        "> 2036",
        "text",
    )


def test_every_assumption_is_listed_with_a_title(result: StageResult) -> None:
    frame = result.tables["assumptions"].frame
    titles = parameter_titles(rich_case())
    assert set(frame.filter(frame["kind"] == "parameter")["title_id"]) == set(titles)
    assert titles["parameter:consent.intercept"] == {"en": "a parameter", "sq": "a parameter"}
    case = rich_case()
    codes = (case.header.aspirant, *(one.country for one in case.countries))
    header = case.header.model_copy(update={"names": {code: text(code) for code in codes}})
    lexicon = build_lexicon(dataclasses.replace(case, header=header))
    for name, table in result.tables.items():
        for column in {"title_id", "step", "measure"} & set(table.frame.columns):
            kind = "" if column == "title_id" else f"{column}:"
            found = {f"{kind}{cell}" for cell in table.frame[column].drop_nulls()} - {"measure:all"}
            assert all(set(lexicon[one]) >= {"en", "sq"} for one in found), name
    assert frame.filter(frame["kind"] == "effect").height == sum(len(m.effects) for m in MEASURES)
    assert frame.filter(frame["parameter"] == "step.member.rate")["label"].item() == "borrowed"


def test_the_terminal_gets_rows_and_sentences(result: StageResult) -> None:
    rows = forecast_rows(result)
    assert [row.step for row in rows] == [one.id for one in STEPS]
    assert list(rows[0].by_year) == [2029, 2033, 2038]
    notes = describe_assumptions(result)
    assert [note.label for note in notes] == ["assumed", "borrowed", "estimated", None]
    assert notes[-1].args == {"draws": "50", "worlds": "5000", "horizon": "2038"}


def _messages(language: str, stage: str) -> dict[str, str]:
    text = resources.files("shteg.report").joinpath(f"messages/{language}/{stage}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_messages_exist_in_both_languages(result: StageResult) -> None:
    ranked = rank_measures(rich_case(draws=50, worlds=100), result)
    for one in (result, ranked):
        english, albanian = _messages("en", one.stage), _messages("sq", one.stage)
        assert english.keys() == albanian.keys()
        for key, said in english.items():
            assert _placeholders(said) == _placeholders(albanian[key])
        for value in one.values:
            assert _placeholders(english[value.label_key]) == set(value.label_args)
        for name, table in one.tables.items():
            assert f"table.{one.stage}.{name}.title" in english
            assert f"table.{one.stage}.{name}.note" in english
            assert {f"column.{column.name}" for column in table.columns} <= english.keys()
    keys = {note.key for note in describe_assumptions(result)}
    assert keys <= _messages("en", "pathways").keys()
    for note in describe_assumptions(result):
        filled = {"names", *note.args} if note.names else set(note.args)
        assert _placeholders(_messages("sq", "pathways")[note.key]) == filled
