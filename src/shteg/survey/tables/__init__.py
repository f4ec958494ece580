"""Tables for people: toplines and banners of a wave, checked for what they may show, written in each language."""

from shteg.evidence.records.surveys import QualityRules
from shteg.survey.inference.adjusting import Multiplicity
from shteg.survey.tables.build import Tables, tabulate
from shteg.survey.tables.output.flat import write_csv, write_parquet, write_tests_csv, write_tests_parquet
from shteg.survey.tables.output.web import write_html
from shteg.survey.tables.output.wording import Wording
from shteg.survey.tables.output.workbook import write_xlsx
from shteg.survey.tables.plan import Changes, Grid, Grouping, Net, Percent, Sort, Source, TableItem, Units
from shteg.survey.tables.protect import PrintedTable

__all__ = [
    "Changes",
    "Grid",
    "Grouping",
    "Multiplicity",
    "Net",
    "Percent",
    "PrintedTable",
    "QualityRules",
    "Sort",
    "Source",
    "TableItem",
    "Tables",
    "Units",
    "Wording",
    "tabulate",
    "write_csv",
    "write_html",
    "write_parquet",
    "write_tests_csv",
    "write_tests_parquet",
    "write_xlsx",
]
