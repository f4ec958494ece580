"""Numbers as a table holds them: plain digits, a point for decimals, nothing that can be read in two ways."""

import re
from typing import Any

from pydantic_core import PydanticCustomError

_PLAIN = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_TWO_WAYS = re.compile(r"[+-]?[1-9][0-9]{0,2}\.[0-9]{2}0")
_PEOPLE = re.compile(r"[0-9]+(\.[0-9]{1,2})?")


def check_written(value: Any) -> Any:
    """Give a cell or a number back; refuse a text that Python would read and no table should hold.

    `1_000`, digits of another script, and `2.200`, which is 2.2 or 2,200 according to who wrote it.

    Raises
    ------
    PydanticCustomError
        The text is no plain number.
    ValueError
        The text can be read as two numbers.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if _TWO_WAYS.fullmatch(text):
        shorter, longer = text.rstrip("0").rstrip("."), text.replace(".", "")
        raise ValueError(f"“{text}” can be read as {shorter} and as {longer}")
    if not _PLAIN.fullmatch(text) and _python_reads(text, float):
        raise PydanticCustomError("float_parsing", "not a plain number")
    return text


def check_written_whole(value: Any) -> Any:
    """Give a cell or a number back; refuse a text that is not digits only, such as `1.000` or `1_000`.

    Raises
    ------
    PydanticCustomError
        The text is no whole number.
    """
    if isinstance(value, str) and not _WHOLE.fullmatch(value.strip()):
        raise PydanticCustomError("int_parsing", "not a whole number")
    return value


def check_people(value: Any) -> Any:
    """Give a count of people back: digits only, or a share in per cent with one or two decimals.

    Raises
    ------
    PydanticCustomError
        The text is neither.
    """
    if isinstance(value, str) and not _PEOPLE.fullmatch(value.strip()):
        raise PydanticCustomError("int_parsing", "not a count")
    return value


def decimals_of(number: float) -> int:
    """Give how many decimals a number has as it would be written."""
    text = f"{number:.12f}".rstrip("0")
    return len(text.split(".")[1])


def _python_reads(text: str, form: type[float]) -> bool:
    try:
        number = form(text)
    except ValueError:
        return False
    return number == number and abs(number) != float("inf")
