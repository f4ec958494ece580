"""The record, and what it says of itself: the file that holds it, what must hold for each of its fields.

A table of the case is declared once, on its record; reading, checks, past days, evidence tables, words and
documentation take it from there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict

Mark = TypeVar("Mark")
Row = TypeVar("Row", bound="type[Record]")


class Record(BaseModel):
    """One row or table of the case folder: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Refers:
    """A field that names what must exist: `what` is the word for it, `places` are `file#column` or `file#table`.

    Of several places one is enough. `keys`: the keys of the table refer, not its values. `optional`: nothing is asked
    of a case without the first of the files.
    """

    what: str
    places: tuple[str, ...]
    keys: bool = False
    optional: bool = False

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        """The file and the column or table of each place."""
        return tuple((file, key) for file, _, key in (place.partition("#") for place in self.places))

    @property
    def where(self) -> str:
        """The files, as a hint names them."""
        return " or ".join(file for file, _ in self.files)


def refers(what: str, *places: str, keys: bool = False, optional: bool = False) -> Refers:
    """Say that a field names what must exist; see `Refers`.

    Parameters
    ----------
    what : str
        The word for it: "item".
    *places : str
        Where it may stand: `items.toml#items`, `members.csv#member`.
    keys : bool
        Whether the keys of a table refer, not its values.
    optional : bool
        Whether a case without the first of the files is asked nothing.

    Returns
    -------
    Refers
    """
    return Refers(what, places, keys, optional)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A word that readers see: labels.toml names it in each language, under this kind."""

    kind: str


@dataclass(frozen=True, slots=True)
class CountryCode:
    """A code that stands for a country: it has a name in each language."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """A date that may lie after the day of the case: a plan, or the work on the case itself."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The date from whose last day on a row counts; `known_on`, where it is given, takes its place."""


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A date that is not there yet on an earlier day: what carries it counts without it."""


@dataclass(frozen=True, slots=True)
class GoesWith:
    """A field that says something of a date of its record, and is not there where that is not."""

    date: str


@dataclass(frozen=True, slots=True)
class PerLanguage:
    """A text in each language of the case, which a table holds in columns of its own: `title_<language>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSpec:
    """A file of the case folder.

    `key` are the columns that together may occur once only. `table` is the name of a CSV table in the case and its
    edition; `published` that the edition shows it, `counted` that a text may quote its number of rows; `frame` that it
    is what facts stand in: it stays in a case of verified rows only. `chained`: rows are only ever added, and each
    carries a hash of itself and of the row before it.
    """

    path: str
    kind: Literal["toml", "csv"]
    meaning: str
    record: type[Record]
    required: bool = False
    key: tuple[str, ...] = ()
    table: str = ""
    published: bool = False
    counted: bool = False
    frame: bool = False
    chained: bool = False

    @property
    def of_wave(self) -> bool:
        """Whether each wave of microdata has its own."""
        return "<wave>" in self.path


_SPECS: dict[type[Record], FileSpec] = {}


def toml_file(path: str, meaning: str, *, required: bool = False) -> Callable[[Row], Row]:
    """Declare a record to be what a TOML file holds.

    Parameters
    ----------
    path : str
        Relative to the case, with slashes; `<wave>` stands for the id of a wave.
    meaning : str
        What it holds, one sentence.
    required : bool
        Whether every case (or wave) has one.

    Returns
    -------
    callable
        The decorator of the record.
    """

    def declare(record: Row) -> Row:
        _SPECS[record] = FileSpec(path=path, kind="toml", meaning=meaning, record=record, required=required)
        return record

    return declare


def csv_file(
    path: str,
    meaning: str,
    key: str,
    *,
    table: str = "",
    required: bool = False,
    published: bool = True,
    counted: bool = False,
    frame: bool = False,
    chained: bool = False,
) -> Callable[[Row], Row]:
    """Declare a record to be a row of a CSV file.

    Parameters
    ----------
    path : str
        Relative to the case, with slashes.
    meaning : str
        What it holds, one sentence; without its point the title of the table of the edition.
    key : str
        The columns that together may occur once only, separated by blanks.
    table : str
        Its name in the case, where it is not that of the file.
    required : bool
        Whether every case has one.
    published, counted, frame, chained : bool
        As in `FileSpec`. What is counted has a message `value.case.TABLE` in every language.

    Returns
    -------
    callable
        The decorator of the record.
    """

    def declare(record: Row) -> Row:
        name = table or path.rpartition("/")[2].removesuffix(".csv")
        _SPECS[record] = FileSpec(
            path=path, kind="csv", meaning=meaning, record=record, required=required, key=tuple(key.split()),
            table=name, published=published, counted=counted, frame=frame, chained=chained,
        )  # fmt: skip
        return record

    return declare


def declared_files(*modules: object) -> tuple[FileSpec, ...]:
    """Give the files that the records of some modules declare, in the order in which they stand there."""
    found = (one for module in modules for one in vars(module).values() if isinstance(one, type))
    return tuple(dict.fromkeys(_SPECS[record] for record in found if record in _SPECS))


def marked(record: type[Record], kind: type[Mark]) -> dict[str, Mark]:
    """Give the fields of a record that carry a mark of one kind, in their order."""
    return {name: mark for name, mark in _marks(record) if isinstance(mark, kind)}


@cache
def _marks(record: type[Record]) -> tuple[tuple[str, object], ...]:
    return tuple((name, mark) for name, info in record.model_fields.items() for mark in info.metadata)


def columns_of(record: type[Record], languages: Iterable[str]) -> dict[str, tuple[str, str | None]]:
    """Give the columns of a table: name → field of the record, and the language of a text in each language."""
    found: dict[str, tuple[str, str | None]] = {}
    spoken = tuple(languages)
    for name in record.model_fields:
        each = name in marked(record, PerLanguage)
        found |= {f"{name}_{one}": (name, one) for one in spoken} if each else {name: (name, None)}
    return found


def join_languages(record: type[Record], cells: Mapping[str, str]) -> dict[str, str | dict[str, str]]:
    """Put the columns of a text together under its field: `title_<language>` as `title`."""
    found: dict[str, str | dict[str, str]] = dict(cells)
    for name in marked(record, PerLanguage):
        own = [key for key in cells if key.startswith(f"{name}_") and key not in record.model_fields]
        texts = {key.removeprefix(f"{name}_"): cells[key] for key in own}
        found = {key: text for key, text in found.items() if key not in own}
        if texts:
            found[name] = texts
    return found
