"""Which messages a language needs: the keys of the package, each plural form that CLDR asks of the language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from shteg.hints import nearest
from shteg.languages.catalogue import PLACEHOLDER, TABLE, Given, package_given, package_languages
from shteg.languages.grammar import plural_categories, read_grammar
from shteg.languages.language import Language

CATEGORIES = ("zero", "one", "two", "few", "many", "other")
MOST_NAMED = 10
"""Of more missing messages than this the first only are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A message that a language needs: its key, its text in a language of the package, and its placeholders.

    A plural form may name its number where the package does not: “1 day” is said of 21 too in some languages.
    """

    key: str
    text: str
    placeholders: tuple[str, ...]
    category: str = ""


def plural_stems(messages: Mapping[str, str]) -> frozenset[str]:
    """Find the messages that have plural forms: those with a text for “one” and one for “other”."""
    return frozenset(
        stem for key in messages if (stem := key.removesuffix(".other")) != key and f"{stem}.one" in messages
    )


def plural_form(key: str, stems: frozenset[str]) -> str:
    """Give the plural category that the last part of a key is; empty if it is none."""
    stem, _, category = key.rpartition(".")
    return category if category in CATEGORIES and stem in stems else ""


@cache
def _reference() -> Mapping[str, str]:
    """Every key of the package, with its text in the first language that has it."""
    found: dict[str, str] = {}
    for language in package_languages():
        for key, text in package_given(language).messages.items():
            found.setdefault(key, text)
    return MappingProxyType(found)


@cache
def wanted_messages(locale: str) -> Mapping[str, Wanted]:
    """List what a language needs, by key, in the order of the files of the package.

    Parameters
    ----------
    locale : str
        The CLDR locale, which says what plural forms there are.
    """
    reference = _reference()
    stems, categories = plural_stems(reference), plural_categories(locale)
    found: dict[str, Wanted] = {}
    for key, text in reference.items():
        category = plural_form(key, stems)
        stem = key.rpartition(".")[0]
        for one in categories if category else ("",):
            name = f"{stem}.{one}" if category else key
            other = reference[f"{stem}.other"] if category else text
            said = reference.get(name, other)
            found.setdefault(name, Wanted(key=name, text=said, placeholders=_placeholders(other), category=one))
    return MappingProxyType(found)


def _placeholders(text: str) -> tuple[str, ...]:
    return tuple(sorted(set(PLACEHOLDER.findall(text))))


def missing_messages(language: Language) -> tuple[Wanted, ...]:
    """List what a language needs and lacks, in the order of the files of the package."""
    if not language.known:
        return tuple(wanted_messages(language.code).values())
    have = language.messages
    return tuple(one for key, one in wanted_messages(language.grammar.locale).items() if key not in have)


def unused_messages(language: Language) -> tuple[str, ...]:
    """List the keys that a case gives and the package does not know, in the order of its file."""
    wanted = wanted_messages(language.grammar.locale)
    return tuple(key for key in language.given.messages if key not in wanted)


def check_given(code: str, given: Given) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Find what is wrong in the messages that a case gives, but for what they lack.

    Parameters
    ----------
    code : str
        The language.
    given : Given
        What its file holds.

    Yields
    ------
    path, problem, hint : tuple of str, str, str
        The path is below the file: the key as it is flat, or the keys below `[language]`.
    """
    grammar, faults = read_grammar({**package_given(code).table, **given.table}, code)
    for path, problem, hint in faults:
        yield (TABLE, *path), problem, hint
    wanted = wanted_messages(grammar.locale)
    for key, text in given.messages.items():
        if key not in wanted:
            near = nearest(key, wanted)
            yield (key,), f"shteg has no message `{key}`", f"did you mean `{near}`?" if near else "remove it"
        elif not text.strip():
            yield (key,), f"the message `{key}` is empty", "write its text, or delete the line"
        elif (found := _placeholders(text)) not in (wanted[key].placeholders, _placeholders(wanted[key].text)):
            problem = f"the placeholders of `{key}` are {_braced(found)}, not {_braced(wanted[key].placeholders)}"
            yield (key,), problem, f"the text in {package_languages()[0]}: “{wanted[key].text}”"


def _braced(names: Sequence[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names) or "none"


def lacking(language: Language) -> Iterator[tuple[str, str]]:
    """Say what messages a language lacks, all in one: problem and hint; nothing where it lacks none."""
    missing = missing_messages(language)
    if not missing:
        return
    hint = f"`shteg messages {language.code} CASE` lists them; with --write they are added, to be translated"
    if not language.known:
        yield f"pages cannot be printed in `{language.code}`: there is no message in it", hint
        return
    named = ", ".join(one.key for one in missing[:MOST_NAMED])
    more = f" … ({len(missing)} in all)" if len(missing) > MOST_NAMED else ""
    count = "1 message is" if len(missing) == 1 else f"{len(missing)} messages are"
    yield f"{count} missing in language `{language.code}`: {named}{more}", hint
