"""The reader's language: an option, a variable, the locale; numbers for machines and exit codes stay."""

import json
import os
import subprocess
import sys

import click
import pytest

from shteg.cli.reader import reader_language, speak, speaking
from shteg.errors import UsageError
from tests.cli.in_process import run


@pytest.mark.parametrize(
    ("words", "environment", "language"),
    [
        ((), {}, "en"),
        ((), {"LANG": "sq_AL.UTF-8"}, "sq"),
        ((), {"LANG": "sq_XK"}, "sq"),
        ((), {"LANG": "C"}, "en"),
        ((), {"LANG": "de_DE.UTF-8"}, "en"),
        ((), {"LANG": "sq_AL", "LC_ALL": "en_GB.UTF-8"}, "en"),
        ((), {"LANG": "en_GB.UTF-8", "LC_MESSAGES": "sq_AL.UTF-8"}, "sq"),
        ((), {"LANG": "sq_AL", "LC_ALL": ""}, "sq"),
        ((), {"SHTEG_LANGUAGE": "sq", "LC_ALL": "en_GB"}, "sq"),
        ((), {"SHTEG_LANGUAGE": "SQ_al", "LANG": "C"}, "sq"),
        ((), {"SHTEG_LANGUAGE": "en", "LANG": "sq_AL"}, "en"),
        (("--speak", "sq", "check"), {"SHTEG_LANGUAGE": "en"}, "sq"),
        (("--speak=en",), {"SHTEG_LANGUAGE": "sq"}, "en"),
        (("--", "--speak", "sq"), {}, "en"),
        (("--speak",), {}, "en"),
    ],
)
def test_the_language_is_chosen_in_this_order(
    words: tuple[str, ...], environment: dict[str, str], language: str
) -> None:
    assert reader_language(words, environment) == (language, "")


def test_the_machine_is_asked_where_the_environment_says_nothing() -> None:
    assert reader_language((), {}, lambda: "sq_AL") == ("sq", "")
    assert reader_language((), {"LANG": "en_US"}, lambda: "sq_AL") == ("en", "")


def test_a_language_that_is_not_spoken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHTEG_LANGUAGE", "tlh")
    done = run("--version")
    assert done.returncode == 0
    assert "SHTEG_LANGUAGE names tlh" in done.stderr


def test_an_option_that_names_another_language_is_refused() -> None:
    done = run("--speak", "tlh", "check")
    assert done.returncode == 2
    assert "'tlh' is not one of 'en', 'sq'." in done.stderr


def test_english_comes_back_when_the_block_ends() -> None:
    before = click.echo
    with speaking("sq"):
        assert speak("nothing says why") == "asgjë nuk thotë pse"
        assert click.echo is not before
    assert speak("nothing says why") == "nothing says why"
    assert click.echo is before


@pytest.mark.parametrize("machine", [("--json",), ()])
def test_json_stays_as_it_is(machine: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    told = json.dumps({"hint": "nothing says why"}) if not machine else "nothing says why"
    with speaking("sq", machine):
        click.echo(told)
        click.echo("nothing says why", err=True)
    printed = capsys.readouterr()
    assert printed.out == f"{told}\n"
    assert printed.err == "asgjë nuk thotë pse\n"


@pytest.mark.parametrize(
    "words", [("messages", "sq", "demo", "--json"), ("track", "list", "demo", "--json"), ("score", "demo", "--json")]
)
def test_output_for_machines_is_the_same_byte_for_byte(words: tuple[str, ...]) -> None:
    english, albanian = run(*words), run("--speak", "sq", *words)
    assert albanian.returncode == english.returncode
    assert albanian.stdout == english.stdout
    json.loads(english.stdout)


def test_warnings_and_questions_speak(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda text: sys.stdout.write(text) and "x")
    with speaking("sq"):
        assert click.prompt("Grade (A1 to F6)") == "x"
        click.echo("Warning: a line of the log is damaged", err=True)
    printed = capsys.readouterr()
    assert "Nota (A1 deri në F6)" in printed.out
    assert printed.err == "Kujdes: një rresht i regjistrit është i dëmtuar\n"


def test_a_bug_and_an_error_end_with_the_same_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise UsageError("nothing says why", "give `--reason`, in a sentence", "--reason")

    monkeypatch.setattr("shteg.cli.ledger.score.find_case", broken)
    done = run("--speak", "sq", "score", "x")
    assert done.returncode == 2
    assert done.stderr == "--reason: asgjë nuk thotë pse\nKëshillë: jepni `--reason`, me një fjali\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_terminal_with_other_letters_is_no_reason_to_stop(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from shteg.cli import main; main()", "--speak", "sq", "-h"],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr
    if encoding != "ascii":
        assert "dëshmitë" in done.stdout.decode(encoding)
