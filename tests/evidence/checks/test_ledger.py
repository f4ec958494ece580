"""A line of the ledger that was changed, moved, put in or taken out is reported with its file, its line, and a hint."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.evidence import check_case, new_case, read_case
from shteg.evidence.records.ledger import HASH, LedgerLine, Resolution, chained_hash
from tests.evidence.demo_copy import DEMO, copy_demo, replace_once

Rows = list[dict[str, str]]
LEDGER, RESOLUTIONS, REACHES = "ledger.csv", "resolutions.csv", "ledger.toml"
ONLY_ADDED = "lines are only ever added"


def read(case: Path, file: str) -> Rows:
    with (case / file).open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def write(case: Path, file: str, rows: Rows) -> None:
    with (case / file).open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def chain_anew(case: Path, file: str, rows: Rows) -> None:
    """Write rows with hashes that fit, and how far they reach, as somebody would who hides what was done."""
    record, before = {LEDGER: LedgerLine, RESOLUTIONS: Resolution}[file], ""
    for row in rows:
        row[HASH] = before = chained_hash(before, record, row)
    old = read(case, file)
    write(case, file, rows)
    text = (case / REACHES).read_text(encoding="utf-8").replace(old[-1][HASH], before)
    text = text.replace(f"lines = {len(old)}\n", f"lines = {len(rows)}\n")
    (case / REACHES).write_text(text, encoding="utf-8")


def found(case: Path) -> list[tuple[str, int, str, str]]:
    return [(one.file, one.line, one.problem, one.hint) for one in check_case(case)]


def change(rows: Rows) -> None:
    rows[2]["probability"] = "0.04"


def change_and_hide(rows: Rows) -> None:
    rows[2]["probability"] = "0.04"
    rows[2][HASH] = chained_hash(rows[1][HASH], LedgerLine, rows[2])


def soften_the_rule(rows: Rows) -> None:
    rows[1]["rule"] = rows[1]["rule"].replace("surely ", "")


def take_out(rows: Rows) -> None:
    del rows[3]


def swap(rows: Rows) -> None:
    rows[4], rows[5] = rows[5], rows[4]


def cut_off(rows: Rows) -> None:
    del rows[-2:]


def replace_the_last(rows: Rows) -> None:
    rows[-1]["probability"] = "0.99"
    rows[-1]["high"] = "1"
    rows[-1][HASH] = chained_hash(rows[-2][HASH], LedgerLine, rows[-1])


@pytest.mark.parametrize(
    ("plant", "file", "line", "says"),
    [
        (change, LEDGER, 4, "this line or the one before it is not what was written"),
        (change_and_hide, LEDGER, 5, "this line or the one before it is not what was written"),
        (soften_the_rule, LEDGER, 3, "this line or the one before it is not what was written"),
        (take_out, LEDGER, 5, "this line or the one before it is not what was written"),
        (swap, LEDGER, 6, "the line does not follow the one before it"),
        (cut_off, REACHES, 4, "ledger.csv had 10 lines and has 8: lines were taken out"),
        (replace_the_last, REACHES, 5, "line 11 of ledger.csv is not the one that was written there"),
    ],
)
def test_a_ledger_touched_after_the_fact(
    plant: Callable[[Rows], None], file: str, line: int, says: str, tmp_path: Path
) -> None:
    case = copy_demo(tmp_path)
    rows = read(case, LEDGER)
    plant(rows)
    write(case, LEDGER, rows)
    problems = found(case)
    assert [one for one in problems if one[:2] == (file, line) and says in one[2] and ONLY_ADDED in one[3]], problems


def test_a_resolution_touched_after_the_fact(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    rows = read(case, RESOLUTIONS)
    rows[1]["outcome"], rows[1]["reason"] = "void", "It did not suit"
    write(case, RESOLUTIONS, rows)
    ((file, line, problem, hint),) = found(case)
    assert (file, line) == (RESOLUTIONS, 3)
    assert "not what was written" in problem
    assert "`shteg resolve`" in hint


def test_a_correction_of_the_case_cannot_reach_into_the_ledger(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    row = read(case, LEDGER)[2]
    mend = (
        f'\n[[corrections]]\nfile = "ledger.csv"\nrow = {{ id = "{row["id"]}" }}\ncolumn = "probability"\n'
        f'expect = "{row["probability"]}"\nreplace = "0.25"\nreason = "It was meant otherwise"\nsource = "editors"\n'
        "decided_on = 2026-06-20\n"
    )
    with (case / "corrections.toml").open("a", encoding="utf-8") as file:
        file.write(mend)
    assert [one[:2] for one in found(case)] == [(LEDGER, 4)]


def test_a_ledger_without_its_reach_and_a_reach_without_a_ledger(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    (case / REACHES).rename(tmp_path / "kept.toml")
    ((file, _, problem, hint),) = found(case)
    assert (file, problem[:19]) == (REACHES, "the file is missing")
    assert ONLY_ADDED in hint
    (tmp_path / "kept.toml").rename(case / REACHES)
    (case / RESOLUTIONS).unlink()
    assert [one for one in found(case) if one[0] == REACHES and "had 8 lines and has 0" in one[2]]


def test_a_duplicate_in_a_chain_that_holds(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    rows = read(case, LEDGER)
    rows.append({**rows[3], "probability": "0.3"})
    chain_anew(case, LEDGER, rows)
    ((file, line, problem, hint),) = found(case)
    assert (file, line) == (LEDGER, 12)
    assert problem == f"id `{rows[3]['id']}` stands already in line 5"
    assert "each line is written once" in hint


@pytest.mark.parametrize(
    ("file", "number", "cells", "says", "hint"),
    [
        (LEDGER, 0, {"id": "4be07d1c95a2.liaison.2018"}, "is not that of edition, step and year", ""),
        (LEDGER, 0, {"made_on": "2020-01-01"}, "lies before made_on", ""),
        (LEDGER, 0, {"made_on": "2018-06"}, "is no single day", "shteg register"),
        (LEDGER, 0, {"written_on": "2020-03-01"}, "after its last day", "shteg reconstruct"),
        (LEDGER, 0, {"low": "0.7"}, "does not hold the probability", ""),
        (LEDGER, 0, {"low": ""}, "come together", ""),
        (RESOLUTIONS, 0, {"happened_on": "2019-12/2020-01"}, "not surely by", "all the days"),
        (RESOLUTIONS, 0, {"happened_on": ""}, "happened_on is missing", ""),
        (RESOLUTIONS, 1, {"happened_on": "2021-05-01"}, "happened_on is given", ""),
        (RESOLUTIONS, 1, {"decided_on": "2021-12-31"}, "may come true until 2021-12-31", "last day has passed"),
        (RESOLUTIONS, 1, {"decided_on": "2018-01-01"}, "before it was made", "new line"),
        (RESOLUTIONS, 1, {"forecast": "4be07d1c95a2.association.2022"}, "is not in ledger.csv", "did you mean"),
        (RESOLUTIONS, 1, {"source": "nobody"}, "is not in sources.toml", ""),
        (RESOLUTIONS, 7, {"corrects": ""}, "is closed already in line 8", "`r7`"),
        (RESOLUTIONS, 7, {"corrects": "r6"}, "is closed already in line 8", "`r7`"),
        (RESOLUTIONS, 4, {"corrects": "r1"}, "is no earlier line on", "leave it empty"),
        (RESOLUTIONS, 6, {"decided_on": "2026-01-01"}, "corrects `r6`, which is of 2026-03-31", "comes after"),
    ],
)
def test_lines_that_cannot_be(
    file: str, number: int, cells: dict[str, str], says: str, hint: str, tmp_path: Path
) -> None:
    case = copy_demo(tmp_path)
    rows = read(case, file)
    rows[number] |= cells
    chain_anew(case, file, rows)
    problems = found(case)
    assert [one for one in problems if one[:2] == (file, number + 2) and says in one[2] and hint in one[3]], problems
    assert all(one[3] for one in problems)


def test_the_made_up_case_has_one_of_each() -> None:
    case = read_case(DEMO)
    assert {one.kind for one in case.ledger} == {"real", "reconstructed"}
    assert {one.outcome for one in case.resolutions} == {"yes", "no", "void", "open"}
    assert any(one.corrects for one in case.resolutions)


def test_a_new_case_begins_without_what_others_said(tmp_path: Path) -> None:
    folder = new_case("mine", tmp_path / "mine")
    assert not [name for name in (LEDGER, RESOLUTIONS, REACHES) if (folder / name).exists()]
    assert read_case(folder).ledger == ()


def test_a_language_more_leaves_the_chain(tmp_path: Path) -> None:
    """No column of the ledger is one of a language: lines stay as they were written whatever a case speaks."""
    case = copy_demo(tmp_path)
    replace_once(case, "case.toml", 'languages = ["en", "sq", "sr"]', 'languages = ["en"]')
    assert not [one for one in found(case) if one[0] in (LEDGER, RESOLUTIONS, REACHES)]
