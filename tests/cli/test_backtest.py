"""`shteg backtest`: JSON, tables in both languages, kept years, refusals."""

import json

import pytest
from click.testing import CliRunner

from shteg.cli import backtest
from shteg.cli.app import group
from shteg.evaluation import models
from shteg.evaluation import stage as evaluation_stage
from tests.evaluation.stand_in import fit_stand_in, simulate_stand_in


@pytest.fixture
def fits(monkeypatch):
    """The stand-in for the ladder, and the years for which it was asked; nothing held out."""
    years = []

    def counting(known, *asked, **parts):
        years.append(known.header.as_of.year)
        return fit_stand_in(known, *asked, **parts)

    monkeypatch.setattr("shteg.evaluation.backtest.forecast_ladder", counting)
    monkeypatch.setattr("shteg.evaluation.backtest.simulate_ladder", simulate_stand_in)
    monkeypatch.setattr(evaluation_stage, "held_out_forecasts", lambda case, **_: ())
    return years


def run(*words):
    return CliRunner().invoke(group, ["backtest", "demo", "--origins", "2003,2008", "--horizons", "1,5", *words],
                              catch_exceptions=False)  # fmt: skip


def test_json_holds_the_skill_of_every_model(fits, tmp_path):
    found = json.loads(run("--json", "--cache", str(tmp_path)).output)
    assert (found["case"], found["origins"], found["horizons"], found["without"]) == ("demo", [2003, 2008], [1, 5], [])
    assert found["verdict"] in ("better", "unclear", "worse", "not_identified")
    side = {(row["part"], row["weighting"], row["model"]) for row in found["models"]}
    assert {("all", way, model) for way in ("plain", "countries") for model in models.COMPARED} <= side
    assert {row["seeds"] for row in found["models"]} == {models.SEEDS}
    assert {row["model"] for row in found["pool_weights"]} == set(models.PARTS)
    scored = {row["model"] for row in found["skill"] if row["subject"] == "steps" and row["score"] == "log"}
    assert scored == set(models.MODELS) - {models.BASE_RATE}
    assert {row["horizon"] for row in found["skill"] if row["subject"] == "rungs"} == {0, 1, 5}


def test_finished_years_are_kept_under_their_evidence(fits, tmp_path):
    first = run("--json", "--cache", str(tmp_path)).output
    assert set(fits) == {2003, 2008}
    fits.clear()
    assert run("--json", "--cache", str(tmp_path)).output == first
    assert fits == []
    run("--json", "--cache", str(tmp_path), "--without", "XBA")
    assert set(fits) == {2003, 2008}


def test_a_damaged_year_is_made_anew(fits, tmp_path):
    first = run("--json", "--cache", str(tmp_path)).stdout
    [kept] = tmp_path.glob("backtest/*/2008.json")
    kept.write_text("{", encoding="utf-8")
    fits.clear()
    assert run("--json", "--cache", str(tmp_path)).stdout == first
    assert set(fits) == {2008}


@pytest.mark.parametrize(("language", "words"), [("en", "the base rate"), ("sq", "norma")])
def test_tables_are_printed_in_both_languages(fits, language, words):
    output = run("--no-cache", "--language", language).output
    assert words in output


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--origins", "x"), "'x' is not a year"),
        (("--horizons", "0"), "a horizon is a whole number"),
        (("--without", "ZZZ"), "ZZZ cannot be left out"),
        (("--origins", "2300"), "no origin leaves room"),
        (("--language", "xx"), "the case has no language"),
    ],
)
def test_what_makes_no_sense_is_refused(fits, words, problem):
    from shteg.errors import UsageError

    with pytest.raises(UsageError, match=problem):
        run("--no-cache", *words)


def test_spans_of_years():
    assert backtest._years("2000-2002,2005", "--origins") == (2000, 2001, 2002, 2005)
