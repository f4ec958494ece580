"""The data of a wave are checked whole: every defect with its file, line and column, before anything is computed."""

from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from shteg.errors import Problem
from shteg.evidence import inspect_case
from shteg.survey.waves.check_waves import MOST_LINES, check_wave
from tests.evidence.demo_copy import copy_demo, replace_once

DATA, DESIGN, ASKED = (f"surveys/2025/{name}" for name in ("respondents.csv", "design.toml", "questionnaire.toml"))


def problems_of(case: Path) -> tuple[Problem, ...]:
    inspection = inspect_case(case)
    (wave,) = inspection.waves
    return check_wave(wave, case.resolve(), inspection.subgroups)


def change(case: Path, line: int, column: str, value: str) -> int:
    """Write a value into a cell of the demo data (line from 1); give the number of its column, from 1."""
    lines = (case / DATA).read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index(column)
    cells = lines[line - 1].split(",")
    cells[at] = value
    lines[line - 1] = ",".join(cells)
    (case / DATA).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return at + 1


def as_sav(case: Path, **options: object) -> None:
    """Write the data as SPSS instead, `joining` as numbers: 1 in favour, 2 against, 3 undecided, 9 refused."""
    codes = {"in_favour": "1", "against": "2", "undecided": "3", "refused": "9"}
    frame = pl.read_csv(case / DATA, schema_overrides={"joining": pl.String, "weight": pl.Float64})
    frame = frame.with_columns(pl.col("joining").replace(codes).cast(pl.Float64))
    pyreadstat.write_sav(frame, case / "surveys/2025/respondents.sav", **options)
    (case / DATA).unlink()
    replace_once(case, DESIGN, "respondents.csv", "respondents.sav")
    path = case / ASKED
    text = path.read_text(encoding="utf-8")
    for word, code in codes.items():
        text = text.replace(f"\n{word} = {{", f'\n"{code}" = {{', 1)
    text = text.replace('["in_favour"]', '["1"]', 1).replace('["refused"]', '["9"]', 1)
    path.write_text(text, encoding="utf-8")


def test_the_made_up_wave_is_right(tmp_path: Path) -> None:
    assert problems_of(copy_demo(tmp_path)) == ()


@pytest.mark.parametrize(
    ("column", "value", "says"),
    [
        ("joining", "Aggainst it", "the answer `Aggainst it` to `joining` is not in the questionnaire"),
        ("joining", "7", "the answer `7` to `joining` is not in the questionnaire"),
        ("weight", "12,5", "`12,5` is not a finite number"),
        ("weight", "1e300", "is more people than there are"),
        ("weight", "", "(empty) is not a finite number"),
        ("weight", "-1.5", "`-1.5` is negative"),
        ("weight", "inf", "`inf` is not a finite number"),
        ("weight", "NaN", "`NaN` is not a finite number"),
        ("stratum", "", "no stratum"),
        ("psu", " ", "no primary unit"),
        ("stratum", "south-town", "lies in the stratum `north-town` above, and here in `south-town`"),
    ],
)
def test_a_cell_is_named_by_line_and_column(tmp_path: Path, column: str, value: str, says: str) -> None:
    case = copy_demo(tmp_path)
    quoted = f'"{value}"' if "," in value else value
    number = change(case, 5, column, quoted)
    said = [one for one in problems_of(case) if says in one.problem]
    assert said, problems_of(case)
    shown = number + 1 if column == "stratum" and value else number
    assert {(one.file, one.line, one.column) for one in said} == {(DATA, 5, shown)}
    assert all(one.hint for one in said)


def test_all_defects_come_at_once(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    change(case, 5, "joining", "Aggainst")
    change(case, 9, "joining", "Agains")
    change(case, 9, "weight", "x")
    change(case, 40, "trust_guard", "fuly")
    replace_once(case, DESIGN, 'community = { en = "Community"', 'comunity = { en = "Community"')
    found = {(one.file, one.line) for one in problems_of(case)}
    assert {(DATA, 5), (DATA, 9), (DATA, 40)} <= found
    assert any(file == DESIGN and line > 0 for file, line in found)
    near = next(one for one in problems_of(case) if "Aggainst" in one.problem)
    assert near.hint == "did you mean `against`?"


def test_words_for_a_column_that_is_not_there(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, DESIGN, "[codes.sex]", "[codes.sexx]")
    assert "respondents.csv has no column `sexx`" in {one.problem for one in problems_of(case)}


def test_many_cells_of_one_kind_are_counted(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    text = (case / DATA).read_text(encoding="utf-8")
    wrong = sum(line.split(",")[7] == "against" for line in text.splitlines())
    (case / DATA).write_text(text.replace(",against,", ",Aggainst,"), encoding="utf-8")
    found = problems_of(case)
    assert len(found) == MOST_LINES + 1
    assert sum(f"in {wrong - MOST_LINES} more rows" in one.problem for one in found) == 1


def test_blank_lines_and_quoted_line_ends_do_not_shift_the_line(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    change(case, 5, "joining", "Aggainst")
    lines = (case / DATA).read_text(encoding="utf-8").splitlines()
    lines[2] = f'"{lines[2].split(",")[0]}\nx",' + lines[2].split(",", 1)[1]
    (case / DATA).write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert [(one.line, one.problem) for one in problems_of(case)] == [
        (6, "the answer `Aggainst` to `joining` is not in the questionnaire")
    ]


def test_a_stratum_with_one_unit_is_told_where_the_design_refuses_it(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    lines = (case / DATA).read_text(encoding="utf-8").splitlines()
    kept = [one for one in lines if one.split(",")[1] != "north-town" or one.split(",")[2] == "north-town-01"]
    (case / DATA).write_text("\n".join(kept) + "\n", encoding="utf-8")
    (one,) = problems_of(case)
    assert (one.file, "`north-town` has one primary unit" in one.problem) == (DESIGN, True)
    assert one.line == (case / DESIGN).read_text().split("lonely_psu")[0].count("\n") + 1
    replace_once(case, DESIGN, 'lonely_psu = "fail"', 'lonely_psu = "adjust"')
    assert problems_of(case) == ()


def test_codes_without_words_are_told(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    text = (case / DESIGN).read_text(encoding="utf-8")
    (case / DESIGN).write_text(text[: text.index("[codes.sex]")], encoding="utf-8")
    data = (case / DATA).read_text(encoding="utf-8")
    (case / DATA).write_text(data.replace(",women,", ",1,").replace(",men,", ",2,"), encoding="utf-8")
    found = problems_of(case)
    assert [one.problem for one in found] == [
        "the code `1` of `sex` has no words",
        "the code `2` of `sex` has no words",
    ]
    assert {one.file for one in found} == {DESIGN}
    assert all("[codes.sex]" in one.hint for one in found)


def test_one_code_without_words_among_others_is_told(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    change(case, 5, "community", "shore")
    (one,) = problems_of(case)
    assert (one.file, one.problem) == (DESIGN, "the code `shore` of `community` has no words")


def test_a_column_of_names_is_no_breakdown(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, DESIGN, 'community = { en = "Community"', 'respondent = { en = "Community"')
    assert any("too many to break results down by" in one.problem for one in problems_of(case))


def test_a_code_that_the_file_declares_missing_and_the_questionnaire_asks(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    as_sav(case, missing_ranges={"joining": [9]})
    assert problems_of(case) == ()
    replace_once(case, ASKED, 'missing = ["9"]\n', "")
    (one,) = problems_of(case)
    assert one.file == ASKED
    assert "declares '9' in column 'joining' as missing" in one.problem
    assert one.line == (case / ASKED).read_text().split('"9" = {')[0].count("\n") + 1


def test_the_row_is_named_where_a_file_has_no_lines(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    change(case, 5, "weight", "-2")
    as_sav(case)
    (one,) = problems_of(case)
    assert (one.file, one.line, one.problem) == (
        "surveys/2025/respondents.sav",
        0,
        "row 4: the weight `-2` is negative",
    )


@pytest.mark.parametrize("content", [b"", b"respondent\n", b"\xff\xfe\x00x", b"a;b\n1;2\n", b"a,b\n1\n", b"a,a\n1,2\n"])
def test_a_file_that_cannot_be_used_is_a_problem(tmp_path: Path, content: bytes) -> None:
    case = copy_demo(tmp_path)
    (case / DATA).write_bytes(content)
    inspection = inspect_case(case)
    found = [one for wave in inspection.waves for one in check_wave(wave, case.resolve())]
    assert {*found, *inspection.problems}
    assert all(one.hint for one in found)


def test_a_damaged_binary_file_is_a_problem(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    as_sav(case)
    path = case / "surveys/2025/respondents.sav"
    path.write_bytes(path.read_bytes()[:300])
    (one,) = problems_of(case)
    assert one.file == "surveys/2025/respondents.sav"


def test_several_answers_in_a_cell_and_in_boxes(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    item = """
[items.heard]
title = { en = "a", sq = "b" }
wording = { en = "a", sq = "b" }
multiple = true
options = { radio = { en = "a", sq = "b" }, press = { en = "c", sq = "d" } }
"""
    (case / ASKED).write_text((case / ASKED).read_text(encoding="utf-8") + item, encoding="utf-8")
    frame = pl.read_csv(case / DATA, infer_schema=False)
    cells = ["radio press", "press", "", *["radio"] * (frame.height - 3)]
    frame.with_columns(pl.Series("heard", cells)).write_csv(case / DATA)
    assert problems_of(case) == ()
    cells[1] = "radio tv"
    frame.with_columns(pl.Series("heard", cells)).write_csv(case / DATA)
    (one,) = problems_of(case)
    assert (one.line, one.problem) == (3, "the answer `tv` to `heard` is not in the questionnaire")
    boxes = {"heard/radio": ["1", "0", "2", *["1"] * (frame.height - 3)], "heard/press": ["0"] * frame.height}
    frame.with_columns(pl.Series(name, values) for name, values in boxes.items()).write_csv(case / DATA)
    (one,) = problems_of(case)
    assert (one.line, one.problem) == (4, "the answer `2` to `heard` is not in the questionnaire")
