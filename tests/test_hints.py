import pytest

from shteg.hints import list_names, nearest, suggest

NAMES = ("Gender", "age", "region")


@pytest.mark.parametrize(
    ("word", "cutoff", "found"),
    [("aeg", 0.6, "age"), ("GENDER", 0.6, "Gender"), ("gender", 0.6, "Gender"), ("xyz", 0.6, ""), ("regi", 0.9, "")],
)
def test_nearest_as_written_then_in_any_case(word: str, cutoff: float, found: str) -> None:
    assert nearest(word, NAMES, cutoff) == found


def test_what_is_nearer_as_written_comes_first() -> None:
    assert nearest("Age", ("age", "Ages")) == "Ages"
    assert nearest("AGE", ("age", "Age")) == "age"  # the first of those that are alike


def test_suggestions() -> None:
    assert suggest("aeg", NAMES) == "did you mean 'age'?"
    assert suggest("xyz", NAMES) == ""
    assert suggest("xyz", NAMES, list_names(NAMES, "the columns are")) == "the columns are Gender, age, region"


def test_long_and_empty_lists() -> None:
    assert list_names(list("abcdefghijklmnop"), "allowed:", most=3) == "allowed: a, b, c … (16 in all)"
    assert list_names((), "allowed:") == "there are none"
    assert list_names((), "allowed:", "it has no columns") == "it has no columns"
