"""SPSS and Stata files: lengths of time, missing values of every kind, encodings, multiple-response sets."""

import datetime as dt
import struct
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from shteg.errors import DesignError, UsageError
from shteg.survey.readers import read_responses


def test_lengths_of_time_in_spss_are_seconds(tmp_path: Path) -> None:
    frame = pl.DataFrame({"t": [90061.0, 3600.5, None], "dt": [90061.0, 259260.0, -60.0], "q": [1.0, 2.0, 1.0]})
    pyreadstat.write_sav(frame, tmp_path / "a.sav", variable_format={"t": "TIME11.1", "dt": "DTIME12"})
    found = read_responses(tmp_path / "a.sav").frame
    assert found["t"].to_list() == ["90061", "3600.5", None]
    assert found["dt"].to_list() == ["90061", "259260", "-60"]


def test_days_and_moments_in_spss_and_stata(tmp_path: Path) -> None:
    day, moment = dt.date(2009, 5, 21), dt.datetime(2009, 5, 21, 13, 45)  # noqa: DTZ001
    frame = pl.DataFrame({"d": [day, None], "m": [moment, None]})
    pyreadstat.write_sav(frame, tmp_path / "a.sav")
    pyreadstat.write_dta(frame, tmp_path / "a.dta")
    for name in ("a.sav", "a.dta"):
        found = read_responses(tmp_path / name).frame
        assert found.rows() == [("2009-05-21", "2009-05-21T13:45:00"), (None, None)], name


def test_a_day_that_no_calendar_has(tmp_path: Path) -> None:
    pyreadstat.write_sav(pl.DataFrame({"d": [1e18]}), tmp_path / "a.sav", variable_format={"d": "DATE11"})
    with pytest.raises(DesignError, match="column 'd': 1e\\+18 is no day"):
        read_responses(tmp_path / "a.sav")


def test_hours_and_minutes_in_stata_are_seconds(tmp_path: Path) -> None:
    frame = pl.DataFrame({"t": [90061000.0, 3600000.0]})
    pyreadstat.write_dta(frame, tmp_path / "a.dta", variable_format={"t": "%tcHH:MM:SS"})
    assert read_responses(tmp_path / "a.dta").frame["t"].to_list() == ["90061", "3600"]


def test_stata_labels_of_missing_values_are_no_answers_whether_they_occur_or_not(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "q": pl.Series([1.0, "a", 2.0], dtype=pl.Object),
            "r": pl.Series([1.0, 2.0, 1.0], dtype=pl.Object),
            "s": ["a", "b", "a"],
        }
    )
    labels = {"q": {1: "Po", "a": "Refuzon", "b": "Nuk e di"}, "r": {1: "Po", "z": "Pa përgjigje"}}
    pyreadstat.write_dta(
        frame, tmp_path / "a.dta", missing_user_values={"q": ["a", "b"], "r": ["z"]}, variable_value_labels=labels
    )
    found = read_responses(tmp_path / "a.dta")
    assert found.missing == {"q": (".a", ".b"), "r": (".z",)}
    assert found.value_labels["r"] == {"1": "Po", ".z": "Pa përgjigje"}
    assert found.frame["q"].to_list() == ["1", ".a", "2"]
    assert found.frame["s"].to_list() == ["a", "b", "a"]


def test_spss_missing_values_of_every_kind(tmp_path: Path) -> None:
    low, high = float("-inf"), float("inf")
    frame = pl.DataFrame(
        {
            "q": [1.0, 97.0, 98.5, -1.0],
            "r": [1.0, -9.0, 2.0, 3.0],
            "t": ["a", "NA", "b ", "XX"],
            "u": [0.0, 1.0, 2.0, 9.0],
        }
    )
    pyreadstat.write_sav(
        frame,
        tmp_path / "a.sav",
        missing_ranges={
            "q": [{"lo": 97, "hi": high}, -1],
            "r": [{"lo": low, "hi": 0}],
            "t": ["NA", "XX", "QQ"],
            "u": [9.0],
        },
        variable_value_labels={
            "q": {1: "Po", 97: "x", 99: "Nuk e di"},
            "r": {-8: "Refuzon", 1: "Po"},
            "t": {"NA": "asgjë"},
        },
    )
    found = read_responses(tmp_path / "a.sav")
    assert {column: set(codes) for column, codes in found.missing.items()} == {
        "q": {"97", "98.5", "99", "-1"},
        "r": {"-9", "-8"},
        "t": {"NA", "XX", "QQ"},
        "u": {"9"},
    }
    assert found.frame["t"].to_list() == ["a", "NA", "b", "XX"]


def _in_windows_1250(path: Path) -> Path:
    """Write a file whose header says UTF-8 and whose texts are not."""
    pyreadstat.write_sav(pl.DataFrame({"t": ["Pec", "Dakovica"], "q": [1.0, 2.0]}), path)
    path.write_bytes(path.read_bytes().replace(b"Pec", b"Pe\xe6").replace(b"Dakovica", b"\xd0akovica"))
    return path


def test_an_encoding_that_the_file_says_wrongly(tmp_path: Path) -> None:
    path = _in_windows_1250(tmp_path / "a.sav")
    assert read_responses(path, encoding="windows-1250").frame["t"].to_list() == ["Peć", "Đakovica"]


def test_an_old_stata_file_says_no_encoding(tmp_path: Path) -> None:
    path = tmp_path / "a.dta"
    pyreadstat.write_dta(pl.DataFrame({"t": ["Mamusa", "x"]}), path, version=10, variable_value_labels={})
    assert read_responses(path).notes == ()
    path.write_bytes(path.read_bytes().replace(b"Mamusa", b"Mamu\xfea"))
    found = read_responses(path)
    assert found.frame["t"].to_list() == ["Mamuþa", "x"]
    assert "says no encoding" in found.notes[0]
    named = read_responses(path, encoding="windows-1254")
    assert (named.frame["t"].to_list(), named.notes) == (["Mamuşa", "x"], ())


def test_encodings_that_do_not_help(tmp_path: Path) -> None:
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(pl.DataFrame({"t": ["Peć", "x"]}), path)
    with pytest.raises(UsageError, match="no encoding 'klingon'"):
        read_responses(path, encoding="klingon")
    with pytest.raises(DesignError, match="encoding"):
        read_responses(path, encoding="ascii")
    pl.DataFrame({"q": [1]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(UsageError, match="a Parquet file says its encoding itself"):
        read_responses(tmp_path / "a.parquet", encoding="utf-8")


def test_multiple_response_sets_of_spss(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"Box_One": [1.0, 0.0], "Box_Two_long": [0.0, 1.0], "c1": [1.0, 2.0], "c2": [3.0, None], "s": ["Y", "N"]}
    )
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(frame, path)
    raw, end = path.read_bytes(), struct.pack("<ii", 999, 0)
    text = b"$boxes=D1 1 11 Which media box_one box_two_\n$order=C 5 Order c1 c2\n$words=D1 Y 0  s s\n"
    at = raw.index(end)
    path.write_bytes(raw[:at] + struct.pack("<iiii", 7, 7, 1, len(text)) + text + raw[at:])
    found = read_responses(path)
    boxes, order = found.sets["boxes"], found.sets["order"]
    assert (boxes.kind, boxes.counted, boxes.label, boxes.columns) == (
        "dichotomy", "1", "Which media", ("Box_One", "Box_Two_long")
    )  # fmt: skip
    assert (order.kind, order.counted, order.columns) == ("category", None, ("c1", "c2"))
    assert (found.sets["words"].counted, found.sets["words"].columns) == ("Y", ("s", "s"))
    assert found.notes == ()
