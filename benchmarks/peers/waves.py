"""The wave all sides of the survey benchmark work on: 60 five-point items, six grouping variables, 26 domains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

ITEMS, OPTIONS, SEED = 60, 5, 20261123
GROUPS = {"region": 7, "age": 6, "sex": 2, "education": 5, "community": 3, "settlement": 2}
DOMAINS = 1 + sum(GROUPS.values())
NAMES = [f"q{i:02d}" for i in range(ITEMS)]
PIECE = 500_000


def make_wave(rows: int, piece: int = 0) -> pl.DataFrame:
    """Generate a wave: 20 strata, PSUs of ten interviews, items with clustering, answers as small integers."""
    random = np.random.default_rng([SEED, piece])
    psu = np.arange(rows) // 10
    effect = random.normal(0, 0.5, psu[-1] + 1).astype(np.float32)[psu]
    psu = psu + piece * (PIECE // 10)
    columns = {
        "stratum": (psu % 20).astype(np.int8),
        "psu": psu.astype(np.int32),
        "weight": random.gamma(8, 100, rows).round(4),
        **{name: random.integers(1, levels + 1, rows).astype(np.int8) for name, levels in GROUPS.items()},
    }
    for i, name in enumerate(NAMES):
        score = effect + random.standard_normal(rows, np.float32) + np.float32(0.02 * i)
        answer = np.ones(rows, np.int8)
        for edge in (-1.2, -0.4, 0.4, 1.2):
            answer += score > edge
        columns[name] = answer
    return pl.DataFrame(columns)


def write_wave(rows: int, folder: Path) -> Path:
    """Write a wave of any size as one Parquet file, PSU after PSU, in row groups of 131,072."""
    pieces = []
    for number, first in enumerate(range(0, rows, PIECE)):
        pieces.append(folder / f"piece-{number:03d}.parquet")
        make_wave(min(PIECE, rows - first), number).write_parquet(pieces[-1], row_group_size=1 << 17)
    whole = folder / "wave.parquet"
    pl.scan_parquet(pieces).sink_parquet(whole, row_group_size=1 << 17)
    for piece in pieces:
        piece.unlink()
    return whole
