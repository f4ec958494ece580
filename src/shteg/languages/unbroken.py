"""What no line may break: an abbreviation before its case ending (“KMSH-ja”), a number before its unit."""

from __future__ import annotations

import re
from collections.abc import Mapping

NO_BREAK_HYPHEN = "\u2011"
NO_BREAK_SPACE = "\u00a0"
_ENDING = re.compile(r"(?<=[A-ZÇË]{2})-(?=[a-zçë])")
"""The hyphen between capital letters and what is inflected behind them."""


def unbroken(text: str) -> str:
    """Write the hyphen before a case ending as one that no line breaks at; all else stays."""
    return _ENDING.sub(NO_BREAK_HYPHEN, text) if "-" in text else text


def unbroken_words(words: Mapping[str, str]) -> dict[str, str]:
    """Write every text of a mapping so."""
    return {key: unbroken(text) for key, text in words.items()}
