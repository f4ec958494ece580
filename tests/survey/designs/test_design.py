"""A design says what is wrong with it, in which column and row."""

from typing import Any

import numpy as np
import polars as pl
import pytest

from shteg.errors import DesignError
from shteg.survey import estimate_means, estimate_proportions
from shteg.survey.designs.design import Design

GOOD = {
    "stratum": ["b", "b", "a", "a", "a"],
    "psu": ["3", "4", "1", "1", "2"],
    "w": ["1", "2.5", "1", "0", "3"],
    "q": ["yes", "no", "yes", "no", "yes"],
}
PLAN: dict[str, Any] = {"stratum": "stratum", "psu": "psu", "weight": "w"}


def _with(**changes: list[Any]) -> pl.DataFrame:
    return pl.DataFrame(GOOD | changes)


def test_rows_are_put_in_order_of_stratum_and_psu() -> None:
    design = Design.from_frame(_with(), **PLAN)
    assert design.row.tolist() == [3, 4, 5, 1, 2]
    assert design.psu_start.tolist() == [0, 2, 3, 4, 5]
    assert design.psus_per_stratum.tolist() == [2, 2]
    assert design.strata == ("a", "b")
    assert design.df == 2
    with pytest.raises(ValueError, match="read-only"):
        design.weight[0] = 2


@pytest.mark.parametrize(
    ("column", "values", "problem"),
    [
        ("w", ["1", "x", "1", "1", "1"], r"column 'w', row 2: the weight 'x' is not a finite number"),
        ("w", ["1", "1", "nan", "1", "1"], r"column 'w', row 3: the weight 'nan' is not a finite number"),
        ("w", ["1", "1", None, "1", "1"], r"column 'w', row 3: the weight None is not a finite number"),
        ("w", ["1", "1", "inf", "1", "1"], r"column 'w', row 3: the weight 'inf' is not a finite number"),
        ("w", ["1,5", "1", "1", "1", "1"], r"row 1: the weight '1,5' .*\nHint: .*decimal point"),
        ("w", ["1", "1", "1", "-2", "1"], r"column 'w', row 4: the weight '-2' is negative"),
        ("w", ["0", "0", "0", "0", "0"], r"column 'w', row 1: all weights are 0"),
        (
            "psu",
            ["3", "4", "1", "1", "3"],
            r"column 'psu', row 5: PSU '3' lies in the strata 'b' and 'a'.*\nHint: .*nest",
        ),
        ("psu", ["3", "4", "1", "", "2"], r"column 'psu', row 4: the design code is missing"),
        ("stratum", ["b", None, "a", "a", "a"], r"column 'stratum', row 2: the design code is missing"),
    ],
)
def test_bad_columns(column: str, values: list[Any], problem: str) -> None:
    with pytest.raises(DesignError, match=problem):
        Design.from_frame(_with(**{column: values}), **PLAN)


def test_psu_codes_may_repeat_between_strata_if_said_so() -> None:
    frame = _with(psu=["1", "2", "1", "1", "2"])
    assert len(Design.from_frame(frame, **PLAN, nest=True).psu_stratum) == 4


def test_unknown_column_names_the_nearest() -> None:
    with pytest.raises(DesignError, match=r"column 'stratun'.*\nHint: did you mean 'stratum'"):
        Design.from_frame(_with(), stratum="stratun")


def test_unknown_lonely_option() -> None:
    with pytest.raises(DesignError, match=r"'skip' is no way.*\nHint: choose one of fail, remove"):
        Design.from_frame(_with(), **PLAN, lonely_psu="skip")  # type: ignore[arg-type]


def test_no_rows() -> None:
    with pytest.raises(DesignError, match="the wave has no rows"):
        Design.from_frame(_with().clear(), **PLAN)


def test_arrays_of_different_length() -> None:
    design = Design.from_frame(_with(), **PLAN)
    with pytest.raises(DesignError, match="the design has 5 weights, the data 4 rows"):
        Design(
            data=design.data.head(4),
            row=np.arange(5),
            weight=np.ones(5),
            psu_start=np.array([0, 5]),
            psu_stratum=np.array([0]),
            strata=("a",),
            lonely_psu="fail",
        )


def test_unknown_answers_are_named_with_their_row() -> None:
    design = Design.from_frame(_with(q=["yes", "noo", "yes", "noo", "yes"]), **PLAN)
    with pytest.raises(
        DesignError, match=r"column 'q', row 2: the answer 'noo' .*\(2 such row.*\nHint: did you mean 'no'"
    ):
        estimate_proportions(design, "q", options={"q": ["yes", "no"]})


def test_words_where_numbers_should_be() -> None:
    design = Design.from_frame(_with(q=["1", "2", "three", "", "5"]), **PLAN)
    with pytest.raises(DesignError, match=r"column 'q', row 3: 'three' is not a finite number"):
        estimate_means(design, "q")
    assert estimate_means(design, "q", missing={"q": ["three"]}).to_frame()["n"].item() == 3
