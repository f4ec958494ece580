"""Days and origins of which nothing is known, in every command: a sentence and exit code 2, never a traceback."""

import json

import pytest

from tests.cli.in_process import assert_plain_error, run


@pytest.mark.parametrize(
    "words",
    [
        ("forecast", "demo"),
        ("backtest", "demo"),
        ("build", "demo", "--no-text", "--out", "nowhere"),
        ("check", "demo", "--no-text"),
        ("forecast", "kosovo-nato"),
        ("forecast", "kosovo-coe", "--json"),
    ],
)
@pytest.mark.parametrize("day", ["0001-01-01", "1940-02-29"])
def test_a_day_before_the_first_member(words, day):
    assert_plain_error(run(*words, "--as-of", day), "nothing is known on", "Hint: give a day from", "--as-of")


@pytest.mark.parametrize("words", [("forecast", "demo"), ("build", "demo", "--no-text"), ("coherence", "demo")])
def test_a_day_after_that_of_the_case(words):
    assert_plain_error(run(*words, "--as-of", "2027-01-01"), "lies after 2026-06-30", "Hint: give a day up to")
    assert_plain_error(run(*words, "--as-of", "2160-01-01"), "lies beyond the horizon of the case")


def test_a_measure_or_scenario_that_the_day_passes_over_is_named_as_such():
    for option, name in (("--with", "recognition-drive"),):
        done = run("forecast", "demo", "--as-of", "2005-01-01", option, name)
        assert_plain_error(done, f"{name!r} rests on what was not there on 2005-01-01", "give a later day", option)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("--origins", "1985", "--horizons", "1"), ("nothing is known on 1985-01-01", "choose later origins")),
        (("--origins", "1990"), ("nothing is known on 1990-01-01", "--origins")),
        (("--origins", "1995", "--horizons", "1"), ("nothing is known on 1995-01-01",)),
        (("--origins", "10"), ("10 is no year from 1800 to 9999", "Hint", "--origins")),
        (("--origins", "0"), ("0 is no year", "--origins")),
        (("--origins", "2040"), ("no origin leaves room", "2026-06-30", "--origins")),
        (("--origins", "99999999999999999999"), ("is not a year or a span of years",)),
        (("--origins", "2010-2005"), ("is not a year or a span of years",)),
        (("--origins", "-2005"), ("is not a year or a span of years",)),
        (("--horizons", "0"), ("a horizon is a whole number of years from 1 to 100", "--horizons")),
        (("--horizons", "101"), ("a horizon is a whole number of years from 1 to 100",)),
        (("--horizons", "99", "--origins", "2005"), ("no origin leaves room", "--horizons")),
        (("--horizons", "-1"), ("is not a year or a span of years",)),
        (("--as-of", "1996-01-01",), ("--origins",)),
    ],
)  # fmt: skip
def test_origins_and_horizons_that_cannot_be_asked(words, parts):
    assert_plain_error(run("backtest", "demo", "--no-cache", *words), *parts)


def test_coherence_as_of_a_day_takes_the_figures_of_that_day(tmp_path):
    assert_plain_error(run("coherence", "demo", "--as-of", "1999-01-01"), "no figure was public yet", "give a day from")
    now = json.loads(run("coherence", "demo", "--all", "--json").stdout)
    then = run("coherence", "demo", "--all", "--json", "--as-of", "2024-12-31")
    assert then.returncode in (0, 1)
    assert "Traceback" not in then.stderr
    assert 0 < len(json.loads(then.stdout)) < len(now)


def test_check_tells_a_row_that_the_day_leaves_out(tmp_path):
    from tests.evidence.demo_copy import copy_demo, replace_once

    case = copy_demo(tmp_path)
    replace_once(case, "acts.csv", "XAC,recognition,yes,2009-05-22", "XAC,recognition,yes,2026")
    done = run("check", str(case), "--evidence-only")
    assert done.returncode == 0
    assert "Notice: acts.csv:3: XAC recognition 2026 yes: the row is left out as of 2026-06-30" in done.stderr
    assert "only because the date is imprecise: 1" in done.stderr
    quiet = run("check", "demo", "--evidence-only")
    assert quiet.returncode == 0
    assert quiet.stderr == ""
