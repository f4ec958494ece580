"""What commands refuse is refused in Albanian too: the same exit code, a hint, and no half of a sentence in English."""

import re
import shutil
from pathlib import Path

import pytest

from shteg.cli.machine_errors import REASONS
from shteg.cli.reader import speak, speaking
from shteg.evidence import find_case
from tests.cli.in_process import run
from tests.cli.test_exit_codes import BAD, JUNK

QUOTED = re.compile(r"'[^']*'|`[^`]*`|“[^”]*”|\"[^\"]*\"|\S*[/\\]\S*|--[\w-]+|\([^)]*\)")
ENGLISH = re.compile(r"\b(the|is|are|not|has|and|with|of|which|it|give|name|write|cannot|there)\b")
FOREIGN = ("Parquet", "TOML", "is no case.toml")
"""Messages whose end is another program's."""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a case, junk under every name and links, to be in."""
    shutil.copytree(find_case("demo"), tmp_path / "case")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "thesis.txt").write_text("mine")
    (tmp_path / "nowhere").symlink_to("missing")
    for name in ("empty", "me", "broken", "folder/case.toml", "cut"):
        (tmp_path / name).mkdir(parents=True)
    for suffix in ("dta", "csv", "xlsx", "parquet", "toml"):
        (tmp_path / f"junk.{suffix}").write_bytes(JUNK)
        (tmp_path / f"empty.{suffix}").write_bytes(b"")
    (tmp_path / "broken" / "case.toml").write_bytes(JUNK)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "kept"))
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    return tmp_path


@pytest.mark.parametrize("line", [line for line in BAD if line and "~" not in line])
@pytest.mark.usefixtures("place")
def test_a_refusal_speaks_albanian(line: str) -> None:
    words = line.split(" ")
    english, albanian = run(*words), run("--speak", "sq", *words)
    assert albanian.returncode == english.returncode != 3
    assert "Traceback" not in albanian.stderr
    assert albanian.stdout.count("\n") == english.stdout.count("\n")
    said = albanian.stdout + albanian.stderr
    assert "Hint:" not in said
    assert said.count("Këshillë:") == (english.stdout + english.stderr).count("Hint:")
    for told in said.splitlines():
        bare = QUOTED.sub("", told)
        if not any(word in told for word in FOREIGN):
            assert not ENGLISH.search(bare), told


@pytest.mark.parametrize("number", REASONS)
def test_what_the_machine_refuses_speaks_albanian(number: int) -> None:
    problem, hint = REASONS[number]
    with speaking("sq"):
        said = speak(f"a/b: {problem}\nHint: {hint}")
    first, second = said.splitlines()
    assert first.startswith("a/b: ")
    assert second.startswith("Këshillë: ")
    assert problem not in said
    assert hint not in said
