"""Changes to a text file: lines that stay keep their bytes, with the line ends they had."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher, unified_diff

from shteg.errors import UsageError

BOM = "\ufeff"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+\Z")
MOST_LINES = 400
"""Lines of a difference that are shown."""


def shown_text(raw: bytes) -> str:
    """Give a file as an editor shows it: without byte order mark, lines ended by line feeds.

    Raises
    ------
    UsageError
        It is not UTF-8.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError("the file is not UTF-8", "save it as UTF-8 with a text editor") from error
    return text.removeprefix(BOM).replace("\r\n", "\n").replace("\r", "\n")


def changed_text(raw: bytes, text: str) -> bytes:
    """Give the file with another text; every line that stays keeps its bytes, new ones the line end that is usual."""
    before = raw.decode("utf-8")
    marked, before = before.startswith(BOM), before.removeprefix(BOM)
    lines = _LINE.findall(before)
    ends = Counter(end for line in lines if (end := line[len(line.rstrip("\r\n")) :]))
    usual = ends.most_common(1)[0][0] if ends else "\n"
    plain = [line.rstrip("\r\n") + ("\n" if line.endswith(("\n", "\r")) else "") for line in lines]
    wanted = _LINE.findall(text.replace("\r\n", "\n").replace("\r", "\n"))
    out: list[str] = []
    for what, first, last, begin, end in SequenceMatcher(None, plain, wanted, autojunk=False).get_opcodes():
        if what == "equal":
            out += lines[first:last]
        else:
            out += [line.removesuffix("\n") + usual if line.endswith("\n") else line for line in wanted[begin:end]]
    return ((BOM if marked else "") + "".join(out)).encode("utf-8")


def difference(mine: bytes, theirs: bytes, name: str) -> str:
    """Say line by line how two contents of a file differ; longer differences are cut off and say so.

    Parameters
    ----------
    mine, theirs : bytes
        The content before and after.
    name : str
        Of the file.

    Returns
    -------
    str
    """
    before, after = (one.decode("utf-8", "replace").splitlines() for one in (mine, theirs))
    lines = list(unified_diff(before, after, fromfile=name, tofile=name, lineterm="", n=1))
    return "\n".join(lines[:MOST_LINES] + (["…"] if len(lines) > MOST_LINES else []))
