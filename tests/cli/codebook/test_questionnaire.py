"""`shteg codebook FORM.xlsx`: the questionnaire printed in each language, and what differs between them, by cell."""

import json
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result
from docx import Document

from shteg.cli.codebook.command import command
from shteg.errors import ShtegError

LABELS = ["label::English (en)", "label::Shqip (sq)"]
HEAD = ["type", "name", *LABELS, "hint::English (en)", "hint::Shqip (sq)", "constraint_message::English (en)"]
HEAD += ["constraint_message::Shqip (sq)", "relevant"]
SURVEY = [
    ["start", "start"],
    ["note", "hello", "Good day, this takes 10 minutes.", "Mirëdita, kjo zgjat 10 minuta."],
    ["begin_group", "g", "Opinions", "Mendimet"],
    ["select_one yn", "joining", "Join <b>now</b>, ${who}?", "Të anëtarësohemi <b>tani</b>, ${who}?", "One", "Një"],
    ["select_multiple media", "media", "Which media?", "Cilat media?", "", "", "", "", "${joining} = '1'"],
    ["integer", "income", "More than 1,000.50 euro?", "Më shumë se 1.000,50 euro?", "", "", "Below 9", "Nën 9"],
    ["end_group"],
    ["select_one agree", "law", "The law is good", "Ligji është i mirë"],
]
CHOICES = [
    ["yn", 1, "Yes", "Po"],
    ["yn", 0, "No", "Jo"],
    ["media", "tv", "Television", "Televizioni"],
    ["media", "web", "Web", "Rrjeti"],
    ["agree", 1, "Yes", "Po"],
    ["agree", 2, "No", "Jo"],
    ["unused", 1, "Only English", ""],
]


def write_form(path: Path, survey: list[list[object]], choices: list[list[object]], head: list[str] = HEAD) -> Path:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
    for name, rows in (
        ("survey", [head, *survey]),
        ("choices", [["list_name", "name", *LABELS], *choices]),
        ("settings", [["form_title"], ["Barometri 2026"]]),
    ):
        page = book.add_worksheet(name)
        for i, row in enumerate(rows):
            page.write_row(i, 0, row)
    book.close()
    return path


def call(*words: object, code: int = 0) -> Result:
    result = CliRunner().invoke(command, [str(word) for word in words])
    if isinstance(result.exception, ShtegError):
        raise result.exception
    assert result.exit_code == code, (result.output, result.exception)
    return result


def _changed(rows: list[list[object]], at: int, column: int, text: object) -> list[list[object]]:
    made = [[*row, *[""] * (len(HEAD) - len(row))] for row in rows]
    made[at][column] = text
    return made


def test_a_form_that_asks_the_same_is_printed_in_each_language(tmp_path: Path) -> None:
    form = write_form(tmp_path / "form.xlsx", SURVEY, CHOICES)
    said = call(form, "--out", tmp_path / "q.html").stdout
    assert "asks the same in en, sq" in said
    page = (tmp_path / "q.sq.html").read_text(encoding="utf-8")
    for words in (
        "Barometri 2026",
        "Mendimet",
        "1. Të anëtarësohemi tani, ${who}?",
        "Televizioni",
        "Nën 9",
        "10 minuta",
    ):
        assert words in page
    assert "start" not in page.split("<main>")[1]
    assert page.count("☐") == 2
    assert page.count("○") == 4
    call(form, "--out", tmp_path / "q.docx", "--language", "en")
    words = [one.text for one in Document(str(tmp_path / "q.docx")).paragraphs]
    assert "1. Join now, ${who}?" in words


PLANTED = [
    ("a missing label", (4, 3, ""), None, "sheet 'survey', cell D6: the label of media is missing in language 'sq'"),
    ("a missing hint", (3, 5, ""), None, "cell F5: the hint of joining is missing"),
    ("a missing message", (5, 7, ""), None, "cell H7: the message of its constraint of income is missing"),
    ("a number", (1, 3, "Mirëdita, kjo zgjat 15 minuta."), None, "cell D3: the label of hello has other numbers"),
    (
        "a placeholder",
        (3, 3, "Të anëtarësohemi, ${kush}?"),
        None,
        "cell D5: the label of joining has other placeholders",
    ),
    ("no placeholder", (3, 3, "Të anëtarësohemi?"), None, "none, not ${who}"),
    ("a number with decimals", (5, 3, "Më shumë se 1.000,05 euro?"), None, "1000.05, not 1000.50"),
    ("untranslated", (1, 3, "Good day, this takes 10 minutes."), None, "cell D3: the label of hello is the same in"),
    ("a missing option", None, (3, 3, ""), "sheet 'choices', cell D5: the option 'web' of the list 'media' is missing"),
    ("fewer options", None, (3, 3, ""), "the list 'media' has 1 options in language 'sq', and 2 in another"),
    ("a label twice", None, (3, 3, "Televizioni"), "cell D5: two options of the list 'media' are called 'Televizioni'"),
]


@pytest.mark.parametrize(("survey", "choice", "said"), [one[1:] for one in PLANTED], ids=[one[0] for one in PLANTED])
def test_what_differs_is_named_with_sheet_and_cell(
    tmp_path: Path, survey: tuple[int, int, str] | None, choice: tuple[int, int, str] | None, said: str
) -> None:
    form = write_form(
        tmp_path / "form.xlsx",
        _changed(SURVEY, *survey) if survey else SURVEY,
        _changed(CHOICES, *choice) if choice else CHOICES,
    )
    found = json.loads(call(form, "--json", code=1).stdout)
    told = [f"{one['place']}: {one['problem']}" for one in found["differences"]]
    assert any(said in one for one in told), told
    assert all(one["place"].startswith("form.xlsx, sheet") for one in found["differences"])
    assert len(told) <= 2
    assert found["written"] == []


def test_options_in_another_order_are_found_by_other_lists(tmp_path: Path) -> None:
    choices = [*CHOICES[:4], ["agree", 1, "Yes", "Jo"], ["agree", 2, "No", "Po"]]
    said = call(write_form(tmp_path / "form.xlsx", SURVEY, choices), code=1).stdout
    assert "the options of the list 'agree' stand in another order in 'sq' than in 'en'" in said
    assert "sheet 'choices', cell D6" in said


def test_a_kind_of_text_without_a_column_in_one_language(tmp_path: Path) -> None:
    head = [*HEAD[:5], "note to the author", *HEAD[6:]]
    said = call(write_form(tmp_path / "form.xlsx", SURVEY, CHOICES, head), code=1).stdout
    assert "cell E5: there is no column for the hint in language 'sq'" in said
    assert "add a column `hint::… (sq)`" in said


def test_a_form_that_cannot_be_printed_is_named(tmp_path: Path) -> None:
    form = write_form(tmp_path / "form.xlsx", SURVEY, CHOICES)
    for words, said in (
        ((form, "--out", tmp_path / "q.xml"), "not written as DDI"),
        ((form, "--out", tmp_path / "q.html", "--language", "fr"), "has no language 'fr'"),
    ):
        with pytest.raises(ShtegError, match=said):
            call(*words)
    wrong = write_form(tmp_path / "wrong.xlsx", [["selct_one yn", "joining", "Join?", "Hyrja?"]], CHOICES)
    with pytest.raises(ShtegError, match=r"sheet 'survey', row 2: XLSForm has no type 'selct_one yn'[\s\S]*select_one"):
        call(wrong, "--out", tmp_path / "q.html")
    rows: list[list[object]] = [["select_one yes_no", "joining", "Join?", "Hyrja?"]]
    for survey, said in ((rows, r"row 2: there is no list 'yes_no'"), ([], "the form has no question")):
        with pytest.raises(ShtegError, match=said):
            call(write_form(tmp_path / "wrong.xlsx", survey, CHOICES), "--out", tmp_path / "q.html")
    assert not list(tmp_path.glob("q*"))
