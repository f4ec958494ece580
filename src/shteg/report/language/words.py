"""One edition in one language: the only printer of its names and numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from shteg.errors import PublishError
from shteg.estimates import Value
from shteg.languages.unbroken import unbroken
from shteg.report.edition_view import EditionView, SourceView
from shteg.report.header_view import Localised
from shteg.report.language.cells import Triple, format_cell, triple_forms, written_number
from shteg.report.language.counts import count_of
from shteg.report.language.lists import join_words
from shteg.report.language.locale import (
    collation_key,
    exact,
    format_number,
    format_percent,
    format_span,
    percent_marks,
    rounded,
)
from shteg.report.language.marked import Counted, Marked, Placed, Quoted, Style
from shteg.report.language.messages import column_name, has_message, in_sentence, look_up, message
from shteg.report.language.precision import significant, spread
from shteg.report.language.values import format_exact, format_interval, format_value, value_label

DETAIL_KINDS = {"weight_scheme": "scheme"}
"""Details whose words are ids of another kind than their name."""
DETAIL_DIGITS = 6
"""Significant digits of a detail that is no whole number."""
NOTHING = "–"
"""Stands where there is no figure."""


@dataclass(frozen=True, slots=True)
class Words:
    """One edition in one language: names and figures as printed."""

    edition: EditionView
    language: str

    def __post_init__(self) -> None:
        """Take the language as the edition has it, with the messages of its case."""
        object.__setattr__(self, "language", self.edition.language_of(self.language))

    # --- names --------------------------------------------------------------------------------------------------------

    def text(self, key: str, /, **args: str | int) -> str:
        """Fill a message; whole numbers are printed as counts."""
        filled = {name: self.number(arg) if isinstance(arg, int) else arg for name, arg in args.items()}
        return message(self.language, key, filled, self.edition.lexicon)

    def text_or(self, key: str, otherwise: str) -> str:
        """Give a message without placeholders, or other words where there is none."""
        return message(self.language, key) if has_message(self.language, key) else otherwise

    def named(self, key: str) -> str:
        """Name a thing of the case by its lexicon id; raises EditionError where it has no name in this language."""
        return self.edition.name_of(key, self.language)

    def in_sentence(self, code: str) -> str:
        """Name a country as it stands inside a sentence."""
        return self.named(in_sentence(f"country:{code}", self.edition.lexicon))

    def source_named(self, source_id: str) -> SourceView:
        """Give a source as this language names it: `source` and `publisher` of labels.toml may translate it."""
        one = self.edition.source(source_id)
        key = f"source:{source_id}"
        if key in self.edition.lexicon:
            one = replace(one, title=self.named(key), title_language=self.language)
        return replace(one, publisher=self.word("publisher", one.publisher))

    def word(self, kind: str, word: str, *others: str) -> str:
        """Name a word of the evidence (a subgroup, an answer, a series), as the case does, else as the program does
        (`word.<kind>.<word>`); one that neither names stays.

        Parameters
        ----------
        kind : str
            What the word is, as the lexicon files it.
        word : str
            As the evidence writes it.
        *others : str
            What it may be instead: the partner of a tie is a country or a body.

        Returns
        -------
        str
        """
        keys = [f"{one}:{word}" for one in (kind, *others)]
        known = next((key for key in keys if key in self.edition.lexicon), None)
        return self.text_or(f"word.{kind}.{word}", word) if known is None else self.named(known)

    def own(self, localised: Localised | None) -> str:
        """Give the text of this language, never another's; empty where the case says it in none.

        Raises
        ------
        PublishError
            The text is missing in this language.
        """
        if localised is None:
            return ""
        if self.language not in localised:
            raise PublishError(
                f"a text of the case is missing in language {self.language}: {dict(localised)}",
                "translate it in the case folder",
                str(self.edition.folder),
            )
        return unbroken(localised[self.language])

    def field(self, row: Mapping[str, Any], name: str) -> str:
        """Give a field that the evidence holds in each language: `title` of the columns `title_<language>`."""
        return unbroken(said(row, name, self.language, self.edition.languages))

    def about(self, value: Value, name: str) -> str:
        """Name what a value is about: an argument of its message."""
        return look_up(value.label_args.get(name, ""), self.language, self.edition.lexicon)

    def what(self, value: Value) -> str:
        """Say what a value is."""
        return value_label(value, self.language, self.edition.lexicon)

    def label(self, name: str) -> str:
        """Name an evidence label (observed, computed, …)."""
        return self.text(f"label.{name}")

    def column(self, table: str, name: str) -> str:
        """Name a column of a table; a column without words keeps its name."""
        return column_name(self.language, table, name)

    def table_title(self, name: str) -> str:
        """Name a table of the edition; a table without words keeps its name."""
        return self.text_or(f"table.{name}.title", name)

    def table_note(self, name: str) -> str:
        """Give the note of a table; empty if it has none."""
        return self.text_or(f"table.{name}.note", "")

    def listed(self, parts: Iterable[str]) -> str:
        """Join parts: “a, b and c”."""
        return join_words(parts, self.language)

    def sort_key(self, text: str) -> tuple[tuple[int, str], ...]:
        """Order names as the language does."""
        place = ("place among names", self.language, text)
        return self.edition.once(place, lambda: collation_key(text, self.language))

    # --- numbers ------------------------------------------------------------------------------------------------------

    def show(self, value: Value, style: Style = "number") -> Quoted:
        """Print a value; with its interval if it has one and "range" is asked for."""
        if style == "range" and value.low is None:
            style = "number"
        text = format_value(value, self.language, style=style, lexicon=self.edition.lexicon)
        return Quoted(text, value.id, style)

    def with_figure(self, name: str, value: Value) -> str:
        """Name a thing with its figure in brackets."""
        return Marked(name, " (", self.show(value), ")")

    def interval(self, value: Value) -> str:
        """Print the interval alone; a dash where there is none, or nothing is left of it at the precision printed."""
        if value.low is None:
            return NOTHING
        printed = format_interval(value, self.language)
        bare = [format_value(value, self.language, style=style) for style in ("short", "bare")]
        return NOTHING if printed in bare else Quoted(printed, value.id, "interval")

    def with_level(self, value: Value) -> str:
        """Print the interval with its coverage; empty if there is none, or if nothing is left of it."""
        if value.low is None:
            return ""
        printed = self.interval(value)
        return "" if printed == NOTHING else self._covered(value, str(printed))

    def _covered(self, value: Value, printed: str) -> str:
        """Say of a printed interval how much it covers."""
        if value.level is None:
            return ""
        if value.level >= 1:
            return self.text("publish.bounds", interval=printed)
        return self.text("publish.interval", interval=printed, level=self.number(value.level * 100))

    def exact(self, value: Value) -> str:
        """Print a number in full: no bound stands for it, no rule rounds it away."""
        if isinstance(value.number, str):
            return format_value(value, self.language, lexicon=self.edition.lexicon)
        return format_exact(value, value.number, self.language)

    def exact_interval(self, value: Value) -> str:
        """Print the interval in full, with its coverage; empty if there is none."""
        if value.low is None or value.high is None:
            return ""
        low, high = (format_exact(value, end, self.language, unit=False) for end in (value.low, value.high))
        return self._covered(value, spread(low, high, self.language, self._marks(value.unit)))

    def _marks(self, kind: str) -> tuple[str, str]:
        return percent_marks(self.language) if kind == "share" else ("", "")

    def placed(self, table: str, row: int, column: str, form: str) -> str:
        """Print a number of a table of the edition; empty where the table has none.

        Parameters
        ----------
        table : str
            Such as `pathways.routes`.
        row : int
            Place of the row in the table, from 0.
        column : str
            Name of the column.
        form : str
            One of `cells.FORMS`.

        Returns
        -------
        str
            It knows its place (`Placed`).

        Raises
        ------
        PublishError
            The table holds something else there than a number.
        """
        cell = self.edition.table(table)[column][row]
        if cell is None:
            return ""
        number = written_number(cell)
        if number is None:
            raise PublishError(f"{table}, row {row}, {column} holds {cell!r}", "print it as a word", table)
        return Placed(format_cell(number, form, self.language), number, (table, row, column), form)

    def placed_triple(self, table: str, row: int, columns: tuple[str, str, str], kind: Triple) -> tuple[str, str]:
        """Print a number of a table and its interval at one precision.

        Parameters
        ----------
        table : str
            Such as `pathways.routes`.
        row : int
            Place of the row in the table, from 0.
        columns : (str, str, str)
            Names of the columns of the number and of the ends of its interval.
        kind : Triple
            What they are.

        Returns
        -------
        number, interval : str
            They know their places. The interval is empty where the table has none, or where both ends print as the
            number does; a change that is none by construction reads “none” and has no interval.
        """
        frame = self.edition.table(table)
        number, low, high = (frame[column][row] for column in columns)
        if number is None:
            return "", ""
        if low is None or high is None:
            low = high = number
        form, end = triple_forms(number, low, high, kind)
        shown, first, last = (
            self.placed(table, row, column, one) for column, one in zip(columns, (form, end, end), strict=True)
        )
        interval = spread(first, last, self.language, self._marks(kind)) if first and last else ""
        return shown, "" if interval == shown else interval

    def counted(self, things: str, *where: str) -> Counted:
        """Print how many rows of a table, or values of a kind, meet conditions (`counts.count_of`)."""
        number = count_of(self.edition, things, where)
        return Counted(self.number(number), number, things, where)

    def number(self, number: float | Decimal, decimals: int = 0, *, grouped: bool = True) -> str:
        """Print a bare number.

        Parameters
        ----------
        number : float or Decimal
            Printed without a unit.
        decimals : int
            Decimals, 0 or more.
        grouped : bool
            Set thousands apart (not in years).

        Returns
        -------
        str
        """
        return format_number(number, self.language, decimals, grouped=grouped)

    def percent(self, share: float) -> str:
        """Print a share that is no value of the edition (a limit of a legend)."""
        return format_percent(share, self.language)

    def date(self, text: str | None) -> str:
        """Print an ISO date, or a span `first/last`, as precisely as it is given."""
        return format_span(text, self.language) if text else ""

    def detail(self, name: str, detail: str | float) -> str:
        """Print a detail of a value: a number as the language writes it, years to one decimal; a word by its name."""
        if isinstance(detail, str):
            known = (key for key in (detail, f"{DETAIL_KINDS.get(name, name)}:{detail}") if key in self.edition.lexicon)
            return next((self.named(key) for key in known), detail)
        if isinstance(detail, int) or exact(detail) == rounded(detail, 0):
            return self.number(detail)
        if name.endswith("_years"):
            return self.number(detail, 1)
        return self.number(*significant(detail, DETAIL_DIGITS))


def said(row: Mapping[str, Any], name: str, language: str, languages: tuple[str, ...]) -> str:
    """Give what a row of the evidence says in a language; empty if it says it in none.

    Parameters
    ----------
    row : mapping
        A row of a table of the evidence, with a column `<name>_<language>` for each language.
    name : str
        Such as `title`.
    language : str
        The one wanted.
    languages : tuple of str
        All of the case.

    Returns
    -------
    str

    Raises
    ------
    PublishError
        It says so in another language only: no page prints another language than its own.
    """
    text = row.get(f"{name}_{language}")
    if text:
        return str(text)
    others = [other for other in languages if row.get(f"{name}_{other}")]
    if others or f"{name}_{language}" not in row:
        place = f"{row.get('id') or row.get('row') or ''}".strip()
        raise PublishError(
            f"the {name} of {place} is not yet in language {language}", f"translate {name} in the case folder", place
        )
    return ""
