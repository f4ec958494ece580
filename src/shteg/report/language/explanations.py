"""The sentences that a stage made of its results: a message, filled with names, values and shares."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from shteg.estimates import Value
from shteg.report.language.lists import join_words
from shteg.report.language.locale import exact, format_number
from shteg.report.language.messages import Lexicon, look_up, message
from shteg.report.language.values import format_share, format_value

POINTS_DECIMALS = 1
TITLE_LISTS = ("measures", "names")
"""Placeholders that are filled by lists of titles."""


def render_explanations(
    rows: Iterable[Mapping[str, Any]], language: str, lexicon: Lexicon, values: Mapping[str, Value]
) -> list[str]:
    """Write the sentences of a table with columns `key` and `fills`.

    `fills` is JSON: placeholder → list of parts, joined as a sentence joins them. A part is a lexicon id, which may
    begin with `stance+`, `rate+` or `ratification+` to say what of it is meant; `value:<id>`; `share:<number>`,
    printed as a percentage; `points:<number>`, printed in percentage points; or text as it is.
    """
    sentences = []
    for row in rows:
        fills = json.loads(row["fills"])
        printed = {
            name: join_words([_listed(name, part, language, lexicon, values) for part in parts], language)
            for name, parts in fills.items()
        }
        sentences.append(message(language, row["key"], printed))
    return sentences


def _listed(name: str, part: str, language: str, lexicon: Lexicon, values: Mapping[str, Value]) -> str:
    """Put a title that stands in a list of titles in quotation marks; where it stands alone, the message has them."""
    printed = _part(part, language, lexicon, values)
    return f"“{printed}”" if name in TITLE_LISTS and part.startswith(("measure:", "parameter:")) else printed


def _part(part: str, language: str, lexicon: Lexicon, values: Mapping[str, Value]) -> str:
    kind, _, rest = part.partition(":")
    if kind == "value" and rest in values:
        return format_value(values[rest], language, lexicon=lexicon)
    if kind == "share":
        return format_share(float(rest), language)
    if kind == "points":
        number = format_number(exact(float(rest)) * 100, language, POINTS_DECIMALS)
        return message(language, "sentence.pathways.points", {"number": number})
    of, plus, named = part.partition("+")
    if plus and ":" in named:
        return message(language, f"sentence.pathways.{of}", {"name": look_up(named, language, lexicon)})
    return look_up(part, language, lexicon)
