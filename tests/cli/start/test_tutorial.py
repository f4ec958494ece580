"""The tutorial works as written: an empty folder, the words of the page, and a bilingual site at the end."""

import json
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.in_process import run

DOCS = Path(__file__).parents[3] / "docs"
PAGES = ("tutorial.md", "tutorial.sq.md")
MOST_COMMANDS = 10
_STEP = re.compile(
    r"^```console\n\$ (?P<command>[^\n]+)\n```$|^`(?P<file>mycase/[^`\n]+)`\n\n```\w+\n(?P<content>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def steps_of(page: str) -> list[tuple[str, str]]:
    """Give what a reader does, in order: (file, content), or ("", command)."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return [(one["file"] or "", one["content"] or one["command"]) for one in _STEP.finditer(text)]


def test_both_pages_have_the_same_commands_and_files() -> None:
    first, second = (steps_of(page) for page in PAGES)
    assert first == second
    assert 4 <= sum(not file for file, _ in first) <= MOST_COMMANDS


@pytest.mark.parametrize("page", PAGES)
def test_no_block_of_the_page_is_passed_over(page: str) -> None:
    assert (DOCS / page).read_text(encoding="utf-8").count("```") == 2 * len(steps_of(page))


def test_a_newcomer_comes_to_a_bilingual_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(kept))
    printed = ""
    for file, what in steps_of("tutorial.md"):
        if file:
            assert (tmp_path / file).is_file(), "the tutorial replaces a file that is there"
            (tmp_path / file).write_text(what, encoding="utf-8")
            continue
        name, *words = shlex.split(what)
        assert name == "shteg"
        done = run(*words, cwd=tmp_path)
        assert done.returncode == 0, f"{what}\n{done.stdout}{done.stderr}"
        printed += done.stdout
    assert "{{ value.survey.wave.2026.joining.all|range }}" in printed
    values = {one["id"]: one for one in json.loads((tmp_path / "site/edition/values.json").read_text(encoding="utf-8"))}
    share = values["survey.wave.2026.joining.all"]["number"]
    for language, unlike in (("en", "in favour"), ("sq", "janë për")):
        report = (tmp_path / "site" / language / "report.html").read_text(encoding="utf-8")
        plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", report))
        assert unlike in plain
        assert re.search(rf"{share * 100:.0f}\s?%", plain), "the text quotes the survey"
        opinion = (tmp_path / "site" / language / "opinion.html").read_text(encoding="utf-8")
        assert "<table" in opinion
        assert len(list((tmp_path / "site" / language).glob("*.pdf"))) == 1
    assert {path.name for path in tmp_path.glob("tables*.xlsx")} == {"tables.en.xlsx", "tables.sq.xlsx"}
