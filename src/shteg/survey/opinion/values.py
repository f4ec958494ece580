"""Quotable values of the survey stage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

import polars as pl

from shteg.estimates import Value, quote
from shteg.evidence.case import Case, Wave
from shteg.survey.coherence.findings import CoherenceReport, Finding
from shteg.survey.published.published import ALL, Reading, is_elsewhere, lexicon_args, slug, unique, value_id, year_of
from shteg.survey.published.trends import Trend

IMPOSSIBLE = "no-share-fits"
"""Text value where no share of the rest gives the printed total (message `text.no-share-fits`)."""

FEASIBLE = 1.0
"""Level of an interval that holds everything rounding allows."""


def published_values(case: Case, readings: Sequence[Reading], design_effect: float, level: float) -> tuple[Value, ...]:
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
    tuple of Value
    """
    taken: set[str] = set()
    rows = []
    for one in readings:
        figure = one.figure
        number, kind = (figure.mean_score, "score") if one.share is None else (one.share, "share")
        if number is None:
            continue
        details: dict[str, str | float] = {}
        if one.base in ("printed", "design") and one.n is not None:
            details["base"] = one.n
        if one.low is not None:
            details |= {"design_effect": design_effect, "interval": "sampling, design effect assumed"}
        names = lexicon_args(case, question=figure.question, answer=figure.answer, series=figure.series)
        row = {"id": unique(value_id(f"survey.{figure.id}"), taken), "number": number, "unit": kind, "details": details}
        message = "published" if kind == "share" else "score"
        message += ".elsewhere" if is_elsewhere(figure, case.other_populations) else ""
        rows.append(row | {"reading": one, "figure": figure} | _sentence(case, message, names, figure, year_of(figure)))
    return quote(
        rows,
        id="{id}",
        number="number",
        unit=lambda row: row["unit"],
        decimals=lambda row: row["figure"].decimals,
        label="observed",
        label_key="value.survey.{key}",
        label_args=_filled,
        sources="{figure.source}",
        method="survey#published",
        low="reading.low",
        high="reading.high",
        level=level,
        verified=lambda row: row["figure"].verified,
        details=lambda row: row["details"],
    )


def _sentence(case: Case, key: str, names: Mapping[str, str], of: Any, year: int | None = None) -> dict[str, Any]:
    """Key and words of a label: the subgroup where `of`, a figure or a trend, is not about everyone, and the year."""
    whole = of.subgroup_variable == ALL
    subgroup = {} if whole else lexicon_args(case, subgroup=of.subgroup)
    return {"key": key + (".all" if whole else ""), "names": {**names, **subgroup, "year": str(year)}}


def _filled(row: Mapping[str, Any]) -> dict[str, str]:
    """Patterns that fill a label with the `names` of the row, whatever signs these hold."""
    return {name: f"{{names[{name}]}}" for name in row["names"]}


def trend_values(case: Case, trends: Sequence[Trend], level: float) -> tuple[Value, ...]:
    """One value for each year of each estimated trend.

    Parameters
    ----------
    case : Case
    trends : sequence of Trend
    level : float in (0, 1)
        Coverage of the levels' intervals.

    Returns
    -------
    tuple of Value
    """
    rows = []
    for trend in trends:
        figures = [reading.figure for reading in trend.used]
        about = {
            "trend": trend,
            "sources": sorted({figure.source for figure in figures}),
            "verified": all(figure.verified for figure in figures),
            "details": {
                "figures": len(figures),
                "houses": len({figure.series for figure in figures}),
                "answers": " | ".join(trend.answers),
                "bases_not_printed": sum(reading.base in ("series", "assumed") for reading in trend.used),
                "learnt": trend.learnt or 0.0,
            },
        }
        names = lexicon_args(case, question=trend.question, answer=trend.answers[0])
        rows += [about | {"one": one} | _sentence(case, "trend", names, trend, one.year) for one in trend.levels]
    return quote(
        rows,
        id="survey.trend.{trend.id}.{one.year}",
        number="one.estimate",
        unit="share",
        label="estimated",
        label_key="value.survey.{key}",
        label_args=_filled,
        sources=lambda row: row["sources"],
        method="survey#trends",
        low="one.low",
        high="one.high",
        level=level,
        verified=lambda row: row["verified"],
        details=lambda row: row["details"],
    )


def coherence_values(case: Case, report: CoherenceReport) -> Iterator[Value]:
    """What each printed pair implies under each scheme, and how many checks found something.

    `coherence.findings` and `coherence.checks` count totals against parts; the counts of all are of every kind.
    """
    kinds = Counter(check.kind for check in report.findings)
    counts = {"all-findings": len(report.findings), "all-checks": len(report.checks)}
    yield from _counts(report, counts, kinds, "coherence")
    report = report.of("total_against_parts")
    answers: dict[tuple[str, str, int], set[str]] = {}
    for check in report.checks:
        answers.setdefault((check.question, check.series, check.year), set()).add(check.answer)
    taken: set[str] = set()
    rows = []
    for check in report.checks:
        if check.target != "none":
            question = case.questions.get(check.question)
            several = len(answers[(check.question, check.series, check.year)]) > 1
            quoted = not several or (question is not None and check.answer in question.favourable)
            rows.append(_total(case, check, quoted, taken))
    yield from quote(
        rows,
        id="{id}",
        number="number",
        unit=lambda row: "text" if row["number"] == IMPOSSIBLE else "share",
        label="computed",
        label_key="value.survey.coherence.{key}",
        label_args=_filled,
        sources=lambda row: row["check"].source_ids,
        method="survey#coherence",
        low="check.low",
        high="check.high",
        level=FEASIBLE,
        verified=lambda row: row["check"].verified,
        details=lambda row: {
            "outcome": row["check"].outcome,
            "interval": "all that rounding allows",
            "weight_scheme": row["check"].scheme,
            "implied_if_exact": row["check"].implied or 0.0,
        },
    )
    outcomes = Counter(check.outcome for check in report.checks)
    counts = {"findings": len(report.findings), "checks": len(report.checks)}
    yield from _counts(report, counts | {"not-checkable": len(report.not_checkable)}, outcomes, "survey#coherence")


def _counts(
    report: CoherenceReport, counts: Mapping[str, int], details: Mapping[Any, int], method: str
) -> tuple[Value, ...]:
    """How many checks there were; nothing of a report without any."""
    return quote(
        [{"name": name, "count": count} for name, count in counts.items() if report.checks],
        id="coherence.{name}",
        number="count",
        unit="count",
        label="computed",
        label_key="value.survey.coherence.{name}",
        sources=sorted({source for check in report.checks for source in check.source_ids}),
        method=method,
        verified=all(check.verified for check in report.checks),
        details=lambda row: dict(sorted(details.items())),
    )


def _total(case: Case, check: Finding, quoted: bool, taken: set[str]) -> dict[str, Any]:
    parts = [slug(check.question), slug(check.series), str(check.year), slug(check.scheme)]
    parts += [] if quoted else [slug(check.answer)]
    names = {name: text for name, text in check.message_args.items() if name not in ("year", "count", "variable")}
    return {
        "check": check,
        "id": unique(f"coherence.{'.'.join(parts)}.{check.target}", taken),
        "number": IMPOSSIBLE if check.low is None or check.high is None else (check.low + check.high) / 2,
        "key": check.target if check.outcome != "impossible" or check.target == "rest" else "total.impossible",
        "names": {**lexicon_args(case, **names), "year": str(check.year)},
    }


def wave_values(case: Case, wave: Wave, estimates: pl.DataFrame, level: float) -> tuple[Value, ...]:
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

    Returns
    -------
    tuple of Value
        `survey.wave.<wave>.<item>.<domain>`, a share.
    """
    taken: set[str] = set()
    rows = []
    for row in estimates.filter(pl.col("favourable"), pl.col("estimate").is_not_null()).iter_rows(named=True):
        whole = row["domain_variable"] == ALL
        domain = ALL if whole else slug(f"{row['domain_variable']}-{row['domain']}")
        names = {"item": f"wave-item:{wave.id}.{row['item']}", "wave": f"wave:{wave.id}"}
        rows.append(
            row
            | {
                "id": unique(f"survey.wave.{slug(wave.id)}.{slug(row['item'])}.{domain}", taken),
                "key": "wave.all" if whole else "wave",
                "names": names | ({} if whole else _domain_args(case, wave, row["domain_variable"], row["domain"])),
            }
        )
    source = case.sources.get(wave.design.source)
    return quote(
        rows,
        id="{id}",
        number="estimate",
        unit="share",
        label="estimated",
        label_key="value.survey.{key}",
        label_args=_filled,
        sources=(wave.design.source,),
        method="survey#estimation",
        low="ci_low",
        high="ci_high",
        level=level,
        verified=source is None or source.grade[1] != "6",
        details=_wave_details,
    )


def _domain_args(case: Case, wave: Wave, variable: str, code: str) -> dict[str, str]:
    """Name a part of the sample by the words of design.toml, else by those of labels.toml, else by its code."""
    if code in wave.design.codes.get(variable, {}) and ":" not in code:  # a colon ends the kind of a lexicon id
        return {"subgroup": f"wave-code:{wave.id}.{variable}.{code}"}
    return lexicon_args(case, subgroup=code)


def _wave_details(row: Mapping[str, Any]) -> dict[str, str | float]:
    given = {"base": row["n"], "n_effective": row["n_effective"], "design_effect": row["deff"], "df": row["df"]}
    details: dict[str, str | float] = {
        name: number for name, number in given.items() if isinstance(number, float | int) and isfinite(number)
    }
    return details | ({"flag": str(row["flag"])} if row["flag"] else {})
