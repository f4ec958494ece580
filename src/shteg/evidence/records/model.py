"""Records of what only the models use: covariates, governments, ladders of other bodies, scenarios."""

from typing import Annotated, Literal

from pydantic import Field

from shteg.evidence.records.base import (
    Country,
    Dated,
    Id,
    Localised,
    Number,
    OptionalDate,
    OptionalText,
    Size,
    Sourced,
    StepIds,
)
from shteg.evidence.records.declarations import Record, csv_file, refers, toml_file
from shteg.evidence.records.facts import LadderEvent


@csv_file(
    "governments.csv", "Days on which governments of other parties took office.", "country happened_on", counted=True
)
class Government(Dated):
    """A government of other parties takes office: a stance may move more than usual then."""

    country: Country = Field(description="Country code.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


class Variable(Record):
    """A quantity by country and year (`[variables.ID]`), and how a model takes it.

    A model sees (value − `centre`) / `scale`, of the logarithm where `log` is set. The case fixes both numbers, so that
    a value of later years changes nothing before them.
    """

    title: Localised = Field(description="What it is called.")
    use: tuple[Literal["ladder", "stance"], ...] = Field(
        min_length=1, description="The models that take it: the ladder of countries, or the stance of members."
    )
    steps: StepIds = Field(
        default=(), description="Steps of the ladder on which it may act; none named means all of them."
    )
    centre: Number = Field(default=0.0, description="What is taken away before scaling.")
    scale: Number = Field(default=1.0, gt=0, description="What one unit of the model is.")
    log: bool = Field(default=False, description="Whether the natural logarithm is taken first.")
    note: Localised | None = Field(default=None, description="What a reader should know.")


@toml_file("variables.toml", "The quantities by country and year that the models take.")
class Variables(Record):
    """The quantities that covariates.csv may hold."""

    variables: dict[Id, Variable] = Field(min_length=1, description="The quantities, by id.")


@csv_file(
    "covariates.csv",
    "Values by country and year that the models take.",
    "country variable happened_on",
    counted=True,
)
class Covariate(Dated):
    """A value of a variable for a country; `happened_on` is the year or day that it describes."""

    country: Country = Field(description="Country code.")
    variable: Annotated[Id, refers("variable", "variables.toml#variables")] = Field(description="Id in variables.toml.")
    value: Number = Field(description="The value, in the unit of its publisher.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


class ComparisonStep(Sourced):
    """A step of the ladder of another organisation, like one of steps.toml.

    Its times inform those of `parallel_to` as far as organisations are alike; no path leads over it. Without that, it
    only comes before other steps of its organisation, or is what an objection holds up.
    """

    id: Id = Field(description="Short id of the step; none of steps.toml.")
    organisation: Annotated[Id, refers("organisation", "comparisons.toml#organisations")] = Field(
        description="Id of the organisation, in this file."
    )
    title: Localised | None = Field(
        default=None, description="What it is called; left out, as the step that it is like, or by its id."
    )
    parallel_to: Annotated[Id | None, refers("step", "steps.toml#steps")] = Field(
        default=None, description="The step of steps.toml that it is like; left out, it is like none and is not pooled."
    )
    events: tuple[Id, ...] = Field(
        min_length=1, description="Labels in comparisons.csv that count as having reached the step."
    )
    existed_from: OptionalDate = Field(default=None, description="Since when the step exists.")
    prerequisites: Annotated[tuple[Id, ...], refers("step", "comparisons.toml#steps")] = Field(
        default=(), description="Steps of this file that come first."
    )


@toml_file("comparisons.toml", "The ladders of other organisations, for comparison.")
class Comparisons(Record):
    """The ladders of other organisations, for comparison."""

    organisations: dict[Id, Localised] = Field(min_length=1, description="Names of the organisations, by id.")
    steps: tuple[ComparisonStep, ...] = Field(min_length=1, description="Their steps.")


@csv_file(
    "comparisons.csv",
    "Steps that countries reached there.",
    "country event happened_on",
    table="comparison_events",
    published=False,
)
class ComparisonEvent(LadderEvent):
    """A step of another organisation that a country reached."""

    country: Country = Field(description="Country code.")
    event: Id = Field(description="Label of the step, as in `events` of comparisons.toml.")


class ScenarioMeasure(Record):
    """A measure taken in a scenario, with another start or intensity than in recommendations.toml."""

    id: Annotated[Id, refers("measure", "recommendations.toml#measures")] = Field(
        description="Id of the measure in recommendations.toml."
    )
    start_years: Annotated[float | None, Field(ge=0, le=100)] = Field(
        default=None, description="Years until it works; left out, as in recommendations.toml."
    )
    intensity: float = Field(default=1.0, ge=0, le=2, description="How much of its effect is had, 1 being all of it.")


class Scenario(Record):
    """A future to look at beside the main one: measures that are taken, parameters that are set."""

    title: Localised = Field(description="What it is called.")
    text: Localised | None = Field(default=None, description="What it means, in a sentence or two.")
    measures: tuple[ScenarioMeasure, ...] = Field(default=(), description="The measures that are taken.")
    set: dict[str, Size] = Field(
        default_factory=dict, description="Parameters that are set, by dotted name, such as `settlement.rate`."
    )


@toml_file("scenarios.toml", "Futures to look at beside the main one.")
class Scenarios(Record):
    """Futures to look at beside the main one."""

    scenarios: dict[Id, Scenario] = Field(min_length=1, description="The scenarios, by id.")
