"""The publication: a static site and PDFs in every language, from one edition. Formats; never computes."""

from shteg.publish.kept import KeptLanguages
from shteg.publish.site import publish_site

__all__ = ["KeptLanguages", "publish_site"]
