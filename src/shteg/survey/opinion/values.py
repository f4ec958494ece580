"""Quotable values of the survey stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

import polars as pl

from shteg.estimates import Value
from shteg.evidence.case import Case, Wave
from shteg.survey.coherence.findings import CoherenceReport, Finding
from shteg.survey.published.published import (
    ALL,
    Reading,
    is_whole_sample,
    lexicon_args,
    slug,
    unique,
    value_id,
    year_of,
)
from shteg.survey.published.trends import Trend

IMPOSSIBLE = "no-share-fits"
"""Text value where no share of the rest gives the printed total (message `text.no-share-fits`)."""

FEASIBLE = 1.0
"""Level of an interval that holds everything rounding allows."""


def published_values(case: Case, readings: Sequence[Reading], design_effect: float, level: float) -> Iterator[Value]:
    """One value for each figure that printed a percentage or a mean score.

    Parameters
    ----------
    case : Case
    readings : sequence of Reading
    design_effect : float, >= 1
    level : float in (0, 1)
        Coverage of the readings' intervals.

    Returns
    -------
    iterator of Value
    """
    taken: set[str] = set()
    for reading in readings:
        figure = reading.figure
        number = reading.share if reading.share is not None else figure.mean_score
        if number is None:
            continue
        whole = is_whole_sample(figure)
        names = lexicon_args(case, question=figure.question, answer=figure.answer, series=figure.series)
        subgroup = {} if whole else lexicon_args(case, subgroup=figure.subgroup)
        kind = "published" if reading.share is not None else "score"
        details: dict[str, str | float] = {}
        if reading.base in ("printed", "design") and reading.n is not None:
            details["base"] = reading.n
        if reading.low is not None:
            details |= {"design_effect": design_effect, "interval": "sampling, design effect assumed"}
        yield Value(
            id=unique(value_id(f"survey.{figure.id}"), taken),
            number=number,
            unit="share" if reading.share is not None else "score",
            decimals=figure.decimals,
            label="observed",
            label_key=f"value.survey.{kind}" + (".all" if whole else ""),
            label_args={**names, **subgroup, "year": str(year_of(figure))},
            source_ids=(figure.source,),
            method="survey#published",
            low=reading.low,
            high=reading.high,
            level=None if reading.low is None else level,
            verified=figure.verified,
            details=details,
        )


def trend_values(case: Case, trends: Sequence[Trend], level: float) -> Iterator[Value]:
    """One value for each year of each estimated trend.

    Parameters
    ----------
    case : Case
    trends : sequence of Trend
    level : float in (0, 1)
        Coverage of the levels' intervals.

    Returns
    -------
    iterator of Value
    """
    for trend in trends:
        sources = tuple(sorted({reading.figure.source for reading in trend.used}))
        whole = trend.subgroup_variable == ALL
        names = lexicon_args(case, question=trend.question, answer=trend.answers[0])
        subgroup = {} if whole else lexicon_args(case, subgroup=trend.subgroup)
        details: dict[str, str | float] = {
            "figures": len(trend.used),
            "houses": len({reading.figure.series for reading in trend.used}),
            "answers": " | ".join(trend.answers),
            "bases_not_printed": sum(reading.base in ("series", "assumed") for reading in trend.used),
            "learnt": trend.learnt or 0.0,
        }
        for one in trend.levels:
            yield Value(
                id=f"survey.trend.{trend.id}.{one.year}",
                number=one.estimate,
                unit="share",
                decimals=0,
                label="estimated",
                label_key="value.survey.trend" + (".all" if whole else ""),
                label_args={**names, **subgroup, "year": str(one.year)},
                source_ids=sources,
                method="survey#trends",
                low=one.low,
                high=one.high,
                level=level,
                verified=all(reading.figure.verified for reading in trend.used),
                details=details,
            )


def coherence_values(case: Case, report: CoherenceReport) -> Iterator[Value]:
    """What each printed pair implies under each scheme, and how many checks found something."""
    yield from _counts_of_all(report)
    report = report.of("total_against_parts")
    answers: dict[tuple[str, str, int], set[str]] = {}
    for check in report.checks:
        answers.setdefault((check.question, check.series, check.year), set()).add(check.answer)
    taken: set[str] = set()
    for check in report.checks:
        if check.target == "none":
            continue
        question = case.questions.get(check.question)
        several = len(answers[(check.question, check.series, check.year)]) > 1
        quoted = not several or (question is not None and check.answer in question.favourable)
        yield _coherence_value(case, check, quoted, taken)
    sources = tuple(sorted({source for check in report.checks for source in check.source_ids}))
    if not sources:
        return
    outcomes = Counter(check.outcome for check in report.checks)
    counts = {
        "findings": len(report.findings),
        "checks": len(report.checks),
        "not-checkable": len(report.not_checkable),
    }
    for name, count in counts.items():
        yield Value(
            id=f"coherence.{name}",
            number=count,
            unit="count",
            decimals=0,
            label="computed",
            label_key=f"value.survey.coherence.{name}",
            source_ids=sources,
            method="survey#coherence",
            verified=all(check.verified for check in report.checks),
            details={outcome: outcomes[outcome] for outcome in sorted(outcomes)},
        )


def _counts_of_all(report: CoherenceReport) -> Iterator[Value]:
    """Findings and checks of every kind; `coherence.findings` and `coherence.checks` count totals against parts."""
    sources = tuple(sorted({source for check in report.checks for source in check.source_ids}))
    kinds = Counter(check.kind for check in report.findings)
    counts = {"all-findings": len(report.findings), "all-checks": len(report.checks)}
    for name, count in counts.items() if sources else ():
        yield Value(
            id=f"coherence.{name}",
            number=count,
            unit="count",
            decimals=0,
            label="computed",
            label_key=f"value.survey.coherence.{name}",
            source_ids=sources,
            method="coherence",
            verified=all(check.verified for check in report.checks),
            details={kind: kinds[kind] for kind in sorted(kinds)},
        )


def _coherence_value(case: Case, check: Finding, quoted: bool, taken: set[str]) -> Value:
    parts = [slug(check.question), slug(check.series), str(check.year), slug(check.scheme)]
    parts += [] if quoted else [slug(check.answer)]
    fits = check.low is not None and check.high is not None
    number = (check.low + check.high) / 2 if check.low is not None and check.high is not None else IMPOSSIBLE
    key = check.target if check.outcome != "impossible" or check.target == "rest" else "total.impossible"
    names = {name: text for name, text in check.message_args.items() if name not in ("year", "count", "variable")}
    return Value(
        id=unique(f"coherence.{'.'.join(parts)}.{check.target}", taken),
        number=number,
        unit="share" if fits else "text",
        decimals=0,
        label="computed",
        label_key=f"value.survey.coherence.{key}",
        label_args={**lexicon_args(case, **names), "year": str(check.year)},
        source_ids=check.source_ids,
        method="survey#coherence",
        low=check.low,
        high=check.high,
        level=FEASIBLE if fits else None,
        verified=check.verified,
        details={
            "outcome": check.outcome,
            "interval": "all that rounding allows",
            "weight_scheme": check.scheme,
            "implied_if_exact": check.implied or 0.0,
        },
    )


def wave_values(case: Case, wave: Wave, estimates: pl.DataFrame, level: float) -> Iterator[Value]:
    """Give the favourable share of each item, in all and in each domain that may be shown.

    Parameters
    ----------
    case : Case
        Its sources and labels.
    wave : Wave
        The wave of the estimates.
    estimates : polars.DataFrame
        Of `estimate_wave`: shares in [0, 1], null where a cell is hidden.
    level : float, in (0, 1)
        Coverage of the intervals.

    Yields
    ------
    Value
        `survey.wave.<wave>.<item>.<domain>`, a share.
    """
    taken: set[str] = set()
    shown = estimates.filter(pl.col("favourable"), pl.col("estimate").is_not_null())
    for row in shown.iter_rows(named=True):
        whole = row["domain_variable"] == ALL
        domain = ALL if whole else slug(f"{row['domain_variable']}-{row['domain']}")
        yield Value(
            id=unique(f"survey.wave.{slug(wave.id)}.{slug(row['item'])}.{domain}", taken),
            number=row["estimate"],
            unit="share",
            decimals=0,
            label="estimated",
            label_key="value.survey.wave" + (".all" if whole else ""),
            label_args={
                "item": f"wave-item:{wave.id}.{row['item']}",
                "wave": f"wave:{wave.id}",
                **({} if whole else _domain_args(case, wave, row["domain_variable"], row["domain"])),
            },
            source_ids=(wave.design.source,),
            method="survey#estimation",
            low=row["ci_low"],
            high=row["ci_high"],
            level=None if row["ci_low"] is None else level,
            verified=_is_verified(case, wave),
            details=_wave_details(row),
        )


def _domain_args(case: Case, wave: Wave, variable: str, code: str) -> dict[str, str]:
    """Name a part of the sample by the words of design.toml, else by those of labels.toml, else by its code."""
    if code in wave.design.codes.get(variable, {}) and ":" not in code:  # a colon ends the kind of a lexicon id
        return {"subgroup": f"wave-code:{wave.id}.{variable}.{code}"}
    return lexicon_args(case, subgroup=code)


def _is_verified(case: Case, wave: Wave) -> bool:
    source = case.sources.get(wave.design.source)
    return source is None or source.grade[1] != "6"


def _wave_details(row: Mapping[str, object]) -> dict[str, str | float]:
    given = {"base": row["n"], "n_effective": row["n_effective"], "design_effect": row["deff"], "df": row["df"]}
    details: dict[str, str | float] = {
        name: number for name, number in given.items() if isinstance(number, float | int) and isfinite(number)
    }
    return details | ({"flag": str(row["flag"])} if row["flag"] else {})
