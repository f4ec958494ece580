"""The comparison of references made anew notices what it is there to notice."""

import pytest
from tools.references import differences

COMMITTED = {"versions": {"R": "4.2.2"}, "mean": [0.5, 1, None], "name": "age", "zero": 0.0}


def test_equal_but_for_rounding_and_versions() -> None:
    assert list(differences(COMMITTED, {**COMMITTED, "versions": {"R": "5"}, "mean": [0.5 + 1e-9, 1.0, None]})) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"mean": [0.50001, 1, None]}, "/mean[0]: 0.5 → 0.50001"),
        ({"mean": [0.5, 1]}, "/mean: 3 → 2 entries"),
        ({"mean": [0.5, 1, 2]}, "/mean[2]: None → 2"),
        ({"mean": [0.5, True, None]}, "/mean[1]: 1 → True"),
        ({"name": "sex"}, "/name: 'age' → 'sex'"),
        ({"zero": 1e-6}, "/zero: 0.0 → 1e-06"),
        ({"more": 1}, "/more: new"),
    ],
)
def test_a_difference_is_told(change: dict[str, object], told: str) -> None:
    assert list(differences(COMMITTED, {**COMMITTED, **change})) == [told]
