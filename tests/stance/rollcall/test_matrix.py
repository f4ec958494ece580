"""The roll-call matrix and its filters."""

import numpy as np
import polars as pl
import pytest

from shteg.errors import ModelError, UsageError
from shteg.stance.rollcall import RollCall, rollcall, rollcall_from_frame

VOTES = [[1, 0, 1, 1], [1, 0, 0, -1], [1, 1, 0, 0], [1, -1, -1, -1]]


def test_names_and_levels() -> None:
    matrix = rollcall(VOTES, actors=["a", "b", "c", "d"])
    assert matrix.items == ("1", "2", "3", "4")
    assert matrix.votes[1].tolist() == [1, 0, 0, -1]
    assert "4 actors, 4 items" in repr(matrix)


def test_codes_with_abstention() -> None:
    codes = [[1, 2, 3], [8, np.nan, 1]]
    kinds = {"yea": [1], "abstain": [2], "nay": [3], "missing": [8]}
    assert rollcall(codes, **kinds).votes.tolist() == [[2, 1, 0], [-1, -1, 2]]
    assert rollcall(codes, **kinds, abstain_as="missing").votes.tolist() == [[1, -1, 0], [-1, -1, 1]]
    assert rollcall(codes, **kinds, abstain_as="nay").votes.tolist() == [[1, 0, 0], [-1, -1, 1]]


def test_lopsided_and_sparse() -> None:
    matrix = rollcall(VOTES, actors=["a", "b", "c", "d"])
    assert matrix.drop_lopsided().items == ("2", "3", "4")
    assert matrix.drop_lopsided(0.4).items == ("4",)
    assert matrix.drop_sparse(2).actors == ("a", "b", "c")
    assert matrix.filtered().votes.shape == (3, 3)


def test_take_and_fold() -> None:
    matrix = rollcall([[1, 2], [3, 1]], yea=[1], abstain=[2], nay=[3], missing=[])
    assert matrix.take(actors=["2"], items=[1, 0]).votes.tolist() == [[2, 0]]
    assert matrix.two_levels().votes.tolist() == [[1, 0], [0, 1]]
    assert matrix.two_levels(["yea", "abstain"]).levels == ("nay", "yea/abstain")


def test_from_frame() -> None:
    frame = pl.DataFrame({"name": ["x", "y"], "v1": [1, 0], "v2": [None, 1]})
    matrix = rollcall_from_frame(frame)
    assert matrix.actors == ("x", "y")
    assert matrix.votes.tolist() == [[1, -1], [0, 1]]


def test_bad_input_is_refused_in_words() -> None:
    with pytest.raises(ModelError, match="code 7 is none of"):
        rollcall([[1, 7]])
    with pytest.raises(ModelError, match="no matrix"):
        rollcall([1, 0])
    with pytest.raises(ModelError, match="not numbers"):
        rollcall([["yes", "no"]])
    with pytest.raises(UsageError, match="two meanings"):
        rollcall([[1]], yea=[1], nay=[1])
    with pytest.raises(ModelError, match="stands twice"):
        rollcall([[1], [0]], actors=["a", "a"])
    with pytest.raises(ModelError, match="has no name"):
        rollcall([[1], [0]], actors=["a", " "])
    with pytest.raises(ModelError, match="do not fit"):
        RollCall(votes=np.zeros((2, 2), dtype=np.int8), actors=("a",), items=("x", "y"))
    with pytest.raises(UsageError, match="there is no actor 'z'"):
        rollcall([[1], [0]]).take(actors=["z"])
    with pytest.raises(ModelError, match="holds no numbers"):
        rollcall_from_frame(pl.DataFrame({"name": ["x"], "v1": ["yes"]}))
