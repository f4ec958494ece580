"""Records of the folder `surveys/`: published figures, questions, designs, population margins, waves."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from shteg.evidence.records.base import (
    Blank,
    Dated,
    Id,
    Localised,
    Number,
    OptionalCount,
    OptionalDate,
    OptionalNumber,
    OptionalText,
    Size,
    Sourced,
    SourceId,
    Text,
    Whole,
    check_people,
)
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.declarations import Labelled, Record, csv_file, refers, toml_file


def text_encoding(name: str) -> str | None:
    """Give the name under which a text encoding is known ("windows-1250" is "cp1250"), or None if there is none."""
    if not isinstance(name, str) or not name.isascii() or not name.isprintable():
        return None
    try:
        found = codecs.lookup(name)
        "a".encode(found.name)  # refuses what turns no text into bytes, such as "rot13"
    except (LookupError, UnicodeError, ValueError):
        return None
    return found.name


People = Annotated[float, BeforeValidator(check_people)]
"""A count of people, written with digits only; a share in per cent may have decimals."""


def _check_encoding(name: str) -> str:
    if text_encoding(name) is None:
        raise ValueError(f"there is no text encoding {name!r}")
    return name


Encoding = Annotated[str, AfterValidator(_check_encoding)]


@csv_file("surveys/published.csv", "Survey figures as printed by others.", "id", counted=True)
class PublishedFigure(Dated):
    """A survey figure printed by others; `happened_on` is the fieldwork.

    `percent` is as printed, `decimals` its printed precision; `n` is the base of the row's subgroup if printed.
    """

    id: Id = Field(description="Short id of the figure, such as `question.series.year.subgroup`.")
    series: Annotated[Text, Labelled("series")] = Field(description="The series of surveys.")
    wave: OptionalText = Field(default=None, description="The wave in the series.")
    question: Annotated[Id, refers("question", "surveys/questions.toml#questions")] = Field(
        description="Id in surveys/questions.toml."
    )
    answer: Annotated[Text, Labelled("answer")] = Field(
        description="The answer, or the sum of answers, that the figure is about."
    )
    subgroup_variable: Annotated[Id, Labelled("variable")] = Field(
        description="What the subgroup is a part of, `all` for everyone."
    )
    subgroup: Annotated[Text, Labelled("subgroup")] = Field(description="Who was asked, `all` for everyone.")
    percent: OptionalNumber = Field(default=None, description="The percentage, as printed.")
    mean_score: OptionalNumber = Field(
        default=None, description="The mean of a scale, as printed, where no percentage was."
    )
    decimals: Whole = Field(ge=0, le=4, description="Decimals as printed.")
    n: OptionalCount = Field(default=None, description="Respondents in this subgroup, if printed.")
    margin_of_error: Annotated[Annotated[Number, Field(gt=0, le=100)] | None, Blank] = Field(
        default=None, description="Margin of error in percentage points, if printed."
    )
    population: OptionalText = Field(default=None, description="Who the survey stands for.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


class Question(Record):
    """What was asked; `wording` is verbatim where it was seen."""

    title: Localised = Field(description="The question, in short.")
    wording: Localised | None = Field(default=None, description="The question, word for word.")
    asked_in: Text | None = Field(
        default=None,
        description="The language in which `wording` is word for word what was asked; in the others it is translated.",
    )
    favourable: tuple[str, ...] = Field(default=(), description="Answers that count as favourable.")
    answer_sets: tuple[tuple[str, ...], ...] = Field(
        default=(), description="Sets of answers that are all there are, so that their shares add up to 100."
    )
    breaks: dict[str, tuple[DateInterval, ...]] = Field(
        default_factory=dict,
        description="By series, when it began to ask in other words: the trend does not take the step for a change.",
    )
    printed_with: tuple[Id, ...] = Field(
        default=(), description="Other questions whose total a source prints as if it were this one's."
    )
    ranks: dict[str, Id] = Field(
        default_factory=dict,
        description="Where one answer each was asked for: answers, and the question that asks about each by itself.",
    )
    note: Localised | None = Field(default=None, description="What a reader should know.")
    elsewhere: Localised | None = Field(
        default=None,
        description="What other populations were asked under this id, such as their own membership; stands above their "
        "figures.",
    )


class Subject(Record):
    """Questions about one thing: readers find them together."""

    title: Localised = Field(description="What they are about.")
    questions: tuple[Id, ...] = Field(min_length=1, description="Ids of questions, each in one subject at most.")


@toml_file("surveys/questions.toml", "The questions behind the published figures.")
class Questions(Record):
    """Every question that `published.csv` may hold."""

    questions: dict[Id, Question] = Field(description="The questions, by id.")
    other_populations: tuple[Id, ...] = Field(
        default=(),
        description="Variables of `published.csv`, such as `country`, whose subgroups are other populations and no "
        "parts of this one: their figures stand apart, and in no trend and no check.",
    )
    subjects: dict[Id, Subject] = Field(
        default_factory=dict,
        description="What the questions are about, by id: the list of all questions is grouped so.",
    )


@csv_file(
    "surveys/designs.csv",
    "How the published survey waves were made, as far as it was said.",
    "series wave",
    counted=True,
)
class PublishedDesign(Sourced):
    """How a published wave was made, as far as it was said."""

    series: Text = Field(description="The series of surveys.")
    wave: Text = Field(description="The wave in the series.")
    happened_on: DateInterval = Field(description="When the fieldwork began.")
    ended_on: OptionalDate = Field(default=None, description="When it ended.")
    mode: OptionalText = Field(default=None, description="How people were asked.")
    sample_size: OptionalCount = Field(default=None, description="How many were asked.")
    sampling_frame: OptionalText = Field(default=None, description="What they were drawn from.")
    stages: OptionalText = Field(default=None, description="In how many stages.")
    strata: OptionalText = Field(default=None, description="By which strata.")
    primary_units: OptionalText = Field(default=None, description="What was drawn first.")
    within_household_selection: OptionalText = Field(
        default=None, description="How one person of a household was chosen."
    )
    ethnic_oversample: OptionalText = Field(
        default=None, description="Whether a community was drawn more often than its share."
    )
    ethnic_composition: OptionalText = Field(default=None, description="How many of each community were asked.")
    printed_shares: OptionalText = Field(
        default=None, description="Counts of respondents and the percentage printed beside: `called back 150 = 15 %`."
    )
    weighting: OptionalText = Field(default=None, description="How the answers were weighted.")
    response_rate: OptionalText = Field(default=None, description="How many of those drawn answered.")
    margin_of_error: OptionalText = Field(default=None, description="Margin of error, as printed.")
    published_breakdowns: OptionalText = Field(default=None, description="By what the results were broken down.")
    field_staff: OptionalText = Field(default=None, description="Who asked.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


@csv_file(
    "surveys/population.csv", "Population counts by named weight scheme.", "scheme variable category", counted=True
)
class PopulationMargin(Sourced):
    """A count of the population under a named weight scheme."""

    scheme: Annotated[Id, refers("scheme", "surveys/schemes.toml#schemes")] = Field(
        description="Id in surveys/schemes.toml of the count."
    )
    variable: Annotated[Id, Labelled("variable")] = Field(description="What is counted by, for example `sex`.")
    category: Annotated[Text, Labelled("subgroup")] = Field(description="The category that is counted.")
    count: People = Field(gt=0, le=1e10, description="How many people, or how many of a hundred.")
    reference_year: Whole = Field(ge=1900, le=2200, description="The year of the count.")
    note: OptionalText = Field(default=None, description="What a reader should know.")


class WeightScheme(Record):
    """A named way to weight the population."""

    title: Localised = Field(description="What the scheme is called.")
    note: Localised | None = Field(default=None, description="What a reader should know.")


@toml_file("surveys/schemes.toml", "The named ways to weight the population.")
class Schemes(Record):
    """The named ways to weight the population."""

    schemes: dict[Id, WeightScheme] = Field(description="The weight schemes, by id.")


class QualityRules(Record):
    """When a cell of a table is not shown (`suppress_…`) or marked as uncertain (`flag_…`)."""

    suppress_below_n: int = Field(
        default=0, ge=0, le=1_000_000, description="Fewest respondents of a cell that is shown."
    )
    flag_below_n: int = Field(default=0, ge=0, le=1_000_000, description="Fewest respondents of a cell without a mark.")
    suppress_below_df: int = Field(
        default=0, ge=0, le=1_000_000, description="Fewest degrees of freedom of a cell that is shown."
    )
    flag_below_df: int = Field(
        default=0, ge=0, le=1_000_000, description="Fewest degrees of freedom of a cell without a mark."
    )
    suppress_above_relative_error: float | None = Field(
        default=None, gt=0, le=1000, description="Largest standard error over estimate that is shown."
    )
    flag_above_relative_error: float | None = Field(
        default=None, gt=0, le=1000, description="Largest standard error over estimate without a mark."
    )


class WaveReplicates(Record):
    """Replicate weights that the field delivers, as columns with numbers: rep1, rep2 …"""

    prefix: Text = Field(description="What stands before the numbers in the names of the columns.")
    type: Literal["JK1", "JK2", "JKn", "BRR", "Fay", "bootstrap", "SDR", "other"] = Field(
        description="How they were made; it gives the scale of the variance."
    )
    scale: Size | None = Field(
        default=None, gt=0, description="Scale of the variance, where the type does not give it."
    )
    rscales: tuple[Size, ...] | None = Field(default=None, description="A scale for each replicate, of JKn and other.")
    fay_rho: float = Field(default=0.0, ge=0, lt=1, description="Factor of Fay.")
    mse: bool = Field(default=False, description="Deviations are from the estimate, not from the mean of replicates.")
    combined: bool = Field(default=True, description="The columns are weights; false: factors of the weight.")


class WaveWeights(Record):
    """Targets that the weights of a wave are made to meet, in every build."""

    targets: dict[str, dict[str, Annotated[float, Field(ge=0, le=1e10)]]] | None = Field(
        default=None,
        min_length=1,
        description="By column (`sex`, or `sex*age` for two crossed), the target of each of its codes: shares that add "
        "to 1, per cent that add to 100, or numbers of persons. Either this or `scheme`.",
    )
    scheme: Annotated[Id, refers("scheme", "surveys/schemes.toml#schemes")] | None = Field(
        default=None,
        description="Id in schemes.toml: the targets are its counts in population.csv, whose variables are columns of "
        "the data and whose categories are codes or what codes are called.",
    )
    variables: tuple[Id, ...] = Field(default=(), description="Which variables of the scheme are met; all if left out.")
    method: Literal["rake", "post-stratify", "calibrate"] = Field(
        default="rake",
        description="Rake scales by factors; post-stratify meets one margin, crossed or not, by one factor for each "
        "cell; calibrate moves weights as little as `distance` says.",
    )
    distance: Literal["linear", "raking", "logit"] = Field(default="linear", description="Of calibrate.")
    bounds: tuple[Size, Size] | None = Field(
        default=None, description="Least and greatest ratio of new to old weight, of calibrate."
    )
    trim: tuple[Size, Size] | None = Field(
        default=None,
        description="Least and greatest weight in multiples of their mean; within them the targets are met again.",
    )
    size: float | None = Field(
        default=None,
        gt=0,
        le=1e10,
        description="Persons in the population; else that of targets in persons, or the sum before.",
    )
    missing: Literal["refuse", "keep"] = Field(
        default="refuse", description="Respondents without an answer to such a column: refused, or keep their share."
    )
    source: SourceId | None = Field(
        default=None, description="Id in sources.toml of where `targets` are from; those of a scheme have their own."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveTargets:
    """What the weights of a wave are to meet: numbers by column and category, and where each of them stands."""

    file: str
    numbers: Mapping[str, Mapping[str, float]]
    places: Mapping[tuple[str, str], tuple[int, int]] = field(compare=False)


@toml_file("surveys/<wave>/design.toml", "Which columns hold the sampling design.", required=True)
class WaveDesign(Record):
    """Which columns hold the design."""

    data: Text = Field(
        description="Name of the data file beside this one: .csv, .parquet, .sav, .zsav, .dta, .xlsx, .zip or .duckdb, "
        "of a folder of Parquet files, or `duckdb://wave.duckdb?table=answers` (or `?query=SELECT …`)."
    )
    encoding: Encoding | None = Field(
        default=None,
        description="Encoding of its texts, such as windows-1250, where a .sav, .dta or .csv does not say it or "
        "says it wrongly.",
    )
    happened_on: DateInterval = Field(description="When the fieldwork was.")
    title: Localised = Field(description="What the wave is called.")
    stratum: Text | None = Field(default=None, description="Column of the strata.")
    psu: Text | None = Field(default=None, description="Column of the primary sampling units.")
    weight: Text | None = Field(default=None, description="Column of the weights.")
    lonely_psu: Literal["fail", "remove", "adjust", "average", "certainty"] = Field(
        default="fail", description="What to do with a stratum that has one primary unit only."
    )
    weights: WaveWeights | None = Field(
        default=None, description="Targets that the weights are made to meet in every build; their variance counts it."
    )
    replicates: WaveReplicates | None = Field(
        default=None, description="Replicate weights, instead of stratum and psu; `weight` is that of the estimates."
    )
    same_psus: tuple[str, ...] = Field(
        default=(),
        description="Folders of earlier waves that visited the same primary units: equal codes of stratum and unit "
        "stand for the same unit, and changes between the waves have the covariance that follows.",
    )
    domains: dict[str, Localised] = Field(
        default_factory=dict, description="Columns by which results are broken down, with their titles."
    )
    codes: dict[str, dict[str, Localised]] = Field(
        default_factory=dict, description="By column, what the codes of the breakdowns mean; tables print it."
    )
    quality: QualityRules = Field(
        default_factory=QualityRules,
        description="Rules of the tables; `minimum_base` of case.toml always holds as well.",
    )
    source: SourceId = Field(description="Id in sources.toml of the survey.")


class WaveNet(Record):
    """Several answers to a question that tables also show as one."""

    title: Localised = Field(description="What they are called together.")
    codes: tuple[str, ...] = Field(min_length=1, description="The codes; whoever gave any of them is counted once.")


class WaveItem(Record):
    """A question of a wave."""

    title: Localised = Field(description="The question, in short.")
    wording: Localised = Field(description="The question, word for word.")
    options: dict[str, Localised] = Field(description="The codes in the data file and what they mean.")
    favourable: tuple[str, ...] = Field(default=(), description="Codes that count as favourable.")
    missing: tuple[str, ...] = Field(default=(), description="Codes that are left out of the base.")
    multiple: bool = Field(
        default=False,
        description="Several answers are possible: a column of codes separated by blanks, or a column `item/code` of "
        "0 and 1 for each option.",
    )
    ordered: bool = Field(
        default=False,
        description="The options are a scale, in order: tables add boxes of the two at each end; `favourable`, else "
        "`scores`, say which is the top.",
    )
    scores: dict[str, Size] = Field(default_factory=dict, description="Codes and their values, for a mean score.")
    nets: dict[Id, WaveNet] = Field(
        default_factory=dict, description="By id, answers that tables also show together, such as all who agree."
    )
    last: tuple[str, ...] = Field(
        default=(),
        description="Codes that stay at the end of a table sorted by size, such as `other`; without it those that are "
        "called so.",
    )


class Battery(Record):
    """Questions with the same options, asked together: tables show them as one grid."""

    title: Localised = Field(description="What they are about.")
    items: tuple[Id, ...] = Field(min_length=2, description="The questions, in order; each in one battery at most.")


@toml_file("surveys/<wave>/questionnaire.toml", "What was asked in this wave.", required=True)
class Questionnaire(Record):
    """What was asked in one wave."""

    items: dict[Id, WaveItem] = Field(min_length=1, description="The questions, by column of the data file.")
    batteries: dict[Id, Battery] = Field(
        default_factory=dict, description="By id, questions with the same options that are one table, a row for each."
    )


@toml_file("surveys/<wave>/methodology.toml", "How the wave was made: eleven items.", required=True)
class Methodology(Record):
    """The eleven items of the AAPOR Transparency Initiative, in each language."""

    sponsor: Localised = Field(description="Who paid.")
    conductor: Localised = Field(description="Who carried it out.")
    instrument: Localised = Field(description="What was asked, and where the wording stands.")
    population: Localised = Field(description="Who the survey stands for.")
    frame: Localised = Field(description="What people were drawn from, and whom it misses.")
    sample_design: Localised = Field(description="How people were drawn.")
    mode: Localised = Field(description="How people were asked, in which languages.")
    dates: Localised = Field(description="When.")
    size_and_precision: Localised = Field(description="How many were asked, and how precise the results are.")
    weighting: Localised = Field(description="How the answers were weighted.")
    processing: Localised = Field(description="How the answers were checked, edited and completed.")
