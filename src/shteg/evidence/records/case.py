"""Records of `case.toml`, `steps.toml`, `pathways.toml` and `recommendations.toml`."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shteg.estimates import Label
from shteg.evidence.records.base import (
    Address,
    Country,
    Id,
    Localised,
    OptionalDate,
    Parameter,
    Size,
    Sourced,
    SourceId,
    StepIds,
    Text,
)
from shteg.evidence.records.declarations import Ahead, Record, TakenBack, refers, toml_file
from shteg.evidence.records.identifiers import Contact, Doi, Isbn, Mail, Orcid


class Author(Record):
    """Someone who signs the publication."""

    name: Localised = Field(description="Name as it is signed.")
    about: Localised = Field(description="Two or three sentences for “About the author”.")
    address: Address = Field(default=None, description="Web page of the author.")
    orcid: Orcid = Field(default=None, description="ORCID of the author, without the address before it.")
    email: Mail = Field(default=None, description="Mail address of the author, where readers may write.")


class Reviewer(Record):
    """Someone who read the publication before it went out."""

    name: Localised = Field(description="Name of the reviewer.")
    about: Localised | None = Field(default=None, description="Who that is, in a sentence.")
    address: Address = Field(default=None, description="Web page of the reviewer.")


class Funder(Record):
    """Someone who paid for the work."""

    name: Localised = Field(description="Name of the funder.")
    text: Localised | None = Field(
        default=None, description="What was paid for, and what the funder had no say in, in a sentence or two."
    )
    address: Address = Field(default=None, description="Web page of the funder.")


class Organisation(Record):
    """The body that the aspirant wants to join."""

    id: Id = Field(description="Short id of the organisation.")
    name: Localised = Field(description="Full name.")
    short: Localised = Field(description="Short name used in running text.")


class TrackerSettings(Record):
    """How the tracker speaks of commitments."""

    verdicts: bool = Field(
        default=True,
        description="Whether it gives status, timeliness and shares; with `false` it shows what happened and no more.",
    )
    fresh_months: int = Field(
        default=12, ge=1, le=600, description="Months after which the last event of a commitment is no longer fresh."
    )


class Changes(Record):
    """With what the publication compares itself on the page of what changed."""

    since: Annotated[date, Ahead()] = Field(
        description="An earlier day: what was known then, computed by the same code, is compared with this edition."
    )


ImageId = Annotated[Id | None, refers("image", "images.toml#images")]
"""A picture of the case."""
_STEP_KEYS = refers("step", "steps.toml#steps", keys=True)


@toml_file("case.toml", "Who wants to join what, as of when, in which languages.", required=True)
class CaseHeader(Record):
    """Who wants to join what, as of when, in which languages."""

    id: Id = Field(description="Short id of the case.")
    title: Localised = Field(description="Title of the publication.")
    aspirant: Country = Field(description="The country that wants to join.")
    disputant: Country | None = Field(
        default=None, description="The country that disputes the aspirant's statehood, if there is one."
    )
    organisation: Organisation = Field(description="The body that the aspirant wants to join.")
    as_of: Annotated[date, Ahead()] = Field(
        ge=date(1900, 1, 1),
        le=date(2200, 12, 31),
        description="The day as of which the case stands; nothing in it may have happened later.",
    )
    seed: int = Field(
        ge=0, lt=2**63, description="Seed of all random numbers; the same seed gives the same publication."
    )
    languages: tuple[Id, ...] = Field(
        min_length=1, description="Languages of the publication; every text exists in each of them, but for `not_yet`."
    )
    not_yet: dict[Id, tuple[Id, ...]] = Field(
        default_factory=dict,
        description="Languages in which a text does not exist yet, by its name: its page there says so, with links.",
    )
    minimum_base: int = Field(
        default=20, ge=1, le=1_000_000, description="Survey cells with fewer respondents are not shown."
    )
    licence: Text = Field(description="Licence of the texts and data of the case.")
    footnote: Localised | None = Field(
        default=None, description="A note that stands under every page, for example on a name."
    )
    footnote_marks: dict[Id, bool] = Field(
        default_factory=dict,
        description=(
            "By language: whether an asterisk beside the name of the aspirant on maps leads to the note (true), or "
            "neither asterisk nor note is printed (false); where a language is left out, the note stands without one."
        ),
    )
    names: dict[Country, Localised] = Field(
        default_factory=dict,
        description="Names of countries, by code, that CLDR does not have or that this case calls differently.",
    )
    in_sentence: dict[Country, Localised] = Field(
        default_factory=dict,
        description="Names of countries, by code, inside a sentence, where they differ there: with an article, say.",
    )
    authors: tuple[Author, ...] = Field(min_length=1, description="Who signs, in order.")
    publisher: Localised = Field(description="Who publishes.")
    address: Address = Field(default=None, description="Web address of the publication.")
    reviewers: tuple[Reviewer, ...] = Field(default=(), description="Who reviewed it, in order.")
    funders: tuple[Funder, ...] = Field(default=(), description="Who paid for it, in order.")
    contact: Contact = Field(default=None, description="Mail or web address for questions and corrections.")
    doi: Doi = Field(default=None, description="DOI of the publication, without the address before it.")
    isbn: Isbn = Field(default=None, description="ISBN of the publication.")
    cover: ImageId = Field(default=None, description="Id in images.toml of the picture on the cover.")
    logo: ImageId = Field(default=None, description="Id in images.toml of the publisher's logo.")
    tracker: TrackerSettings = Field(
        default=TrackerSettings(), description="How the tracker speaks of commitments (commitments/)."
    )
    changes: Changes | None = Field(default=None, description="With what the page of what changed compares.")


Rule = Literal["all", "two_thirds", "majority", "sponsors", "none"]
"""Who must consent: every member, two thirds, more than half, the named sponsors, nobody."""


class Step(Sourced):
    """A rung or programme on the way (`steps.toml`, `[[steps]]`).

    `events` are the labels of `ladder.csv` that count as having reached it; `existed_from` starts the exposure of
    every country; `statehood_content` (0–1) is how much the step says about the aspirant's statehood;
    `requirement_areas` must be ready before it; `fitted_from` names the step whose fitted times it borrows.
    """

    id: Id = Field(description="Short id of the step.")
    title: Localised = Field(description="What the step is called.")
    rung: int = Field(ge=0, le=1000, description="Place on the ladder, 0 for programmes beside it.")
    events: tuple[Id, ...] = Field(
        default=(), description="Labels in ladder.csv that count as having reached the step."
    )
    existed_from: OptionalDate = Field(
        default=None, description="Since when the step exists; no country could reach it before."
    )
    prerequisites: StepIds = Field(default=(), description="Steps that come first.")
    rule: Rule = Field(
        description="Who must consent: every member, two thirds, more than half, the named sponsors, nobody."
    )
    sponsors: Annotated[tuple[Country, ...], refers("member", "members.csv#member")] = Field(
        default=(), description="The members that decide, where the rule is `sponsors`."
    )
    statehood_content: float = Field(
        ge=0, le=1, description="How much the step says about the aspirant's statehood, from 0 to 1."
    )
    requirement_areas: Annotated[tuple[Id, ...], refers("area", "pathways.toml#areas")] = Field(
        default=(), description="Areas of reform that must be ready first."
    )
    fitted_from: Annotated[Id | None, refers("step", "steps.toml#steps")] = Field(
        default=None, description="Step whose fitted times this one borrows."
    )
    ratified: bool = Field(
        default=False, description="Whether members ratify this step, so that its time comes from ratifications.csv."
    )
    seeking: bool = Field(default=True, description="Whether only countries in a spell of seeking.csv could reach it.")


@toml_file("steps.toml", "The steps of the path, in order, and who decides on each.", required=True)
class Steps(Record):
    """The ladder, in order."""

    steps: tuple[Step, ...] = Field(min_length=1, description="The steps, in order.")


class RequirementArea(Record):
    """An area of reform, with the time it needs until ready: a Weibull law of median and shape."""

    id: Id = Field(description="Short id of the area.")
    title: Localised = Field(description="What the area is called.")
    median_years: Parameter = Field(description="Median years until the area is ready.")
    shape: Parameter = Field(description="Shape of the Weibull law of that time.")
    started_on: Annotated[OptionalDate, TakenBack()] = Field(
        default=None, description="Since when the work is under way: the time gone by counts."
    )


class Episodes(Record):
    """Members begin to block and cease to: rates a year, the first of which depends on the stance.

    `onset` and `end` left out are taken from the objections on record (objections.csv).
    """

    onset: Parameter | None = Field(
        default=None,
        description="Yearly rate at which a member of stance 0 begins to block.",
    )
    stance: Parameter = Field(description="What one unit of stance adds to the log of that rate.")
    end: Parameter | None = Field(default=None, description="Yearly rate at which such a block ends.")


class Consent(Record):
    """How consent follows from stance: logit P = intercept + slope·theta − statehood·content + common·F."""

    intercept: Parameter = Field(
        description="Readiness, in logits, to consent to a step that says nothing about statehood."
    )
    slope: Parameter = Field(description="Logits for each unit of stance.")
    statehood: Parameter = Field(description="Logits lost for a step that is wholly about statehood.")
    common_factor: Parameter = Field(description="Logits for each unit of the factor that moves all members together.")
    change_rate: Parameter = Field(description="Yearly rate at which a member that blocks comes round.")
    defection: Parameter | None = Field(
        default=None, description="Share of the consents that fail all the same; none if left out."
    )
    episodes: Episodes | None = Field(default=None, description="Blocks that come and go, whatever the consent before.")


class Settlement(Record):
    """A settlement with the disputant: its yearly rate, whom it moves, and with what probability each follows."""

    rate: Parameter = Field(description="Yearly rate of a settlement.")
    moves: Annotated[tuple[Country, ...], refers("member", "members.csv#member")] = Field(
        description="Members that the settlement may move."
    )
    follow: Parameter = Field(description="Probability that such a member follows.")


class Shock(Record):
    """Events, from outside or of the aspirant's own making, that speed up or slow down the procedure."""

    id: Id = Field(description="Short id of the kind of event.")
    title: Localised = Field(description="What it is called.")
    origin: Literal["outside", "aspirant"] = Field(
        default="outside", description="Whether it comes from outside or from the aspirant itself."
    )
    under_way_since: Annotated[OptionalDate, TakenBack()] = Field(
        default=None, description="Since when such an event is under way on the day of the case, if one is."
    )
    rate: Parameter = Field(description="Events a year.")
    duration_years: Parameter = Field(description="How long one lasts.")
    effect: Parameter = Field(description="What it adds to the log rate of procedures while it lasts.")


class Withdrawal(Record):
    """The aspirant ceases to seek accession, and may begin again: rates a year."""

    rate: Parameter = Field(description="Yearly rate at which the aspirant ceases to seek.")
    return_rate: Parameter = Field(description="Yearly rate at which it begins again.")


class Route(Record):
    """A way to compare with others: the steps that it asks for, in order; the last one is its end."""

    id: Id = Field(description="Short id of the route.")
    title: Localised = Field(description="What it is called.")
    text: Localised | None = Field(default=None, description="What it is, in a sentence or two.")
    steps: StepIds = Field(min_length=1, description="Its steps, in order.")


@toml_file("pathways.toml", "The assumptions of the simulation, each with its range.", required=True)
class Pathways(Record):
    """The assumptions of the simulation, each a named parameter.

    `procedures` gives, for steps that the ladder does not fit, the median years of the procedure once it may start.
    """

    horizon_years: int = Field(ge=1, le=100, description="How many years the simulation looks ahead.")
    report_years: tuple[int, ...] = Field(
        min_length=1, description="Calendar years for which the publication gives probabilities."
    )
    draws: int = Field(ge=10, le=100_000, description="Draws of the parameters.")
    worlds_per_draw: int = Field(ge=1, le=1_000_000, description="The most worlds simulated for each draw.")
    consent: Consent = Field(description="How consent follows from stance.")
    settlement: Settlement | None = Field(default=None, description="A settlement with the disputant.")
    areas: tuple[RequirementArea, ...] = Field(default=(), description="Areas of reform and the time they need.")
    shocks: tuple[Shock, ...] = Field(default=(), description="Events from outside, or of the aspirant's own making.")
    withdrawal: Withdrawal | None = Field(default=None, description="The aspirant may cease to seek accession.")
    reversals: Annotated[dict[Id, Parameter], _STEP_KEYS] = Field(
        default_factory=dict, description="Yearly rate at which a step is lost again once reached, by step."
    )
    routes: tuple[Route, ...] = Field(default=(), description="Ways to compare side by side.")
    procedures: Annotated[dict[Id, Parameter], _STEP_KEYS] = Field(
        default_factory=dict, description="Median years of the procedure, by step, where the ladder gives none."
    )


class Effect(Record):
    """What a measure does to one named parameter of the model.

    `target` is a dotted name: `consent.intercept`, `consent.member.ESP`, `settlement.rate`,
    `area.defence.median_years`, `step.pfp.log_rate`. `operation` "add" adds on the parameter's own scale, "multiply"
    scales it.
    """

    target: Id = Field(description="The parameter that is moved, such as `consent.member.XAB` or `step.plan.log_rate`.")
    operation: Literal["add", "multiply"] = Field(
        description="Whether the value is added on the parameter's own scale or scales it."
    )
    value: Size = Field(description="Central value of the effect.")
    low: Size = Field(description="Lower end of its central 90 % range.")
    high: Size = Field(description="Upper end of its central 90 % range.")


class Measure(Record):
    """One recommendation, concrete enough to be switched on and off."""

    id: Id = Field(description="Short id of the measure.")
    area: Annotated[Id, refers("area", "recommendations.toml#areas")] = Field(
        description="Id of its area in this file."
    )
    title: Localised = Field(description="What should be done, in a few words.")
    text: Localised = Field(description="What should be done, in full.")
    addressee: Localised = Field(description="Who should do it.")
    deadline: Annotated[OptionalDate, Ahead()] = Field(default=None, description="By when.")
    label: Label = Field(description="How much the data say about its effects.")
    rationale: Localised = Field(description="Why it should help.")
    effects: tuple[Effect, ...] = Field(min_length=1, description="What it moves in the model.")
    indicators: Annotated[tuple[Id, ...], refers("requirement", "requirements.csv#id")] = Field(
        default=(), description="Ids in requirements.csv by which one sees that it is done."
    )
    start_years: float = Field(default=0.0, ge=0, le=100, description="Years until the measure works.")
    cost: Literal["low", "medium", "high"] | None = Field(default=None, description="How much it costs.")
    source: SourceId = Field(description="Id in sources.toml of what the effects rest on.")


class Area(Record):
    """A group of recommendations."""

    id: Id = Field(description="Short id of the area.")
    title: Localised = Field(description="What the area is called.")
    text: Localised = Field(description="What the measures in it are for.")


@toml_file("recommendations.toml", "The measures, by area, and what each moves.", required=True)
class Recommendations(Record):
    """Areas and the measures in them."""

    areas: tuple[Area, ...] = Field(min_length=1, description="The areas, in order.")
    measures: tuple[Measure, ...] = Field(min_length=1, description="The measures, in order.")
