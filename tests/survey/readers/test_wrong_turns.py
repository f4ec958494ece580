"""What people hand over by mistake: titles above the names, letters read wrongly before, files of a near kind."""

from pathlib import Path

import polars as pl
import pyreadstat
import pytest
import xlsxwriter

from shteg.errors import ShtegError
from shteg.survey import read_responses


def write_workbook(path: Path, rows) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return path


def write_text(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Survey 2025\n\nid,q\n1,2\n2,1\n", 3),
        ("Survey 2025\nid;q\n1;2\n2;1\n", 2),
        ("Survey 2025\nid\tq\n1\t2\n2\t1\n", 2),
        ("Survey 2025,,\n,,\nid,q,r\n1,2,3\n2,1,3\n", 3),
    ],
)
def test_a_title_above_the_names_of_a_csv_file_is_named(tmp_path, text, line):
    with pytest.raises(ShtegError, match=f"line 1: .* does not name the columns; the names .* line {line}\n"):
        read_responses(write_text(tmp_path / "wave.csv", text))


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("comment\ngood\nbad; very\n", 2),
        ("q,,\n1,,\n2,,\n", 2),
        ("q\n1;2\n2\n", 2),
        ('q\n"a, b"\n"c, d"\n', 2),
    ],
)
def test_a_file_of_one_column_is_not_taken_for_a_title(tmp_path, text, rows):
    assert read_responses(write_text(tmp_path / "wave.csv", text)).frame.height == rows


@pytest.mark.parametrize("between", [[], [[]]])
def test_a_title_above_two_columns_of_a_workbook_is_named(tmp_path, between):
    path = write_workbook(tmp_path / "wave.xlsx", [["Survey 2025"], *between, ["id", "q"], [1, 2], [2, 1]])
    with pytest.raises(ShtegError, match=f"row 1 does not name the columns; .* row {2 + len(between)}\n"):
        read_responses(path)


@pytest.mark.parametrize("version", [14, 15])
def test_a_stata_file_of_version_14_or_later_is_utf_8_without_a_note(tmp_path, version):
    path = tmp_path / "wave.dta"
    pyreadstat.write_dta(pl.DataFrame({"q": ["Pejë"]}), str(path), version=version)
    found = read_responses(path)
    assert found.frame["q"].to_list() == ["Pejë"]
    assert found.notes == ()


def test_an_older_stata_file_in_utf_8_is_refused_until_its_encoding_is_named(tmp_path):
    path = tmp_path / "wave.dta"
    pyreadstat.write_dta(pl.DataFrame({"q": ["Pejë"]}), str(path), version=12)
    with pytest.raises(
        ShtegError, match=r"column 'q': “PejÃ«” has been read in a wrong encoding; it was “Pejë”\n.*--enc"
    ):
        read_responses(path)
    assert read_responses(path, encoding="utf-8").frame["q"].to_list() == ["Pejë"]


def write_wrong_letters(path: Path, place: str) -> None:
    name, label, option, answer = ("PejÃ«" if place == one else one for one in ("name", "label", "option", "answer"))
    frame = pl.DataFrame({name.replace("Ã«", "Ã"): [1.0], "text": [answer]})
    if path.suffix == ".sav":
        labels, options = {frame.columns[0]: label}, {frame.columns[0]: {1.0: option}}
        pyreadstat.write_sav(frame, str(path), column_labels=labels, variable_value_labels=options)
    elif path.suffix == ".parquet":
        frame.rename({frame.columns[0]: name}).write_parquet(path)
    else:
        write_workbook(path, [[name, "text"], [1, answer]])


@pytest.mark.parametrize(
    ("suffix", "place"),
    [(".sav", "label"), (".sav", "option"), (".sav", "answer")]
    + [(suffix, place) for suffix in (".xlsx", ".parquet") for place in ("name", "answer")],
)
def test_letters_read_wrongly_before_are_refused_in_every_kind_of_file(tmp_path, suffix, place):
    path = tmp_path / f"wave{suffix}"
    write_wrong_letters(path, place)
    with pytest.raises(ShtegError, match="“PejÃ«” has been read in a wrong encoding; it was “Pejë”"):
        read_responses(path)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("wave.xls", "save it as .xlsx"), ("wave.ods", "save it as .xlsx"), ("wave.txt", "name it .csv")],
)
def test_a_near_kind_of_file_has_a_hint_of_its_own(tmp_path, name, hint):
    with pytest.raises(ShtegError, match=f"is not a kind of data file\nHint: .*{hint}"):
        read_responses(write_text(tmp_path / name, "q\n1\n"))


@pytest.mark.parametrize("name", ["wave.csv", "wave.sav", "wave.parquet"])
def test_an_older_workbook_under_another_name_is_called_what_it_is(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100))
    with pytest.raises(ShtegError, match=r"older than \.xlsx.*\nHint: .*save it as \.xlsx"):
        read_responses(path)
