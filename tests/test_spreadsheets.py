"""No text that shteg writes runs in a spreadsheet."""

import polars as pl
import pytest

from shteg.spreadsheets import inert, inert_frame

RUN = ["=1+1", "=cmd|'/c calc'!A1", "+1", "-1", "-", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\u00a0=1", "＝1", "＋1"]
RUN += [" =1", "－1", "＠A1", '"=1', "'=1", "\ufeff=1", "\u200b@x"]
PLAIN = ["", "a", "1", "1=1", "a-b", "– 5", "~=", "'", "ë", " ", "(=1)", "€5"]


@pytest.mark.parametrize("text", RUN)
def test_a_formula_gets_an_apostrophe(text: str) -> None:
    assert inert(text) == "'" + text


@pytest.mark.parametrize("text", PLAIN)
def test_other_texts_stay(text: str) -> None:
    assert inert(text) == text


def test_columns_follow_the_same_rule_and_numbers_stay_numbers() -> None:
    texts = [*RUN, *PLAIN, None]
    frame = pl.DataFrame(
        {"text": texts, "=name": texts, "number": [-1.5] * len(texts), "kind": pl.Series(texts, dtype=pl.Categorical)}
    )
    guarded = inert_frame(frame)
    expected = [None if text is None else inert(text) for text in texts]
    assert guarded.columns == ["text", "'=name", "number", "kind"]
    assert [guarded[name].to_list() for name in ("text", "'=name", "kind")] == [expected] * 3
    assert guarded["number"].equals(frame["number"])
