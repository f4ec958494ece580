"""The explorer: the simulation packed small for the page of switches, and the engine's answer to any setting."""

from shteg.explorer.stage import pack_explorer

__all__ = ["pack_explorer"]
