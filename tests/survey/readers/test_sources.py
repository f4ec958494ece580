"""DuckDB tables and queries, folders of Parquet files, Arrow tables: the same codes, or a refusal that names them."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec as real_find_spec
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from shteg.errors import DesignError, UsageError
from shteg.evidence.files.data_address import read_address
from shteg.survey import Design, FileSample, estimate_proportions, open_sample, read_responses
from shteg.survey.readers import database
from shteg.survey.rounding import ROUNDING

DESIGN = {"stratum": "h", "psu": "psu", "weight": "w"}


def make_wave(rows: int = 600) -> pl.DataFrame:
    random = np.random.default_rng(5)
    stratum = np.sort(random.integers(1, 4, rows))
    return pl.DataFrame(
        {
            "h": stratum,
            "psu": stratum * 100 + random.integers(0, 12, rows),
            "w": random.uniform(0.5, 2, rows).round(3),
            "q": random.integers(1, 4, rows),
            "sex": random.choice(["f", "m"], rows),
            "year": np.where(np.arange(rows) % 2, 2024, 2025),
        }
    )


@pytest.fixture
def wave() -> pl.DataFrame:
    return make_wave()


@pytest.fixture
def base(tmp_path: Path, wave: pl.DataFrame) -> Path:
    path = tmp_path / "wave.duckdb"
    with duckdb.connect(path) as connection:
        connection.register("wave", wave)
        connection.execute("CREATE TABLE answers AS SELECT * FROM wave")
        connection.execute("CREATE VIEW adults AS SELECT * FROM answers WHERE q > 1")
        connection.execute("CREATE SCHEMA field; CREATE TABLE field.notes AS SELECT 1 AS q")
        connection.execute(f"CREATE VIEW elsewhere AS SELECT * FROM read_text('{Path(__file__)}')")
    return path


@pytest.fixture
def folder(tmp_path: Path, wave: pl.DataFrame) -> Path:
    for (year,), part in wave.group_by("year", maintain_order=True):
        place = tmp_path / "parts" / f"year={year}"
        place.mkdir(parents=True)
        part.drop("year").write_parquet(place / "part-0.parquet")
    (tmp_path / "parts" / "_SUCCESS").touch()
    (tmp_path / "parts" / ".crc").touch()
    return tmp_path / "parts"


def _codes(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(sorted(frame.columns)).sort(pl.all())


def test_every_source_gives_the_codes_of_the_file(tmp_path: Path, wave: pl.DataFrame, base: Path, folder: Path) -> None:
    wave.write_parquet(tmp_path / "whole.parquet")
    whole = read_responses(tmp_path / "whole.parquet").frame
    arrow = wave.to_arrow()
    in_order = (
        f"duckdb://{base}?table=answers",
        f"duckdb://{base}?table=main.ANSWERS",
        f"duckdb://{base}?query=SELECT * FROM answers -- all of them",
        f"duckdb://{base}?query=SELECT%20*%20FROM%20answers",
        f"duckdb:///:memory:?query=SELECT * FROM '{tmp_path}/whole.parquet'",
        wave,
        arrow,
        arrow.combine_chunks().to_batches()[0],
        pa.RecordBatchReader.from_batches(arrow.schema, arrow.to_batches()),
    )
    for source in in_order:
        assert_frame_equal(read_responses(source).frame, whole)
    for source in (folder, str(folder), f"{folder}/*/*.parquet", f"{folder}/**/*.parquet"):
        assert_frame_equal(_codes(read_responses(source).frame), _codes(whole))


class _Capsule:
    """A table of a library that has nothing but Arrow's protocol."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._frame.__arrow_c_stream__(requested_schema)


def test_an_arrow_table_needs_no_library_of_arrow(wave: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert read_responses(_Capsule(wave)).frame.equals(read_responses(wave).frame)
    sample = open_sample(_Capsule(wave), **DESIGN)
    assert isinstance(sample, Design)


def test_samples_of_every_source_give_the_estimates_of_memory(wave: pl.DataFrame, base: Path, folder: Path) -> None:
    arrow = wave.to_arrow()
    wanted = estimate_proportions(Design.from_frame(wave, **DESIGN), "q", by=["sex", "year"]).to_frame()
    for source in (
        f"duckdb://{base}?table=answers",
        f"duckdb://{base}?query=SELECT * FROM answers ORDER BY psu DESC",
        folder,
        f"{folder}/*/*.parquet",
        arrow,
        pa.RecordBatchReader.from_batches(arrow.schema, arrow.to_batches(max_chunksize=70)),
    ):
        sample = open_sample(source, **DESIGN, rows_per_chunk=130)
        got = estimate_proportions(sample, "q", by=["sex", "year"]).to_frame()
        assert_frame_equal(got, wanted, rel_tol=ROUNDING, abs_tol=0.0)


def test_a_stream_is_kept_as_long_as_its_sample(tmp_path: Path, wave: pl.DataFrame) -> None:
    arrow = wave.to_arrow()
    reader = pa.RecordBatchReader.from_batches(arrow.schema, arrow.to_batches(max_chunksize=70))
    sample = open_sample(reader, **DESIGN, scratch=tmp_path)
    assert isinstance(sample, FileSample)
    assert len(list(tmp_path.rglob("*.parquet"))) == 9
    assert sample.read(["q"]).data.height == wave.height
    with pytest.raises(DesignError, match=r"gives no rows[\s\S]*open it anew"):
        open_sample(reader, scratch=tmp_path)
    del sample
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("1.50::DECIMAL(9, 2)", "1.5"),
        ("'ok'::ENUM('sad', 'ok')", "ok"),
        ("170141183460469231731687303715884105727::HUGEINT", "170141183460469231731687303715884105727"),
        ("sum(1)", "1"),
        ("TIMESTAMP '2025-03-01 10:30:00'", "2025-03-01T10:30:00"),
        ("TIMESTAMPTZ '2025-03-01 10:30:00+02:00'", "2025-03-01T08:30:00+00:00"),
        ("TIMESTAMP_S '2025-03-01 10:30:00'", "2025-03-01T10:30:00"),
        ("TIMESTAMP_MS '2025-03-01 10:30:00'", "2025-03-01T10:30:00"),
        ("TIMESTAMP_NS '2025-03-01 10:30:00'", "2025-03-01T10:30:00"),
        ("DATE '2025-03-01'", "2025-03-01"),
        ("TIME '10:30:00'", "10:30:00"),
        ("INTERVAL 2 MINUTE", "120"),
        ("TRUE", "1"),
        ("'007'", "007"),
        ("0.1::FLOAT", "0.1"),
        ("'NaN'::DOUBLE", None),
        ("NULL", None),
        ("uuid '3a7f1c52-9f7e-4a41-8f5e-2b7ad0c5a001'", "3a7f1c52-9f7e-4a41-8f5e-2b7ad0c5a001"),
    ],
)
def test_a_type_of_the_database_has_its_code(written: str, code: str | None) -> None:
    frame = read_responses(f"duckdb:///:memory:?query=SELECT {written} AS q, 1 AS w").frame
    assert frame.row(0) == (code, "1")


def test_the_order_of_an_enum_is_the_order_of_its_levels(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT (CASE i % 3 WHEN 0 THEN 'low' WHEN 1 THEN 'mid' ELSE 'high' END)"
            "::ENUM('low', 'mid', 'high') AS q FROM range(30) r(i)"
        )
    assert estimate_proportions(open_sample(path), "q").to_frame()["option"].to_list() == ["low", "mid", "high"]


@pytest.mark.parametrize("written", ["[1, 2]", "{'a': 1}", "MAP {'a': 1}", "'x'::BLOB", "[1, 2]::INTEGER[2]"])
def test_a_type_that_is_no_answer_is_refused_by_name(tmp_path: Path, written: str) -> None:
    path = tmp_path / "w.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT 1 AS q, {written} AS bad FROM range(3)")
    with pytest.raises(DesignError, match=r"column 'bad': a column of .* holds no answers[\s\S]*by a query"):
        read_responses(path)
    with pytest.raises(DesignError, match=r"column 'bad': a column of .* holds no answers"):
        estimate_proportions(open_sample(path), "bad")
    assert estimate_proportions(open_sample(path), "q").to_frame().height == 1


BAD = [
    ("?table=answer", r"no table 'answer'[\s\S]*did you mean 'answers'"),
    ("", r"has 4 tables[\s\S]*adults, answers, elsewhere, field.notes"),
    ("?query=SELECT nothing FROM answers", r'Referenced column "nothing"'),
    ("?query=SELEC 1", r"syntax error[\s\S]*check the query"),
    ("?query=SELECT q, q FROM answers", "'q' occurs twice"),
    ("?query=", "names no query"),
    ("?table= ", "names no table"),
    ("?query=SELECT CAST(sex AS INTEGER) AS s FROM answers", "Could not convert string"),
    ("?query=SELECT * FROM answers WHERE q > 9", "has no rows"),
]
HOSTILE = [
    "SELECT * FROM read_text('/etc/hostname')",
    "SELECT * FROM '/etc/hostname'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM elsewhere",
    "SELECT * FROM BAD",
    "COPY answers TO '{out}'",
    "SELECT 1; COPY answers TO '{out}'",
    "WITH a AS (SELECT 1) SELECT * FROM a; ATTACH '{out}'",
    "ATTACH '{out}'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "DELETE FROM answers",
    "CREATE TABLE more AS SELECT 1",
    "EXPORT DATABASE '{out}'",
    "PRAGMA database_list",
    "SELECT getenv('HOME')",
]


@pytest.mark.parametrize(("asked", "said"), BAD)
def test_what_is_wrong_with_an_address_is_said(base: Path, asked: str, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        read_responses(f"duckdb://{base}{asked}")


@pytest.mark.parametrize("query", HOSTILE)
def test_a_query_reads_the_tables_of_its_file_and_nothing_else(tmp_path: Path, base: Path, query: str) -> None:
    out, before = tmp_path / "out", base.read_bytes()
    address = f"duckdb://{base}?query={query.format(out=out)}"
    for read in (read_responses, lambda one: estimate_proportions(open_sample(one), "q")):
        with pytest.raises(DesignError, match=r"wave.duckdb"):
            read(address)
    assert not out.exists()
    assert base.read_bytes() == before


def test_a_query_of_the_person_reads_files_and_writes_none(tmp_path: Path, base: Path) -> None:
    start = "duckdb:///:memory:?query="
    for query in (f"COPY (SELECT 1) TO '{tmp_path}/out.csv'", f"ATTACH '{base}'; SELECT 1", "INSTALL httpfs"):
        with pytest.raises(DesignError, match=r"no SELECT|2 statements"):
            read_responses(start + query)
    with pytest.raises(DesignError, match=r"httpfs|extension"):
        read_responses(start + "SELECT * FROM 'http://127.0.0.1:9/x.parquet'")
    with pytest.raises(DesignError, match=r"No files found[\s\S]*names of the files"):
        read_responses(f"{start}SELECT * FROM '{tmp_path}/none.parquet'")
    with pytest.raises(DesignError, match="has no tables"):
        read_responses("duckdb:///:memory:?table=answers")
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "folder", "none", "middle"])
def test_a_file_that_is_no_database_is_named(tmp_path: Path, base: Path, damage: str) -> None:
    path, raw = tmp_path / "broken.duckdb", base.read_bytes()
    if damage == "folder":
        path.mkdir()
    elif damage != "none":
        changed = {"cut": raw[:5000], "text": b"id,q\n1,2\n", "empty": b"", "middle": raw[:4096] + b"\0" * len(raw)}
        path.write_bytes(changed[damage])
    for read in (read_responses, open_sample):
        with pytest.raises(DesignError, match=r"broken\.duckdb"):
            read(f"duckdb://{path}?table=answers")


def test_a_database_that_another_program_writes_is_named(base: Path) -> None:
    code = f"import duckdb, sys; c = duckdb.connect({str(base)!r}); print('open', flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(DesignError, match=r"wave.duckdb[\s\S]*close it there"):
            read_responses(f"duckdb://{base}?table=answers")
        writer.communicate()


@pytest.mark.parametrize("module", ["duckdb", "pyarrow"])
def test_what_is_not_installed_is_named_with_its_extra(
    base: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    monkeypatch.setattr(database, "find_spec", lambda name: None if name == module else real_find_spec(name))
    for read in (read_responses, open_sample):
        with pytest.raises(UsageError, match=rf"{module} is not installed[\s\S]*shteg\[duckdb\]"):
            read(str(base))


def test_partitions_may_differ(tmp_path: Path) -> None:
    pl.DataFrame({"q": [1, 2], "new": ["a", "b"]}).write_parquet(tmp_path / "2.parquet")
    pl.DataFrame({"q": [1.0, None]}).write_parquet(tmp_path / "1.parquet")
    found = read_responses(tmp_path)
    assert found.frame.to_dict(as_series=False) == {"q": ["1", None, "1", "2"], "new": [None, None, "a", "b"]}
    assert len(found.notes) == 1
    assert "1 of 2 files have no column 'new' (such as 1.parquet)" in found.notes[0]
    sample = open_sample(tmp_path)
    assert isinstance(sample, FileSample)
    assert sample.read(["q", "new"]).data["new"].to_list() == [None, None, "a", "b"]


@pytest.mark.parametrize(("names", "codes"), [(("007", "010"), ["007", "010"]), (("7", "10"), ["10", "7"])])
def test_the_name_of_a_folder_is_a_code(tmp_path: Path, names: tuple[str, str], codes: list[str]) -> None:
    for name in names:
        (tmp_path / f"region={name}").mkdir()
        pl.DataFrame({"q": [1]}).write_parquet(tmp_path / f"region={name}" / "a.parquet")
    assert sorted(read_responses(tmp_path).frame["region"].to_list()) == sorted(codes)
    (tmp_path / "region=__HIVE_DEFAULT_PARTITION__").mkdir()
    pl.DataFrame({"q": [1]}).write_parquet(tmp_path / "region=__HIVE_DEFAULT_PARTITION__" / "a.parquet")
    assert read_responses(tmp_path).frame["region"].null_count() == 1


def _spoilt(tmp_path: Path) -> Iterator[tuple[str, str]]:
    def part(name: str, **columns: object) -> None:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame(columns).write_parquet(tmp_path / name)

    part("a/1.parquet", q=[1])
    (tmp_path / "a" / "2.parquet").write_bytes(b"PAR1 cut off")
    yield "a", r"2\.parquet"
    part("b/1.parquet", q=[1])
    (tmp_path / "b" / "notes.docx").touch()
    yield "b", r"notes.docx is no Parquet file[\s\S]*move it out"
    (tmp_path / "c").mkdir()
    yield "c", "no Parquet file is found"
    part("d/year=2024/1.parquet", q=[1])
    part("d/2.parquet", q=[1])
    yield "d", r"others for year[\s\S]*same names"
    part("e/year=2024/1.parquet", q=[1], year=[2023])
    yield "e", r"the folder says '2024', the file '2023'"
    part("f/1.parquet", q=[[1]])
    yield "f", "holds no answers"
    yield "nothing/*.parquet", "no Parquet file is found"


def test_a_folder_that_is_no_table_is_named(tmp_path: Path) -> None:
    for name, said in _spoilt(tmp_path):
        with pytest.raises(DesignError, match=said):
            read_responses(tmp_path / name)


def test_an_arrow_source_that_is_no_table_is_refused() -> None:
    with pytest.raises(DesignError, match=r"the Arrow table, column 'q'.*holds no answers"):
        read_responses(pa.table({"q": [[1, 2]]}))
    with pytest.raises(DesignError, match="has no rows"):
        read_responses(pa.table({"q": pa.array([], pa.int64())}))

    def fails() -> Iterator[pa.RecordBatch]:
        yield pa.record_batch({"q": [1]})
        raise OSError("the line is cut")

    reader = pa.RecordBatchReader.from_batches(pa.schema({"q": pa.int64()}), fails())
    for read in (read_responses, open_sample):
        with pytest.raises(DesignError, match=r"the line is cut|gives no rows|cannot be taken over"):
            read(reader)
    with pytest.raises(UsageError, match="encoding itself"):
        read_responses(pa.table({"q": [1]}), encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "path", "table", "query"),
    [
        ("duckdb://a b.duckdb?table=x y", "a b.duckdb", "x y", None),
        ("DuckDB:///tmp/w.db?query=SELECT '50%20' AS q", "/tmp/w.db", None, "SELECT '50%20' AS q"),
        ("duckdb://w.db?query=SELECT%20'a?table=b'", "w.db", None, "SELECT 'a?table=b'"),
        ("duckdb://:memory:?query=SELECT 1", ":memory:", None, "SELECT 1"),
        ("w.duckdb", "w.duckdb", None, None),
    ],
)
def test_addresses(text: str, path: str, table: str | None, query: str | None) -> None:
    found = read_address(text)
    assert (found.path, found.table, found.query) == (path, table, query)
