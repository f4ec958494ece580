"""Charts of an edition as Vega-Lite specifications: each answers a question, in the language of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shteg.errors import PublishError
from shteg.report.edition_view import EditionView

CHART_IDS = (
    "forecast-path",
    "members-stance",
    "blockers",
    "opinion-trends",
    "coherence",
    "ladder-times",
    "effects",
    "ratification",
    "chronicle",
)
"""Every chart that an edition may have, in the order of the publication."""

PALETTE = {
    "ink": "#0a0a01",
    "muted": "#0a0a02",
    "grid": "#0a0a03",
    "paper": "#0a0a04",
    "series-1": "#0a0a11",
    "series-2": "#0a0a12",
    "series-3": "#0a0a13",
    "series-4": "#0a0a14",
    "series-5": "#0a0a15",
    "series-6": "#0a0a16",
    "positive": "#0a0a21",
    "negative": "#0a0a22",
    "neutral": "#0a0a23",
    "observed": "#0a0a31",
    "estimated": "#0a0a32",
    "borrowed": "#0a0a33",
    "assumed": "#0a0a34",
}
"""Sentinel colours: a publisher replaces each by a CSS variable (HTML) or a print colour (PDF). All are distinct."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartTable:
    """The data behind a chart, for readers: headers and cells in the language, already formatted."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartSpec:
    """One chart in one language: `spec` is Vega-Lite, `sentence` the alternative text, `note` stands below it."""

    id: str
    language: str
    title: str
    sentence: str
    note: str
    spec: dict[str, Any]
    source_ids: tuple[str, ...]
    table: ChartTable


def available_charts(edition: EditionView) -> tuple[str, ...]:
    """List the charts whose tables this edition holds, in the order of the publication."""
    return ()


def chart(edition: EditionView, chart_id: str, language: str) -> ChartSpec:
    """Make a chart.

    Raises
    ------
    PublishError
        The edition has no such chart.
    """
    raise PublishError(f"the edition has no chart {chart_id}", "see available_charts(edition)", chart_id)


def data_table(edition: EditionView, chart_id: str, language: str) -> ChartTable:
    """Give the data behind a chart as readers see it."""
    return chart(edition, chart_id, language).table
