"""`shteg tabulate` with an XLSForm: the language that the form does not say, and what is left out of it."""

from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from shteg.cli.app import PYTHON_WORDS
from shteg.cli.tabulate.command import command
from shteg.errors import ShtegError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sheets = {
        "Survey": [["Type", "Name", "Label"], ["select_one yn", "q1", "Agree?"], ["rank yn", "r1", "Order"]],
        "Choices": [["List Name", "Name", "Label"], ["yn", 1, "Yes"], ["yn", 2, "No"]],
    }
    with xlsxwriter.Workbook(str(tmp_path / "form.xlsx")) as book:
        for name, rows in sheets.items():
            page = book.add_worksheet(name)
            for i, row in enumerate(rows):
                page.write_row(i, 0, row)
    (tmp_path / "data.csv").write_text("q1\n" + "1\n1\n2\n" * 20, encoding="utf-8")
    return tmp_path


def run(folder: Path, *options: str) -> Result:
    words = [str(folder / "data.csv"), "--questionnaire", str(folder / "form.xlsx"), *options]
    return CliRunner().invoke(command, words)


def test_the_language_of_a_form_that_does_not_say_its_own(folder: Path) -> None:
    done = run(folder, "--language", "en")
    assert done.exit_code == 0, done.output
    assert "66.7%" in done.stdout
    assert "Yes" in done.stdout
    assert "row 3: 'r1' is left out: an order of choices (rank) has no shares" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [((), "or give the language that is to be read: `--language en`"), (("--language", "qqq"), "qqq")],
)
def test_the_hint_can_be_followed_on_the_command_line(folder: Path, options: tuple[str, ...], said: str) -> None:
    done = run(folder, *options)
    assert isinstance(done.exception, ShtegError)
    printed = PYTHON_WORDS.sub("", str(done.exception))  # as the command line prints it
    assert said in printed
    assert "Python" not in printed
