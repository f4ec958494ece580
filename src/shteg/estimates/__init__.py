"""What the stages hand to each other: values, tables, draws, and the result of one stage.

The three packages of layer 2 never import each other; they meet here. A stage reads evidence (or the results of the
stages before it) and returns one `StageResult`. Nothing here computes.
"""

from shteg.estimates.quoting import quote
from shteg.estimates.results import Draws, Measure, StageResult
from shteg.estimates.tables import Column, Dtype, Table, column, columns_of, key_of, spread, table_row
from shteg.estimates.values import LABELS, UNITS, VALUE_ID, YEAR_DAYS, Label, Unit, Value

__all__ = [
    "LABELS",
    "UNITS",
    "VALUE_ID",
    "YEAR_DAYS",
    "Column",
    "Draws",
    "Dtype",
    "Label",
    "Measure",
    "StageResult",
    "Table",
    "Unit",
    "Value",
    "column",
    "columns_of",
    "key_of",
    "quote",
    "spread",
    "table_row",
]
