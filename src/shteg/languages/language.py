"""A language that something is printed in: its code, and with it all that the package and a case say in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType

from shteg.errors import EditionError, UsageError
from shteg.languages.catalogue import NOTHING, Given, package_given, package_languages, read_given
from shteg.languages.grammar import Grammar, find_locale, read_grammar
from shteg.languages.unbroken import unbroken_words


class Language(str):
    """The code of a language, equal to that code, that carries what a case adds to the messages of the package.

    Whatever prints takes a code or one of these: two cases that have another “sr” each print their own.

    Parameters
    ----------
    code : str
        Such as "en".
    given : Given
        The messages of the case; its texts count before those of the package.
    """

    given: Given

    def __new__(cls, code: str, given: Given = NOTHING) -> Language:
        """Make a code that carries messages."""
        language = super().__new__(cls, code)
        language.given = given
        return language

    def __reduce__(self) -> tuple[type[Language], tuple[str, Given]]:
        """Go to another process without what was made of the messages here."""
        return Language, (self.code, self.given)

    @property
    def code(self) -> str:
        """The bare code."""
        return str.__str__(self)

    @property
    def tag(self) -> str:
        """The code for readers' programs (BCP 47), with the script where the locale names one: `sr-Latn`."""
        locale = find_locale(self.grammar.locale)
        return f"{self.code}-{locale.script}" if locale and locale.script else self.code

    @property
    def known(self) -> bool:
        """Whether there is a message in it, of the package or of the case."""
        return self.code in package_languages() or bool(self.given.messages)

    @cached_property
    def messages(self) -> Mapping[str, str]:
        """All messages, by key.

        Raises
        ------
        UsageError
            There is none.
        """
        if not self.known:
            raise UsageError(
                f"there are no messages in language {self.code!r}",
                f"known are {', '.join(package_languages())}; messages/{self.code}.toml of a case can add it",
                self.code,
            )
        return MappingProxyType(unbroken_words({**package_given(self.code).messages, **self.given.messages}))

    @cached_property
    def grammar(self) -> Grammar:
        """How the language writes numbers, dates and names.

        Raises
        ------
        UsageError
            The table `[language]` of its messages is damaged, or CLDR does not know the language.
        """
        grammar, faults = read_grammar({**package_given(self.code).table, **self.given.table}, self.code)
        if faults:
            raise UsageError(faults[0].problem, faults[0].hint, f"messages/{self.code}")
        return grammar


def as_language(language: str) -> Language:
    """Give a language as it is, and a bare code with the messages of the package alone."""
    return language if isinstance(language, Language) else _of_package(language)


@cache
def _of_package(code: str) -> Language:
    return Language(code)


def read_language(folder: Path, code: str) -> Language:
    """Give a language with the messages that an edition keeps of it, `<folder>/<code>.json`, if it keeps any.

    Raises
    ------
    EditionError
        The file is damaged.
    """
    path = folder / f"{code}.json"
    if not path.exists():
        return Language(code)
    try:
        return Language(code, read_given(dict(json.loads(path.read_text(encoding="utf-8")))))
    except (OSError, TypeError, ValueError) as error:
        raise EditionError(
            f"a file of the edition is damaged: {error}", "build the edition again", str(path)
        ) from error
