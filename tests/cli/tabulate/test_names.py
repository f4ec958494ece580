"""How names of columns are read from the command line."""

import pytest

from shteg.cli.wave.names import require_names, split_crossings, split_names
from shteg.errors import UsageError

KNOWN = ("id", "q", "sex", "Age, in years", "a*b", 'size "big", or not', "a", "b", "x,y", "x", "y, z")


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        (["q"], ("q",)),
        (["q,sex"], ("q", "sex")),
        ([" q , sex ,"], ("q", "sex")),
        (["q", "sex,id"], ("q", "sex", "id")),
        (["Age, in years"], ("Age, in years",)),
        (["Age, in years,sex"], ("Age, in years", "sex")),
        (["sex,Age, in years"], ("sex", "Age, in years")),
        (['"Age, in years", sex'], ("Age, in years", "sex")),
        (["x,y"], ("x,y",)),
        (['"x","y, z"'], ("x", "y, z")),
        (['size "big", or not'], ('size "big", or not',)),
        (['q,"size ""big"", or not"'], ("q", 'size "big", or not')),
        (["nosuch, either"], ("nosuch", "either")),
        (["a*b"], ("a*b",)),
    ],
)
def test_lists(typed: list[str], names: tuple[str, ...]) -> None:
    assert split_names(typed, KNOWN, "--items") == names


@pytest.mark.parametrize(
    ("typed", "groupings"),
    [
        (["sex"], (("sex",),)),
        (["sex*q"], (("sex", "q"),)),
        (["sex,q*id"], (("sex",), ("q", "id"))),
        (["a*b"], (("a*b",),)),
        (["a*b*sex"], (("a*b", "sex"),)),
        (['"a"*"b"'], (("a", "b"),)),
        (["Age, in years*sex"], (("Age, in years", "sex"),)),
        (["sex*Age, in years,q"], (("sex", "Age, in years"), ("q",))),
        (['sex*"Age, in years"'], (("sex", "Age, in years"),)),
        (["sex", "q * id"], (("sex",), ("q", "id"))),
    ],
)
def test_crossings(typed: list[str], groupings: tuple[tuple[str, ...], ...]) -> None:
    assert split_crossings(typed, KNOWN, "--by") == groupings


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        (",", "names nothing"),
        ("", "names nothing"),
        ('"Age, in years', "a quote is not closed"),
        ('"sex" q', "something follows the quote"),
        ("sex*", "crosses a variable with nothing"),
        ("*sex", "crosses a variable with nothing"),
        ("sex**q", "crosses a variable with nothing"),
        ("sex*,q", "crosses a variable with nothing"),
    ],
)
def test_what_cannot_be_read(typed: str, error: str) -> None:
    with pytest.raises(UsageError, match=error):
        split_crossings([typed], KNOWN, "--by")


def test_an_unknown_name_has_a_hint_that_says_something() -> None:
    with pytest.raises(UsageError, match=r"the file w\.csv has no column 'Sexe'\nHint: did you mean 'sex'\?"):
        require_names(["sex", "Sexe"], ("id", "sex"), "the file w.csv", "--by")
    with pytest.raises(UsageError, match=r"did you mean 'sex'\?"):
        require_names(["SEX"], ("id", "sex"), "the file w.csv", "--by")
    with pytest.raises(UsageError, match=r"the columns are id, q$"):
        require_names(["nosuch"], ("id", "q"), "the file w.csv", "--by")
    with pytest.raises(UsageError, match="it has no items at all"):
        require_names(["nosuch"], (), "the case", "--items", kind="item")
    with pytest.raises(UsageError, match=r"v11 … \(40 in all\)"):
        require_names(["nosuch"], [f"v{i}" for i in range(40)], "the file w.csv", "--by")
