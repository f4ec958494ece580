"""Whole futures, simulated: when each step is reached, who holds it up, what each measure changes."""

from shteg.pathways.answers.paths import export_paths
from shteg.pathways.forecast.rows import AssumptionNote, ForecastRow, describe_assumptions, forecast_rows
from shteg.pathways.stage import parameter_titles, simulate_pathways

__all__ = [
    "AssumptionNote",
    "ForecastRow",
    "describe_assumptions",
    "export_paths",
    "forecast_rows",
    "parameter_titles",
    "simulate_pathways",
]
