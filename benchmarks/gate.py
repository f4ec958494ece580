"""The gate on twenty texts in three languages with fourteen kinds of faults planted: found, false, seconds.

    python benchmarks/gate.py [--smoke] [--repeats N]

The texts are those of `tests/report/text/planted.py`: sixty files, in each of which the gate reads every block,
compares it between the languages and with the edition, and asks which language it is in. Each run reads all texts anew;
which language a block is in is kept between runs, as `shteg build` keeps it, and the first run (which loads the tables
of the edition and the model of py3langid) is given apart.

Prints one JSON line and appends it to benchmarks/results/gate.jsonl (not with --smoke). Ends with an error if a fault
is not found, if one is found where there is none, or if the budget is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # the planted texts of the tests

from publishing import make_edition
from tests.report.text.planted import DEFECTS, DOCUMENTS, LANGUAGES, make_texts, plant, tells_of, with_texts

from shteg.errors import Problem
from shteg.report import EditionView, check_texts, open_edition
from shteg.report.text.read import read_document
from shteg.report.text.resolve import read_resolved

BUDGET = 0.1  # seconds of one processor for all sixty files
RESULTS = Path(__file__).parent / "results" / "gate.jsonl"


def check_anew(edition: EditionView, kept: Path) -> tuple[float, float, tuple[Problem, ...]]:
    """Run the gate with nothing of the texts in memory; seconds of the clock and of the processor, what it found."""
    read_document.cache_clear()
    read_resolved.cache_clear()
    begun, used = perf_counter(), process_time()
    problems = check_texts(edition, kept)
    return perf_counter() - begun, process_time() - used, problems


def main() -> None:
    """Run the bench and print one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true", help="one kind, no budget, no file")
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    kinds = list(DEFECTS)[:1] if asked.smoke else list(DEFECTS)
    clean = make_texts()
    found, false, clock, processor = 0, 0, [], []
    with TemporaryDirectory() as work:
        kept = Path(work) / "kept"
        edition = open_edition(make_edition(Path(work)))
        written = with_texts(edition, clean)
        first, _, problems = check_anew(written, kept)
        false += len(problems)
        for _ in range(1 if asked.smoke else asked.repeats):
            seconds, used, _ = check_anew(written, kept)
            clock.append(seconds)
            processor.append(used)
        for kind in kinds:
            for half in (0, 1):  # the texts of the other half have no fault
                texts, names = clean, []
                for number in range(half, DOCUMENTS, 2):
                    texts, _, name = plant(texts, kind, number)
                    names.append(name)
                _, _, problems = check_anew(with_texts(edition, texts), kept)
                found += sum(tells_of(problems, kind, name) for name in names)
                false += sum(Path(one.file).stem not in names for one in problems)
    line: dict[str, Any] = {
        "bench": "gate",
        "texts": DOCUMENTS,
        "languages": len(LANGUAGES),
        "kinds": len(kinds),
        "planted": len(kinds) * DOCUMENTS,
        "found": found,
        "false": false,
        "seconds": round(min(clock), 4),
        "cpu_s": round(min(processor), 4),
        "first_s": round(first, 3),
        "load": round(os.getloadavg()[0], 1),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    print(json.dumps(line))
    if found < line["planted"] or false:
        raise SystemExit(f"{line['planted'] - found} faults not found, {false} found where there is none")
    if asked.smoke:
        return
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as out:
        out.write(json.dumps(line) + "\n")
    if line["cpu_s"] > BUDGET:
        raise SystemExit(f"{line['cpu_s']} s are over the budget of {BUDGET} s")


if __name__ == "__main__":
    main()
