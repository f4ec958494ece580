"""The explorer: what the page of switches needs of the simulation, packed small, and the engine's answer to a setting."""

from shteg.explorer.stage import pack_explorer

__all__ = ["pack_explorer"]
