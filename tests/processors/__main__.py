"""`make processors`: the suites that compare figures, and a build of the made-up case, as on other processors.

`--all` builds under every setting, not only under the farthest. Exit status 1 if a test fails under a setting or a
printed figure differs between two of them.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.processors.same_figures import differences, largest_difference
from tests.processors.settings import BASELINE, environment, settings

ROOT = Path(__file__).resolve().parents[2]
SUITES = (
    "tests/golden",
    "tests/survey/*/test_*reference.py",
    "tests/survey/test_rounding.py",
    "tests/survey/one_pass/test_kernel.py",
    "tests/accession",
    "tests/stance",
    "tests/pathways/engine/test_*exactness.py",
    "tests/pathways/engine/test_*reference.py",
    "tests/pathways/answers",
    "tests/pathways/candidates",
    "tests/consent",
    "tests/pool",
    "tests/evaluation/test_scores.py",
    "tests/evaluation/test_knife_edges.py",
    "tests/test_randomness.py",
    "tests/test_r_page.py",
)
"""Everything that compares figures with references, exact laws or golden values."""

COMMANDS = (
    ("build", "demo", "--out", "site", "--cache"),  # the folder `kept_in` gives
    ("tabulate", "demo/2025", "--out", "tables.csv", "--by", "community,sex"),
)


def kept_in(folder: Path) -> str:
    """Name the folder beside it that keeps what was computed under one setting: no other may use it."""
    return str(folder.with_name(f"{folder.name}-kept"))


def run(words: list[str], setting: str, folder: Path, kept: str) -> None:
    """Run a command under a setting; a failure ends everything."""
    started = time.perf_counter()
    changes = {**settings()[setting], "SHTEG_TEST_CACHE": kept}
    done = subprocess.run(words, env=environment(changes), cwd=folder, check=False)
    shown = " ".join([Path(words[0]).name, *words[1:6]])
    print(f"[{setting}] {shown}: exit {done.returncode}, {time.perf_counter() - started:.0f} s", flush=True)
    if done.returncode:
        sys.exit(1)


def main() -> None:
    """Build under every setting, compare with the first, then run the suites under the farthest setting."""
    shteg = str(Path(sys.executable).with_name("shteg"))
    with tempfile.TemporaryDirectory() as work:
        chosen = list(settings()) if "--all" in sys.argv else ["native", BASELINE]
        folders = {setting: Path(work) / setting for setting in chosen}
        for setting, folder in folders.items():
            folder.mkdir()
            for command in COMMANDS:
                last = [kept_in(folder)] if command[-1] == "--cache" else []
                run([shteg, *command, *last], setting, folder, kept_in(folder))
        first = next(iter(folders.values()))
        found = {setting: list(differences(first, folder)) for setting, folder in folders.items() if folder != first}
        for setting, folder in folders.items():
            if folder != first:
                largest = largest_difference(first / "site", folder / "site")
                print(f"[{setting}] largest difference of a value: {largest:.1e}")
                print(*(f"[{setting}] {one}" for one in found[setting]), sep="\n")
        if any(found.values()):
            sys.exit(1)
        suites = [str(path.relative_to(ROOT)) for suite in SUITES for path in sorted(ROOT.glob(suite))]
        words = [sys.executable, "-m", "pytest", "-q", "-m", "not slow and not spark", *suites]
        run(words, BASELINE, ROOT, kept_in(folders[BASELINE]))
    print("the same printed figures under", ", ".join(chosen))


if __name__ == "__main__":
    main()
