"""Records of `case.toml`, `steps.toml`, `pathways.toml` and `recommendations.toml`."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from shteg.estimates import Label
from shteg.evidence.records import Country, Id, Localised, OptionalDate, Parameter, Record, Sourced, Text


class Author(Record):
    """Someone who signs the publication."""

    name: Localised
    about: Localised
    address: str | None = None


class Organisation(Record):
    """The body that the aspirant wants to join."""

    id: Id
    name: Localised
    short: Localised


class CaseHeader(Record):
    """`case.toml`: who wants to join what, as of when, in which languages."""

    id: Id
    title: Localised
    aspirant: Country
    disputant: Country | None = None
    organisation: Organisation
    as_of: date
    seed: int = Field(ge=0, lt=2**63)
    languages: tuple[Id, ...] = Field(min_length=1)
    minimum_base: int = Field(default=20, ge=1)
    licence: Text
    footnote: Localised | None = None
    names: dict[Country, Localised] = Field(default_factory=dict)
    authors: tuple[Author, ...] = Field(min_length=1)
    publisher: Localised
    address: str | None = None


Rule = Literal["all", "two_thirds", "majority", "sponsors", "none"]
"""Who must consent: every member, two thirds, more than half, the named sponsors, nobody."""


class Step(Sourced):
    """A rung or programme on the way (`steps.toml`, `[[steps]]`).

    `events` are the labels of `ladder.csv` that count as having reached it; `existed_from` starts the exposure of
    every country; `statehood_content` (0–1) is how much the step says about the aspirant's statehood;
    `requirement_areas` must be ready before it; `fitted_from` names the step whose fitted times it borrows.
    """

    id: Id
    title: Localised
    rung: int = Field(ge=0)
    events: tuple[Id, ...] = ()
    existed_from: OptionalDate = None
    prerequisites: tuple[Id, ...] = ()
    rule: Rule
    sponsors: tuple[Country, ...] = ()
    statehood_content: float = Field(ge=0, le=1)
    requirement_areas: tuple[Id, ...] = ()
    fitted_from: Id | None = None
    ratified: bool = False
    seeking: bool = True


class Steps(Record):
    """`steps.toml`: the ladder, in order."""

    steps: tuple[Step, ...] = Field(min_length=1)


class RequirementArea(Record):
    """An area of reform, with the time it needs until ready: a Weibull law of median and shape."""

    id: Id
    title: Localised
    median_years: Parameter
    shape: Parameter


class Consent(Record):
    """How consent follows from stance: logit P = intercept + slope·theta − statehood·content + common·F."""

    intercept: Parameter
    slope: Parameter
    statehood: Parameter
    common_factor: Parameter
    change_rate: Parameter
    defection: Parameter


class Settlement(Record):
    """A settlement with the disputant: its yearly rate, whom it moves, and with what probability each follows."""

    rate: Parameter
    moves: tuple[Country, ...]
    follow: Parameter


class Shock(Record):
    """Events from outside that speed up or slow down the procedure while they last."""

    id: Id
    title: Localised
    rate: Parameter
    duration_years: Parameter
    effect: Parameter


class Pathways(Record):
    """`pathways.toml`: the assumptions of the simulation, each a named parameter.

    `procedures` gives, for steps that the ladder does not fit, the median years of the procedure once it may start.
    """

    horizon_years: int = Field(ge=1, le=100)
    report_years: tuple[int, ...] = Field(min_length=1)
    draws: int = Field(ge=10, le=100_000)
    worlds_per_draw: int = Field(ge=1, le=1_000_000)
    consent: Consent
    settlement: Settlement | None = None
    areas: tuple[RequirementArea, ...] = ()
    shocks: tuple[Shock, ...] = ()
    procedures: dict[Id, Parameter] = Field(default_factory=dict)


class Effect(Record):
    """What a measure does to one named parameter of the model.

    `target` is a dotted name: `consent.intercept`, `consent.member.ESP`, `settlement.rate`,
    `area.defence.median_years`, `step.pfp.log_rate`. `operation` "add" adds on the parameter's own scale, "multiply"
    scales it.
    """

    target: Id
    operation: Literal["add", "multiply"]
    value: float = Field(allow_inf_nan=False)
    low: float = Field(allow_inf_nan=False)
    high: float = Field(allow_inf_nan=False)


class Measure(Record):
    """One recommendation, concrete enough to be switched on and off."""

    id: Id
    area: Id
    title: Localised
    text: Localised
    addressee: Localised
    deadline: OptionalDate = None
    label: Label
    rationale: Localised
    effects: tuple[Effect, ...] = Field(min_length=1)
    indicators: tuple[Id, ...] = ()
    start_years: float = Field(default=0.0, ge=0)
    cost: Annotated[Literal["low", "medium", "high"] | None, Field()] = None
    source: Id


class Area(Record):
    """A group of recommendations."""

    id: Id
    title: Localised
    text: Localised


class Recommendations(Record):
    """`recommendations.toml`: areas and the measures in them."""

    areas: tuple[Area, ...] = Field(min_length=1)
    measures: tuple[Measure, ...] = Field(min_length=1)
