"""A build from nothing: seconds on the clock and of the processors, how much of it compiles, and again with all kept.

    python benchmarks/first_build.py [--smoke] [--label WORDS] [CASE ...]

Each case is built twice into a new folder with a new cache and a new folder of compiled forms: cold, then warm. The
floor beside it is what no build can do without: Python loading the libraries, and one small function compiled.
Installing is not counted. Prints one JSON line for each case and appends it to results/first_build.jsonl; with
--smoke it measures the floor and one compile of the simulation's kernel, and appends nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

RESULTS = Path(__file__).parent / "results" / "first_build.jsonl"
CASES = ("demo", "kosovo-nato")
COUNT_COMPILING = """
import atexit, json, os, sys, threading, time
from importlib.util import find_spec

class Clock:
    def __init__(self):
        self.seconds, self.forms, self.depth, self.begun = 0.0, 0, {}, {}

    def notify(self, told):
        (self.on_start if told.is_start else self.on_end)()

    def on_start(self):
        thread = threading.get_ident()
        if not self.depth.get(thread):
            self.begun[thread] = time.thread_time()
        self.depth[thread] = self.depth.get(thread, 0) + 1

    def on_end(self):
        thread = threading.get_ident()
        self.depth[thread] -= 1
        self.forms += 1
        if not self.depth[thread]:
            self.seconds += time.thread_time() - self.begun[thread]

clock = Clock()

class Watch:  # a build that compiles nothing does not load Numba: neither does what counts
    def find_spec(self, name, path=None, target=None):
        if name != "numba.core.event":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        load = spec.loader.exec_module

        def load_and_listen(module):
            load(module)
            module.Listener.register(Clock)
            module.register("numba:compile", clock)

        spec.loader.exec_module = load_and_listen
        return spec

sys.meta_path.insert(0, Watch())

def tell():
    with open(os.environ["COMPILING"], "a") as file:
        file.write(json.dumps([clock.seconds, clock.forms]) + chr(10))

atexit.register(tell)
"""
"""Runs at the start of each Python, those that a build starts beside itself too."""
BUILD = "from shteg.cli import main; main()"
KERNEL = "from shteg.pathways.engine.run import prepare; prepare()"
FLOOR = "import numba, numpy, polars, scipy.stats; numba.njit(lambda x: x + 1)(1.0)"


def measure(code: str, arguments: list[str], folder: Path) -> dict[str, float]:
    """Run Python with what it keeps in `folder`: seconds of clock, processors and compiling, and forms compiled.

    What the processes beside it take is in the seconds of the processors and of compiling, too.
    """
    told, start = folder / "compiling", folder / "start"
    told.unlink(missing_ok=True)
    start.mkdir(exist_ok=True)
    (start / "sitecustomize.py").write_text(COUNT_COMPILING, encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(start), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(folder / "forms"), "COMPILING": str(told), "PYTHONPATH": path}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *arguments], env=environment, check=True, stdout=subprocess.DEVNULL)
    seconds, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    lines = [json.loads(line) for line in told.read_text().splitlines()]
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    compiling = sum(line[0] for line in lines)
    return {
        "seconds": round(seconds, 2),
        "cpu": round(cpu, 2),
        "compiling_cpu": round(compiling, 2),
        "compiling_share": round(compiling / cpu, 2),
        "forms": sum(line[1] for line in lines),
    }


def build(case: str, folder: Path) -> dict[str, float]:
    """Build a case with all that is kept in `folder`."""
    return measure(BUILD, ["build", case, "--out", str(folder / "site"), "--cache", str(folder / "cache")], folder)


def main() -> None:
    """Run the bench and print a JSON line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cases", nargs="*", default=CASES)
    parser.add_argument("--smoke", action="store_true", help="no build: the floor, and the kernel of the simulation")
    parser.add_argument("--label", default="", help="what was measured, for the line of results")
    asked = parser.parse_args()
    with TemporaryDirectory() as work:
        floor = measure(FLOOR, [], Path(work))
        kernel = {} if not asked.smoke else measure(KERNEL, [], Path(work))
    head = {"bench": "first_build", "label": asked.label, "floor": floor, "cores": os.cpu_count()}
    if asked.smoke:
        print(json.dumps({**head, "kernel": kernel, "kernel_per_floor": round(kernel["cpu"] / floor["cpu"], 1)}))
        return
    for case in asked.cases:
        with TemporaryDirectory() as work:
            cold, warm = build(case, Path(work)), build(case, Path(work))
        line = {**head, "case": case, "cold": cold, "warm": warm}
        line |= {"cold_per_floor": round(cold["cpu"] / floor["cpu"], 1), "load": round(os.getloadavg()[0], 1)}
        line |= {"machine": platform.machine()}
        line |= {"python": platform.python_version(), "numba": version("numba")}
        print(json.dumps(line), flush=True)
        with RESULTS.open("a") as file:
            file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
