"""Records of the tracker: commitments with their life cycles, and the events that say how far each has come."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator

from shteg.evidence.records.base import Blank, Dated, Id, Localised, OptionalDate, OptionalText, Sourced, Whole
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import Ahead, Counts, Labelled, Record, csv_file, refers, toml_file

Axis = Literal["official", "evidence", "assessment"]
"""Whose word it is: of those who owe it, of documents and counts, of somebody who judged it from outside."""
NOT_STARTED, REVERSED = "not_started", "reversed"
"""Stages of every life cycle: nothing was done yet; what was done is undone, and the life cycle starts anew."""
_LINK = Annotated[Id | None, Blank]


class Stage(Record):
    """One stage of a life cycle, in order."""

    id: Id = Field(description="Short id of the stage; not `not_started` and not `reversed`, which every cycle has.")
    title: Localised = Field(description="What it is called.")
    weight: float = Field(gt=0, le=1, description="How much of the whole is done once it is reached; the last is 1.")


class LifeCycle(Record):
    """What a commitment goes through until it is done: a law is drafted, adopted, applied."""

    title: Localised = Field(description="What kind of commitment it is for.")
    stages: tuple[Stage, ...] = Field(min_length=1, description="Its stages, in order, each with a greater weight.")

    @model_validator(mode="after")
    def _rises_to_one(self) -> "LifeCycle":
        weights = [stage.weight for stage in self.stages]
        if any(later <= earlier for earlier, later in pairwise(weights)):
            raise ValueError("each stage has a greater weight than the one before it")
        if weights[-1] != 1:
            raise ValueError("the last stage has the weight 1: then it is done")
        if taken := {stage.id for stage in self.stages} & {NOT_STARTED, REVERSED}:
            raise ValueError(f"every life cycle has `{min(taken)}` without naming it")
        return self


@toml_file("commitments/life_cycles.toml", "What commitments go through until they are done.")
class LifeCycles(Record):
    """The life cycles, by id."""

    life_cycles: dict[Id, LifeCycle] = Field(min_length=1, description="The life cycles, by id.")


@csv_file(
    "commitments/commitments.csv", "What was promised, required or recommended: by whom to be done, by when.", "id",
    published=False,
)  # fmt: skip
class Commitment(Sourced):
    """A commitment that is followed.

    Its title is that of the measure, requirement or programme that it names, in this order, unless labels.toml names
    it under [labels.commitment]; so is its last day.
    """

    id: Id = Field(description="Short id of the commitment.")
    kind: Literal["pledge", "requirement", "recommendation", "measure"] = Field(
        description="Promised, required, recommended by others, or recommended by this publication."
    )
    addressee: Annotated[Id, Labelled("addressee")] = Field(description="Who is to do it, named in labels.toml.")
    area: Annotated[Id, refers("area", "recommendations.toml#areas")] = Field(
        description="Id of its area in recommendations.toml."
    )
    life_cycle: Annotated[Id, refers("life cycle", "commitments/life_cycles.toml#life_cycles")] = Field(
        description="Id in life_cycles.toml of what it goes through."
    )
    made_on: Annotated[DateInterval, Counts()] = Field(description="When it was made.")
    known_on: OptionalDate = Field(
        default=None, description="When the public could know it; empty means when it was made."
    )
    due: Annotated[OptionalDate, Ahead()] = Field(
        default=None, description="By when; empty means the date of the measure or requirement, if that has one."
    )
    measure: Annotated[_LINK, refers("measure", "recommendations.toml#measures")] = Field(
        default=None, description="The measure of recommendations.toml that it is."
    )
    requirement: Annotated[_LINK, refers("requirement", "requirements.csv#id", optional=True)] = Field(
        default=None, description="The requirement whose readings and status tell how far it is."
    )
    programme: Annotated[_LINK, refers("programme", "programmes.csv#id", optional=True)] = Field(
        default=None, description="The programme that it is about."
    )

    @property
    def links(self) -> tuple[tuple[str, str], ...]:
        """What it names, as kind and id, in the order in which it takes its title from there."""
        named = (("measure", self.measure), ("requirement", self.requirement), ("programme", self.programme))
        return tuple((kind, one) for kind, one in named if one is not None)


CommitmentId = Annotated[Id, refers("commitment", "commitments/commitments.csv#id")]


@csv_file(
    "commitments/events.csv", "What happened to commitments; lines are only ever added.", "id",
    table="commitment_events", published=False,
)  # fmt: skip
class CommitmentEvent(Dated):
    """An event: how far a commitment is on one axis, or that an earlier event no longer stands.

    What readings.csv, requirements.csv and chronicle.csv say already is not said again: readings and status count by
    themselves, rows of the chronicle through `commitments/chronicle.csv`.
    """

    id: Whole = Field(ge=1, le=10_000_000, description="Number of the line, from 1 without a gap.")
    recorded_on: Annotated[DateInterval, Ahead()] = Field(description="The day on which the line was written.")
    commitment: CommitmentId = Field(description="Id in commitments.csv.")
    axis: Axis = Field(description="Whose word it is.")
    stage: Annotated[Id | None, Blank] = Field(
        default=None, description="Stage of its life cycle, or `not_started`, or `reversed`; empty where it withdraws."
    )
    withdraws: Annotated[Annotated[Whole, Field(ge=1, le=10_000_000)] | None, Blank] = Field(
        default=None, description="Number of an earlier line that no longer stands."
    )
    note: OptionalText = Field(default=None, description="What an editor should know; stands in the data only.")
    hash: Annotated[str | None, Blank, Field(pattern="^[0-9a-f]{64}$")] = Field(
        default=None, description="SHA-256 over this line and all before it; `shteg track add` writes it."
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> "CommitmentEvent":
        if (self.stage is None) == (self.withdraws is None):
            raise ValueError("an event names a `stage`, or in `withdraws` the line that it withdraws: one of the two")
        return self


@csv_file(
    "commitments/chronicle.csv", "What events of the chronicle say about commitments.", "commitment event axis",
    table="commitment_chronicle", published=False,
)  # fmt: skip
class ChronicleLink(Record):
    """An event of the chronicle as an event of a commitment: date, source and grade are those of the chronicle."""

    commitment: CommitmentId = Field(description="Id in commitments.csv.")
    event: Annotated[Id, refers("event of the chronicle", "chronicle.csv#id", optional=True)] = Field(
        description="Id in chronicle.csv."
    )
    axis: Axis = Field(description="Whose word it is.")
    stage: Id = Field(description="Stage of its life cycle, or `not_started`, or `reversed`.")


@csv_file(
    "commitments/readings.csv", "Readings of requirements that are the word of others than the evidence.",
    "commitment happened_on", table="commitment_readings", published=False,
)  # fmt: skip
class ReadingLink(Record):
    """Whose word a reading is, where it is not evidence: a number that only those who owe it have given."""

    commitment: CommitmentId = Field(description="Id in commitments.csv; it names a requirement.")
    happened_on: DateInterval = Field(description="Date of the reading in readings.csv.")
    axis: Axis = Field(description="Whose word it is.")
