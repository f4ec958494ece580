"""Base of all records of a case folder, and the types they share: texts, grades, ids, parameters."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, RootModel, model_validator
from pydantic_core import PydanticCustomError

from shteg.countries import is_country
from shteg.estimates import Label
from shteg.evidence.records.addresses import check_address
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import (
    Ahead,
    CountryCode,
    Counts,
    PerLanguage,
    Record,
    refers,
    toml_file,
)

_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_TWO_WAYS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{2}0")
_COUNT = re.compile(r"[0-9]+(\.[0-9]{1,2})?")


RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}

CREDIBILITY = {
    "1": "confirmed by other sources",
    "2": "probably true",
    "3": "possibly true",
    "4": "doubtful",
    "5": "improbable",
    "6": "truth cannot be judged",
}

Text = Annotated[str, Field(min_length=1)]

LARGEST = 1e15
"""No number of a case is larger: a float no longer holds every whole number not far above it."""

_REACH = Field(ge=-LARGEST, le=LARGEST)
_PEOPLE = Field(ge=1, le=10_000_000_000)

Size = Annotated[float, Field(ge=-1e6, le=1e6)]
"""A number of a model or a scale, of which none can hold more."""

Direction = Literal["oppose", "abstain", "absent", "support"]


def _check_written(value: Any) -> Any:
    """Give a cell or a number back; refuse a text that Python would read and no table should hold.

    `1_000`, digits of another script, and `2.200`, which is 2.2 or 2,200 according to who wrote it.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if _TWO_WAYS.fullmatch(text):
        shorter, longer = text.rstrip("0").rstrip("."), text.replace(".", "")
        raise ValueError(f"“{text}” can be read as {shorter} and as {longer}")
    if not _PLAIN.fullmatch(text) and _python_reads(text, float):
        raise PydanticCustomError("float_parsing", "not a plain number")
    return text


def _check_written_whole(value: Any) -> Any:
    """Give a cell or a number back; refuse a text that is not digits only, such as `1.000` or `1_000`."""
    if isinstance(value, str) and not _WHOLE.fullmatch(value.strip()):
        raise PydanticCustomError("int_parsing", "not a whole number")
    return value


def check_people(value: Any) -> Any:
    """Give a count of people back: digits only, or a share in per cent with one or two decimals."""
    if isinstance(value, str) and not _COUNT.fullmatch(value.strip()):
        raise PydanticCustomError("int_parsing", "not a count")
    return value


def decimals_of(number: float) -> int:
    """Give how many decimals a number has as it would be written."""
    text = f"{number:.12f}".rstrip("0")
    return len(text.split(".")[1])


def _python_reads(text: str, form: type[float]) -> bool:
    try:
        number = form(text)
    except ValueError:
        return False
    return number == number and abs(number) != float("inf")


def _check_grade(grade: str) -> str:
    if len(grade) != 2 or grade[0] not in RELIABILITY or grade[1] not in CREDIBILITY:
        raise ValueError(f"{grade!r} is not an Admiralty grade: a letter A–F and a digit 1–6, for example B2")
    return grade


def is_id(text: str) -> bool:
    """Tell whether a text can name something: letters, digits, '-' and '_', in parts joined by single points."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9][A-Za-z0-9_-]*)*", text) is not None


_DEVICES = frozenset(
    {"aux", "con", "nul", "prn", *(f"{port}{digit}" for port in ("com", "lpt") for digit in range(10))}
)


def is_file_name(text: str) -> bool:
    """Tell whether a text can name something that becomes a file or folder: an id that Windows keeps for no device."""
    return is_id(text) and text.split(".")[0].lower() not in _DEVICES


def _check_id(identifier: str) -> str:
    if not is_id(identifier):
        raise ValueError(f"{identifier!r} is not an id: use letters, digits, '-', '_' and '.'")
    return identifier


def _check_country(code: str) -> str:
    if not is_country(code):
        raise ValueError(f"{code!r} is not a country code (ISO 3166-1 alpha-3, for example ALB)")
    return code


def _none_if_blank(value: Any) -> Any:
    return None if isinstance(value, str) and not value.strip() else value


Grade = Annotated[str, AfterValidator(_check_grade)]
Id = Annotated[str, AfterValidator(_check_id)]
Country = Annotated[str, AfterValidator(_check_country), CountryCode()]
Blank = BeforeValidator(_none_if_blank)
OptionalDate = Annotated[DateInterval | None, Blank]
OptionalText = Annotated[str | None, Blank]
SourceId = Annotated[Id, refers("source", "sources.toml#sources")]
MemberCode = Annotated[Country, refers("member", "members.csv#member")]
Walker = Annotated[Country, refers("country", "countries.csv#country", "members.csv#member", optional=True)]
"""A country of the ladder: where there is a list of these, it stands in it."""
StepId = Annotated[Id, refers("step", "steps.toml#steps")]
StepIds = Annotated[tuple[Id, ...], refers("step", "steps.toml#steps")]
Address = Annotated[str | None, Blank, AfterValidator(check_address)]

Number = Annotated[float, BeforeValidator(_check_written), _REACH]
"""A number of any unit, written with a point for decimals and without a mark for thousands."""
OptionalNumber = Annotated[Number | None, Blank]
Whole = Annotated[int, BeforeValidator(_check_written_whole)]
"""A whole number, written with digits only."""
OptionalCount = Annotated[Annotated[Whole, _PEOPLE] | None, Blank]
"""How many people, if it is known: none of them is no count."""


class Localised(RootModel[dict[str, Text]]):
    """A text in each language of the case: `{ en = "…", sq = "…" }`; blanks are no text."""

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True)

    def __getitem__(self, language: str) -> str:
        return self.root[language]

    @property
    def languages(self) -> frozenset[str]:
        """The languages in which the text exists."""
        return frozenset(self.root)


Texts = Annotated[Localised, PerLanguage()]
OptionalTexts = Annotated[Localised | None, PerLanguage()]


class Sourced(Record):
    """A record that carries where it comes from and how far to trust it."""

    source: SourceId = Field(description="Id in sources.toml of the document that says so.")
    grade: Grade = Field(
        description="Admiralty grade of this row: reliability A–F, credibility 1–6; F6 where nobody read the source."
    )

    @property
    def verified(self) -> bool:
        """False where nobody has read the source (credibility 6: truth cannot be judged)."""
        return self.grade[1] != "6"


class Dated(Sourced):
    """A record that happened, and that the public knew from a day on."""

    happened_on: Annotated[DateInterval, Counts()] = Field(description="Day, month, year or span in which it happened.")
    known_on: OptionalDate = Field(
        default=None, description="When the public could know it; empty means when it happened."
    )

    @property
    def public_from(self) -> date:
        """The day from which an analyst could know it: `known_on`, or else the last day it can have happened."""
        return (self.known_on or self.happened_on).last

    @model_validator(mode="after")
    def _known_after_it_happened(self) -> "Dated":
        if self.known_on is not None and self.known_on.last < self.happened_on.first:
            raise ValueError(f"known_on {self.known_on} lies before happened_on {self.happened_on}")
        return self


class Source(Record):
    """A document: what it is, who published it, where it stands, when it was read."""

    title: Text = Field(description="Title of the document.")
    publisher: Text = Field(description="Who published it.")
    published_on: OptionalDate = Field(default=None, description="When it was published.")
    address: Address = Field(default=None, description="Where it stands, as a web address.")
    read_on: Annotated[OptionalDate, Ahead()] = Field(
        default=None, description="When it was read for this case; empty if nobody has read it."
    )
    grade: Grade = Field(description="Admiralty grade of the document as a whole.")
    language: OptionalText = Field(default=None, description="Language in which it was read, for example `en`.")
    title_language: OptionalText = Field(
        default=None, description="Language of `title` where it is not that of the document, as in a paraphrase."
    )
    note: OptionalText = Field(default=None, description="What a reader should know about it.")


class Parameter(Record):
    """A named quantity of a model, with its range (taken as a central 90 % interval) and where it comes from."""

    value: Size = Field(description="Central value.")
    low: Size = Field(description="Lower end of the central 90 % range.")
    high: Size = Field(description="Upper end of the central 90 % range.")
    label: Label = Field(description="How much the data say about it; `assumed` means set by judgement.")
    source: SourceId = Field(description="Id in sources.toml of what it rests on.")
    title: Localised = Field(description="What it is called.")
    note: Localised | None = Field(default=None, description="Why it has this value.")

    @model_validator(mode="after")
    def _range_holds_value(self) -> "Parameter":
        if not self.low <= self.value <= self.high:
            raise ValueError(f"the range {self.low} to {self.high} does not hold the value {self.value}")
        return self


class Correction(Record):
    """A known error in a table of this case: `expect` is the wrong value, so that the build stops once it is mended."""

    file: Text = Field(description="The table that holds the error, for example `ladder.csv`.")
    row: dict[str, str] = Field(description="Columns and values that together find exactly one row.")
    column: Text = Field(description="The column that is wrong.")
    expect: str = Field(
        description="The wrong value as it stands in the table; once it has changed, the build stops and says so."
    )
    replace: str = Field(description="The right value.")
    reason: Text = Field(description="Why it is an error, and how the right value is known.")
    source: SourceId = Field(description="Id in sources.toml of the document with the right value.")
    decided_on: Annotated[date, Ahead()] = Field(description="When the correction was decided.")


@toml_file("sources.toml", "Every document that the case rests on.", required=True)
class Sources(Record):
    """Every document that the case rests on."""

    sources: dict[Id, Source] = Field(min_length=1, description="The documents, by id.")


@toml_file("corrections.toml", "Known errors in the tables of this case, mended on reading.")
class Corrections(Record):
    """Every known error that is mended on reading."""

    corrections: tuple[Correction, ...] = Field(
        min_length=1, description="The corrections, in the order in which they are applied."
    )


@toml_file("labels.toml", "The names of the words in tables that readers see.")
class Labels(Record):
    """The names, in each language, of the short words in tables that readers see."""

    labels: dict[str, dict[str, Localised]] = Field(
        description="By kind (subgroup, variable, answer, series, kind, value, event, …), the name of each word."
    )
