"""The tables of docs/case-format.md, from the schema: `python -m tests.evidence.case_format_tables` renews them."""

import re
from itertools import groupby
from pathlib import Path

from shteg.evidence import describe_case_format
from shteg.evidence.files.schema import KeySpec
from shteg.evidence.records.files import FILES, TEXT_FILE, WAVE_FILES

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "case-format.md"
START, END = "<!-- keys: begin -->", "<!-- keys: end -->"
_ROW = re.compile(r"\| `([^`]+)` \| (.+?) \| (yes|no) \| (.+) \|")


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


def render_tables() -> str:
    """Write one section for each file, with a table of its keys."""
    files = {spec.path: spec for spec in (*FILES, *WAVE_FILES)}
    parts = []
    for name, keys in groupby(describe_case_format(), key=lambda key: key.file):
        spec = files.get(name)
        parts.append(f"### `{name}`" if spec else "### A parameter")
        if spec:
            need = " Every wave has one." if "<wave>" in name else " Every case has one." if spec.required else ""
            once = f" `{'`, `'.join(spec.key)}` together stand once only." if spec.key else ""
            parts.append(f"{spec.meaning}{need}{once}")
        else:
            parts.append("Wherever the form is “parameter”, a table with these keys stands.")
        rows = [
            f"| `{key.path}` | {_escape(key.form)} | {'yes' if key.required else 'no'} | {_escape(key.meaning)} |"
            for key in keys
        ]
        parts.append("\n".join(["| key | form | needed | meaning |", "| --- | --- | --- | --- |", *rows]))
    parts += [f"### `{TEXT_FILE[0]}`", TEXT_FILE[1]]
    return "\n\n".join(parts)


def read_tables(document: str) -> list[KeySpec]:
    """Read the tables of the document back."""
    found, name = [], ""
    for line in document.split(START)[1].split(END)[0].splitlines():
        if line.startswith("### "):
            name = line.removeprefix("### ").strip("`") if "`" in line else "parameter"
        elif row := _ROW.fullmatch(line):
            form, meaning = row[2].replace("\\|", "|"), row[4].replace("\\|", "|")
            found.append(KeySpec(file=name, path=row[1], form=form, required=row[3] == "yes", meaning=meaning))
    return found


def main() -> None:
    """Renew the tables in the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, rest = text.split(START)
    DOCUMENT.write_text(f"{head}{START}\n\n{render_tables()}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
