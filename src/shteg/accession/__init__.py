"""How long the steps of the ladder took others, and how long members took to ratify."""

from shteg.accession.stage import estimate_accession

__all__ = ["estimate_accession"]
