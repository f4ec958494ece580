"""Records of the tables of facts: members, acts, ladder, ratifications, chronicle, requirements, programmes."""

from typing import Literal

from pydantic import Field

from shteg.evidence.dates import DateInterval
from shteg.evidence.records import (
    Country,
    Dated,
    Id,
    Localised,
    OptionalDate,
    OptionalFloat,
    OptionalText,
    Record,
    Sourced,
    Text,
)


class Member(Sourced):
    """A member that decides (`members.csv`)."""

    member: Country
    name_en: Text
    name_sq: Text
    member_since: DateInterval
    eu_member_since: OptionalDate = None


class NamedCountry(Sourced):
    """A country that walked the ladder, or is named in the case (`countries.csv`)."""

    country: Country
    independent_on: OptionalDate = None
    note: OptionalText = None


class SeekingSpell(Sourced):
    """A time in which a country sought membership (`seeking.csv`); no end means that it still does."""

    country: Country
    sought_from: DateInterval
    sought_to: OptionalDate = None


class Item(Record):
    """A kind of act (`items.toml`, `[items.ID]`): what its values mean, and whether it counts.

    `levels` maps the values found in `acts.csv` to an ordered category, 0 = most against; values left out carry no
    stance. `repeats` names the item that this one only repeats: then it has no weight of its own.
    """

    title: Localised
    kind: Literal["status", "practical", "military", "statement"]
    levels: dict[str, int] = Field(default_factory=dict)
    repeats: Id | None = None
    note: Localised | None = None


class Items(Record):
    """`items.toml`: every kind of act that `acts.csv` may hold."""

    items: dict[Id, Item] = Field(min_length=1)


class Act(Dated):
    """A dated public act of a state toward the aspirant (`acts.csv`), seen from the aspirant's side."""

    actor: Country
    item: Id
    value: Text
    note: OptionalText = None


class LadderEvent(Dated):
    """A step that a country reached (`ladder.csv`)."""

    country: Country
    event: Id
    note: OptionalText = None


class Ratification(Dated):
    """A member's ratification of a candidate's protocol (`ratifications.csv`)."""

    candidate: Country
    member: Country
    stage: Literal["parliament", "deposit", "unknown"]


class ChronicleEvent(Dated):
    """A dated event of the relation (`chronicle.csv`); `direction` −2…2 is the coder's judgement."""

    id: Id
    title_en: Text
    title_sq: Text
    kind: Id
    direction: int = Field(ge=-2, le=2)
    direction_reason: OptionalText = None


class Requirement(Sourced):
    """A reform with its indicator (`requirements.csv`)."""

    id: Id
    area: Id
    title_en: Text
    title_sq: Text
    indicator_en: Text
    indicator_sq: Text
    baseline: OptionalFloat = None
    baseline_on: OptionalDate = None
    target: OptionalFloat = None
    target_on: OptionalDate = None
    status: Literal["met", "claimed_met", "in_progress", "not_met", "not_open", "unknown"]
    status_on: OptionalDate = None
    note_en: OptionalText = None
    note_sq: OptionalText = None


class Reading(Dated):
    """A value of a requirement's indicator on a date (`readings.csv`)."""

    requirement: Id
    value: float = Field(allow_inf_nan=False)
    note: OptionalText = None


class Programme(Sourced):
    """A programme: who decides, by which rule, after what (`programmes.csv`)."""

    id: Id
    title_en: Text
    title_sq: Text
    decision_body_en: Text
    decision_body_sq: Text
    decision_rule: Literal["consensus", "majority", "sponsors", "request", "treaty", "none", "unknown"]
    prerequisites_en: OptionalText = None
    prerequisites_sq: OptionalText = None
    typical_years: OptionalFloat = None
    note: OptionalText = None


class Partnership(Dated):
    """A bilateral or institutional tie (`partnerships.csv`); `partner` is a country code or the id of a body."""

    id: Id
    partner: Id
    kind: Id
    name_en: Text
    name_sq: Text
    note: OptionalText = None
