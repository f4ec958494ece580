"""Which codes are no answers: those that the data file declares missing, and those that the questionnaire does.

One rule for items, means, grouping variables, weights and the columns of the design: both stay out everywhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from shteg.errors import DesignError
from shteg.evidence.records.surveys import Questionnaire, WaveItem
from shteg.survey.readers import Responses

BOX_MARKS = ("/", ".", "_")
"""Between an item and a code, in the name of a column that holds 0 and 1 for that code."""
BOX_CODES = ("0", "1")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class MissingConflict:
    """A code of `column` that the data file declares missing and the questionnaire lists as an answer to `item`."""

    item: str
    column: str
    code: str

    @property
    def problem(self) -> str:
        """What is wrong, in one sentence."""
        return f"the data file declares {self.code!r} in column {self.column!r} as missing, here it is an answer"

    @property
    def hint(self) -> str:
        """How to mend it."""
        return f"list {self.code!r} under `missing` of the item, or take the declaration out of the data file"


def box_columns(item: str, options: Sequence[str], columns: Collection[str]) -> dict[str, str]:
    """Give the column of 0 and 1 of each option (`item/code`, `item.code`, `item_code`); empty if one is not there.

    Parameters
    ----------
    item : str
        The question.
    options : sequence of str
        Codes of its answers.
    columns : collection of str
        Columns of the data.

    Returns
    -------
    dict
        Code → column.
    """
    for mark in BOX_MARKS:
        names = {code: f"{item}{mark}{code}" for code in options}
        if names and all(name in columns for name in names.values()):
            return names
    return {}


def missing_conflicts(responses: Responses, questionnaire: Questionnaire) -> tuple[MissingConflict, ...]:
    """Find the codes on which data file and questionnaire disagree, in the order of the questionnaire.

    The questionnaire is a `questionnaire.toml`: an XLSForm cannot say what is missing. A code counts whether it occurs
    in the data or not.
    """
    found = []
    for name, item in questionnaire.items.items():
        substantive = [code for code in item.options if code not in item.missing]
        asked = dict.fromkeys([name], substantive)
        if item.multiple and name not in responses.frame.columns:
            boxes = box_columns(name, substantive, responses.frame.columns)
            asked = {column: [one for one in BOX_CODES if one not in item.missing] for column in boxes.values()}
        for column, codes in asked.items():
            declared = set(responses.missing.get(column, ()))
            found += [MissingConflict(item=name, column=column, code=code) for code in codes if code in declared]
    return tuple(found)


def refuse_conflicts(responses: Responses, questionnaire: Questionnaire) -> None:
    """Raise a DesignError that names every code on which data file and questionnaire disagree."""
    found = missing_conflicts(responses, questionnaire)
    if not found:
        return
    told: dict[str, list[str]] = {}
    for one in found:
        told.setdefault(one.column, []).append(repr(one.code))
    codes = "; ".join(f"{', '.join(codes)} in column {column!r}" for column, codes in told.items())
    raise DesignError(
        f"the data file declares codes as missing that the questionnaire lists as answers: {codes}",
        "list them under `missing` of the item in questionnaire.toml, or take the declaration out of the data file",
        responses.name,
    )


def substantive_answers(responses: Responses) -> pl.DataFrame:
    """Give the data with every code blank that the file declares missing."""
    return blank_codes(responses.frame, responses.missing)


def declared_missing(items: Mapping[str, WaveItem]) -> dict[str, tuple[str, ...]]:
    """Give the codes that a questionnaire declares missing, by column."""
    return {name: item.missing for name, item in items.items() if item.missing}


def blank_codes(data: pl.DataFrame, missing: Mapping[str, Collection[str]]) -> pl.DataFrame:
    """Blank the codes of `missing`, by column; columns that are not there are passed over, numbers match by value."""
    columns = []
    for name, codes in missing.items():
        if not codes or name not in data.columns:
            continue
        column = pl.col(name)
        if data.schema[name].is_numeric():
            hit = column.cast(pl.Float64).is_in([number for code in codes if (number := _number(code)) is not None])
        else:
            hit = column.cast(pl.String).str.strip_chars().is_in(list(codes))
        columns.append(pl.when(hit).then(None).otherwise(column).alias(name))
    return data.with_columns(columns)


def _number(code: str) -> float | None:
    try:
        return float(code)
    except ValueError:
        return None
