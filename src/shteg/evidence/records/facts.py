"""Records of the tables of facts: members, acts, ladder, ratifications, chronicle, requirements, programmes."""

from typing import Annotated, Literal

from pydantic import Field

from shteg.evidence.records.base import (
    Blank,
    Country,
    Dated,
    Id,
    Localised,
    Number,
    OptionalDate,
    OptionalNumber,
    OptionalText,
    Record,
    Sourced,
    Text,
    Whole,
)
from shteg.evidence.records.dates import DateInterval


class Member(Sourced):
    """A member that decides (`members.csv`)."""

    member: Country = Field(description="Country code of the member.")
    name_en: Text = Field(description="Its name in English.")
    name_sq: Text = Field(description="Its name in Albanian.")
    member_since: DateInterval = Field(description="When it joined.")
    eu_member_since: OptionalDate = Field(default=None, description="When it joined the European Union, if it did.")


class NamedCountry(Sourced):
    """A country that walked the ladder, or is named in the case (`countries.csv`)."""

    country: Country = Field(description="Country code.")
    independent_on: OptionalDate = Field(
        default=None, description="Since when it is independent; it could take no step before."
    )
    note: OptionalText = Field(default=None, description="What a reader should know.")


class SeekingSpell(Sourced):
    """A time in which a country sought membership (`seeking.csv`); no end means that it still does."""

    country: Country = Field(description="Country code.")
    sought_from: DateInterval = Field(description="When it began to seek membership.")
    sought_to: OptionalDate = Field(default=None, description="When it ceased to; empty if it still does.")


class Item(Record):
    """A kind of act (`items.toml`, `[items.ID]`): what its values mean, and whether it counts.

    `levels` maps the values found in `acts.csv` to an ordered category, 0 = most against; values left out carry no
    stance. `repeats` names the item that this one only repeats: then it has no weight of its own.
    """

    title: Localised = Field(description="What this kind of act is called.")
    kind: Literal["status", "practical", "military", "statement"] = Field(
        description="Whether it is about status, practice, the military, or is a statement."
    )
    levels: dict[str, Annotated[int, Field(ge=0, le=100)]] = Field(
        default_factory=dict,
        description="The values of acts.csv as ordered categories, 0 most against; values left out carry no stance.",
    )
    repeats: Id | None = Field(
        default=None, description="The item that this one only repeats; then it has no weight of its own."
    )
    note: Localised | None = Field(default=None, description="How it was coded.")


class Items(Record):
    """`items.toml`: every kind of act that `acts.csv` may hold."""

    items: dict[Id, Item] = Field(min_length=1, description="The kinds of acts, by id.")


class Act(Dated):
    """A dated public act of a state toward the aspirant (`acts.csv`), seen from the aspirant's side."""

    actor: Country = Field(description="Country code of the state that acted.")
    item: Id = Field(description="Id in items.toml of the kind of act.")
    value: Text = Field(description="What it did, seen from the aspirant's side.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


class LadderEvent(Dated):
    """A step that a country reached (`ladder.csv`)."""

    country: Country = Field(description="Country code.")
    event: Id = Field(description="Label of the step, as in `events` of steps.toml.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


class Ratification(Dated):
    """A member's ratification of a candidate's protocol (`ratifications.csv`)."""

    candidate: Country = Field(description="Country code of the country that joins.")
    member: Country = Field(description="Country code of the member that ratifies.")
    stage: Literal["parliament", "deposit", "unknown"] = Field(
        description="What the date is of: the vote in parliament or the deposit."
    )


class ChronicleEvent(Dated):
    """A dated event of the relation (`chronicle.csv`); `direction` −2…2 is the coder's judgement."""

    id: Id = Field(description="Short id of the event.")
    title_en: Text = Field(description="What happened, in English.")
    title_sq: Text = Field(description="What happened, in Albanian.")
    kind: Id = Field(description="Kind of event, named in labels.toml.")
    direction: Whole = Field(ge=-2, le=2, description="From −2, much worse, to 2, much better for the aspirant's path.")
    direction_reason: OptionalText = Field(default=None, description="Why it was judged so.")


class Requirement(Sourced):
    """A reform with its indicator (`requirements.csv`)."""

    id: Id = Field(description="Short id of the reform.")
    area: Id = Field(description="Id of an area of pathways.toml or recommendations.toml.")
    title_en: Text = Field(description="What it is called, in English.")
    title_sq: Text = Field(description="What it is called, in Albanian.")
    indicator_en: Text = Field(description="What is measured, in English.")
    indicator_sq: Text = Field(description="What is measured, in Albanian.")
    baseline: OptionalNumber = Field(default=None, description="Value of the indicator at the start.")
    baseline_on: OptionalDate = Field(default=None, description="When that was.")
    target: OptionalNumber = Field(default=None, description="Value at which the reform is done.")
    target_on: OptionalDate = Field(default=None, description="By when.")
    status: Literal["met", "claimed_met", "in_progress", "not_met", "not_open", "unknown"] = Field(
        description="How far it is."
    )
    status_on: OptionalDate = Field(default=None, description="As of when.")
    note_en: OptionalText = Field(default=None, description="What a reader should know, in English.")
    note_sq: OptionalText = Field(default=None, description="What a reader should know, in Albanian.")


class Reading(Dated):
    """A value of a requirement's indicator on a date (`readings.csv`)."""

    requirement: Id = Field(description="Id in requirements.csv.")
    value: Number = Field(description="Value of its indicator.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


class Programme(Sourced):
    """A programme: who decides, by which rule, after what (`programmes.csv`)."""

    id: Id = Field(description="Short id of the programme.")
    title_en: Text = Field(description="What it is called, in English.")
    title_sq: Text = Field(description="What it is called, in Albanian.")
    decision_body_en: Text = Field(description="Who decides, in English.")
    decision_body_sq: Text = Field(description="Who decides, in Albanian.")
    decision_rule: Literal[
        "consensus", "two_thirds", "majority", "sponsors", "request", "treaty", "none", "unknown"
    ] = Field(description="By which rule.")
    prerequisites_en: OptionalText = Field(default=None, description="What comes first, in English.")
    prerequisites_sq: OptionalText = Field(default=None, description="What comes first, in Albanian.")
    typical_years: Annotated[Annotated[Number, Field(ge=0, le=200)] | None, Blank] = Field(
        default=None, description="How many years it usually takes."
    )
    note: OptionalText = Field(default=None, description="What a reader should know.")


class Partnership(Dated):
    """A bilateral or institutional tie (`partnerships.csv`); `partner` is a country code or the id of a body."""

    id: Id = Field(description="Short id of the tie.")
    partner: Id = Field(description="Country code, or the id of a body.")
    kind: Id = Field(description="Kind of tie, named in labels.toml.")
    name_en: Text = Field(description="What it is called, in English.")
    name_sq: Text = Field(description="What it is called, in Albanian.")
    note: OptionalText = Field(default=None, description="What a reader should know.")
