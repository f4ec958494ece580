"""`shteg new`: answers by option or at the terminal, a case that checks at once, placeholders that say so."""

import os
import pty
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from shteg.cli.start.answers import read_members
from shteg.errors import UsageError
from shteg.evidence import check_case, read_case
from shteg.evidence.beginning import listed_organisations
from shteg.evidence.beginning.organisations import find_country, find_organisation
from shteg.evidence.beginning.writing import phrases
from shteg.languages import package_languages
from tests.cli.in_process import assert_plain_error, run


def test_a_minimal_case_in_one_language_is_the_smallest_set_of_files(tmp_path: Path) -> None:
    done = run("new", "mine", "--minimal", "--languages", "en", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    files = {
        path.relative_to(tmp_path / "mine").as_posix() for path in (tmp_path / "mine").rglob("*") if path.is_file()
    }
    needed = {"case.toml", "sources.toml", "items.toml", "steps.toml", "pathways.toml", "recommendations.toml"}
    assert files == {*needed, "members.csv", "text/en/report.md"}
    assert check_case(tmp_path / "mine") == ()
    assert read_case(tmp_path / "mine").header.languages == ("en",)


@pytest.mark.parametrize("languages", ["en", "sq", "en,sq", "sq,en"])
@pytest.mark.parametrize("organisation", [*sorted(listed_organisations()), "Pakti i Ujit", "Grupi 77"])
def test_what_new_writes_checks(organisation: str, languages: str, tmp_path: Path) -> None:
    words = ("--organisation", organisation, "--aspirant", "Kosovo", "--languages", languages, "--as-of", "2026-12-01")
    done = run("new", "mine", *words, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    checked = run("check", "mine", "--evidence-only", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    case = read_case(tmp_path / "mine")
    assert case.header.aspirant == "XKX"
    assert case.header.as_of == date(2026, 12, 1)
    assert {one.grade for one in case.members} == {"F6"}
    if organisation in listed_organisations():
        assert {one.member for one in case.members} == set(listed_organisations()[organisation].members)


def test_a_placeholder_is_labelled_in_file_grade_and_page(tmp_path: Path) -> None:
    assert run("new", "mine", cwd=tmp_path).returncode == 0
    case = read_case(tmp_path / "mine")
    assert case.header.footnote is not None
    assert "Draft" in case.header.footnote["en"]
    assert {source.grade for source in case.sources.values()} == {"F6"}
    for name in ("pathways.toml", "recommendations.toml", "steps.toml", "sources.toml"):
        comments = " ".join(re.findall(r"^#.*", (tmp_path / "mine" / name).read_text(encoding="utf-8"), re.MULTILINE))
        assert re.search("assumed|unverified", comments, re.IGNORECASE), name
    for language in package_languages():
        assert phrases(language)["about"] in (tmp_path / "mine/text" / language / "report.md").read_text(
            encoding="utf-8"
        )


def test_words_of_a_new_case_are_the_same_keys_in_every_language() -> None:
    first, *others = package_languages()
    for other in others:
        assert phrases(first).keys() == phrases(other).keys()
        for key, words in phrases(first).items():
            assert sorted(re.findall(r"\{\w+\}", words)) == sorted(re.findall(r"\{\w+\}", phrases(other)[key])), key


def test_the_list_of_organisations_names_countries_and_dates() -> None:
    assert {"nato", "eu", "coe"} <= set(listed_organisations())
    for one in listed_organisations().values():
        assert set(one.name) >= set(package_languages())
        for member, since in one.members.items():
            assert find_country(member, ("en",), one.id) == member
            assert re.fullmatch(r"\d{4}(-\d\d-\d\d)?", since), (one.id, member)
    assert find_organisation("Bashkimi Evropian") == listed_organisations()["eu"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Kosovo", "XKX"),
        ("kosova", "XKX"),
        ("xk", "XKX"),
        ("Gjermani", "DEU"),
        ("Germany", "DEU"),
        ("alb", "ALB"),
        ("fr", "FRA"),
    ],
)
def test_countries_are_found_by_name_and_code(said: str, code: str) -> None:
    assert find_country(said, ("en", "sq"), "--aspirant") == code


def test_a_country_that_is_misspelt_is_guessed() -> None:
    with pytest.raises(UsageError, match=r"DEU \(Germany\)"):
        find_country("Germny", ("en", "sq"), "--aspirant")


def test_members_of_a_file_as_excel_saves_it(tmp_path: Path) -> None:
    file = tmp_path / "anëtarët.csv"
    file.write_text("﻿Shteti;Data\r\nShqipëria;01.04.2009\r\nGermany;1955\r\nBEL;\r\n;\r\n", encoding="utf-8")
    assert read_members(str(file)) == {"ALB": "2009-04-01", "DEU": "1955", "BEL": ""}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("ALB\nAlb\n", "line 2: the member ALB stands twice"),
        ("ALB\nAtlantis\n", "line 2: “Atlantis” is not a country"),
        ("ALB;31.02.2009\n", "line 1: “31.02.2009” is not a date"),
        ("\n", "names no member"),
    ],
)
def test_what_cannot_be_read_of_a_list_of_members_names_its_line(content: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(content, encoding="utf-8")
    done = run("new", "mine", "--members", "m.csv", cwd=tmp_path)
    assert_plain_error(done, said, "Hint")
    assert not (tmp_path / "mine").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("mine", "--languages", "de"),
        ("mine", "--languages", "en,en"),
        ("mine", "--members", "list.xlsx"),
        ("mine", "--members", "ALB,ALB"),
        ("mine", "--organisation", "eu", "--aspirant", "France"),
        ("mine", "--organisation", "nato", "--as-of", "1960-01-01"),
        ("mine", "--organisation", "a`b"),
        ("mine", "--survey", "none.xlsx"),
        ("mine", "--example", "--minimal"),
        ("aux",),
        ("Con.1",),
        (),
    ],
)
def test_what_is_refused_leaves_nothing(words: tuple[str, ...], tmp_path: Path) -> None:
    assert_plain_error(run("new", *words, cwd=tmp_path), "Hint")
    assert list(tmp_path.iterdir()) == []


def test_the_example_is_still_to_be_had(tmp_path: Path) -> None:
    assert run("new", "mine", "--example", cwd=tmp_path).returncode == 0
    assert (tmp_path / "mine" / "chronicle.csv").is_file()
    assert check_case(tmp_path / "mine") == ()


def test_a_survey_with_questions_as_headers_becomes_a_wave(tmp_path: Path) -> None:
    rows = [
        f"{number};{'femër' if number % 2 else 'mashkull'};{'Po' if number % 3 else 'Jo'};1,{number % 7}"
        for number in range(60)
    ]
    text = "Nr;Gjinia;A e mbështetni anëtarësimin?;Pesha\n" + "\n".join(rows) + "\n"
    (tmp_path / "anketa.csv").write_text(text, encoding="utf-8")
    done = run("new", "mine", "--languages", "sq", "--survey", "anketa.csv", "--as-of", "2026-12-01", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    checked = run("check", "mine", "--evidence-only", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    (wave,) = read_case(tmp_path / "mine").waves
    assert list(wave.questionnaire.items) == ["a-e-mbeshtetni-anetaresimin"]
    assert wave.questionnaire.items["a-e-mbeshtetni-anetaresimin"].title["sq"] == "A e mbështetni anëtarësimin?"
    assert (wave.design.weight, list(wave.design.domains)) == ("Pesha", ["Gjinia"])


def test_a_file_without_a_question_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("name\n" + "\n".join(f"n{number}" for number in range(40)) + "\n")
    assert_plain_error(run("new", "mine", "--survey", "a.csv", cwd=tmp_path), "holds no question", "2 to 12")
    assert not (tmp_path / "mine").exists()


def test_somebody_at_the_terminal_is_asked_five_questions(tmp_path: Path) -> None:
    terminal, other = pty.openpty()
    command = [sys.executable, "-c", "from shteg.cli import main; main()", "new", "mine", "--as-of", "2026-12-01"]
    process = subprocess.Popen(
        command, stdin=other, stdout=other, stderr=other, cwd=tmp_path, env={**os.environ, "COLUMNS": "200"}
    )
    os.close(other)
    os.write(terminal, b"eu\nKosvo\nKosovo\n\nen\n\n")
    said = b""
    try:
        while chunk := os.read(terminal, 4096):
            said += chunk
    except OSError:  # the end of a terminal
        pass
    os.close(terminal)
    assert process.wait() == 0, said.decode()
    told = said.decode()
    assert [number for number in "12345" if f"{number}. " in told] == list("12345")
    assert "did you mean XKX (Kosovo)?" in told
    case = read_case(tmp_path / "mine")
    assert (case.header.aspirant, case.header.languages, len(case.members)) == ("XKX", ("en",), 27)
