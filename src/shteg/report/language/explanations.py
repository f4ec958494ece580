"""The sentences that a stage made of its results: a message, filled with names, values and shares."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from shteg.estimates import Value
from shteg.report.edition_view import AT
from shteg.report.language.cells import format_cell
from shteg.report.language.lists import join_words
from shteg.report.language.marked import Placed, Quoted
from shteg.report.language.messages import Lexicon, in_sentence, look_up, message
from shteg.report.language.values import format_value

TABLE, FILLS = "pathways.explanations", "fills"
TITLE_LISTS = ("measures", "names")
"""Placeholders that are filled by lists of titles."""
_FORMS = {"share": "open", "points": "points"}
"""How the number of a part is printed, by the kind of the part."""


def render_explanations(
    rows: Iterable[Mapping[str, Any]], language: str, lexicon: Lexicon, values: Mapping[str, Value]
) -> list[str]:
    """Write the sentences of a table with columns `key` and `fills`.

    Parameters
    ----------
    rows : iterable of mapping
        `fills` is JSON: placeholder → list of parts, joined as a sentence joins them. A part is a lexicon id, which
        may begin with `stance+`, `rate+` or `ratification+` to say what of it is meant; `value:<id>`;
        `share:<number>`, printed as a percentage; `points:<number>`, printed in percentage points; or text as it is.
    language : str
        Such as "en" or "sq".
    lexicon : mapping
        Names of the ids.
    values : mapping of id to Value
        Those that the parts may name.

    Returns
    -------
    list of str
        Each knows its figures (`Marked`).
    """
    sentences = []
    for at, row in enumerate(rows):
        place = row.get(AT, at)
        printed = {
            name: join_words(
                (_part(part, language, lexicon, values, f"{name}.{k}", place) for k, part in enumerate(parts)), language
            )
            for name, parts in json.loads(row[FILLS]).items()
        }
        sentences.append(message(language, row["key"], printed))
    return sentences


def number_inside(content: str, place: str) -> float:
    """Read a number that stands inside a cell of JSON, by its place in it, such as `share.0`.

    Raises
    ------
    KeyError, IndexError, ValueError
        There is no number.
    """
    found = json.loads(content)
    for step in place.split("."):
        found = found[int(step)] if isinstance(found, list) else found[step]
    if isinstance(found, list):  # a number and its decimals
        found = found[0]
    return float(found.partition(":")[2] if isinstance(found, str) else found)


def _part(part: str, language: str, lexicon: Lexicon, values: Mapping[str, Value], place: str, row: int) -> str:
    """Print a part; a title that stands in a list of titles in quotation marks (alone, the message has them)."""
    kind, _, rest = part.partition(":")
    if kind == "value" and rest in values:
        return Quoted(format_value(values[rest], language, lexicon=lexicon), rest)
    if kind in _FORMS:
        form = _FORMS[kind]
        number = float(rest)
        printed = Placed(format_cell(number, form, language), number, (TABLE, row, f"{FILLS}.{place}"), form)
        return message(language, "sentence.pathways.points", {"number": printed}) if kind == "points" else printed
    of, plus, named = part.partition("+")
    if plus and ":" in named:
        return message(
            language, f"sentence.pathways.{of}", {"name": look_up(in_sentence(named, lexicon), language, lexicon)}
        )
    title = look_up(in_sentence(part, lexicon), language, lexicon)
    return f"“{title}”" if place.partition(".")[0] in TITLE_LISTS and kind in ("measure", "parameter") else title
