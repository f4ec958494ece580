"""The words and formats of a language, as the writers of tables ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shteg.survey.tables.plan import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """A language of print: `say(key, args)` gives a sentence, `number(value, decimals)` and `percent(share, decimals)`
    write numbers. Keys are those of `tables.toml`."""

    language: str
    say: Callable[[str, Mapping[str, str]], str]
    number: Callable[[float, int], str]
    percent: Callable[[float, int], str]

    def text(self, words: Words, otherwise: str = "") -> str:
        """Give a text in this language; failing that, `otherwise`."""
        return words.get(self.language, otherwise)

    def tell(self, key: str, **args: str) -> str:
        """Fill the message `tables.<key>`."""
        return self.say(f"tables.{key}", args)
