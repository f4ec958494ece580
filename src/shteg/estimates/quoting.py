"""Values made of the rows of a table: what a text may quote of each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar, cast

from shteg.estimates.tables import Table
from shteg.estimates.values import Label, Unit, Value

Setting = TypeVar("Setting")
Of = Callable[[Any], Setting]
"""What makes a setting from a row."""


def quote(
    rows: Iterable[Any] | Table,
    *,
    id: str,
    number: str | Of[float | str],
    unit: Unit | Of[Unit] | None = None,
    decimals: int | Of[int] = 0,
    label: str,
    label_key: str,
    label_args: Mapping[str, str] | Of[Mapping[str, str]] | None = None,
    sources: str | Iterable[str] | Of[Iterable[str]],
    method: str,
    low: str | Of[float | None] | None = None,
    high: str | Of[float | None] | None = None,
    level: float | Of[float | None] | None = None,
    verified: bool | Of[bool] = True,
    details: Iterable[str] | Mapping[str, str | Of[Any]] | Of[Mapping[str, str | float]] = (),
    tiny: float = 0.0,
) -> tuple[Value, ...]:
    """Make one value of each row.

    A row is an object with attributes (a row type's), a mapping, or a row of a `Table`. Every argument that is a
    callable is called with the row. Texts that stand for no field are patterns filled from the row: `"step:{step}"`,
    `"ladder.{pair.step_from}"`, `"{years:g}"`.

    Parameters
    ----------
    rows : iterable or Table
        One value for each.
    id, label, label_key, method : str
        Patterns; of the label too (`"{label}"`), which must come out as one of `LABELS`.
    number, low, high : str or callable
        Name of the field (`"found.skill"` reaches further in). A row whose low and high are both None has no interval.
    unit : Unit or callable, optional
        The unit that the field of `number` declares, if left out.
    decimals : int or callable
        Decimals when printed.
    label_args : mapping or callable, optional
        Patterns by placeholder of the message.
    sources : str, iterable of str or callable
        One pattern of a source id or several, such as `"{source}"`.
    level : float or callable, optional
        Coverage of the interval, 0–1; left out in rows without one.
    verified : bool or callable
        Whether all its sources were read.
    details : iterable, mapping or callable
        Names of fields; or detail → name of its field (or callable); or what makes them all. None is left out.
    tiny : float
        Numbers nearer to 0 than this are taken as 0.

    Returns
    -------
    tuple of Value
        In the order of the rows.

    Raises
    ------
    ValueError
        What `Value` refuses, and a number that is missing.
    """
    return tuple(
        Value(
            id=id.format_map(row),
            number=_clean(_number(row, number, id), tiny),
            unit=row.of(unit) if unit is not None else row.unit(number),
            decimals=row.of(decimals),
            label=cast(Label, label.format_map(row)),
            label_key=label_key.format_map(row),
            label_args={name: text.format_map(row) for name, text in (row.of(label_args) or {}).items()},
            source_ids=_sources(row, sources),
            method=method.format_map(row),
            verified=row.of(verified),
            details=_details(row, details),
            **_bounds(row, low, high, level, tiny),
        )
        for row in _rows(rows)
    )


class _Fields(dict[str, Any]):
    """The fields of one row, by name, whatever the row is."""

    def __init__(self, row: Any, units: Mapping[str, Unit | None]) -> None:
        super().__init__(row if isinstance(row, Mapping) else {})
        self.row, self.units = row, units

    def __missing__(self, name: str) -> Any:
        first, _, rest = name.partition(".")
        found = self[first] if rest else getattr(self.row, first)
        for part in rest.split(".") if rest else ():
            found = getattr(found, part)
        return found

    def of(self, setting: Any) -> Any:
        """Give a setting that may depend on the row."""
        return setting(self.row) if callable(setting) else setting

    def field(self, what: Any) -> Any:
        """Give what a field holds, or what a callable makes of the row."""
        return what(self.row) if callable(what) else self[what]

    def unit(self, number: Any) -> Unit:
        """Give the unit that the field of a number declares."""
        found = self.units.get(number) if isinstance(number, str) else None
        if found is None:
            raise ValueError(f"no unit is declared for {number!r}: give one")
        return found


def _rows(rows: Iterable[Any] | Table) -> Iterator[_Fields]:
    if isinstance(rows, Table):
        units = {one.name: one.unit for one in rows.columns}
        for row in rows.frame.iter_rows(named=True):
            yield _Fields(row, units)
        return
    for row in rows:
        yield _Fields(row, _units(type(row)))


def _units(row_type: type) -> Mapping[str, Unit | None]:
    """Give the units that a row type declares, by field; none for other types."""
    declared = getattr(row_type, "__dataclass_fields__", {})
    told = {name: one.metadata["column"] for name, one in declared.items() if "column" in one.metadata}
    return {name: one.unit for name, one in told.items()}


def _number(row: _Fields, number: str | Of[float | str], pattern: str) -> float | str:
    found = row.field(number)
    if found is None:
        raise ValueError(f"value {pattern.format_map(row)} has no number")
    return cast("float | str", found)


def _sources(row: _Fields, sources: Any) -> tuple[str, ...]:
    found = row.of(sources)
    return tuple(one.format_map(row) for one in ((found,) if isinstance(found, str) else found))


def _bounds(row: _Fields, low: Any, high: Any, level: Any, tiny: float) -> dict[str, float | None]:
    if low is None and high is None:
        return {}
    ends = [_clean(row.field(one), tiny) for one in (low, high)]
    return {} if ends == [None, None] else {"low": ends[0], "high": ends[1], "level": row.of(level)}


def _clean(number: Any, tiny: float) -> Any:
    return 0.0 if isinstance(number, float) and abs(number) < tiny else number


def _details(row: _Fields, details: Any) -> dict[str, str | float]:
    if callable(details):
        return dict(details(row.row))
    wanted = details if isinstance(details, Mapping) else {name: name for name in details}
    found = {name: row.field(what) for name, what in wanted.items()}
    return {name: one for name, one in found.items() if one is not None}
