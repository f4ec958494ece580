"""Hints of the survey room in the words of the command line: options instead of arguments."""

from __future__ import annotations

import re

from shteg.errors import ShtegError

MISSING = "declare the code missing in the data file, or list it under `missing` of the item in a --questionnaire"

_OF_FILES = (
    (r"say `nest=True` if codes repeat between strata", "give --nest if codes repeat between strata"),
    (r"set `lonely_psu` to", "set --lonely-psu to"),
    (r"list it under `missing`", MISSING),
)
_OF_CASES = (
    (r"set `lonely_psu` to", "set `lonely_psu` of design.toml to"),
    (r"list it under `missing`", "list it under `missing` of the item in questionnaire.toml"),
)
_OF_BOTH = (
    (r"then use estimate_means", "then ask for its mean with --means"),
    (r"then ask for its mean$", "then ask for its mean with --means"),
    (r", in Python `language=\"en\"`", ""),
    (r"^forget what was printed earlier$", "give --forget: what was printed earlier is forgotten"),
)
_PLACES = {
    "level": "--level",
    "letters": "--letters",
    "percent": "--percent",
    "by": "--by",
    "grouping": "--by",
    "groupings": "--by",
    "item": "--items",
    "source": "WAVE",
    "encoding": "--encoding",
    "language": "--language",
}


def speak_command_line(error: ShtegError, *, data_file: bool) -> None:
    """Put the hint and the place of an error in the words of `shteg tabulate`: of a data file, or of a wave's files."""
    for pattern, words in (*(_OF_FILES if data_file else _OF_CASES), *_OF_BOTH):
        error.hint = re.sub(pattern, lambda _, words=words: words, error.hint)  # type: ignore[misc]
    error.where = _PLACES.get(error.where, error.where)
