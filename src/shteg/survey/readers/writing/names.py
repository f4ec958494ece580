"""Names of columns that a statistical program does not take, written as it does: `views/eu` as `views_eu`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import TypeVar

from shteg.survey.readers.responses import Responses

MOST_TOLD = 6
_Told = TypeVar("_Told")


def plain_names(
    responses: Responses, allowed: re.Pattern[str], taken: Collection[str], file: str
) -> tuple[Responses, tuple[str, ...]]:
    """Rename the columns whose names a format does not take, where nothing else is called so.

    Parameters
    ----------
    responses : Responses
    allowed : compiled pattern
        Names that the format takes.
    taken : collection of str
        Names of columns that are added.
    file : str
        The file that is written.

    Returns
    -------
    responses, notes : Responses, tuple of str
        What is said of columns that the data do not have is left out. A name that cannot be mended stays: the format
        refuses it.
    """
    columns = responses.frame.columns
    used = {name.lower() for name in (*columns, *taken)}
    names: dict[str, str] = {}
    for column in columns:
        if allowed.fullmatch(column):
            continue
        plain = re.sub(r"[^\w.]+" if allowed.fullmatch("a.b") else r"\W+", "_", column).strip("_.")
        plain = plain if plain[:1].isalpha() else f"v{plain}"
        if allowed.fullmatch(plain) and plain.lower() not in used:
            used.add(plain.lower())
            names[column] = plain
    there = {column: names.get(column, column) for column in columns}
    made = replace(
        responses,
        frame=responses.frame.rename(names),
        labels={names[column]: column for column in names} | _under(responses.labels, there),
        value_labels=_under(responses.value_labels, there),
        missing=_under(responses.missing, there),
        declared=_under(responses.declared, there),
        sets={
            name: replace(one, columns=tuple(there[column] for column in one.columns))
            for name, one in responses.sets.items()
            if set(one.columns) <= there.keys()
        },
    )
    notes: list[str] = []
    if names:
        told = ", ".join([f"{old} is {new}" for old, new in names.items()][:MOST_TOLD])
        more = f" … ({len(names)} in all)" if len(names) > MOST_TOLD else ""
        notes.append(f"{file}: names that the format does not take were changed: {told}{more}")
    return made, tuple(notes)


def _under(told: Mapping[str, _Told], names: Mapping[str, str]) -> dict[str, _Told]:
    return {names[column]: one for column, one in told.items() if column in names}
