"""The one forecast of each step: its parts mixed with weights that past forecasts taught, and each part beside it."""

from shteg.pool.mixture import Part, mix
from shteg.pool.stage import pool_forecasts

__all__ = ["Part", "mix", "pool_forecasts"]
