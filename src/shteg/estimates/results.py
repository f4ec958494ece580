"""What one stage hands on as a whole: posterior draws, and its tables, values and draws together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from shteg.estimates.tables import Table
from shteg.estimates.values import Label, Value

if TYPE_CHECKING:
    from shteg.arrays import Floats

Measure = Literal["share", "months", "years", "logit", "log_rate_per_year", "log_days", "score"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draws:
    """Posterior draws of one quantity: `values` is (draw, unit), read-only, expressed in `measure`."""

    values: Floats
    units: tuple[str, ...]
    measure: Measure
    label: Label
    source_ids: tuple[str, ...]

    def __post_init__(self) -> None:
        import numpy as np  # what only prints results has no draws

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
    """All that one stage found: frozen as it is into the edition, and read by the stages after it.

    `interrupted` says that the user ended the stage early: such a result is shown and never kept.
    """

    stage: str
    tables: Mapping[str, Table] = field(default_factory=dict)
    values: tuple[Value, ...] = ()
    draws: Mapping[str, Draws] = field(default_factory=dict)
    interrupted: bool = False

    def __post_init__(self) -> None:
        ids = [value.id for value in self.values]
        twice = {one for one in ids if ids.count(one) > 1} if len(set(ids)) < len(ids) else set()
        if twice:
            raise ValueError(f"stage {self.stage} gives these value ids twice: {sorted(twice)}")
        for name, table in self.tables.items():
            if name != table.name:
                raise ValueError(f"stage {self.stage}: table {table.name} is filed under {name}")
