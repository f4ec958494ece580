"""What an edition says of itself as a whole: who signs, reviewed and paid, its title, note and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Localised = Mapping[str, str]
"""A text by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorView:
    """One of the authors of the case."""

    name: Localised
    about: Localised
    address: str | None = None
    orcid: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewerView:
    """Someone who read the publication before it went out."""

    name: Localised
    about: Localised | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunderView:
    """Someone who paid for it."""

    name: Localised
    text: Localised | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderView:
    """What `case.json` says of the whole; `as_of` is an ISO date."""

    id: str
    title: Localised
    aspirant: str
    as_of: str
    licence: str
    languages: tuple[str, ...]
    publisher: Localised
    authors: tuple[AuthorView, ...]
    not_yet: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    footnote: Localised | None = None
    footnote_marks: Mapping[str, bool] = field(default_factory=dict)
    address: str | None = None
    reviewers: tuple[ReviewerView, ...] = ()
    funders: tuple[FunderView, ...] = ()
    contact: str | None = None
    doi: str | None = None
    isbn: str | None = None
    cover: str | None = None
    logo: str | None = None

    def note_in(self, language: str) -> Localised | None:
        """Give the note under every page; None where this language is to have neither it nor its mark."""
        return None if self.footnote_marks.get(language) is False else self.footnote

    def marks_note(self, language: str) -> bool:
        """Tell whether an asterisk beside the name of the aspirant leads to the note."""
        return self.footnote is not None and self.footnote_marks.get(language) is True
