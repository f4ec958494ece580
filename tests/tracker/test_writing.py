"""Lines are added whole, numbered and sealed; what does not fit is refused; who changes a line is found out."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.errors import CaseError, UsageError
from shteg.evidence import check_case, read_case
from shteg.tracker.writing import append_line, check_line, compose_line
from tests.evidence.demo_copy import copy_demo, replace_once

EVENTS = "commitments/events.csv"
FITS = {
    "commitment": "liaison-office", "axis": "evidence", "stage": "halfway", "happened_on": "2025-05-02",
    "recorded_on": "2026-06-29", "source": "ministry-list", "grade": "B2",
}  # fmt: skip
ADD = """
import sys
from shteg.cli import main
for number in range(int(sys.argv[2])):
    try:
        main(["track", "add", sys.argv[1], "--commitment", "liaison-office", "--axis", "official",
              "--stage", "begun", "--date", "2025-05-02", "--source", "ministry-list", "--grade", "B2",
              "--note", f"{sys.argv[3]} {number}"])
    except SystemExit as end:
        if end.code:
            raise
"""
EACH = 3
"""Lines that each of two processes adds."""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return copy_demo(tmp_path)


def texts(case: Path) -> list[str]:
    return (case / EVENTS).read_text(encoding="utf-8").splitlines()


def test_a_line_is_added_behind_those_that_stand(case: Path) -> None:
    before = (case / EVENTS).read_bytes()
    line = compose_line(case, FITS)
    assert not check_line(case, line)
    assert (case / EVENTS).read_bytes() == before, "nothing is written before it is known to fit"
    append_line(case, line)
    assert (case / EVENTS).read_bytes().startswith(before)
    last = read_case(case).commitment_events[-1]
    assert (last.id, last.stage, str(last.happened_on)) == (9, "halfway", "2025-05-02")
    assert last.hash == line.cells["hash"]
    assert not [name for name in case.iterdir() if name.name.startswith(".")], "nothing is left behind"


@pytest.mark.parametrize(
    ("changed", "says", "hint"),
    [
        ({"source": "minstry-list"}, "source `minstry-list` is not in sources.toml", "ministry-list"),
        ({"happened_on": "2021-05"}, "before `liaison-office` was made, on 2022-11-08", "baseline"),
        ({"commitment": "liason-office"}, "commitment `liason-office` is not in", "liaison-office"),
        ({"stage": "halway"}, "no stage of the life cycle `work`", "halfway"),
        ({"axis": "oficial"}, "oficial", "official"),
        ({"grade": "Z9"}, "not an Admiralty grade", "A–F"),
        ({"grade": "A1"}, "grade", ""),
        ({"happened_on": "2031"}, "lies after the day of the case", "as_of"),
        ({"happened_on": "2026-05", "known_on": "2026-04-01"}, "known_on", ""),
        ({"stage": "", "withdraws": "77"}, "there is no earlier line 77", "id"),
        ({"stage": "", "withdraws": "7"}, "line 7 is on `catch-reports`", "names commitment and axis"),
        ({"stage": "", "withdraws": "2"}, "line 2 is withdrawn already", "once"),
        ({"stage": "", "withdraws": "5"}, "line 5 is a withdrawal itself", "anew"),
        ({"withdraws": "1"}, "one of the two", ""),
        ({"recorded_on": "2026-06-01"}, "before the line above it", "at its end"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_hint(case: Path, changed: dict[str, str], says: str, hint: str) -> None:
    problems = check_line(case, compose_line(case, FITS | changed))
    assert any(says in one.problem and hint in one.hint and one.line == 10 for one in problems), problems


def test_a_case_without_commitments_has_nothing_to_add_to(case: Path) -> None:
    (case / "commitments" / "commitments.csv").unlink()
    with pytest.raises(UsageError, match="write the commitments first"):
        compose_line(case, FITS)


def test_lines_of_a_spreadsheet_are_kept_as_they_stand(case: Path) -> None:
    """Semicolons, local days and lines without a hash: a new line is written alike, and seals those above it."""
    path = case / EVENTS
    rows = [line.split(",") for line in texts(case)]
    for row in rows[1:]:
        row[-1] = ""
    rows[1][5] = "17.05.2023"
    path.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    assert not check_case(case)
    line = compose_line(case, FITS)
    append_line(case, line)
    assert texts(case)[-1].count(";") == len(rows[0]) - 1
    assert not check_case(case)
    replace_once(case, EVENTS, "17.05.2023", "18.05.2023")
    assert ["not what was written" in one.problem for one in check_case(case)] == [True]


Spoil = Callable[[list[str]], list[str]]


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lambda rows: [*rows[:3], rows[4], rows[3], *rows[5:]], 4),
        (lambda rows: [*rows[:2], *rows[3:]], 3),
        (lambda rows: [row.replace("2025-03-04", "2025-03-05") for row in rows], 5),
        (lambda rows: [row.replace("The boats were sold", "The boats were lent") for row in rows], 5),
        (lambda rows: [rows[0], *sorted(rows[1:], key=lambda row: row.split(",")[5])], 3),
    ],
)
def test_lines_that_were_moved_taken_out_or_changed_are_found(case: Path, spoil: Spoil, line: int) -> None:
    (case / EVENTS).write_text("\n".join(spoil(texts(case))) + "\n", encoding="utf-8")
    found = [one for one in check_case(case) if one.file == EVENTS and "lines are only ever added" in one.hint]
    assert min(one.line for one in found) == line


def test_two_people_who_add_at_once_lose_nothing(case: Path) -> None:
    before = texts(case)
    commands = [[sys.executable, "-c", ADD, str(case), str(EACH), who] for who in ("one", "two")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for command in commands]
    for one in running:
        _, err = one.communicate(timeout=300)
        assert one.returncode == 0, err.decode()
    rows = texts(case)
    assert rows[: len(before)] == before
    notes = sorted(one.note or "" for one in read_case(case).commitment_events[len(before) - 1 :])
    assert notes == sorted(f"{who} {number}" for who in ("one", "two") for number in range(EACH))
    assert [one.id for one in read_case(case).commitment_events] == list(range(1, len(rows)))
    assert not check_case(case), "numbers and hashes follow each other"


def test_a_damaged_file_is_not_added_to(case: Path) -> None:
    (case / EVENTS).write_text("id,nonsense\n1,2\n", encoding="utf-8")
    with pytest.raises(CaseError, match="nonsense"):
        compose_line(case, FITS)
