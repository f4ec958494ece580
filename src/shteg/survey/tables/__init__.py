"""Tables for people: toplines and banners of a wave, checked for what they may show, written in each language."""

from shteg.evidence.records.surveys import QualityRules
from shteg.survey.tables.build import Tables, tabulate
from shteg.survey.tables.output.flat import write_csv, write_parquet
from shteg.survey.tables.output.layout import Wording
from shteg.survey.tables.output.web import write_html
from shteg.survey.tables.output.workbook import write_xlsx
from shteg.survey.tables.plan import Grouping, Multiplicity, Percent, Source, TableItem
from shteg.survey.tables.protect import PrintedTable

__all__ = [
    "Grouping",
    "Multiplicity",
    "Percent",
    "PrintedTable",
    "QualityRules",
    "Source",
    "TableItem",
    "Tables",
    "Wording",
    "tabulate",
    "write_csv",
    "write_html",
    "write_parquet",
    "write_xlsx",
]
