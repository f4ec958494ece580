"""What an as-of day leaves out is told: rows by table, and imprecise dates with their file and line."""

import csv
from datetime import date
from pathlib import Path

import pytest

from shteg.evidence import find_case, read_case, shipped_cases
from shteg.evidence.left_out import count_left_out, imprecise_notices, list_left_out
from tests.evidence.demo_copy import copy_demo_in_two_languages, replace_once

DAY = date(2026, 6, 30)


def spoilt(folder: Path, file: str, old: str, new: str) -> Path:
    case = copy_demo_in_two_languages(folder)
    replace_once(case, file, old, new)
    return case


def test_a_row_dated_by_year_only_is_told_with_its_line(tmp_path: Path) -> None:
    folder = spoilt(tmp_path, "acts.csv", "XAC,recognition,yes,2009-05-22", "XAC,recognition,yes,2026")
    case = read_case(folder)
    [row] = list_left_out(case)
    assert (row.file, row.line, row.imprecise, row.whole) == ("acts.csv", 3, True, True)
    assert count_left_out([row]) == {"left_out": {"acts": 1}, "left_out_imprecise": {"acts": 1}}
    [notice] = imprecise_notices([row], DAY)
    assert str(notice).startswith("acts.csv:3: XAC recognition 2026 yes: the row is left out as of 2026-06-30")
    assert "happened_on" in notice.hint
    assert "known_on" in notice.hint
    assert len(case.as_of(DAY).acts) == len(case.acts) - 1


@pytest.mark.parametrize(
    ("file", "column", "when"),
    [
        ("ladder.csv", "happened_on", "2026"),
        ("acts.csv", "known_on", "2026-01/2026-12"),
        ("members.csv", "member_since", "2026"),
        ("seeking.csv", "sought_from", "2026-06"),
        ("objections.csv", "began", "2026"),
        ("surveys/published.csv", "known_on", "2026-06/2026-07"),
    ],
)
def test_every_dated_table_tells(tmp_path: Path, file: str, column: str, when: str) -> None:
    path = copy_demo_in_two_languages(tmp_path) / file
    with path.open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    # a row that the other tables do not contradict: open, of a new member, on a step not yet taken
    undated = {"known_on": ""} if column == "began" else {}
    for key, value in {"sought_to": "", "ended": "", "ending": "", **undated}.items():
        rows[-1] |= {key: value} if key in rows[-1] else {}
    if file == "members.csv":
        rows.append(rows[-1] | {"member": "XBX", "name_en": "Nowhere", "name_sq": "Askundi"})
    rows[-1][column] = when
    with path.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    case = read_case(path.parents[file.count("/")])
    [row] = [one for one in list_left_out(case, date(2026, 6, 20)) if one.imprecise]
    assert (row.file, row.line, row.column, row.whole) == (file, len(rows) + 1, column, True)


def test_an_imprecise_end_is_told_and_is_no_row(tmp_path: Path) -> None:
    folder = spoilt(tmp_path, "seeking.csv", "XBH,2016-03-10,,", "XBH,2016-03-10,2026,")
    [row] = list_left_out(read_case(folder))
    assert (row.column, row.whole, row.imprecise, row.line) == ("sought_to", False, True, 13)
    assert count_left_out([row]) == {}
    assert "`sought_to` is left out" in imprecise_notices([row], DAY)[0].problem


def test_rows_of_a_later_day_are_counted_without_notice() -> None:
    case = read_case(find_case("demo"))
    rows = list_left_out(case, date(2000, 1, 1))
    counts = count_left_out(rows)
    assert counts["left_out"]["acts"] == len(case.acts) - len(case.as_of(date(2000, 1, 1)).acts)
    assert counts["left_out"]["members"] == len(case.members) - len(case.as_of(date(2000, 1, 1)).members)
    assert imprecise_notices(rows, date(2000, 1, 1)) == ()


@pytest.mark.parametrize("name", shipped_cases())
def test_the_shipped_cases_leave_nothing_out_on_their_own_day(name: str) -> None:
    assert list_left_out(read_case(find_case(name))) == ()
