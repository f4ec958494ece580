"""`shteg new-wave`: a wave from a file as it is delivered, checked before anything is written."""

import json
import struct
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from shteg.evidence import find_case, read_case
from shteg.survey import read_wave
from tests.cli.in_process import assert_plain_error, run
from tests.survey.readers.test_xlsform import write_form


@pytest.fixture
def case(tmp_path: Path) -> Path:
    done = run("new", "lake", "--minimal", "--languages", "en,sq", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path / "lake"


@pytest.fixture
def delivered(tmp_path: Path) -> Path:
    """An SPSS file as the field delivers it: labels with ë and ç, a missing code, weight, strata, clusters."""
    frame = pl.DataFrame(
        {
            "id": [f"{number:04d}" for number in range(240)],
            "shtresa": [1 + number // 120 for number in range(240)],
            "psu": [number // 12 for number in range(240)],
            "pesha": [0.5 + (number % 7) / 4 for number in range(240)],
            "gjinia": [1 + number % 2 for number in range(240)],
            "mosha": [18 + number % 60 for number in range(240)],
            "p1": [(1, 2, 3, 9)[number % 4] for number in range(240)],
            "p2": [(1, 2)[number // 3 % 2] for number in range(240)],
        }
    )
    path = tmp_path / "anketa.sav"
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"p1": "Sa i besoni qeverisë?", "p2": "A keni votuar?", "gjinia": "Gjinia"},
        variable_value_labels={
            "p1": {1: "Shumë", 2: "Pak", 3: "Aspak", 9: "Pa përgjigje"},
            "p2": {1: "Po", 2: "Jo"},
            "gjinia": {1: "Burrë", 2: "Grua"},
        },
        missing_ranges={"p1": [9]},
    )
    return path


def test_what_the_file_says_stands_in_the_wave(case: Path, delivered: Path) -> None:
    done = run("new-wave", delivered, "--case", case, "--happened-on", "2025-10", "--title", "Barometri")
    assert done.returncode == 0, done.stderr
    wave = next(one for one in read_case(case).waves if one.id == "2025")
    plan = wave.design
    assert (plan.weight, plan.stratum, plan.psu) == ("pesha", "shtresa", "psu")
    assert plan.title.root == {"en": "Barometri", "sq": "Barometri"}
    asked = wave.questionnaire.items
    assert list(asked) == ["p1", "p2"]
    assert asked["p1"].wording["sq"] == "Sa i besoni qeverisë?"
    assert asked["p1"].options["3"]["sq"] == "Aspak"
    assert asked["p1"].missing == ("9",)
    assert plan.codes["gjinia"]["2"]["sq"] == "Grua"
    assert read_wave(wave).df == 18
    assert run("check", case).returncode == 0
    assert run("tabulate", f"{case}/2025", "--by", "gjinia").returncode == 0
    again = run("new-wave", delivered, "--case", case, "--happened-on", "2025-10")
    assert_plain_error(again, "--id", "2025", "already")


def test_options_say_what_columns_are(case: Path, delivered: Path) -> None:
    words = ("--weight", "none", "--stratum", "none", "--items", "p2", "--by", "gjinia,p1", "--id", "autumn")
    assert run("new-wave", delivered, "--case", case, *words).returncode == 0
    wave = next(one for one in read_case(case).waves if one.id == "autumn")
    assert (wave.design.weight, wave.design.stratum, wave.design.psu) == (None, None, "psu")
    assert list(wave.questionnaire.items) == ["p2"]
    assert list(wave.design.domains) == ["gjinia", "p1"]


def test_a_form_gives_the_words_in_its_languages(case: Path, delivered: Path, tmp_path: Path) -> None:
    form = write_form(
        tmp_path / "form.xlsx",
        survey=[
            ["type", "name", "label::English (en)", "label::Shqip (sq)"],
            ["select_one yn", "p2", "Did you vote?", "A keni votuar?"],
        ],
        choices=[
            ["list_name", "name", "label::English (en)", "label::Shqip (sq)"],
            ["yn", "1", "Yes", "Po"],
            ["yn", "2", "No", "Jo"],
        ],
    )
    done = run("new-wave", delivered, "--case", case, "--questionnaire", form, "--items", "p2", "--id", "w")
    assert done.returncode == 0, done.stderr + done.stdout
    item = next(one for one in read_case(case).waves if one.id == "w").questionnaire.items["p2"]
    assert item.title.root == {"en": "Did you vote?", "sq": "A keni votuar?"}
    assert item.options["2"].root == {"en": "No", "sq": "Jo"}


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["--weight", "weigth"], ["--weight", "weigth", "Hint"]),
        (["--items", "p7"], ["--items", "p7"]),
        (["--by", "p7"], ["--by", "p7"]),
        (["--id", "a wave/.."], ["--id", "letters"]),
        (["--source", "nobody"], ["--source", "nobody"]),
        (["--happened-on", "2025-13"], ["2025-13"]),
        (["--stratum", "gjinia", "--happened-on", "1999"], ["Hint"]),
        (["--questionnaire", "none.xlsx"], ["none.xlsx"]),
        (["--case", "nowhere"], ["nowhere"]),
    ],
)
def test_what_does_not_fit_is_said_and_nothing_is_written(
    case: Path, delivered: Path, words: list[str], parts: list[str]
) -> None:
    before = {path: path.read_bytes() for path in case.rglob("*") if path.is_file()}
    done = run("new-wave", delivered, *([] if "--case" in words else ["--case", case]), *words)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr + done.stdout
    assert {path: path.read_bytes() for path in case.rglob("*") if path.is_file()} == before


def test_a_dry_run_and_a_shipped_case_write_nothing(case: Path, delivered: Path, tmp_path: Path) -> None:
    before = sorted(case.rglob("*"))
    done = run("new-wave", delivered, "--case", case, "--dry-run")
    assert done.returncode == 0
    assert "Would write" in done.stdout
    assert sorted(case.rglob("*")) == before
    assert_plain_error(run("new-wave", delivered, "--case", "demo"), "--case", "shteg new")
    assert not (find_case("demo") / "surveys" / "2026").exists()
    assert_plain_error(run("new-wave", tmp_path / "none.sav", "--case", case), "none.sav")
    empty = tmp_path / "empty.csv"
    empty.write_bytes(b"")
    assert_plain_error(run("new-wave", empty, "--case", case), "empty.csv", "Hint")


def with_sets(path: Path) -> Path:
    """An SPSS file with a set of boxes and a set of codes, as SPSS writes them (record 7, subtype 7)."""
    frame = pl.DataFrame(
        {
            "q": [1.0, 2.0, 1.0, 2.0] * 30,
            "tv": [1.0, 1.0, 0.0, 0.0] * 30,
            "web": [1.0, 0.0, 0.0, None] * 30,
            "first": [1.0, 2.0, 1.0, None] * 30,
            "second": [2.0, None, 3.0, None] * 30,
        }
    )
    named = {1.0: "Paqja", 2.0: "Puna", 3.0: "Rendi"}
    pyreadstat.write_sav(
        frame,
        path,
        column_labels={"tv": "Televizioni", "web": "Interneti"},
        variable_value_labels={"q": {1.0: "Po", 2.0: "Jo"}, "first": named, "second": named},
    )
    raw, end = path.read_bytes(), struct.pack("<ii", 999, 0)
    text = b"$media=D1 1 5 Media tv web\n$worries=C 7 Worries first second\n"
    at = raw.index(end)
    path.write_bytes(raw[:at] + struct.pack("<iiii", 7, 7, 1, len(text)) + text + raw[at:])
    return path


def test_sets_of_spss_are_questions_with_several_answers(case: Path, tmp_path: Path) -> None:
    file = with_sets(tmp_path / "sets.sav")
    done = run("new-wave", file, "--case", case, "--id", "sets")
    assert done.returncode == 0, done.stderr + done.stdout
    items = next(one for one in read_case(case).waves if one.id == "sets").questionnaire.items
    assert list(items) == ["q", "media", "worries"]
    assert items["media"].multiple
    assert items["media"].options["web"]["sq"] == "Interneti"
    assert items["worries"].options["3"]["en"] == "Rendi"
    done = run("tabulate", f"{case}/sets", "--items", "media,worries", "--json")
    assert done.returncode == 0, done.stderr
    alone = run("tabulate", file, "--items", "media,worries", "--json")
    shares = [
        {(one["item"].lstrip("$"), one["option"]): one["estimate"] for one in json.loads(each.stdout)}
        for each in (done, alone)
    ]
    assert shares[0] == shares[1]
    assert shares[0]["media", "tv"] == pytest.approx(0.5)
    assert run("check", case, "--evidence-only").returncode == 0
