"""Print a value in a language, with its unit and interval, as a number or in words."""

from __future__ import annotations

import re
from decimal import Decimal
from math import sqrt
from typing import Literal

from shteg.errors import UsageError
from shteg.estimates import YEAR_DAYS, Value
from shteg.intervals import NORMAL_95_SHORT, normal_half_width
from shteg.report.language.frequencies import format_frequency
from shteg.report.language.locale import (
    EN_DASH,
    MINUS,
    exact,
    format_date,
    format_number,
    percent_marks,
    plural,
    rounded,
)
from shteg.report.language.marked import Style
from shteg.report.language.messages import Lexicon, has_message, look_up, message
from shteg.report.language.number_words import number_words

NOTHING = Decimal("1e-9")
"""Shares nearer to 0 or 1 than this are 0 or 1: the rest is arithmetic noise."""
SMALL_PERCENT = Decimal("9.5")
"""Percentages below this gain a decimal where a table leaves the number of decimals open."""
MORE_DECIMALS = 3
"""How many decimals an interval may gain so that its ends do not print alike."""

AFTER_YEAR = re.compile(r"> (\d+)")
"""How a text value says that a year lies beyond the horizon."""

Direction = Literal["rose", "fell", "unchanged"]

SHARES = ("share", "points")
"""Units of shares, and of differences of shares: numbers of 0–1 that are printed times a hundred."""


def format_value(value: Value, language: str, *, style: Style = "number", lexicon: Lexicon | None = None) -> str:
    """Print a value.

    Parameters
    ----------
    value : Value
        What to print; it is rounded half away from zero to `value.decimals`.
    language : str
        Such as "en" or "sq".
    style : Style
        "number" with its unit (“41%”, “494 days”), "range" with its interval too (“41% (35–47%)”; the interval alone
        for a share of which only bounds are known, that is `level` 1; text values as they are), "words" spelled out
        (“forty-one per cent”; "Words" with a capital, "words-f" for an Albanian feminine noun), "frequency" for a
        probability (“about 1 in 20”; "Frequency" with a capital), "plain" without unit.
    lexicon : mapping, optional
        For text values that are lexicon ids.

    Returns
    -------
    str
        A share that would round to 0 % or 100 % without being it reads “less than 1%”, “more than 99%”; so does an
        exact 0 or 1 that a model gave, because a model never proves the impossible.

    Raises
    ------
    UsageError
        The style does not fit: words for a figure with decimals, a frequency for what is no share, or a range without
        an interval.
    """
    if style == "range":
        return _with_interval(value, language, lexicon)
    if style in ("words", "Words", "words-f", "Words-f"):
        text = _in_words(value, language, feminine=style.endswith("-f"))
        return text[0].upper() + text[1:] if style[0] == "W" else text
    if style in ("frequency", "Frequency"):
        text = _as_frequency(value, language)
        return text[0].upper() + text[1:] if style[0] == "F" else text
    if style == "years":
        return _in_years(value, language)
    if style not in ("number", "plain"):
        hint = "use number, range, words, words-f, frequency, years or plain"
        raise UsageError(f"no style {style!r}", hint, value.id)
    if isinstance(value.number, str):
        return _text_value(value, language, lexicon)
    return _number(value, value.number, language, unit=style == "number")


def format_interval(value: Value, language: str, *, unit: bool = True) -> str:
    """Print the interval alone (“35–47%”); ends that would print alike gain decimals, but not without end.

    Parameters
    ----------
    value : Value
        With an interval.
    language : str
        Such as "en" or "sq".
    unit : bool
        With the sign of percentage.

    Returns
    -------
    str

    Raises
    ------
    UsageError
        The value has no interval.
    """
    if value.low is None or value.high is None:
        raise UsageError("the value has no interval", "print it without |range", value.id)
    decimals = value.decimals
    scale = 100 if value.unit in SHARES else 1
    low, high = exact(value.low) * scale, exact(value.high) * scale
    if value.unit == "share" and low != high:
        low, high = _off_the_edges(low, high, decimals)
    if value.unit != "year":
        while low != high and rounded(low, decimals) == rounded(high, decimals):
            if decimals == value.decimals + MORE_DECIMALS:
                break
            decimals += 1
    grouped = value.unit != "year"
    texts = [format_number(end, language, decimals, grouped=grouped) for end in (low, high)]
    before, after = percent_marks(language) if value.unit == "share" and unit else ("", "")
    if texts[0] == texts[1]:
        return before + texts[0] + after
    texts = [before + texts[0], texts[1] + after]
    if any(MINUS in text for text in texts):
        return message(language, "number.from-to", {"low": texts[0], "high": texts[1]})
    return EN_DASH.join(texts)


def _off_the_edges(low: Decimal, high: Decimal, decimals: int) -> tuple[Decimal, Decimal]:
    """Widen an interval of percentages that would print as 0.0–0.0 or 100.0–100.0 by one unit of the last place."""
    if decimals == 0:  # a whole percentage gains a decimal instead
        return low, high
    step = Decimal(1).scaleb(-decimals)
    if rounded(high, decimals) == 0:
        return Decimal(0), step
    if rounded(low, decimals) == 100:
        return 100 - step, Decimal(100)
    return low, high


def value_label(value: Value, language: str, lexicon: Lexicon) -> str:
    """Say what a value is, in one line (its message, filled from the lexicon).

    Parameters
    ----------
    value : Value
        What to name.
    language : str
        Such as "en" or "sq".
    lexicon : mapping
        Names of what it is about.

    Returns
    -------
    str
    """
    return message(language, value.label_key, value.label_args, lexicon)


def direction(start: Value, end: Value) -> Direction:
    """Tell whether a quantity rose, fell, or did not change by more than its uncertainty.

    Intervals are brought to 95 % coverage (normal) and their half-widths added in quadrature; a difference smaller
    than that, or one that does not show at the printed precision, is no change.

    Raises
    ------
    UsageError
        The two values are not numbers of the same unit.
    """
    if start.unit != end.unit or isinstance(start.number, str) or isinstance(end.number, str):
        raise UsageError(f"{start.id} and {end.id} cannot be compared", "compare numbers of one unit", start.id)
    scale = 100 if start.unit in SHARES else 1
    decimals = min(start.decimals, end.decimals)
    first, last = exact(start.number) * scale, exact(end.number) * scale
    unsure = exact(sqrt(_half_width(start) ** 2 + _half_width(end) ** 2))
    difference = exact(end.number) - exact(start.number)
    if rounded(first, decimals) == rounded(last, decimals) or abs(difference) <= unsure:
        return "unchanged"
    return "rose" if difference > 0 else "fell"


def direction_word(start: Value, end: Value, language: str) -> str:
    """Give the word for a change: “rose” / “u rrit”, “fell” / “ra”, “did not change” / “nuk ndryshoi”.

    Parameters
    ----------
    start, end : Value
        Numbers of one unit.
    language : str
        Such as "en" or "sq".

    Returns
    -------
    str
    """
    return message(language, f"direction.{direction(start, end)}")


def _half_width(value: Value) -> float:
    if value.low is None or value.high is None or not value.level:
        return 0.0
    if value.level >= 1:  # bounds of what is possible follow no normal law
        return (value.high - value.low) / 2
    return (value.high - value.low) / 2 * NORMAL_95_SHORT / normal_half_width(value.level)


def _number(value: Value, number: float, language: str, *, unit: bool) -> str:
    match value.unit:
        case "points":
            return _points(value, number, language, unit)
        case "share":
            modelled = _is_modelled(value)
            return format_share(number, language, decimals=value.decimals, modelled=modelled, unit=unit)
        case "days" | "months" | "years":
            text = format_number(number, language, value.decimals)
            return _with_unit(text, rounded(number, value.decimals), value.unit, language) if unit else text
        case "year":
            return format_number(number, language, 0, grouped=False)
        case _:
            return format_number(number, language, value.decimals)


def _with_unit(text: str, number: Decimal, unit: str, language: str) -> str:
    form = f"unit.{unit}.{plural(abs(number), language)}"
    key = form if has_message(language, form) else f"unit.{unit}.other"
    return message(language, key, {"number": text})


def _bounded(percent: Decimal, decimals: int, modelled: bool) -> tuple[str, Decimal] | None:
    """Tell whether a percentage must be printed as a bound, and which."""
    step = Decimal(1).scaleb(-decimals)
    shown = rounded(percent, decimals)
    if shown == 0 and (percent > NOTHING or modelled):
        return "number.less", step
    if shown == 100 and (percent < 100 - NOTHING or modelled):
        return "number.more", 100 - step
    return None


def _is_modelled(value: Value) -> bool:
    return value.label in ("estimated", "borrowed", "assumed")


def format_share(
    share: float,
    language: str,
    *,
    decimals: int | None = None,
    modelled: bool = False,
    short: bool = False,
    unit: bool = True,
) -> str:
    """Print a share as a percentage: the one rule for small and large ones, in prose, tables and on the command line.

    Parameters
    ----------
    share : float
        Between 0 and 1.
    language : str
        Such as "en" or "sq".
    decimals : int, optional
        Decimals of the percentage; without it one decimal below 9.5 %, none above, none for an exact 0.
    modelled : bool
        A model gave it: an exact 0 or 1 is a bound too, because a model never proves the impossible.
    short : bool
        Write a bound as “<1%”, for tables; else as “less than 1%”.
    unit : bool
        With the sign of percentage.

    Returns
    -------
    str
        A share that would round to 0 % or 100 % without being it is printed as a bound.
    """
    percent = exact(share) * 100
    if decimals is None:
        decimals = 1 if percent < SMALL_PERCENT and (percent > NOTHING or modelled) else 0
    before, after = percent_marks(language) if unit else ("", "")
    bound = _bounded(percent, decimals, modelled)
    shown = before + format_number(bound[1] if bound else percent, language, decimals) + after
    if not bound:
        return shown
    if short:
        return ("<" if bound[0] == "number.less" else ">") + shown
    return message(language, bound[0], {"number": shown})


def _points(value: Value, share: float, language: str, unit: bool) -> str:
    points = exact(share) * 100
    step = Decimal(1).scaleb(-value.decimals)
    small = rounded(points, value.decimals) == 0 and abs(points) > NOTHING
    shown = step if small else points
    text = format_number(shown, language, value.decimals)
    text = _with_unit(text, rounded(shown, value.decimals), "points", language) if unit else text
    return message(language, "number.less", {"number": text}) if small else text


def _with_interval(value: Value, language: str, lexicon: Lexicon | None) -> str:
    if isinstance(value.number, str):
        return _text_value(value, language, lexicon)
    interval = format_interval(value, language)
    if value.unit == "share" and value.level is not None and value.level >= 1:
        return interval  # bounds of what is possible: their middle means nothing
    number = format_value(value, language, lexicon=lexicon)
    if number == interval:
        return number  # both ends print as the number does
    return message(language, "number.interval", {"number": number, "interval": interval})


def _text_value(value: Value, language: str, lexicon: Lexicon | None) -> str:
    text = str(value.number)
    if value.unit == "date":
        return format_date(text, language)
    if found := AFTER_YEAR.fullmatch(text):
        return message(language, "number.after-year", {"year": found[1]})
    key = f"text.{text}"
    return message(language, key) if has_message(language, key) else look_up(text, language, lexicon or {})


def _as_frequency(value: Value, language: str) -> str:
    if isinstance(value.number, str) or value.unit != "share":
        raise UsageError(f"a {value.unit} is no frequency", "print it without |frequency", value.id)
    return format_frequency(value.number, language)


def _in_years(value: Value, language: str) -> str:
    if isinstance(value.number, str) or value.unit != "days":
        raise UsageError(f"a {value.unit} is not printed in years", "print it without |years", value.id)
    years = rounded(exact(value.number) / exact(YEAR_DAYS), 1)
    return _with_unit(format_number(years, language, 1), years, "years", language)


def _in_words(value: Value, language: str, *, feminine: bool) -> str:
    if isinstance(value.number, str) or value.unit in ("year", "date", "text", "score", "ratio"):
        raise UsageError(f"a {value.unit} is not spelled out", "print it without |words", value.id)
    percent, points = value.unit == "share", value.unit == "points"
    number = exact(value.number) * (100 if percent or points else 1)
    whole = rounded(number, 0)
    if value.decimals > 0 and rounded(number, value.decimals) != whole:
        raise UsageError("a figure with decimals is not spelled out", "print it without |words", value.id)
    bound = _bounded(number, value.decimals, _is_modelled(value)) if percent else None
    shown = int(bound[1]) if bound else int(whole)
    words = number_words(abs(shown), language, feminine=feminine or points or value.unit == "days")
    if points or value.unit in ("days", "months", "years"):
        words = _with_unit(words, Decimal(shown), value.unit, language)
    elif percent:
        words = message(language, "number.per-cent", {"number": words})
    return message(language, bound[0], {"number": words}) if bound else words
