"""Print a value in a language, with its unit and interval, as a number or in words."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from math import sqrt
from typing import Literal

from shteg.errors import UsageError
from shteg.estimates import YEAR_DAYS, Value
from shteg.intervals import NORMAL_95_SHORT, normal_half_width
from shteg.languages.unbroken import NO_BREAK_SPACE
from shteg.report.language.frequencies import format_frequency
from shteg.report.language.locale import exact, format_date, format_number, percent_marks, plural, rounded
from shteg.report.language.marked import Style
from shteg.report.language.messages import Lexicon, has_message, look_up, message
from shteg.report.language.number_words import is_feminine, number_words
from shteg.report.language.precision import (
    Shown,
    shared_decimals,
    shown,
    shown_percent,
    significant,
    spread,
    written_percent,
)

AFTER_YEAR = re.compile(r"> (\d+)")
"""How a text value says that a year lies beyond the horizon."""

Direction = Literal["rose", "fell", "unchanged"]

SHARES = ("share", "points")
"""Units of shares, and of differences of shares: numbers of 0–1 that are printed times a hundred."""
COUNTED = ("days", "months", "years")
"""Units that are written out behind the number."""
EXACT_DIGITS = 6
"""Significant digits of a number that is printed in full."""


def format_value(value: Value, language: str, *, style: Style = "number", lexicon: Lexicon | None = None) -> str:
    """Print a value.

    Parameters
    ----------
    value : Value
        What to print; it is rounded half away from zero, at the precision that it shares with its interval
        (`printed_decimals`).
    language : str
        Such as "en" or "sq".
    style : Style
        "number" with its unit (“41%”, “494 days”), "range" with its interval too (“41% (35–47%)”; the interval alone
        for a share of which only bounds are known, that is `level` 1; text values as they are), "words" spelled out
        (“forty-one per cent”; "Words" with a capital, "words-f" for an Albanian feminine noun), "frequency" for a
        probability (“about 1 in 20”; "Frequency" with a capital), "plain" without unit, "change" for a difference of
        probabilities as what it does (“would rise by 3.4 percentage points”; "change-range" with its interval), and
        for cells of tables "short" (“<1%”) and "bare" (the same without unit).
    lexicon : mapping, optional
        For text values that are lexicon ids.

    Returns
    -------
    str
        A number that would round to 0, or a share to 100 %, without being it reads “less than 1%”, “more than 99%”; so
        does an exact 0 or 1 that a model gave, because a model never proves the impossible. A change that is 0 in
        every future, by construction, reads “none”.

    Raises
    ------
    UsageError
        The style does not fit: words for a figure with decimals, a frequency for what is no share, a change for what
        is no difference, or a range without an interval.
    """
    match style:
        case "range":
            return _with_interval(value, language, lexicon)
        case "words" | "Words" | "words-f" | "Words-f":
            text = _in_words(value, language, feminine=style.endswith("-f"))
            return text[0].upper() + text[1:] if style[0] == "W" else text
        case "frequency" | "Frequency":
            text = _as_frequency(value, language)
            return text[0].upper() + text[1:] if style[0] == "F" else text
        case "change" | "change-range":
            return format_change(value, language, interval=style == "change-range")
        case "years":
            return _in_years(value, language)
        case "number" | "plain" | "short" | "bare":
            if isinstance(value.number, str):
                return _text_value(value, language, lexicon)
            unit, short = style in ("number", "short"), style in ("short", "bare")
            return _number(value, value.number, language, unit=unit, short=short)
    known = "number, range, words, words-f, frequency, years, plain, change, change-range, short or bare"
    raise UsageError(f"no style {style!r}", f"use {known}", value.id)


def format_interval(value: Value, language: str, *, unit: bool = True) -> str:
    """Print the interval alone (“35–47%”), at the precision of the number; one number where its ends print alike.

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
    if is_none(value):
        return message(language, "number.none")
    if value.unit == "year":
        ends = [format_number(end, language, 0, grouped=False) for end in (value.low, value.high)]
    else:
        ends = _ends(value, value.low, value.high, language)
    marks = percent_marks(language) if value.unit == "share" and unit else ("", "")
    return spread(ends[0], ends[1], language, marks)


def _ends(value: Value, low: float, high: float, language: str) -> list[str]:
    """Print both ends; alike where they round alike (an exact 0 beside less than the last place is that bound)."""
    ends = [_shown(value, end) for end in (low, high)]
    if rounded(_scaled(value, low), ends[0].decimals) == rounded(_scaled(value, high), ends[0].decimals):
        own = [] if isinstance(value.number, str) else [_shown(value, value.number)]
        ends = [next((end for end in (*own, *ends) if end.bound), ends[0])] * 2
    return [end.short(language) for end in ends]


def printed_decimals(value: Value) -> int:
    """Give the decimals at which a value and its interval are printed.

    They are those of the value; whole percentages and points, and every other quantity, gain one where the ends of the
    interval would else print alike.
    """
    if value.low is None or value.high is None or isinstance(value.number, str) or value.unit == "year":
        return value.decimals
    most = max(1, value.decimals) if value.unit in SHARES else value.decimals + 1
    return shared_decimals(_scaled(value, value.low), _scaled(value, value.high), value.decimals, most)


def is_none(value: Value) -> bool:
    """Tell whether a change is none by construction: exactly 0 in every future."""
    return value.unit == "points" and all(
        isinstance(number, int | float) and exact(number) == 0 for number in (value.number, value.low, value.high)
    )


def format_change(value: Value, language: str, *, interval: bool = False) -> str:
    """Say what a difference of probabilities does: “would rise by 3.4 percentage points”, “would fall by …”.

    Parameters
    ----------
    value : Value
        In percentage points.
    language : str
        Such as "en" or "sq".
    interval : bool
        With the interval of the change behind it.

    Returns
    -------
    str
        “would not change” for what is none by construction; “would not clearly rise or fall” where the interval
        reaches over both sides of zero.

    Raises
    ------
    UsageError
        The value is no difference of probabilities, or has no interval to print.
    """
    if value.unit != "points" or isinstance(value.number, str):
        raise UsageError(f"a {value.unit} is no change", "print it without |change", value.id)
    low, high = (value.number if end is None else end for end in (value.low, value.high))
    if is_none(value):
        return message(language, "change.none")
    if exact(low) < 0 < exact(high):
        said = message(language, "change.unclear")
    else:
        way = "rise" if value.number > 0 or high > 0 else "fall"
        bare = replace(value, low=None, high=None, level=None, decimals=printed_decimals(value))
        size = _number(bare, abs(value.number), language)
        said = message(language, f"change.{way}", {"number": size})
    if not interval:
        return said
    return message(language, "number.interval", {"number": said, "interval": format_interval(value, language)})


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


def _scaled(value: Value, number: float) -> Decimal:
    return exact(number) * (100 if value.unit in SHARES else 1)


def _shown(value: Value, number: float) -> Shown:
    """Tell how a number of a value, or an end of its interval, is printed."""
    decimals, scaled = printed_decimals(value), _scaled(value, number)
    if value.unit == "share":
        return shown_percent(scaled, decimals, modelled=_is_modelled(value))
    return shown(scaled, decimals)


def _number(value: Value, number: float, language: str, *, unit: bool = True, short: bool = False) -> str:
    if value.unit == "year":
        return format_number(number, language, 0, grouped=False)
    if is_none(value):
        return message(language, "number.none")
    one = _shown(value, number)
    if value.unit == "share":
        return written_percent(one, language, unit=unit, short=short)
    text = one.short(language) if short else one.written(language)
    if unit and value.unit in (*COUNTED, "points"):
        text = _with_unit(text, rounded(one.number, one.decimals), value.unit, language)
    return text if short or not one.bound else message(language, f"number.{one.bound}", {"number": text})


def _with_unit(text: str, number: Decimal, unit: str, language: str) -> str:
    form = f"unit.{unit}.{plural(abs(number), language)}"
    key = form if has_message(language, form) else f"unit.{unit}.other"
    said = message(language, key, {"number": text})
    return said.replace(f"{text} ", text + NO_BREAK_SPACE) if text[-1:].isdigit() else said


def _is_modelled(value: Value) -> bool:
    return value.label in ("estimated", "borrowed", "assumed") and (value.level is None or value.level < 1)


def format_exact(value: Value, number: float, language: str, *, unit: bool = True) -> str:
    """Print a number of a value in full, to `EXACT_DIGITS` significant digits: nothing stands for it as a bound.

    Parameters
    ----------
    value : Value
        Whose unit it has.
    number : float
        Its number, or an end of its interval.
    language : str
        Such as "en" or "sq".
    unit : bool
        With the unit.

    Returns
    -------
    str
    """
    if value.unit == "year":
        return format_number(number, language, 0, grouped=False)
    at, decimals = significant(_scaled(value, number), EXACT_DIGITS)
    if decimals == 3 and abs(at) >= 1:  # three digits behind a comma may be read as thousands
        at, decimals = _scaled(value, number), 4
    text = format_number(at, language, decimals)
    if value.unit == "share":
        before, after = percent_marks(language) if unit else ("", "")
        return before + text + after
    return _with_unit(text, at, value.unit, language) if unit and value.unit in (*COUNTED, "points") else text


def _with_interval(value: Value, language: str, lexicon: Lexicon | None) -> str:
    if isinstance(value.number, str):
        return _text_value(value, language, lexicon)
    interval = format_interval(value, language)
    if value.unit == "share" and value.level is not None and value.level >= 1:
        return interval  # bounds of what is possible: their middle means nothing
    number = _number(value, value.number, language)
    if interval in (number, _number(value, value.number, language, unit=value.unit == "share", short=True)):
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
    one = shown_percent(number, 0, modelled=_is_modelled(value)) if percent else shown(number, 0)
    said = int(rounded(one.number, 0))
    words = number_words(abs(said), language, feminine=feminine or is_feminine(value.unit, language))
    if points or value.unit in COUNTED:
        words = _with_unit(words, Decimal(said), value.unit, language)
    elif percent:
        words = message(language, "number.per-cent", {"number": words})
    return message(language, f"number.{one.bound}", {"number": words}) if one.bound else words
