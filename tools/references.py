"""Make the R references anew and compare them with those committed: `python tools/references.py [NAME …]`.

Each script of `tests/reference` runs in a copy of the folder, so that nothing committed changes (`make reference` is
what re-writes it). Numbers must agree within `TOLERANCE`, relative; names, lengths and texts exactly; the versions of R
and of its packages are told where they differ. Exit code 1 if a figure differs, a script fails, or a package lacks.
"""

import json
import math
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = Path("tests") / "reference"
TOLERANCE = 1e-6
"""Relative: what optimisers of other versions of R and of its libraries may leave."""
ABSOLUTE = 1e-9
"""For numbers that are zero but for rounding."""
TOLD_ONLY = ("versions", "R", "made_by")


def differences(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """Tell where two JSON values differ beyond the tolerance.

    Parameters
    ----------
    old, new : JSON value
        The committed one, and the one made anew.
    place : str
        Path of keys that leads here.

    Yields
    ------
    str
        One line for each difference.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted((old.keys() | new.keys()) - set(TOLD_ONLY)):
            if key in old and key in new:
                yield from differences(old[key], new[key], f"{place}/{key}")
            else:
                yield f"{place}/{key}: {'gone' if key in old else 'new'}"
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            yield f"{place}: {len(old)} → {len(new)} entries"
        for number, (one, other) in enumerate(zip(old, new, strict=False)):
            yield from differences(one, other, f"{place}[{number}]")
    elif _is_number(old) and _is_number(new):
        if not math.isclose(old, new, rel_tol=TOLERANCE, abs_tol=ABSOLUTE):
            yield f"{place}: {old!r} → {new!r}"
    elif type(old) is not type(new) or old != new:
        yield f"{place}: {old!r} → {new!r}"


def _is_number(one: Any) -> bool:
    return isinstance(one, int | float) and not isinstance(one, bool)


def _run(script: Path, work: Path) -> int:
    """Run one script and compare what it wrote; give the number of differences, 1 for a script that failed."""
    done = subprocess.run(["Rscript", str(FOLDER / script.name)], cwd=work, capture_output=True, text=True, check=False)
    if done.returncode:
        print(f"FAILED {script.name}\n{done.stderr.strip()[-2000:]}", flush=True)
        return 1
    name = script.with_suffix(".json").name
    old, new = (json.loads((folder / FOLDER / name).read_text(encoding="utf-8")) for folder in (ROOT, work))
    found = list(differences(old, new))
    versions = [one.get("versions") for one in (old, new)]
    told = "" if versions[0] == versions[1] else f" (versions {versions[0]} → {versions[1]})"
    print(f"{name}: {len(found)} differences{told}", *found[:20], sep="\n  ", flush=True)
    return len(found)


def main() -> int:
    """Run the scripts named, or all; give the exit code."""
    scripts = sorted((ROOT / FOLDER).glob("*.R"))
    chosen = [one for one in scripts if not sys.argv[1:] or one.stem in sys.argv[1:]]
    if not chosen:
        print(f"no such reference; there are {', '.join(one.stem for one in scripts)}")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / FOLDER, Path(folder) / FOLDER)
        return 1 if sum(_run(script, Path(folder)) for script in chosen) else 0


if __name__ == "__main__":
    sys.exit(main())
