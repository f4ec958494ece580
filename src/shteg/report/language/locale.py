"""Numbers, dates and plurals as a language writes them (Unicode CLDR, through Babel), and the one rounding rule.

Rounding is half away from zero, on the decimal digits that the float shows at 12 significant digits and no more than 11
decimals: 0.285 is 29 %, although the nearest double lies below it. Printed survey results are rounded this way in the
field. Processors that differ in the last bits of a number (about 1e-13) print the same figure: every decision about
what is printed, half-way cases too, is made on the number rounded so (`exact`).
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal

from shteg.errors import UsageError

MINUS = "\u2212"
EN_DASH = "\u2013"
SIGNIFICANT = 12
PLACES = 11
_WIDE = Context(prec=400)
"""Wide enough for every float."""
REGION = {"en": "en_GB"}


@cache
def locale_of(language: str) -> Locale:
    """Give the CLDR locale of a language code; English is British.

    Raises
    ------
    UsageError
        CLDR does not know the language.
    """
    try:
        return Locale.parse(REGION.get(language, language))
    except (UnknownLocaleError, ValueError) as error:
        raise UsageError(f"no language {language!r} is known", "use a code such as en or sq", language) from error


def exact(number: float) -> Decimal:
    """Turn a float into the decimal that its author meant (12 significant digits, at most 11 decimals)."""
    return _kept_exact(number) if number else _exact(number)  # 0.0 and -0.0 are one key


def _exact(number: float) -> Decimal:
    value = Decimal(f"{float(number):.{SIGNIFICANT}g}")
    return value.quantize(Decimal(1).scaleb(-PLACES), rounding=ROUND_HALF_EVEN, context=_WIDE).normalize(_WIDE)


_kept_exact = lru_cache(maxsize=1 << 14)(_exact)
"""The same numbers are asked for again and again."""


def rounded(number: float | Decimal, decimals: int) -> Decimal:
    """Round half away from zero; the one rounding of everything printed."""
    value = number if isinstance(number, Decimal) else exact(number)
    result = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP, context=_WIDE)
    return result if result else abs(result)  # no minus zero


def format_number(number: float | Decimal, language: str, decimals: int = 0, *, grouped: bool = True) -> str:
    """Print a number with its decimal sign and grouping: `1,234.5` in English, `1 234,5` in Albanian.

    Parameters
    ----------
    number : float or Decimal
        Rounded half away from zero.
    language : str
        Such as "en" or "sq".
    decimals : int
        Decimals printed, 0 or more.
    grouped : bool
        Set thousands apart.

    Returns
    -------
    str
    """
    return _written(rounded(number, decimals), language, decimals, grouped)


@lru_cache(maxsize=1 << 14)
def _written(value: Decimal, language: str, decimals: int, grouped: bool) -> str:
    """Write a rounded number; the same numbers stand on many pages."""
    pattern = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    with localcontext(_WIDE):
        text = str(format_decimal(abs(value), format=pattern, locale=locale_of(language)))
    return MINUS + text if value < 0 else text


def percent_marks(language: str) -> tuple[str, str]:
    """Give what stands before and after the number in a percentage of this language."""
    pattern = locale_of(language).percent_formats[None]
    return str(pattern.prefix[0]), str(pattern.suffix[0])


def format_percent(share: float, language: str, decimals: int = 0) -> str:
    """Print a share (0–1) as a percentage.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    language : str
        Such as "en" or "sq".
    decimals : int
        Decimals of the percentage.

    Returns
    -------
    str
    """
    before, after = percent_marks(language)
    return before + format_number(exact(share) * 100, language, decimals) + after


def format_date(text: str, language: str) -> str:
    """Print an ISO date (`2026-11-23`, `2026-11` or `2026`) as precisely as it is given."""
    parts = text.strip().split("-")
    try:
        numbers = [int(part) for part in parts]
        day = date(*[*numbers, 1, 1][:3])
        pattern = {1: "y", 2: "MMMM y", 3: "d\u00a0MMMM y"}[len(parts)]
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{text!r} is no ISO date", "write 2026-11-23, 2026-11 or 2026", text) from None
    return str(babel_date(day, pattern, locale=locale_of(language)))


def format_span(text: str, language: str) -> str:
    """Print an ISO date, or a span `first/last`, as precisely as it is given: `May 2025 – June 2025`."""
    parts = [format_date(part, language) for part in text.split("/")]
    return (" – " if any(" " in part for part in parts) else "–").join(parts)


def plural(number: Decimal, language: str) -> str:
    """Give the CLDR plural category (`one`, `other`, …) of a number as it is printed."""
    return str(locale_of(language).plural_form(number))


_ALBANIAN = "a b c ç d dh e ë f g gj h i j k l ll m n nj o p q r rr s sh t th u v x xh y z zh"
_ALBANIAN_RANK = {letter: rank for rank, letter in enumerate(_ALBANIAN.split())}


def collation_key(text: str, language: str) -> tuple[tuple[int, str], ...]:
    """Order names as a reader of the language expects: the 36 letters of Albanian, code points otherwise."""
    folded = text.casefold()
    if language != "sq":
        return tuple((0, letter) for letter in folded)
    key: list[tuple[int, str]] = []
    at = 0
    while at < len(folded):
        pair = folded[at : at + 2]
        letter = pair if pair in _ALBANIAN_RANK and len(pair) == 2 else folded[at]
        key.append((_ALBANIAN_RANK[letter] + 1, letter) if letter in _ALBANIAN_RANK else (0, letter))
        at += len(letter)
    return tuple(key)
