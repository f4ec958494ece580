"""Compiled functions follow every file they call."""

import os
import subprocess
import sys
from pathlib import Path

KERNEL = "from shteg.compiling import compiled\nfrom room.law import law\n\n@compiled\ndef run(x):\n    return law(x)\n"
LAW = "from shteg.compiling import compiled\n\n@compiled\ndef law(x):\n    return x + {0}\n"


def run(folder: Path) -> str:
    """Give the result of `run(1)` and how many compiled forms came from the disk."""
    code = "from room.kernel import run; print(run(1), sum(run.stats.cache_hits.values()))"
    environment = {**os.environ, "PYTHONPATH": str(folder), "NUMBA_CACHE_DIR": str(folder / "kept")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_a_change_in_a_called_file_is_seen(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "kernel.py").write_text(KERNEL)
    (room / "law.py").write_text(LAW.format(1))
    assert run(tmp_path).startswith("2 ")
    assert run(tmp_path).startswith("2 ")
    (room / "law.py").write_text(LAW.format(5))
    assert run(tmp_path).startswith("6 ")


def test_the_compiled_form_is_kept(tmp_path: Path) -> None:
    room = tmp_path / "room"
    room.mkdir()
    (room / "__init__.py").write_text("")
    (room / "kernel.py").write_text(KERNEL)
    (room / "law.py").write_text(LAW.format(1))
    assert [run(tmp_path), run(tmp_path)] == ["2 0", "2 1"]
