"""A small run of tools/fuzz.py, and that it would notice what it is there to notice."""

import importlib.util
import os
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tools" / "fuzz.py"
COUNT = 96


@pytest.fixture(scope="module")
def fuzz() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fuzz", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_mutated_inputs_are_read_rightly_or_refused() -> None:
    paths = os.pathsep.join([str(ROOT / "src"), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, str(SCRIPT), "--count", str(COUNT), "--seed", "9", "--workers", "2"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{COUNT} inputs, 0 failures" in done.stdout


def test_an_input_is_made_from_its_number_alone(fuzz: ModuleType) -> None:
    made = [fuzz.mutate(b"id,q\n1,2\n" * 9, random.Random("1/csv/5")) for _ in range(2)]
    assert made[0] == made[1] != b"id,q\n1,2\n" * 9


@pytest.mark.parametrize(
    ("codes", "right"),
    [
        (["1.0", "2", "+3"], ["1", "2", "3"]),
        (["1.0", "a"], ["1.0", "a"]),
        (["01", "1"], ["01", "1"]),
        (["TRUE", "false"], ["1", "0"]),
        (["1e3", "-0", ".5"], ["1000", "0", "0.5"]),
        ([" x ", "", None], ["x", None, None]),
        (["e\u0301"], ["é"]),
    ],
)
def test_codes_are_written_by_the_documented_rule(fuzz: ModuleType, codes: list[str], right: list[str]) -> None:
    assert fuzz.canonical(codes) == right


def test_a_changed_share_is_noticed(fuzz: ModuleType) -> None:
    fuzz.compare(["1", "2", None], ["2", None, "1"], "q")
    with pytest.raises(fuzz.WrongFigureError, match="read"):
        fuzz.compare(["1", "2"], ["1", "1"], "q")


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("outcome", ["TRACEBACK", "HANG"])
def test_tracebacks_and_hangs_are_noticed(fuzz: ModuleType, monkeypatch: pytest.MonkeyPatch, outcome: str) -> None:
    def spoilt(*_: object) -> None:
        while outcome == "HANG":
            pass
        raise ZeroDivisionError

    monkeypatch.setitem(fuzz.TRIALS, "csv", spoilt)
    assert fuzz.outcome_of("csv", 1, 1, 1.0)[0] == outcome
