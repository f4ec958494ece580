"""Evidence: a case folder, read and checked, as records with sources, grades and dates."""

from shteg.evidence.case import Case, Wave
from shteg.evidence.files.schema import describe_case_format
from shteg.evidence.find_case import default_case, find_case, new_case, shipped_cases
from shteg.evidence.reading import (
    Inspection,
    check_case,
    inspect_case,
    read_case,
    read_figures,
    read_population,
    read_scenarios,
)
from shteg.evidence.records.dates import DateInterval

__all__ = [
    "Case",
    "DateInterval",
    "Inspection",
    "Wave",
    "check_case",
    "default_case",
    "describe_case_format",
    "find_case",
    "inspect_case",
    "new_case",
    "read_case",
    "read_figures",
    "read_population",
    "read_scenarios",
    "shipped_cases",
]
