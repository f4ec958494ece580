"""Numbers, dates and plurals as a language writes them (Unicode CLDR, through Babel), and the one rounding rule.

Rounding is half away from zero, on the decimal digits that the float shows at 12 significant digits and no more than 11
decimals: 0.285 is 29 %, although the nearest double lies below it. Printed survey results are rounded this way in the
field. Processors that differ in the last bits of a number (about 1e-13) print the same figure: every decision about
what is printed, half-way cases too, is made on the number rounded so (`exact`).
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, localcontext
from functools import lru_cache

from babel import Locale
from babel.dates import format_date as babel_date
from babel.numbers import format_decimal

from shteg.errors import UsageError
from shteg.languages import as_language
from shteg.languages.grammar import find_locale

MINUS = "\u2212"
EN_DASH = "\u2013"
SIGNIFICANT = 12
PLACES = 11
_WIDE = Context(prec=400)
"""Wide enough for every float."""


def locale_of(language: str) -> Locale:
    """Give the CLDR locale of a language, with the region or script that its messages name.

    Raises
    ------
    UsageError
        CLDR does not know the language.
    """
    return _locale(as_language(language).grammar.locale)


def _locale(identifier: str) -> Locale:
    found = find_locale(identifier)
    if found is None:
        raise UsageError(f"no language {identifier!r} is known", "use a code such as en or sq", identifier)
    return found


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
    return _written(rounded(number, decimals), as_language(language).grammar.locale, decimals, grouped)


@lru_cache(maxsize=1 << 14)
def _written(value: Decimal, locale: str, decimals: int, grouped: bool) -> str:
    """Write a rounded number; the same numbers stand on many pages."""
    pattern = ("#,##0" if grouped else "0") + ("." + "0" * decimals if decimals else "")
    with localcontext(_WIDE):
        text = str(format_decimal(abs(value), format=pattern, locale=_locale(locale)))
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
        precision = {1: "year", 2: "month", 3: "day"}[len(parts)]
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{text!r} is no ISO date", "write 2026-11-23, 2026-11 or 2026", text) from None
    return str(babel_date(day, as_language(language).grammar.dates[precision], locale=locale_of(language)))


def format_span(text: str, language: str) -> str:
    """Print an ISO date, or a span `first/last`, as precisely as it is given: `May 2025 – June 2025`."""
    parts = [format_date(part, language) for part in text.split("/")]
    return (" – " if any(" " in part for part in parts) else "–").join(parts)


def plural(number: Decimal, language: str) -> str:
    """Give the CLDR plural category (`one`, `other`, …) of a number as it is printed."""
    return str(locale_of(language).plural_form(number))


def collation_key(text: str, language: str) -> tuple[tuple[int, str], ...]:
    """Order names as a reader of the language expects: by its letters where its messages list them, else code points.

    A letter may be of two signs (“dž”); of letters that begin alike the longest counts. Signs that are no letter of
    the language come first.
    """
    rank = as_language(language).grammar.letters
    longest = max(map(len, rank), default=1)
    folded = text.casefold()
    key: list[tuple[int, str]] = []
    at = 0
    while at < len(folded):
        parts = (folded[at : at + size] for size in range(longest, 0, -1))
        letter = next((part for part in parts if part in rank), folded[at])
        key.append((rank.get(letter, 0), letter))
        at += len(letter)
    return tuple(key)
