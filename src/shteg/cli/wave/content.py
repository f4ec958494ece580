"""A data file named by its content."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from shteg.survey.readers.partitions import find_partitions


def content_sample(path: Path) -> str:
    """Name the sample of a data file, or of a folder or pattern of Parquet files, by its content.

    The same respondents have the same name wherever the file lies.
    """
    digest = hashlib.sha256()
    for one in [path] if path.is_file() else find_partitions(path):
        with one.open("rb") as file:
            while block := file.read(2**20):
                digest.update(block)
    return digest.hexdigest()[:32]


def answers_sample(answers: pl.DataFrame) -> str:
    """Name the sample of a query by the answers that it gave: the same whatever the words of the query."""
    digest = hashlib.sha256()
    for batch in answers.select(sorted(answers.columns)).iter_slices(2**16):
        digest.update(batch.write_csv().encode())
    return digest.hexdigest()[:32]
