"""`shteg track`: an event is added or refused, commitments are listed; both for people and for programs."""

import json
import re
from pathlib import Path

import click
import pytest

from shteg.cli.app import group
from shteg.report.language.messages import message
from tests.cli.in_process import assert_plain_error, run
from tests.evidence.demo_copy import copy_demo, replace_once

ROOT = Path(__file__).resolve().parents[2]
EVENTS = "commitments/events.csv"
FITS = (
    "--commitment", "liaison-office", "--axis", "evidence", "--stage", "halfway", "--date", "2025-05-02",
    "--source", "ministry-list", "--grade", "b2",
)  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return copy_demo(tmp_path)


def test_an_event_is_added_and_listed(case: Path) -> None:
    done = run("track", "add", case, *FITS)
    assert done.returncode == 0, done.stderr
    assert message("en", "cli.track.written", {"id": "9", "commitment": "liaison-office"}) in done.stdout
    assert (case / EVENTS).read_text(encoding="utf-8").splitlines()[-1].startswith("9,liaison-office,evidence,halfway,")
    listed = run("track", "list", case, "--commitment", "liaison-office", "--language", "sq")
    assert listed.returncode == 0, listed.stderr
    assert "gjysma është bërë (ministry-list, B2)" in listed.stdout
    assert "i avancuar" in listed.stdout


def test_a_dry_run_checks_and_writes_nothing(case: Path) -> None:
    before = (case / EVENTS).read_bytes()
    done = run("track", "add", case, *FITS, "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["written"], found["line"], found["event"]["grade"]) == (False, 10, "B2")
    assert (case / EVENTS).read_bytes() == before


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("--source", "nowhere"), ("source `nowhere` is not in sources.toml", "Hint")),
        (("--date", "2019"), ("before `liaison-office` was made", "Hint")),
        (("--stage", "never"), ("no stage of the life cycle `work`", "Hint")),
        (("--withdraws", "1"), ("names no stage", "Hint")),
        (("--axis", ""), ("nothing says the axis", "Hint: give `--axis`")),
        (("--commitment", ""), ("nothing says the commitment", "Hint: give `--commitment`")),
    ],
)
def test_what_does_not_fit_is_refused(case: Path, words: tuple[str, str], parts: tuple[str, ...]) -> None:
    before = (case / EVENTS).read_bytes()
    assert_plain_error(run("track", "add", case, *FITS, *words), *parts)
    assert (case / EVENTS).read_bytes() == before


def test_an_event_is_withdrawn_by_a_later_one(case: Path) -> None:
    words = ("--commitment", "liaison-office", "--axis", "evidence", "--date", "2023-05-17", "--source", "shore-news")
    done = run("track", "add", case, *words, "--withdraws", "1", "--grade", "C3")
    assert done.returncode == 0, done.stderr
    found = json.loads(run("track", "list", case, "--commitment", "liaison-office", "--json").stdout)
    assert found["commitments"][0]["status"] == "no_evidence"
    assert [one["withdrawn_by"] for one in found["happenings"]] == [9, 5]


def test_the_list_gives_both_shares_side_by_side() -> None:
    done = run("track", "list", "demo")
    assert done.returncode == 0, done.stderr
    assert "Complete: 8%; with each stage counted by its weight: 22%." in done.stdout
    assert len(done.stdout.splitlines()) == 14
    found = json.loads(run("track", "list", "demo", "--addressee", "lake-guard", "--json").stdout)
    assert {one["addressee"] for one in found["commitments"]} == {"lake-guard"}
    assert found["shares"][0]["completed_share"] <= found["shares"][0]["weighted_share"]
    early = json.loads(run("track", "list", "demo", "--as-of", "2021-06-30", "--json").stdout)
    assert len(early["commitments"]) < len(json.loads(run("track", "list", "demo", "--json").stdout)["commitments"])


def test_unknown_names_and_cases_without_commitments_are_told() -> None:
    assert_plain_error(run("track", "list", "demo", "--addressee", "lake-gard"), "did you mean `lake-guard`?")
    assert run("track", "list", "kosovo-coe").stdout.strip() == message("en", "cli.track.none")


def test_without_verdicts_the_list_gives_none(case: Path) -> None:
    replace_once(case, "case.toml", "[title]\nen", "[tracker]\nverdicts = false\n\n[title]\nen")
    done = run("track", "list", case)
    assert "events on record" in done.stdout
    statuses = {message("en", f"tracker.status.{one}") for one in ("early", "advanced", "complete", "no_evidence")}
    assert not [word for word in statuses if f": {word}" in done.stdout]


def test_every_option_of_both_is_documented() -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    section = re.search(r"^## `shteg track.*?(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    assert section
    whole = group.get_command(click.Context(group), "track")
    assert isinstance(whole, click.Group)
    for name, one in whole.commands.items():
        assert f"track {name}" in section[0]
        for option in (option for parameter in one.params for option in parameter.opts if option.startswith("--")):
            assert f"`{option}" in section[0], option
