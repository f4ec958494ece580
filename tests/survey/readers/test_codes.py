"""One written form of a code, whatever file it comes from."""

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyreadstat
import pytest
import xlsxwriter

from shteg.errors import DesignError
from shteg.survey.readers import read_responses
from shteg.survey.readers.codes import typed_codes, untyped_codes, write_code


@pytest.mark.parametrize(
    ("number", "code"),
    [(1.0, "1"), (-0.0, "0"), (1.5, "1.5"), (1e-7, "0.0000001"), (-3.0, "-3"), (1e15, "1" + "0" * 15)],
)
def test_a_number_is_written_one_way(number: float, code: str) -> None:
    assert write_code(number) == code
    assert typed_codes(pl.Series([number])).to_list() == [code]


@pytest.mark.parametrize("number", [2.0**53, -(2.0**60), float("inf")])
def test_numbers_that_are_no_codes(number: float) -> None:
    with pytest.raises(DesignError, match="row 2"):
        typed_codes(pl.Series([1.0, number]))


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        (["1.0", "2.0", None, ""], ["1", "2", None, None]),
        (["1", "2.50", "-0", "+3", ".5", "1e3"], ["1", "2.5", "0", "3", "0.5", "1000"]),
        (["007", "1.0"], ["007", "1.0"]),
        (["1.0", "x"], ["1.0", "x"]),
        (["10", "NaN", "1.0"], ["10", "NaN", "1"]),
        (["TRUE", "false"], ["1", "0"]),
        (["TRUE", "maybe"], ["TRUE", "maybe"]),
        ([" a\u00a0", "e\u0308"], ["a", "ë"]),
        (["383441234567890112", "1.0"], ["383441234567890112", "1"]),
        (["3,5", "1"], ["3,5", "1"]),
    ],
)
def test_a_column_without_a_type_is_decided_as_a_whole(cells: list[str | None], codes: list[str | None]) -> None:
    assert untyped_codes(pl.Series(cells, dtype=pl.String)).to_list() == codes


def test_decimal_commas_where_no_comma_separates(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("q;w;mixed\n1;3,5;3,5\n2;4;4.5\n", encoding="utf-8")
    assert read_responses(tmp_path / "a.csv").frame.to_dict(as_series=False) == {
        "q": ["1", "2"],
        "w": ["3.5", "4"],
        "mixed": ["3,5", "4.5"],
    }


@pytest.mark.parametrize(
    ("values", "kind", "codes"),
    [
        ([0.1, float("nan"), None, -0.0, 2.0], pl.Float32, ["0.1", None, None, "0", "2"]),
        ([True, False, None], pl.Boolean, ["1", "0", None]),
        ([dt.timedelta(days=1, seconds=3661), dt.timedelta(milliseconds=1500)], pl.Duration("ms"), ["90061", "1.5"]),
        ([dt.timedelta(seconds=-1)], pl.Duration("ns"), ["-1"]),
        ([Decimal("1.50"), Decimal("2")], pl.Decimal(10, 2), ["1.5", "2"]),
        (["b", "a "], pl.Categorical, ["b", "a"]),
        (["b", "a"], pl.Enum(["b", "a"]), ["b", "a"]),
        ([dt.date(2009, 5, 21)], pl.Date, ["2009-05-21"]),
        ([1242913500000000], pl.Datetime("us"), ["2009-05-21T13:45:00"]),
        ([dt.time(13, 45, 0, 500000)], pl.Time, ["13:45:00.5"]),
        ([None], pl.Null, [None]),
        ([18446744073709551615], pl.UInt64, ["18446744073709551615"]),
        (["e\u0308 ", "", "007"], pl.String, ["ë", None, "007"]),
    ],
)
def test_parquet_of_every_type(tmp_path: Path, values: list[Any], kind: Any, codes: list[str | None]) -> None:
    column = pl.Series(values, dtype=kind) if not isinstance(kind, pl.Datetime) else pl.Series(values).cast(kind)
    pl.DataFrame({"v": column, "q": ["x"] * len(values)}).write_parquet(tmp_path / "a.parquet")
    assert read_responses(tmp_path / "a.parquet").frame["v"].to_list() == codes


@pytest.mark.parametrize("value", [[1, 2], {"a": 1}, b"x"])
def test_parquet_with_more_than_one_value_in_a_cell(tmp_path: Path, value: object) -> None:
    pl.DataFrame({"v": [value]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(DesignError, match="column 'v': a column of"):
        read_responses(tmp_path / "a.parquet")


def test_the_same_answers_in_every_kind_of_file(tmp_path: Path) -> None:
    frame = pl.DataFrame({"n": [1.0, 2.0, -0.0, None], "x": [0.1, 1e-7, 2.5, -1.0], "s": ["ë", "b", None, "007"]})
    codes = {"n": ["1", "2", "0", None], "x": ["0.1", "0.0000001", "2.5", "-1"], "s": ["ë", "b", None, "007"]}
    frame.write_parquet(tmp_path / "a.parquet")
    frame.write_csv(tmp_path / "a.csv")
    frame.write_csv(tmp_path / "b.csv", separator=";", decimal_comma=True)
    frame.write_csv(tmp_path / "c.csv", separator="\t", quote_style="always")
    pyreadstat.write_sav(frame, tmp_path / "a.sav")
    pyreadstat.write_dta(frame.with_columns(pl.col("s").fill_null("")), tmp_path / "a.dta")
    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    page = book.add_worksheet()
    for i, row in enumerate([frame.columns, *frame.rows()]):
        for j, cell in enumerate(row):
            if cell is not None:
                page.write_string(i, j, cell) if isinstance(cell, str) else page.write_number(i, j, cell)
    book.close()
    for path in sorted(tmp_path.iterdir()):
        assert read_responses(path).frame.to_dict(as_series=False) == codes, path.name


def test_single_precision_of_stata(tmp_path: Path) -> None:
    frame = pl.DataFrame({"x": pl.Series([0.1, 2.0, 33.3], dtype=pl.Float32)})
    pyreadstat.write_dta(frame, tmp_path / "a.dta")
    assert read_responses(tmp_path / "a.dta").frame["x"].to_list() == ["0.1", "2", "33.3"]
