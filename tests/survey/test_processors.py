"""Other processors, imitated by settings: every decision is the same, and every figure to nine digits."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.survey.processor_figures import figures

SAME = 1e-9  # promised in docs/methods/survey-speed.md; what is seen is about 1e-13
ROOT = Path(__file__).parents[2]


def _found_features() -> str:
    """Instruction sets beyond the least that this NumPy needs, as NPY_DISABLE_CPU_FEATURES names them."""
    config: Any = np.show_config(mode="dicts")
    return " ".join(config["SIMD Extensions"].get("found", []))


SETTINGS: dict[str, dict[str, str]] = {
    "no vector instructions": {
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "NPY_DISABLE_CPU_FEATURES": _found_features(),
        "OPENBLAS_CORETYPE": "Prescott",
    },
    "another library of sums": {"OPENBLAS_CORETYPE": "Haswell", "OPENBLAS_NUM_THREADS": "1"},
}


@pytest.fixture(scope="module")
def here() -> dict[str, list[Any]]:
    return json.loads(json.dumps(figures()))  # type: ignore[no-any-return]


@pytest.mark.parametrize("setting", SETTINGS)
def test_another_processor_gives_the_same_figures(setting: str, here: dict[str, list[Any]], tmp_path: Path) -> None:
    paths = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    keep = {} if "NUMBA_CPU_NAME" not in SETTINGS[setting] else {"NUMBA_CACHE_DIR": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-m", "tests.survey.processor_figures"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths, **keep, **SETTINGS[setting]},
    )
    there = json.loads(run.stdout)
    assert there.keys() == here.keys()
    for name, rows in here.items():
        assert len(rows) == len(there[name]), name
        for one, two in zip(rows, there[name], strict=True):
            for a, b in zip(one, two, strict=True):
                if isinstance(a, float) and isinstance(b, float):
                    assert b == pytest.approx(a, rel=SAME, abs=1e-12), (name, one, two)
                else:
                    assert a == b, (name, one, two)


def test_no_setting_of_numba_changes_at_import() -> None:
    code = (
        "import numba, json\n"
        "def now(): return {k: repr(v) for k, v in vars(numba.config).items() if k.isupper()}\n"
        "before = now()\n"
        "import shteg.survey, shteg.survey.one_pass.kernel, shteg.survey.large_files.estimate\n"
        "import shteg.survey.small_area\n"
        "after = now()\n"
        "print(json.dumps({k: v for k, v in after.items() if before.get(k) != v}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(run.stdout) == {}
