"""What a caller may pass: names, groupings, coverages, tables, each refused with words where it is something else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np
import polars as pl

from shteg.arrays import Bools, Ints
from shteg.errors import UsageError

Freedom = Literal["domain", "design", "r"]
"""Degrees of freedom of intervals and tests: those of the domain; of the whole design; what R's `survey` takes when
nothing is said (the normal law for means, totals, ratios, contrasts and margins, the domain's for `svyciprop`)."""


def frame_of(data: Any, where: str = "data") -> pl.DataFrame:
    """Give a table of respondents as a data frame: a lazy one is collected, a mapping or an Arrow table is taken over.

    Raises
    ------
    UsageError
        It is no table, or its columns do not fit together.
    """
    if isinstance(data, pl.DataFrame):
        return data
    if is_pandas(data):
        return _of_pandas(data, where)
    try:
        if isinstance(data, pl.LazyFrame):
            return data.collect()
        if isinstance(data, Mapping) or hasattr(data, "__arrow_c_stream__"):
            return pl.DataFrame(data)
    except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
        raise UsageError(
            f"the data are no table: {str(error).splitlines()[0]}", "give columns of one length and one type", where
        ) from error
    raise UsageError(
        f"the data are a {type(data).__name__}",
        "give a polars data frame (for a file: read_responses(path).frame)",
        where,
    )


def is_pandas(data: Any) -> bool:
    """True for a data frame of pandas, which is not imported for it."""
    return type(data).__module__.partition(".")[0] == "pandas" and hasattr(data, "iloc") and hasattr(data, "columns")


def _of_pandas(data: Any, where: str) -> pl.DataFrame:
    """Take a frame of pandas over, without pyarrow: categories keep their order, NaN and NA are null."""
    columns = []
    for place, name in enumerate(data.columns):
        column = data.iloc[:, place]
        try:
            columns.append(_column_of_pandas(str(name), column))
        except (pl.exceptions.PolarsError, TypeError, ValueError, OverflowError) as error:
            hint = "give the column one type: in pandas .astype(str), or pandas.to_numeric(…)"
            raise UsageError(f"the column {str(name)!r} holds values of several types", hint, where) from error
    names = [one.name for one in columns]
    if len(set(names)) < len(names):
        raise UsageError("two columns have the same name", "rename one", where)
    return pl.DataFrame(columns)


def _column_of_pandas(name: str, column: Any) -> pl.Series:
    kind = column.dtype
    if type(kind).__name__ == "CategoricalDtype":
        levels = kind.categories.tolist()
        texts = all(isinstance(one, str) for one in levels)
        values = [None if code < 0 else levels[code] for code in column.cat.codes.tolist()]
        return pl.Series(name, values, dtype=pl.Enum(levels) if texts else None, strict=True)
    if isinstance(kind, np.dtype) and kind.kind in "iufbM":
        return pl.Series(name, column.to_numpy(), nan_to_null=True)
    values = [None if blank else one for one, blank in zip(column.tolist(), column.isna().tolist(), strict=True)]
    return pl.Series(name, values, strict=True)


def names_of(names: Any, where: str, *, needed: bool = True) -> tuple[str, ...]:
    """Give one name or a list of names as a tuple.

    Parameters
    ----------
    names : any
    where : str
        Name of the argument.
    needed : bool
        Refuse an empty list.

    Returns
    -------
    tuple of str

    Raises
    ------
    UsageError
        It is no name and no list of names, or (if `needed`) empty.
    """
    found = (names,) if isinstance(names, str) else _listed(names, where)
    if needed and not found:
        raise UsageError("no item to estimate" if where == "items" else "no name", "name at least one column", where)
    strange = [name for name in found if not isinstance(name, str)]
    if strange:
        raise UsageError(f"{strange[0]!r} is no name of a column", "name columns by texts", where)
    return found


def list_of_names(names: Any, where: str) -> tuple[str, ...]:
    """Give a list of names as a tuple; a text alone is refused, because it may be meant as several."""
    if isinstance(names, str):
        raise UsageError(f"`{where}` is a list of columns", f"write {where}=[{names!r}]", where)
    return names_of(names, where, needed=False)


def groupings_of(by: Any, where: str = "by", twice: str = "a name stands twice") -> tuple[tuple[str, ...], ...]:
    """Give the grouping variables as tuples: one column, or several crossed with each other.

    Parameters
    ----------
    by : any
    where : str
        Name of the argument.
    twice : str
        What is said where one comes twice.

    Returns
    -------
    tuple of tuple of str

    Raises
    ------
    UsageError
        `by` is no list of columns and tuples of columns, or one comes twice.
    """
    if isinstance(by, str):
        raise UsageError(f"`{where}` is a list of grouping variables", f"write {where}=[{by!r}]", where)
    found = tuple(names_of(one, where) for one in _listed(by, where))
    if len(set(found)) < len(found) or any(len(set(one)) < len(one) for one in found):
        raise UsageError(twice, "name each once", where)
    return found


def check_level(level: Any) -> float:
    """Give the coverage of intervals; refuse what is no number between 0 and 1."""
    if not is_number(level) or not 0 < level < 1:
        raise UsageError(f"a coverage of {level!r} is not between 0 and 1", "give for example 0.95", "level")
    return float(level)


def check_df(df: Any) -> float | Freedom | None:
    """Give the degrees of freedom a caller wants: a number above 0, a rule, or None where the design's rule holds."""
    if df is None:
        return None
    for rule in get_args(Freedom):
        if isinstance(df, str) and df == rule:
            found: Freedom = rule
            return found
    if not is_number(df) or not df > 0:
        hint = "leave it out, or give a number, or one of " + ", ".join(get_args(Freedom))
        raise UsageError(f"{df!r} degrees of freedom are no number above 0", hint, "df")
    return float(df)


def check_freedom(rule: Any) -> None:
    """Refuse what is no rule for degrees of freedom."""
    check_choice(rule, get_args(Freedom), "freedom", "there is no rule {} for degrees of freedom")


def check_choice(value: Any, options: Sequence[Any], where: str, problem: str = "{} is not known") -> None:
    """Refuse what is none of the options.

    Parameters
    ----------
    value : any
    options : sequence
    where : str
        Name of the argument.
    problem : str
        Words of the error; {} stands for the value.

    Raises
    ------
    UsageError
        It names them all.
    """
    if not is_choice(value, options):
        raise UsageError(problem.format(repr(value)), "choose one of " + ", ".join(map(str, options)), where)


def is_choice(value: Any, options: Sequence[Any]) -> bool:
    """True where the value is one of the options, whatever its type."""
    return any(value is one or (isinstance(value, str) and value == one) for one in options)


def check_truth(value: Any, where: str) -> None:
    """Refuse what is neither True nor False."""
    if not isinstance(value, bool | np.bool_):
        raise UsageError(f"{value!r} is neither True nor False", "give one of them", where)


def check_number(value: Any, where: str, hint: str = "give a number") -> float:
    """Give a number as float; whether it is in its range is for the caller to say.

    Parameters
    ----------
    value : any
    where : str
        Name of the argument.
    hint : str

    Returns
    -------
    float

    Raises
    ------
    UsageError
        It is no number.
    """
    if not is_number(value):
        raise UsageError(f"{value!r} is no number", hint, where)
    return float(value)


def mapping_of(value: Any, where: str, form: str) -> Mapping[Any, Any]:
    """Give a mapping; None is an empty one.

    Parameters
    ----------
    value : any
    where : str
        Name of the argument.
    form : str
        How to write it.

    Returns
    -------
    mapping

    Raises
    ------
    UsageError
        It is something else.
    """
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise UsageError(f"`{where}` is a {type(value).__name__}, not a mapping", f"write {where}={form}", where)
    return value


def is_number(value: Any) -> bool:
    """True for whole and broken numbers, not for truth values."""
    return isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)


def _listed(names: Any, where: str) -> tuple[Any, ...]:
    if isinstance(names, set | frozenset):
        raise UsageError("a set has no order", "give a list", where)
    if isinstance(names, str | bytes | Mapping | pl.DataFrame) or not isinstance(names, Iterable):
        raise UsageError(f"`{where}` is a {type(names).__name__}", f"write {where}=[…], names of columns", where)
    return tuple(names)


def first_in_file(wrong: Bools, row: Ints) -> int | None:
    """Give the place of the first row of the file among those that are `wrong` (n,); None if none is."""
    places = np.flatnonzero(wrong)
    return int(places[np.argmin(row[places])]) if len(places) else None
