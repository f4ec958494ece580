"""Coherence of published figures: can they be true together, and of this population? One module a family of checks."""

from shteg.survey.coherence.examine import check_coherence, examine_coherence
from shteg.survey.coherence.findings import (
    PROBLEMS,
    CoherenceReport,
    Finding,
    Kind,
    Outcome,
    population_shares,
    printed_range,
)
from shteg.survey.coherence.polls import as_printed
from shteg.survey.coherence.totals import compare_totals_with_parts

__all__ = [
    "PROBLEMS",
    "CoherenceReport",
    "Finding",
    "Kind",
    "Outcome",
    "as_printed",
    "check_coherence",
    "compare_totals_with_parts",
    "examine_coherence",
    "population_shares",
    "printed_range",
]
