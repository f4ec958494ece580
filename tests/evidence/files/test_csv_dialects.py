"""Tables as Excel writes them anywhere: understood where they can mean one thing only, else refused with a hint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.evidence import check_case, read_case
from shteg.survey.readers.files import read_responses
from tests.evidence.demo_copy import DEMO, copy_demo

ROWS = [line.split(",") for line in (DEMO / "covariates.csv").read_text(encoding="utf-8").splitlines()]
WANTED = read_case(DEMO).covariates


def lines(separator: str, *, comma: bool = False, end: str = "\n", tail: str = "", edge: str = "") -> str:
    """Write the table with another separator, decimal commas, line ends, blank rows below or columns beside it."""
    value = ROWS[0].index("value")
    out = []
    for number, row in enumerate(ROWS):
        cells = list(row)
        if comma and number:
            cells[value] = cells[value].replace(".", ",")
        out.append(separator.join(cells) + edge + end)
    return "".join(out) + tail


UNDERSTOOD: dict[str, bytes] = {
    "comma": lines(",").encode(),
    "semicolon": lines(";").encode(),
    "tab": lines("\t").encode(),
    "semicolon, decimal comma": lines(";", comma=True).encode(),
    "tab, decimal comma": lines("\t", comma=True).encode(),
    "byte order mark": b"\xef\xbb\xbf" + lines(",").encode(),
    "byte order mark, semicolon": b"\xef\xbb\xbf" + lines(";", comma=True, end="\r\n").encode(),
    "CR LF": lines(",", end="\r\n").encode(),
    "CR": lines(",", end="\r").encode(),
    "CR, semicolon": lines(";", comma=True, end="\r").encode(),
    "UTF-16": lines("\t").encode("utf-16"),
    "UTF-16, CR LF, decimal comma": lines("\t", comma=True, end="\r\n").encode("utf-16"),
    "UTF-16 big endian": b"\xfe\xff" + lines(",").encode("utf-16-be"),
    "sep=;": b"sep=;\r\n" + lines(";", end="\r\n").encode(),
    "sep=,": b"sep=,\n" + lines(",").encode(),
    "sep=tab": b"sep=\t\n" + lines("\t").encode(),
    "blank rows below": lines(",", tail="\n\n\n").encode(),
    "rows of separators below": lines(";", tail=";;;;\n;;;;\n").encode(),
    "blank columns beside": lines(",", edge=",,,").encode(),
    "blank columns and rows": lines(";", comma=True, edge=";;", tail="\n;;;;;;\n").encode(),
    "no end of the last line": lines(",").rstrip("\n").encode(),
    "blank row above": b"\n" + lines(",").encode(),
}


@pytest.mark.parametrize("dialect", UNDERSTOOD)
def test_a_table_says_the_same_in_every_dialect(dialect: str, tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    (case / "covariates.csv").write_bytes(UNDERSTOOD[dialect])
    assert check_case(case) == ()
    assert read_case(case).covariates == WANTED


WAVE = "id;answer;amount\n1;po;1,5\n2;jo;2,5\n3;po;3\n"


def as_wave(separator: str) -> str:
    return WAVE.replace(";", separator) if separator != "," else WAVE.replace(",", ".").replace(";", ",")


ANSWERS: dict[str, bytes] = {
    "comma": as_wave(",").encode(),
    "semicolon": as_wave(";").encode(),
    "tab": as_wave("\t").encode(),
    "byte order mark": b"\xef\xbb\xbf" + as_wave(";").encode(),
    "CR LF": as_wave(";").replace("\n", "\r\n").encode(),
    "CR": as_wave(";").replace("\n", "\r").encode(),
    "UTF-16": as_wave("\t").encode("utf-16"),
    "UTF-16 big endian": b"\xfe\xff" + as_wave(";").encode("utf-16-be"),
    "sep=;": b"sep=;\r\n" + as_wave(";").encode(),
    "blank rows": as_wave(";").replace("2;jo", "\n2;jo").encode() + b"\n;;\n",
    "blank columns": as_wave(";").replace("\n", ";;\n").encode(),
    "no last line end": as_wave(";").rstrip("\n").encode(),
}


@pytest.mark.parametrize("dialect", ANSWERS)
def test_a_data_file_says_the_same_in_every_dialect(dialect: str, tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(ANSWERS[dialect])
    frame = read_responses(path).frame
    assert frame.to_dict(as_series=False) == {
        "id": ["1", "2", "3"],
        "answer": ["po", "jo", "po"],
        "amount": ["1.5", "2.5", "3"],
    }


def acts(dates: list[str]) -> Callable[[Path], None]:
    """Write other days into the first rows of acts.csv, which then is separated by semicolons."""

    def write(case: Path) -> None:
        rows = [line.split(",") for line in (case / "acts.csv").read_text(encoding="utf-8").splitlines()]
        assert all(len(row) == len(rows[0]) for row in rows)
        for row, day in zip(rows[1:], dates, strict=False):
            row[3] = day
        (case / "acts.csv").write_text("\n".join(";".join(row) for row in rows) + "\n", encoding="utf-8")

    return write


@pytest.mark.parametrize(
    ("dates", "first"),
    [
        (["21.05.2009", "22.05.2009"], "2009-05-21"),
        (["21.5.2009.", "1.6.2009."], "2009-05-21"),
        (["21. 5. 2009", "22.05.2009"], "2009-05-21"),
        (["21/05/2009", "05/06/2009"], "2009-05-21"),
        (["05/06/2009", "21/05/2009"], "2009-06-05"),
        (["5/21/2009", "6/5/2009"], "2009-05-21"),
        (["6/5/2009", "5/21/2009"], "2009-06-05"),
        (["21-05-2009", "22-05-2009"], "2009-05-21"),
        (["2009-05-21 00:00:00", "2009-05-22T00:00"], "2009-05-21"),
        (["5/21/2009 12:00:00 AM", "5/22/2009 0:00"], "2009-05-21"),
    ],
)
def test_local_days_are_read_where_the_column_tells(dates: list[str], first: str, tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    acts(dates)(case)
    assert check_case(case) == ()
    assert str(read_case(case).acts[0].happened_on) == first


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        (["05/06/2009", "06/07/2009"], "it may be 2009-05-06 or 2009-06-05"),
        (["21/05/2009", "5/21/2009"], "has the day first in line 2 and the month first in line 3"),
        (["31.02.2009"], "is not a day that exists"),
        (["21.05.09"], "is not a date"),
    ],
)
def test_days_that_may_be_two_are_refused_with_a_hint(dates: list[str], told: str, tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    acts(dates)(case)
    problems = check_case(case)
    assert any(told in one.problem for one in problems), problems
    assert all(one.hint and one.file == "acts.csv" and one.line for one in problems)


@pytest.mark.parametrize("codec", ["cp1250", "cp1252", "mac_roman", "cp852"])
def test_another_encoding_is_refused_with_the_words_of_excel(codec: str, tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    text = (case / "chronicle.csv").read_text(encoding="utf-8")
    (case / "chronicle.csv").write_bytes(text.replace("\u2013", "-").replace("’", "'").encode(codec))
    problem = next(one for one in check_case(case) if one.file == "chronicle.csv")
    assert "CSV UTF-8" in problem.hint
    assert problem.line


@pytest.mark.parametrize(
    ("written", "number"),
    [("1.234,5", "1234.5"), ("1 234,5", "1234.5"), ("1\u00a0234,5", "1234.5"), ("-0,25", "-0.25")],
)
def test_numbers_with_both_marks_can_be_one_only(written: str, number: str, tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    rows = [";".join(row) for row in ROWS]
    value = ROWS[0].index("value")
    cells = ROWS[1].copy()
    cells[value] = written
    whole = [
        ";".join([one.replace(".", ",") if at == value else one for at, one in enumerate(row)]) for row in ROWS[2:]
    ]
    (case / "covariates.csv").write_text("\n".join([rows[0], ";".join(cells), *whole]) + "\n", encoding="utf-8")
    assert read_case(case).covariates[0].value == float(number)
