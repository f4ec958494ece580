"""A kept result comes back exactly as it was, or not at all."""

import errno
import os
import re
import subprocess
import sys
import warnings
from pathlib import Path
from random import Random

import numpy as np
import polars as pl
import pytest

from shteg.edition.cache import KEPT, StageCache, content_hash
from shteg.estimates import Column, Draws, StageResult, Table, Value
from tests.told import told

RESULT = StageResult(
    stage="stance",
    tables={
        "members": Table(
            name="members",
            title="Members",
            frame=pl.DataFrame({"member": ["XAB", "XAC"], "theta": [0.1 + 0.2, -1e-17], "n": [1, None]}),
            columns=(
                Column(name="member", description="code"),
                Column(name="theta", description="stance", unit="score"),
                Column(name="n", description="acts", unit="count"),
            ),
            key=("member",),
        )
    },
    values=(
        Value(
            id="stance.theta.XAB",
            number=0.1 + 0.2,
            unit="score",
            decimals=2,
            label="estimated",
            label_key="value.stance.theta",
            label_args={"member": "country:XAB"},
            source_ids=("a", "b"),
            method="stance#model",
            low=-1.0,
            high=1.0,
            level=0.9,
            details={"question": "ë"},
        ),
    ),
    draws={
        "theta": Draws(
            values=np.array([[1 / 3, 2.0], [3.0, 4.0]]),
            units=("XAB", "XAC"),
            measure="score",
            label="estimated",
            source_ids=("a",),
        )
    },
)


def test_round_trip_is_exact(tmp_path: Path) -> None:
    cache = StageCache(tmp_path)
    cache.store(RESULT, "k" * 64)
    back = cache.load("stance", "k" * 64)
    assert back is not None
    assert back.values == RESULT.values
    assert back.tables["members"].frame.equals(RESULT.tables["members"].frame)
    assert back.tables["members"].columns == RESULT.tables["members"].columns
    assert (back.draws["theta"].values == RESULT.draws["theta"].values).all()
    assert back.draws["theta"].units == RESULT.draws["theta"].units


def test_another_key_is_a_miss(tmp_path: Path) -> None:
    cache = StageCache(tmp_path)
    cache.store(RESULT, "k" * 64)
    assert cache.load("stance", "j" * 64) is None
    assert StageCache(None).load("stance", "k" * 64) is None


NAMES = ("stage.json", "table-members.parquet", "draws-theta.npy", "checksums.json")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("damage", ["cut", "empty", "gone", "other"])
def test_a_damaged_entry_is_dropped_and_said(
    tmp_path: Path, name: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    cache = StageCache(tmp_path)
    cache.store(RESULT, "k" * 64)
    (entry,) = tmp_path.iterdir()
    raw = (entry / name).read_bytes()
    if damage == "gone":
        (entry / name).unlink()
    else:
        (entry / name).write_bytes({"cut": raw[:-3], "empty": b"", "other": b"{}"}[damage])
    with told(caplog, "dropped and made anew"):
        assert cache.load("stance", "k" * 64) is None
    assert list(tmp_path.iterdir()) == []
    cache.store(RESULT, "k" * 64)
    assert cache.load("stance", "k" * 64) is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_flipped_bit_gives_no_other_number(tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    random = Random(7)
    cache = StageCache(tmp_path)
    for _ in range(60):
        cache.store(RESULT, "k" * 64)
        path = tmp_path / f"stance-{'k' * 32}" / name
        raw = bytearray(path.read_bytes())
        raw[random.randrange(len(raw))] ^= 1 << random.randrange(8)
        path.write_bytes(raw)
        with told(caplog, "made anew"):
            assert cache.load("stance", "k" * 64) is None


def test_a_number_changed_by_hand_is_not_believed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = StageCache(tmp_path)
    cache.store(RESULT, "k" * 64)
    described = tmp_path / f"stance-{'k' * 32}" / "stage.json"
    described.write_text(described.read_text().replace("0.30000000000000004", "0.93"))
    with told(caplog, "made anew"):
        assert cache.load("stance", "k" * 64) is None


def test_an_entry_under_another_key_is_not_believed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    cache = StageCache(tmp_path)
    cache.store(RESULT, "k" * 64)
    (tmp_path / f"stance-{'k' * 32}").rename(tmp_path / f"stance-{'j' * 32}")
    with told(caplog, "made anew"):
        assert cache.load("stance", "j" * 64) is None


def test_a_cache_that_is_a_file_keeps_nothing_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("mine")
    cache = StageCache(tmp_path / "file")
    assert cache.load("stance", "k" * 64) is None
    with told(caplog, "nothing is kept here"):
        cache.store(RESULT, "k" * 64)
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EDQUOT, errno.EFBIG])
def test_where_nothing_can_be_written_the_work_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(np, "save", fail)
    cache = StageCache(tmp_path)
    with told(caplog, re.escape(os.strerror(number))):
        cache.store(RESULT, "k" * 64)
    assert list(tmp_path.iterdir()) == []
    assert cache.load("stance", "k" * 64) is None


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left = tmp_path / f".stance-{'k' * 32}.{ended.pid}-00112233.writing"
    left.mkdir()
    (left / "stage.json").write_text("{")
    StageCache(tmp_path).store(RESULT, "k" * 64)
    assert [path.name for path in tmp_path.iterdir()] == [f"stance-{'k' * 32}"]


def test_an_entry_that_was_there_and_is_pruned_meanwhile_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def taken(work: Path, entry: Path) -> None:
        raise OSError(errno.ENOTEMPTY, "Directory not empty")

    monkeypatch.setattr(Path, "rename", taken)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        StageCache(tmp_path).store(RESULT, "k" * 64)
    assert list(tmp_path.iterdir()) == []


def test_processes_share_a_folder(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from shteg.edition import cache; cache.KEPT = 3\n"
        "from tests.edition.test_cache import RESULT\n"
        "kept = cache.StageCache(Path(sys.argv[1]))\n"
        "for turn in range(60):\n"
        "    key = f'{turn % 5}' * 64\n"
        "    back = kept.load('stance', key)\n"
        "    assert back is None or back.values == RESULT.values\n"
        "    kept.store(RESULT, key)\n"
    )
    root = Path(__file__).parents[2]
    started = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code, str(tmp_path / "kept")],
            cwd=root,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    assert [process.communicate()[1] for process in started] == [""] * 4
    assert [process.returncode for process in started] == [0] * 4
    assert not [path for path in (tmp_path / "kept").iterdir() if path.name.startswith(".")]


def test_the_oldest_entries_go(tmp_path: Path) -> None:
    cache = StageCache(tmp_path)
    for number in range(KEPT + 3):
        cache.store(StageResult(stage="survey"), f"{number:064d}"[::-1])
    assert len(list(tmp_path.iterdir())) == KEPT


def test_the_hash_knows_where_a_part_ends() -> None:
    assert content_hash(["ab", "c"]) != content_hash(["a", "bc"])
