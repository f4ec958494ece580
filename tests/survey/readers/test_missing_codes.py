"""One rule for missing codes: what the file declares and what the questionnaire declares both stay out."""

import polars as pl
import pytest

from shteg.errors import DesignError
from shteg.evidence.records.surveys import Questionnaire
from shteg.survey.readers import Responses
from shteg.survey.readers.missing_codes import (
    blank_codes,
    declared_missing,
    missing_conflicts,
    refuse_conflicts,
    substantive_answers,
)

TEXT = {"en": "t"}


def questionnaire(**items: dict[str, object]) -> Questionnaire:
    """A questionnaire whose items have these options and missing codes."""
    filled = {
        name: {"title": TEXT, "wording": TEXT, **item, "options": dict.fromkeys(item["options"], TEXT)}  # type: ignore[call-overload]
        for name, item in items.items()
    }
    return Questionnaire.model_validate({"items": filled})


def responses(frame: dict[str, list[str | None]], **missing: tuple[str, ...]) -> Responses:
    """A data file that declares these codes missing."""
    return Responses(frame=pl.DataFrame(frame), missing=missing, name="wave.sav")


def test_a_code_that_only_one_side_calls_missing_is_found() -> None:
    form = questionnaire(q={"options": ["1", "2", "9"]}, r={"options": ["1", "8"], "missing": ["8"]})
    data = responses({"q": ["1", "9"], "r": ["1", "8"]}, q=("9", "99"), r=("8",))
    (found,) = missing_conflicts(data, form)
    assert (found.item, found.column, found.code) == ("q", "q", "9")
    with pytest.raises(DesignError, match=r"wave\.sav: .*'9' in column 'q'"):
        refuse_conflicts(data, form)


def test_a_code_that_does_not_occur_is_a_conflict_too() -> None:
    data = responses({"q": ["1", "2"]}, q=("3",))
    assert [one.code for one in missing_conflicts(data, questionnaire(q={"options": ["1", "2", "3"]}))] == ["3"]


def test_boxes_of_a_set_whose_zero_the_file_calls_missing() -> None:
    form = questionnaire(m={"options": ["tv", "web"], "multiple": True})
    data = responses({"m/tv": ["1", "0"], "m/web": ["0", "0"]}, **{"m/web": ("0",)})
    assert [(one.column, one.code) for one in missing_conflicts(data, form)] == [("m/web", "0")]


def test_both_declarations_leave_the_data() -> None:
    form = questionnaire(q={"options": ["1", "2", "8"], "missing": ["8"]})
    data = responses({"q": ["1", "8", "9", " 9", "2"], "sex": ["m", "x", "f", "f", "f"]}, q=("9",), sex=("x",))
    clean = blank_codes(substantive_answers(data), declared_missing(form.items))
    assert clean["q"].to_list() == ["1", None, None, None, "2"]
    assert clean["sex"].to_list() == ["m", None, "f", "f", "f"]


def test_numbers_match_by_value_and_absent_columns_are_passed_over() -> None:
    data = pl.DataFrame({"a": [1.0, 9.0, 2.5], "b": [1, 9, 2]})
    clean = blank_codes(data, {"a": ("9", "x"), "b": ("9.0",), "c": ("1",)})
    assert clean["a"].to_list() == [1.0, None, 2.5]
    assert clean["b"].to_list() == [1, None, 2]
