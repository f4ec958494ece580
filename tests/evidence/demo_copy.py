"""A copy of the made-up case that a test may spoil."""

import shutil
from pathlib import Path

DEMO = Path(__file__).resolve().parents[2] / "cases" / "demo"


def copy_demo(folder: Path) -> Path:
    """Copy cases/demo below a temporary folder."""
    return Path(shutil.copytree(DEMO, folder / "demo"))


def copy_english_and_albanian(folder: Path) -> Path:
    """The same in the languages of the program alone: a row that a test adds needs no words elsewhere."""
    case = copy_demo(folder)
    replace_once(case, "case.toml", 'languages = ["en", "sq", "sr"]', 'languages = ["en", "sq"]')
    return case


def copy_demo_in_two_languages(folder: Path) -> Path:
    """Copy cases/demo without its third language, whose words stand in files of their own."""
    case = copy_demo(folder)
    for kind in ("messages", "words"):
        (case / kind / "sr.toml").unlink()
        (case / kind).rmdir()
    shutil.rmtree(case / "text" / "sr")
    replace_once(case, "case.toml", 'languages = ["en", "sq", "sr"]', 'languages = ["en", "sq"]')
    return case


def replace_once(case: Path, file: str, old: str, new: str) -> None:
    """Replace a text that stands in a file; the first place counts."""
    path = case / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} does not hold {old!r}: the test no longer fits the demo case"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(case: Path, file: str, needle: str) -> int:
    """Give the line, from 1, in which a text begins first; 0 if the needle is empty."""
    if not needle:
        return 0
    text = (case / file).read_text(encoding="utf-8")
    assert needle in text
    return text[: text.index(needle)].count("\n") + 1
