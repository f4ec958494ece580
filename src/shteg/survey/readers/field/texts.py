"""Labels and headings in the form in which they are compared."""

from __future__ import annotations

import re
import unicodedata

_TAG = re.compile(r"<[^<>]*>")
_MASK = re.compile(r"^'(?==)")


def plain_text(text: str) -> str:
    """Write a label or a heading in the one form in which both are compared.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Without marks of HTML, without the quote with which a tool masks a formula, single blanks, composed letters.
    """
    return unicodedata.normalize("NFC", " ".join(_TAG.sub("", _MASK.sub("", text)).split()))
