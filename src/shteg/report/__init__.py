"""What a publication says: values as text, documents, messages, charts, and the check that the languages agree.

Reads an edition folder and nothing else; renderers (`publish`) only print what they get from here.
"""

from shteg.report.charts.catalogue import CHART_IDS, available_charts, chart
from shteg.report.charts.parts import ChartSpec
from shteg.report.edition_view import EditionView, open_edition
from shteg.report.language.cells import form_of, format_cell
from shteg.report.language.explanations import render_explanations
from shteg.report.language.messages import check_messages, column_name, message
from shteg.report.language.precision import format_share
from shteg.report.language.tables import TableView
from shteg.report.language.values import direction_word, format_interval, format_value, value_label
from shteg.report.language.words import Words
from shteg.report.layout.palette import PALETTE
from shteg.report.published import (
    PrintedCell,
    PrintedCount,
    PrintedValue,
    check_published,
    check_published_cells,
    check_published_counts,
    check_published_text,
)
from shteg.report.text.parity import check_texts, check_written_texts, require_parity
from shteg.report.text.read import parse_document
from shteg.report.text.resolve import resolve
from shteg.report.text.tree import Block, Document, ResolvedDocument

__all__ = [
    "CHART_IDS",
    "PALETTE",
    "Block",
    "ChartSpec",
    "Document",
    "EditionView",
    "PrintedCell",
    "PrintedCount",
    "PrintedValue",
    "ResolvedDocument",
    "TableView",
    "Words",
    "available_charts",
    "chart",
    "check_messages",
    "check_published",
    "check_published_cells",
    "check_published_counts",
    "check_published_text",
    "check_texts",
    "check_written_texts",
    "column_name",
    "direction_word",
    "form_of",
    "format_cell",
    "format_interval",
    "format_share",
    "format_value",
    "message",
    "open_edition",
    "parse_document",
    "render_explanations",
    "require_parity",
    "resolve",
    "value_label",
]
