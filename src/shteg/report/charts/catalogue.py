"""The charts of an edition: which there are, and each as a Vega-Lite specification in the language of the reader."""

from __future__ import annotations

from types import MappingProxyType

from shteg.errors import PublishError, UsageError
from shteg.report.charts import agreement, chronicle, history, members, opinion, path, pool, skill
from shteg.report.charts.parts import Chart, ChartSpec
from shteg.report.edition_view import EditionView
from shteg.report.language.words import Words

_ALL: tuple[Chart, ...] = (
    *(*agreement.CHARTS, *chronicle.CHARTS, *history.CHARTS, *members.CHARTS),
    *(*opinion.CHARTS, *path.CHARTS, *pool.CHARTS, *skill.CHARTS),
)
_CHARTS = MappingProxyType({one.id: one for one in sorted(_ALL, key=lambda one: one.place)})

CHART_IDS: tuple[str, ...] = tuple(_CHARTS)
"""Every chart that an edition may have, in the order of the publication."""


def available_charts(edition: EditionView) -> tuple[str, ...]:
    """List the charts that this edition has the figures for, in the order of the publication."""
    return edition.once("charts", lambda: tuple(name for name, one in _CHARTS.items() if one.holds(edition)))


def chart(edition: EditionView, chart_id: str, language: str) -> ChartSpec:
    """Make a chart, once: the gate reads the words of what the publisher draws.

    Parameters
    ----------
    edition : EditionView
        Where the figures come from.
    chart_id : str
        One of `available_charts`.
    language : str
        One of the case's.

    Returns
    -------
    ChartSpec

    Raises
    ------
    PublishError
        The edition has no such chart, or it cannot be made of its figures.
    """
    if chart_id not in available_charts(edition):
        hint = f"this edition has {', '.join(available_charts(edition)) or 'none'}"
        raise PublishError(f"the edition has no chart {chart_id}", hint, chart_id)
    try:
        return edition.once(("chart", chart_id, language), lambda: _CHARTS[chart_id].make(Words(edition, language)))
    except UsageError as error:
        raise PublishError(f"the chart cannot be made: {error.problem}", error.hint, chart_id) from error
