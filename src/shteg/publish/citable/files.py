"""The files that programs ask a publication for: those of one language, and those of the whole site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shteg.publish.citable.dcat import catalogue
from shteg.publish.citable.ddi import codebook, wave_ids
from shteg.publish.citable.feeds import atom, llms_text, robots, sitemap
from shteg.publish.citable.references import REFERENCES
from shteg.publish.citable.work import work_of
from shteg.publish.printed import Voice

FEED, DCAT = "feed.xml", "dcat.jsonld"


def language_files(voice: Voice) -> Mapping[str, bytes]:
    """Write the feed and the references of one language, by their names in its folder."""
    work = work_of(voice)
    return {FEED: atom(voice).encode(), **{name: write(work).encode() for name, write in REFERENCES.items()}}


def site_files(voices: Sequence[Voice], slugs: Sequence[str], edition_path: str) -> Mapping[str, bytes]:
    """Write what belongs to no language, by its place in the folder of the site.

    Parameters
    ----------
    voices : sequence of Voice
        The languages, in the order of the publication.
    slugs : sequence of str
        The pages that search engines are told of.
    edition_path : str
        Folder of the edition, seen from the folder of the site.

    Returns
    -------
    mapping
        A map of the site only where the case has an address.
    """
    edition, work = voices[0].edition, work_of(voices[0])
    found = {
        DCAT: catalogue(voices, edition_path).encode(),
        "llms.txt": llms_text(voices, edition_path).encode(),
        **{f"ddi/{wave}.xml": codebook(voices, wave) for wave in wave_ids(edition)},
    }
    if work.address:
        found["sitemap.xml"] = sitemap(work.address, edition.languages, slugs, work.day).encode()
        found["robots.txt"] = robots(work.address).encode()
    return found
