"""How the parts of generated sentences are joined."""

from __future__ import annotations

from collections.abc import Iterable

from shteg.report.language.marked import join
from shteg.report.language.messages import message


def join_words(parts: Iterable[str], language: str) -> str:
    """Join parts as a sentence does: “a”, “a and b”, “a, b and c”."""
    *head, last = list(parts) or [""]
    if not head:
        return last
    return message(language, "list.and", {"head": join(", ", head), "last": last})


def join_clauses(parts: Iterable[str]) -> str:
    """Join clauses that hold commas themselves."""
    return join("; ", parts)
