"""The rules of XLSForm, one small workbook each: what is read, what is left out and told, what is refused."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from shteg.errors import DesignError
from shteg.survey.readers import read_questionnaire, read_xlsform
from shteg.survey.readers.workbook import read_rows
from shteg.survey.readers.xlsform.form import FormQuestionnaire
from shteg.survey.readers.xlsform.survey import WITHOUT_OPTIONS

Rows = Sequence[Sequence[object]]
YES_NO: Rows = [["list_name", "name", "label::English (en)"], ["yn", 1, "Yes"], ["yn", 2, "No"]]
PLAIN: Rows = [["list_name", "name", "label"], ["yn", 1, "Yes"], ["yn", 2, "No"]]
HEAD = ["type", "name", "label::English (en)"]
ONE: Rows = [HEAD, ["select_one yn", "q1", "Join?"]]
PLAIN_ONE: Rows = [["type", "name", "label"], ["select_one yn", "q1", "Join?"]]


@pytest.fixture(autouse=True)
def _read_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """These workbooks are made here: they need no process of their own, which takes longer to start than to read."""
    monkeypatch.setattr("shteg.survey.readers.xlsform.sheets.rows_apart", read_rows)


def form(folder: Path, **sheets: Rows) -> Path:
    """Write a workbook; '__' in the name of a sheet stands for a blank."""
    return form_of(folder, {name.replace("__", " "): rows for name, rows in sheets.items()})


def form_of(folder: Path, sheets: Mapping[str, Rows]) -> Path:
    path = folder / "form.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for i, row in enumerate(rows):
                page.write_row(i, 0, row)
    return path


def read(folder: Path, survey: Rows, choices: Rows = YES_NO, **more: Rows) -> FormQuestionnaire:
    return read_xlsform(form(folder, survey=survey, choices=choices, **more))


def questions(*rows: Sequence[object]) -> Rows:
    return [HEAD, *rows, ["select_one yn", "q1", "Join?"]]


# Names of sheets and columns


@pytest.mark.parametrize(
    ("names", "survey", "choices"),
    [
        (("Survey", "Choices"), ["Type", "Name", "Label::English (en)"], ["List_Name", "Name", "Label::English (en)"]),
        (("SURVEY", "CHOICES"), ["TYPE", "NAME", "LABEL::EN"], ["LIST NAME", "NAME", "LABEL::EN"]),
        ((" survey ", "choices"), [" type", "name ", "label : English"], ["list  name", "name", "label:English (en)"]),
        (("survey", "choices"), ["command", "tag", "caption::English"], ["list name", "value", "caption::English"]),
        (("survey", "choices"), ["type", "value", "label :: English(en)"], ["list_name", "value", "label::english"]),
        (("survey", "choices"), ["\ufefftype", "name", "Label:: en"], ["list\u00a0name", "name", "label::en"]),
    ],
)
def test_names_of_sheets_and_columns_know_no_case_and_no_blanks(
    tmp_path: Path, names: tuple[str, str], survey: list[object], choices: list[object]
) -> None:
    path = form_of(tmp_path, {names[0]: [survey, *ONE[1:]], names[1]: [choices, *YES_NO[1:]]})
    item = read_xlsform(path).items["q1"]
    assert {code: label.root for code, label in item.options.items()} == {"1": {"en": "Yes"}, "2": {"en": "No"}}
    assert item.title.root == {"en": "Join?"}


def test_columns_and_sheets_of_no_concern_may_be_anything(tmp_path: Path) -> None:
    survey = [
        [*HEAD, "hint", "hint", "hint::English (en)", "media::image", "", "constraint", "label_en", "my notes", "jr:x"],
        ["select_one yn", "q1", "Join?", "a", "b", "c", "d.jpg", "e", ". > 1", "x", "#", "y"],
    ]
    choices = [
        [*YES_NO[0], "image", "region", "region", "tag", "type"],
        ["yn", 1, "Yes", "a.png", 1, 2],
        ["yn", 2, "No"],
    ]
    more: dict[str, Rows] = {"entities": [["dataset"], ["e"]], "osm": [["x"]], "my__remarks": [["a", "a"]]}
    assert list(read(tmp_path, survey, choices, **more).items) == ["q1"]


def test_the_only_sheet_of_a_workbook_is_the_survey(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match=r"no closed question\n.*text \(1\)"):
        read_xlsform(form(tmp_path, Sheet1=[["type", "name", "label"], ["text", "t", "T"]]))


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        ({"suvey": ONE, "choices": YES_NO}, "no sheet 'survey'\nHint: the sheet 'suvey' may be it"),
        ({"survey": ONE}, "row 2: the form has no sheet 'choices', and 'q1' needs it"),
        ({"survey": [["typ", "name"], ["a", "b"]]}, "no column 'type'\nHint: is it 'typ'"),
        ({"survey": ONE, "choices": [["list", "name"], ["yn", 1]]}, "no column 'list_name'\nHint: is it 'list'"),
        ({"survey": [[*HEAD, "Label::English (en)"], *ONE[1:]], "choices": YES_NO}, "occurs twice"),
        ({"survey": [["type", "Type", "name"], ["a", "b"]]}, "the column 'type' occurs twice"),
    ],
)
def test_missing_and_double_sheets_and_columns(tmp_path: Path, sheets: dict[str, Rows], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        read_xlsform(form_of(tmp_path, sheets))


@pytest.mark.parametrize("name", ["form.xls", "form.csv", "form.md", "form"])
def test_forms_of_other_files_say_how_they_are_read(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"| survey |")
    with pytest.raises(DesignError, match=r"save it as \.xlsx"):
        read_xlsform(path)
    with pytest.raises(DesignError, match=r"\.xlsx"):
        read_questionnaire(path)
    with pytest.raises(DesignError, match="no such file"):
        read_xlsform(tmp_path / "nothing.xlsx")


# Languages


@pytest.mark.parametrize("said", ["en", "English", "English (en)", "ENGLISH", "en-GB"])
def test_a_form_in_one_language_by_its_settings(tmp_path: Path, said: str) -> None:
    settings = [["Form_Title", "Default Language"], ["My form", said]]
    found = read(tmp_path, PLAIN_ONE, PLAIN, settings=settings)
    assert found.items["q1"].options["2"].root == {"en": "No"}


@pytest.mark.parametrize("settings", [[["form_title"], ["My form"]], [["default_language"], ["default"]], []])
def test_a_form_in_one_language_by_the_language_asked_for(tmp_path: Path, settings: Rows) -> None:
    path = form(tmp_path, survey=PLAIN_ONE, choices=PLAIN, settings=settings)
    for language in ("en", "English"):
        assert read_xlsform(path, language=language).items["q1"].title.root == {"en": "Join?"}
    assert read_questionnaire(path, language="sq").items["q1"].title.root == {"sq": "Join?"}
    with pytest.raises(DesignError, match=r"(?s)do not say their language.*--language en.*language=\"en\""):
        read_xlsform(path)
    with pytest.raises(DesignError, match="'Foo' is no language"):
        read_xlsform(path, language="Foo")


def test_what_the_settings_say_of_plain_labels_holds_whatever_is_asked_for(tmp_path: Path) -> None:
    path = form(tmp_path, survey=PLAIN_ONE, choices=PLAIN, settings=[["default_language"], ["English (en)"]])
    with pytest.raises(DesignError, match="no labels in language 'sq'\nHint: it has en"):
        read_xlsform(path, language="sq")


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("label::English", "en"),
        ("label::Shqip", "sq"),
        ("label:shqip", "sq"),
        ("label::Albanian", "sq"),
        ("label::Srpski", "sr"),
        ("label::српски", "sr"),
        ("label::Serbian (Latin)", "sr-latn"),
        ("label::Srpski (sr-Latn)", "sr-latn"),
        ("label::Türkçe", "tr"),
        ("label::TURKCE", "tr"),
        ("label::Anglisht", "en"),
        ("label::Engleski", "en"),
        ("label::Shqip (al)", "sq"),
        ("label::Srpski (rs)", "sr"),
        ("label::Shqip (sq-XK)", "sq"),
        ("label::Shqip (alb)", "sq"),
        ("label::Mine (xyz)", "xyz"),
        ("label::Français", "fr"),
        ("label::MK", "mk"),
    ],
)
def test_languages_by_code_or_by_a_name_that_is_known(tmp_path: Path, header: str, code: str) -> None:
    found = read(tmp_path, [["type", "name", header], *ONE[1:]], [["list_name", "name", header], *YES_NO[1:]])
    assert found.items["q1"].title.root == {code: "Join?"}


@pytest.mark.parametrize("header", ["label::Fjala", "label::Language 1", "label::English (UK)", "label::default"])
def test_languages_that_cannot_be_told(tmp_path: Path, header: str) -> None:
    survey, choices = [["type", "name", header], *ONE[1:]], [["list_name", "name", header], *YES_NO[1:]]
    with pytest.raises(DesignError, match=r"does not say the code of its language\n.*--language en"):
        read(tmp_path, survey, choices)
    assert read_xlsform(tmp_path / "form.xlsx", language="en").items["q1"].title.root == {"en": "Join?"}
    both = [["type", "name", "label::Shqip", header], ["select_one yn", "q1", "Po?", "Join?"]]
    lists = [["list_name", "name", "label::Shqip", header], ["yn", 1, "Po", "Yes"]]
    found = read_xlsform(form(tmp_path, survey=both, choices=lists), language="sq")
    assert found.items["q1"].title.root == {"sq": "Po?"}
    assert any("its language cannot be told" in note for note in found.notes)


def test_two_columns_of_one_language(tmp_path: Path) -> None:
    with pytest.raises(DesignError, match="are both 'en'"):
        read(tmp_path, [[*HEAD, "label::English"], ["select_one yn", "q1", "Join?", "Join?"]])
    survey = [[*HEAD, "label"], ["select_one yn", "q1", "Join?", "Other words"]]
    found = read(tmp_path, survey, settings=[["default_language"], ["English (en)"]])
    assert found.items["q1"].title.root == {"en": "Join?"}
    assert any("'label' is left out" in note for note in found.notes)


def test_regions_stay_only_where_they_tell_languages_apart(tmp_path: Path) -> None:
    head = ["label::English (en-GB)", "label::Português (pt-BR)", "label::Português (pt-PT)"]
    survey = [["type", "name", *head], ["select_one yn", "q1", "a", "b", "c"]]
    found = read(tmp_path, survey, [["list_name", "name", *head], ["yn", 1, "a", "b", "c"]])
    assert found.items["q1"].title.root == {"en": "a", "pt-br": "b", "pt-pt": "c"}


def test_a_language_that_is_not_complete_is_refused_or_left_out_and_told(tmp_path: Path) -> None:
    survey = [[*HEAD, "label::Shqip (sq)"], ["select_one yn", "q1", "Join?", "Anëtarësim?"]]
    path = form(tmp_path, survey=survey, choices=[[*YES_NO[0], "label::Shqip (sq)"], ["yn", 1, "Yes", ""]])
    with pytest.raises(DesignError, match=r"'choices', row 2: there is no label in language 'sq'\n.*--language"):
        read_xlsform(path)
    with pytest.raises(DesignError, match="row 2: there is no label in language 'sq'"):
        read_xlsform(path, language="sq")
    found = read_xlsform(path, language="en")
    assert found.items["q1"].title.root == {"en": "Join?"}
    assert any("row 2: there is no label in language 'sq', which is left out" in note for note in found.notes)


def test_names_stand_for_labels_that_are_nowhere(tmp_path: Path) -> None:
    survey = [[*HEAD, "label::Shqip (sq)"], ["select_one yn", "q1"]]
    choices = [["list_name", "name"], ["yn", "yes"], ["yn", "no"]]
    found = read(tmp_path, survey, choices)
    assert found.items["q1"].title.root == {"en": "q1", "sq": "q1"}
    assert found.items["q1"].options["no"].root == {"en": "no", "sq": "no"}
    assert any("names stand for labels that are missing: yes, no" in note for note in found.notes)
    bare = form(tmp_path, survey=[["type", "name"], ["select_one yn", "q1"]], choices=choices)
    with pytest.raises(DesignError, match="no column of labels"):
        read_xlsform(bare)
    assert read_xlsform(bare, language="en").items["q1"].options["yes"].root == {"en": "yes"}


# Types


@pytest.mark.parametrize("kind", [*sorted(WITHOUT_OPTIONS), "q text", "add date time prompt", "get today", "osm tags"])
def test_types_without_options_are_left_out_and_told(tmp_path: Path, kind: str) -> None:
    found = read(tmp_path, questions([kind, "other", ""]))
    assert list(found.items) == ["q1"]
    assert any("without options are left out" in note for note in found.notes)


@pytest.mark.parametrize("kind", ["dateTime", "Integer", "date_time", "  text ", "phone number", "start-geopoint"])
def test_types_know_no_case(tmp_path: Path, kind: str) -> None:
    assert list(read(tmp_path, questions([kind, "other", "x"])).items) == ["q1"]


@pytest.mark.parametrize(
    ("kind", "multiple"),
    [
        ("select_one yn", False),
        ("Select_One  yn", False),
        ("select one yn", False),
        ("select one from yn", False),
        ("select1 yn", False),
        ("add select one prompt using yn", False),
        ("select_multiple yn", True),
        ("select all that apply yn", True),
        ("select all that apply from yn", True),
        ("add select multiple prompt using yn", True),
    ],
)
def test_all_spellings_of_select(tmp_path: Path, kind: str, multiple: bool) -> None:
    item = read(tmp_path, [HEAD, [kind, "q1", "Join?"]]).items["q1"]
    assert item.multiple is multiple
    assert list(item.options) == ["1", "2"]


@pytest.mark.parametrize("suffix", ["or_other", "or other", "or specify other", "OR_OTHER"])
def test_or_other_adds_an_option(tmp_path: Path, suffix: str) -> None:
    head, label = [*HEAD, "label::Shqip (sq)", "label::Türkçe (tr)"], ["a", "b", "c"]
    choices = [["list_name", "name", *head[2:]], ["yn", "1", *label], ["z", "1", *label], ["z", "other", "O", "P", "Q"]]
    found = read(
        tmp_path, [head, [f"select_one yn {suffix}", "q1", *label], [f"select1 z {suffix}", "q2", *label]], choices
    )
    assert list(found.items["q1"].options) == ["1", "other"]
    assert found.items["q1"].options["other"].root == {"en": "Other", "sq": "Tjetër", "tr": "Other"}
    assert found.items["q2"].options["other"].root == {"en": "O", "sq": "P", "tr": "Q"}
    assert any("is called 'Other' in tr" in note for note in found.notes)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("rank yn", "an order of choices"),
        ("select_one_from_file places.csv", "another file, places.csv"),
        ("select_multiple_from_file a.xml", "another file, a.xml"),
        ("select one from file a.geojson", "another file"),
        ("select_one places.csv", "another file"),
        ("select_one ${children}", "answers of the respondent"),
        ("include", "they lie in another file"),
    ],
)
def test_questions_without_options_here_are_left_out_and_told(tmp_path: Path, kind: str, reason: str) -> None:
    found = read(tmp_path, questions([kind, "other_one", "x"]))
    assert list(found.items) == ["q1"]
    assert any(reason in note and "row 2" in note and "'other_one'" in note for note in found.notes)
    with pytest.raises(DesignError, match=rf"no closed question\n.*{reason}"):
        read(tmp_path, [HEAD, [kind, "other_one", "x"]])


def test_choices_of_the_sheet_external_choices(tmp_path: Path) -> None:
    survey = questions(["select_one_external places", "place", "Where?"])
    external = [["list_name", "name", "label::English", "region"], ["places", "a", "A", 1], ["places", "a", "A", 2]]
    found = read(tmp_path, survey, external_choices=external)
    assert {code: label.root for code, label in found.items["place"].options.items()} == {"a": {"en": "A"}}


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("interger", "no type 'interger'\nHint: did you mean 'integer'"),
        ("selct_one yn", "no type 'selct_one yn'\nHint: did you mean 'select_one yn'"),
        ("begin grup", "did you mean 'begin_group'"),
        ("select_one", "does not name its list\nHint: write `select_one LIST`"),
        ("rank", "does not name its list"),
        ("select_one yes no", "the name of a list has no blanks"),
        ("qqq", "no type 'qqq'\nHint: use a type of XLSForm"),
        ("select_one yb", "no list 'yb'\nHint: the lists are yn"),
    ],
)
def test_unknown_types_name_the_nearest(tmp_path: Path, kind: str, message: str) -> None:
    with pytest.raises(DesignError, match=f"(?s)row 2: .*{message}"):
        read(tmp_path, questions([kind, "other_one", "x"]))


# Groups


def test_groups_only_order_the_form_however_spelled(tmp_path: Path) -> None:
    survey = questions(
        ["begin group", "a", ""],
        ["Begin_Group", "b", ""],
        ["begin repeat", "c", ""],
        ["select_one yn", "inner", "x"],
        ["end_repeat", "", ""],
        ["end group", "b", ""],
        ["endgroup", "", ""],
        ["begin_kobomatrix", "m", ""],
        ["end_kobomatrix", "", ""],
        ["begin looped group", "l", ""],
        ["end lgroup", "", ""],
    )
    found = read(tmp_path, survey)
    assert list(found.items) == ["inner", "q1"]
    assert any("asked in a repeat" in note and note.endswith("inner") for note in found.notes)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["begin_group", "a", ""]], "row 2: the group is never closed"),
        ([["end_group", "", ""]], "row 2: `end group` closes nothing"),
        ([["begin_repeat", "a", ""], ["end_group", "", ""]], "row 3: `end group` closes nothing: the repeat of row 2"),
    ],
)
def test_groups_that_do_not_close(tmp_path: Path, rows: list[list[object]], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        read(tmp_path, questions(*rows))


def test_a_loop_asks_in_columns_of_other_names(tmp_path: Path) -> None:
    loop = [["begin loop over yn", "l", ""], ["select_one yn", "inner", "x"], ["end loop", "", ""]]
    found = read(tmp_path, questions(*loop))
    assert list(found.items) == ["q1"]
    assert any("'inner' is left out: it is asked once for each choice of a loop" in note for note in found.notes)


def test_one_name_in_two_groups(tmp_path: Path) -> None:
    group = [["begin_group", "a", ""], ["select_one yn", "x", "X"], ["end_group", "", ""]]
    found = read(tmp_path, questions(*group, ["select_one yn", "x", "X"]))
    assert list(found.items) == ["q1"]
    assert any("called 'x' (rows 3, 5) are left out" in note for note in found.notes)
    with pytest.raises(DesignError, match="row 4: the name 'x' stands twice"):
        read(tmp_path, questions(group[0], group[1], group[1], group[2]))


# Rows and cells


def test_remarks_blank_and_disabled_rows(tmp_path: Path) -> None:
    survey = [
        [*HEAD, "hint", "disabled"],
        ["", "", "", "a remark of the author", ""],
        [],
        ["qqq", "old", "x", "", "yes"],
        ["select_one yn", "q1", "Join?", "", "no"],
    ]
    choices = [*YES_NO[:2], [], ["", "", "only a remark"], *YES_NO[2:]]
    found = read(tmp_path, survey, choices)
    assert list(found.items) == ["q1"]
    assert list(found.items["q1"].options) == ["1", "2"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (["", "q2", "x"], "row 2: the question has no type"),
        (["", "", "x"], "row 2: the question has no type"),
        (["select_one yn", "", "x"], "row 2: the question has no name"),
        (["select_one yn", "q 2", "x"], "row 2: 'q 2' cannot name a question"),
    ],
)
def test_rows_that_lack_something(tmp_path: Path, row: list[object], message: str) -> None:
    with pytest.raises(DesignError, match=message):
        read(tmp_path, questions(row))


@pytest.mark.parametrize("name", ["_q", "përkatësia", "питање"])
def test_names_that_cannot_be_columns_here_are_left_out_and_told(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, questions(["select_one yn", name, "x"]))
    assert list(found.items) == ["q1"]
    assert any(f"row 2: '{name}' is left out: a name begins" in note for note in found.notes)


def test_choices_that_stand_twice(tmp_path: Path) -> None:
    twice = [*YES_NO, ["yn", 1, "Yes"]]
    with pytest.raises(DesignError, match="row 4: the list 'yn' has the choice '1' twice"):
        read(tmp_path, ONE, twice)
    allowed = [["allow_choice_duplicates"], ["yes"]]
    assert list(read(tmp_path, ONE, twice, settings=allowed).items["q1"].options) == ["1", "2"]
    with pytest.raises(DesignError, match="row 4: the choice '1' of the list 'yn' has two labels"):
        read(tmp_path, ONE, [*YES_NO, ["yn", 1, "Aye"]], settings=allowed)
    unused = [*YES_NO, ["z", 1, "Yes"], ["z", 1, ""]]
    assert list(read(tmp_path, ONE, unused).items) == ["q1"]


@pytest.mark.parametrize("row", [["", 3, "Maybe"], ["yn", "", "Maybe"]])
def test_choices_that_lack_list_or_name(tmp_path: Path, row: list[object]) -> None:
    with pytest.raises(DesignError, match="row 4: the choice lacks its list or its name"):
        read(tmp_path, ONE, [*YES_NO, row])


def test_codes_with_a_blank_cannot_stand_side_by_side_in_a_cell(tmp_path: Path) -> None:
    choices = [YES_NO[0], ["yn", "to do", "x"]]
    assert list(read(tmp_path, ONE, choices).items["q1"].options) == ["to do"]
    with pytest.raises(DesignError, match="'to do' of a select_multiple has a blank"):
        read(tmp_path, [HEAD, ["select_multiple yn", "q1", "x"]], choices)


def test_whole_numbers_are_codes_without_decimals(tmp_path: Path) -> None:
    choices = [YES_NO[0], ["yn", 1.0, "a"], ["yn", "02", "b"], ["yn", -1, "c"], ["yn", 1.5, "d"]]
    assert list(read(tmp_path, ONE, choices).items["q1"].options) == ["1", "02", "-1", "1.5"]
    for codes, right in ((["1.0", "2.0"], ["1", "2"]), (["TRUE", "FALSE"], ["1", "0"]), ([True, False], ["1", "0"])):
        choices = [YES_NO[0], *(["yn", code, "x"] for code in codes)]
        assert list(read(tmp_path, ONE, choices).items["q1"].options) == right


def test_labels_stay_as_they_are_and_references_are_told(tmp_path: Path) -> None:
    survey = [[*HEAD, "choice_filter"], ["select_one yn", "q1", "**Join** <b>${union}</b>?", "region = ${r}"]]
    found = read(tmp_path, survey)
    assert found.items["q1"].title.root == {"en": "**Join** <b>${union}</b>?"}
    assert any("printed as they stand: q1" in note for note in found.notes)
