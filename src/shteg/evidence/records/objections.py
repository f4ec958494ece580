"""Records of what members did to many candidates: objections, votes on membership elsewhere, ties between the two."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shteg.evidence.records.base import (
    Blank,
    Country,
    Dated,
    Id,
    MemberCode,
    OptionalDate,
    OptionalText,
    OptionalTexts,
    Sourced,
    Text,
)
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import Counts, GoesWith, Labelled, TakenBack, csv_file, refers

Ending = Literal["settled", "government", "pressure", "dropped", "unknown"]
"""How an objection ended; `dropped`: it lapsed without any of the others, `unknown`: it is not on record how."""
Ground = Literal["statehood", "border", "minority", "law", "domestic", "third_party"]
"""What an objection is about; `border`: a border or a name, `minority`: a minority or an identity, `law`: the rule of
law, `domestic`: politics at home or migration, `third_party`: another state."""


def check_end(began: DateInterval, ended: DateInterval | None, what: str) -> None:
    """Refuse what ends before it begins.

    Parameters
    ----------
    began, ended : DateInterval
        None: it has not ended.
    what : str
        What it is, for the message.

    Raises
    ------
    ValueError
        The end lies before the beginning.
    """
    if ended is not None and ended.last < began.first:
        raise ValueError(f"{what} ends {ended} before it begins {began}")


@csv_file(
    "objections.csv",
    "Times in which a member openly held up a step of a candidate, here and in comparable organisations.",
    "organisation candidate member step began",
    counted=True,
)
class Objection(Sourced):
    """A time in which a member openly holds up a step of a candidate; no end means that it still does.

    The rows are those that were found, and not all there ever were.
    """

    organisation: Id = Field(description="Id of the organisation, in case.toml or comparisons.toml.")
    candidate: Country = Field(description="Country code of the one that is held up.")
    member: Annotated[
        Country, refers("member", "members.csv#member", "comparison_members.csv#member", optional=True)
    ] = Field(description="Country code of the member that objects.")
    step: Annotated[Id, refers("step", "steps.toml#steps", "comparisons.toml#steps", optional=True)] = Field(
        description="Id of the step that is held up: in steps.toml, or in comparisons.toml of another organisation."
    )
    began: Annotated[DateInterval, Counts()] = Field(description="When the objection became public.")
    ended: Annotated[OptionalDate, TakenBack()] = Field(default=None, description="When it ended; empty if it has not.")
    ending: Annotated[
        Annotated[Ending | None, Blank],
        GoesWith("ended"),
        Labelled("ending"),
    ] = Field(default=None, description="How it ended; empty while it is open.")
    ground: Annotated[Ground, Labelled("ground")] = Field(description="What the objection is about.")
    known_on: OptionalDate = Field(
        default=None, description="When the public could know that it began; empty means when it began."
    )
    note: OptionalTexts = Field(default=None, description="What a reader should know.")

    @model_validator(mode="after")
    def _ends_as_told(self) -> "Objection":
        check_end(self.began, self.ended, "the objection")
        if self.ended is None and self.ending is not None:
            raise ValueError(f"the objection ends as `{self.ending}`, and `ended` is empty")
        if self.ended is not None and self.ending is None:
            raise ValueError(
                f"the objection ended {self.ended}, and `ending` does not say how (`unknown` if nobody knows)"
            )
        return self


@csv_file(
    "membership_votes.csv",
    "How each member voted on the membership of the aspirant, or of comparable candidates, in other organisations.",
    "item candidate member happened_on",
    counted=True,
)
class MembershipVote(Dated):
    """A member's vote on the membership of a candidate elsewhere; on the aspirant it is an act like others."""

    item: Annotated[Id, refers("item", "items.toml#items")] = Field(
        description="Id in items.toml of the vote; its `levels` order the values."
    )
    candidate: Country = Field(description="Country code of the one whose membership was voted on.")
    member: MemberCode = Field(description="Country code of the member that voted.")
    value: Annotated[Text, Labelled("value")] = Field(description="How it voted, seen from the candidate's side.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


@csv_file(
    "dyads.csv",
    "Ties between candidates and members on which an objection may rest.",
    "candidate member relation since",
    published=False,
)
class Dyad(Sourced):
    """A relation between a candidate and a member; no row means that there is none."""

    candidate: Country = Field(description="Country code of the candidate.")
    member: Country = Field(description="Country code of the member.")
    relation: Literal["non_recognition", "dispute", "kin_minority", "neighbour"] = Field(
        description="Not recognised by the member, an open dispute between the two, a minority of the nation of one "
        "in the other that is an issue between them, or a common land border."
    )
    since: Annotated[DateInterval, Counts()] = Field(description="When it began.")
    until: Annotated[OptionalDate, TakenBack()] = Field(default=None, description="When it ended; empty if it has not.")
    known_on: OptionalDate = Field(
        default=None, description="When the public could know it; empty means since it began."
    )
    note: OptionalText = Field(default=None, description="What a reader should know.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Dyad":
        check_end(self.since, self.until, "the relation")
        return self


@csv_file(
    "comparison_members.csv",
    "The members of the other organisations: who could object there.",
    "organisation member member_since",
    published=False,
    frame=True,
)
class ComparisonMember(Sourced):
    """A member of another organisation, from when to when."""

    organisation: Annotated[Id, refers("organisation", "comparisons.toml#organisations")] = Field(
        description="Id of the organisation in comparisons.toml."
    )
    member: Country = Field(description="Country code of the member.")
    member_since: Annotated[DateInterval, Counts()] = Field(description="When it joined.")
    member_until: Annotated[OptionalDate, TakenBack()] = Field(
        default=None, description="When it left; empty if it is a member."
    )

    @model_validator(mode="after")
    def _leaves_after_it_joins(self) -> "ComparisonMember":
        check_end(self.member_since, self.member_until, "the membership")
        return self
