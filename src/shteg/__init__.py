"""shteg: from public evidence to a bilingual, checkable roadmap of a country's path into an organisation."""

__version__ = "0.1.0"
