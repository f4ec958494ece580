"""`shteg new-wave` of what the field delivers: exports with and without their form, scale or category, languages."""

import json
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from shteg.evidence import read_case
from shteg.evidence.case import Wave
from tests.cli.in_process import assert_plain_error, run
from tests.survey.readers.field import exports, limesurvey


@pytest.fixture
def case(tmp_path: Path) -> Path:
    done = run("new", "lake", "--minimal", "--languages", "en,sq", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "lake"


def wave_of(case: Path, name: str) -> Wave:
    return next(one for one in read_case(case).waves if one.id == name)


def shares(*words: object) -> dict[tuple[str, str], float]:
    done = run("tabulate", *words, "--json")
    assert done.returncode == 0, done.stderr
    return {(one["item"], one["option"]): one["estimate"] for one in json.loads(done.stdout) if one["domain"] == "all"}


@pytest.mark.parametrize("delivered", ["csv", "zip", "xlsx"])
def test_an_export_and_its_form_become_a_wave_with_batteries(case: Path, tmp_path: Path, delivered: str) -> None:
    form = exports.form(tmp_path)
    rows = exports.kobo_labels("sq", groups=True)
    file = {
        "csv": lambda: exports.write(tmp_path / "e.csv", rows, delimiter=";", bom=True),
        "zip": lambda: exports.central_zip(tmp_path / "e.zip"),
        "xlsx": lambda: exports.kobo_book(tmp_path / "e.xlsx", rows),
    }[delivered]()
    done = run("new-wave", file, "--case", case, "--questionnaire", form, "--id", "w", "--by", "sex")
    assert done.returncode == 0, done.stderr + done.stdout
    wave = wave_of(case, "w")
    assert wave.questionnaire.batteries["trust"].items == ("courts", "schools")
    assert wave.questionnaire.batteries["trust"].title.root == {"en": "Whom do you trust?", "sq": "Kujt i besoni?"}
    assert wave.design.data == "answers.csv"
    assert wave.design.codes["sex"]["w"].root == {"en": "Woman", "sq": "Grua"}
    plain = exports.write(tmp_path / "plain.csv", exports.plain())
    assert shares(f"{case}/w") == shares(plain, "--questionnaire", form)
    assert run("check", case, "--evidence-only").returncode == 0


def test_columns_may_be_named_as_the_file_calls_them(case: Path, tmp_path: Path) -> None:
    file = exports.write(tmp_path / "k.csv", exports.kobo_names(groups=True))
    words = ("--by", "person/sex", "--items", "views/eu/joining", "--stratum", "trust/courts")
    done = run("new-wave", file, "--case", case, "--id", "k", *words)
    assert done.returncode == 0, done.stderr + done.stdout
    wave = wave_of(case, "k")
    assert (list(wave.design.domains), list(wave.questionnaire.items)) == (["sex"], ["joining"])
    assert wave.design.stratum == "courts"


def test_boxes_without_their_joined_column_stay_boxes(case: Path, tmp_path: Path) -> None:
    form = exports.form(tmp_path)
    file = exports.write(tmp_path / "e.csv", exports.kobo_labels("sq", groups=True, several="details"))
    done = run("new-wave", file, "--case", case, "--questionnaire", form, "--id", "w")
    assert done.returncode == 0, done.stderr + done.stdout
    assert shares(f"{case}/w", "--items", "media")["media", "tv"] == pytest.approx(2 / 3)


def test_the_data_of_a_wave_may_be_the_export_itself(case: Path, tmp_path: Path) -> None:
    form = exports.form(tmp_path)
    plain = exports.write(tmp_path / "plain.csv", exports.plain())
    assert run("new-wave", plain, "--case", case, "--questionnaire", form, "--id", "w").returncode == 0
    meant = shares(f"{case}/w")
    exports.write(case / "surveys" / "w" / "answers.csv", exports.kobo_labels("sq", groups=True), delimiter=";")
    assert run("check", case, "--evidence-only").returncode == 0
    assert shares(f"{case}/w") == meant
    assert "matched to questions by their labels" in run("tabulate", f"{case}/w").stderr


def test_an_export_without_its_form_keeps_sets_and_arrays(case: Path, tmp_path: Path) -> None:
    file = exports.write(tmp_path / "k.csv", exports.kobo_names(groups=True))
    done = run("new-wave", file, "--case", case, "--id", "k")
    assert done.returncode == 0, done.stderr + done.stdout
    asked = wave_of(case, "k").questionnaire.items
    assert "_submission_time" not in asked
    assert asked["media"].multiple
    assert list(asked["media"].options) == list(exports.OPTIONS)
    assert shares(f"{case}/k", "--items", "media")["media", "tv"] == pytest.approx(2 / 3)
    lime = limesurvey.write(tmp_path / "l.csv", "codetext")
    done = run("new-wave", lime, "--case", case, "--id", "l")
    assert done.returncode == 0, done.stderr + done.stdout
    wave = wave_of(case, "l").questionnaire
    assert wave.batteries["Q3"].items == ("Q3_SQ001", "Q3_SQ002")
    assert wave.items["Q3_SQ001"].title["en"] == "Courts"
    assert wave.items["Q2"].multiple
    assert "startlanguage" not in wave.items
    assert shares(f"{case}/l", "--items", "Q2")["Q2", "SQ001"] == pytest.approx(0.5)


def test_the_structure_of_limesurvey_gives_words_and_arrays(case: Path, tmp_path: Path) -> None:
    file = limesurvey.write(tmp_path / "l.csv", "sq")
    done = run(
        "new-wave", file, "--case", case, "--id", "l", "--questionnaire", limesurvey.structure(tmp_path / "s.lss")
    )
    assert done.returncode == 0, done.stderr + done.stdout
    wave = wave_of(case, "l").questionnaire
    assert wave.items["Q3_SQ001"].title.root == {"en": "Courts", "sq": "Gjykatat"}
    assert wave.batteries["Q3"].title["sq"] == "Sa u besoni?"


def test_an_answer_that_the_form_does_not_know_is_refused_with_its_place(case: Path, tmp_path: Path) -> None:
    rows = exports.kobo_names(groups=True)
    rows[4]["views/eu/joining"] = "perhaps"
    file = exports.write(tmp_path / "export.csv", rows)
    done = run("new-wave", file, "--case", case, "--questionnaire", exports.form(tmp_path), "--id", "w")
    assert done.returncode in (1, 2)
    assert "perhaps" in done.stderr + done.stdout
    assert "export.csv" in done.stderr + done.stdout
    assert not (case / "surveys" / "w").exists()


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """An SPSS file with every kind of label coverage."""
    numbers = range(220)
    frame = pl.DataFrame(
        {
            "all": [1 + number % 3 for number in numbers],
            "ends": [number % 11 for number in numbers],
            "none": [1 + number % 5 for number in numbers],
            "some": [1 + number % 4 for number in numbers],
            "named": [1 + number % 5 for number in numbers],
            "said": [1 + number % 4 for number in numbers],
        }
    )
    path = tmp_path / "labelled.sav"
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"all": "Mendimi juaj"},
        variable_value_labels={
            "all": {1: "Po", 2: "Jo", 3: "Nuk e di"},
            "ends": {0: "Aspak", 10: "Plotësisht"},
            "some": {1: "Po", 2: "Jo"},
            "said": {1: "Pak", 2: "Disi", 3: "Shumë", 4: "Fare"},
        },
        variable_measure={"named": "nominal", "said": "ordinal", "ends": "scale"},
    )
    return path


def test_scale_or_category_by_label_coverage(case: Path, labelled: Path) -> None:
    done = run("new-wave", labelled, "--case", case, "--id", "w")
    assert done.returncode == 0, done.stderr + done.stdout
    asked = wave_of(case, "w").questionnaire.items
    assert set(asked) == {"all", "ends", "some", "named", "said"}
    assert asked["ends"].ordered
    assert asked["ends"].scores == {str(number): float(number) for number in range(11)}
    assert list(asked["ends"].options) == [str(number) for number in range(11)]
    assert not asked["all"].ordered
    assert not asked["all"].scores
    assert asked["said"].ordered
    text = (case / "surveys" / "w" / "questionnaire.toml").read_text(encoding="utf-8")
    assert "# A category: all codes have labels.\n[items.all]" in text
    assert "# A scale: only the ends have labels (2 of 11 codes have labels).\n[items.ends]" in text
    assert "# A category: 2 of 4 codes have labels: name the others.\n[items.some]" in text
    assert "# A category: the file says nominal.\n[items.named]" in text
    assert "# A category in order: the file says ordinal.\n[items.said]" in text
    assert "no question with options: none" in text


def test_texts_stand_under_the_language_of_the_file(case: Path, labelled: Path) -> None:
    done = run("new-wave", labelled, "--case", case, "--id", "w", "--language", "sq")
    assert done.returncode == 0, done.stderr + done.stdout
    asked = wave_of(case, "w").questionnaire.items["all"]
    assert asked.title.root == {"en": "EDIT ME: Mendimi juaj", "sq": "Mendimi juaj"}
    assert asked.options["1"].root == {"en": "EDIT ME: Po", "sq": "Po"}
    assert "--language" not in done.stderr
    untold = run("new-wave", labelled, "--case", case, "--id", "v")
    assert untold.returncode == 0
    assert "under en, sq alike" in untold.stderr
    assert "--language" in untold.stderr
    assert wave_of(case, "v").questionnaire.items["all"].title.root == {"en": "Mendimi juaj", "sq": "Mendimi juaj"}
    assert_plain_error(
        run("new-wave", labelled, "--case", case, "--id", "u", "--language", "de"), "'de'", "--language", "en, sq"
    )


def test_a_wave_without_a_day_says_that_its_year_is_unverified(case: Path, labelled: Path) -> None:
    assert run("new-wave", labelled, "--case", case, "--id", "w").returncode == 0
    design = (case / "surveys" / "w" / "design.toml").read_text(encoding="utf-8")
    year = read_case(case).header.as_of.year
    assert f'# Unverified: the year of the case.\nhappened_on = "{year}"' in design
    assert run("new-wave", labelled, "--case", case, "--id", "v", "--happened-on", "2024-05").returncode == 0
    told = (case / "surveys" / "v" / "design.toml").read_text(encoding="utf-8")
    assert "Unverified" not in told
    assert 'happened_on = "2024-05"' in told
