"""`shteg diff`: what it prints of two editions, as a table, as JSON, as lines of a change log; what it refuses."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from tests.cli.in_process import assert_plain_error, run


@pytest.fixture(scope="module")
def two(demo_edition: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The edition, and a copy whose forecast of one step and one count of acts are other ones, as another code gave."""
    import hashlib

    place = Path(shutil.copytree(demo_edition, tmp_path_factory.mktemp("older") / "edition"))
    values = json.loads((place / "values.json").read_text(encoding="utf-8"))
    for value in values:
        if value["id"] == "forecast.member.2046":
            value["number"] += 0.05
        if value["id"] == "acts.embassy.no":
            value["number"] = 7
    (place / "values.json").write_text(json.dumps(values), encoding="utf-8")
    table = place / "tables" / "pool.forecast.parquet"
    last = (pl.col("step") == "member") & (pl.col("year") == 2046)
    raised = pl.when(last).then(pl.col("probability") + 0.05).otherwise(pl.col("probability")).alias("probability")
    pl.read_parquet(table, memory_map=False).with_columns(raised).write_parquet(table)
    manifest = json.loads((place / "manifest.json").read_text(encoding="utf-8"))
    for name in ("values.json", "tables/pool.forecast.parquet"):
        manifest["files"][name] = hashlib.sha256((place / name).read_bytes()).hexdigest()
    manifest["stages"]["pool"] = "0" * 64
    (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return place, demo_edition


def test_an_edition_against_itself_changes_nothing(demo_edition: Path, kept: Path) -> None:
    done = run("diff", demo_edition, demo_edition, "--cache", kept)
    assert done.returncode == 0, done.stderr
    assert "Nothing changed." in done.stdout
    assert "0 moved, 0 added, 0 gone" in done.stdout


def test_what_another_code_printed_is_said_to_be_code(two: tuple[Path, Path], kept: Path) -> None:
    done = run("diff", *two, "--step", "member", "--year", 2046, "--cache", kept)
    assert done.returncode == 0, done.stderr
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("│ Code and method") and "5" in line)
    assert "−5.00" in line
    assert "−5.00" in next(line for line in done.stdout.splitlines() if "Change in all" in line)
    assert "from 20% to 15%" in done.stdout.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("language", "head"),
    [
        ("en", "| figure | from | to | why |"),
        ("sq", "| shifra | nga | në | pse |"),
        ("sr", "| broj | sa | na | zašto |"),
    ],
)
def test_markdown_is_a_table_for_a_change_log(two: tuple[Path, Path], kept: Path, language: str, head: str) -> None:
    done = run("diff", *two, "--markdown", "--language", language, "--cache", kept)
    lines = done.stdout.splitlines()
    assert lines[:2] == [head, "| --- | --- | --- | --- |"]
    (line,) = (line for line in lines if "`forecast.member.2046`" in line)
    assert "15" in line
    assert line.count(" | ") == 3
    assert not any("acts.embassy.no" in line for line in lines)  # no text quotes it
    every = run("diff", *two, "--markdown", "--all", "--no-attribution", "--cache", kept).stdout
    assert "| `acts.embassy.no` | 7 | 4 |" in every


def test_json_has_every_table(two: tuple[Path, Path], kept: Path) -> None:
    found = json.loads(run("diff", *two, "--json", "--cache", kept).stdout)
    assert found["case"] == "demo"
    assert {"editions", "forecast", "contributions", "groups", "attribution", "figures", "evidence"} <= set(found)
    assert [row["moved_value"] for row in found["figures"]] == ["acts.embassy.no", "forecast.member.2046"]
    assert found["editions"][0]["other_code"] is True
    for cell in found["forecast"]:
        own = [row for row in found["contributions"] if all(row[k] == cell[k] for k in ("model", "step", "year"))]
        assert round(sum(row["shown"] for row in own), 4) == cell["shown"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--step", "no-step"), ("both editions foretell no step", "choose one of")),
        (("--year", 2030), ("both editions report no year 2030", "choose one of 2031, 2036, 2046")),
        (("--language", "xx"), ("has no language 'xx'", "choose one of en, sq, sr")),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(
    demo_edition: Path, kept: Path, words: tuple[object, ...], told: tuple[str, ...]
) -> None:
    assert_plain_error(run("diff", demo_edition, demo_edition, "--cache", kept, *words), *told)
