"""Stata files written again: labels, letters for missing codes, and what Stata does not hold said or refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from shteg.errors import DesignError
from shteg.survey.readers import Responses, read_responses
from shteg.survey.readers.writing import write_responses
from tests.cli.in_process import run

FRAME = pl.DataFrame(
    {
        "sex": [1.0, 2.0] * 30,
        "q": [1.0, 2.0, 9.0, 8.0, 1.0] * 12,
        "income": [10.5, 20.25, 30.0] * 20,
        "place": ["Pejë", "Deçan", "Gjilan"] * 20,
        "big": [3_000_000_000.0, 1.0, 2.0] * 20,
    }
)
LABELS = {"sex": {1.0: "Burra", 2.0: "Gra"}, "q": {1.0: "Po", 2.0: "Jo", 8.0: "Nuk e di", 9.0: "Refuzon"}}


@pytest.fixture
def spss(tmp_path: Path) -> Path:
    path = tmp_path / "a.sav"
    pyreadstat.write_sav(
        FRAME, path, variable_value_labels=LABELS, missing_ranges={"q": [{"lo": 8, "hi": 9}]},
        column_labels={"q": "A jeni pro? " * 9, "sex": "Gjinia"},
    )  # fmt: skip
    return path


def test_an_spss_file_as_stata_has_the_same_tables(tmp_path: Path, spss: Path) -> None:
    out, sheet = tmp_path / "b.dta", tmp_path / "t.csv"
    sheet.write_text("variable;category;count\nsex;Burra;900\n;Gra;1100\n", encoding="utf-8")
    done = run("weight", spss, "--targets", sheet, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "q: 8 is .a, 9 is .b, the missing values of Stata" in done.stderr
    assert "80 letters of a label: cut are those of q" in done.stderr
    found = read_responses(out)
    assert found.missing["q"] == (".a", ".b")
    assert found.value_labels["q"] == {"1": "Po", "2": "Jo", ".a": "Nuk e di", ".b": "Refuzon"}
    assert found.frame["place"].to_list()[:3] == ["Pejë", "Deçan", "Gjilan"]
    assert found.frame["income"].to_list()[:3] == ["10.5", "20.25", "30"]
    assert found.frame["big"].to_list()[:2] == ["3000000000", "1"]
    tables = []
    for path in (out, tmp_path / "c.sav"):
        if path.suffix == ".sav":
            assert run("weight", spss, "--targets", sheet, "--out", path).returncode == 0
        table = tmp_path / f"{path.suffix[1:]}.csv"
        words = ("--weight", "w_final", "--items", "q", "--by", "sex", "--minimum-base", "1", "--out", table)
        assert run("tabulate", path, *words).returncode == 0
        tables.append(pl.read_csv(table).drop("source"))
    assert (
        tables[0]
        .select("option", "estimate", "std_error", "n")
        .equals(tables[1].select("option", "estimate", "std_error", "n"))
    )


def test_a_stata_file_comes_back_as_it_was(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "q": pl.Series("q", [1.0, 2.0, "a", None, "z"] * 4, dtype=pl.Object),
            "n": [1.0, 2.0, 3.0, 4.0, None] * 4,
            "t": ["x", "", "ë", "01", "y"] * 4,
        }
    )
    path, out = tmp_path / "a.dta", tmp_path / "b.dta"
    pyreadstat.write_dta(
        frame, path, variable_value_labels={"q": {1.0: "one", "a": "none"}}, missing_user_values={"q": ["a", "z"]}
    )
    before = read_responses(path)
    assert write_responses(before, out) == ()
    after = read_responses(out)
    assert after.frame.equals(before.frame)
    assert (after.missing, after.value_labels, after.labels) == (before.missing, before.value_labels, before.labels)


@pytest.mark.parametrize(
    ("frame", "missing", "words"),
    [
        (pl.DataFrame({"a" * 33: ["1"]}), {}, "does not take the name"),
        (pl.DataFrame({"if": ["1"]}), {}, "does not take the name 'if'"),
        (pl.DataFrame({"a-b": ["1"], "a_b": ["1"]}), {}, "does not take the name 'a-b'"),
        (pl.DataFrame({"t": ["x" * 3000]}), {}, "more than 2045 bytes"),
        (pl.DataFrame({"q": ["1"]}), {"q": tuple(str(one) for one in range(100, 130))}, "26 letters"),
    ],
)
def test_what_stata_does_not_hold_is_refused(
    tmp_path: Path, frame: pl.DataFrame, missing: dict[str, tuple[str, ...]], words: str
) -> None:
    with pytest.raises(DesignError, match=words) as raised:
        write_responses(Responses(frame=frame, missing=missing, name="a.sav"), tmp_path / "b.dta")
    assert "instead" in raised.value.hint
    assert not (tmp_path / "b.dta").exists()


def test_labels_that_are_not_written_are_named(tmp_path: Path) -> None:
    frame = pl.DataFrame({"t": ["f", "m"], "h": ["0.5", "1"]})
    named = {"t": {"f": "Gra", "m": "Burra"}, "h": {"0.5": "half", "1": "whole"}}
    notes = write_responses(Responses(frame=frame, value_labels=named, name="a.sav"), tmp_path / "b.dta")
    assert ["t holds texts" in notes[0], "not 0.5" in notes[1]] == [True, True]
    assert read_responses(tmp_path / "b.dta").value_labels == {"h": {"1": "whole"}}
