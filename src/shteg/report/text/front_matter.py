"""Read the front matter of a text: title, description, declared strings, and what the front page takes from it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from shteg.report.text.conditions import Doubt, parse_condition
from shteg.report.text.form import DEEPEST_FRONT, too_deep_brackets
from shteg.report.text.inline import Inline, Reader, nodes_of, words_parser
from shteg.report.text.tree import Condition, DirectionRun, Lead, Run, Text, ValueRun

FENCE = "+++"
KEYS = ("title", "description", "declared", "holds", "leads", "figures")
FRONT_PAGE = "announcement"
"""The text that the front page is made of: only its front matter may name leads and figures."""
MOST_LEADS = 4
MOST_FIGURES = 4
_HINT = f"begin the file with {FENCE}, title = …, description = …, {FENCE}"
_CHART = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(slots=True)
class Front:
    """What stands in the front matter; `first` is the number of lines before the body."""

    title: tuple[Run, ...] = ()
    description: tuple[Run, ...] = ()
    declared: tuple[str, ...] = ()
    holds: tuple[Condition, ...] = ()
    leads: tuple[Lead, ...] = ()
    figures: tuple[str, ...] = ()
    body: str = ""
    first: int = 0
    found: dict[str, Any] = field(default_factory=dict)


def read_front(reader: Reader, text: str, name: str) -> Front:
    """Divide a text into front matter and body, and report what is wrong with the first.

    Parameters
    ----------
    reader : Reader
        Collects the problems; its lines are those of the text.
    text : str
        The file.
    name : str
        Of the text: not every text has leads.

    Returns
    -------
    Front
    """
    front = _divided(reader, text)
    for key in sorted(front.found.keys() - set(KEYS)):
        allowed = f"allowed are {', '.join(KEYS)}"
        reader.report(key_line(reader.lines, key), f"the front matter has an unknown key {key!r}", allowed)
    if front.found:
        front.title, front.description = (_sentence(reader, front.found, key) for key in ("title", "description"))
        front.declared = _strings(reader, front.found, "declared", 'write declared = ["1999", "11 September 2001"]')
        front.holds = tuple(_conditions(reader, front.found))
        for key in ("leads", "figures"):
            if key in front.found and name != FRONT_PAGE:
                problem = f"only the text {FRONT_PAGE} has {key}: the front page is made of it"
                reader.report(key_line(reader.lines, key), problem, f"move {key} to {FRONT_PAGE}.md")
        front.leads = tuple(_leads(reader, front.found))
        front.figures = _figures(reader, front.found)
    return front


def _divided(reader: Reader, text: str) -> Front:
    lines = text.split("\n")
    if lines[0].strip() != FENCE:
        reader.report(1, "the file does not begin with its front matter", _HINT)
        return Front(body=text)
    end = next((at for at, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if end is None:
        reader.report(1, "the front matter does not end", f"close it with a line {FENCE}")
        return Front()
    front = Front(body="\n".join(lines[end + 1 :]), first=end + 1)
    deep = too_deep_brackets(lines[1:end])
    if deep is not None:
        reader.report(deep + 2, f"brackets more than {DEEPEST_FRONT} deep in the front matter", _HINT)
        return front
    try:
        front.found = tomllib.loads("\n".join(lines[1:end])) or {"title": ""}
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        reader.report(1 + int(found[1]) if found else 1, f"the front matter is not TOML: {error}", _HINT)
    return front


def key_line(lines: Sequence[str], key: str) -> int:
    """Give the line, from 1, on which a key of the front matter stands; 1 if it stands nowhere."""
    written = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*(?:[=.]|$)")
    return next((number for number, line in _front_lines(lines) if written.match(line)), 1)


def _line_of(lines: Sequence[str], key: str, words: str) -> int:
    """Give the line on which an entry of a list stands, or that of its key."""
    start = key_line(lines, key)
    return next((number for number, line in _front_lines(lines) if number >= start and words in line), start)


def _front_lines(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines[1:], 2):
        if line.strip() == FENCE:
            return
        yield number, line


def _sentence(reader: Reader, found: dict[str, Any], key: str) -> tuple[Run, ...]:
    said, line = found.get(key), key_line(reader.lines, key)
    if not isinstance(said, str) or not said.strip():
        reader.report(line, f"the front matter has no {key}", _HINT)
        return ()
    return _words(reader, said, f"the {key}", line)


def _words(reader: Reader, said: str, place: str, line: int) -> tuple[Run, ...]:
    """Read words with values and directions in them; nothing else stands in a title or a caption."""
    tokens = words_parser().parseInline(" ".join(said.split()))
    pieces = Inline(reader, line).pieces(nodes_of(tokens)[0].children)
    runs = [one for one in pieces if isinstance(one, Text | ValueRun | DirectionRun)]
    if len(runs) < len(pieces):
        hint = "write words, {{ value.ID }} and {{ dir.ID:ID }}; sources are cited in the text"
        reader.report(line, f"{place} holds something other than words and figures", hint)
    return tuple(runs)


def _strings(reader: Reader, found: dict[str, Any], key: str, hint: str) -> tuple[str, ...]:
    listed = found.get(key, [])
    if not isinstance(listed, list) or not all(isinstance(one, str) and one.strip() for one in listed):
        reader.report(key_line(reader.lines, key), f"{key} is not a list of strings", hint)
        return ()
    return tuple(listed)


def _conditions(reader: Reader, found: dict[str, Any]) -> Iterator[Condition]:
    for written in _strings(reader, found, "holds", 'write holds = ["forecast.entry.2035 < 0.5"]'):
        condition = Condition(" ".join(written.split()), _line_of(reader.lines, "holds", written))
        parsed = parse_condition(condition.text)
        if isinstance(parsed, Doubt):
            reader.report(condition.line, parsed.problem, parsed.hint)
        else:
            yield condition


def _leads(reader: Reader, found: dict[str, Any]) -> Iterator[Lead]:
    listed, line = found.get("leads", []), key_line(reader.lines, "leads")
    hint = 'write leads = ["value-id", { value = "value-id", text = "…" }], three or four of them'
    if not isinstance(listed, list) or len(listed) > MOST_LEADS or ("leads" in found and not listed):
        reader.report(line, f"leads is not a list of one to {MOST_LEADS} values", hint)
        return
    seen = set()
    for one in listed:
        entry = {"value": one} if isinstance(one, str) else one
        odd = not isinstance(entry, dict) or not {"value"} <= entry.keys() <= {"value", "text"}
        if odd or not all(isinstance(part, str) and part.strip() for part in entry.values()):
            reader.report(line, f"{one!r} is no lead", hint)
            continue
        place = _line_of(reader.lines, "leads", entry["value"])
        if entry["value"] in seen:
            reader.report(place, f"the value {entry['value']!r} leads twice", "name another, or leave it out")
        seen.add(entry["value"])
        caption = _words(reader, entry["text"], f"the caption of {entry['value']}", place) if "text" in entry else ()
        yield Lead(entry["value"], caption, place)


def _figures(reader: Reader, found: dict[str, Any]) -> tuple[str, ...]:
    line, hint = key_line(reader.lines, "figures"), 'write figures = ["members-map"], the ids of charts'
    listed = _strings(reader, found, "figures", hint)
    odd = [one for one in listed if not _CHART.fullmatch(one)] or [one for one in listed if listed.count(one) > 1]
    if odd or len(listed) > MOST_FIGURES:
        said = f"{odd[0]!r} is no id, or stands twice" if odd else f"more than {MOST_FIGURES} figures"
        reader.report(line, f"figures: {said}", hint)
        return ()
    return listed
