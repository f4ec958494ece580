"""A table of values, for pages."""

from __future__ import annotations

from collections.abc import Sequence

from shteg.estimates import Value
from shteg.publish.printed import Voice
from shteg.report.language.tables import TableView, make_table


def values_table(voice: Voice, caption: str, values: Sequence[Value]) -> TableView | None:
    """List values with what they are and their intervals.

    Parameters
    ----------
    voice : Voice
        The language.
    caption : str
        What they are together.
    values : sequence of Value
        In the order of the rows.

    Returns
    -------
    TableView or None
        None if there are no values.
    """
    rows = [(voice.what(one), voice.value(one, "short"), voice.with_level(one)) for one in values]
    headers = [voice.t(f"column.{name}") for name in ("quantity", "figure", "interval")]
    return make_table(caption, headers, rows, (1,)) if rows else None
