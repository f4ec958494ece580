"""Measures ranked by what they change, and the requirements as they stand."""

from shteg.recommendations.requirements import Progress, count_statuses, measure_progress
from shteg.recommendations.stage import rank_measures
from shteg.recommendations.targets import Target, list_targets

__all__ = [
    "Progress",
    "Target",
    "count_statuses",
    "list_targets",
    "measure_progress",
    "rank_measures",
]
