"""A row type is its own table: the same frame, description and key as a table put together by hand."""

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Literal

import numpy as np
import polars as pl
import pytest

from shteg.estimates import Column, Table, Unit, column, columns_of, key_of, spread, table_row

MODELS = ("base_rate", "full")


@table_row
class Rung:
    """A row with every kind of cell."""

    step: str = column("The step.", key=True)
    year: int = column("By the end of this year.", "year", key=True)
    label: Literal["estimated", "assumed"] = column("How much the data say.")
    rate: float = column("Events per year at risk.", "ratio")
    low: float | None = column("Lower end.", "ratio", name="rate_low", default=None)
    since: date | None = column("Since when.", "date", default=None)
    members: tuple[str, ...] = column("Who is asked.", written=" ".join, default=())
    happened: bool = column("Whether it was taken.", default=False)
    chances: dict[str, float] = spread(MODELS, "Chance given by the model {name}.", "share")
    draws: Any = None


ROWS = (
    Rung(step="join", year=2030, label="estimated", rate=0.5, low=0.25, since=date(2020, 5, 4), members=("AAA", "BBB"),
         happened=True, chances={"base_rate": 0.1, "full": 0.2}),
    Rung(step="plan", year=2031, label="assumed", rate=1, chances={"full": float("nan"), "base_rate": -1e-13}),
)  # fmt: skip


def by_hand(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    schema = {"step": pl.String, "year": pl.Int64, "label": pl.String, "rate": pl.Float64, "rate_low": pl.Float64,
              "since": pl.String, "members": pl.String, "happened": pl.Boolean, "base_rate": pl.Float64,
              "full": pl.Float64}  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


BY_HAND = by_hand(
    [
        ("join", 2030, "estimated", 0.5, 0.25, "2020-05-04", "AAA BBB", True, 0.1, 0.2),
        ("plan", 2031, "assumed", 1, None, None, "", False, -1e-13, float("nan")),
    ]
)


def written(frame: pl.DataFrame) -> tuple[bytes, str]:
    parquet = BytesIO()
    frame.write_parquet(parquet, compression="zstd", statistics=False)
    return parquet.getvalue(), frame.write_csv()


def test_rows_give_the_files_that_a_frame_made_by_hand_gives() -> None:
    made = Table.of("rungs", "The rungs", Rung, ROWS)
    assert written(made.frame) == written(BY_HAND)
    assert made.key == ("step", "year")
    assert made.title == "The rungs"


def test_columns_say_what_they_mean() -> None:
    told = {one.name: one for one in columns_of(Rung)}
    assert told["rate"] == Column(name="rate", description="Events per year at risk.", unit="ratio", dtype="float")
    assert told["full"] == Column(
        name="full", description="Chance given by the model full.", unit="share", dtype="float"
    )
    assert [one.dtype for one in columns_of(Rung)] == [
        "str", "int", "str", "float", "float", "str", "str", "bool", "float", "float"
    ]  # fmt: skip
    assert key_of(Rung) == ("step", "year")


def test_no_rows_still_have_columns() -> None:
    empty = Table.of("rungs", "The rungs", Rung, ())
    assert empty.frame.height == 0
    assert empty.frame.schema == BY_HAND.schema
    assert written(empty.frame) == written(by_hand([]))


def test_what_sums_leave_over_is_nothing() -> None:
    cleaned = Table.of("rungs", "The rungs", Rung, ROWS, tiny=5e-13).frame
    assert cleaned["base_rate"].to_list() == [0.1, 0.0]
    assert np.isnan(cleaned["full"][1])
    assert cleaned["rate_low"].to_list() == [0.25, None]


def test_arrays_give_the_same_table() -> None:
    cells = {name: BY_HAND[name] for name in BY_HAND.columns} | {
        "rate": np.array([0.5, 1.0]), "year": np.array([2030, 2031], dtype=np.int32), "more": [1, 2]
    }  # fmt: skip
    for given in (cells, BY_HAND):
        made = Table.of_columns("rungs", "The rungs", Rung, given)
        assert written(made.frame) == written(BY_HAND)


def test_columns_known_only_when_the_table_is_made() -> None:
    described = [Column(name="row", description="Place.", dtype="int"), Column(name="x", description="X", dtype="str")]
    made = Table.of_columns("one", "One", described, {"row": range(1, 3), "x": None}, key=("row",))
    assert written(made.frame) == written(pl.DataFrame({"row": [1, 2], "x": pl.Series([None, None], dtype=pl.String)}))
    with pytest.raises(TypeError, match="identifies a row"):
        Table.of_columns("one", "One", described, {"row": [1], "x": ["a"]})
    with pytest.raises(TypeError, match="column row has no dtype"):
        Table.of_columns("one", "One", [Column(name="row", description="Place.")], {"row": [1]}, key=("row",))


@dataclass(frozen=True)
class Base:
    country: str = column("Country.", key=True)


@dataclass(frozen=True)
class Longer(Base):
    days: int = column("Days.", "days")


def test_a_plain_dataclass_is_a_row_type_and_inherits_columns() -> None:
    made = Table.of("days", "Days", Longer, [Longer("AAA", 3), Longer(country="BBB", days=np.int64(4))])  # type: ignore[arg-type]
    assert made.frame.rows() == [("AAA", 3), ("BBB", 4)]
    assert made.key == ("country",)


@pytest.mark.parametrize("cell", [2.0, "2", [2], date(2020, 1, 1)])
def test_a_cell_of_another_type_is_refused(cell: Any) -> None:
    with pytest.raises(TypeError, match="table days: column days cannot hold these cells as int"):
        Table.of("days", "Days", Longer, [Longer("AAA", cell)])


@pytest.mark.parametrize("cells", [np.array([2.0]), np.array(["2"]), pl.Series([True]), pl.Series([date(2020, 1, 1)])])
def test_an_array_of_another_type_is_refused(cells: Any) -> None:
    with pytest.raises(TypeError, match="cannot hold these cells as int"):
        Table.of_columns("days", "Days", Longer, {"country": ["AAA"], "days": cells})


@table_row
class Unknown:
    """A field of lists."""

    name: str = column("Name.", key=True)
    found: list[str] = column("Found.")


@dataclass(frozen=True)
class Keyless:
    name: str = column("Name.")


@dataclass(frozen=True)
class Bare:
    name: str


def test_row_types_that_say_too_little_are_refused() -> None:
    with pytest.raises(TypeError, match="field found of Unknown: a column cannot hold"):
        Table.of("x", "X", Unknown, ())
    with pytest.raises(TypeError, match="identifies a row"):
        Table.of("x", "X", Keyless, ())
    with pytest.raises(TypeError, match="declares no column"):
        Table.of("x", "X", Bare, ())
    with pytest.raises(ValueError, match="does not identify a row"):
        Table.of("rungs", "The rungs", Rung, (ROWS[0], ROWS[0]))


def test_a_row_type_wants_its_arguments_by_name() -> None:
    with pytest.raises(TypeError):
        Rung("join")  # type: ignore[call-arg]
    unit: Unit = "points"
    assert unit
