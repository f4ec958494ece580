"""Results as people and other programs take them: tables of notebooks, texts, frames of other libraries, charts."""

from shteg.shown.drawn import plot_heatmap, plot_intervals, plot_table
from shteg.shown.results import Shown

__all__ = ["Shown", "plot_heatmap", "plot_intervals", "plot_table"]
