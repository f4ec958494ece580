"""Which addresses a page may hold: an allow-list, asked by the check of texts and by everything that writes a link."""

from __future__ import annotations

import re

from shteg.evidence.records.addresses import web_address

_MAIL = re.compile(r"mailto:[\w.+%-]+@[^\W_](?:[\w.-]*\w)?", re.IGNORECASE)
_PLACE = re.compile(r"(?:[a-z0-9][a-z0-9_-]*(?:\.html)?)?(?:#[\w.-]+)?")
_INSIDE = re.compile(r"(?:(?:\.\./)*[\w-][\w.-]*(?:/[\w-][\w.-]*)*)?(?:#[^\s\\]+)?")

__all__ = [
    "ADDRESS_HINT", "LINK_HINT", "allowed_link", "contact_link", "followed_address", "is_inside", "is_place",
    "web_address",
]  # fmt: skip

ADDRESS_HINT = "write the whole address, beginning with https:// or http://"
LINK_HINT = (
    "link to https://… or http://…, to a block of the same text (#block-id), to a page of the site (members, "
    "members#map), or to mailto:name@host"
)


def followed_address(text: str | None) -> str:
    """Give an address back that a reader may follow out of the site (http, https, mailto), else nothing."""
    found = (text or "").strip()
    return found if _MAIL.fullmatch(found) else web_address(found)


def contact_link(text: str | None) -> str:
    """Give the address behind a contact: `mailto:` before a mail address, a web address as it is, else nothing."""
    found = (text or "").strip()
    return followed_address(found) or (followed_address(f"mailto:{found}") if "@" in found else "")


def is_place(href: str) -> bool:
    """Tell whether a link leads to a place inside the publication: `#block`, `members`, `members.html#map`."""
    return bool(href) and href != "#" and bool(_PLACE.fullmatch(href))


def is_inside(href: str) -> bool:
    """Tell whether a finished page names another file of the publication, or a place in one."""
    return bool(_INSIDE.fullmatch(href))


def allowed_link(href: str) -> bool:
    """Tell whether a text may link there."""
    return is_place(href) or followed_address(href) != ""
