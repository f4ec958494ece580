"""Read many files the way the reading process does, each in a fork of one process that has loaded what it needs.

`python -m tests.survey.readers.many_files FOLDER` reads every file of the folder and prints one JSON line for each:
its name, how reading ended ("read", "refused", "unreadable", "died", "late") and what was said. The processes that
`read_responses` starts do the same work, and take longer to start.
"""

import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

SECONDS = 20.0
MEMORY = 3 * 2**30
ROOT = Path(__file__).parents[3]


def read_all(folder: Path) -> dict[str, tuple[str, str]]:
    """How reading each file of a folder ends: (outcome, what was said)."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.survey.readers.many_files", str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('["')]
    return {name: (outcome, said) for name, outcome, said in lines}


def main(folder: Path) -> None:
    """Read every file in a fork; nothing of Polars may run here before, or the forks would wait for its threads."""
    import types

    import shteg

    home = Path(shteg.__file__).parent
    for name, part in (("shteg.survey", "survey"), ("shteg.survey.readers", "survey/readers")):
        module = types.ModuleType(name)
        module.__path__ = [str(home / part)]
        sys.modules[name] = module
    os.environ["POLARS_MAX_THREADS"] = "1"
    import shteg.survey.readers.reader_process
    import shteg.survey.readers.statistics
    import shteg.survey.readers.workbook

    for path in sorted(folder.iterdir()):
        sys.stdout.write(json.dumps([path.name, *_outcome(path)]) + "\n")
        sys.stdout.flush()


def _outcome(path: Path) -> tuple[str, str]:
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _read(path, theirs)
    os.close(theirs)
    late = time.monotonic() + SECONDS
    while os.waitpid(child, os.WNOHANG) == (0, 0):
        if time.monotonic() > late:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "late", ""
        time.sleep(0.002)
    with os.fdopen(ours, "rb") as file:
        said = file.read()
    if not said:
        return "died", ""
    head = json.loads(said)
    for outcome in ("refused", "unreadable"):
        if outcome in head:
            return outcome, str(head[outcome])
    return "read", ""


def _read(path: Path, out: int) -> None:
    from shteg.survey.readers.reader_process import _answer, _bound_memory, _bound_time
    from shteg.survey.readers.transport import read_head

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _bound_time(SECONDS)
    _bound_memory(MEMORY)
    kind = {".zsav": "sav"}.get(path.suffix, path.suffix[1:])
    result = io.BytesIO()
    try:
        _answer(result, {"kind": kind, "path": str(path), "encoding": None})
        result.seek(0)
        head = {key: one for key, one in read_head(result).items() if key in ("refused", "unreadable")}
        os.write(out, json.dumps(head).encode()[:60_000])
    except MemoryError:
        os._exit(9)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
