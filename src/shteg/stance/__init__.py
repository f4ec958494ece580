"""Where each member stands, learnt from its dated public acts."""

from shteg.stance.stage import estimate_stances

__all__ = ["estimate_stances"]
