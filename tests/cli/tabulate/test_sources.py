"""`shteg tabulate` on databases and folders of Parquet files; a wave of a case that keeps its answers there."""

import json
import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl
import pytest
from click.testing import CliRunner, Result

from shteg.cli.tabulate.command import command
from shteg.cli.wave.content import answers_sample
from shteg.errors import CaseError, ShtegError
from shteg.evidence import read_case
from shteg.survey import read_responses, read_wave
from shteg.survey.waves.check_waves import check_wave
from tests.evidence.demo_copy import copy_demo_in_two_languages

WAVE = "surveys/2025"


@pytest.fixture(autouse=True)
def _own_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def answers() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "psu": [i // 5 for i in range(200)],
            "w": [1 + i % 3 for i in range(200)],
            "q": [1 + (i * 7) % 3 for i in range(200)],
            "year": [2024 + i % 2 for i in range(200)],
        }
    )


def call(*words: object) -> Result:
    result = CliRunner().invoke(command, [str(word) for word in words])
    if isinstance(result.exception, ShtegError):
        raise result.exception
    assert result.exit_code == 0, (result.output, result.exception)
    return result


def cells(*words: object) -> list[dict[str, object]]:
    design = ("--psu", "psu", "--weight", "w", "--items", "q", "--by", "year", "--json")
    found: Sequence[dict[str, object]] = json.loads(call(*words, *design).stdout)
    return [{key: value for key, value in cell.items() if key not in ("source", "source_title")} for cell in found]


def _database(path: Path, answers: pl.DataFrame, table: str = "answers") -> Path:
    with duckdb.connect(path) as connection:
        connection.register("frame", answers)
        connection.execute(f"CREATE TABLE {table} AS SELECT * FROM frame")
    return path


def _partitions(folder: Path, answers: pl.DataFrame, by: str) -> Path:
    for (value,), part in answers.group_by(by, maintain_order=True):
        place = folder / f"{by}={value}"
        place.mkdir(parents=True)
        part.drop(by).write_parquet(place / "0.parquet")
    return folder


def test_every_source_gives_the_table_of_the_file(tmp_path: Path, answers: pl.DataFrame) -> None:
    answers.write_parquet(tmp_path / "wave.parquet")
    base = _database(tmp_path / "wave.duckdb", answers)
    wanted = cells(tmp_path / "wave.parquet")
    assert wanted
    for source in (
        base,
        f"duckdb://{base}?table=answers",
        f"duckdb://{base}?query=SELECT * FROM answers ORDER BY w, q",
        f"duckdb:///:memory:?query=FROM '{tmp_path}/wave.parquet'",
        _partitions(tmp_path / "parts", answers, "year"),
        f"{tmp_path}/parts/*/*.parquet",
    ):
        assert cells(source) == wanted


def test_the_sample_of_a_query_is_named_by_its_answers(tmp_path: Path, answers: pl.DataFrame) -> None:
    base = _database(tmp_path / "wave.duckdb", answers)
    names = {
        answers_sample(read_responses(f"duckdb://{base}?query={query}").frame)
        for query in ("SELECT * FROM answers", "FROM answers", "SELECT year, q, w, psu FROM answers WHERE 1 = 1")
    }
    assert len(names) == 1
    assert answers_sample(read_responses(f"duckdb://{base}?query=FROM answers WHERE q = 1").frame) not in names


def test_a_source_that_is_not_there_is_named(tmp_path: Path, answers: pl.DataFrame) -> None:
    base = _database(tmp_path / "wave.duckdb", answers)
    with pytest.raises(ShtegError, match=r"no table 'answer'[\s\S]*answers"):
        call(f"duckdb://{base}?table=answer", "--items", "q")
    with pytest.raises(ShtegError, match="there is no such database"):
        call(f"duckdb://{tmp_path}/none.duckdb?table=answers", "--items", "q")
    with pytest.raises(ShtegError, match="encoding itself"):
        call(base, "--items", "q", "--encoding", "cp1250")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return copy_demo_in_two_languages(tmp_path / "case")


def _keep_in(case: Path, data: str) -> None:
    """Let the wave name its data anew; the CSV goes."""
    design = case / WAVE / "design.toml"
    text = design.read_text(encoding="utf-8")
    design.write_text(text.replace('data = "respondents.csv"', f"data = {json.dumps(data)}"), encoding="utf-8")
    (case / WAVE / "respondents.csv").unlink()


@pytest.mark.parametrize("kind", ["table", "query", "file", "folder"])
def test_a_wave_keeps_its_answers_in_a_database_or_a_folder(case: Path, kind: str) -> None:
    before = read_wave(next(one for one in read_case(case).waves if one.id == "2025"))
    frame = read_responses(case / WAVE / "respondents.csv").frame
    if kind == "folder":
        (case / WAVE / "answers").mkdir()
        frame[:500].write_parquet(case / WAVE / "answers" / "1.parquet")
        frame[500:].write_parquet(case / WAVE / "answers" / "2.parquet")
        (case / WAVE / "answers" / "_SUCCESS").touch()
        data = "answers"
    else:
        _database(case / WAVE / "wave.duckdb", frame)
        asked = {"table": "?table=answers", "query": "?query=SELECT * FROM answers", "file": ""}[kind]
        data = "wave.duckdb" if kind == "file" else f"duckdb://wave.duckdb{asked}"
    _keep_in(case, data)
    found = read_case(case)
    wave = next(one for one in found.waves if one.id == "2025")
    assert read_wave(wave).data.equals(before.data)
    assert any(name.startswith(f"{WAVE}/") and name.endswith((".duckdb", ".parquet")) for name in found.files)
    assert not check_wave(wave, case, frozenset(found.labels.get("subgroup", ())))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("duckdb:///:memory:?query=SELECT * FROM '/etc/passwd'", "a database in memory is no file"),
        ("duckdb://../../../secret.duckdb?table=t", "is not a file name"),
        ("duckdb:///tmp/secret.duckdb?table=t", "is not a file name"),
        ("duckdb://none.duckdb?table=t", "does not exist"),
        ("duckdb://?table=t", "is not a file name"),
        ("../answers", "is not a file name"),
    ],
)
def test_a_wave_reads_nothing_outside_its_folder(case: Path, data: str, said: str) -> None:
    _keep_in(case, data)
    with pytest.raises(CaseError, match=said):
        read_case(case)


def test_a_link_in_a_folder_of_answers_is_not_followed(case: Path, tmp_path: Path) -> None:
    pl.DataFrame({"q": [1]}).write_parquet(tmp_path / "outside.parquet")
    (case / WAVE / "answers").mkdir()
    os.symlink(tmp_path / "outside.parquet", case / WAVE / "answers" / "1.parquet")
    (case / WAVE / "answers" / "notes.txt").touch()
    _keep_in(case, "answers")
    with pytest.raises(CaseError) as caught:
        read_case(case)
    assert "this is a link" in str(caught.value)
    assert "this is no Parquet file" in str(caught.value)


def test_the_query_of_a_case_reads_its_file_and_nothing_else(case: Path) -> None:
    frame = read_responses(case / WAVE / "respondents.csv").frame
    _database(case / WAVE / "wave.duckdb", frame)
    _keep_in(case, "duckdb://wave.duckdb?query=SELECT * FROM read_text('/etc/hostname')")
    wave = next(one for one in read_case(case).waves if one.id == "2025")
    found = check_wave(wave, case, frozenset())
    assert [one.file for one in found] == ["surveys/2025/wave.duckdb"]
    assert "file system operations are disabled" in found[0].problem
