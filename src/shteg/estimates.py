"""What the stages hand to each other: values, tables, draws, and the result of one stage.

The three packages of layer 2 never import each other; they meet here. A stage reads evidence (or the results of the
stages before it) and returns one `StageResult`. Nothing here computes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

Label = Literal["observed", "computed", "estimated", "borrowed", "assumed"]
"""How much the data say: printed by a source; arithmetic on observed figures; learnt from this case's data;
learnt from other cases; set by judgement (shown only with its range)."""

Unit = Literal["share", "count", "days", "months", "years", "year", "date", "score", "ratio", "text"]
"""`share` is 0–1 (percent exists only in `report`); `date` numbers are ISO strings; `score` is a model scale."""

Measure = Literal["share", "months", "years", "logit", "log_rate_per_year", "log_days", "score"]

LABELS: tuple[Label, ...] = get_args(Label)
VALUE_ID = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-zA-Z0-9][a-zA-Z0-9_-]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One quantity that a text may quote.

    `number` is in `unit`; `decimals` says how it is rounded when printed (for a share: decimals of the percentage).
    `label_key` names a message in `report/messages`, `label_args` fills it with lexicon ids ("country:ESP") or text.
    `low` and `high` bound the interval of coverage `level`. `details` holds what a reader needs to judge it, such as
    `weight_scheme`, `question`, `base`: numbers as numbers, which each language writes in its own way.
    """

    id: str
    number: float | str
    unit: Unit
    decimals: int
    label: Label
    label_key: str
    source_ids: tuple[str, ...]
    method: str
    label_args: Mapping[str, str] = field(default_factory=dict)
    low: float | None = None
    high: float | None = None
    level: float | None = None
    verified: bool = True
    details: Mapping[str, str | float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not VALUE_ID.fullmatch(self.id):
            raise ValueError(f"value id {self.id!r} is not of the form 'name.part.part'")
        if not self.source_ids:
            raise ValueError(f"value {self.id} has no source: no source, no publication")
        if (self.low is None) != (self.high is None) or (self.low is not None and self.level is None):
            raise ValueError(f"value {self.id}: low, high and level come together")
        if isinstance(self.number, str) and self.unit not in ("date", "text"):
            raise ValueError(f"value {self.id}: a {self.unit} must be a number, not {self.number!r}")
        numbers = [x for x in (self.number, self.low, self.high) if not isinstance(x, str | None)]
        if not all(np.isfinite(numbers)):
            raise ValueError(f"value {self.id} is not finite: {numbers}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table: its unit (None for ids and names) and what it means, in one English sentence."""

    name: str
    description: str
    unit: Unit | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """Posterior draws of one quantity: `values` is (draw, unit), read-only, expressed in `measure`."""

    values: NDArray[np.float64]
    units: tuple[str, ...]
    measure: Measure
    label: Label
    source_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        values = np.array(self.values, dtype=np.float64)  # a copy: the caller keeps their own
        if values.ndim != 2 or values.shape[1] != len(self.units):
            raise ValueError(f"values {values.shape} do not fit {len(self.units)} units")
        if not np.isfinite(values).all():
            raise ValueError("draws hold a number that is not finite")
        if not self.source_ids:
            raise ValueError("draws have no source")
        values.setflags(write=False)  # frozen=True does not freeze an array
        object.__setattr__(self, "values", values)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StageResult:
    """All that one stage found: frozen as it is into the edition, and read by the stages after it."""

    stage: str
    tables: Mapping[str, Table] = field(default_factory=dict)
    values: tuple[Value, ...] = ()
    draws: Mapping[str, Draws] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ids = [value.id for value in self.values]
        twice = {one for one in ids if ids.count(one) > 1} if len(set(ids)) < len(ids) else set()
        if twice:
            raise ValueError(f"stage {self.stage} gives these value ids twice: {sorted(twice)}")
        for name, table in self.tables.items():
            if name != table.name:
                raise ValueError(f"stage {self.stage}: table {table.name} is filed under {name}")
