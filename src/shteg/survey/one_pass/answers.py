"""Answers of an item as codes or numbers, every code accounted for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NoReturn, Protocol

import numpy as np
import polars as pl

from shteg.arrays import AnyInts, Bools, Codes, Floats, Ints
from shteg.compiling import compiled
from shteg.errors import DesignError
from shteg.hints import counted, list_names, suggest
from shteg.survey.code_texts import Code, code_key, code_list, column_texts, level_order, ordered_levels, require_column
from shteg.survey.one_pass.sufficient import MOST_CODES, smallest_codes
from shteg.survey.requests import first_in_file


@compiled
def _mark_seen(values: AnyInts, low: int, seen: Bools) -> None:  # pragma: no cover - compiled
    """Mark in `seen` (span,) each value that occurs, counted from the least, `low`."""
    for i in range(values.shape[0]):
        seen[np.int64(values[i]) - low] = True


@compiled
def look_up(values: AnyInts, low: int, table: AnyInts, places: AnyInts) -> None:  # pragma: no cover - compiled
    """Write table[value − low] for each value.

    Parameters
    ----------
    values : (rows,) int
    low : int
        The least of them.
    table : (span,) int
    places : (rows,) int
        Filled.
    """
    for i in range(values.shape[0]):
        places[i] = table[np.int64(values[i]) - low]


def integer_places(column: pl.Series) -> tuple[list[str], AnyInts] | None:
    """Give the distinct values, as text in numeric order, and each row's place among them; a null is the last + 1.

    None where the values lie too far apart for a table, or are too large for 64 bits with a sign.
    """
    low, high = column.min(), column.max()
    if not isinstance(low, int) or not isinstance(high, int) or high - low >= MOST_CODES or high >= 2**63:
        return None
    blank = column.null_count() > 0
    values = (column.fill_null(low) if blank else column).to_numpy()
    missing = column.is_null().to_numpy() if blank else None
    seen = np.zeros(high - low + 1, bool)
    _mark_seen(values, low, seen)
    found = np.flatnonzero(seen)
    table = np.zeros(len(seen), np.uint16)
    table[found] = np.arange(len(found))
    places = np.empty(len(values), np.uint16)
    look_up(values, low, table, places)
    if missing is not None:
        places[missing] = len(found)
    return [str(low + int(one)) for one in found], places


class Rows(Protocol):
    """What is read of a design: its data, and the number of each row in the file as it came."""

    @property
    def data(self) -> pl.DataFrame:
        """All columns."""
        ...

    @property
    def row(self) -> Ints:
        """Row numbers, from 1."""
        ...


def read_codes(
    design: Rows, item: str, options: Collection[Code] | None, missing: Collection[Code], *, declared: bool = False
) -> tuple[Codes, tuple[str, ...]]:
    """Number the answers of an item and give the options; blank, and the codes in `missing`, have the number after.

    Parameters
    ----------
    design : Rows
    item : str
    options : collection of codes, optional
        In their order; default: those found, and, if `declared`, those that the column's type declares.
    missing : collection of codes
        Codes that are no answer.
    declared : bool

    Returns
    -------
    codes, options : (rows,) int, (k,) str

    Raises
    ------
    DesignError
        A code is neither an option nor missing.
    """
    require_column(design.data, item)
    column = design.data[item]
    texts, numbers = number_levels(column, item)
    left_out = code_list(missing, f"missing[{item!r}]")
    lost = {code_key(code) for code in left_out}
    present = dict.fromkeys(text for text in texts if not (text in left_out or code_key(text) in lost))
    known = [text.strip() for text in ordered_levels(column) or []] if declared else []
    wanted = dict.fromkeys((*present, *(text for text in known if text and code_key(text) not in lost)))
    labels = tuple(level_order(column, wanted)) if options is None else code_list(options, f"options[{item!r}]")
    place = {code_key(label): i for i, label in reversed(list(enumerate(labels))) if code_key(label) not in lost}
    place |= {label: i for i, label in enumerate(labels) if label not in left_out}
    at = {text: place.get(text, place.get(code_key(text))) for text in present}
    unknown = [text for text in present if at[text] is None]
    if unknown:
        _refuse(design, item, unknown[0], labels, left_out)
    none = len(labels)
    places = [none if one is None else one for one in (at.get(text) for text in texts)]
    return np.take(np.array([*places, none], dtype=smallest_codes(none)), numbers), labels


def number_levels(column: pl.Series, name: str) -> tuple[list[str], AnyInts]:
    """Give the distinct codes of a column, and the place of each row's value; missing is the last + 1.

    Raises
    ------
    DesignError
        There are more distinct values than codes.
    """
    known = integer_places(column) if column.dtype.is_integer() else None
    if known:  # the few distinct numbers become text, not every row
        return known
    texts = column_texts(column)
    levels = texts.unique().drop_nulls().sort().to_list()
    if len(levels) > MOST_CODES:
        raise DesignError(
            f"{len(levels)} different values are too many for categories",
            f"at most {MOST_CODES} can be told apart; is this a number? then use estimate_means",
            f"column {name!r}",
        )
    places = texts.cast(pl.Enum(levels)).to_physical().cast(pl.UInt32).fill_null(len(levels))
    return levels, places.to_numpy()


def _refuse(design: Rows, item: str, code: str, labels: Sequence[str], missing: Sequence[str]) -> NoReturn:
    places = (column_texts(design.data[item]) == code).fill_null(value=False).to_numpy()
    raise DesignError(
        f"the answer {code!r} is not in the questionnaire ({counted(int(places.sum()), 'such row')})",
        suggest(code, labels, list_names((*labels, *missing), "the options are")),
        f"column {item!r}, row {int(design.row[places].min())}",
    )


def read_numbers(design: Rows, item: str, missing: Collection[Code] = ()) -> Floats:
    """Read an item as numbers: (rows,) with NaN for null, NaN, blank and the codes in `missing`; true counts 1.

    Parameters
    ----------
    design : Rows
    item : str
    missing : collection of codes

    Returns
    -------
    (rows,) float

    Raises
    ------
    DesignError
        Something is no finite number.
    """
    require_column(design.data, item)
    raw = design.data[item]
    if not (raw.dtype.is_numeric() or raw.dtype in (pl.Boolean, pl.String, pl.Null, pl.Categorical, pl.Enum)):
        raise DesignError(
            f"the column holds values of type {raw.dtype}, no numbers", "make it a number first", f"column {item!r}"
        )
    texts = raw.cast(pl.String).str.strip_chars() if not raw.dtype.is_numeric() else None
    numbers = (raw if texts is None or raw.dtype == pl.Boolean else texts).cast(pl.Float64, strict=False)
    values = numbers.to_numpy().astype(np.float64)
    blank = raw.is_null().to_numpy() | (np.isnan(values) if raw.dtype.is_float() else False)
    if texts is not None:
        blank = blank | (texts == "").fill_null(value=True).to_numpy()
    blank = blank | _has_code(raw, values, code_list(missing, f"missing[{item!r}]"))
    wrong = ~blank & ~np.isfinite(values)
    if (at := first_in_file(wrong, design.row)) is not None:
        raise DesignError(
            f"{str(raw[at]).strip()!r} is not a finite number ({counted(int(wrong.sum()), 'such row')})",
            "mend it, or list it under `missing`",
            f"column {item!r}, row {int(design.row[at])}",
        )
    return np.ascontiguousarray(np.where(blank, np.nan, values))


def _has_code(raw: pl.Series, values: Floats, codes: Sequence[str]) -> Bools:
    """Rows whose value is one of the codes: of a number by its value, of a text by its letters or its number."""
    here = np.zeros(len(values), bool)
    if not codes:
        return here
    if not raw.dtype.is_numeric():
        texts, keys = column_texts(raw), {code_key(code) for code in codes}
        lost = [text for text in texts.unique().drop_nulls().to_list() if text in codes or code_key(text) in keys]
        return texts.is_in(lost).fill_null(value=False).to_numpy()
    for code in codes:
        try:
            number = float(code)
        except ValueError:
            continue  # a text is no value of a column of numbers
        same = np.float32(number) if raw.dtype == pl.Float32 else number
        here |= values == same
    return here
