"""Exports of field tools through the command line: the table of the plain file, or a refusal that says what to do."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.survey.readers import read_questionnaire
from tests.cli.in_process import assert_plain_error, run
from tests.evidence.demo_copy import copy_demo
from tests.survey.readers.field import exports, limesurvey
from tests.survey.readers.test_xlsform import write_form


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("field")
    exports.form(made)
    exports.write(made / "plain.csv", exports.plain())
    return made


def table(*words: object) -> list[tuple[object, ...]]:
    done = run("tabulate", *words, "--json")
    assert done.returncode == 0, done.stderr
    return [(one["item"], one["option"], one["domain"], one["estimate"], one["n"]) for one in json.loads(done.stdout)]


@pytest.fixture(scope="module")
def plain(folder: Path) -> list[tuple[object, ...]]:
    return table(folder / "plain.csv", "--questionnaire", folder / "form.xlsx", "--by", "sex")


@pytest.mark.parametrize(
    "rows",
    [
        exports.kobo_names(groups=True),
        exports.kobo_labels("sq", groups=True),
        exports.odk(split=True),
        exports.odk(":"),
    ],
    ids=["Kobo, names", "Kobo, labels in Albanian", "ODK Central", "ODK Aggregate"],
)
def test_the_table_of_an_export_is_that_of_the_plain_file(
    rows: list[dict[str, str]], folder: Path, plain: list[tuple[object, ...]], tmp_path: Path
) -> None:
    file = exports.write(tmp_path / "plain.csv", rows, delimiter=";", bom=True)
    assert table(file, "--questionnaire", folder / "form.xlsx", "--by", "sex") == plain


def test_the_archive_and_the_workbook(folder: Path, plain: list[tuple[object, ...]], tmp_path: Path) -> None:
    words = ("--questionnaire", folder / "form.xlsx", "--by", "sex")
    assert table(exports.central_zip(tmp_path / "plain.zip"), *words) == plain
    assert table(exports.kobo_book(tmp_path / "plain.xlsx", exports.kobo_labels("en", groups=True)), *words) == plain


def test_without_a_form_groups_are_left_out_and_boxes_are_a_set(folder: Path, tmp_path: Path) -> None:
    file = exports.write(tmp_path / "plain.csv", exports.kobo_names(groups=True))
    done = run("tabulate", file, "--items", "joining,media", "--json")
    assert done.returncode == 0, done.stderr
    assert "called without the groups of the form" in done.stderr
    shares = {(one["item"], one["option"]): one["estimate"] for one in json.loads(done.stdout)}
    meant = table(folder / "plain.csv", "--questionnaire", folder / "form.xlsx", "--items", "joining,media")
    for item, option, _, estimate, _ in meant:
        if option:
            assert shares[item, f"media/{option}" if item == "media" else option] == pytest.approx(estimate)


def test_the_battery_of_a_form_is_a_grid(folder: Path, tmp_path: Path) -> None:
    file = exports.write(tmp_path / "plain.csv", exports.kobo_labels("sq", groups=True))
    done = run(
        "tabulate", file, "--questionnaire", folder / "form.xlsx", "--items", "courts,schools", "--language", "sq"
    )
    assert done.returncode == 0, done.stderr
    assert "Kujt i besoni?" in done.stdout


def test_weight_and_codebook_take_an_export(folder: Path, tmp_path: Path) -> None:
    file = exports.write(tmp_path / "kobo.csv", exports.kobo_names(groups=True))
    targets = tmp_path / "targets.csv"
    targets.write_text("variable,category,target\nsex,w,0.4\nsex,m,0.6\n", encoding="utf-8")
    done = run("weight", file, "--targets", targets, "--out", tmp_path / "weighted.csv")
    assert done.returncode == 0, done.stderr
    header = (tmp_path / "weighted.csv").read_text(encoding="utf-8").splitlines()[0]
    assert "sex" in header.split(",")
    book = tmp_path / "book.xml"
    labelled = exports.write(tmp_path / "labels.csv", exports.kobo_labels("sq", groups=True))
    done = run("codebook", labelled, "--questionnaire", folder / "form.xlsx", "--out", book)
    assert done.returncode == 0, done.stderr
    written = "".join(one.read_text(encoding="utf-8") for one in tmp_path.glob("book*.xml"))
    assert "joining" in written


@pytest.mark.parametrize("style", limesurvey.STYLES)
def test_limesurvey_with_its_structure(style: str, tmp_path: Path) -> None:
    structure = limesurvey.structure(tmp_path / "survey.txt")
    file = tmp_path / "plain.csv"
    limesurvey.write(file, "code")
    meant = table(file, "--questionnaire", structure)
    assert {one[0] for one in meant} == {"Q1", "Q2", "Q3_SQ001", "Q3_SQ002"}
    limesurvey.write(file, style)
    assert table(file, "--questionnaire", structure) == meant


def test_limesurvey_without_its_structure(tmp_path: Path) -> None:
    file = limesurvey.write(tmp_path / "plain.csv", "code")
    done = run("tabulate", file, "--items", "Q2,Q3_SQ001,Q3_SQ002", "--json")
    assert done.returncode == 0, done.stderr
    assert "Q2" in done.stderr
    assert "1 array" in done.stderr
    meant = table(file, "--questionnaire", limesurvey.structure(tmp_path / "survey.lss"))
    shares = {(one["item"], one["option"].removeprefix("Q2/")): one["estimate"] for one in json.loads(done.stdout)}
    for item, option, _, estimate, _ in meant:
        if item != "Q1" and option:
            assert shares[item, option] == pytest.approx(estimate)


def archive(path: Path, **files: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for name, raw in files.items():
            out.writestr(name.replace("_csv", ".csv"), raw)
    return path


def without_tables(folder: Path) -> Path:
    return archive(folder / "w.zip", notes=b"nothing")


def two_mains(folder: Path) -> Path:
    return archive(folder / "w.zip", one_csv=b"a,b\n1,2\n", two_csv=b"a,b\n1,2\n")


def a_workbook(folder: Path) -> Path:
    book = exports.kobo_book(folder / "w.xlsx", exports.kobo_names(groups=True))
    return book.rename(folder / "w.zip")


def cut_off(folder: Path) -> Path:
    path = exports.central_zip(folder / "w.zip")
    path.write_bytes(path.read_bytes()[:-40])
    return path


def no_archive(folder: Path) -> Path:
    path = folder / "w.zip"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    return path


def bad_bytes(folder: Path) -> Path:
    return archive(folder / "w.zip", w_csv="q;é\n1;2\n".encode("latin-1"))


def only_repeats(folder: Path) -> Path:
    return archive(
        folder / "w.zip",
        **{"w-a_csv": exports.as_csv(exports.children())},
        **{"w-b_csv": exports.as_csv(exports.children())},
    )


@pytest.mark.parametrize(
    ("make", "parts"),
    [
        (without_tables, ("w.zip", "no table in CSV", "export the answers as CSV")),
        (two_mains, ("w.zip", "one.csv, two.csv", "unpack the archive")),
        (only_repeats, ("w.zip", "w-a.csv, w-b.csv", "unpack the archive")),
        (a_workbook, ("w.zip", "a workbook", ".xlsx")),
        (cut_off, ("w.zip", "damaged", "export it again")),
        (no_archive, ("w.zip", "the name says an archive", "Hint")),
        (bad_bytes, ("w.zip, w.csv, line 1", "not UTF-8", "encoding")),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_archives_that_cannot_be_read_are_refused(
    make: Callable[[Path], Path], parts: tuple[str, ...], tmp_path: Path
) -> None:
    assert_plain_error(run("tabulate", make(tmp_path), "--items", "a"), *parts)


def rename(column: str, new: str) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        rows[0][rows[0].index(column)] = new

    return change


def put(column: str, *values: str) -> Callable[[list[list[str]]], None]:
    def change(rows: list[list[str]]) -> None:
        at = rows[0].index(column)
        for number, value in enumerate(values, 1):
            rows[number][at] = value

    return change


@pytest.mark.parametrize(
    ("more", "change", "parts"),
    [
        ([["select_one yn", "again", "Should the country join?", "?"]], None, ("'again'", "'joining'", "XML values")),
        ([], rename("Schools", "Courts"), ("over several columns", "'courts'", "XML values")),
        (
            [["select_one yn", "b", "Second", "Dy"], ["select_one yn", "c", "Second", "Tre"]],
            rename("Sex", "Second"),
            ("column 'Second'", "'b' or the question 'c'"),
        ),
        ([["select_multiple media", "m2", "Which media do you use?", "Cilat?"]], None, ("'m2'", "'media'", "Hint")),
    ],
    ids=["labels alike", "heading twice", "labels of two", "labels of two sets"],
)
def test_headings_that_may_be_one_of_two_are_refused(
    more: list[list[object]], change: Callable[[list[list[str]]], None] | None, parts: tuple[str, ...], tmp_path: Path
) -> None:
    form = write_form(tmp_path / "form.xlsx", [*exports.SURVEY, *more], exports.CHOICES)
    rows = list(csv.reader(io.StringIO(exports.as_csv(exports.kobo_labels("en", groups=False)).decode())))
    if change is not None:
        change(rows)
    file = tmp_path / "export.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(rows)
    done = run("tabulate", file, "--questionnaire", form)
    assert_plain_error(done, "export.csv", *parts)


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("<html></html>", ("s.lss", "no structure of LimeSurvey", "Survey structure")),
        ("<a", ("s.lss, line 1", "damaged XML", "Hint")),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', ("s.lss", "declares entities")),
        ("<document><LimeSurveyDocType>Question</LimeSurveyDocType></document>", ("s.lss", "a question of LimeSurvey")),
        ("<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>", ("s.lss", "holds no question")),
    ],
)
def test_structures_that_are_none_are_refused(raw: str, parts: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "s.lss").write_text(raw, encoding="utf-8")
    file = limesurvey.write(tmp_path / "w.csv", "code")
    assert_plain_error(run("tabulate", file, "--questionnaire", tmp_path / "s.lss"), *parts)


def test_both_structures_say_the_same(tmp_path: Path) -> None:
    one, other = (read_questionnaire(limesurvey.structure(tmp_path / name)) for name in ("s.txt", "s.lss"))
    assert one.items == other.items
    assert one.batteries == other.batteries


def test_columns_may_be_asked_for_as_the_file_calls_them(folder: Path, tmp_path: Path) -> None:
    file = exports.write(tmp_path / "plain.csv", exports.kobo_names(groups=True))
    words = ("--questionnaire", folder / "form.xlsx", "--items", "joining")
    assert table(file, *words, "--by", "person/sex") == table(file, *words, "--by", "sex")
    assert table(file, "--items", "views/eu/joining") == table(file, "--items", "joining")


def test_options_that_are_called_the_same_are_refused(tmp_path: Path) -> None:
    form = write_form(tmp_path / "form.xlsx", exports.SURVEY, [*exports.CHOICES, ["yn", "never", "No", "Kurrë"]])
    file = exports.write(tmp_path / "export.csv", exports.kobo_labels("en", groups=False))
    done = run("tabulate", file, "--questionnaire", form)
    assert_plain_error(done, "export.csv, column 'Should the country join?'", "'no' and 'never'", "XML values")
    albanian = exports.write(tmp_path / "shqip.csv", exports.kobo_labels("sq", groups=False))
    assert run("tabulate", albanian, "--questionnaire", form).returncode == 0


def test_a_form_of_another_survey_is_refused(folder: Path, tmp_path: Path) -> None:
    file = exports.write(tmp_path / "export.csv", [{"a": "1", "_uuid": "x"}, {"a": "2", "_uuid": "y"}])
    done = run("tabulate", file, "--questionnaire", folder / "form.xlsx")
    assert_plain_error(done, "export.csv", "Hint")


def test_a_column_of_the_design_that_stands_twice_is_not_guessed(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    data = case / "surveys/2025/respondents.csv"
    head, *rows = data.read_text("utf-8").splitlines()
    data.write_text("\n".join([f"{head},psu", *(f"{row},1" for row in rows), ""]), "utf-8")
    found = run("check", case, "--evidence-only")
    assert found.returncode == 1
    assert "no column `psu`" in found.stdout
    assert "psu (column 3)" in found.stdout
    assert_plain_error(run("tabulate", f"{case}/2025", "--items", "joining"), "the column 'psu' occurs twice")
    form = case / "surveys/2025/questionnaire.toml"
    words = ("--questionnaire", form, "--psu", "psu", "--weight", "weight", "--items", "joining")
    assert_plain_error(run("tabulate", data, *words), "--psu", "psu (column 3)")
