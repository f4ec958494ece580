"""Result tables of the survey stage, each column with its meaning."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import TypeVar

import polars as pl

from shteg.estimates import Table, column, columns_of, table_row
from shteg.evidence.case import Case
from shteg.survey.coherence.findings import CoherenceReport, Finding
from shteg.survey.designs.replicate_design import ReplicateDesign
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.published.published import Reading, is_elsewhere, lexicon_args, year_of
from shteg.survey.published.trends import Trend

Row = TypeVar("Row")

_ID = "Id of the figure in surveys/published.csv"
_SERIES = "Series (house) that asked"
_LOW, _HIGH = "Lower end of the 95 % interval", "Upper end of the 95 % interval"
_TREND = "Id of the trend"
_QUESTION = "Id of the question"
_ANSWER = "Answer as printed"
_VARIABLE = "Variable that makes the subgroups; all for the whole sample"
_SUBGROUP = "Subgroup; all for the whole sample"


@table_row
class PublishedRow:
    """A published figure with its base and sampling interval."""

    figure: str = column(_ID, key=True)
    series: str = column(_SERIES)
    wave: str | None = column("Wave of the series")
    question: str = column(_QUESTION)
    answer: str = column(_ANSWER)
    subgroup_variable: str = column(_VARIABLE)
    subgroup: str = column(_SUBGROUP)
    population: str | None = column("Whom the figure is about, as printed")
    happened_on: str = column("Fieldwork: a day, a month or a year", "date")
    year: int = column("Year of the fieldwork", "year")
    estimate: float | None = column("Printed percentage as a share", "share")
    decimals: int = column("Decimals of the printed percentage")
    mean_score: float | None = column("Printed mean score, where no percentage was printed", "score")
    ci_low: float | None = column(_LOW + " from sampling alone", "share")
    ci_high: float | None = column(_HIGH + " from sampling alone", "share")
    n: int | None = column("Base: respondents", "count")
    base: str = column("Where the base comes from: printed, design, series, assumed or unknown")
    design_effect: float | None = column("Design effect assumed for the interval", "ratio")
    margin_of_error: float | None = column("Margin of error as printed, percentage points")
    small_base: bool = column("True where the base is known and below the case's minimum")
    elsewhere: bool = column("True where the figure is about another population, asked about itself")
    source: str = column("Source")
    grade: str = column("Admiralty grade of the source")


@table_row
class LevelRow:
    """Level of a trend in a year."""

    trend: str = column(_TREND, key=True)
    question: str = column(_QUESTION)
    subgroup: str = column(_SUBGROUP)
    year: int = column("Year", "year", key=True)
    level_on: str = column("Day of the level: mean day of that year's fieldwork, else the first of July", "date")
    estimate: float = column("Level, mean of the houses, posterior median", "share")
    ci_low: float = column(_LOW, "share")
    ci_high: float = column(_HIGH, "share")
    polled: bool = column("True where a figure of that year was used")


@table_row
class TrendRow:
    """A trend, and whether its figures identify it."""

    trend: str = column(_TREND, key=True)
    question: str = column(_QUESTION)
    answers: str = column("Answers pooled, separated by a vertical bar")
    subgroup_variable: str = column(_VARIABLE)
    subgroup: str = column(_SUBGROUP)
    population: str = column("Whom the figures are about")
    status: str = column("estimated, too_few_points, no_base or score")
    figures: int = column("Figures used", "count")
    left_out: int = column("Figures left out: a second one of the same poll, or without a base", "count")
    houses: int = column("Houses", "count")
    step_sd: float | None = column("Posterior mean of the step sd, logit per square root of a year", "score")
    house_sd: float | None = column("Posterior mean of the sd of house effects, logit", "score")
    learnt: float | None = column(
        "1 − posterior over prior variance of the step sd: 0 means that the prior decides", "ratio"
    )
    rose: float | None = column("Probability that the level was higher at the end than at the beginning", "share")


@table_row
class PointRow:
    """A figure behind a trend."""

    trend: str = column(_TREND, key=True)
    figure: str = column(_ID, key=True)
    series: str = column(_SERIES)
    happened_on: str = column("Fieldwork: a day, a month or a year", "date")
    estimate: float | None = column("Printed percentage as a share", "share")
    ci_low: float | None = column(_LOW + " from sampling alone", "share")
    ci_high: float | None = column(_HIGH + " from sampling alone", "share")
    n: int | None = column("Base used for the sampling variance", "count")
    base: str = column("Where the base comes from: printed, design, series or assumed")
    used: bool = column("False for a figure left out of the trend")


@table_row
class HouseRow:
    """Distance of a house from the mean of the houses."""

    trend: str = column(_TREND, key=True)
    series: str = column(_SERIES, key=True)
    since: str | None = column("Since when the house has asked in these words, if it changed them", key=True)
    figures: int = column("Figures of this house", "count")
    effect: float = column("Distance from the mean of the houses, logit, posterior median", "score")
    ci_low: float = column(_LOW, "score")
    ci_high: float = column(_HIGH, "score")


@table_row
class CheckRow:
    """A check of published figures, made or not."""

    check: int = column("Number of the check", key=True)
    kind: str = column("Kind of check")
    outcome: str = column(
        "impossible, only_by_rounding, different, doubtful, implied, within_error, consistent or not_checkable"
    )
    reason: str | None = column("Why something is not checkable, or the condition of an outcome")
    question: str = column(_QUESTION)
    answer: str = column(_ANSWER)
    series: str = column(_SERIES)
    year: int = column("Year of the fieldwork", "year")
    variable: str = column("Variable that makes the parts")
    scheme: str | None = column("Weight scheme")
    target: str = column("rest: the share among all others is bounded; total: all parts are known")
    known_share: float | None = column("Share of the population that the printed parts cover", "share")
    implied: float | None = column(
        "Share of the rest, or total, if the printed figures were exact; may leave 0–1", "share"
    )
    low: float | None = column("Lowest that rounding allows", "share")
    high: float | None = column("Highest that rounding allows", "share")
    figures: str = column("Ids of the figures, separated by blanks")
    sources: str = column("Sources, separated by blanks")
    n: int | None = column("Base that the check used or found", "count")
    base: str | None = column("Where the base comes from: printed, design, series, assumed or implied")
    finding: bool = column("True where something printed does not fit")
    message: str = column("Name of the sentence in the messages of each language")
    message_words: str = column("Words of the sentence, as JSON; lexicon ids where the case names them")
    message_numbers: str = column("Numbers of the sentence with their decimals, as JSON")


@table_row
class CellRow:
    """Share of an option in a domain of a wave."""

    wave: str = column("Wave", key=True)
    wave_item: str = column("Item of the questionnaire", key=True)
    option: str = column("Answer code; codes joined by + are added up", key=True)
    favourable: bool = column("True for the row of the item's favourable answers")
    domain_variable: str = column("Variable that makes the domains; all for the whole sample", key=True)
    domain: str = column("Domain; all for the whole sample", key=True)
    estimate: float | None = column("Weighted share", "share")
    std_error: float | None = column("Standard error by Taylor linearisation", "share")
    ci_low: float | None = column(_LOW + " (logit, t)", "share")
    ci_high: float | None = column(_HIGH + " (logit, t)", "share")
    df: int | None = column("Degrees of freedom: PSUs minus strata of the domain", "count")
    n: int | None = column("Base: respondents who answered", "count")
    n_effective: float | None = column("Kish's effective base", "count")
    deff: float | None = column("Design effect, against simple random sampling with replacement", "ratio")
    flag: str = column("Why a figure needs care: empty, no_variance, no_df, no_spread or boundary")
    suppressed: str = column("primary: base below the minimum; complementary: would reveal such a cell")


@table_row
class WaveRow:
    """A wave with microdata."""

    wave: str = column("Wave", key=True)
    n: int = column("Respondents", "count")
    psus: int | None = column("Primary sampling units", "count")
    strata: int | None = column("Strata", "count")
    df: int = column("Degrees of freedom: PSUs minus strata", "count")
    n_effective: float = column("Kish's effective number of respondents", "count")
    weight_sum: float = column("Sum of the weights", "count")
    lonely_psu: str = column("What is done about a stratum with one PSU")
    source: str = column("Source")


def _row(row_type: type[Row], *told: object, **given: object) -> Row:
    """Make a row of what is given; its other fields are those of the first object told that has them."""
    for one in fields(row_type):  # type: ignore[arg-type]
        if one.name not in given:
            given[one.name] = next(getattr(source, one.name) for source in told if hasattr(source, one.name))
    return row_type(**given)


def published_table(
    readings: Sequence[Reading], design_effect: float, minimum_base: int, other_populations: Collection[str] = ()
) -> Table:
    """Every published figure with its base and sampling interval.

    Parameters
    ----------
    readings : sequence of Reading
    design_effect : float, >= 1
    minimum_base : int
        A base below it is said to be small.
    other_populations : collection of str
        Variables whose subgroups are other populations.

    Returns
    -------
    Table
    """
    rows = []
    for reading in readings:
        figure = reading.figure
        n = reading.n if reading.base in ("printed", "design") else None
        rows.append(
            _row(
                PublishedRow,
                figure,
                figure=figure.id,
                happened_on=str(figure.happened_on),
                year=year_of(figure),
                estimate=reading.share,
                ci_low=reading.low,
                ci_high=reading.high,
                n=n,
                base=reading.base,
                design_effect=None if reading.low is None else design_effect,
                small_base=n is not None and n < minimum_base,
                elsewhere=is_elsewhere(figure, other_populations),
            )
        )
    return Table.of("published", "Published figures", PublishedRow, rows)


def trend_tables(trends: Sequence[Trend]) -> tuple[Table, ...]:
    """Levels, series, points and house effects."""
    levels = [
        _row(LevelRow, one, t, trend=t.id, level_on=one.level_on.isoformat(), ci_low=one.low, ci_high=one.high)
        for t in trends
        for one in t.levels
    ]
    series = [
        _row(
            TrendRow,
            t,
            trend=t.id,
            answers=" | ".join(t.answers),
            figures=len(t.used),
            left_out=len(t.left_out),
            houses=len({reading.figure.series for reading in t.used}),
        )
        for t in trends
    ]
    points = [
        _row(
            PointRow,
            reading,
            reading.figure,
            trend=t.id,
            figure=reading.figure.id,
            happened_on=str(reading.figure.happened_on),
            estimate=reading.share,
            ci_low=reading.low,
            ci_high=reading.high,
            used=used,
        )
        for t in trends
        if t.levels
        for readings, used in ((t.used, True), (t.left_out, False))
        for reading in readings
    ]
    houses = [
        _row(HouseRow, one, trend=t.id, since=one.since or None, ci_low=one.low, ci_high=one.high)
        for t in trends
        for one in t.houses
    ]
    return (
        Table.of("trends", "Trends", LevelRow, levels),
        Table.of("trend_series", "Series and whether they identify a trend", TrendRow, series),
        Table.of("trend_points", "Figures behind the trends", PointRow, points),
        Table.of("house_effects", "House effects", HouseRow, houses),
    )


def coherence_table(case: Case, report: CoherenceReport) -> Table:
    """Every check, those that could not be made included."""
    rows = [
        _row(
            CheckRow,
            one,
            check=number,
            reason=one.reason or None,
            scheme=one.scheme or None,
            figures=" ".join(one.figure_ids),
            sources=" ".join(one.source_ids),
            base=one.base or None,
            finding=one.is_problem,
            message=one.message_key,
            message_words=_json(lexicon_args(case, **one.message_args)),
            message_numbers=_json(sentence_numbers(one)),
        )
        for number, one in enumerate(report.checks, start=1)
    ]
    return Table.of("coherence", "Coherence of published figures", CheckRow, rows)


def sentence_numbers(one: Finding) -> dict[str, tuple[float, int]]:
    """Numbers of a finding's sentence as they are printed: shares as percentages; each with its decimals."""
    percents = {name: (100 * share, decimals) for name, (share, decimals) in one.message_shares.items()}
    return percents | dict(one.message_numbers)


def _json(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def wave_tables(designs: Sequence[tuple[str, str, AnyDesign]], estimates: Sequence[pl.DataFrame]) -> tuple[Table, ...]:
    """Estimates and designs of the waves with microdata: (wave, source, design) each."""
    waves = [
        _row(
            WaveRow,
            design,
            wave=wave,
            n=design.data.height,
            psus=None if isinstance(design, ReplicateDesign) else len(design.psu_stratum),
            strata=None if isinstance(design, ReplicateDesign) else len(design.strata),
            weight_sum=float(design.weight.sum()),
            lonely_psu="" if isinstance(design, ReplicateDesign) else design.lonely_psu,
            source=source,
        )
        for wave, source, design in designs
    ]
    columns = dict.fromkeys(one.name for one in columns_of(CellRow))
    cells = pl.concat(estimates).rename({"item": "wave_item"}) if estimates else columns
    return (
        Table.of_columns("wave_estimates", "Estimates from microdata", CellRow, cells),
        Table.of("waves", "Waves with microdata", WaveRow, waves),
    )
