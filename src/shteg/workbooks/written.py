"""The one written form of a number and of a text, whatever kind of file it comes from."""

from __future__ import annotations

import math
import unicodedata
from decimal import Decimal

from shteg.errors import DesignError

LARGEST_WHOLE = 2.0**53
"""Above it a float no longer holds every whole number: such a code is refused, since it may be another one."""


def write_code(number: float, place: str = "") -> str:
    """Write a number as a code: 1.0 is "1", 1.5 is "1.5", -0.0 is "0", 1e-7 is "0.0000001".

    Raises
    ------
    DesignError
        A whole number so large that the file cannot have held it exactly, or no number at all.
    """
    if not math.isfinite(number):
        raise DesignError(f"{number} is not a number", "leave the cell empty where nothing was answered", place)
    if number == math.floor(number):
        if abs(number) >= LARGEST_WHOLE:
            raise DesignError(
                f"{number:.0f} is too large to be a whole number that the file holds exactly",
                "store such codes (telephone numbers, long ids) as text",
                place,
            )
        return str(int(number))
    return format(Decimal(repr(float(number))), "f")


def clean_text(text: str) -> str:
    """Give a text in Unicode's composed form, without blanks around it."""
    return unicodedata.normalize("NFC", text).strip()
