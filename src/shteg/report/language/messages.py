"""User-visible messages in every language: `messages/<language>/<stage>.toml`, flat keys, `{placeholders}`.

A key may have plural forms: `unit.days.one`, `unit.days.other`. A placeholder filled with a lexicon id (“country:ESP”)
is looked up in the lexicon of the edition; a country then stands as it does inside a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from shteg.errors import EditionError, Problem, UsageError
from shteg.languages import as_language, check_given, lacking, package_languages
from shteg.languages.catalogue import PLACEHOLDER, package_files
from shteg.languages.grammar import plural_categories
from shteg.languages.unbroken import unbroken_words
from shteg.languages.wanted import plural_form, plural_stems
from shteg.report.language.locale import locale_of
from shteg.report.language.marked import Marked, join

IN_LANGUAGE = "language.column"
LEXICON_ID = re.compile(r"[a-z][a-z_-]*:[^\s:][^:]*")

Lexicon = Mapping[str, Mapping[str, str]]


def message(language: str, key: str, args: Mapping[str, str] | None = None, lexicon: Lexicon | None = None) -> str:
    """Fill a message.

    Parameters
    ----------
    language : str
        Language of the catalogue.
    key : str
        Such as `value.survey.published`.
    args : mapping, optional
        Text or lexicon ids, by placeholder.
    lexicon : mapping, optional
        `{"country:ESP": {"en": "Spain", "sq": "Spanja"}}`.

    Returns
    -------
    str
        It knows its figures (`Marked`) where an argument does.

    Raises
    ------
    UsageError
        Unknown language or key, or a placeholder without an argument.
    EditionError
        An argument is a lexicon id that the lexicon does not hold in this language.
    """
    catalogue = catalog(language)
    if key not in catalogue:
        near = get_close_matches(key, catalogue, 1)
        hint = f"did you mean {near[0]}?" if near else f"add it to messages/{language}/ and to every other language"
        raise UsageError(f"no message {key}", hint, f"messages/{language}")
    words = _divided(catalogue[key])
    if not args and len(words) == 1:
        return words[0]
    filled = {name: _argument(name, text, language, lexicon or {}) for name, text in (args or {}).items()}
    missing = set(words[1::2]) - filled.keys()
    if missing:
        given = ", ".join(sorted(filled)) or "none"
        raise UsageError(f"message {key} lacks {', '.join(sorted(missing))}", f"arguments given: {given}", language)
    return join("", (filled[part] if at % 2 else part for at, part in enumerate(words)))


@cache
def _divided(text: str) -> tuple[str, ...]:
    """Divide a message at its placeholders: their names stand between plain words."""
    return tuple(PLACEHOLDER.split(text))


def _argument(name: str, text: str, language: str, lexicon: Lexicon) -> str:
    """Look an argument up: as a lexicon id, else as a word of the kind that the placeholder is called after."""
    if isinstance(text, Marked):
        return text
    key = f"{name}:{text}"
    return look_up(in_sentence(key if text not in lexicon and key in lexicon else text, lexicon), language, lexicon)


def in_sentence(key: str, lexicon: Lexicon) -> str:
    """Give the id that names a country inside a sentence, with its article for example; any other id as it is."""
    kind, _, code = key.partition(":")
    inside = f"in-sentence:{code}"
    return inside if kind in ("country", "member") and inside in lexicon else key


def has_message(language: str, key: str) -> bool:
    """Tell whether a catalogue holds a key."""
    return key in catalog(language)


def look_up(text: str, language: str, lexicon: Lexicon) -> str:
    """Give the lexicon's text for an id such as `country:ESP`, and any other text as it is.

    Parameters
    ----------
    text : str
        A lexicon id, or any other text.
    language : str
        Such as "en" or "sq".
    lexicon : mapping
        Names by id and language.

    Returns
    -------
    str

    Raises
    ------
    EditionError
        It is an id that has no name in this language.
    """
    if text in lexicon and language in lexicon[text]:
        return lexicon[text][language]
    if not LEXICON_ID.fullmatch(text):
        return text
    if text.partition(":")[0] not in {key.partition(":")[0] for key in lexicon}:
        return text  # a text that holds a colon, not an id
    raise EditionError(f"the lexicon has no {text} in language {language}", "name it in the case", text)


def column_name(language: str, table: str, column: str) -> str:
    """Name a column for readers, in the words of the stage that made the table.

    Parameters
    ----------
    language : str
        Language of the catalogue.
    table : str
        `<stage>.<table>`; the stage's own file is asked first, because a column may mean another thing elsewhere.
    column : str
        Name of the column; one that a table has in each language, `title_<language>`, is named once for all. Without
        words in any file it is given back with blanks for underscores.

    Returns
    -------
    str
    """
    found = _column(language, table, column)
    field, _, code = column.rpartition("_")
    named = _column(language, table, field) if found is None and field else None
    if named and (tongue := locale_of(language).languages.get(code)):
        found = message(language, IN_LANGUAGE, {"column": named, "language": str(tongue)})
    return found or column.replace("_", " ")


def _column(language: str, table: str, column: str) -> str | None:
    key, texts = f"column.{column}", catalog(language)
    return texts.get(f"{key}@{table.partition('.')[0]}") or texts.get(key)


def catalog(language: str) -> Mapping[str, str]:
    """Give all messages of a language, those of the case with it where it is a language of an edition.

    Raises
    ------
    UsageError
        There is no such catalogue, or a file is damaged.
    """
    return as_language(language).messages


def catalog_files(language: str) -> Mapping[str, Mapping[str, str]]:
    """Give every file of a language of the package: `{file name without suffix: {key: text}}`.

    Raises
    ------
    UsageError
        The package has no such language, or a file is damaged.
    """
    if language not in languages():
        raise UsageError(
            f"there are no messages in language {str(language)!r}", f"known are {', '.join(languages())}", language
        )
    return {name: unbroken_words(given.messages) for name, given in package_files(str(language)).items()}


def languages() -> tuple[str, ...]:
    """List the languages that the package has messages in."""
    return package_languages()


def check_languages(spoken: Iterable[str]) -> tuple[Problem, ...]:
    """Find what keeps languages from being printed: no messages, some missing, or some that do not fit.

    Parameters
    ----------
    spoken : iterable of str
        Those of an edition.

    Returns
    -------
    tuple of Problem
        One for all messages that a language lacks, one for each that is wrong.
    """
    problems = []
    for language in map(as_language, spoken):
        file = f"messages/{language}.toml"
        problems += [Problem(file, 0, 0, *told) for _, *told in check_given(language.code, language.given)]
        problems += [Problem(file, 0, 0, *told) for told in lacking(language)]
    return tuple(problems)


def check_messages() -> tuple[Problem, ...]:
    """Compare the catalogues: same files, keys and placeholders in every language, one text per key.

    Only names of columns (`column.…`) may differ between stages; `column_name` asks the stage of the table first. A
    message with plural forms needs those that CLDR has for the language.
    """
    problems: list[Problem] = []
    files = {language: catalog_files(language) for language in languages()}
    names = sorted(set().union(*files.values()))
    for name in names:
        every = {key: text for found in files.values() for key, text in found.get(name, {}).items()}
        stems = plural_stems(every)
        for language, found in files.items():
            problems += _lacking(language, name, found.get(name, {}), every, stems)
        for key in sorted(every):
            forms = {
                language: sorted(set(PLACEHOLDER.findall(found[name][key])))
                for language, found in files.items()
                if key in found.get(name, {})
            }
            if len({tuple(form) for form in forms.values()}) > 1:
                hint = "; ".join(f"{language}: {', '.join(form) or 'none'}" for language, form in sorted(forms.items()))
                problems.append(Problem(f"messages/*/{name}.toml", 0, 0, f"placeholders of {key} differ", hint))
    for language, found in files.items():
        problems.extend(_two_texts(language, found))
    return tuple(sorted(problems))


def _lacking(
    language: str, name: str, texts: Mapping[str, str], every: Mapping[str, str], stems: frozenset[str]
) -> Iterator[Problem]:
    """Find the messages of one file that a language lacks; plural forms are those of the language."""
    categories = plural_categories(as_language(language).grammar.locale)
    for key in sorted(every):
        form = plural_form(key, stems)
        if form in ("", *categories) and key not in texts:
            yield Problem(f"messages/{language}/{name}.toml", 0, 0, f"no message {key}", "translate it")
    for stem in sorted(stems):
        for category in categories:
            key = f"{stem}.{category}"
            if key not in texts and key not in every:
                hint = f"{language} counts with {', '.join(categories)}"
                yield Problem(f"messages/{language}/{name}.toml", 0, 0, f"no message {key}", hint)


def _two_texts(language: str, files: Mapping[str, Mapping[str, str]]) -> list[Problem]:
    first: dict[str, tuple[str, str]] = {}
    problems = []
    for name, texts in files.items():
        for key, text in texts.items():
            if not text.strip():
                problems.append(Problem(f"messages/{language}/{name}.toml", 0, 0, f"{key} is empty", "write its text"))
            where, known = first.setdefault(key, (name, text))
            if known != text and not key.startswith("column."):  # a column may mean another thing in another stage
                problem = f"{key} differs from the text in {where}.toml"
                problems.append(Problem(f"messages/{language}/{name}.toml", 0, 0, problem, "use one wording"))
    return problems
