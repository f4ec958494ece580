"""Records of the tables of facts: members, acts, ladder, ratifications, chronicle, requirements, programmes."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shteg.evidence.records.base import (
    Blank,
    Country,
    Dated,
    Id,
    Localised,
    MemberCode,
    Number,
    OptionalDate,
    OptionalNumber,
    OptionalText,
    OptionalTexts,
    Sourced,
    Text,
    Texts,
    Walker,
    Whole,
)
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import (
    Ahead,
    CountryCode,
    Counts,
    Labelled,
    Record,
    TakenBack,
    csv_file,
    refers,
    toml_file,
)


@csv_file("members.csv", "The members that decide.", "member", required=True, counted=True, frame=True)
class Member(Sourced):
    """A member that decides."""

    member: Country = Field(description="Country code of the member.")
    name: Texts = Field(description="Its name.")
    member_since: Annotated[DateInterval, Counts()] = Field(description="When it joined.")
    eu_member_since: Annotated[OptionalDate, TakenBack()] = Field(
        default=None, description="When it joined the European Union, if it did."
    )


@csv_file("countries.csv", "The countries that walked the ladder.", "country", published=False, frame=True)
class NamedCountry(Sourced):
    """A country that walked the ladder, or is named in the case."""

    country: Country = Field(description="Country code.")
    independent_on: OptionalDate = Field(
        default=None, description="Since when it is independent; it could take no step before."
    )
    note: OptionalText = Field(default=None, description="What a reader should know.")


@csv_file("seeking.csv", "When each country sought membership.", "country sought_from", published=False)
class SeekingSpell(Sourced):
    """A time in which a country sought membership; no end means that it still does."""

    country: Walker = Field(description="Country code.")
    sought_from: Annotated[DateInterval, Counts()] = Field(description="When it began to seek membership.")
    sought_to: Annotated[OptionalDate, TakenBack()] = Field(
        default=None, description="When it ceased to; empty if it still does."
    )


class Item(Record):
    """A kind of act (`[items.ID]`): what its values mean, and whether it counts.

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
    repeats: Annotated[Id | None, refers("item", "items.toml#items")] = Field(
        default=None, description="The item that this one only repeats; then it has no weight of its own."
    )
    statehood_content: Annotated[float | None, Field(ge=0, le=1)] = Field(
        default=None,
        description="Of a vote on membership: the share of the question of statehood that it carries.",
    )
    says: dict[str, Localised] = Field(
        default_factory=dict,
        description="By value, what a member that did this did; under `number` for every value that is a number, which "
        "stands for `{number}`.",
    )
    note: Localised | None = Field(default=None, description="How it was coded.")


@toml_file("items.toml", "The kinds of acts that tell where a member stands.", required=True)
class Items(Record):
    """Every kind of act that `acts.csv` may hold."""

    items: dict[Id, Item] = Field(min_length=1, description="The kinds of acts, by id.")


@csv_file(
    "acts.csv",
    "Dated public acts and votes of states toward the aspirant, seen from the aspirant's side.",
    "actor item happened_on value",
    counted=True,
)
class Act(Dated):
    """A dated public act of a state toward the aspirant, seen from the aspirant's side."""

    actor: Country = Field(description="Country code of the state that acted.")
    item: Annotated[Id, refers("item", "items.toml#items")] = Field(description="Id in items.toml of the kind of act.")
    value: Annotated[Text, Labelled("value")] = Field(description="What it did, seen from the aspirant's side.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


@csv_file(
    "ladder.csv",
    "Steps reached by every country that walked the ladder.",
    "country event happened_on",
    counted=True,
)
class LadderEvent(Dated):
    """A step that a country reached."""

    country: Walker = Field(description="Country code.")
    event: Annotated[Id, Labelled("event")] = Field(description="Label of the step, as in `events` of steps.toml.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


@csv_file(
    "ratifications.csv",
    "Ratifications of accession protocols, by candidate and member.",
    "candidate member stage",
    counted=True,
)
class Ratification(Dated):
    """A member's ratification of a candidate's protocol."""

    candidate: Walker = Field(description="Country code of the country that joins.")
    member: MemberCode = Field(description="Country code of the member that ratifies.")
    stage: Annotated[Literal["parliament", "deposit", "unknown"], Labelled("stage")] = Field(
        description="What the date is of: the vote in parliament or the deposit."
    )


@csv_file("chronicle.csv", "Dated events of the relation between aspirant and organisation.", "id", counted=True)
class ChronicleEvent(Dated):
    """A dated event of the relation; `direction` −2…2 is the coder's judgement of what somebody decided."""

    id: Id = Field(description="Short id of the event.")
    title: Texts = Field(description="What happened.")
    kind: Annotated[Id, Labelled("kind")] = Field(description="Kind of event, named in labels.toml.")
    actor: Literal["organisation", "members", "aspirant", "bodies", "world"] = Field(
        description="Who decided it: the organisation, some of its members, the aspirant, other bodies; `world`: none "
        "of these, an event that has no direction."
    )
    direction: Whole = Field(
        ge=-2, le=2, description="From −2, much worse, to 2, much better for the aspirant's path; 0 in the `world`."
    )
    direction_reason: OptionalText = Field(default=None, description="Why it was judged so.")

    @model_validator(mode="after")
    def _world_has_no_direction(self) -> "ChronicleEvent":
        if self.actor == "world" and self.direction:
            raise ValueError("an event in the `world` has no direction: write 0, or say whose act it is in `actor`")
        return self


@csv_file("requirements.csv", "Reforms with indicator, baseline, target and status.", "id", counted=True)
class Requirement(Sourced):
    """A reform with its indicator."""

    id: Id = Field(description="Short id of the reform.")
    area: Annotated[Id, refers("area", "pathways.toml#areas", "recommendations.toml#areas")] = Field(
        description="Id of an area of pathways.toml or recommendations.toml."
    )
    title: Texts = Field(description="What it is called.")
    indicator: Texts = Field(description="What is measured.")
    baseline: OptionalNumber = Field(default=None, description="Value of the indicator at the start.")
    baseline_on: OptionalDate = Field(default=None, description="When that was.")
    target: OptionalNumber = Field(default=None, description="Value at which the reform is done.")
    target_on: Annotated[OptionalDate, Ahead()] = Field(default=None, description="By when.")
    status: Annotated[
        Literal["met", "claimed_met", "in_progress", "not_met", "not_open", "unknown"], Labelled("status")
    ] = Field(description="How far it is.")
    status_on: OptionalDate = Field(default=None, description="As of when.")
    note: OptionalTexts = Field(default=None, description="What a reader should know.")


@csv_file("readings.csv", "Readings of the indicators of requirements.", "requirement happened_on", counted=True)
class Reading(Dated):
    """A value of a requirement's indicator on a date."""

    requirement: Annotated[Id, refers("requirement", "requirements.csv#id")] = Field(
        description="Id in requirements.csv."
    )
    value: Number = Field(description="Value of its indicator.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


@csv_file("programmes.csv", "Programmes: who decides, by which rule, after what.", "id", counted=True)
class Programme(Sourced):
    """A programme: who decides, by which rule, after what."""

    id: Id = Field(description="Short id of the programme.")
    title: Texts = Field(description="What it is called.")
    decision_body: Texts = Field(description="Who decides.")
    decision_rule: Annotated[
        Literal["consensus", "two_thirds", "majority", "sponsors", "request", "treaty", "none", "unknown"],
        Labelled("rule"),
    ] = Field(description="By which rule.")
    prerequisites: OptionalTexts = Field(default=None, description="What comes first.")
    typical_years: Annotated[Annotated[Number, Field(ge=0, le=200)] | None, Blank] = Field(
        default=None, description="How many years it usually takes."
    )
    note: OptionalText = Field(default=None, description="What a reader should know.")


@csv_file("partnerships.csv", "Bilateral and institutional ties.", "id", counted=True)
class Partnership(Dated):
    """A bilateral or institutional tie; `partner` is a country code or the id of a body."""

    id: Id = Field(description="Short id of the tie.")
    partner: Annotated[Id, CountryCode(), Labelled("partner")] = Field(description="Country code, or the id of a body.")
    kind: Annotated[Id, Labelled("kind")] = Field(description="Kind of tie, named in labels.toml.")
    name: Texts = Field(description="What it is called.")
    note: OptionalText = Field(default=None, description="What a reader should know.")
