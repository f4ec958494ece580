"""Files as the field keeps them, whole and broken."""

from pathlib import Path

import polars as pl
import pyreadstat
import pytest
import xlsxwriter

from shteg.errors import DesignError
from shteg.survey.readers import read_responses
from tests.survey.readers.many_files import read_all

FRAME = pl.DataFrame(
    {"q1": [1.0, 2.0, 9.0, None, -3.0], "x": [1.5, 2.0, 3.0, -1.0, 0.0], "s": ["a", "b", "", "ë", "="]}
)
CODES = {"q1": ["1", "2", "9", None, "-3"], "x": ["1.5", "2", "3", "-1", "0"], "s": ["a", "b", None, "ë", "="]}
LABELS = {"q1": {1: "Po", 2: "Jo", 9: "Nuk e di"}}


def write_sav(path: Path, **options: object) -> Path:
    pyreadstat.write_sav(
        FRAME,
        path,
        column_labels={"q1": "A e <b>doni</b>?"},
        variable_value_labels=LABELS,
        missing_ranges={"q1": [9, {"lo": -5, "hi": -1}]},
        **options,
    )
    return path


def write_xlsx(path: Path, rows: list[list[object]], sheet: str = "x") -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    page = book.add_worksheet(sheet)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if isinstance(cell, str) and cell.startswith("f:"):
                page.write_formula(i, j, cell[2:], None, 1)
            elif cell is not None:
                page.write(i, j, cell)
    book.close()
    return path


@pytest.mark.parametrize(
    ("name", "options"), [("a.sav", {}), ("a.sav", {"row_compress": True}), ("a.zsav", {"compress": True})]
)
def test_spss_keeps_codes_labels_and_user_missing(tmp_path: Path, name: str, options: dict[str, object]) -> None:
    found = read_responses(write_sav(tmp_path / name, **options))
    assert found.frame.to_dict(as_series=False) == CODES
    assert found.labels == {"q1": "A e <b>doni</b>?"}
    assert found.value_labels == {"q1": {"1": "Po", "2": "Jo", "9": "Nuk e di"}}
    assert {name: set(codes) for name, codes in found.missing.items()} == {"q1": {"9", "-3"}}


@pytest.mark.parametrize("version", [8, 10, 12, 13, 14, 15])
def test_stata(tmp_path: Path, version: int) -> None:
    frame = FRAME if version >= 14 else FRAME.drop("s")
    pyreadstat.write_dta(frame, tmp_path / "a.dta", version=version, variable_value_labels=LABELS)
    found = read_responses(tmp_path / "a.dta")
    assert found.frame.to_dict(as_series=False) == {name: CODES[name] for name in frame.columns}
    assert found.value_labels["q1"]["2"] == "Jo"


def test_stata_extended_missing_values_stay_codes(tmp_path: Path) -> None:
    frame = pl.DataFrame({"q": pl.Series([1.0, "a", 2.0], dtype=pl.Object)})
    pyreadstat.write_dta(
        frame, tmp_path / "a.dta", missing_user_values={"q": ["a"]}, variable_value_labels={"q": {1: "Po", "a": "PP"}}
    )
    found = read_responses(tmp_path / "a.dta")
    assert found.frame["q"].to_list() == ["1", ".a", "2"]
    assert found.missing == {"q": (".a",)}
    assert found.value_labels == {"q": {"1": "Po", ".a": "PP"}}


@pytest.mark.parametrize("name", ["a.sav", "a.zsav", "a.dta", "a.parquet", "a.xlsx"])
def test_a_file_cut_off_anywhere_is_an_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name.endswith("sav"):
        write_sav(path, compress=name == "a.zsav")
    elif name == "a.dta":
        pyreadstat.write_dta(FRAME, path, variable_value_labels=LABELS)
    elif name == "a.parquet":
        FRAME.write_parquet(path)
    else:
        write_xlsx(path, [["a", "b"], [1, 2]])
    whole = path.read_bytes()
    read_responses(path)
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    for size in sorted({*range(0, len(whole), 37), *range(len(whole) - 40, len(whole))}):
        (pieces / f"{size}-{name}").write_bytes(whole[:size])
    found = read_all(pieces)
    assert len(found) == len(list(pieces.iterdir()))
    assert {outcome for outcome, _ in found.values()} <= {"refused", "unreadable"}, found


def test_csv_and_parquet_and_xlsx_agree(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("q1,x,s\n1,1.5,a\n2,2,b\n9,3,\n,-1,ë\n-3,0,=\n", encoding="utf-8-sig")
    FRAME.with_columns(pl.col("s").replace("", None)).write_parquet(tmp_path / "a.parquet")
    write_xlsx(tmp_path / "a.xlsx", [list(FRAME.columns), *(list(row) for row in FRAME.rows())])
    for name in ("a.csv", "a.parquet", "a.xlsx"):
        assert read_responses(tmp_path / name).frame.to_dict(as_series=False) == CODES, name


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("a.csv", b"", "a.csv: the file is empty"),
        ("a.csv", b"\n", "a.csv: the file is empty"),
        ("a.csv", b"a,b\n", "no rows"),
        ("a.csv", b"a,b,a\n1,2,3\n", r"header: the column 'a' occurs twice \(columns 1 and 3\)"),
        ("a.csv", b"a,,b\n1,2,3\n", "header, column 2: the column has no name"),
        ("a.csv", b"a|b\n1|2\n", r"separated by “\|”"),
        ("a.csv", b"a,b\n1,2\n1,\xe7\n", r"not UTF-8 \(line 3\)"),
        ("a.csv", b"a,b\n1,\x00\n", "line 2: the file holds a zero byte"),
        ("a.csv", b"a,b\n1,2,3\n", "a.csv, line 2: the row has 3 fields, the header has 2"),
        ("a.sav", b"a,b\n1,2\n", "the content is something else"),
        ("a.csv", b"$FL2@(#) SPSS", "the content is an SPSS file"),
        ("a.dta", b"PK\x03\x04xxxx", "the content is an Excel workbook"),
        ("a.xls", b"xx", ".xls is not a kind of data file"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "protected by a password"),
    ],
)
def test_bad_files(tmp_path: Path, name: str, content: bytes, error: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DesignError, match=error):
        read_responses(tmp_path / name)


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([["a", "b"], [1, "f:=A2+1"]], "sheet 'x', cell B2: the cell holds a formula"),
        ([["a", "f:=A1"], [1, 2]], "cell B1"),
        ([["a", "a"], [1, 2]], "the column 'a' occurs twice"),
        ([["a", None, "b"], [1, 2, 3]], "header, column 2: the column has no name"),
        ([["a", "b"], [1, 2.0**60]], "row 2: 1152921504606846976 is too large"),
        ([], "the file is empty"),
    ],
)
def test_bad_workbooks(tmp_path: Path, rows: list[list[object]], error: str) -> None:
    with pytest.raises(DesignError, match=error):
        read_responses(write_xlsx(tmp_path / "a.xlsx", rows))


def test_error_value_in_a_workbook(tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page = book.add_worksheet()
    page.write_row(0, 0, ["a", "b"])
    page.write_formula(1, 0, "=1/0", None, "#DIV/0!")
    book.close()
    with pytest.raises(DesignError, match="cell A2"):
        read_responses(tmp_path / "a.xlsx")


def test_two_filled_sheets_need_one_called_data(tmp_path: Path) -> None:
    for second, good in (("other", False), ("Data", True)):
        book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
        book.add_worksheet("notes").write(0, 0, "about")
        book.add_worksheet(second).write_column(0, 0, ["q", 7])
        book.close()
        if good:
            assert read_responses(tmp_path / "a.xlsx").frame.to_dict(as_series=False) == {"q": ["7"]}
        else:
            with pytest.raises(DesignError, match="2 sheets hold something"):
                read_responses(tmp_path / "a.xlsx")
