"""Exports without their form: groups left out where that is unambiguous, sets and arrays by what columns hold."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from shteg.survey.readers import Responses, read_responses
from shteg.survey.readers.field.limesurvey_headings import read_heading
from shteg.survey.readers.field.tools import delivered_by
from tests.survey.readers.field import exports, limesurvey


def read(path: Path, rows: Sequence[Mapping[str, str]]) -> Responses:
    return read_responses(exports.write(path / "export.csv", rows))


@pytest.mark.parametrize("mark", ["-", ":", "/"])
def test_groups_of_odk_are_left_out(mark: str, tmp_path: Path) -> None:
    frame = read(tmp_path, exports.odk(mark)).frame
    assert frame.select(exports.QUESTIONS).to_dicts() == [
        {name: value or None for name, value in one.items()} for one in exports.answers()
    ]


def test_a_file_of_no_field_tool_stays_as_it_is(tmp_path: Path) -> None:
    rows = [
        {"id": "1", "income/month": "3", "a-b": "1", "seed": "4"},
        {"id": "2", "income/month": "4", "a-b": "0", "seed": "5"},
    ]
    found = read(tmp_path, rows)
    assert found.frame.columns == list(rows[0])
    assert found.notes == ()
    assert not found.rewritten


@pytest.mark.parametrize("heading", ["submitdate", "submitdate. Date submitted"])
def test_responses_that_were_not_submitted_are_counted_and_said(heading: str, tmp_path: Path) -> None:
    dates = ("2025-03-01 10:00:00", "", "2025-03-02 10:00:00", "")
    rows = [{"id": str(n), heading: day, "lastpage": "3", "Q1[A]": "1", "Q1[B]": "2"} for n, day in enumerate(dates)]
    found = read(tmp_path, rows)
    assert found.frame.height == 4
    (note,) = [one for one in found.notes if "never submitted" in one]
    assert "2 of 4 responses" in note


def test_responses_that_were_not_approved_are_counted_and_said(tmp_path: Path) -> None:
    rows = [
        {"_uuid": str(n), "q": "1", "_validation_status": said}
        for n, said in enumerate(("Not approved", "", "Approved"))
    ]
    assert any("1 of 3 responses were not approved" in note for note in read(tmp_path, rows).notes)


def test_names_stay_full_where_two_would_be_one(tmp_path: Path) -> None:
    rows = [{"_uuid": str(one), "a/q": "x", "b/q": "y", "b/r": "z"} for one in range(3)]
    found = read(tmp_path, rows)
    assert found.frame.columns == ["_uuid", "a/q", "b/q", "r"]
    assert any("stay where two questions would be called the same: a/q, b/q" in note for note in found.notes)


def test_boxes_without_their_question_may_be_questions_of_a_group(tmp_path: Path) -> None:
    rows = [{"_uuid": str(one), "g/a": str(one % 2), "g/b": "1", "h/age": str(20 + one)} for one in range(4)]
    found = read(tmp_path, rows)
    assert found.frame.columns == ["_uuid", "g/a", "g/b", "age"]
    assert any("may be options of one question or questions of one group" in note for note in found.notes)
    assert found.sets == {}


def test_boxes_that_contradict_their_question_are_no_set(tmp_path: Path) -> None:
    rows = exports.kobo_names(groups=True)
    rows[0]["views/eu/media/tv"] = "1"
    found = read(tmp_path, rows)
    assert found.sets == {}
    assert {"media", "media/tv"} <= set(found.frame.columns)
    assert any("say different things: both stay" in note for note in found.notes)


@pytest.mark.parametrize("mark", ["/", "-"])
def test_options_of_odk_after_their_question_are_a_set(mark: str, tmp_path: Path) -> None:
    split = exports.odk(split=True)
    rows = [{key.replace("media/", f"media{mark}"): cell for key, cell in row.items()} for row in split]
    found = read(tmp_path, [{**row, "views-eu-joining-why": "so"} for row in rows])
    assert found.sets["media"].columns == ("media/tv", "media/web", "media/press")
    assert {"joining", "why"} <= set(found.frame.columns)


def test_a_set_of_kobo_has_the_columns_of_its_options(tmp_path: Path) -> None:
    found = read(tmp_path, exports.kobo_names(groups=True))
    assert found.sets["media"].columns == ("media/tv", "media/web", "media/press")
    assert found.renamed["views/eu/joining"] == "joining"


def test_limesurvey_is_told_by_what_its_columns_hold(tmp_path: Path) -> None:
    found = read_responses(limesurvey.write(tmp_path / "l.csv", "codetext"))
    assert found.sets["Q2"].columns == ("Q2/SQ001", "Q2/SQ002", "Q2/other")
    assert found.sets["Q2"].label == "Which media?"
    assert found.batteries == {"Q3": ("Q3_SQ001", "Q3_SQ002")}
    assert found.labels["Q3"] == "How much do you trust them?"
    assert found.labels["Q3_SQ002"] == "Schools"
    first = found.frame.row(0, named=True)
    assert (first["Q2/SQ001"], first["Q2/SQ002"], first["Q2/other"], first["Q2_other"]) == ("0", "0", "1", "radio")
    last = read_responses(limesurvey.write(tmp_path / "l.csv", "full"))
    assert "How much do you trust them? [Courts]" in last.frame.columns
    assert len(last.batteries) == 2  # Yes and No may be answers to an array as well


@pytest.mark.parametrize(
    ("column", "question", "parts", "text"),
    [
        ("Q1", "Q1", (), ""),
        ("Q1[SQ001]", "Q1", ("SQ001",), ""),
        ("Q1[SQ001][2]", "Q1", ("SQ001", "2"), ""),
        ("Q1[SQ001_SQ002]", "Q1", ("SQ001_SQ002",), ""),
        ("Q1[SQ001]. Whom? [Courts]", "Q1", ("SQ001",), "Whom?"),
        ("Q1. Whom?", "Q1", (), "Whom?"),
        ("Q1_SQ001", "Q1", ("SQ001",), ""),
        ("id. Response ID", "id", (), "Response ID"),
        ("Whom? [Courts]", "Whom?", ("Courts",), "Whom?"),
    ],
)
def test_a_heading_of_limesurvey_taken_apart(column: str, question: str, parts: tuple[str, ...], text: str) -> None:
    found = read_heading(column)
    assert (found.question, found.parts, found.text) == (question, parts, text)


@pytest.mark.parametrize(
    ("columns", "tool"),
    [
        (("start", "g/q", "_uuid"), "kobo"),
        (("q", "_id", "_index"), "kobo"),
        (("g-q", "meta-instanceID"), "odk"),
        (("SubmissionDate", "q", "KEY"), "odk"),
        (("id", "submitdate", "lastpage", "Q1"), "limesurvey"),
        (("id. Response ID", "submitdate. Date submitted", "Q1[SQ001]. A [B]"), "limesurvey"),
        (("Response ID", "Date submitted", "A"), "limesurvey"),
        (("id", "seed", "token", "q"), None),
        (("KEY", "q"), None),
        (("_id", "q"), None),
    ],
)
def test_which_tool_delivered_a_file(columns: tuple[str, ...], tool: str | None) -> None:
    assert delivered_by(columns) == tool
