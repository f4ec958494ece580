"""The command line as a newcomer meets it: exit codes, sentences, no tracebacks."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shteg.cli.app import COMMANDS
from tests.cli.in_process import assert_plain_error, run


def test_help_names_every_command() -> None:
    done = run("--help")
    assert done.returncode == 0
    for name in COMMANDS:
        assert name in done.stdout


def test_help_loads_no_heavy_module() -> None:
    code = (
        "import sys\nfrom shteg.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "heavy = {'numpy', 'polars', 'numba', 'scipy', 'altair', 'typst', 'pydantic'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help(name: str) -> None:
    done = run(name, "--help")
    assert done.returncode == 0, done.stderr
    assert "Usage: shteg" in done.stdout


def test_unknown_command() -> None:
    assert_plain_error(run("bild"), "No such command")


def test_unknown_case_names_the_shipped_ones() -> None:
    assert_plain_error(run("check", "dmo"), "demo", "Hint")


def test_a_folder_without_a_case(tmp_path: Path) -> None:
    done = run("check", str(tmp_path))
    assert done.returncode == 1
    assert "case.toml" in done.stdout
    assert_plain_error(run("build", str(tmp_path), "--out", str(tmp_path / "out")), "case.toml", "Hint")
    assert not (tmp_path / "out").exists()


def test_a_date_that_does_not_exist() -> None:
    assert_plain_error(run("build", "demo", "--as-of", "2024-02-31"), "2024-02-31")


def test_a_folder_of_the_user_stays(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    assert_plain_error(run("build", "demo", "--out", str(tmp_path)), "was not made by shteg", "Hint")
    assert (tmp_path / "thesis.txt").read_text() == "x"


def test_new_makes_a_case_that_checks(tmp_path: Path) -> None:
    done = run("new", "lake", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    again = run("new", "lake", cwd=tmp_path)
    assert_plain_error(again, "exists already")
    checked = run("check", "lake", "--evidence-only", "--json", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout
    assert json.loads(checked.stdout) == []


def test_check_of_the_made_up_case_finds_nothing(kept: Path) -> None:
    done = run("check", "demo", "--cache", kept)
    assert done.returncode == 0, done.stdout + done.stderr
