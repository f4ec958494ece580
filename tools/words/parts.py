"""A template: fixed text with named holes, and the operations that the reading of source needs on it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

MOST_FORMS = 24
"""Of more forms than this an expression is taken as a hole: nobody translates them one by one."""


@dataclass(frozen=True, slots=True)
class Hole:
    """What is filled in at run time; `owner` is the function whose parameter fills it, if one does."""

    name: str
    owner: str = ""


QUOTES = ("`", "'", "“", '"', "--", ".", "[", "/")
"""After these stands a name, not a word of the sentence."""
Part = str | Hole
Template = tuple[Part, ...]
Forms = tuple[Template, ...]


def joined(pieces: Iterable[Forms]) -> Forms:
    """Set forms one after the other: every combination, or a hole for what has too many."""
    found: Forms = ((),)
    for forms in pieces:
        if min(len(found), len(forms)) > 1 and len(found) * len(forms) > MOST_FORMS:
            forms = ((Hole("text"),),)
        found = tuple(dict.fromkeys((*left, *right) for left in found for right in forms))
    return tuple(merged(one) for one in found)


def merged(template: Template) -> Template:
    """Join neighbouring texts, and neighbouring holes: nothing tells where one of them ends."""
    found: list[Part] = []
    for part in template:
        if part == "":
            continue
        if found and isinstance(part, str) and isinstance(found[-1], str):
            found[-1] += part
        elif found and isinstance(part, Hole) and isinstance(found[-1], Hole):
            found[-1] = replace(found[-1], name=found[-1].name or part.name)
        else:
            found.append(part)
    return tuple(found)


def filled(template: Template, owner: str, bound: dict[str, Forms]) -> Forms:
    """Put what a call gives into the holes of a function's parameters."""
    pieces: list[Forms] = []
    before = ""
    for part in template:
        if isinstance(part, Hole) and part.owner == owner:
            forms = bound.get(part.name, ((Hole(part.name),),))
            pieces.append(as_names(forms, part.name) if before.endswith(QUOTES) else forms)
        else:
            pieces.append(((part,),))
        before = part if isinstance(part, str) else ""
    return joined(pieces)


def as_names(forms: Forms, name: str) -> Forms:
    """Make a hole of what is a single word: between marks it is a name, not a word of the sentence."""
    return tuple(
        dict.fromkeys(
            ((Hole(name),)) if all(isinstance(part, str) and " " not in part for part in one) else one for one in forms
        )
    )


def written(template: Template) -> str:
    """Write a template as the catalogue does: `there is no column {name!s}` with a name of its own for each hole."""
    seen: dict[str, int] = {}
    told = []
    for part in template:
        if isinstance(part, str):
            told.append(part.replace("{", "{{").replace("}", "}}"))
            continue
        name = re.sub(r"\W", "", part.name).strip("_").lower() or "it"
        name = name if not name[0].isdigit() else f"n{name}"
        seen[name] = seen.get(name, 0) + 1
        told.append("{" + name + (str(seen[name]) if seen[name] > 1 else "") + "}")
    return "".join(told)


def speaks(template: Template) -> bool:
    """Tell whether a template holds a word of its own: two letters in a row that are no code between backticks."""
    fixed = re.sub(
        r"`[^`]*`|--[\w-]+|<[^>]*>", " ", "\0".join(part if isinstance(part, str) else "" for part in template)
    )
    return re.search(r"[A-Za-z]{2,}", fixed) is not None
