"""Result tables: rows whose type says what each column is, and the frame that is frozen into the edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from functools import cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, cast, dataclass_transform, get_args, get_origin
from typing import get_type_hints as hints_of

from shteg.estimates.values import Unit
from shteg.shown import Shown, plot_table

if TYPE_CHECKING:
    import polars as pl

Dtype = Literal["str", "int", "float", "bool"]
"""What a column holds: texts (names, dates as ISO strings), whole numbers, numbers, or yes and no."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: its unit (None for ids and names) and what it means, in one English sentence."""

    name: str
    description: str
    unit: Unit | None = None
    dtype: Dtype | None = None


@dataclass(frozen=True, slots=True)
class _Told:
    """What a field says of its column, or, with `names`, of the columns that its mapping is laid out in."""

    description: str
    unit: Unit | None
    key: bool = False
    name: str = ""
    written: Callable[[Any], str | None] | None = None
    names: tuple[str, ...] | None = None


def column(
    description: str,
    unit: Unit | None = None,
    *,
    key: bool = False,
    name: str = "",
    written: Callable[[Any], str | None] | None = None,
    default: Any = MISSING,
) -> Any:
    """Declare a field of a row type that is a column of its table; fields declared otherwise are no columns.

    Parameters
    ----------
    description : str
        What the column means, one English sentence.
    unit : Unit, optional
        None for ids and names.
    key : bool
        Whether it belongs to what identifies a row.
    name : str
        Name of the column, where it is not that of the field.
    written : callable, optional
        Turns what the field holds into the text of the cell (`str`, `" ".join`); None stays missing.
    default : any
        Value of the field where none is given.

    Returns
    -------
    dataclasses.Field
    """
    return field(default=default, metadata={"column": _Told(description, unit, key, name, written)})


def spread(names: Iterable[str], description: str, unit: Unit | None = None) -> Any:
    """Declare a field that maps names to cells (`Mapping[str, float]`): one column for each of `names`, in that order.

    Parameters
    ----------
    names : iterable of str
        Names of the columns and keys of the mapping, such as those of models.
    description : str
        What each means; `{name}` stands for its name.
    unit : Unit, optional
        None for ids and names.

    Returns
    -------
    dataclasses.Field
    """
    return field(metadata={"column": _Told(description, unit, names=tuple(names))})


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(column, spread, field))
def table_row(row_type: type[Row]) -> type[Row]:
    """Make a class a row type: a frozen dataclass with slots and named arguments, its columns declared by `column`."""
    return dataclass(frozen=True, slots=True, kw_only=True)(row_type)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table(Shown):
    """A result table: `frame` holds exactly `columns`, in that order, and `key` identifies a row."""

    name: str
    title: str
    frame: pl.DataFrame
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        if names != self.frame.columns:
            raise ValueError(f"table {self.name}: columns {self.frame.columns} are described as {names}")
        if not set(self.key) <= set(names):
            raise ValueError(f"table {self.name}: key {self.key} is not among {names}")
        if self.frame.select(self.key).is_duplicated().any():
            raise ValueError(f"table {self.name}: key {self.key} does not identify a row")

    def to_frame(self) -> pl.DataFrame:
        """The table as a data frame of Polars: `frame`."""
        return self.frame

    def plot(self, value: str | None = None, *, language: str = "en") -> Any:
        """Draw the table: its figures with their intervals, over time where its rows are years or days.

        Parameters
        ----------
        value : str, optional
            The column that is drawn; default: the one that has an interval, else the first number.
        language : "en" | "sq"
            Of the words on the chart.

        Returns
        -------
        altair.Chart

        Raises
        ------
        UsageError
            There is no such number, or too many rows; Altair is not installed.
        """
        return plot_table(self.frame, self.key, value=value, language=language, title=self.title)

    @classmethod
    def of(cls, name: str, title: str, row_type: type[Row], rows: Iterable[Row], *, tiny: float = 0.0) -> Table:
        """Make a table of rows.

        Parameters
        ----------
        name, title : str
            Name of the table in its stage, and what it shows, in English.
        row_type : type
            Dataclass whose fields are declared by `column`; it says dtype, unit, description and key.
        rows : iterable
            Of that type; there may be none.
        tiny : float
            Numbers nearer to 0 than this, which differences of sums leave over, are written as 0.

        Returns
        -------
        Table

        Raises
        ------
        TypeError
            The row type declares no column or no key, a field has no dtype, or a cell is not of the dtype.
        """
        listed = list(rows)
        cells: dict[str, list[Any]] = {}
        for one, read in _plan(cast("type", row_type)):
            cells[one.name] = [read(row) for row in listed]
            if tiny and one.dtype == "float":
                cells[one.name] = [0.0 if x is not None and abs(x) < tiny else x for x in cells[one.name]]
        return cls.of_columns(name, title, row_type, cells)

    @classmethod
    def of_columns(
        cls,
        name: str,
        title: str,
        described: type | Sequence[Column],
        cells: Mapping[str, Any] | pl.DataFrame,
        key: Sequence[str] = (),
    ) -> Table:
        """Make a table of whole columns: the quick way for many rows, and for columns known only when it is made.

        Parameters
        ----------
        name, title : str
            Name of the table in its stage, and what it shows, in English.
        described : type or sequence of Column
            A row type, or the columns themselves, each with its dtype.
        cells : mapping or DataFrame
            By name of the column: an array, a sequence or a series; None for a column without any cell. More columns
            than are described are left out.
        key : sequence of str
            What identifies a row, where columns are given; a row type says it itself.

        Returns
        -------
        Table

        Raises
        ------
        TypeError
            A column has no dtype, or cells that are not of it; no key is known.
        """
        import polars as pl

        columns = columns_of(described) if isinstance(described, type) else tuple(described)
        chosen = tuple(key) or (key_of(described) if isinstance(described, type) else ())
        if not chosen:
            raise TypeError(f"table {name}: nothing says what identifies a row")
        made = {one.name: _series(name, one, cells[one.name]) for one in columns}
        height = max((len(one) for one in made.values() if one is not None), default=0)
        frame = pl.DataFrame(
            [pl.Series(at, [None] * height, _kind(columns[i])) if one is None else one
             for i, (at, one) in enumerate(made.items())]
        )  # fmt: skip
        return cls(name=name, title=title, frame=frame, columns=columns, key=chosen)


@cache
def columns_of(row_type: type) -> tuple[Column, ...]:
    """Give the columns that a row type declares, in the order of its fields."""
    return tuple(one for one, _ in _plan(row_type))


@cache
def key_of(row_type: type) -> tuple[str, ...]:
    """Give the names of the columns that identify a row of this type."""
    told = {one.name: _told(one) for one in fields(row_type)}
    return tuple(known.name or name for name, known in told.items() if known and known.key)


@cache
def _plan(row_type: type) -> tuple[tuple[Column, Callable[[Any], Any]], ...]:
    """Give each column of a row type with what reads its cell from a row."""
    hints, found = hints_of(row_type), []
    for one in fields(row_type):
        if (told := _told(one)) is None:
            continue
        where = f"field {one.name} of {row_type.__name__}"
        if told.names is None:
            kind = "str" if told.written else _dtype(hints[one.name], where)
            described = Column(name=told.name or one.name, description=told.description, unit=told.unit, dtype=kind)
            found.append((described, _reader(one.name, hints[one.name], told.written)))
            continue
        kind = _dtype(_argument(hints[one.name], where), where)
        for name in told.names:
            text = told.description.format(name=name)
            found.append((Column(name=name, description=text, unit=told.unit, dtype=kind), _picker(one.name, name)))
    if not found:
        raise TypeError(f"{row_type.__name__} declares no column")
    return tuple(found)


def _told(one: Any) -> _Told | None:
    return cast("_Told | None", one.metadata.get("column"))


def _reader(name: str, hint: Any, written: Callable[[Any], str | None] | None) -> Callable[[Any], Any]:
    read = attrgetter(name)
    write = written or (date.isoformat if date in (hint, *get_args(hint)) else None)
    if write is None:
        return read

    def read_written(row: Any) -> str | None:
        content = read(row)
        return None if content is None else write(content)

    return read_written


def _picker(field_name: str, name: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row, field_name)[name]


def _argument(hint: Any, where: str) -> Any:
    arguments = get_args(hint)
    if len(arguments) != 2:
        raise TypeError(f"{where}: {hint} is no mapping of names to cells")
    return arguments[1]


_DTYPES: Mapping[Any, Dtype] = {str: "str", int: "int", float: "float", bool: "bool", date: "str"}


def _dtype(hint: Any, where: str) -> Dtype:
    """Give the dtype of an annotation: a plain type, a list of texts, or either with None."""
    if hint in _DTYPES:
        return _DTYPES[hint]
    arguments = [one for one in get_args(hint) if one is not NoneType]
    if get_origin(hint) is Literal and all(isinstance(one, str) for one in arguments):
        return "str"
    if get_origin(hint) in (Union, UnionType) and len(arguments) == 1:
        return _dtype(arguments[0], where)
    raise TypeError(f"{where}: a column cannot hold {hint}; say how it is written")


def _kind(one: Column) -> type[pl.DataType]:
    import polars as pl

    kinds: Mapping[str | None, type[pl.DataType]] = {
        "str": pl.String, "int": pl.Int64, "float": pl.Float64, "bool": pl.Boolean
    }  # fmt: skip
    if one.dtype not in kinds:
        raise TypeError(f"column {one.name} has no dtype")
    return kinds[one.dtype]


def _series(table: str, one: Column, cells: Any) -> pl.Series | None:
    """Put cells into a series of the column's dtype; nothing is parsed, rounded or cut to make it fit."""
    import polars as pl

    kind = _kind(one)
    if cells is None:
        return None
    try:
        if isinstance(cells, pl.Series) or hasattr(cells, "dtype"):
            found = pl.Series(one.name, cells)
            if found.len() and not _fits(found.dtype, one):
                raise TypeError(f"it holds {found.dtype}")
            return found.cast(kind)
        return pl.Series(one.name, list(cells), kind, strict=True)
    except TypeError as error:
        raise TypeError(f"table {table}: column {one.name} cannot hold these cells as {one.dtype}: {error}") from error


def _fits(found: pl.DataType, one: Column) -> bool:
    import polars as pl

    fits = {
        "str": found in (pl.String, pl.Categorical, pl.Enum),
        "int": found.is_integer(),
        "float": found.is_numeric(),
        "bool": found == pl.Boolean,
    }
    return found == pl.Null or fits[str(one.dtype)]
