"""shteg: from public evidence to a bilingual, checkable roadmap of a country's path into an organisation.

>>> import shteg
>>> case = shteg.read_case(shteg.find_case("demo"))
>>> shteg.estimate_opinion(case).tables["published"].frame  # a Polars frame

The names below load what they need when they are first used: `import shteg` alone is light.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_PLACES = {
    "Design": "shteg.survey",
    "build_edition": "shteg.edition",
    "check_case": "shteg.evidence",
    "estimate_accession": "shteg.accession",
    "estimate_opinion": "shteg.survey",
    "estimate_stances": "shteg.stance",
    "find_case": "shteg.evidence",
    "ideal_points": "shteg.stance.rollcall",
    "open_edition": "shteg.report",
    "publish_site": "shteg.publish",
    "rank_measures": "shteg.recommendations",
    "read_case": "shteg.evidence",
    "read_votes": "shteg.stance.rollcall",
    "rollcall": "shteg.stance.rollcall",
    "simulate_pathways": "shteg.pathways",
}

__all__ = [
    *_PLACES,
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module 'shteg' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
