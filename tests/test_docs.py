"""The documentation says what the code does: commands, options, decisions, links, catalogues."""

import re
from pathlib import Path

import click
import pytest

from shteg.cli.app import COMMANDS, group
from shteg.report import check_messages

ROOT = Path(__file__).parent.parent
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGES = sorted(path for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")] if not path.name.startswith("."))


def command_named(name: str) -> click.Command:
    command = group.get_command(click.Context(group), name)
    assert command is not None
    return command


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    section = re.search(rf"^## `shteg {name}\b.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert section, f"docs/commands.md has no section `shteg {name}`"
    whole = command_named(name)
    parts = [whole, *(whole.commands.values() if isinstance(whole, click.Group) else ())]
    options = [option for one in parts for parameter in one.params for option in parameter.opts]
    known = {option for option in options if option.startswith("--")}
    documented = set(re.findall(r"`(--[a-z0-9-]+)", section[0]))
    assert documented == known


def test_no_command_is_documented_that_does_not_exist() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^## `shteg ([\w-]+)", page, re.MULTILINE)) == set(COMMANDS)


def test_decisions_are_numbered_without_gaps_and_short() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {path.name[:4]} "), path.name
        assert len(text.splitlines()) <= 40, path.name
        for part in ("Status:", "## Context", "## Decision", "## Consequences", "## What would change our mind"):
            assert part in text, f"{path.name} lacks {part}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target and target != "reference/modules.rst":  # written by `make docs` from the docstrings
            assert (page.parent / target).exists(), f"{page.name} → {target}"


def test_make_targets_of_the_contributing_page_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)`", CONTRIBUTING))
    assert named <= targets


def test_files_and_names_in_the_contributing_page_exist() -> None:
    named = re.findall(r"`([\w.-]*/[\w./-]*|[\w-]+\.(?:md|toml|py|txt))(?:::(\w+))?`", CONTRIBUTING)
    made = ("build/", "site/", ".shteg-cache/")
    lost = [path for path, _ in named if not path.startswith(made) and not (ROOT / path).exists()]
    assert (lost, len(named) > 30) == ([], True)
    for path, name in named:
        if name:
            assert re.search(rf"^(?:class|def) {name}\b", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), name


def test_each_recipe_names_a_file_to_copy_and_touches_at_most_three() -> None:
    recipes = dict(re.findall(r"^### (A [\w ]+)\n(.*?)(?=^##)", CONTRIBUTING, re.MULTILINE | re.DOTALL))
    assert recipes.keys() >= {"A table", "A value", "A chart", "A parameter", "A page", "A command"}
    for name, text in recipes.items():
        assert text.lstrip().startswith("Copy `"), name
        assert 1 <= len(re.findall(r"^\d\. ", text, re.MULTILINE)) <= 3, name


def test_messages_agree_in_every_language() -> None:
    assert check_messages() == ()
