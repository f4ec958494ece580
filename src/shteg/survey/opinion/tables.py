"""Result tables of the survey stage, each column with its meaning."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from shteg.estimates import Column, Table, Unit
from shteg.evidence.case import Case
from shteg.survey.coherence import CoherenceReport, Finding
from shteg.survey.designs.design import Design
from shteg.survey.published.names import lexicon_args, year_of
from shteg.survey.published.published import Reading
from shteg.survey.published.trends import Trend

Described = tuple[str, "pl.DataType | type[pl.DataType]", str, Unit | None]

_ID = "Id of the figure in surveys/published.csv"
_SERIES = "Series (house) that asked"
_LOW, _HIGH = "Lower end of the 95 % interval", "Upper end of the 95 % interval"
_TREND = "Id of the trend"
_QUESTION = "Id of the question"
_ANSWER = "Answer as printed"
_VARIABLE = "Variable that makes the subgroups; all for the whole sample"
_SUBGROUP = "Subgroup; all for the whole sample"

PUBLISHED: tuple[Described, ...] = (
    ("figure", pl.String, _ID, None),
    ("series", pl.String, _SERIES, None),
    ("wave", pl.String, "Wave of the series", None),
    ("question", pl.String, _QUESTION, None),
    ("answer", pl.String, _ANSWER, None),
    ("subgroup_variable", pl.String, _VARIABLE, None),
    ("subgroup", pl.String, _SUBGROUP, None),
    ("population", pl.String, "Whom the figure is about, as printed", None),
    ("happened_on", pl.String, "Fieldwork: a day, a month or a year", "date"),
    ("year", pl.Int64, "Year of the fieldwork", "year"),
    ("estimate", pl.Float64, "Printed percentage as a share", "share"),
    ("decimals", pl.Int64, "Decimals of the printed percentage", None),
    ("mean_score", pl.Float64, "Printed mean score, where no percentage was printed", "score"),
    ("ci_low", pl.Float64, _LOW + " from sampling alone", "share"),
    ("ci_high", pl.Float64, _HIGH + " from sampling alone", "share"),
    ("n", pl.Int64, "Base: respondents", "count"),
    ("base", pl.String, "Where the base comes from: printed, design, series, assumed or unknown", None),
    ("design_effect", pl.Float64, "Design effect assumed for the interval", "ratio"),
    ("margin_of_error", pl.Float64, "Margin of error as printed, percentage points", None),
    ("small_base", pl.Boolean, "True where the base is known and below the case's minimum", None),
    ("source", pl.String, "Source", None),
    ("grade", pl.String, "Admiralty grade of the source", None),
)

TRENDS: tuple[Described, ...] = (
    ("trend", pl.String, _TREND, None),
    ("question", pl.String, _QUESTION, None),
    ("subgroup", pl.String, _SUBGROUP, None),
    ("year", pl.Int64, "Year", "year"),
    ("level_on", pl.String, "Day of the level: mean day of that year's fieldwork, else the first of July", "date"),
    ("estimate", pl.Float64, "Level, mean of the houses, posterior median", "share"),
    ("ci_low", pl.Float64, _LOW, "share"),
    ("ci_high", pl.Float64, _HIGH, "share"),
    ("polled", pl.Boolean, "True where a figure of that year was used", None),
)

TREND_SERIES: tuple[Described, ...] = (
    ("trend", pl.String, _TREND, None),
    ("question", pl.String, _QUESTION, None),
    ("answers", pl.String, "Answers pooled, separated by a vertical bar", None),
    ("subgroup_variable", pl.String, _VARIABLE, None),
    ("subgroup", pl.String, _SUBGROUP, None),
    ("population", pl.String, "Whom the figures are about", None),
    ("status", pl.String, "estimated, too_few_points, no_base or score", None),
    ("figures", pl.Int64, "Figures used", "count"),
    ("left_out", pl.Int64, "Figures left out: a second one of the same poll, or without a base", "count"),
    ("houses", pl.Int64, "Houses", "count"),
    ("step_sd", pl.Float64, "Posterior mean of the step sd, logit per square root of a year", "score"),
    ("house_sd", pl.Float64, "Posterior mean of the sd of house effects, logit", "score"),
    ("learnt", pl.Float64, "1 − posterior over prior variance of the step sd: 0 means that the prior decides", "ratio"),
    ("rose", pl.Float64, "Probability that the level was higher at the end than at the beginning", "share"),
)

TREND_POINTS: tuple[Described, ...] = (
    ("trend", pl.String, _TREND, None),
    ("figure", pl.String, _ID, None),
    ("series", pl.String, _SERIES, None),
    ("happened_on", pl.String, "Fieldwork: a day, a month or a year", "date"),
    ("estimate", pl.Float64, "Printed percentage as a share", "share"),
    ("ci_low", pl.Float64, _LOW + " from sampling alone", "share"),
    ("ci_high", pl.Float64, _HIGH + " from sampling alone", "share"),
    ("n", pl.Int64, "Base used for the sampling variance", "count"),
    ("base", pl.String, "Where the base comes from: printed, design, series or assumed", None),
    ("used", pl.Boolean, "False for a figure left out of the trend", None),
)

HOUSE_EFFECTS: tuple[Described, ...] = (
    ("trend", pl.String, _TREND, None),
    ("series", pl.String, _SERIES, None),
    ("since", pl.String, "Since when the house has asked in these words, if it changed them", None),
    ("figures", pl.Int64, "Figures of this house", "count"),
    ("effect", pl.Float64, "Distance from the mean of the houses, logit, posterior median", "score"),
    ("ci_low", pl.Float64, _LOW, "score"),
    ("ci_high", pl.Float64, _HIGH, "score"),
)

COHERENCE: tuple[Described, ...] = (
    ("check", pl.Int64, "Number of the check", None),
    ("kind", pl.String, "Kind of check", None),
    (
        "outcome",
        pl.String,
        "impossible, only_by_rounding, different, doubtful, implied, within_error, consistent or not_checkable",
        None,
    ),
    ("reason", pl.String, "Why something is not checkable, or the condition of an outcome", None),
    ("question", pl.String, _QUESTION, None),
    ("answer", pl.String, _ANSWER, None),
    ("series", pl.String, _SERIES, None),
    ("year", pl.Int64, "Year of the fieldwork", "year"),
    ("variable", pl.String, "Variable that makes the parts", None),
    ("scheme", pl.String, "Weight scheme", None),
    ("target", pl.String, "rest: the share among all others is bounded; total: all parts are known", None),
    ("known_share", pl.Float64, "Share of the population that the printed parts cover", "share"),
    ("implied", pl.Float64, "Share of the rest, or total, if the printed figures were exact; may leave 0–1", "share"),
    ("low", pl.Float64, "Lowest that rounding allows", "share"),
    ("high", pl.Float64, "Highest that rounding allows", "share"),
    ("figures", pl.String, "Ids of the figures, separated by blanks", None),
    ("sources", pl.String, "Sources, separated by blanks", None),
    ("n", pl.Int64, "Base that the check used or found", "count"),
    ("base", pl.String, "Where the base comes from: printed, design, series, assumed or implied", None),
    ("finding", pl.Boolean, "True where something printed does not fit", None),
    ("message", pl.String, "Name of the sentence in the messages of each language", None),
    ("message_words", pl.String, "Words of the sentence, as JSON; lexicon ids where the case names them", None),
    ("message_numbers", pl.String, "Numbers of the sentence with their decimals, as JSON", None),
)

WAVE_ESTIMATES: tuple[Described, ...] = (
    ("wave", pl.String, "Wave", None),
    ("wave_item", pl.String, "Item of the questionnaire", None),
    ("option", pl.String, "Answer code; codes joined by + are added up", None),
    ("favourable", pl.Boolean, "True for the row of the item's favourable answers", None),
    ("domain_variable", pl.String, "Variable that makes the domains; all for the whole sample", None),
    ("domain", pl.String, "Domain; all for the whole sample", None),
    ("estimate", pl.Float64, "Weighted share", "share"),
    ("std_error", pl.Float64, "Standard error by Taylor linearisation", "share"),
    ("ci_low", pl.Float64, _LOW + " (logit, t)", "share"),
    ("ci_high", pl.Float64, _HIGH + " (logit, t)", "share"),
    ("df", pl.Int64, "Degrees of freedom: PSUs minus strata of the domain", "count"),
    ("n", pl.Int64, "Base: respondents who answered", "count"),
    ("n_effective", pl.Float64, "Kish's effective base", "count"),
    ("deff", pl.Float64, "Design effect, against simple random sampling with replacement", "ratio"),
    ("flag", pl.String, "Why a figure needs care: empty, no_variance, no_df, no_spread or boundary", None),
    ("suppressed", pl.String, "primary: base below the minimum; complementary: would reveal such a cell", None),
)

WAVES: tuple[Described, ...] = (
    ("wave", pl.String, "Wave", None),
    ("n", pl.Int64, "Respondents", "count"),
    ("psus", pl.Int64, "Primary sampling units", "count"),
    ("strata", pl.Int64, "Strata", "count"),
    ("df", pl.Int64, "Degrees of freedom: PSUs minus strata", "count"),
    ("n_effective", pl.Float64, "Kish's effective number of respondents", "count"),
    ("weight_sum", pl.Float64, "Sum of the weights", "count"),
    ("lonely_psu", pl.String, "What is done about a stratum with one PSU", None),
    ("source", pl.String, "Source", None),
)

TITLES: Mapping[str, tuple[str, tuple[Described, ...], tuple[str, ...]]] = {
    "published": ("Published figures", PUBLISHED, ("figure",)),
    "trends": ("Trends", TRENDS, ("trend", "year")),
    "trend_series": ("Series and whether they identify a trend", TREND_SERIES, ("trend",)),
    "trend_points": ("Figures behind the trends", TREND_POINTS, ("trend", "figure")),
    "house_effects": ("House effects", HOUSE_EFFECTS, ("trend", "series", "since")),
    "coherence": ("Coherence of published figures", COHERENCE, ("check",)),
    "wave_estimates": (
        "Estimates from microdata",
        WAVE_ESTIMATES,
        ("wave", "wave_item", "option", "domain_variable", "domain"),
    ),
    "waves": ("Waves with microdata", WAVES, ("wave",)),
}


def make_table(name: str, frame: pl.DataFrame | Iterable[tuple[object, ...]]) -> Table:
    """Make the table of this name from rows, or from a frame with its columns."""
    title, described, key = TITLES[name]
    schema = {column: kind for column, kind, _, _ in described}
    if not isinstance(frame, pl.DataFrame):
        frame = pl.DataFrame(list(frame), schema=schema, orient="row")
    columns = tuple(Column(name=column, description=text, unit=unit) for column, _, text, unit in described)
    return Table(name=name, title=title, frame=frame.select(list(schema)).cast(schema), columns=columns, key=key)  # type: ignore[arg-type]


def published_table(readings: Sequence[Reading], design_effect: float, minimum_base: int) -> Table:
    """Every published figure with its base and sampling interval."""
    rows = []
    for reading in readings:
        figure = reading.figure
        rows.append(
            (
                figure.id,
                figure.series,
                figure.wave,
                figure.question,
                figure.answer,
                figure.subgroup_variable,
                figure.subgroup,
                figure.population,
                str(figure.happened_on),
                year_of(figure),
                reading.share,
                figure.decimals,
                figure.mean_score,
                reading.low,
                reading.high,
                reading.n if reading.base in ("printed", "design") else None,
                reading.base,
                None if reading.low is None else design_effect,
                figure.margin_of_error,
                reading.base in ("printed", "design") and reading.n is not None and reading.n < minimum_base,
                figure.source,
                figure.grade,
            )
        )
    return make_table("published", rows)


def trend_tables(trends: Sequence[Trend]) -> tuple[Table, ...]:
    """Levels, series, points and house effects."""
    levels = [
        (t.id, t.question, t.subgroup, one.year, one.level_on.isoformat(), one.estimate, one.low, one.high, one.polled)
        for t in trends
        for one in t.levels
    ]
    series = [
        (
            t.id,
            t.question,
            " | ".join(t.answers),
            t.subgroup_variable,
            t.subgroup,
            t.population,
            t.status,
            len(t.used),
            len(t.left_out),
            len({reading.figure.series for reading in t.used}),
            t.step_sd,
            t.house_sd,
            t.learnt,
            t.rose,
        )
        for t in trends
    ]
    points = [
        (
            t.id,
            reading.figure.id,
            reading.figure.series,
            str(reading.figure.happened_on),
            reading.share,
            reading.low,
            reading.high,
            reading.n,
            reading.base,
            used,
        )
        for t in trends
        if t.levels
        for readings, used in ((t.used, True), (t.left_out, False))
        for reading in readings
    ]
    houses = [
        (t.id, one.series, one.since or None, one.figures, one.effect, one.low, one.high)
        for t in trends
        for one in t.houses
    ]
    return (
        make_table("trends", levels),
        make_table("trend_series", series),
        make_table("trend_points", points),
        make_table("house_effects", houses),
    )


def coherence_table(case: Case, report: CoherenceReport) -> Table:
    """Every check, those that could not be made included."""
    rows = [
        (
            number,
            one.kind,
            one.outcome,
            one.reason or None,
            one.question,
            one.answer,
            one.series,
            one.year,
            one.variable,
            one.scheme or None,
            one.target,
            one.known_share,
            one.implied,
            one.low,
            one.high,
            " ".join(one.figure_ids),
            " ".join(one.source_ids),
            one.n,
            one.base or None,
            one.is_problem,
            one.message_key,
            _json(lexicon_args(case, **one.message_args)),
            _json(sentence_numbers(one)),
        )
        for number, one in enumerate(report.checks, start=1)
    ]
    return make_table("coherence", rows)


def sentence_numbers(one: Finding) -> dict[str, tuple[float, int]]:
    """Numbers of a finding's sentence as they are printed: shares as percentages; each with its decimals."""
    percents = {name: (100 * share, decimals) for name, (share, decimals) in one.message_shares.items()}
    return percents | dict(one.message_numbers)


def _json(content: Mapping[str, object]) -> str:
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def wave_tables(designs: Sequence[tuple[str, str, Design]], estimates: Sequence[pl.DataFrame]) -> tuple[Table, ...]:
    """Estimates and designs of the waves with microdata: (wave, source, design) each."""
    waves = [
        (
            wave,
            design.data.height,
            len(design.psu_stratum),
            len(design.strata),
            design.df,
            design.n_effective,
            float(design.weight.sum()),
            design.lonely_psu,
            source,
        )
        for wave, source, design in designs
    ]
    frame = pl.concat(estimates).rename({"item": "wave_item"}) if estimates else ()
    cells = make_table("wave_estimates", frame)
    return cells, make_table("waves", waves)
