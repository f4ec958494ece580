"""Records of the folder `surveys/`: published figures, questions, designs, population margins, waves."""

from typing import Literal

from pydantic import Field

from shteg.evidence.dates import DateInterval
from shteg.evidence.records import (
    Dated,
    Id,
    Localised,
    OptionalDate,
    OptionalFloat,
    OptionalInt,
    OptionalText,
    Record,
    Sourced,
    Text,
)


class PublishedFigure(Dated):
    """A survey figure printed by others (`surveys/published.csv`); `happened_on` is the fieldwork.

    `percent` is as printed, `decimals` its printed precision; `n` is the base of the row's subgroup if printed.
    """

    id: Id
    series: Text
    wave: OptionalText = None
    question: Id
    answer: Text
    subgroup_variable: Id
    subgroup: Text
    percent: OptionalFloat = Field(default=None)
    mean_score: OptionalFloat = None
    decimals: int = Field(ge=0, le=4)
    n: OptionalInt = None
    margin_of_error: OptionalFloat = None
    population: OptionalText = None
    note: OptionalText = None


class Question(Record):
    """What was asked (`surveys/questions.toml`); `wording` is verbatim where it was seen."""

    title: Localised
    wording: Localised | None = None
    favourable: tuple[str, ...] = ()
    note: Localised | None = None


class Questions(Record):
    """`surveys/questions.toml`: every question that `published.csv` may hold."""

    questions: dict[Id, Question]


class PublishedDesign(Sourced):
    """How a published wave was made, as far as it was said (`surveys/designs.csv`)."""

    series: Text
    wave: Text
    happened_on: DateInterval
    ended_on: OptionalDate = None
    mode: OptionalText = None
    sample_size: OptionalInt = None
    sampling_frame: OptionalText = None
    stages: OptionalText = None
    strata: OptionalText = None
    primary_units: OptionalText = None
    within_household_selection: OptionalText = None
    ethnic_oversample: OptionalText = None
    ethnic_composition: OptionalText = None
    weighting: OptionalText = None
    response_rate: OptionalText = None
    margin_of_error: OptionalText = None
    published_breakdowns: OptionalText = None
    field_staff: OptionalText = None
    note: OptionalText = None


class PopulationMargin(Sourced):
    """A count of the population under a named weight scheme (`surveys/population.csv`)."""

    scheme: Id
    variable: Id
    category: Text
    count: float = Field(gt=0, allow_inf_nan=False)
    reference_year: int = Field(ge=1900, le=2200)
    note: OptionalText = None


class WeightScheme(Record):
    """A named way to weight the population (`surveys/schemes.toml`)."""

    title: Localised
    note: Localised | None = None


class Schemes(Record):
    """`surveys/schemes.toml`."""

    schemes: dict[Id, WeightScheme]


class WaveItem(Record):
    """A question of a wave (`surveys/WAVE/questionnaire.toml`)."""

    title: Localised
    wording: Localised
    options: dict[str, Localised]
    favourable: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


class Questionnaire(Record):
    """`questionnaire.toml` of one wave."""

    items: dict[Id, WaveItem]


class WaveDesign(Record):
    """`design.toml` of one wave: which columns hold the design."""

    data: Text
    happened_on: DateInterval
    title: Localised
    stratum: Text | None = None
    psu: Text | None = None
    weight: Text | None = None
    lonely_psu: Literal["fail", "remove", "adjust", "average", "certainty"] = "fail"
    domains: dict[str, Localised] = Field(default_factory=dict)
    source: Id


class Methodology(Record):
    """`methodology.toml`: the eleven items of the AAPOR Transparency Initiative, in each language."""

    sponsor: Localised
    conductor: Localised
    instrument: Localised
    population: Localised
    frame: Localised
    sample_design: Localised
    mode: Localised
    dates: Localised
    size_and_precision: Localised
    weighting: Localised
    processing: Localised
