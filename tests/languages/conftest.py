"""A language that only a case gives: made up of the English of the package, so that its places are known."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.cli.translation.files import complete_messages, complete_words
from shteg.evidence.untranslated import find_untranslated
from shteg.languages import missing_messages
from tests.evidence.demo_copy import copy_demo

CODE = "lt"
"""Lithuanian counts with one, few, many and other; its messages here are English with a mark."""
MARK = "‹lt›"
TABLE = """
[language]
letters = "z y x w v u t s r q p o n m l k j i h g f e d dz c b a"
dates = { day = "y-MM-dd", month = "y-MM", year = "y" }

[language.numbers]
units = [
    "nulis", "vienas", "du", "trys", "keturi", "penki", "šeši", "septyni", "aštuoni", "devyni", "dešimt",
    "vienuolika", "dvylika", "trylika", "keturiolika", "penkiolika", "šešiolika", "septyniolika", "aštuoniolika",
    "devyniolika",
]
tens = ["dvidešimt", "trisdešimt", "keturiasdešimt", "penkiasdešimt", "šešiasdešimt", "septyniasdešimt", "-80-", "-90-"]
hundreds = ["šimtas", "-200-", "-300-", "-400-", "-500-", "-600-", "-700-", "-800-", "-900-"]
thousand = { alone = "tūkstantis", one = "tūkstantis", few = "tūkstančiai", many = "-many-", other = "tūkstančių" }
feminine = { "1" = "viena", "2" = "dvi" }
feminine_units = ["years"]
free = ["nulis"]
more = ["pusė"]
"""
_TO_DO = re.compile(r'^# ("?[^=\n]+"?) = "(.*)"$', re.MULTILINE)


def translate(path: Path) -> None:
    """Do what a translator does: take away the mark before each line, and write another text."""
    text = path.read_text(encoding="utf-8")
    path.write_text(_TO_DO.sub(_other, text), encoding="utf-8")


def _other(line: re.Match[str]) -> str:
    """Mark a text; a figure is the same in every language."""
    return f'{line[1]} = "{"" if line[2].isdecimal() else MARK}{line[2]}"'


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """The made-up case in English and the new language, with the files that `shteg messages --write` makes."""
    case = copy_demo(tmp_path)
    header = case / "case.toml"
    text = header.read_text(encoding="utf-8")
    assert 'languages = ["en", "sq", "sr"]' in text
    text = text.replace('languages = ["en", "sq", "sr"]', f'languages = ["en", "sq", "{CODE}"]')
    text = text.replace("minimum_base", f'not_yet = {{ report = ["{CODE}"], announcement = ["{CODE}"] }}\nminimum_base')
    header.write_text(text, encoding="utf-8")
    found = find_untranslated(case, CODE)
    complete_messages(case / "messages" / f"{CODE}.toml", CODE, missing_messages(found.language))
    complete_words(case / "words" / f"{CODE}.toml", CODE, found.words)
    return case


@pytest.fixture
def translated(begun: Path) -> Path:
    """The same, translated."""
    for kind in ("messages", "words"):
        translate(begun / kind / f"{CODE}.toml")
    with (begun / "messages" / f"{CODE}.toml").open("a", encoding="utf-8") as file:
        file.write(TABLE)
    return begun


@pytest.fixture
def mend(begun: Path) -> Callable[[str, str, str], None]:
    """Replace a text in a file of the case."""

    def replace(file: str, old: str, new: str) -> None:
        path = begun / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace
