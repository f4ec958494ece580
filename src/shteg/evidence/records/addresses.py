"""Web addresses: only what a reader may safely open, http or https with a host."""

import re
from urllib.parse import urlsplit

SCHEMES = ("http", "https")
_HOST = re.compile(r"[^\W_]([\w-]*[^\W_])?(\.[^\W_]([\w-]*[^\W_])?)*\.?", re.ASCII | re.IGNORECASE)
_UNSAFE = re.compile(r"[\s<>\"\\\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
"""Controls, blanks, signs without a shape and marks of markup: none stands in an address."""


def check_address(address: str | None) -> str | None:
    """Give an address back if a page may link to it.

    Raises
    ------
    ValueError
        It is not http or https, has no host, holds a character that no address holds, or a user name.
    """
    if address is None:
        return None
    scheme = address.split(":", 1)[0] if ":" in address else ""
    if scheme.lower() not in SCHEMES or not address.lower().startswith(f"{scheme.lower()}://"):
        raise ValueError(f"{address!r} is not a web address")
    if unsafe := _UNSAFE.search(address):
        raise ValueError(f"{address!r} is not a web address: it holds {unsafe[0]!r}")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port  # the port is parsed when it is asked for
    except ValueError as error:
        raise ValueError(f"{address!r} is not a web address: {error}") from error
    if parts.username is not None or parts.password is not None:
        raise ValueError(f"{address!r} is not a web address of a page: a user name stands before the host")
    if not _is_host(host):
        raise ValueError(f"{address!r} is not a web address: it names no host")
    return address


def web_address(text: str | None) -> str:
    """Give an address back if a page may link to it, else nothing; see `check_address`."""
    found = (text or "").strip()
    try:
        return check_address(found) or ""
    except ValueError:
        return ""


def _is_host(host: str) -> bool:
    """Tell whether a host is a name (of any script) or a number such as 192.0.2.1 or 2001:db8::1."""
    if ":" in host:
        return re.fullmatch(r"[0-9a-f:.]+", host) is not None  # urlsplit has checked the brackets
    try:
        ascii_name = host.encode("idna").decode("ascii")
    except UnicodeError:
        return False
    return _HOST.fullmatch(ascii_name) is not None
