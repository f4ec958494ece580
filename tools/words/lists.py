"""What a catalogue has to know, what it lacks, and what nobody says any more."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.words.roots import Word, all_words, plain
from tools.words.source import Source

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "src" / "shteg" / "cli" / "reader"
FILES = {
    "cli": ("cli", "errors", "hints", "keeping", "spark", "chunks", "countries", "languages"),
    "evidence": ("evidence",),
    "survey": ("survey",),
    "publication": ("edition", "report", "publish", "changes", "web", "tracker", "ledger", "recommendations"),
}
"""The file of a catalogue that holds the words of a room; those of the engines stand in `engines`."""
OTHER = "engines"
BY_HAND = ("phrases", "nouns", "places", "click")
"""Files of words that no source spells out as one text: parts of others, and texts of libraries."""
CLICK = ("core", "exceptions", "formatting", "decorators", "types", "termui", "parser")
_OF_PROGRAMMERS = re.compile(
    r"^DeprecationWarning|declaration|a name was passed|defined twice|same flag|^%|^Choice\(|^Unknown color"
)
"""What click says to who writes a command, not to who calls it."""
_THING = r"(row|column|item|block|value|source|stage|table|margin|class|replicate|reference|message) \{\w+\}"
_PLACE, _PLACES = re.compile(_THING), re.compile(f"^({_THING}: )+")
"""What stands before a colon: a place, whose words are in a file of their own."""
_TAIL = re.compile(r" \((\{count\} such (row|group)s?|and so in \{count\} more rows?)\)$")
"""What the reader's side knows as an end of many texts."""
_CUTS = re.compile(r"(?<=\?) |; |(?<=[a-z]\.) |, or |, and ")


def file_of(room: str) -> str:
    """Give the file that holds the words of a room."""
    first = room.split("/", 1)[0]
    return next((file for file, rooms in FILES.items() if first in rooms), OTHER)


def wanted_words(source: Path) -> list[Word]:
    """Give every template that a catalogue must have; those made of others, which it puts together, are left out."""
    words = _apart(all_words(Source(source)))
    known = {plain(one.text) for one in words}
    return [one for one in words if not _made_of(plain(one.text), known)]


def _apart(words: list[Word]) -> list[Word]:
    """Take words of the form `where: what` apart, where several places have the same said of them."""
    tails = Counter(one.text.partition(": ")[2] for one in words)
    whole = {plain(one.text) for one in words}
    found: dict[str, Word] = {}
    for one in words:
        text = _TAIL.sub("", one.text)
        head, _, tail = text.partition(": ")
        place = head[:1].islower() or head[:1] in "{`"
        often = tails[tail] > 1 or plain(tail) in whole
        parts = [head, tail] if place and often and balanced(head) and speaks_text(tail) else [text]
        for text in parts:
            if speaks_text(text) and not _PLACE.fullmatch(text):
                found.setdefault(plain(text), Word(text, one.room, one.line))
    return list(found.values())


def balanced(text: str) -> bool:
    """Tell whether every bracket and quote of a text is closed in it."""
    return text.count("(") == text.count(")") and text.count('"') % 2 == 0 and text.count("`") % 2 == 0


def speaks_text(text: str) -> bool:
    """Tell whether a text has words of its own beside names, keys and holes."""
    text = _PLACES.sub("", text)
    fixed = re.sub(r"`[^`]*`|\{\w+\}|--[\w-]+|[\w{}]*\.[\w.{}]+|<[^>]*>", "", text)
    return re.search(r"[A-Za-z]{2,}", fixed) is not None and " " in text


def _made_of(text: str, known: set[str]) -> bool:
    """Tell whether a text is a list cut short, or several texts one after the other."""
    if text.endswith(" … ({} in all)"):
        return text.removesuffix(" … ({} in all)") in known or text == "{} … ({} in all)"
    if text.endswith("{}") and text[:-2] in known:
        return True
    for cut in _CUTS.finditer(text):
        before = text[: cut.start()]
        if before in known and (text[cut.end() :] in known or _made_of(text[cut.end() :], known)):
            return True
    return False


def click_words() -> list[Word]:
    """Give the texts of click that its own refusals and help pages are made of."""
    import click

    found: dict[str, Word] = {}
    for name in CLICK:
        path = Path(click.__file__).parent / f"{name}.py"
        if not path.exists():
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "ngettext"):
                for one in node.args[:2]:
                    if isinstance(one, ast.Constant) and isinstance(one.value, str):
                        text = re.sub(
                            r"\{([\w.]+)(?:![rs])?\}", lambda hole: "{" + hole[1].split(".")[-1] + "}", one.value
                        )
                        if not _OF_PROGRAMMERS.search(text):
                            found.setdefault(plain(text), Word(text, f"click/{name}", node.lineno))
    return list(found.values())


def lacking(words: Iterable[Word], known: Mapping[str, str]) -> list[Word]:
    """Give the words that a catalogue has no text for."""
    have = {plain(one) for one in known}
    return [one for one in words if plain(one.text) not in have]


def unused(words: Iterable[Word], files: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Give the texts of a catalogue that nobody says: of the files that the source fills."""
    said = {plain(one.text) for one in words}
    return [
        text for file, texts in files.items() if file not in BY_HAND
        for text in texts if plain(text) not in said
    ]  # fmt: skip


def mistakes(known: Mapping[str, str]) -> list[str]:
    """Say which texts have other holes than the English ones, or a hole twice."""
    found = []
    for english, other in known.items():
        names, given = (re.findall(r"(?<!\{)\{(\w+)\}(?!\})", text) for text in (english, other))
        if sorted(names) != sorted(given):
            found.append(f"{english!r}: holes {names}, in the translation {given}")
    return found
