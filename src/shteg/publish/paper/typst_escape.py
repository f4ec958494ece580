"""Words and markup for Typst: nothing that an author writes can become an instruction."""

from __future__ import annotations

_SPECIAL = frozenset("\\#$*_`<>@=-+/[]~\"'~&{}()|:;!?.,")


def escape(text: str) -> str:
    r"""Escape plain characters for Typst's markup mode.

    Every ASCII punctuation mark gets a backslash, which Typst reads as the mark itself; line breaks become spaces.
    """
    return "".join(f"\\{mark}" if mark in _SPECIAL else " " if mark in "\r\n\t" else mark for mark in text)


def string(text: str) -> str:
    """Write a Typst string literal."""
    safe = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "").replace("\t", " ")
    return f'"{safe}"'
