"""What a page of the site is: a name, a place in the navigation, charts, and the function that fills its template."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shteg.publish.html.figures import Figures
from shteg.publish.printed import Voice
from shteg.report import Document, EditionView


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What pages of one language are made of.

    Attributes
    ----------
    voice : Voice
        The edition in this language.
    figures : Figures
        Its charts.
    texts : mapping
        Its resolved texts, by name.
    edition_path : str
        Where the edition lies, seen from a page.
    printed : frozenset of str
        Ids of the values that the pages before have printed.
    """

    voice: Voice
    figures: Figures
    texts: Mapping[str, Document]
    edition_path: str
    printed: frozenset[str] = frozenset()

    def title_of(self, text: str) -> str:
        """Give the title of a text, or of the case where it has none."""
        return self.texts[text].title if text in self.texts else self.voice.own(self.voice.edition.case.title)

    def description_of(self, text: str) -> str:
        """Give the description of a text; empty where the edition has none."""
        return self.texts[text].description if text in self.texts else ""


GROUPS = ("publication", "method", "data", "about")
"""Headings of the footer, `publish.group.…`: every page of the publication stands under one of them."""


def _everywhere(edition: EditionView) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page.

    Attributes
    ----------
    slug : str
        Its file without suffix.
    context : callable
        Gives what its template needs beside `charts` and what every page needs.
    place : int
        Its place in the navigation at the top, from 1; 0 for a page that is reached from others.
    group : str
        Of `GROUPS`: under which heading of the footer it is listed; empty for a page that others lead to, such as
        those of one question or member.
    template : str
        `<template>.html.j2`, also the name of its messages `page.…` and `deck.…`; the slug if left out.
    charts : mapping
        Names in the template to the charts shown there, of which an edition may lack some.
    shown : callable
        Tells whether an edition has such a page.
    title, deck : callable, optional
        Give its title and the lines below it, if they are not its messages.
    within : str
        Slug of the page of the navigation that it belongs to.
    beside : callable, optional
        Gives files that go with it: names, seen from the page, and what makes each.
    """

    slug: str
    context: Callable[[Material], Mapping[str, Any]]
    place: int = 0
    template: str = ""
    charts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shown: Callable[[EditionView], bool] = _everywhere
    title: Callable[[Material], str] | None = None
    deck: Callable[[Material], str] | None = None
    within: str = ""
    beside: Callable[[Material], Mapping[str, Callable[[], bytes]]] | None = None
    group: str = ""

    @property
    def kind(self) -> str:
        """Name the template."""
        return self.template or self.slug
