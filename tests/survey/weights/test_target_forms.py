"""Each form in which people keep targets gives the same targets; what has no form is refused with its sheet."""

from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from shteg.errors import DataError, DesignError, ShtegError, UsageError
from shteg.survey.weights.target_sheet import TargetSheet, read_target_sheet

Table = list[list[Any]]
SEX: Table = [["f", 51.3], ["m", 48.7]]
REGION: Table = [["n", 40], ["s", 35], ["w", 25]]
LIST: Table = [["variable", "category", "percent"]]
LIST += [["sex", "f", 51.3], ["", "m", 48.7], ["region", "n", 40], ["", "s", 35], ["", "w", 25]]
CROSSED: Table = [["sex*region", "n", "s"], ["f", 30, 21.3], ["m", 20, 28.7]]


def book(folder: Path, sheets: dict[str, Table], *, hidden: str = "") -> Path:
    path = folder / "targets.xlsx"
    made = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        page = made.add_worksheet(name)
        for line, row in enumerate(rows):
            page.write_row(line, 0, row)
        if name == hidden:
            page.hide()
    made.close()
    return path


def found(sheet: TargetSheet) -> dict[str, dict[tuple[str, ...], float]]:
    return {one.name: {each.category: each.number for each in one.targets} for one in sheet.margins}


WANTED = {"sex": {("f",): 51.3, ("m",): 48.7}, "region": {("n",): 40, ("s",): 35, ("w",): 25}}
FORMS: dict[str, dict[str, Table]] = {
    "a list": {"a": LIST},
    "a list, and notes beside it": {"Notes": [["where it is from"], ["the census"]], "Targets": LIST},
    "in Albanian": {"a": [["Ndryshorja", "Kategoria", "Përqindja"], *LIST[1:]]},
    "a sheet for each margin": {
        "sex": [["category", "percent"], *SEX],
        "region": [["category", "percent"], *REGION],
    },
    "margins as R has them": {"one": [["sex", "Freq"], *SEX], "two": [["region", "Freq"], *REGION]},
    "variables as headings": {"a": [["Category", "%"], ["sex"], *SEX, ["region"], *REGION]},
    "numbers as text": {"a": [["variable", "category", "percent"], ["sex", "f", "51,3%"], ["", "m", "48,7 %"],
                              ["region", "n", "40"], ["", "s", "35,0"], ["", "w", "25"]]},
    "a blank row between": {"a": [*LIST[:3], ["", "", ""], *LIST[3:]]},
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_targets(tmp_path: Path, form: str) -> None:
    sheet = read_target_sheet(book(tmp_path, FORMS[form]))
    assert found(sheet) == WANTED
    assert {one.unit for one in sheet.margins} == {"percent"}


CROSSES: dict[str, Table] = {
    "a table": CROSSED,
    "a list": [["variable", "category", "target"], ["sex*region", "f*n", 30], ["", "f * s", 21.3], ["", "m*n", 20],
               ["", "m*s", 28.7]],
    "as R has it": [["sex", "region", "Freq"], ["f", "n", 30], ["", "s", 21.3], ["m", "n", 20], ["", "s", 28.7]],
}  # fmt: skip


@pytest.mark.parametrize("form", CROSSES)
def test_crossed_margins_in_three_forms(tmp_path: Path, form: str) -> None:
    sheet = read_target_sheet(book(tmp_path, {"a": CROSSES[form]}))
    assert found(sheet) == {"sex*region": {("f", "n"): 30, ("f", "s"): 21.3, ("m", "n"): 20, ("m", "s"): 28.7}}


def test_a_blank_cell_of_a_crossed_table_is_no_target(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("sex*region;n;s\nf;30;\nm;;70\n", encoding="utf-8")
    assert found(read_target_sheet(path)) == {"sex*region": {("f", "n"): 30, ("m", "s"): 70}}


def test_places_name_sheet_and_cell(tmp_path: Path) -> None:
    sheets = {"sex": [["category", "percent"], *SEX], "region": [["category", "percent"], ["n", 40], ["s", "many"]]}
    with pytest.raises(DataError, match="'many' is no number") as raised:
        read_target_sheet(book(tmp_path, sheets))  # and what is left adds to 40
    places = {(one.file, one.line, one.column) for one in raised.value.problems}
    assert places == {("targets.xlsx, sheet 'region'", 3, 2), ("targets.xlsx, sheet 'region'", 2, 2)}
    with pytest.raises(DataError, match="many") as raised:
        read_target_sheet(book(tmp_path, {"a": [["sex*region", "n", "s"], ["f", 30, 21.3], ["m", 20, "many"]]}))
    assert (raised.value.problems[0].line, raised.value.problems[0].column) == (3, 3)


SCHEMES = (
    "scheme,variable,category,count,reference_year\nold,sex,f,40,2011\nold,sex,m,60,2011\n"
    "new,sex,f,53,2024\nnew,sex,m,51,2024\n"
)


def test_one_scheme_of_several_counts(tmp_path: Path) -> None:
    path = tmp_path / "population.csv"
    path.write_text(SCHEMES, encoding="utf-8")
    assert found(read_target_sheet(path, scheme="new")) == {"sex": {("f",): 53, ("m",): 51}}
    with pytest.raises(UsageError, match="2 schemes") as raised:
        read_target_sheet(path)
    assert "old, new" in raised.value.hint
    with pytest.raises(UsageError, match="no scheme 'newest'"):
        read_target_sheet(path, scheme="newest")
    path.write_text(SCHEMES.replace("scheme", "id"), encoding="utf-8")
    with pytest.raises(UsageError, match="no column of schemes"):
        read_target_sheet(path, scheme="new")


BAD: dict[str, tuple[dict[str, Table], str]] = {
    "a sheet of notes": ({"sex": [["category", "percent"], *SEX], "Notes": [["made in 2025"], ["by us"]]}, "'Notes'"),
    "a margin twice": (
        {"sex": [["category", "percent"], *SEX], "b": [["sex", "percent"], *SEX]},
        "sex stands in two sheets",
    ),
    "three crossed in a table": ({"a": [["sex*region*age", "n"], ["f", 30]]}, "a crossed table has two variables"),
    "no variable": ({"a": [["category", "percent"], *SEX]}, "no column 'variable'"),
    "two numbers": ({"a": [["sex", "percent", "count"], ["f", 51.3, 5130], ["m", 48.7, 4870]]}, "several columns"),
    "no category": ({"a": [["sex", "Freq"], ["f", 51.3], ["", 48.7]]}, "no category of sex"),
    "a category without a column": ({"a": [["variable", "group", "count"], ["sex", "f", 5]]}, "no column 'category'"),
    "nothing": ({"a": [["variable", "category", "target"]]}, ""),
    "no numbers": ({"a": [["sex", "age"], ["f", "old"]]}, "no column"),
}


@pytest.mark.parametrize("kind", BAD)
def test_what_has_no_form_is_refused(tmp_path: Path, kind: str) -> None:
    sheets, words = BAD[kind]
    with pytest.raises(ShtegError) as raised:
        read_target_sheet(book(tmp_path, sheets))
    assert words in str(raised.value)
    assert raised.value.hint


def test_hidden_sheets_and_formulas_are_no_targets(tmp_path: Path) -> None:
    both = {"sex": [["category", "percent"], *SEX], "old": [["category", "percent"], ["f", 1], ["m", 99]]}
    with pytest.raises(DesignError, match="no column 'variable'"):  # one sheet is left, whose name says nothing
        read_target_sheet(book(tmp_path, both, hidden="old"))
    with pytest.raises(DesignError, match="formula"):
        read_target_sheet(book(tmp_path, {"a": [*LIST[:5], ["", "w", "=100-75"]]}))
