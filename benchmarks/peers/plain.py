"""The plain weighted GROUP BY of each item within each grouping variable, without standard errors."""

from __future__ import annotations

from typing import Any

import polars as pl

from peers.waves import GROUPS


def polars_group_by(wave: pl.DataFrame, items: list[str]) -> pl.DataFrame:
    """With Polars: columns item, domain_variable, domain, option, share."""
    frames = []
    for item in items:
        for by in ([], *([name] for name in GROUPS)):
            sums = wave.group_by([*by, item]).agg(pl.col("weight").sum())
            share = pl.col("weight") / (pl.col("weight").sum().over(by) if by else pl.col("weight").sum())
            frames.append(
                sums.select(
                    pl.lit(item).alias("item"),
                    pl.lit(by[0] if by else "all").alias("domain_variable"),
                    (pl.col(by[0]).cast(pl.String) if by else pl.lit("all")).alias("domain"),
                    pl.col(item).cast(pl.String).alias("option"),
                    share.alias("share"),
                )
            )
    return pl.concat(frames)


def duckdb_group_by(connection: Any, items: list[str]) -> int:
    """With DuckDB, on a table `wave` of the connection; gives the number of cells."""
    cells = 0
    for item in items:
        for by in ("'all'", *GROUPS):
            query = (
                f"SELECT domain, answer, w / sum(w) OVER (PARTITION BY domain) AS share FROM "
                f"(SELECT {by} AS domain, {item} AS answer, sum(weight) AS w FROM wave GROUP BY ALL)"
            )
            cells += len(connection.execute(query).fetchall())
    return cells
