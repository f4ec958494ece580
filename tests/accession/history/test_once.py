"""Answers about a case that are worked out once."""

import pytest

from shteg.accession.history.once import KEPT, once


def counted():
    """Give a function of a case and a record that notes how often it has worked."""
    worked = []

    @once
    def answer(case, record=None):
        worked.append((case, record))
        if record == "wrong":
            raise ValueError("no such record")
        return len(worked)

    return answer, worked


def test_the_same_case_is_answered_once_and_an_equal_one_anew():
    answer, worked = counted()
    one, equal = {"rows": [1]}, {"rows": [1]}
    assert [answer(one), answer(one), answer(one, one), answer(equal)] == [1, 1, 2, 3]
    assert len(worked) == 3


def test_errors_are_not_kept():
    answer, worked = counted()
    for _ in range(2):
        with pytest.raises(ValueError, match="no such record"):
            answer({}, "wrong")
    assert len(worked) == 2


def test_cases_longest_unused_are_let_go():
    answer, worked = counted()
    cases = [{} for _ in range(KEPT + 1)]
    for case in cases:
        answer(case)
    answer(cases[0])
    assert len(worked) == KEPT + 2
