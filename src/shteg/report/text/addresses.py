"""Which addresses a page may hold: an allow-list, asked by the check of texts and by everything that writes a link."""

from __future__ import annotations

import re

_HOST = r"(?:[^\W_](?:[\w.-]*\w)?\.?|\[[0-9a-f:.]+\])(?::\d{1,5})?"
_WEB = re.compile(rf"https?://{_HOST}(?:[/?#][^\s\\<>\"]*)?", re.IGNORECASE)
_MAIL = re.compile(r"mailto:[\w.+%-]+@[^\W_](?:[\w.-]*\w)?", re.IGNORECASE)
_PLACE = re.compile(r"(?:[a-z0-9][a-z0-9_-]*(?:\.html)?)?(?:#[\w.-]+)?")
_INSIDE = re.compile(r"(?:(?:\.\./)*[\w-][\w.-]*(?:/[\w-][\w.-]*)*)?(?:#[^\s\\]+)?")
_HIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Controls, blanks and signs without a shape: none may stand in an address."""

ADDRESS_HINT = "write the whole address, beginning with https:// or http://"
LINK_HINT = (
    "link to https://… or http://…, to a block of the same text (#block-id), to a page of the site (members, "
    "members#map), or to mailto:name@host"
)


def web_address(text: str | None) -> str:
    """Give an address back if it is http or https with a host and nothing hidden in it, else nothing.

    A name before the host (`https://known@other`) is refused: it only serves to deceive.
    """
    found = (text or "").strip()
    return found if _WEB.fullmatch(found) and not _HIDDEN.search(found) else ""


def followed_address(text: str | None) -> str:
    """Give an address back that a reader may follow out of the site (http, https, mailto), else nothing."""
    found = (text or "").strip()
    return found if _MAIL.fullmatch(found) else web_address(found)


def is_place(href: str) -> bool:
    """Tell whether a link leads to a place inside the publication: `#block`, `members`, `members.html#map`."""
    return bool(href) and href != "#" and bool(_PLACE.fullmatch(href))


def is_inside(href: str) -> bool:
    """Tell whether a finished page names another file of the publication, or a place in one."""
    return bool(_INSIDE.fullmatch(href))


def allowed_link(href: str) -> bool:
    """Tell whether a text may link there."""
    return is_place(href) or followed_address(href) != ""
