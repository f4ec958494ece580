"""Exports of KoboToolbox and ODK with their form: the answers of a plain export, whatever the headings."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest

from shteg.errors import DesignError
from shteg.evidence.records.surveys import Questionnaire
from shteg.survey.readers import read_questionnaire, read_responses
from tests.survey.readers.field import exports
from tests.survey.readers.test_xlsform import write_form

Rows = Sequence[Mapping[str, str]]

NAMED = [
    ("Kobo, names", exports.kobo_names(groups=False)),
    ("Kobo, names with groups", exports.kobo_names(groups=True)),
    ("Kobo, one column for several answers", exports.kobo_names(groups=True, several="summary")),
    ("Kobo, labels", exports.kobo_labels("en", groups=False)),
    ("Kobo, labels in Albanian with groups", exports.kobo_labels("sq", groups=True)),
    ("Kobo, labels, one column for several answers", exports.kobo_labels("sq", groups=True, several="summary")),
    ("Kobo, labels with another separator", exports.kobo_labels("en", groups=True, separator=" - ".strip())),
    ("ODK Central", exports.odk()),
    ("ODK Central, several answers split", exports.odk(split=True)),
    ("ODK Central, without groups", exports.odk(groups=False)),
    ("ODK Aggregate", exports.odk(":")),
]


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Questionnaire:
    return read_questionnaire(exports.form(tmp_path_factory.mktemp("form")))


@pytest.fixture(scope="module")
def plain(form: Questionnaire, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return answers_of(exports.write(tmp_path_factory.mktemp("plain") / "plain.csv", exports.plain()), form)


def answers_of(path: Path, form: Questionnaire) -> pl.DataFrame:
    return read_responses(path, form=form).frame.select(exports.QUESTIONS)


@pytest.mark.parametrize(
    ("rows", "dialect"),
    [
        *(pytest.param(rows, {}, id=name) for name, rows in NAMED),
        pytest.param(exports.kobo_names(groups=True), {"delimiter": ";", "bom": True}, id="semicolons and a mark"),
        pytest.param(exports.kobo_labels("sq", groups=True), {"delimiter": ";", "bom": True}, id="labels, semicolons"),
    ],
)
def test_every_export_holds_the_answers_of_the_plain_one(
    rows: Rows, dialect: dict[str, object], plain: pl.DataFrame, form: Questionnaire, tmp_path: Path
) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(exports.as_csv(rows, **dialect))  # type: ignore[arg-type]
    found = answers_of(path, form)
    assert found.to_dicts() == plain.to_dicts()


def test_columns_of_options_alone_are_boxes(form: Questionnaire, tmp_path: Path) -> None:
    for rows in (
        exports.kobo_names(groups=True, several="details"),
        exports.kobo_labels("sq", groups=True, several="details"),
    ):
        frame = read_responses(exports.write(tmp_path / "details.csv", rows), form=form).frame
        told = frame.select(f"media/{code}" for code in exports.OPTIONS).rows()
        meant = [
            tuple(str(int(code in one["media"].split())) if one["media"] else None for code in exports.OPTIONS)
            for one in exports.answers()
        ]
        assert told == meant


def test_an_option_without_its_column_is_not_taken_for_one_that_nobody_chose(
    form: Questionnaire, tmp_path: Path
) -> None:
    rows = exports.kobo_names(groups=True, several="details")
    for row in rows:
        del row["views/eu/media/tv"]
    found = read_responses(exports.write(tmp_path / "e.csv", rows), form=form)
    assert "media" not in found.frame.columns
    assert any("the options tv of 'media' have no column" in note for note in found.notes)


def test_the_archive_of_odk_and_the_workbook_of_kobo(plain: pl.DataFrame, form: Questionnaire, tmp_path: Path) -> None:
    archive = exports.central_zip(tmp_path / "survey.csv.zip")
    assert answers_of(archive, form).to_dicts() == plain.to_dicts()
    notes = " ".join(read_responses(archive).notes)
    assert "survey-children.csv is left out," in notes
    assert "those of survey.csv" in notes
    book = exports.kobo_book(tmp_path / "kobo.xlsx", exports.kobo_labels("en", groups=True))
    assert answers_of(book, form).to_dicts() == plain.to_dicts()
    assert any("'children' is left out," in note for note in read_responses(book).notes)


def test_what_could_not_be_matched_is_said_with_counts(form: Questionnaire, tmp_path: Path) -> None:
    rows = exports.kobo_labels("sq", groups=True)
    rows[3][next(one for one in rows[3] if one.endswith("vendi?"))] = "Ndoshta"
    rows[8][next(one for one in rows[8] if one.endswith("vendi?"))] = "Ndoshta"
    found = read_responses(exports.write(tmp_path / "e.csv", rows), form=form)
    notes = "\n".join(found.notes)
    assert "9 columns matched to questions by their labels" in notes  # `start` is called by its name
    assert "5 columns of no question of the form: _id, _uuid, _submission_time" in notes
    assert (
        "row 5: 'Ndoshta' is neither a code nor a label of 'joining' and stands as it is (2 such answers in the column)"
        in notes
    )
    assert found.frame["joining"][3] == "Ndoshta"


def test_a_matrix_of_kobo_is_questions_and_a_battery(tmp_path: Path) -> None:
    survey = [
        [*exports.HEAD, "kobo--matrix_list"],
        ["begin_kobomatrix", "m1", "Assets", "Pasuria", "", "assets"],
        ["select_one yn", "own", "Do you own one?", "A keni?"],
        ["integer", "count", "How many?", "Sa?"],
        ["end_kobomatrix"],
    ]
    choices = [*exports.CHOICES, ["assets", "car", "Car", "Vetura"], ["assets", "bike", "Bike", "Biçikleta"]]
    form = read_questionnaire(write_form(tmp_path / "m.xlsx", survey, choices))  # type: ignore[arg-type]
    assert list(form.items) == ["m1_car_own", "m1_bike_own"]
    assert form.batteries["m1_own"].items == ("m1_car_own", "m1_bike_own")
    assert form.batteries["m1_own"].title["sq"] == "Pasuria (own)"
    head = {"m1/m1_car/m1_car_own": "yes", "m1/m1_car/m1_car_count": "2", "m1/m1_bike/m1_bike_own": "no"}
    frame = read_responses(exports.write(tmp_path / "m.csv", [head]), form=form).frame
    assert frame.columns == ["m1_car_own", "m1_car_count", "m1_bike_own"]
    shown = {"Assets/car-Do you own one?": "Yes", "Assets/car-How many?": "2", "Assets/bike-Do you own one?": "No"}
    labelled = read_responses(exports.write(tmp_path / "m.csv", [shown]), form=form).frame
    assert labelled.to_dicts() == frame.to_dicts()


def test_rows_of_a_table_are_a_battery(form: Questionnaire) -> None:
    assert "answers" not in form.items
    assert form.batteries["trust"].items == ("courts", "schools")
    assert form.batteries["trust"].title["en"] == "Whom do you trust?"


def with_old(rows: Rows) -> list[dict[str, str]]:
    """Rename every `trust` so that the form says the groups of neither."""
    renamed = {"trust/schools": "older/courts", "trust/courts": "old/courts"}
    return [{renamed.get(key, key): value for key, value in row.items()} for row in rows]


def two_alike(folder: Path) -> Path:
    survey = [*exports.SURVEY, ["select_one yn", "again", "Should the country join?", "Sërish?"]]
    return write_form(folder / "form.xlsx", survey, exports.CHOICES)


def options_alike(folder: Path) -> Path:
    choices = [*exports.CHOICES, ["yn", "never", "No", "Kurrë"]]
    return write_form(folder / "form.xlsx", exports.SURVEY, choices)


def run_together(folder: Path) -> Path:
    choices = [*exports.CHOICES, ["media", "both", "Television The web", "Të dyja"]]
    return write_form(folder / "form.xlsx", exports.SURVEY, choices)


@pytest.mark.parametrize(
    ("written", "rows", "parts"),
    [
        pytest.param(
            two_alike,
            exports.kobo_labels("en", groups=False),
            ("export.csv, column 'Should the country join?'", "'again' or the question 'joining'", "XML values"),
            id="two questions with one label",
        ),
        pytest.param(
            options_alike,
            exports.kobo_labels("en", groups=False),
            ("export.csv, column 'Should the country join?'", "'No'", "'no' and 'never'", "XML values"),
            id="two options with one label",
        ),
        pytest.param(
            run_together,
            exports.kobo_labels("en", groups=False, several="summary"),
            ("export.csv, column 'Which media do you use?'", "may be the answers", "separate columns"),
            id="several labels in a cell read in two ways",
        ),
        pytest.param(
            exports.form,
            with_old(exports.kobo_names(groups=True)),
            ("'old/courts' and 'older/courts' are both the question 'courts'", "export.csv, header"),
            id="two groups with one question",
        ),
    ],
)
def test_what_may_be_one_of_two_is_refused(
    written: Callable[[Path], Path], rows: Rows, parts: tuple[str, ...], tmp_path: Path
) -> None:
    path = exports.write(tmp_path / "export.csv", rows)
    with pytest.raises(DesignError) as error:
        read_responses(path, form=read_questionnaire(written(tmp_path)))
    for part in parts:
        assert part in str(error.value)


def test_a_heading_over_two_columns_is_refused_where_a_table_needs_it(form: Questionnaire, tmp_path: Path) -> None:
    rows = exports.kobo_labels("en", groups=False)
    header, *cells = list(csv.reader(exports.as_csv(rows).decode().splitlines()))
    header[header.index("Schools")] = "Courts"
    path = tmp_path / "export.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *cells])
    with pytest.raises(
        DesignError, match="'Courts' stands over several columns, one of which is the question 'courts'"
    ):
        read_responses(path, form=form)
    with pytest.raises(DesignError, match="occurs twice"):
        read_responses(path)
