"""XLSForm as questionnaire."""

from pathlib import Path

import pytest
import xlsxwriter

from shteg.errors import DesignError
from shteg.survey.readers import read_questionnaire, read_xlsform

HEAD = ["type", "name", "label::English (en)", "label::Shqip (sq)"]
CHOICES = [
    ["list_name", "name", "label::English (en)", "label::Shqip (sq)"],
    ["yn", 1, "Yes", "Po"],
    ["yn", 0, "No", "Jo"],
    ["media", "tv", "Television", "Televizioni"],
    ["media", "web", "<i>Web</i>", "=Rrjeti"],
]
SURVEY = [
    HEAD,
    ["begin_group", "g", "Group", "Grup"],
    ["select_one yn", "joining", "Join?", "Anëtarësim?"],
    ["select_multiple media", "media", "Media", "Mediat"],
    ["integer", "age", "Age", "Mosha"],
    ["end_group"],
]


def write_form(path: Path, survey: list[list[object]], choices: list[list[object]]) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    for name, rows in (("survey", survey), ("choices", choices)):
        page = book.add_worksheet(name)
        for i, row in enumerate(rows):
            page.write_row(i, 0, row)
    book.close()
    return path


def test_closed_questions_with_labels_in_both_languages(tmp_path: Path) -> None:
    form = read_xlsform(write_form(tmp_path / "form.xlsx", SURVEY, CHOICES))
    assert list(form.items) == ["joining", "media"]
    assert form.items["joining"].options["1"].root == {"en": "Yes", "sq": "Po"}
    assert form.items["joining"].title.root == {"en": "Join?", "sq": "Anëtarësim?"}
    assert [item.multiple for item in form.items.values()] == [False, True]
    assert form.items["media"].options["web"].root == {"en": "<i>Web</i>", "sq": "=Rrjeti"}
    assert read_questionnaire(tmp_path / "form.xlsx") == form


def change(rows: list[list[object]], row: int, column: int, cell: object) -> list[list[object]]:
    changed = [list(one) for one in rows]
    changed[row][column] = cell
    return changed


@pytest.mark.parametrize(
    ("survey", "choices", "error"),
    [
        (change(SURVEY, 2, 3, ""), CHOICES, "'survey', row 3: there is no label in language 'sq'"),
        (SURVEY, change(CHOICES, 2, 2, ""), "'choices', row 3: there is no label in language 'en'"),
        (SURVEY, change(CHOICES, 2, 1, 1), "row 3: the list 'yn' has the choice '1' twice"),
        (change(SURVEY, 2, 0, "select_one nn"), CHOICES, "row 3: there is no list 'nn'"),
        (change(SURVEY, 3, 1, "joining"), CHOICES, "row 4: the name 'joining' stands twice"),
        (SURVEY[:-1], CHOICES, "row 2: the group is never closed"),
        (change(SURVEY, 0, 3, "label::English (en)"), CHOICES, "occurs twice"),
        (change(SURVEY, 0, 3, "label::Fjala"), CHOICES, "does not say the code"),
        ([HEAD, ["text", "t", "T", "T"]], CHOICES, "no closed question"),
    ],
)
def test_bad_forms(tmp_path: Path, survey: list[list[object]], choices: list[list[object]], error: str) -> None:
    with pytest.raises(DesignError, match=error):
        read_xlsform(write_form(tmp_path / "form.xlsx", survey, choices))
