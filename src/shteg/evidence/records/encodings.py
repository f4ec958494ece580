"""Names of text encodings, as people and files write them."""

import codecs


def text_encoding(name: str) -> str | None:
    """Give the name under which a text encoding is known ("windows-1250" is "cp1250"), or None if there is none."""
    if not isinstance(name, str) or not name.isascii() or not name.isprintable():
        return None
    try:
        found = codecs.lookup(name)
        "a".encode(found.name)  # refuses what turns no text into bytes, such as "rot13"
    except (LookupError, UnicodeError, ValueError):
        return None
    return found.name
