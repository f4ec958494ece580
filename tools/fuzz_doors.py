"""Trials of what an analyst brings: a workbook of a case, targets of weights, sets of SPSS, exports of field tools."""

from __future__ import annotations

import io
import random
import shutil
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "cases" / "demo"
Mutate = Callable[[bytes, random.Random], bytes]
WORDS = (
    b"1",
    b"",
    b"2024-02-31",
    b"21.05.2009",
    b"3,5",
    b"XAB",
    b"=1+1",
    b"#REF!",
    b"  ",
    b"*",
    b"(size)",
    b"\xc3\xab",
)


def try_book(rng: random.Random, folder: Path, mutate: Mutate) -> None:
    """Spoil a workbook of the made-up case: taken back it changes what its changes say, or is refused."""
    from shteg.evidence import check_case
    from shteg.evidence.book.writing import write_book
    from shteg.evidence.reading import read_draft
    from shteg.evidence.returned import return_book, write_returned

    case = Path(shutil.copytree(DEMO, folder / "demo"))
    path = folder / "demo.xlsx"
    write_book(read_draft(case), path, lambda key: [key])
    with zipfile.ZipFile(path) as old:
        parts = {one: old.read(one) for one in old.namelist()}
    if rng.random() < 0.8:
        name = rng.choice(sorted(one for one in parts if one.startswith("xl/") and one.endswith(".xml")))
        parts[name] = _other_cell(parts[name], rng) if rng.random() < 0.6 else mutate(parts[name], rng)
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as new:
            for one, content in parts.items():
                new.writestr(one, content)
        path.write_bytes(made.getvalue())
    else:
        path.write_bytes(mutate(path.read_bytes(), rng))
    before = {one: one.read_bytes() for one in case.rglob("*") if one.is_file()}
    returned = return_book(path, case, check_case, folder)
    write_returned(returned, case)
    changed = {one.relative_to(case).as_posix() for one, raw in before.items() if one.read_bytes() != raw}
    if changed != {one.file for one in returned.files if one.before is not None}:
        raise AssertionError(f"{changed} changed, and {[one.file for one in returned.files]} was said")
    if check_case(case):
        raise AssertionError("what was taken back has problems")


def _other_cell(part: bytes, rng: random.Random) -> bytes:
    """Put another word between two tags."""
    pieces = part.split(b">")
    at = rng.randrange(len(pieces))
    text, mark, rest = pieces[at].partition(b"<")
    pieces[at] = rng.choice(WORDS) + mark + rest if text or rng.random() < 0.3 else pieces[at]
    return b">".join(pieces)


def try_targets(rng: random.Random, folder: Path, mutate: Mutate) -> None:
    """Spoil a sheet of targets in one of its forms: margins that are read add to what they say."""
    from shteg.survey.weights.target_sheet import read_target_sheet

    forms = (
        "variable;category;target\nsex;f;51,3\n;m;48,7\nage;18-29;30\n;30+;70\n(size);;1000\n",
        "sex*age;18-29;30+\nf;20;31,3\nm;10;38,7\n",
        "sex;Freq\nf;51.3\nm;48.7\n",
        "category;%\nsex;\nf;51.3\nm;48.7\nage;\n18-29;30\n30+;70\n",
        "scheme,variable,category,count\na,sex,f,513\na,sex,m,487\nb,sex,f,1\n",
    )
    cells = rng.choice(forms).encode().replace(b"\n", b";\n;").split(b";")
    if rng.random() < 0.6:
        cells[rng.randrange(len(cells))] = rng.choice(WORDS)
    raw = b";".join(cells).replace(b";\n;", b"\n")
    path = folder / "targets.csv"
    path.write_bytes(raw if rng.random() < 0.5 else mutate(raw, rng))
    sheet = read_target_sheet(path, scheme=rng.choice((None, "a")))
    for margin in sheet.margins:
        if any(one.number <= 0 or len(one.category) != len(margin.variables) for one in margin.targets):
            raise AssertionError(f"{margin} was read")
        if margin.unit != "count" and abs(margin.total - {"share": 1.0, "percent": 100.0}[margin.unit]) > 5:
            raise AssertionError(f"{margin} does not add up")


def try_sets(rng: random.Random, folder: Path, mutate: Mutate) -> None:
    """Spoil the sets of an SPSS file, or its dictionary: what is read names columns of the file."""
    import polars as pl
    import pyreadstat

    from shteg.survey.readers.statistics import read_sav
    from shteg.survey.readers.system_file import read_dictionary

    path = folder / "a.sav"
    frame = pl.DataFrame({"a": ["Y", "N"], "b": ["N", "Y"], "c": [1.0, 2.0], "d": [2.0, 1.0]})
    pyreadstat.write_sav(frame, path)
    raw = path.read_bytes()
    text = b"$one=D1 Y 3 abc a b\n$two=C 0  c d\n$three=D1 1 2 xy c d\n$four=E 11 1 Y 0  a b\n"
    text = mutate(text, rng) if rng.random() < 0.6 else text
    at = read_dictionary(io.BytesIO(raw)).end
    raw = raw[:at] + struct.pack("<iiii", 7, rng.choice((7, 19)), 1, len(text)) + text + raw[at:]
    if rng.random() < 0.5:
        raw = raw[:176] + mutate(raw[176:], rng)
    path.write_bytes(raw)
    found = read_sav(path, None)
    for one in found.sets.values():
        if not set(one.columns) <= set(found.frame.columns):
            raise AssertionError(f"{one} names other columns")


HEADS = (
    "start,end,g/q1,g/q2,g/q2/a,g/q2/b,_uuid,_submission_time",
    "SubmissionDate,g-q1,g-q2,g-q2/a,g-q2/b,meta-instanceID,KEY",
    "id,submitdate,lastpage,startlanguage,Q1,Q2[SQ001],Q2[SQ002],Q2[other]",
    "id. Response ID,submitdate. Date submitted,Q1. Join?,Q2[A]. Which [One],Q2[B]. Which [Two]",
    "Response ID,Date submitted,Last page,Join?,Which [One],Which [Two],Which [Other]",
)


def try_export(rng: random.Random, folder: Path, mutate: Mutate) -> None:
    """Spoil an export of a field tool, plain or in an archive: every respondent stays, and no column is lost."""
    from shteg.survey.readers import read_responses

    head = rng.choice(HEADS).split(",")
    rows = [[rng.choice(("1", "0", "Y", "", "a", "b a", "N/A", "2025-01-02")) for _ in head] for _ in range(8)]
    if rng.random() < 0.5:
        head[rng.randrange(len(head))] = rng.choice(
            ("", "g/q1", "Q2[SQ001]", "[x]", "a/b/c", "Q2[]", "Which [One]", "meta/")
        )
    whole = rng.random() < 0.5
    raw = "\n".join(",".join(row) for row in [head, *([str(n), *row[1:]] for n, row in enumerate(rows, 1))]).encode()
    path = folder / "a.csv"
    path.write_bytes(raw if whole else mutate(raw, rng))
    if rng.random() < 0.4:
        with zipfile.ZipFile(folder / "a.zip", "w") as archive:
            archive.write(path, "form.csv")
            archive.writestr("form-repeat.csv", "PARENT_KEY,x\n1,2\n")
        path = folder / "a.zip"
        if rng.random() < 0.3:
            path.write_bytes(mutate(path.read_bytes(), rng))
            whole = False
    found = read_responses(path)
    if whole and (found.frame.height != len(rows) or len(found.frame.columns) < len([one for one in head if one])):
        raise AssertionError(f"{found.frame.shape} of {len(rows)} rows and {head}")


DOORS: dict[str, Callable[[random.Random, Path, Mutate], None]] = {
    "book": try_book,
    "targets": try_targets,
    "sets": try_sets,
    "export": try_export,
}
