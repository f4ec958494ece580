"""The made-up case end to end: each value by id, within what another processor may change."""

import json
import math
from pathlib import Path

import pytest

from tests.golden.write import GOLDEN, demo_values

EXACT = 1e-9  # observed and computed figures: arithmetic only
# Sampled quantities: another processor may round one sum differently, and a chain then takes another path. These are
# a few Monte Carlo errors of such a chain. Only shares, scores and calendar years have an absolute part: a rate of
# 0.1 a year must not move by more than its relative part.
RELATIVE = 0.15
ABSOLUTE = {"share": 0.02, "score": 0.25, "year": 1.0}


def is_close(found: object, golden: object, unit: str, label: str) -> bool:
    if not isinstance(golden, float | int) or not isinstance(found, float | int):
        return found == golden
    if label in ("observed", "computed"):
        return math.isclose(found, golden, rel_tol=EXACT, abs_tol=EXACT)
    return math.isclose(found, golden, rel_tol=RELATIVE, abs_tol=ABSOLUTE.get(unit, 0.0))


def test_a_moved_rate_is_noticed() -> None:
    assert not is_close(0.2, 0.1, "ratio", "estimated")
    assert not is_close(0.10, 0.05, "share", "assumed")
    assert is_close(0.105, 0.1, "ratio", "estimated")


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
        if not is_close(value[key], golden[name][key], str(value["unit"]), str(value["label"]))
    ]
    assert moved == [], "run `make golden` if this is meant, and say so in CHANGELOG.md under Numbers changed"


def test_the_file_is_written_on_purpose_only() -> None:
    assert Path(GOLDEN).is_file(), "missing baselines fail: run `make golden`"
