"""SPSS and Stata files, through pyreadstat: codes, variable labels, value labels, missing codes, sets.

Runs in the process that `shteg.survey.readers.apart` starts: a damaged file may end it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pyreadstat

from shteg.errors import DesignError
from shteg.survey.readers.codes import clean_text, text_codes, typed_codes, write_code
from shteg.survey.readers.responses import (
    Declared,
    MultipleSet,
    Responses,
    at_column,
    damaged,
    labels_without_blanks,
    require_one_name,
)
from shteg.survey.readers.sets import SIGN
from shteg.survey.readers.system_file import DeclaredSet, UnreadableError, read_sets

_SPSS_DAYS = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE")
_SPSS_MOMENTS = ("DATETIME", "YMDHMS")
_SPSS_ORIGIN = datetime(1582, 10, 14)  # noqa: DTZ001 (the days of a file know no time zone)
_STATA_ORIGIN = datetime(1960, 1, 1)  # noqa: DTZ001
_STATA_CLOCK = re.compile(r"%-?t[cC][hHmMsS:._aAp]+")
"""Formats that show hours, minutes and seconds and no day: a length of time, as TIME of SPSS."""
_DAY, _MILLISECOND = 86_400_000, 1


_END_OF_STATA = b"</stata_dta>"

_UNICODE_STATA = re.compile(rb"<stata_dta><header><release>(?:11[89]|[1-9][2-9][0-9])</release>")
"""What a file of Stata 14 or later begins with: its texts are UTF-8, although no place of the file says so."""

_LETTER = re.compile(r"[a-z]")
_ICONV = {"mac-roman": "MACINTOSH", "mac-latin2": "MACCENTRALEUROPE", "mac-turkish": "MACTURKISH"}


@dataclass(frozen=True, slots=True)
class Clock:
    """What the numbers of a column count: `unit` milliseconds each, from `origin` on."""

    kind: Literal["number", "length", "day", "moment"] = "number"
    origin: datetime = _SPSS_ORIGIN
    unit: int = 1000

    def write(self, number: float, place: str) -> str:
        """Write one number of the column as a code.

        Raises
        ------
        DesignError
            There is no such day, or the number is too large for a code.
        """
        if self.kind == "number":
            return write_code(number, place)
        if self.kind == "length":
            return write_code(number * self.unit / 1000, place)
        try:
            when = self.origin + timedelta(milliseconds=round(number * self.unit))
        except (OverflowError, ValueError):
            hint = f"mend the value, or give the column the format of a number instead of a {self.kind}"
            raise DesignError(f"{number:g} is no {self.kind} between the years 1 and 9999", hint, place) from None
        if self.kind == "day":
            return when.date().isoformat()
        return when.isoformat().rstrip("0") if when.microsecond else when.isoformat()

    def codes(self, column: pl.Series, place: str) -> pl.Series:
        """Write a column as codes; see `write`."""
        if self.kind == "number" or not column.dtype.is_numeric():
            return typed_codes(column, place)
        numbers = column.cast(pl.Float64).fill_nan(None)
        known = numbers.drop_nulls().unique()
        written = pl.Series([self.write(one, place) for one in known.to_list()], dtype=pl.String)
        return numbers.replace_strict(known, written, default=None, return_dtype=pl.String)


def spss_clock(form: str | None) -> Clock:
    """Read a format of SPSS: TIME8 and DTIME12 are seconds as they stand, DATE11 a day, DATETIME20 a moment."""
    name = re.match(r"[A-Z]*", form or "")
    word = name[0] if name else ""
    if word in _SPSS_DAYS:
        return Clock("day")
    return Clock("moment") if word in _SPSS_MOMENTS else Clock()


def stata_clock(form: str | None) -> Clock:
    """Read a format of Stata: %td is a day, %tc a moment, %tcHH:MM:SS a length of time; all others stay numbers."""
    form = form or ""
    if re.match(r"%-?(td|d)", form):
        return Clock("day", _STATA_ORIGIN, _DAY)
    if _STATA_CLOCK.fullmatch(form):
        return Clock("length", _STATA_ORIGIN, _MILLISECOND)
    return Clock("moment", _STATA_ORIGIN, _MILLISECOND) if re.match(r"%-?t[cC]", form) else Clock()


def read_sav(path: Path, encoding: str | None = None) -> Responses:
    """Read an SPSS file (.sav, .zsav); user-missing values stay codes and are listed under `missing`.

    Raises
    ------
    DesignError
        The file is damaged or cut off, or does not say how many rows it has (then a cut could not be noticed).
    """
    frame, meta = _read("read_sav", path, encoding)
    if meta.number_rows is None:
        hint = "open it in SPSS or PSPP and save it again: a file that was cut off could not be told from a whole one"
        raise DesignError("the file does not say how many rows it has", hint, path.name)
    if meta.number_rows != frame.height:
        raise damaged(path, f"{frame.height} of {meta.number_rows} rows could be read")
    clocks = {column: spss_clock(meta.original_variable_types.get(column)) for column in frame.columns}
    codes = [clocks[column].codes(frame[column], at_column(path.name, column)) for column in frame.columns]
    missing = {column: _missing_in_ranges(path, frame[column], meta, clocks[column]) for column in meta.missing_ranges}
    return _responses(path, codes, meta, missing, clocks, encoding)


def read_dta(path: Path, encoding: str | None = None) -> Responses:
    """Read a Stata file; the extended missing values .a to .z stay codes (".a") and are listed under `missing`.

    Raises
    ------
    DesignError
        The file is damaged or cut off.
    """
    with path.open("rb") as file:
        start = file.read(64)
        if start.startswith(b"<stata_dta>"):
            file.seek(0, 2)
            file.seek(max(0, file.tell() - len(_END_OF_STATA)))
            if file.read() != _END_OF_STATA:
                raise damaged(path, "its end is missing")
    frame, meta = _read("read_dta", path, encoding)
    clocks = {column: stata_clock(meta.original_variable_types.get(column)) for column in frame.columns}
    columns, missing = [], {}
    for column in frame.columns:
        labelled = [str(code) for code in meta.variable_value_labels.get(column, {}) if _is_letter(code)]
        letters = sorted({*meta.missing_user_values.get(column, ()), *labelled})
        missing[column] = tuple(f".{letter}" for letter in letters)
        numbers, marks = _without_letters(frame[column], column in meta.missing_user_values)
        if meta.readstat_variable_types.get(column) == "float":
            numbers = numbers.cast(pl.Float32)
        codes = clocks[column].codes(numbers, at_column(path.name, column))
        columns.append(codes if marks is None else marks.fill_null(codes))
    known = encoding or ("utf-8" if _UNICODE_STATA.match(start) else None)
    return _responses(path, columns, meta, missing, clocks, known)


def _read(reader: str, path: Path, encoding: str | None) -> tuple[pl.DataFrame, Any]:
    known = None if encoding is None else _ICONV.get(encoding, encoding)
    try:
        frame, meta = getattr(pyreadstat, reader)(
            path, user_missing=True, output_format="polars", disable_datetime_conversion=True, encoding=known
        )
    except (UnicodeDecodeError, pyreadstat.ReadstatError) as error:
        if isinstance(error, UnicodeDecodeError) or "convert" in str(error).lower():
            hint = "name their encoding (option --encoding, key `encoding` of design.toml), for example windows-1250"
            said = "" if encoding is None else f" ({encoding} was named)"
            raise DesignError(f"the texts in the file are in another encoding{said}", hint, path.name) from error
        raise damaged(path, str(error).strip() or "unreadable") from error
    return frame, meta


def _is_letter(code: object) -> bool:
    """Tell whether a label of a Stata file is that of a missing value: labels of numbers are whole numbers."""
    return isinstance(code, str) and _LETTER.fullmatch(code) is not None


def _without_letters(column: pl.Series, marked: bool) -> tuple[pl.Series, pl.Series | None]:
    """Part a Stata column into numbers and, where some stand, extended missing values written ".a"."""
    if not marked:
        return column, None
    values = column.to_list()
    marks = pl.Series(column.name, [f".{one}" if isinstance(one, str) else None for one in values], dtype=pl.String)
    numbers = [None if one is None or isinstance(one, str) else float(one) for one in values]
    return pl.Series(column.name, numbers, dtype=pl.Float64), marks


def _responses(
    path: Path,
    columns: list[pl.Series],
    meta: Any,
    missing: Mapping[str, tuple[str, ...]],
    clocks: Mapping[str, Clock],
    encoding: str | None,
) -> Responses:
    titles = dict(zip(clocks, require_one_name(list(clocks), path.name), strict=True))
    frame = pl.DataFrame([column.alias(titles[name]) for column, name in zip(columns, clocks, strict=True)])
    value_labels: dict[str, dict[str, str]] = {}
    for column, labels in meta.variable_value_labels.items():
        if column in titles:
            written = ((_label_code(path, column, code, clocks[column]), text) for code, text in labels.items())
            value_labels[titles[column]] = labels_without_blanks(written)
    labels = labels_without_blanks((titles[column], text) for column, text in meta.column_names_to_labels.items())
    notes = _say_encoding(frame, labels, value_labels, path.name) if meta.file_encoding is None and not encoding else ()
    texts = {titles[one] for one, kind in meta.readstat_variable_types.items() if kind == "string" and one in titles}
    spss = path.suffix.lower() != ".dta"
    sets, said = _sets(path, encoding, titles, texts) if spss else ({}, ())
    return Responses(
        frame=frame,
        labels=labels,
        value_labels={column: found for column, found in value_labels.items() if found},
        missing={titles[column]: codes for column, codes in missing.items() if codes},
        name=path.name,
        sets=sets,
        declared=_declared(meta, titles) if spss else {},
        notes=(*notes, *said),
    )


def _declared(meta: Any, titles: Mapping[str, str]) -> dict[str, Declared]:
    """Keep what is needed to write the columns of an SPSS file again as they were."""
    return {
        title: Declared(
            measure=str(meta.variable_measure.get(column) or "unknown"),
            text=str(meta.original_variable_types.get(column) or "").startswith("A"),
            ranges=tuple((one["lo"], one["hi"]) for one in meta.missing_ranges.get(column, ())),
        )
        for column, title in titles.items()
    }


def _label_code(path: Path, column: str, code: float | str, clock: Clock) -> str:
    if isinstance(code, str):
        return f".{code}" if path.suffix.lower() == ".dta" and _is_letter(code) else clean_text(code)
    return clock.write(float(code), at_column(path.name, column))


def _missing_in_ranges(path: Path, values: pl.Series, meta: Any, clock: Clock) -> tuple[str, ...]:
    """List the declared codes of a column; of a range of numbers, those that occur or have a label."""
    labelled = [code for code in meta.variable_value_labels.get(values.name, {}) if not isinstance(code, str)]
    codes: list[str] = []
    for span in meta.missing_ranges[values.name]:
        low, high = span["lo"], span["hi"]
        if isinstance(low, str):
            codes.append(clean_text(low))
        elif low == high:
            codes.append(clock.write(float(low), at_column(path.name, values.name)))
        elif values.dtype.is_numeric():
            inside = values.filter((values >= low) & (values <= high)).drop_nans().unique().to_list()
            known = {float(one) for one in (*inside, *labelled) if low <= float(one) <= high}
            codes += [clock.write(one, at_column(path.name, values.name)) for one in sorted(known)]
    return tuple(dict.fromkeys(code for code in codes if code))


def _sets(
    path: Path, encoding: str | None, titles: Mapping[str, str], texts: Collection[str]
) -> tuple[dict[str, MultipleSet], tuple[str, ...]]:
    """Give the multiple-response sets, and a note on each that cannot be used."""
    known = {column.lower(): title for column, title in titles.items()}  # a file may name columns in another case
    try:
        sets, broken = read_sets(path, encoding)
    except UnreadableError as error:
        return {}, (f"{path.name}: sets of columns, if it has any, cannot be read: {error}",)
    found = {}
    notes = [f"{path.name}: the set {name!r} cannot be read, and is left out" for name in broken]
    for one in sets:
        columns = tuple(known[column.lower()] for column in one.columns if column.lower() in known)
        if len(columns) < len(one.columns):
            notes.append(
                f"{path.name}: the set {one.name!r} names columns that the file does not have, and is left out"
            )
            continue
        found[clean_text(one.name).lstrip(SIGN)] = MultipleSet(
            label=clean_text(one.label),
            kind="dichotomy" if one.dichotomy else "category",
            counted=_counted_code(one, columns, texts) if one.dichotomy else None,
            columns=columns,
        )
    return found, tuple(notes)


def _counted_code(one: DeclaredSet, columns: Sequence[str], texts: Collection[str]) -> str:
    """Give the code that a set counts as it stands in the answers: a number where the columns hold numbers."""
    text = clean_text(one.counted or "")
    if not any(column in texts for column in columns):
        with suppress(ValueError):  # a letter that no number equals: nobody ticked the box
            return write_code(float(text))
    return text


def _say_encoding(
    frame: pl.DataFrame, labels: Mapping[str, str], value_labels: Mapping[str, Mapping[str, str]], name: str
) -> tuple[str, ...]:
    """Say that the encoding was taken for granted, if the file has a letter by which that can be told."""
    words: Iterable[str] = (
        *labels.values(),
        *(text for found in value_labels.values() for text in found.values()),
        *(text for column in frame for text in text_codes(column).drop_nulls().unique().to_list()),
    )
    if all(word.isascii() for word in words):
        return ()
    return (
        f"{name}: the file says no encoding, and its texts were read as windows-1252; if letters look wrong, name it "
        "(option --encoding, key `encoding` of design.toml)",
    )
