"""The charts of an edition: which there are, and each as a Vega-Lite specification in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from shteg.errors import PublishError, UsageError
from shteg.report.charts.history import chronicle, chronicle_rows, ladder_times, ladder_values
from shteg.report.charts.members import members_stance, ratification, ratification_values, stance_values
from shteg.report.charts.opinion import coherence, coherence_values, opinion_trends, trend_values
from shteg.report.charts.parts import PALETTE, ChartSpec, ChartTable
from shteg.report.charts.path import (
    blocker_values,
    blockers,
    effect_values,
    effects,
    forecast_path,
    forecast_values,
)
from shteg.report.charts.skill import reliability, reliability_rows, skill, skill_values
from shteg.report.edition_view import EditionView


@dataclass(frozen=True, slots=True)
class _Chart:
    """`holds` tells whether an edition has what the chart shows."""

    holds: Callable[[EditionView], bool]
    make: Callable[[EditionView, str], ChartSpec]


_CHARTS = MappingProxyType(
    {
        "forecast-path": _Chart(lambda edition: bool(forecast_values(edition)), forecast_path),
        "members-stance": _Chart(lambda edition: bool(stance_values(edition)), members_stance),
        "blockers": _Chart(lambda edition: bool(blocker_values(edition)[1]), blockers),
        "opinion-trends": _Chart(lambda edition: bool(trend_values(edition)), opinion_trends),
        "coherence": _Chart(lambda edition: bool(coherence_values(edition)), coherence),
        "ladder-times": _Chart(lambda edition: bool(ladder_values(edition)[2]), ladder_times),
        "effects": _Chart(lambda edition: bool(effect_values(edition)[2]), effects),
        "ratification": _Chart(lambda edition: bool(ratification_values(edition)), ratification),
        "skill": _Chart(lambda edition: bool(skill_values(edition)), skill),
        "reliability": _Chart(lambda edition: bool(reliability_rows(edition)), reliability),
        "chronicle": _Chart(lambda edition: bool(chronicle_rows(edition)), chronicle),
    }
)

CHART_IDS: tuple[str, ...] = tuple(_CHARTS)
"""Every chart that an edition may have, in the order of the publication."""


def available_charts(edition: EditionView) -> tuple[str, ...]:
    """List the charts that this edition has the figures for, in the order of the publication."""
    return tuple(name for name, one in _CHARTS.items() if one.holds(edition))


def chart(edition: EditionView, chart_id: str, language: str) -> ChartSpec:
    """Make a chart.

    Raises
    ------
    PublishError
        The edition has no such chart.
    """
    if chart_id not in _CHARTS or not _CHARTS[chart_id].holds(edition):
        hint = f"this edition has {', '.join(available_charts(edition)) or 'none'}"
        raise PublishError(f"the edition has no chart {chart_id}", hint, chart_id)
    try:
        return _CHARTS[chart_id].make(edition, language)
    except UsageError as error:
        raise PublishError(f"the chart cannot be made: {error.problem}", error.hint, chart_id) from error


def data_table(edition: EditionView, chart_id: str, language: str) -> ChartTable:
    """Give the data behind a chart as readers see it."""
    return chart(edition, chart_id, language).table


def chart_sentence(chart_id: str, edition: EditionView, language: str) -> str:
    """Give the sentence that says what a chart shows."""
    return chart(edition, chart_id, language).sentence


__all__ = [
    "CHART_IDS",
    "PALETTE",
    "ChartSpec",
    "ChartTable",
    "available_charts",
    "chart",
    "chart_sentence",
    "data_table",
]
