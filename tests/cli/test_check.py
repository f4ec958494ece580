"""`shteg check` foresees what stops a build, and says it all at once."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import shteg.cli.check
from shteg.errors import EditionError, ModelError, UsageError
from tests.evidence.demo_copy import copy_demo, line_of, replace_once


def check(*words: str) -> Result:
    return CliRunner().invoke(shteg.cli.check.command, words, standalone_mode=False, catch_exceptions=False)


def found(result: Result) -> list[dict[str, Any]]:
    return list(json.loads(result.stdout))


def test_a_date_and_an_answer_are_told_together(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, "acts.csv", "2009-05-21", "2009-02-30")
    replace_once(case, "surveys/2025/respondents.csv", ",against,", ",Aggainst,")
    result = check(str(case), "--evidence-only", "--json")
    assert result.return_value == 1
    told = {(one["file"], one["line"], one["column"]) for one in found(result)}
    data = "surveys/2025/respondents.csv"
    assert told == {
        ("acts.csv", line_of(case, "acts.csv", "2009-02-30"), 4),
        (data, line_of(case, data, "Aggainst"), 8),
    }
    assert all(one["hint"] for one in found(result))


def test_the_texts_are_checked_as_far_as_they_go(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, "acts.csv", "2009-05-21", "2009-02-30")
    replace_once(case, "text/sq/announcement.md", "{#who-decides}", "{#kush-vendos}")
    files = {one["file"] for one in found(check(str(case), "--json"))}
    assert {"acts.csv", "text/sq/announcement.md"} <= files
    assert {one["file"] for one in found(check(str(case), "--json", "--evidence-only"))} == {"acts.csv"}


@pytest.mark.parametrize(
    ("error", "file", "says"),
    [
        (ModelError("too few", "add some", "covariates.csv"), "covariates.csv", "too few"),
        (
            ModelError("no date", "add it", "steps.toml, countries.csv"),
            "steps.toml",
            "steps.toml, countries.csv: no date",
        ),
        (EditionError("two names", "rename one", "step:plan"), "case.toml", "step:plan: two names"),
        (UsageError("no item", "name one", "items"), "case.toml", "items: no item"),
    ],
)
def test_what_stops_a_stage_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, file: str, says: str
) -> None:
    def stop(*_: object) -> Path:
        raise error

    monkeypatch.setattr(shteg.cli.check, "build_edition", stop)
    result = check(str(copy_demo(tmp_path)), "--json")
    assert result.return_value == 1
    assert [(one["file"], one["problem"]) for one in found(result)] == [(file, says)]


def test_two_names_of_one_thing_are_found_without_a_build(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    text = (case / "labels.toml").read_text(encoding="utf-8")
    labels = '\n[labels.item]\nrecognition = { en = "Something else", sq = "Diçka tjetër", sr = "Nešto drugo" }\n'
    (case / "labels.toml").write_text(text + labels, encoding="utf-8")
    result = check(str(case), "--evidence-only", "--json")
    assert result.return_value == 1
    assert "two different names for item:recognition" in found(result)[0]["problem"]


def test_an_option_that_does_not_fit_is_no_problem_of_the_case(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="beyond the horizon"):
        check(str(copy_demo(tmp_path)), "--as-of", "2999-01-01")


def test_one_problem_is_counted_in_the_singular(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, "acts.csv", "2009-05-21", "2009-02-30")
    assert check(str(case), "--evidence-only").stderr == "1 problem\n"
