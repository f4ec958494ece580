"""Texts that know which of their characters are figures, so that a page can print them as `<data>` and read them again.

They are texts like any other (`str`); what joins or fills them (`join`, `messages.message`) keeps what they know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

Style = Literal[
    "number", "range", "words", "Words", "words-f", "Words-f", "frequency", "Frequency", "plain", "change",
    "change-range", "short", "bare", "years",
]  # fmt: skip
"""How a value is printed; `-f` is the feminine of number words, a capital letter first makes one."""


class Marked(str):
    """A text made of parts: plain characters and figures."""

    __slots__ = ("parts",)
    parts: tuple[str, ...]

    def __new__(cls, *parts: str) -> Marked:
        """Join parts; those of a marked text are taken over."""
        inner = [one for part in parts for one in (part.parts if isinstance(part, Marked) else (part,)) if one]
        made = super().__new__(cls, "".join(inner))
        made.parts = tuple(inner)
        return made


class Quoted(Marked):
    """A printed value: its id and the style it is printed in; the style "interval" is its interval alone."""

    __slots__ = ("style", "value_id")
    value_id: str
    style: Style | Literal["interval"]

    def __new__(cls, text: str, value_id: str, style: Style | Literal["interval"] = "number") -> Quoted:
        """Mark the text of a value."""
        made = str.__new__(cls, text)
        made.value_id, made.style, made.parts = value_id, style, (made,)
        return made


class Placed(Marked):
    """A printed number of a table: its place (table, row from 0, column) and its form (`cells`)."""

    __slots__ = ("column", "form", "number", "row", "table")
    number: float
    table: str
    row: int
    column: str
    form: str

    def __new__(cls, text: str, number: float, place: tuple[str, int, str], form: str) -> Placed:
        """Mark the text of a number that stands at this place.

        Parameters
        ----------
        text : str
            The number as printed.
        number : float
            The number as the table holds it.
        place : (str, int, str)
            Table, row, and column.
        form : str
            One of `cells.FORMS`.

        Returns
        -------
        Placed
        """
        made = str.__new__(cls, text)
        made.number, made.form, made.parts = number, form, (made,)
        made.table, made.row, made.column = place
        return made


class Counted(Marked):
    """A printed count: of which table or kind of values, and under which conditions (`counts.count_of`)."""

    __slots__ = ("number", "things", "where")
    number: int
    things: str
    where: tuple[str, ...]

    def __new__(cls, text: str, number: int, things: str, where: tuple[str, ...]) -> Counted:
        """Mark the text of a count.

        Parameters
        ----------
        text : str
            The count as printed.
        number : int
            The count.
        things : str
            What is counted.
        where : tuple of str
            The conditions.

        Returns
        -------
        Counted
        """
        made = str.__new__(cls, text)
        made.number, made.things, made.where, made.parts = number, things, where, (made,)
        return made


def join(between: str, texts: Iterable[str]) -> str:
    """Join texts; the result is marked where one of them is."""
    listed = list(texts)
    if not any(isinstance(text, Marked) for text in listed):
        return between.join(listed)
    parts = [part for text in listed for part in (between, text)]
    return Marked(*parts[1:])
