"""Sets with several answers that an SPSS file declares, as items and columns."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from shteg.cli.wave.names import (
    Words,
)
from shteg.errors import UsageError
from shteg.survey.code_texts import sort_codes
from shteg.survey.readers import Responses
from shteg.survey.readers.sets import SIGN
from shteg.survey.tables import TableItem


def set_names(responses: Responses) -> dict[str, str]:
    """Give the names by which each set may be asked for, without and with the dollar sign; columns go before sets."""
    names = {typed: name for name in responses.sets for typed in (name, SIGN + name.lstrip(SIGN), name.lstrip(SIGN))}
    return {typed: name for typed, name in names.items() if typed not in responses.frame.columns}


def set_of(responses: Responses, column: str) -> str:
    """Give the name of the set to which a column belongs, blank if to none."""
    return next((name for name, one in responses.sets.items() if column in one.columns), "")


def set_item(responses: Responses, answers: pl.DataFrame, name: str, each: Callable[[str], Words]) -> TableItem:
    """Turn a set into an item with several answers.

    Parameters
    ----------
    responses : Responses
        What the file says.
    answers : polars.DataFrame
        Its answers that count, a row a respondent.
    name : str
        The set.
    each : callable
        Gives a text of the file in every language of print.

    Returns
    -------
    TableItem

    Raises
    ------
    UsageError
        A code of the set holds a blank: its codes cannot be joined.
    """
    declared = responses.sets[name]
    title = each(declared.label or name)
    if declared.kind == "dichotomy":
        options = {column: each(responses.labels.get(column, column)) for column in declared.columns}
        return TableItem(column=name, title=title, form="multiple", options=options)
    occurring = {
        code for column in declared.columns for code in answers[column].str.strip_chars().unique().to_list() if code
    }
    spaced = next((code for code in sorted(occurring) if " " in code), None)
    if spaced is not None:
        hint = "tabulate its columns one by one with --items"
        raise UsageError(f"the set {name!r} has the code {spaced!r}, which holds a blank", hint, "--items")
    labels: dict[str, str] = {}
    for column in declared.columns:
        labels |= responses.value_labels.get(column, {})
    missing = {code for column in declared.columns for code in responses.missing.get(column, ())}
    known = [code for code in labels if code not in missing]
    codes = known if occurring <= set(known) else sort_codes(occurring | set(known))
    options = {code: each(labels.get(code, code)) for code in codes}
    return TableItem(column=name, title=title, form="multiple", options=options)
