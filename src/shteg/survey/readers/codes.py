"""The one written form of a code, whatever kind of file it comes from.

A number is written with the fewest decimal digits that give it back, without exponent, without ".0", without "-0" and
without zeros at its end; not a number is no answer. A truth is 1 or 0, a day is YYYY-MM-DD, a length of time is its
seconds. Text is in Unicode's composed form (NFC), without blanks around it; where nothing is left, nothing stands.

A file that knows no types (CSV, and text cells of a workbook) is read column by column: if every cell is a number, the
cells are numbers ("1.0" is "1"), if every cell is true or false, they are truths, otherwise they are text as it
stands. A number with zeros in front ("007") is no number but a name. NaN, written as text, is a code like any other.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from shteg.errors import DesignError
from shteg.workbooks.written import LARGEST_WHOLE as LARGEST_WHOLE
from shteg.workbooks.written import clean_text as clean_text
from shteg.workbooks.written import write_code as write_code

_PLAIN = r"^(?:0|-?[1-9][0-9]*)$"
_WRITTEN = r"^-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]$"
"""Numbers that stand as `write_code` writes them: whole ones, and those with decimals."""
_NUMBER = r"^(?:[+-]?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][+-]?[0-9]{1,3})?|[+-]?\.[0-9]+(?:[eE][+-]?[0-9]{1,3})?)$"
_NAN = r"^(?i:nan)$"
_TRUTH = r"^(?i:true|false)$"
_DECIMAL_COMMA = r"^[+-]?[0-9]+,[0-9]+$"
_DECIMAL_POINT = r"^[+-]?[0-9]+\.[0-9]+$"


def text_codes(column: pl.Series) -> pl.Series:
    """Clean a column of text, cell by cell; null where nothing is left."""
    cleaned = column.cast(pl.String).str.strip_chars()
    if cleaned.len() and not _is_ascii(cleaned):
        cleaned = cleaned.str.normalize("NFC")
    return cleaned.replace("", None)


def untyped_codes(column: pl.Series, *, decimal_comma: bool = False) -> pl.Series:
    """Give the codes of a column of texts; the rule stands at the top of this module.

    With `decimal_comma` "3,5" is three and a half: in a file whose fields are separated by something else, and whose
    column has no decimal point.
    """
    cleaned = text_codes(column)
    kinds = cleaned.drop_nulls().unique()
    if kinds.is_empty() or bool(kinds.str.contains(_PLAIN).all()):
        return cleaned
    if decimal_comma and kinds.str.contains(_DECIMAL_COMMA).any() and not kinds.str.contains(_DECIMAL_POINT).any():
        pointed = kinds.str.replace(",", ".", literal=True)
    else:
        pointed = kinds
    if bool(kinds.str.contains(_TRUTH).all()):
        written = [str(int(one.lower() == "true")) for one in kinds.to_list()]
    elif bool(pointed.str.contains(f"{_NUMBER}|{_NAN}").all()):
        other = ~pointed.str.contains(f"{_PLAIN}|{_WRITTEN}") | (pointed != kinds)
        kinds, pointed = kinds.filter(other), pointed.filter(other)
        written = [_written_number(one) for one in pointed.to_list()]
        return cleaned.replace(kinds, pl.Series(written, dtype=pl.String)) if written else cleaned
    else:
        return cleaned
    return cleaned.replace_strict(kinds, pl.Series(written, dtype=pl.String), default=None, return_dtype=pl.String)


def _written_number(text: str) -> str:
    if text.lower() == "nan":
        return text
    written = format(Decimal(text), "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    return "0" if written in ("-0", "+0", "") else written


def _number_codes(column: pl.Series, place: str = "") -> pl.Series:
    """Give the codes of a column of floats; not a number is null.

    A column of single precision is written with the digits that single precision holds: 0.1 is "0.1", not
    "0.10000000149011612". So is one of double precision whose every number is one of single precision, if some number
    would take 16 digits or more: it was copied from single precision.
    """
    wrong = ((column.abs() >= LARGEST_WHOLE) | column.is_infinite()) & column.is_not_nan()
    if wrong.any():
        row = wrong.fill_null(value=False).arg_max() or 0
        write_code(float(column[row]), f"{place}, row {row + 1}" if place else f"row {row + 1}")
    written = _write_floats(column.fill_nan(None))
    if column.dtype == pl.Float64 and _is_long(written):
        single = column.fill_nan(None).cast(pl.Float32)
        if bool((single.cast(pl.Float64) == column.fill_nan(None)).all()):
            return _write_floats(single).alias(column.name)
    return written.alias(column.name)


def _write_floats(column: pl.Series) -> pl.Series:
    whole = column.cast(pl.Int64, strict=False)
    written = pl.select(
        pl.when(whole.cast(column.dtype) == column).then(whole.cast(pl.String)).otherwise(column.cast(pl.String))
    ).to_series()
    powers = written.drop_nulls().unique()
    powers = powers.filter(powers.str.contains("e", literal=True))
    if powers.is_empty():
        return written
    return written.replace(powers, pl.Series([format(Decimal(one), "f") for one in powers.to_list()], dtype=pl.String))


def _is_long(written: pl.Series) -> bool:
    """Tell whether some number that is not whole has 16 digits or more."""
    broken = written.filter(written.str.contains(".", literal=True) & (written.str.len_bytes() > 16))
    return bool((broken.str.replace_all(r"[^0-9]", "").str.strip_chars_start("0").str.len_bytes() >= 16).any())


def typed_codes(column: pl.Series, place: str = "") -> pl.Series:
    """Give the codes of a column whose type the file declares.

    Raises
    ------
    DesignError
        A number too large, or a column that holds lists, tables or bytes.
    """
    kind = column.dtype
    if kind.is_nested() or kind in (pl.Binary, pl.Object):
        raise DesignError(f"a column of {kind} holds no answers", "store one value in a cell", place)
    if kind.is_float():
        return _number_codes(column if kind in (pl.Float32, pl.Float64) else column.cast(pl.Float32), place)
    if kind.is_decimal():
        return _decimal_codes(column)
    if kind == pl.Boolean:
        return column.cast(pl.Int8).cast(pl.String)
    if kind == pl.Duration:
        return _seconds(column)
    if kind == pl.Date:
        return column.dt.to_string("%Y-%m-%d")
    if kind == pl.Time:
        return _without_zero_fraction(column.dt.to_string("%H:%M:%S%.f"))
    if isinstance(kind, pl.Datetime):
        form = "%Y-%m-%dT%H:%M:%S%.f" + ("%:z" if kind.time_zone else "")
        return _without_zero_fraction(column.dt.to_string(form))
    if kind.is_integer():
        return column.cast(pl.String)
    if kind == pl.Null:
        return column.cast(pl.String)
    return text_codes(column)


def _seconds(column: pl.Series) -> pl.Series:
    parts = {"ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[column.dtype.time_unit]  # type: ignore[attr-defined]
    digits = len(str(parts)) - 1
    counts = column.cast(pl.Int64)
    kinds = counts.drop_nulls().unique()
    written = [_trimmed(Decimal(one).scaleb(-digits)) for one in kinds.to_list()]
    return counts.replace_strict(kinds, pl.Series(written, dtype=pl.String), default=None, return_dtype=pl.String)


def _decimal_codes(column: pl.Series) -> pl.Series:
    kinds = column.drop_nulls().unique()
    written = pl.Series([_trimmed(one) for one in kinds.to_list()], dtype=pl.String)
    texts = kinds.cast(pl.String)
    return column.cast(pl.String).replace_strict(texts, written, default=None, return_dtype=pl.String)


def _trimmed(number: Decimal) -> str:
    return _written_number(format(number, "f"))


def _without_zero_fraction(column: pl.Series) -> pl.Series:
    return column.str.replace(r"\.0+($|[+-])", "$1").str.replace(r"(\.[0-9]*?[1-9])0+($|[+-])", "$1$2")


def _is_ascii(column: pl.Series) -> bool:
    return bool((column.str.len_bytes() == column.str.len_chars()).all())
