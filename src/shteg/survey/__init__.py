"""What people want: design-based estimates from waves, trends and coherence of published figures."""

from shteg.survey.coherence import CoherenceReport, Finding, check_coherence, examine_coherence
from shteg.survey.design import Design
from shteg.survey.estimation import Estimates, estimate_means, estimate_proportions, estimate_totals
from shteg.survey.opinion import estimate_opinion
from shteg.survey.read_wave import read_wave

__all__ = [
    "CoherenceReport",
    "Design",
    "Estimates",
    "Finding",
    "check_coherence",
    "estimate_means",
    "estimate_opinion",
    "estimate_proportions",
    "estimate_totals",
    "examine_coherence",
    "read_wave",
]
