"""`shteg coherence` on the shipped figures, on a file of one's own, and on bad input."""

import csv
import json
from pathlib import Path

from shteg.evidence import find_case
from tests.cli.test_cli import assert_plain_error, run

PUBLISHED = "surveys/published.csv"


def test_the_published_pair_under_the_censuses() -> None:
    done = run("coherence", "kosovo-nato", "--json")
    assert done.returncode == 1, done.stderr
    pair = {
        check["scheme"]: check
        for check in json.loads(done.stdout)
        if check["question"] == "nato_membership" and check["target"] == "rest"
    }
    old, new = pair["census-2011"], pair["census-2024-estimated"]
    assert old["outcome"] == "only_by_rounding"
    assert old["low"] == 0.0
    assert 0.005 < old["high"] < 0.015  # "0–1 %"
    assert round(new["implied"], 2) == 0.18


def test_sentences_in_either_language() -> None:
    english, albanian = run("coherence"), run("coherence", "--language", "sq")
    assert "leaves about 18.0%" in english.stdout
    assert "rreth 18,0%" in albanian.stdout
    assert english.stdout.count("\n- ") == albanian.stdout.count("\n- ")
    assert "Traceback" not in english.stderr + albanian.stderr


def test_a_clean_file_gives_no_finding(tmp_path: Path) -> None:
    with (find_case("kosovo-nato") / PUBLISHED).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    alone = [row for row in rows if row["id"] == "nato-membership.kcss.2022.all"]
    assert len(alone) == 1
    path = tmp_path / "figures.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(alone)
    done = run("coherence", str(path), "--case", "kosovo-nato")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 findings" in done.stdout


def test_bad_input(tmp_path: Path) -> None:
    broken = tmp_path / "figures.csv"
    broken.write_text("id,series\nx,y\n", encoding="utf-8")
    assert_plain_error(run("coherence", str(broken)), "figures.csv:1", "Hint")
    assert_plain_error(run("coherence", str(tmp_path / "none.csv")), "there is no such file")
    assert_plain_error(run("coherence", "--language", "fr"), "no language")
    assert_plain_error(run("coherence", "kosovo"), "kosovo-nato")
