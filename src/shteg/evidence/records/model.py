"""Records of what only the models use: covariates, governments, blocks, ladders of other bodies, scenarios."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from shteg.evidence.records.base import (
    Country,
    Dated,
    Id,
    Localised,
    Number,
    OptionalDate,
    OptionalText,
    Record,
    Size,
    Sourced,
)
from shteg.evidence.records.dates import DateInterval


class Variable(Record):
    """A quantity by country and year (`variables.toml`, `[variables.ID]`), and how a model takes it.

    A model sees (value − `centre`) / `scale`, of the logarithm where `log` is set. The case fixes both numbers, so that
    a value of later years changes nothing before them.
    """

    title: Localised = Field(description="What it is called.")
    use: tuple[Literal["ladder", "stance"], ...] = Field(
        min_length=1, description="The models that take it: the ladder of countries, or the stance of members."
    )
    steps: tuple[Id, ...] = Field(
        default=(), description="Steps of the ladder on which it may act; none named means all of them."
    )
    centre: Number = Field(default=0.0, description="What is taken away before scaling.")
    scale: Number = Field(default=1.0, gt=0, description="What one unit of the model is.")
    log: bool = Field(default=False, description="Whether the natural logarithm is taken first.")
    note: Localised | None = Field(default=None, description="What a reader should know.")


class Variables(Record):
    """`variables.toml`: the quantities that covariates.csv may hold."""

    variables: dict[Id, Variable] = Field(min_length=1, description="The quantities, by id.")


class Covariate(Dated):
    """A value of a variable for a country (`covariates.csv`); `happened_on` is the year or day that it describes."""

    country: Country = Field(description="Country code.")
    variable: Id = Field(description="Id in variables.toml.")
    value: Number = Field(description="The value, in the unit of its publisher.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


class Government(Dated):
    """A government of other parties takes office (`governments.csv`): a stance may move more than usual then."""

    country: Country = Field(description="Country code.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


class Block(Sourced):
    """A time in which a member openly blocks a step of a country (`blocks.csv`); no end means that it still does."""

    country: Country = Field(description="Country code of the one that is held up.")
    member: Country = Field(description="Country code of the member that blocks.")
    step: Id = Field(description="Id in steps.toml of the step that is held up.")
    blocked_from: DateInterval = Field(description="When the block became public.")
    blocked_to: OptionalDate = Field(default=None, description="When it ended; empty if it has not.")
    known_on: OptionalDate = Field(
        default=None, description="When the public could know that it began; empty means when it began."
    )
    note_en: OptionalText = Field(default=None, description="What a reader should know, in English.")
    note_sq: OptionalText = Field(default=None, description="What a reader should know, in Albanian.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> "Block":
        if self.blocked_to is not None and self.blocked_to.last < self.blocked_from.first:
            raise ValueError(f"the block ends {self.blocked_to} before it begins {self.blocked_from}")
        return self


class ComparisonStep(Sourced):
    """A step of the ladder of another organisation (`comparisons.toml`), like one of steps.toml.

    Its times inform those of `parallel_to` as far as organisations are alike; no path leads over it.
    """

    id: Id = Field(description="Short id of the step; none of steps.toml.")
    organisation: Id = Field(description="Id of the organisation, in this file.")
    parallel_to: Id = Field(description="The step of steps.toml that it is like.")
    events: tuple[Id, ...] = Field(
        min_length=1, description="Labels in comparisons.csv that count as having reached the step."
    )
    existed_from: OptionalDate = Field(default=None, description="Since when the step exists.")
    prerequisites: tuple[Id, ...] = Field(default=(), description="Steps of this file that come first.")


class Comparisons(Record):
    """`comparisons.toml`: the ladders of other organisations, for comparison."""

    organisations: dict[Id, Localised] = Field(min_length=1, description="Names of the organisations, by id.")
    steps: tuple[ComparisonStep, ...] = Field(min_length=1, description="Their steps.")


class ScenarioMeasure(Record):
    """A measure taken in a scenario, with another start or intensity than in recommendations.toml."""

    id: Id = Field(description="Id of the measure in recommendations.toml.")
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


class Scenarios(Record):
    """`scenarios.toml`: futures to look at beside the main one."""

    scenarios: dict[Id, Scenario] = Field(min_length=1, description="The scenarios, by id.")
