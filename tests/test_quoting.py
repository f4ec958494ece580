"""Values made of rows are those that would be written out one by one."""

from dataclasses import dataclass
from typing import Any

import pytest

from shteg.estimates import Table, Value, column, quote, table_row


@table_row
class Rate:
    """A rate with its interval."""

    step: str = column("The step.", key=True)
    rate: float = column("Events per year at risk.", "ratio")
    low: float | None = column("Lower end.", "ratio", default=None)
    high: float | None = column("Upper end.", "ratio", default=None)
    exposure: float = column("Years at risk.", "years", default=2.5)
    events: int = column("Events.", "count", default=0)
    source: str = column("Source.", default="book")


ROWS = (Rate(step="join", rate=0.5, low=0.25, high=1.5, events=3), Rate(step="plan", rate=1e-14, source="law"))
COMMON: dict[str, Any] = {"label": "estimated", "label_key": "value.rate", "method": "ladder#model"}


def test_rows_are_quoted_by_pattern() -> None:
    found = quote(
        ROWS, id="ladder.rate.{step}", number="rate", decimals=2, low="low", high="high", level=0.9,
        label_args={"step": "step:{step}"}, sources=("{source}", "all"), verified=lambda row: row.events > 0,
        details={"events": "events", "exposure_years": "exposure"}, tiny=1e-12, **COMMON,
    )  # fmt: skip
    assert found == (
        Value(
            id="ladder.rate.join", number=0.5, unit="ratio", decimals=2, low=0.25, high=1.5, level=0.9,
            label_args={"step": "step:join"}, source_ids=("book", "all"), details={"events": 3, "exposure_years": 2.5},
            **COMMON,
        ),
        Value(
            id="ladder.rate.plan", number=0.0, unit="ratio", decimals=2, label_args={"step": "step:plan"},
            source_ids=("law", "all"), verified=False, details={"events": 0, "exposure_years": 2.5}, **COMMON,
        ),
    )  # fmt: skip


def test_the_rows_of_a_table_give_the_same_values() -> None:
    table = Table.of("rates", "Rates", Rate, ROWS)
    wanted: dict[str, Any] = {"id": "ladder.rate.{step}", "number": "rate", "sources": "{source}", **COMMON}
    assert quote(table, **wanted) == quote(ROWS, **wanted)
    assert quote(table.frame.to_dicts(), unit="ratio", **wanted) == quote(ROWS, **wanted)


@dataclass
class Inner:
    name: str
    skill: float


@dataclass
class Outer:
    found: Inner
    years: float
    label: str = "assumed"


def test_fields_of_fields_callables_and_forms() -> None:
    (found,) = quote(
        [Outer(Inner("full", -0.25), 5.0)], id="skill.{found.name}.{years:g}", number="found.skill", unit="points",
        decimals=lambda row: int(row.years), label="{label}", label_key="value.{found.name}",
        label_args=lambda row: {"years": f"{row.years:g}"}, sources=lambda row: ["s"], method="m",
        low=lambda row: row.found.skill - 1, high=lambda row: 0.0, level=0.95,
        details=lambda row: {"name": row.found.name},
    )  # fmt: skip
    assert found == Value(
        id="skill.full.5", number=-0.25, unit="points", decimals=5, label="assumed", label_key="value.full",
        label_args={"years": "5"}, source_ids=("s",), method="m", low=-1.25, high=0.0, level=0.95,
        details={"name": "full"},
    )  # fmt: skip


def test_missing_details_are_left_out() -> None:
    (one, _) = quote(ROWS[1:] * 1 + ROWS[:1], id="r.{step}", number="rate", sources="s", details=("low",), **COMMON)
    assert one.details == {}


@pytest.mark.parametrize("detail", ["0.5", "-1,25", "12.0 %"])
def test_a_detail_that_is_a_number_written_out_is_refused(detail: str) -> None:
    with pytest.raises(ValueError, match="detail exposure is the number"):
        quote(ROWS[:1], id="r.{step}", number="rate", sources="s", details=lambda row: {"exposure": detail}, **COMMON)


def test_details_may_be_words_and_years() -> None:
    (one,) = quote(ROWS[:1], id="r.{step}", number="rate", sources="s", details=lambda row: {"in": "2031"}, **COMMON)
    assert one.details == {"in": "2031"}


def test_what_is_missing_is_told() -> None:
    with pytest.raises(ValueError, match=r"value r\.plan has no number"):
        quote(ROWS[1:], id="r.{step}", number="low", sources="s", **COMMON)
    with pytest.raises(ValueError, match="no unit is declared"):
        quote(ROWS, id="r.{step}", number=lambda row: row.rate, sources="s", **COMMON)
    with pytest.raises(ValueError, match="low, high and level come together"):
        quote(ROWS, id="r.{step}", number="rate", low="low", high="high", sources="s", **COMMON)
    with pytest.raises(ValueError, match="no source"):
        quote(ROWS, id="r.{step}", number="rate", sources=(), **COMMON)
    with pytest.raises(AttributeError, match="year"):
        quote(ROWS, id="r.{year}", number="rate", sources="s", **COMMON)
