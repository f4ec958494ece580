"""Trends of published series: which figures make a series, whether they identify a trend, and the trend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
from scipy import special

from shteg.estimates import YEAR_DAYS
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.surveys import Question
from shteg.survey.published.local_level import Polls, smooth_level
from shteg.survey.published.published import (
    ALL,
    ASSUMED_DESIGN_EFFECT,
    Reading,
    is_whole_sample,
    logit_of,
    main_population,
    population_stem,
    slug,
    unique,
    year_of,
)

MINIMUM_POINTS = 3
"""Figures at as many different times: with fewer, no step variance is identified."""


Status = Literal["estimated", "too_few_points", "no_base", "score"]
"""estimated; fewer than three usable times; a subgroup whose base was not printed; a mean score, not a share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendLevel:
    """The level at one time, as shares 0–1; `polled` tells whether a poll of that year was used."""

    year: int
    level_on: date
    estimate: float
    low: float
    high: float
    polled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseEffect:
    """How far a house lies from the mean of the houses, on the logit scale; `since` its change of wording, if any."""

    series: str
    since: str
    figures: int
    effect: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One question and answer among one group of people, over time.

    `id` is the tail of the value ids; `answers` are pooled; `used` and `left_out` are readings (left out: a second
    figure of the same house and time). Without a trend `levels` is empty and `status` says why.
    """

    id: str
    question: str
    answers: tuple[str, ...]
    subgroup_variable: str
    subgroup: str
    population: str
    status: Status
    used: tuple[Reading, ...]
    left_out: tuple[Reading, ...]
    levels: tuple[TrendLevel, ...] = ()
    houses: tuple[HouseEffect, ...] = ()
    step_sd: float | None = None
    house_sd: float | None = None
    learnt: float | None = None
    rose: float | None = None


@dataclass(slots=True)
class _Group:
    id: str
    question: str
    subgroup_variable: str
    subgroup: str
    population: str
    breaks: Mapping[str, Sequence[DateInterval]] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)


def estimate_trends(
    readings: Sequence[Reading],
    questions: Mapping[str, Question],
    *,
    design_effect: float = ASSUMED_DESIGN_EFFECT,
    level: float = 0.95,
) -> tuple[Trend, ...]:
    """Estimate the trend of each published series that three or more times identify.

    Figures belong together if they answer the same question (another wording is another question id: a break), with
    the same answer or one of the question's favourable answers, among the same people. Each house that asked the
    question has an effect of its own, and another one from each change of its wording on (`breaks` of the question);
    the effects sum to zero.

    Parameters
    ----------
    readings : sequence of Reading
    questions : mapping of id to Question
        Their `favourable` answers are pooled.
    design_effect : float, >= 1
        Assumed.
    level : float in (0, 1)
        Coverage.

    Returns
    -------
    tuple of Trend
        In the order in which the series first occur.
    """
    return tuple(_estimate(group, design_effect, level) for group in _groups(readings, questions))


def _groups(readings: Sequence[Reading], questions: Mapping[str, Question]) -> list[_Group]:
    home = main_population([reading.figure for reading in readings])
    answers: dict[str, set[str]] = {}
    for reading in readings:
        answers.setdefault(reading.figure.question, set()).add(reading.figure.answer)
    groups: dict[tuple[str, ...], _Group] = {}
    taken: set[str] = set()
    for reading in readings:
        figure = reading.figure
        question = questions.get(figure.question)
        favourable = question is not None and figure.answer in question.favourable
        pool = "" if favourable or len(answers[figure.question]) == 1 else figure.answer
        stem = population_stem(figure.population) or home
        kind = "share" if figure.percent is not None else "score"
        key = (figure.question, pool, figure.subgroup_variable, figure.subgroup, stem, kind)
        if key not in groups:
            parts = [figure.question]
            parts += [pool] if pool else []
            parts += [] if is_whole_sample(figure) else [figure.subgroup]
            parts += [stem] if stem != home else []
            parts += ["score"] if kind == "score" else []
            name = unique(".".join(map(slug, parts)), taken)
            breaks = question.breaks if question else {}
            groups[key] = _Group(name, figure.question, figure.subgroup_variable, figure.subgroup, stem, breaks)
        groups[key].readings.append(reading)
    return list(groups.values())


def _estimate(group: _Group, design_effect: float, level: float) -> Trend:
    used, left_out = _one_per_poll(group.readings)
    status: Status = "estimated"
    if all(reading.share is None for reading in group.readings):
        status = "score"
    elif len({reading.figure.happened_on for reading in used}) < MINIMUM_POINTS:
        status = "too_few_points"
    elif any(reading.n is None for reading in used):
        with_base = [reading for reading in used if reading.n is not None]
        left_out += [reading for reading in used if reading.n is None]
        used = with_base
        if len({reading.figure.happened_on for reading in used}) < MINIMUM_POINTS:
            status, used, left_out = "no_base", used + left_out, []
    plain = Trend(
        id=group.id,
        question=group.question,
        answers=tuple(dict.fromkeys(reading.figure.answer for reading in group.readings)),
        subgroup_variable=group.subgroup_variable or ALL,
        subgroup=group.subgroup,
        population=group.population,
        status=status,
        used=tuple(used),
        left_out=tuple(left_out),
    )
    return plain if status != "estimated" else _with_levels(plain, group.breaks, design_effect, level)


def _one_per_poll(readings: Sequence[Reading]) -> tuple[list[Reading], list[Reading]]:
    """Keep one figure of each house and time: of equal answers the better graded; different answers are ambiguous."""
    polls: dict[tuple[object, ...], list[Reading]] = {}
    for reading in readings:
        figure = reading.figure
        polls.setdefault((figure.series, figure.wave, figure.happened_on), []).append(reading)
    used, left_out = [], []
    for same in polls.values():
        ordered = sorted(same, key=lambda reading: reading.figure.grade)
        keep = 1 if len({reading.figure.answer for reading in same}) == 1 else 0
        used += ordered[:keep]
        left_out += ordered[keep:]
    return used, left_out


def _wording(reading: Reading, breaks: Mapping[str, Sequence[DateInterval]]) -> tuple[str, str]:
    """The way of asking of a figure: its series, and since when the series has asked in these words."""
    series, asked_on = reading.figure.series, reading.figure.happened_on
    begun = [one for one in sorted(breaks.get(series, ())) if one.first <= asked_on.middle]
    return series, str(begun[-1]) if begun else ""


def _with_levels(
    trend: Trend, breaks: Mapping[str, Sequence[DateInterval]], design_effect: float, level: float
) -> Trend:
    used = sorted(trend.used, key=lambda r: (r.figure.happened_on.middle, r.figure.series, r.figure.id))
    asked = [_wording(reading, breaks) for reading in used]
    ways = list(dict.fromkeys(asked))
    logits = [logit_of(reading, design_effect) for reading in used]
    polls = Polls(
        logit=np.array([one[0] for one in logits]),
        variance=np.array([one[1] for one in logits]),
        time=np.array([reading.figure.happened_on.middle.toordinal() for reading in used]) / YEAR_DAYS,
        house=np.array([ways.index(way) for way in asked]),
    )
    days = _days_shown(used)
    times = np.array([day.toordinal() for day in days.values()]) / YEAR_DAYS
    smoothed = smooth_level(polls, times, level=level)
    polled = {year_of(reading.figure) for reading in used}
    shares = zip(*(special.expit(a) for a in (smoothed.level, smoothed.level_low, smoothed.level_high)), strict=True)
    levels = tuple(
        TrendLevel(
            year=year,
            level_on=day,
            estimate=float(estimate),
            low=float(low),
            high=float(high),
            polled=year in polled,
        )
        for (year, day), (estimate, low, high) in zip(days.items(), shares, strict=True)
    )
    houses = tuple(
        HouseEffect(
            series=name,
            since=since,
            figures=asked.count((name, since)),
            effect=float(smoothed.house[i]),
            low=float(smoothed.house_low[i]),
            high=float(smoothed.house_high[i]),
        )
        for i, (name, since) in enumerate(ways)
        if len(ways) > 1
    )
    return replace(
        trend,
        used=tuple(used),
        levels=levels,
        houses=houses,
        step_sd=smoothed.step_sd,
        house_sd=smoothed.house_sd,
        learnt=smoothed.learnt,
        rose=smoothed.rose,
    )


def _days_shown(used: Sequence[Reading]) -> dict[int, date]:
    """The day at which each year's level is shown: the mean day of that year's fieldwork, else the first of July."""
    by_year: dict[int, list[int]] = {}
    for reading in used:
        by_year.setdefault(year_of(reading.figure), []).append(reading.figure.happened_on.middle.toordinal())
    days = {}
    for year in range(min(by_year), max(by_year) + 1):
        ordinals = by_year.get(year)
        days[year] = date.fromordinal(sum(ordinals) // len(ordinals)) if ordinals else date(year, 7, 1)
    return days
