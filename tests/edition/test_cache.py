"""A kept result comes back exactly as it was, or not at all."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shteg.edition.cache import KEPT, StageCache, content_hash
from shteg.errors import EditionError
from shteg.estimates import Column, Draws, StageResult, Table, Value

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


@pytest.mark.parametrize("name", ["stage.json", "table-members.parquet", "draws-theta.npy"])
def test_a_damaged_entry_is_removed_and_said(tmp_path: Path, name: str) -> None:
    cache = StageCache(tmp_path)
    cache.store(RESULT, "k" * 64)
    (entry,) = tmp_path.iterdir()
    (entry / name).write_bytes(b"{")
    with pytest.raises(EditionError, match="run the command again"):
        cache.load("stance", "k" * 64)
    assert cache.load("stance", "k" * 64) is None


def test_the_oldest_entries_go(tmp_path: Path) -> None:
    cache = StageCache(tmp_path)
    for number in range(KEPT + 3):
        cache.store(StageResult(stage="survey"), f"{number:064d}"[::-1])
    assert len(list(tmp_path.iterdir())) == KEPT


def test_the_hash_knows_where_a_part_ends() -> None:
    assert content_hash(["ab", "c"]) != content_hash(["a", "bc"])
