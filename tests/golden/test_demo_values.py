"""The made-up case end to end: each value by id, the same on every processor but for the last digits."""

import json
import math

import pytest

from tests.golden.write import GOLDEN, demo_values

TOLERANCE = 1e-9  # sums in another order differ by 4e-14 at most; figures move by more than this only when they move


def is_close(found: object, golden: object) -> bool:
    if not isinstance(golden, float | int) or not isinstance(found, float | int):
        return found == golden
    return math.isclose(found, golden, rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def test_a_moved_rate_is_noticed() -> None:
    assert not is_close(0.1 + 1e-8, 0.1)
    assert not is_close(None, 0.1)
    assert is_close(0.1 + 0.2, 0.3)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    return demo_values(tmp_path_factory.mktemp("golden"))


def test_the_same_values_exist(found: dict[str, dict[str, object]]) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert sorted(found) == sorted(golden), "run `make golden` if this is meant, and say so in CHANGELOG.md"


def test_the_values_have_not_moved(found: dict[str, dict[str, object]]) -> None:
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    moved = [
        f"{name}.{key}: {golden[name][key]} → {value[key]}"
        for name, value in found.items()
        for key in ("number", "low", "high")
        if not is_close(value[key], golden[name][key])
    ]
    assert moved == [], "run `make golden` if this is meant, and say so in CHANGELOG.md under Numbers changed"
