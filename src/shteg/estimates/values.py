"""One quantity that a text may quote, with its unit, interval, label and sources."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Literal, get_args

Label = Literal["observed", "computed", "estimated", "borrowed", "assumed"]
"""How much the data say: printed by a source; arithmetic on observed figures; learnt from this case's data;
learnt from other cases; set by judgement (shown only with its range)."""

Unit = Literal["share", "points", "count", "days", "months", "years", "year", "date", "score", "ratio", "text"]
"""`share` is 0–1 and `points` a difference of two shares, -1–1 (percent and percentage points exist only in `report`);
`date` numbers are ISO strings; `score` is a model scale."""

LABELS: tuple[Label, ...] = get_args(Label)
UNITS: tuple[Unit, ...] = get_args(Unit)
VALUE_ID = re.compile(r"[a-z0-9][a-z0-9_-]*(\.[a-zA-Z0-9][a-zA-Z0-9_-]*)*")
WRITTEN_NUMBER = re.compile(r"\s*[-+−]?\d+[.,]\d+\s*%?\s*")
"""A number that was written as text with its decimals, in one language for all; whole numbers may be names (years)."""

YEAR_DAYS = 365.25
"""Days of a year: how days and years are turned into each other in all rooms."""


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
        if not all(isfinite(x) for x in numbers):
            raise ValueError(f"value {self.id} is not finite: {numbers}")
        for name, detail in self.details.items():
            if isinstance(detail, str) and WRITTEN_NUMBER.fullmatch(detail):
                raise ValueError(f"value {self.id}: the detail {name} is the number {detail} written as text")
