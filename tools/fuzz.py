"""Mutate inputs of every kind and see that each is read rightly or refused: no traceback, no hang, no silent change.

    python tools/fuzz.py --count 20000 --seed 1
    python tools/fuzz.py --count 500 --kind csv --kind xlsx
    python tools/fuzz.py --seed 1 --kind sav --trial 137     # one input again, its file kept

Each input is made from its seed, kind and number alone. Half of the data files have one cell changed before they are
written, so that the share they hold is known; the other half have bytes changed afterwards. For CSV the share is read a
second time by a plain parse of the changed bytes. Outcomes:

    ok        read, and every figure that could be told beforehand is right
    refused   a problem with a hint (a process that reads binary files may end: the person is told so)
    TRACEBACK an error that is not one of shteg's own
    HANG      no answer within the limit
    SILENT    read, and a figure is another than the file says

Every input is tried in a fork of one process for each worker. Each fiftieth data file goes through `read_responses`
as it stands, with the reading process it starts. Needs an operating system with `fork`.
What a binary file says after its bytes were changed nobody can tell beforehand: there only tracebacks and hangs count.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal, InvalidOperation
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from tools.fuzz_doors import DOORS  # noqa: E402

DEMO = ROOT / "cases" / "demo"
KINDS = ("case", "csv", "sav", "dta", "xlsx", "parquet", "markdown", "xlsform", *DOORS)
BINARY = ("sav", "dta", "xlsx", "parquet")
READERS = ("/readers/statistics.py", "/readers/system_file.py", "/readers/workbook.py", "/workbooks/cells.py")
"""Files of shteg whose readers run in a process of their own."""
BAD = ("TRACEBACK", "HANG", "SILENT")
ROWS = 12
SECONDS, MEMORY = 30.0, 4 * 2**30
WHOLE_WAY = 50
"""Of so many binary files one goes the whole way, through the process that users' files go through."""

NUMBERS = (0.0, 1.0, 2.0, -1.0, 1.5, 0.1, 9.0, 99.0, 1e3, -0.0, 1e15, float("nan"), None)
TEXTS = (
    "1",
    "1.0",
    " 1",
    "1 ",
    "01",
    "1e0",
    "+1",
    "-0",
    "",
    "NaN",
    "true",
    "é",
    "e\u0301",
    "=1+1",
    "1;2",
    'a"b',
    "a,b",
    "x\ny",
)
SNIPPETS = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b'"',
    b",",
    b";",
    b"\n",
    b"\r",
    b"\r\n",
    b"\t",
    b"=",
    b"[",
    b"]",
    b"{",
    b"}",
)


class WrongFigureError(Exception):
    """A figure is another than the file says."""


# What the file says, told without shteg


BLANKS = "".join(chr(code) for code in range(0x3001) if chr(code).isspace() and code not in range(0x1C, 0x20))
"""White space as Unicode defines it: Python's own `strip` takes four control characters for it too."""


def canonical(codes: list[str | None]) -> list[str | None]:
    """Write the codes of a column as docs/methods/survey-tables.md says, by another way than shteg's."""
    cleaned = [unicodedata.normalize("NFC", code).strip(BLANKS) if code else None for code in codes]
    filled = {code for code in cleaned if code}
    if filled and all(code.lower() in ("true", "false") for code in filled):
        return [str(int(code.lower() == "true")) if code else None for code in cleaned]
    if all(_is_number(code) for code in filled):
        return [_plain(code) if code else None for code in cleaned]
    return [code or None for code in cleaned]


def _is_number(code: str) -> bool:
    if code.lower() == "nan":
        return True
    body = code.lstrip("+-")
    if len(code) - len(body) > 1 or not code.isascii() or "_" in code or code != code.strip():
        return False
    whole = body.lower().partition("e")[0].partition(".")[0]
    try:
        return Decimal(code).is_finite() and (whole in ("", "0") or not whole.startswith("0"))
    except InvalidOperation:
        return False


def _plain(code: str) -> str:
    if code.lower() == "nan":
        return code
    text = format(Decimal(code), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text.removeprefix("+") if text not in ("-0", "+0", "") else "0"


def number_code(number: float | None) -> str | None:
    """Write a number of a file that declares its types."""
    if number is None or number != number:
        return None
    return _plain(repr(number))


def compare(found: list[str | None], right: list[str | None], what: str) -> None:
    """Raise WrongFigureError where the counts of the answers differ, and with them every share."""
    if Counter(found) != Counter(right):
        raise WrongFigureError(f"{what}: read {found}, the file says {right}")


# One trial of each kind: they raise shteg's errors, WrongFigureError, or anything else


def mutate(data: bytes, rng: random.Random) -> bytes:
    """Change a few bytes."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        at = rng.randrange(len(changed) + 1) if changed else 0
        how = rng.randrange(6)
        if how == 0 and at < len(changed):
            changed[at] ^= 1 << rng.randrange(8)
        elif how == 1 and at < len(changed):
            changed[at] = rng.randrange(256)
        elif how == 2:
            changed[at:at] = rng.choice(SNIPPETS)
        elif how == 3:
            del changed[at : at + rng.choice((1, 2, 16))]
        elif how == 4:
            del changed[at:]
        else:
            changed[at:at] = changed[at : at + rng.choice((1, 8, 64))]
    return bytes(changed)


def try_csv(rng: random.Random, folder: Path, whole_way: bool) -> None:
    """Write a CSV file with a changed cell or changed bytes; read it, and read it again by a plain parse."""
    from shteg.survey.readers import read_responses

    answers = [rng.choice("12") for _ in range(ROWS)]
    if rng.random() < 0.5:
        answers[rng.randrange(ROWS)] = rng.choice(TEXTS)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator=rng.choice(("\n", "\r\n")))
    writer.writerow(["id", "q", "w"])
    writer.writerows([i + 1, answer, "1.5"] for i, answer in enumerate(answers))
    data = text.getvalue().encode()
    if rng.random() < 0.5:
        data = mutate(data, rng)
    path = folder / "a.csv"
    path.write_bytes(data)
    found = read_responses(path).frame
    header = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0]
    if b"," not in header:
        return  # separated by something else: there is nothing to compare with
    lines = [row for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) if any(map(str.strip, row))]
    names = [name.strip() for name in lines[0]]
    while names and not names[-1]:
        names.pop()
    if found.columns != names:
        raise WrongFigureError(f"columns {found.columns}, the file says {names}")
    for at, name in enumerate(names):
        right = canonical([row[at] if at < len(row) else None for row in lines[1:]])
        compare(found[name].to_list(), right, f"column {name!r}")


def try_typed(kind: str, rng: random.Random, folder: Path, whole_way: bool) -> None:
    """Write a file that declares types, with a cell changed before or bytes changed afterwards, and read it."""
    answers: list[float | None] = [float(rng.choice("12")) for _ in range(ROWS)]
    texts = [rng.choice("ab") for _ in range(ROWS)]
    at, in_text = rng.randrange(ROWS), rng.random() < 0.3
    if in_text:
        texts[at] = rng.choice(TEXTS)
    else:
        answers[at] = rng.choice(NUMBERS)
    path = folder / f"a.{kind}"
    WRITERS[kind](path, answers, texts)
    whole = rng.random() < 0.5
    if not whole:
        path.write_bytes(mutate(path.read_bytes(), rng))
    found = _read_typed(kind, path, whole_way)
    if whole:
        compare(found["q"].to_list(), [number_code(one) for one in answers], "column 'q'")
        right = (
            canonical(list(texts))
            if kind == "xlsx"
            else [unicodedata.normalize("NFC", t).strip(BLANKS) or None for t in texts]
        )
        compare(found["t"].to_list(), right, "column 't'")


def _read_typed(kind: str, path: Path, whole_way: bool):
    from shteg.survey.readers import read_responses
    from shteg.survey.readers.responses import read_parquet_file
    from shteg.survey.readers.statistics import read_dta, read_sav
    from shteg.survey.readers.workbook import read_workbook_file

    if whole_way:
        return read_responses(path).frame
    readers: dict[str, Callable[[], object]] = {
        "sav": lambda: read_sav(path, None),
        "dta": lambda: read_dta(path, None),
        "xlsx": lambda: read_workbook_file(path),
        "parquet": lambda: read_parquet_file(path),
    }
    return readers[kind]().frame


def _write_sav(path: Path, answers: list[float | None], texts: list[str]) -> None:
    import pyreadstat

    pyreadstat.write_sav(_frame(answers, texts), str(path), variable_value_labels={"q": {1.0: "Yes", 2.0: "No"}})


def _write_dta(path: Path, answers: list[float | None], texts: list[str]) -> None:
    import pyreadstat

    pyreadstat.write_dta(_frame(answers, texts), str(path))


def _write_parquet(path: Path, answers: list[float | None], texts: list[str]) -> None:
    _frame(answers, texts).write_parquet(path)


def _write_xlsx(path: Path, answers: list[float | None], texts: list[str]) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_numbers": False}) as book:
        page = book.add_worksheet("data")
        page.write_row(0, 0, ["q", "t", "id"])
        for row, (answer, text) in enumerate(zip(answers, texts, strict=True), 1):
            if answer is not None and answer == answer:
                page.write_number(row, 0, answer)
            if text:
                page.write_string(row, 1, text)
            page.write_number(row, 2, row)


def _frame(answers: list[float | None], texts: list[str]):
    import polars as pl

    return pl.DataFrame({"q": pl.Series(answers, dtype=pl.Float64), "t": texts, "id": [float(i) for i in range(ROWS)]})


WRITERS = {"sav": _write_sav, "dta": _write_dta, "parquet": _write_parquet, "xlsx": _write_xlsx}


def try_case(rng: random.Random, folder: Path, whole_way: bool) -> None:
    """Spoil one file of a copy of the made-up case and check it; a problem found counts as refused."""
    from shteg.errors import CaseError
    from shteg.evidence import check_case, read_case

    case = Path(shutil.copytree(DEMO, folder / "demo"))
    path = rng.choice(sorted(one for one in case.rglob("*") if one.suffix in (".csv", ".toml")))
    data = path.read_bytes()
    if rng.random() < 0.5:
        cells = data.split(b",")
        cells[rng.randrange(len(cells))] = rng.choice([text.encode() for text in TEXTS])
        data = b",".join(cells)
    else:
        data = mutate(data, rng)
    path.write_bytes(data)
    problems = check_case(case)
    if problems:
        raise CaseError(problems)
    read_case(case)


def try_markdown(rng: random.Random, folder: Path, whole_way: bool) -> None:
    """Spoil a text of the made-up case and read it."""
    from shteg.report import parse_document

    path = rng.choice(sorted((DEMO / "text").rglob("*.md")))
    text = mutate(path.read_bytes(), rng).decode("utf-8", errors="replace")
    parse_document(text, language=path.parent.name, name=path.stem, file=path.name)


def try_xlsform(rng: random.Random, folder: Path, whole_way: bool) -> None:
    """Write a form with a cell changed before or bytes changed afterwards; its options must be those it holds."""
    import xlsxwriter

    from shteg.survey.readers import read_xlsform
    from shteg.survey.readers.workbook import read_rows
    from shteg.survey.readers.xlsform import sheets as xlsform_sheets

    survey = [
        ["type", "name", "label::English (en)"],
        ["select_one yn", "q1", "Join?"],
        ["select_multiple yn", "q2", "Who"],
    ]
    choices = [["list_name", "name", "label::English (en)"], ["yn", "1", "Yes"], ["yn", "2", "No"]]
    whole = rng.random() < 0.7
    if whole:
        sheet = rng.choice((survey, choices, choices))
        sheet[rng.randrange(len(sheet))][rng.randrange(3)] = rng.choice(
            (*TEXTS, "end_group", "rank yn", "label", "name")
        )
    path = folder / "a.xlsx"
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        for name, rows in (("survey", survey), ("choices", choices)):
            page = book.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    page.write_string(i, j, cell)
    if not whole:
        path.write_bytes(mutate(path.read_bytes(), rng))
    if not whole_way:
        xlsform_sheets.rows_apart = read_rows
    found = read_xlsform(path, language="en")
    if whole and choices[0] == ["list_name", "name", "label::English (en)"]:
        rows = [row for row in choices[1:] if row[0].strip() == "yn"]
        codes = canonical([row[1] for row in rows])
        labels = [unicodedata.normalize("NFC", row[2]).strip() for row in rows]
        right = {code: label or code for code, label in zip(codes, labels, strict=True)}
        for name, item in found.items.items():
            options = {code: label["en"] for code, label in item.options.items()}
            if options != right:
                raise WrongFigureError(f"options of {name!r}: read {options}, the form says {right}")


TRIALS: dict[str, Callable[[random.Random, Path, bool], None]] = {
    "case": try_case,
    "csv": try_csv,
    "markdown": try_markdown,
    "xlsform": try_xlsform,
    **{kind: (lambda rng, folder, whole_way, kind=kind: try_typed(kind, rng, folder, whole_way)) for kind in BINARY},
    **{kind: (lambda rng, folder, _, trial=trial: trial(rng, folder, mutate)) for kind, trial in DOORS.items()},
}


# Trials in forks


def outcome_of(kind: str, seed: int, number: int, seconds: float) -> tuple[str, str]:
    """Try one input in a fork: (outcome, what was said)."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _try(kind, seed, number, theirs)
    os.close(theirs)
    until = time.monotonic() + seconds
    status = 0
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(ours)
            return "HANG", f"no answer in {seconds:.0f} seconds"
        time.sleep(0.001)
    with os.fdopen(ours, "rb") as file:
        said = file.read()
    if said:
        outcome, words = json.loads(said)
        return outcome, words
    died = f"the process ended ({os.waitstatus_to_exitcode(status)})"
    return ("refused" if in_reading_process(kind, number) else "TRACEBACK"), died


def in_reading_process(kind: str, number: int) -> bool:
    """Tell whether a trial stands for what happens in the process that reads binary files, which may end."""
    return (kind in BINARY or kind in ("xlsform", "sets")) and number % WHOLE_WAY != 0


def _try(kind: str, seed: int, number: int, out: int) -> None:
    from shteg.errors import ShtegError

    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    rng = random.Random(f"{seed}/{kind}/{number}")
    said = ("ok", "")
    try:
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            TRIALS[kind](rng, Path(folder), number % WHOLE_WAY == 0)
    except ShtegError as error:
        said = ("refused", str(error))
    except WrongFigureError as error:
        said = ("SILENT", str(error))
    except BaseException as error:  # noqa: BLE001 (that is what is looked for)
        bad = "refused" if in_reading_process(kind, number) and _from_library(error) else "TRACEBACK"
        said = (bad, f"{type(error).__name__}: {error}")
    os.write(out, json.dumps([said[0], said[1][:2000]]).encode())
    os._exit(0)


def _from_library(error: BaseException) -> bool:
    """Tell whether an error was raised below a reader that the reading process runs: there it becomes a refusal."""
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        if Path(code.co_filename).as_posix().endswith(READERS) or code.co_name == "read_parquet_file":
            return True
        step = step.tb_next
    return False


def work(kinds: tuple[str, ...], seed: int, numbers: range, seconds: float) -> None:
    """Try inputs and print one JSON line for each."""
    import shteg.evidence
    import shteg.report
    import shteg.survey.readers
    import shteg.survey.readers.responses
    import shteg.survey.readers.statistics
    import shteg.survey.readers.workbook  # noqa: F401 (loaded once, before the forks)

    for number in numbers:
        for kind in kinds:
            print(json.dumps([kind, number, *outcome_of(kind, seed, number, seconds)]), flush=True)


def run(kinds: tuple[str, ...], seed: int, count: int, workers: int, seconds: float) -> int:
    """Share the inputs among workers, print the table, give 1 if one of them went wrong."""
    each = -(-count // len(kinds))
    command = [sys.executable, __file__, "--seed", str(seed), "--seconds", str(seconds)]
    command += [word for kind in kinds for word in ("--kind", kind)]
    table: dict[str, Counter[str]] = {kind: Counter() for kind in kinds}
    failures = []
    with ExitStack() as stack:
        files = [stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(workers)]
        children = [
            subprocess.Popen([*command, "--worker", f"{k},{each},{workers}"], stdout=file)
            for k, file in enumerate(files)
        ]
        for child, file in zip(children, files, strict=True):
            child.wait()
            file.seek(0)
            for line in file:
                kind, number, outcome, said = json.loads(line)
                table[kind][outcome] += 1
                if outcome in BAD:
                    failures.append((kind, number, outcome, said))
    outcomes = ("ok", "refused", *BAD)
    print(f"{'kind':10}" + "".join(f"{one:>11}" for one in outcomes))
    for kind in kinds:
        print(f"{kind:10}" + "".join(f"{table[kind][one]:11}" for one in outcomes))
    for kind, number, outcome, said in sorted(failures):
        print(f"{outcome} --seed {seed} --kind {kind} --trial {number}: {said[:300]}")
    missing = each * len(kinds) - sum(map(Counter.total, table.values()))
    if missing:
        print(f"{missing} inputs were not tried: a worker ended before its time")
    print(f"{each * len(kinds) - missing} inputs, {len(failures)} failures")
    return 1 if failures or missing else 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000, help="inputs in all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, action="append", help="default: all")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="limit of one input")
    parser.add_argument("--trial", type=int, help="one input again, with its traceback; its files stay")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    kinds = tuple(options.kind or KINDS)
    if options.trial is not None:
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        print(folder)
        rng = random.Random(f"{options.seed}/{kinds[0]}/{options.trial}")
        TRIALS[kinds[0]](rng, folder, options.trial % WHOLE_WAY == 0)
        return 0
    if options.worker:
        first, end, step = map(int, options.worker.split(","))
        work(kinds, options.seed, range(first, end, step), options.seconds)
        return 0
    return run(kinds, options.seed, options.count, options.workers, options.seconds)


if __name__ == "__main__":
    sys.exit(main())
