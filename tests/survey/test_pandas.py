"""Frames of pandas as they come, without pyarrow: kinds of columns, order of categories, blanks."""

import datetime as dt
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shteg.errors import UsageError
from shteg.survey import Design, estimate_means, estimate_proportions, open_sample

pandas = pytest.importorskip("pandas")

FRAME = {
    "y": [1.0, 2.0, np.nan, 4.0],
    "k": pandas.array([1, None, 2, 3], dtype="Int64"),
    "t": pandas.array([True, None, False, True], dtype="boolean"),
    "s": ["a", "b", None, "a"],
    "c": pandas.Categorical(["low", "high", "low", None], categories=["low", "middle", "high"], ordered=True),
    "codes": pandas.Categorical([3, 1, 3, None]),
    "b": [True, False, True, True],
    "i": np.array([1, 2, 3, 4], np.int16),
    "d": pandas.to_datetime(["2026-11-23"] * 4),
}


def test_columns_keep_their_kinds_and_blanks() -> None:
    data = Design.from_frame(pandas.DataFrame(FRAME, index=[9, 8, 7, 6])).data
    assert data["y"].to_list() == [1.0, 2.0, None, 4.0]
    assert data["k"].to_list() == [1, None, 2, 3]
    assert data["t"].to_list() == [True, None, False, True]
    assert data["s"].to_list() == ["a", "b", None, "a"]
    assert data.schema["c"] == pl.Enum(["low", "middle", "high"])
    assert data["codes"].to_list() == [3, 1, 3, None]
    assert data.schema["b"] == pl.Boolean
    assert data.schema["i"] == pl.Int16
    assert data["d"].dt.date()[0] == dt.date(2026, 11, 23)


def test_answers_stand_in_the_order_of_their_categories() -> None:
    shares = estimate_proportions(Design.from_frame(pandas.DataFrame(FRAME)), "c", drop_empty=False)
    assert list(shares.keys["option"]) == ["low", "middle", "high"]


def test_names_that_are_no_texts_and_columns_of_several_types() -> None:
    assert Design.from_frame(pandas.DataFrame([[1, 2], [3, 4]])).data.columns == ["0", "1"]
    mixed = pandas.DataFrame({"o": [1, "a", None]})
    with pytest.raises(UsageError, match="'o' holds values of several types"):
        Design.from_frame(mixed)
    with pytest.raises(UsageError, match="the same name"):
        Design.from_frame(pandas.DataFrame([[1, 2]], columns=["a", "a"]))


def test_a_sample_opens_it_too() -> None:
    sample = open_sample(pandas.DataFrame(FRAME))
    assert isinstance(sample, Design)
    assert estimate_means(sample, "y").estimate[0] == pytest.approx(7 / 3)


def test_pyarrow_is_not_needed(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "import pandas; from shteg.survey import Design, estimate_means, open_sample\n"
        "f = pandas.DataFrame({'y': [1.0, 2.0, 6.0], 's': ['a', None, 'b']})\n"
        "f['c'] = pandas.Categorical(['x', 'y', None])\n"
        "for d in (Design.from_frame(f), open_sample(f)): print(estimate_means(d, 'y').estimate[0])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert run.stdout.split() == ["3.0", "3.0"], run.stderr
