"""shteg: from public evidence to a bilingual, checkable roadmap of a country's path into an organisation.

>>> import shteg
>>> case = shteg.read_case(shteg.find_case("demo"))
>>> shteg.estimate_opinion(case).tables["published"].frame  # a Polars frame

The names below load what they need when they are first used: `import shteg` alone is light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # what type checkers and editors see of the names below
    from shteg.accession import estimate_accession as estimate_accession
    from shteg.edition import build_edition as build_edition
    from shteg.evidence import check_case as check_case
    from shteg.evidence import find_case as find_case
    from shteg.evidence import read_case as read_case
    from shteg.pathways import simulate_pathways as simulate_pathways
    from shteg.publish import publish_site as publish_site
    from shteg.recommendations import rank_measures as rank_measures
    from shteg.report import open_edition as open_edition
    from shteg.stance import estimate_stances as estimate_stances
    from shteg.stance.rollcall import ideal_points as ideal_points
    from shteg.stance.rollcall import read_votes as read_votes
    from shteg.stance.rollcall import rollcall as rollcall
    from shteg.survey import Design as Design
    from shteg.survey import estimate_opinion as estimate_opinion

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
