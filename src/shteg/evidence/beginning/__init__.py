"""A case begun from a few answers: the smallest set of files, commented, with every placeholder labelled as such."""

from shteg.evidence.beginning.beginning import Beginning
from shteg.evidence.beginning.organisations import ListedOrganisation, listed_organisations, name_country
from shteg.evidence.beginning.writing import begin_case

__all__ = ["Beginning", "ListedOrganisation", "begin_case", "listed_organisations", "name_country"]
