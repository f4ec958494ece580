"""Each value is of its type and within what it can be, where it is read: never a traceback, never silence."""
# ruff: noqa: E501  (the values are tables: one row each)

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from shteg.errors import CaseError, Problem
from shteg.evidence import check_case, read_figures, read_population
from tests.evidence.demo_copy import copy_demo, line_of, replace_once

PARAMETER = "value = 3.0, low = 2.0, high = 4.0"
# fmt: off
TYPES = [
    # (file, old, new, what the problem says): a wrong type anywhere
    ("recommendations.toml", 'area = "diplomacy"', "area = 2009-01-01", "must be text, not a date"),
    ("comparisons.toml", 'parallel_to = "association"', "parallel_to = 2009-01-01", "must be text, not a date"),
    ("surveys/2025/design.toml", 'data = "respondents.csv"', "data = 2009-01-01", "must be text, not a date"),
    ("case.toml", 'licence = "CC-BY-4.0"', "licence = 12:30:00", "must be text, not a time"),
    ("case.toml", 'en = "Lake Compact"', "en = 1979-05-27T07:32:00Z", "must be text, not a date"),
    ("steps.toml", '["association"]', "[2009-01-01]", "must be text, not a date"),
    ("surveys/2025/questionnaire.toml", 'missing = ["refused"]', "missing = [2009-01-01]", "must be text, not a date"),
    ("corrections.toml", 'country = "XBC"', "country = 2009-01-01", "must be text, not a date"),
    ("steps.toml", 'id = "contributor"', 'id = ["x"]', "must be text"),
    ("steps.toml", 'id = "contributor"', 'id = { a = "x" }', "must be text"),
    ("comparisons.toml", 'id = "league-observer"', 'id = ["x"]', "must be text"),
    ("comparisons.toml", 'id = "league-observer"', "id = { a = 1 }", "must be text"),
    ("pathways.toml", "draws = 400", "draws = true", "must be a whole number"),
    ("pathways.toml", "draws = 400", "draws = 400.0", "must be a whole number"),
    ("pathways.toml", "horizon_years = 20", f"horizon_years = {'9' * 4300}", "`horizon_years` is"),
    ("pathways.toml", PARAMETER, "value = inf, low = 2.0, high = inf", "finite number"),
    ("pathways.toml", PARAMETER, "value = nan, low = 2.0, high = 4.0", "finite number"),
    ("recommendations.toml", "value = 0.2, low = 0.0, high = 0.5", "value = 1e300, low = 0.0, high = 1e301", "1e+300"),
    ("recommendations.toml", "value = 0.2, low = 0.0, high = 0.5", "value = 0.2, low = 0.0, high = 500.0", "may be 500"),
    ("pathways.toml", "low = 2.0, high = 4.0", "low = -1e5, high = 4.0", "begins at -100000"),
    ("pathways.toml", "low = 0.02, high = 0.12", "low = 0.02, high = 4000.0", "ends at 4000"),
    ("pathways.toml", "worlds_per_draw = 200", "worlds_per_draw = 1", "`worlds_per_draw` is"),
    ("scenarios.toml", '"settlement.rate" = 0.33', '"settlement.rate" = -0.33', "is set to -0.33"),
    ("scenarios.toml", '"settlement.rate" = 0.33', '"settlement.rate" = inf', "finite number"),
    ("scenarios.toml", "start_years = 0.0", "start_years = inf", "finite number"),
    ("scenarios.toml", "start_years = 0.0", "start_years = 1e9", "`start_years` is"),
    ("variables.toml", "centre = 50.0", "centre = 1e300", "`centre` is"),
    ("steps.toml", "rung = 2", "rung = 100000000000000000000", "`rung` is"),
    ("case.toml", "as_of = 2026-06-30", "as_of = 9999-12-31", "`as_of` is"),
    ("case.toml", "minimum_base = 20", "minimum_base = 99999999999999999999", "`minimum_base` is"),
    ("case.toml", 'languages = ["en", "sq", "sr"]', 'languages = ["en", "sq", "fi"]', "pages cannot be printed in"),
    ("items.toml", "levels = { no = 0, yes = 1 }", "levels = { no = 0, yes = 100000000000 }", "`yes` is"),
    # tables
    ("surveys/published.csv", ",1004,3.1,", ",10000000000000000000,3.1,", "`n` is"),
    ("surveys/published.csv", ",1004,3.1,", ",1.004,3.1,", "whole number"),
    ("surveys/published.csv", ",1004,3.1,", ",1.000,3.1,", "whole number"),
    ("surveys/published.csv", ",1004,3.1,", ",1_004,3.1,", "whole number"),
    ("surveys/published.csv", ",1004,3.1,", ",0,3.1,", "`n` is"),
    ("surveys/published.csv", ",1004,3.1,", ",1004,-3.1,", "`margin_of_error` is"),
    ("surveys/published.csv", ",1004,3.1,", ",1004,900,", "`margin_of_error` is"),
    ("surveys/published.csv", "favour,all,all,71,,0,", "favour,all,all,71.5,,0,", "more decimals than"),
    ("surveys/published.csv", "favour,all,all,71,,0,", "favour,all,all,71.55,,1,", "more decimals than"),
    ("surveys/published.csv", "favour,all,all,71,,0,", "favour,all,all,,3.25,1,", "more decimals than"),
    ("surveys/published.csv", "favour,all,all,71,,0,", "favour,all,all,71,,9,", "`decimals` is"),
    ("surveys/designs.csv", ",1012,", ",-5,", "`sample_size` is"),
    ("surveys/designs.csv", ",1012,", ",0,", "`sample_size` is"),
    ("surveys/designs.csv", ",1012,", ",1.012,", "whole number"),
    ("surveys/population.csv", ",468000,", ",468.000,", "whole number"),
    ("surveys/population.csv", ",468000,", ",468.5,", "share"),
    ("surveys/population.csv", ",468000,", ",4.68e5,", "whole number"),
    ("surveys/population.csv", ",52000,", ",1e-12,", "whole number"),
    ("surveys/population.csv", ",52000,", ",0,", "`count` is"),
    ("surveys/population.csv", ",2012,Many", ",2.012,Many", "whole number"),
    ("readings.csv", "trained-crews,7,", "trained-crews,1e300,", "`value` is"),
    ("readings.csv", "trained-crews,7,", "trained-crews,2.200,", "can be read as 2.2 and as 2200"),
    ("readings.csv", "trained-crews,7,", "trained-crews,7_000,", "must be a number"),
    ("requirements.csv", ",10,2030,", ",-1e20,2030,", "`target` is"),
    ("covariates.csv", "harbour-order,41,", "harbour-order,1e200,", "`value` is"),
    ("covariates.csv", "shore-distance,90,", "shore-distance,0,", "has no logarithm"),
    ("covariates.csv", "harbour-order,41,", "harbour-order,41000000,", "units of the model"),
    ("programmes.csv", ",3,", ",-3,", "`typical_years` is"),
    ("programmes.csv", ",3,", ",3000,", "`typical_years` is"),
    ("chronicle.csv", "dispute,aspirant,-2", "dispute,aspirant,-2.0", "whole number"),
]
# fmt: on


@pytest.mark.parametrize(("file", "old", "new", "says"), TYPES)
def test_a_wrong_value_is_a_problem_in_its_line(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    case = copy_demo(tmp_path)
    line = line_of(case, file, old)
    replace_once(case, file, old, new)
    said = [one for one in check_case(case) if one.file == file and says in one.problem]
    assert said, check_case(case)
    assert line in {one.line for one in said}
    assert all(one.hint for one in said)


ADDRESSES = [
    "javascript:alert()", "JavaScript:alert()", "data:text/html,x", "file:///etc/passwd", "//evil.example/x", "ftp://example.org/x",
    "https:///x", "https://", "http:example.org", "example.org/x", "https://user:word@example.org/", "https://exa mple.org",
    "https://example.org/<x>", "https://example.org:99999/", "mailto:a@example.org", "https://-example-.org", "vbscript:x",
]  # fmt: skip
PLACES = [
    ("sources.toml", 'address = "https://example.org/register"'),
    ("case.toml", 'address = "https://example.org/torvale"'),
    ("case.toml", 'address = "https://example.org/authors/arta-shembulli"'),
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_is_not_of_the_web_is_refused(tmp_path: Path, address: str) -> None:
    case = copy_demo(tmp_path)
    for file, old in PLACES:
        line = line_of(case, file, old)
        replace_once(case, file, old, f'address = "{address}"')
        said = [one for one in check_case(case) if one.file == file and "not a web address" in one.problem]
        assert line in {one.line for one in said}, address


@pytest.mark.parametrize(
    "address", ["https://example.org", "http://example.org:8080/a?b=c#d", "https://shqipëri.al/ë", "https://192.0.2.1/x", "https://[2001:db8::1]/x", "https://example.org/a_(b)'c|d"]
)  # fmt: skip
def test_an_address_of_the_web_is_accepted(tmp_path: Path, address: str) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, *PLACES[0], f'address = "{address}"')
    assert check_case(case) == ()


def test_tables_on_their_own_are_held_to_the_same(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, "surveys/population.csv", ",468000,", ",468.000,")
    with pytest.raises(CaseError, match="whole number"):
        read_population(case / "surveys/population.csv")
    replace_once(case, "surveys/population.csv", ",468.000,", ",468.5,")
    with pytest.raises(CaseError, match="share"):
        read_population(case / "surveys/population.csv")
    replace_once(case, "surveys/published.csv", "favour,all,all,71,,0,", "favour,all,all,71.5,,0,")
    with pytest.raises(CaseError, match="more decimals"):
        read_figures(case / "surveys/published.csv")


def test_shares_in_per_cent_may_have_decimals(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, "surveys/population.csv", ",468000,", ",87.92,")
    replace_once(case, "surveys/population.csv", ",52000,", ",12.08,")
    assert check_case(case) == ()


NASTY: tuple[Any, ...] = (
    "2009-01-01", "12:30:00", '["x"]', '[["x"]]', '{ a = "x" }', "true", "9" * 400, "-1", "1e300", "nan", "inf", '""', '"x"', "[]", "{}",
)  # fmt: skip


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [path, *(leaf for key, one in value.items() for leaf in _leaves(one, (*path, key)))]
    if isinstance(value, list):
        return [path, *(leaf for number, one in enumerate(value) for leaf in _leaves(one, (*path, number)))]
    return [path]


def _write(value: Any) -> str:
    if isinstance(value, _Raw):
        return value.text
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_write(str(key))} = {_write(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_write(one) for one in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else str(value)


class _Raw:
    def __init__(self, text: str) -> None:
        self.text = text


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {key: _replaced(one, path[1:], new) if key == path[0] else one for key, one in value.items()}
    return [_replaced(one, path[1:], new) if number == path[0] else one for number, one in enumerate(value)]


@pytest.mark.parametrize(
    "file",
    ["case.toml", "steps.toml", "comparisons.toml", "scenarios.toml", "variables.toml", "items.toml", "corrections.toml",
     "recommendations.toml", "pathways.toml", "labels.toml", "sources.toml", "surveys/questions.toml", "surveys/schemes.toml",
     "surveys/2025/design.toml", "surveys/2025/questionnaire.toml", "surveys/2025/methodology.toml"],
)  # fmt: skip
def test_no_value_of_a_wrong_type_ends_in_a_traceback(tmp_path: Path, file: str) -> None:
    """Every place of a file once, each with another nasty value in turn."""
    case = copy_demo(tmp_path)
    raw = tomllib.loads((case / file).read_text(encoding="utf-8"))
    paths = [path for path in _leaves(raw) if path]
    step = max(1, len(paths) // 40)
    for number, path in enumerate(paths[::step]):
        spoilt = _replaced(raw, path, _Raw(NASTY[number % len(NASTY)]))
        text = "\n".join(f"{_write(str(key))} = {_write(value)}" for key, value in spoilt.items())
        (case / file).write_text(text + "\n", encoding="utf-8")
        assert all(isinstance(one, Problem) for one in check_case(case))


@pytest.mark.parametrize("value", ['["XAA"]', '{ code = "XAA" }', "2009-01-01", "17", "[[1]]"])
@pytest.mark.parametrize("key", ["aspirant", "disputant"])
def test_a_country_of_another_type_is_told_once(tmp_path: Path, key: str, value: str) -> None:
    case = copy_demo(tmp_path)
    path = case / "case.toml"
    text = path.read_text(encoding="utf-8")
    line = line_of(case, "case.toml", f"{key} = ")
    path.write_text(re.sub(rf"^{key} = .*$", f"{key} = {value}", text, flags=re.M), encoding="utf-8")
    assert [(one.file, one.line) for one in check_case(case)] == [("case.toml", line)]


@pytest.mark.parametrize(
    "value", ['["EN", "sq"]', '["en", "sq", "fi"]', '[["en"], "sq"]', '["en", 2009-01-01]', '"en"']
)
def test_a_wrong_language_is_told_where_it_is_named_only(tmp_path: Path, value: str) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, "case.toml", '["en", "sq", "sr"]', value)
    problems = check_case(case)
    assert problems
    assert {(one.file, one.line) for one in problems} == {("case.toml", line_of(case, "case.toml", "languages = "))}


def test_an_entry_that_is_wrong_is_no_missing_entry(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, "case.toml", "https://example.org/authors/arta-shembulli", "ftp://example.org")
    assert [one.problem.split(":")[0] for one in check_case(case)] == ["`address`"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("text/sq/announcement.md", "Kush vendos", "Kush vendos për pavarÃ«sinÃ«"),
        ("sources.toml", "Register of accessions", "Regjistri i pavarÃ«sisÃ«"),
    ],
)
def test_a_text_read_in_a_wrong_encoding_is_told(tmp_path: Path, file: str, old: str, new: str) -> None:
    case = copy_demo(tmp_path)
    line = line_of(case, file, old)
    replace_once(case, file, old, new)
    said = [one for one in check_case(case) if "wrong encoding" in one.problem]
    assert [(one.file, one.line) for one in said] == [(file, line)]
