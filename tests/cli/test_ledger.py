"""The commands of the ledger: nothing is written without being asked, nothing twice, what is owed comes first."""

import json
from pathlib import Path
from typing import Any

import pytest

from shteg.cli.ledger import resolve, shared
from shteg.evidence import check_case, read_case
from tests.cli.in_process import assert_plain_error, run
from tests.evidence.demo_copy import copy_demo, replace_once

FILES = ("ledger.csv", "resolutions.csv", "ledger.toml")
OVERDUE, DECIDED = "c90a3f62e718.contributor.2024", "c90a3f62e718.association.2025"
WHY = ("--reason", "The register of the institute has it", "--source", "register")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A copy of the made-up case that few worlds are simulated of."""
    folder = copy_demo(tmp_path)
    replace_once(folder, "pathways.toml", "draws = 400", "draws = 20")
    replace_once(folder, "pathways.toml", "worlds_per_draw = 200", "worlds_per_draw = 10")
    return folder


def written(case: Path) -> dict[str, bytes]:
    return {name: (case / name).read_bytes() for name in FILES}


def told(*words: object) -> dict[str, Any]:
    done = run(*words, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_edition_is_registered_once_and_only_if_asked(case: Path, kept: Path) -> None:
    before = written(case)
    ways = (case, "--cache", kept)
    proposed = told("register", *ways)
    assert written(case) == before
    assert (proposed["written"], proposed["registered_before"]) == (False, False)
    done = told("register", *ways, "--write")
    assert (done["written"], done["edition"]) == (True, proposed["edition"])
    assert check_case(case) == ()
    added = [line for line in read_case(case).ledger if line.edition == done["edition"]]
    assert len(added) == len(done["forecasts"]) == 18
    assert {line.kind for line in added} == {"real"}
    after = written(case)
    again = told("register", *ways, "--write")
    assert (again["registered_before"], again["forecasts"], written(case)) == (True, [], after)
    assert "is in the ledger already" in run("register", *ways).stdout


def test_a_reconstruction_goes_on_where_it_was_stopped(case: Path, kept: Path) -> None:
    ways = (case, "--cache", kept, "--years-ahead", "1,3")
    before = written(case)
    assert told("reconstruct", *ways, "--from", "2016", "--to", "2017")["waiting"] == ["2016-01-01", "2017-01-01"]
    assert written(case) == before
    told("reconstruct", *ways, "--from", "2017", "--to", "2017", "--write")
    done = told("reconstruct", *ways, "--from", "2016", "--to", "2017", "--write")
    assert done == {"before": ["2017-01-01"], "written": ["2016-01-01"], "waiting": []}
    assert check_case(case) == ()
    lines = [line for line in read_case(case).ledger if line.made_on.first.isoformat() == "2017-01-01"]
    assert {line.kind for line in lines} == {"reconstructed"}
    assert {line.due.last.year for line in lines} >= {2017, 2019}
    resolved = told("resolve", case, "--write")  # what ran out by 2026 is closed by the evidence
    assert {one["outcome"] for one in resolved["resolutions"]} == {"no"}
    assert check_case(case) == ()
    assert {row["kind"] for row in told("score", case)["scores"]} == {"real", "reconstructed"}


def test_resolving_writes_only_if_asked_and_then_leaves_nothing_to_write(case: Path) -> None:
    before = written(case)
    proposed = told("resolve", case)
    assert written(case) == before
    assert [one["forecast"] for one in proposed["resolutions"]] == [DECIDED]
    assert [(one["id"], one["why"]) for one in proposed["overdue"]] == [(OVERDUE, "by_hand")]
    assert told("resolve", case, "--write")["written"] is True
    assert written(case)["resolutions.csv"].startswith(before["resolutions.csv"])
    assert check_case(case) == ()
    again = told("resolve", case, "--write")
    assert (again["resolutions"], again["written"]) == ([], False)


def test_what_no_event_records_is_closed_by_hand_and_corrected(case: Path) -> None:
    share = {row["step"]: row for row in told("score", case)["scores"] if row["kind"] == "real"}
    assert (share["contributor"]["resolved_share"], share["contributor"]["overdue"]) == (0.5, 1)
    told("resolve", case, "--yes", OVERDUE, "--happened-on", "2024-03", *WHY, "--write")
    first = {row["step"]: row for row in told("score", case)["scores"] if row["kind"] == "real"}
    assert (first["contributor"]["resolved_share"], first["contributor"]["happened"]) == (1, 1)
    assert first["contributor"]["brier"] == pytest.approx(0.55**2)
    told("resolve", case, "--void", OVERDUE, *WHY, "--write")
    second = {row["step"]: row for row in told("score", case)["scores"] if row["kind"] == "real"}
    assert (second["contributor"]["scored"], second["contributor"]["void"]) == (0, 2)
    told("resolve", case, "--reopen", OVERDUE, *WHY, "--write")
    third = {row["step"]: row for row in told("score", case)["scores"] if row["kind"] == "real"}
    assert third["contributor"]["overdue"] == 1
    assert check_case(case) == ()
    assert len(read_case(case).resolutions) == 8 + 3


def test_a_star_closes_all_that_are_overdue_and_fit(case: Path) -> None:
    done = told("resolve", case, "--no", "*.contributor.*", *WHY, "--write")
    assert [one["forecast"] for one in done["resolutions"]] == [OVERDUE]  # not the one that is void
    assert_plain_error(run("resolve", case, "--no", "*.contributor.*", *WHY), "no overdue forecast fits")


def test_what_is_overdue_comes_first_in_both_languages(case: Path) -> None:
    for language, words, block in (("en", "Overdue (2):", "Brier score"), ("sq", "Të vonuara (2):", "Brier")):
        said = run("score", case, "--language", language).stdout
        assert said.startswith(words)
        assert said.index(OVERDUE) < said.index(block)
    assert run("resolve", case).stdout.startswith("Overdue (1):")
    assert "Nothing was written" in run("resolve", case).stdout
    assert "dëshmitë shkojnë përtej asaj dite" in run("resolve", case, "--language", "sq").stdout


def test_a_case_left_behind_by_the_calendar_is_told(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import date

    assert "Bring the case up to date" not in run("resolve", case).stdout
    monkeypatch.setattr(resolve, "today", lambda: date(2032, 1, 1))
    assert "Open there, and past their day by now: 1." in run("resolve", case).stdout
    assert shared.today() < date(2200, 1, 1)


def test_an_empty_ledger_is_said_to_be_empty(case: Path) -> None:
    for name in FILES:
        (case / name).unlink()
    for command in ("score", "resolve"):
        assert "The ledger is empty" in run(command, case).stdout
    assert told("score", case)["scores"] == []


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("resolve", "--void", OVERDUE), ("nothing says why", "--reason")),
        (("resolve", "--void", OVERDUE, *WHY[:3], "regster"), ("did you mean `register`", "--source")),
        (("resolve", "--void", "c90a3f62e718.contributor.2025", *WHY), ("is not in ledger.csv", OVERDUE, "--void")),
        (("resolve", "--void", OVERDUE, "--no", OVERDUE, *WHY), ("is named twice",)),
        (("resolve", "--reopen", OVERDUE, *WHY), ("is not closed", "--reopen")),
        (("resolve", "--no", "c90a3f62e718.plan.2031", *WHY), ("may come true until 2031-12-31", "--no")),
        (("resolve", "--yes", OVERDUE, *WHY), ("is not a date", "--happened-on")),
        (("resolve", "--yes", OVERDUE, "--happened-on", "2025", *WHY), ("2025 is not surely by 2024-12-31",)),
        (("resolve", "--as-of", "2026-01-01", "--write"), ("rests on all the evidence", "--as-of")),
        (("resolve", "--verified-only", "--write"), ("rests on all the evidence", "--verified-only")),
        (("register", "--as-of", "2020-01-01", "--write"), ("is not today's", "shteg reconstruct")),
        (("reconstruct", "--from", "2020", "--to", "2019"), ("2019 lies before 2020", "--to")),
        (("reconstruct", "--from", "2020", "--to", "2027"), ("2027-01-01 is not before 2026-06-30", "shteg register")),
        (("reconstruct", "--from", "1980", "--to", "1981"), ("nothing is known on 1980-01-01",)),
        (("reconstruct", "--from", "2016", "--years-ahead", "0,3"), ("is not a number of years", "1,3,5,10")),
        (("reconstruct", "--from", "2016", "--as-of", "2016-01-01"), ("--from and --to", "--as-of")),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_and_nothing_written(
    words: tuple[str, ...], parts: tuple[str, ...], case: Path
) -> None:
    before = written(case)
    command, *others = words
    assert_plain_error(run(command, case, *others), *parts)
    assert written(case) == before


def test_a_ledger_that_was_touched_is_not_added_to(case: Path) -> None:
    replace_once(case, "ledger.csv", ",0.62,", ",0.92,")
    replace_once(case, "ledger.csv", ",0.84,", ",0.94,")
    for words in (("resolve", case, "--write"), ("score", case), ("register", case, "--write")):
        assert_plain_error(run(*words), "ledger.csv:2", "not what was written", "lines are only ever added")
    assert run("check", case, "--evidence-only").returncode == 1
