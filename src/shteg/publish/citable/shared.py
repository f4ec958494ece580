"""Which picture stands beside a link to a page where people share it, and what it says."""

from __future__ import annotations

from shteg.publish.drawing.share import Shared
from shteg.publish.html.naming import site_address
from shteg.publish.html.page import Page
from shteg.publish.printed import Voice

FRONT = "index"
"""The first page: its picture is in the press kit too, and stands for pages that have none."""
OWN = frozenset(("member",))
"""Kinds of pages that have pictures of their own, though no navigation lists them."""


def shared_slug(page: Page) -> str:
    """Name the page whose picture a page has: itself, or the one that leads to it."""
    if page.place or page.group or page.kind in OWN:
        return page.slug
    return page.within or FRONT


def shared_file(slug: str) -> str:
    """Give where the picture of a page lies, seen from the pages of its language."""
    return f"share/{slug}.png"


def shared_address(voice: Voice, page: Page) -> str:
    """Give the address of the picture of a page; empty where nobody knows the address of the site."""
    address = site_address(voice.edition)
    return f"{address}/{voice.language}/{shared_file(shared_slug(page))}" if address else ""


def shared_words(voice: Voice, title: str, deck: str) -> Shared:
    """Give what the picture of a page says.

    Parameters
    ----------
    voice : Voice
        The language.
    title : str
        Of the page.
    deck : str
        The lines below it; left out where they say the same.

    Returns
    -------
    Shared
    """
    case = voice.edition.case
    whole, day = voice.own(case.title), voice.date(case.as_of)
    return Shared(
        publisher=voice.own(case.publisher),
        title=title,
        deck="" if deck == title else deck,
        foot=f"{whole} · {day}" if whole != title else day,
    )
