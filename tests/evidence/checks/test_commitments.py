"""Commitments that nothing names or that fit no measure, links that fit no commitment, files that are none."""

from pathlib import Path

import pytest

from shteg.evidence import check_case
from tests.evidence.demo_copy import copy_demo, line_of, replace_once

COMMITMENTS, CHRONICLE, CYCLES = (
    f"commitments/{name}" for name in ("commitments.csv", "chronicle.csv", "life_cycles.toml")
)
READING = "commitment,happened_on,axis\n{},{},official\n"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return copy_demo(tmp_path)


def test_the_case_as_it_is_has_no_problem(case: Path) -> None:
    assert check_case(case) == ()


@pytest.mark.parametrize(
    ("file", "old", "new", "says", "hint"),
    [
        (
            COMMITMENTS,
            "liaison-office,pledge",
            "other-office,pledge",
            "`other-office` has no title",
            "labels.commitment",
        ),
        (
            COMMITMENTS,
            ",parliament,readiness,law,2026",
            ",parliament,diplomacy,law,2026",
            "is of the area `readiness`",
            "area of its measure",
        ),
        (
            COMMITMENTS,
            "fisheries-law,measure,parliament",
            "fisheries-law,measure,government",
            "names another addressee",
            "same words",
        ),
        (
            COMMITMENTS,
            ",interior-ministry,readiness,law",
            ",nobody,readiness,law",
            "`nobody` has no name in labels.toml",
            "lake-guard",
        ),
        (COMMITMENTS, "readiness,law,2021-03,,", "readiness,low,2021-03,,", "life cycle `low` is not in", "law"),
        (COMMITMENTS, ",,2024-12,", ",,2021-12,", "due 2021-12 lies before made_on 2022-11-08", "correct one"),
        (
            COMMITMENTS,
            ",,rescue-exercises,shore",
            ",,rescue-exercise,shore",
            "programme `rescue-exercise` is not in",
            "rescue-exercises",
        ),
        (CHRONICLE, "evidence,drafted", "evidence,begun", "no stage of the life cycle `law`", ""),
        (CHRONICLE, "quota-law,quota-draft", "quota-law,independence", "before `quota-law` was made", "baseline"),
        (CHRONICLE, "quota-draft", "quota-drafts", "event of the chronicle `quota-drafts` is not in", "quota-draft"),
        (CYCLES, "weight = 0.25", "weight = 0.7", "greater weight than the one before", ""),
        (CYCLES, "weight = 1\n", "weight = 0.9\n", "the last stage has the weight 1", ""),
        (CYCLES, 'id = "drafted"', 'id = "reversed"', "every life cycle has `reversed`", ""),
    ],
)
def test_what_does_not_fit_is_found(case: Path, file: str, old: str, new: str, says: str, hint: str) -> None:
    line = line_of(case, file, old)
    replace_once(case, file, old, new)
    found = [one for one in check_case(case) if says in one.problem and hint in one.hint]
    assert [one.file for one in found] == [file], check_case(case)
    assert found[0].line >= (line if file != CYCLES else 1)


@pytest.mark.parametrize(
    ("commitment", "when", "says"),
    [
        ("trained-crews", "2025-12", ""),
        ("trained-crews", "2025-11", "has no reading of `trained-crews` on 2025-11"),
        ("liaison-office", "2025-12", "`liaison-office` names no requirement"),
    ],
)
def test_a_reading_is_that_of_the_requirement(case: Path, commitment: str, when: str, says: str) -> None:
    (case / "commitments" / "readings.csv").write_text(READING.format(commitment, when), encoding="utf-8")
    found = [one.problem for one in check_case(case)]
    assert [says in one for one in found] == ([True] if says else [])


def test_names_of_no_commitment_and_strange_files_are_told(case: Path) -> None:
    replace_once(
        case, "labels.toml", "[labels.commitment]\n", '[labels.commitment]\nold = { en = "x", sq = "x", sr = "x" }\n'
    )
    (case / "commitments" / "event.csv").write_text("x\n", encoding="utf-8")
    problems = check_case(case)
    assert {(one.file, one.problem) for one in problems} == {
        ("labels.toml", "`old` is no commitment"),
        ("commitments/event.csv", "this is not a file of a case"),
    }
    assert any("events.csv" in one.hint for one in problems)


def test_an_optional_table_that_is_missing_is_asked_for_where_it_is_named(case: Path) -> None:
    (case / "programmes.csv").unlink()
    found = [one for one in check_case(case) if "programme `rescue-exercises` is not in programmes.csv" in one.problem]
    assert [one.file for one in found] == [COMMITMENTS]
