"""What people want: design-based estimates from waves, trends and coherence of published figures."""


from shteg.survey.design import Design
from shteg.survey.estimation import estimate_means, estimate_proportions, estimate_totals

__all__ = [
    "CoherenceReport",
    "Design",
    "Finding",
    "check_coherence",
    "estimate_means",
    "estimate_opinion",
    "estimate_proportions",
    "estimate_totals",
    "examine_coherence",
    "read_wave",
]
