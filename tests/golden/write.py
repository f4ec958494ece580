"""`make golden`: write what the editions print, on purpose; a test run never does.

usage: python -m tests.golden.write [EDITION_OR_SITE …]

Without folders every shipped case is built, from what earlier builds kept as far as that goes.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from shteg.changes.since import comparing, day_compared
from shteg.edition import Options, build_edition
from shteg.evidence import find_case, read_case
from shteg.keeping import user_cache
from tests.golden.printed import CASES, NUMBERS, edition_in, golden_file, numbers, printed


def write_golden(folder: Path) -> None:
    """Write what the edition in a folder prints, one value a line."""
    edition = edition_in(folder)
    parts = [f'"{kind}": {json.dumps(found, ensure_ascii=False, indent=0)}' for kind, found in printed(edition).items()]
    case = edition.case.id
    golden_file(case).write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    if case == CASES[0]:
        lines = [f"{json.dumps(name)}: {json.dumps(found)}" for name, found in numbers(edition).items()]
        NUMBERS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write_golden(Path(name))
    if len(sys.argv) == 1:
        with tempfile.TemporaryDirectory() as work:
            for case in CASES:
                options, evidence = Options(cache=user_cache(sys.platform, os.environ)), read_case(find_case(case))
                day = day_compared(evidence, options)
                compare = comparing(evidence, day, options) if day else None
                write_golden(build_edition(evidence, Path(work) / case, options, compare=compare))
