"""Sets with several answers that a file declares, as columns that tables and questionnaires name."""

from __future__ import annotations

import polars as pl

from shteg.survey.readers.responses import Responses

SIGN = "$"
"""SPSS writes it before the name of a set."""


def set_columns(responses: Responses, answers: pl.DataFrame, *, bare: bool = False) -> list[pl.Series]:
    """Give the columns that the sets add to the data: 0 and 1 for each box of one kind, joined codes for the other.

    Parameters
    ----------
    responses : Responses
        What the file says.
    answers : polars.DataFrame
        Its answers that count, a row a respondent.
    bare : bool
        Call them without the dollar sign, as a questionnaire does.

    Returns
    -------
    list of polars.Series
        `set/column` for each box, `set` for joined codes; without those that the data have already.
    """
    added = []
    for name, declared in responses.sets.items():
        called = name.lstrip(SIGN) if bare else name
        if declared.kind == "dichotomy":
            added += [
                _box(answers[column], declared.counted).alias(f"{called}/{column}") for column in declared.columns
            ]
        else:
            texts = [answers[column].str.strip_chars() for column in declared.columns]
            joined = pl.DataFrame(texts).select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True))
            added.append(joined.to_series().alias(called))
    return [series for series in added if series.name not in answers.columns]


def _box(column: pl.Series, counted: str | None) -> pl.Series:
    """Give 1 where the counted code stands, 0 where another does, null where nothing does."""
    return (column.str.strip_chars() == counted).cast(pl.Int8).cast(pl.String)
