"""Records of the ledger: what each edition said would happen, what came of it, and how far both files reached."""

import hashlib
import json
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shteg.evidence.records.base import Blank, Country, Id, Number, OptionalDate, SourceId, Text
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import Ahead, Counts, Record, csv_file, refers, toml_file

HASH = "hash"
"""The column of a chained table that holds the hash of the line and of the one before it."""
Share = Annotated[Number, Field(ge=0, le=1)]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


def chained_hash(before: str, record: type[Record], cells: Mapping[str, str]) -> str:
    """Give the hash of a line of a chained table.

    Parameters
    ----------
    before : str
        Hash of the line before it; empty for the first.
    record : type
        Its record, which gives the order of the columns.
    cells : mapping
        The text of each cell; columns that are left out count as empty.

    Returns
    -------
    str
        SHA-256 in 64 hexadecimal digits.
    """
    said = [cells.get(name, "").strip() for name in record.model_fields if name != HASH]
    return hashlib.sha256(json.dumps([before, *said], ensure_ascii=False).encode()).hexdigest()


@csv_file(
    "ledger.csv", "What each edition said would happen, as it said it; lines are only ever added.", "id",
    published=False, chained=True,
)  # fmt: skip
class LedgerLine(Record):
    """A dated probability as an edition gave it; `shteg register` writes it, and nothing alters it."""

    id: Id = Field(description="Edition, step and year, joined by points.")
    kind: Literal["real", "reconstructed"] = Field(
        description="Whether an edition said so at the time, or one that was made later as of that day."
    )
    edition: Id = Field(description="Name of the edition, as its manifest has it.")
    made_on: Annotated[DateInterval, Counts()] = Field(description="The day as of which the edition stood.")
    written_on: Annotated[DateInterval, Ahead()] = Field(description="The day on which the line was written.")
    country: Country = Field(description="Country code of the aspirant.")
    step: Id = Field(description="Id of the step in steps.toml, at that time.")
    due: Annotated[DateInterval, Ahead()] = Field(description="The last day on which the step counts.")
    events: Annotated[str | None, Blank] = Field(
        default=None,
        description="Events of ladder.csv that count as the step, separated by blanks; empty: it is closed by hand.",
    )
    needs: Annotated[str | None, Blank] = Field(
        default=None, description="Events without which it cannot have been taken, where none counts as the step."
    )
    rule: Text = Field(description="The rule by which it is closed, in words.")
    probability: Share = Field(description="Probability that the step is reached by then.")
    low: Annotated[Share | None, Blank] = Field(default=None, description="Lower end of its interval.")
    high: Annotated[Share | None, Blank] = Field(default=None, description="Upper end of its interval.")
    level: Annotated[Share | None, Blank] = Field(default=None, description="Coverage of the interval.")
    hash: Digest = Field(description="SHA-256 of this line and of the hash before it.")

    @property
    def counted_events(self) -> tuple[str, ...]:
        """The events that count as the step."""
        return tuple((self.events or "").split())

    @property
    def needed_events(self) -> tuple[str, ...]:
        """The events of which one must have come before."""
        return tuple((self.needs or "").split())

    @model_validator(mode="after")
    def _fits(self) -> "LedgerLine":
        if self.id != f"{self.edition}.{self.step}.{self.due.last.year}":
            raise ValueError(f"id {self.id} is not that of edition, step and year")
        if self.due.last < self.made_on.last:
            raise ValueError(f"due {self.due} lies before made_on {self.made_on}")
        if len({end is None for end in (self.low, self.high, self.level)}) > 1:
            raise ValueError("low, high and level come together")
        if self.low is not None and self.high is not None and not self.low <= self.probability <= self.high:
            raise ValueError(f"the interval {self.low} to {self.high} does not hold the probability {self.probability}")
        return self


@csv_file(
    "resolutions.csv", "What came of the forecasts of the ledger; lines are only ever added.", "id",
    published=False, chained=True,
)  # fmt: skip
class Resolution(Record):
    """How a forecast was closed; a later line that names it in `corrects` takes its place."""

    id: Id = Field(description="Short id of the line.")
    forecast: Annotated[Id, refers("forecast", "ledger.csv#id")] = Field(description="Id in ledger.csv.")
    outcome: Literal["yes", "no", "void", "open"] = Field(
        description="Reached by the day, not reached, not to be judged; `open` takes back what it corrects."
    )
    decided_on: Annotated[DateInterval, Counts()] = Field(
        description="The day as of which the case stood when it was closed."
    )
    happened_on: OptionalDate = Field(default=None, description="When the step was reached, if it was.")
    reason: Text = Field(description="What decides it.")
    source: SourceId = Field(description="Id in sources.toml of the document that says so.")
    corrects: Annotated[Id | None, Blank, refers("resolution", "resolutions.csv#id")] = Field(
        default=None, description="Id of the line in this file whose place it takes."
    )
    hash: Digest = Field(description="SHA-256 of this line and of the hash before it.")

    @model_validator(mode="after")
    def _fits(self) -> "Resolution":
        if self.outcome == "yes" and self.happened_on is None:
            raise ValueError("happened_on is missing: a step that was reached was reached on some day")
        if self.outcome != "yes" and self.happened_on is not None:
            raise ValueError(f"happened_on is given, and the outcome is `{self.outcome}`")
        if self.outcome == "open" and self.corrects is None:
            raise ValueError("corrects is missing: `open` takes back an earlier line")
        return self


class Reach(Record):
    """How many lines a file had, and the hash of the last one."""

    lines: int = Field(ge=1, le=10_000_000, description="How many lines the file had.")
    hash: Digest = Field(description="Hash of the last of them.")


@toml_file("ledger.toml", "How far ledger.csv and resolutions.csv reached when they were last written.")
class Reaches(Record):
    """How far the two files reached: lines lost at their end are noticed."""

    ledger: Reach = Field(description="How far ledger.csv reached.")
    resolutions: Reach | None = Field(default=None, description="How far resolutions.csv reached.")
