"""A table that only its record declares is read, checked, cut to a past day, shown and documented."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import shteg
from tests.evidence.demo_copy import copy_demo

RECORD = '''

from shteg.evidence.records.base import StepId


@csv_file("pledges.csv", "Pledges of members on a step.", "member step happened_on")
class Pledge(Dated):
    """A member makes a pledge."""

    member: MemberCode = Field(description="Country code of the member.")
    step: StepId = Field(description="Id in steps.toml.")
    ground: Annotated[Id, Labelled("pledge")] = Field(description="What it pledges.")
'''
READ = """
import json, sys
from datetime import date
from pathlib import Path

from shteg.edition.evidence_tables import evidence_result
from shteg.edition.lexicon import build_lexicon
from shteg.evidence import check_case, describe_case_format, read_case
from shteg.evidence.left_out import count_left_out, list_left_out
from shteg.evidence.records.facts import Pledge

folder = Path(sys.argv[1])
found = {"problems": [[one.file, one.line, one.column, one.problem, one.hint] for one in check_case(folder)]}
found["keys"] = [key.path for key in describe_case_format() if key.file == "pledges.csv"]
if not found["problems"]:
    case = read_case(folder)
    early = case.as_of(date(2012, 1, 1))
    table = evidence_result(case).tables["pledges"]
    found |= {
        "rows": [one.ground for one in case.rows(Pledge)],
        "early": [one.ground for one in early.rows(Pledge)],
        "verified": [one.ground for one in case.verified_only().rows(Pledge)],
        "left_out": count_left_out(list_left_out(case, date(2012, 1, 1)))["left_out"]["pledges"],
        "title": table.title,
        "columns": [[one.name, one.description] for one in table.columns],
        "cells": table.frame["ground"].to_list(),
        "named": build_lexicon(case)["pledge:fish"],
    }
print(json.dumps(found))
"""
HEADER = "member,step,ground,happened_on,known_on,source,grade\n"
ROWS = "XAB,plan,fish,2011-03-01,,gazette,A1\nXAC,plan,tolls,2015-02,2016,shore-news,C6\n"
LABELS = """
[labels.pledge]
fish = { en = "Fish", sq = "Peshku", sr = "Riba" }
tolls = { en = "Tolls", sq = "Taksat", sr = "Takse" }
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy the package and write the record into the file of the facts: nothing else of the code changes."""
    folder = tmp_path_factory.mktemp("source")
    skipped = shutil.ignore_patterns("__pycache__", "cases")
    package = Path(shutil.copytree(Path(shteg.__file__).parent, folder / "shteg", ignore=skipped))
    with (package / "evidence" / "records" / "facts.py").open("a", encoding="utf-8") as file:
        file.write(RECORD)
    return folder


def with_pledges(source: Path, folder: Path, rows: str) -> dict[str, object]:
    case = copy_demo(folder)
    (case / "pledges.csv").write_text(HEADER + rows, encoding="utf-8")
    with (case / "labels.toml").open("a", encoding="utf-8") as file:
        file.write(LABELS)
    command = [sys.executable, "-c", READ, str(case)]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_declared_table_goes_all_the_way(source: Path, tmp_path: Path) -> None:
    found = with_pledges(source, tmp_path, ROWS)
    assert found["problems"] == []
    assert found["keys"] == ["source", "grade", "happened_on", "known_on", "member", "step", "ground"]
    assert found["rows"] == found["cells"] == ["fish", "tolls"]
    assert found["early"] == found["verified"] == ["fish"]
    assert found["left_out"] == 1
    assert found["title"] == "Pledges of members on a step"
    assert ["ground", "What it pledges."] in found["columns"]  # type: ignore[operator]
    assert found["named"] == {"en": "Fish", "sq": "Peshku", "sr": "Riba"}


WRONG = (
    ("XBB,plan,fish,2011-04-01,,gazette,A1", 1, "member `XBB` is not in members.csv"),
    ("XAB,plans,fish,2011-05-01,,gazette,A1", 2, "step `plans` is not in steps.toml"),
    ("XAB,plan,fishing,2011-06-01,,gazette,A1", 3, "`fishing` has no name in labels.toml"),
    ("XAB,plan,fish,2031,,register,A1", 4, "lies after the day of the case"),
    ("XAB,plan,fish,2011-07-01,,gazete,A1", 6, "source `gazete` is not in sources.toml"),
    ("XAB,plan,tolls,2011-03-01,,gazette,A1", 1, "stands already in line 2"),
)


def test_a_declared_table_is_checked(source: Path, tmp_path: Path) -> None:
    found = with_pledges(source, tmp_path, ROWS + "".join(f"{row}\n" for row, _, _ in WRONG))
    problems: list[tuple[str, int, int, str, str]] = found["problems"]  # type: ignore[assignment]
    for line, (_, column, says) in enumerate(WRONG, start=4):
        assert [one for one in problems if tuple(one[:3]) == ("pledges.csv", line, column) and says in one[3]]
    assert all(file == "pledges.csv" and line >= 4 and hint for file, line, _, _, hint in problems)
