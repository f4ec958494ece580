"""User-visible messages in every language: `messages/<language>/<stage>.toml`, flat keys, `{placeholders}`.

A key may have plural forms: `unit.days.one`, `unit.days.other`. A placeholder filled with a lexicon id (“country:ESP”)
is looked up in the lexicon of the edition; a country then stands as it does inside a sentence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from importlib import resources
from types import MappingProxyType

from shteg.errors import EditionError, Problem, UsageError
from shteg.report.language.marked import Marked, join

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
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
        Name of the column. Without words in any file it is given back with blanks for underscores.

    Returns
    -------
    str
    """
    key = f"column.{column}"
    own = catalog_files(language).get(table.partition(".")[0], {})
    return own.get(key) or catalog(language).get(key) or column.replace("_", " ")


@cache
def catalog(language: str) -> Mapping[str, str]:
    """Load all messages of a language; where two files hold a key, the first file by name counts.

    Raises
    ------
    UsageError
        There is no such catalogue, or a file is damaged.
    """
    messages: dict[str, str] = {}
    for texts in catalog_files(language).values():
        for key, text in texts.items():
            messages.setdefault(key, text)
    return MappingProxyType(messages)


@cache
def catalog_files(language: str) -> Mapping[str, Mapping[str, str]]:
    """Read every file of a language: `{file name without suffix: {key: text}}`."""
    folder = resources.files("shteg.report") / "messages" / language
    if not folder.is_dir():
        raise UsageError(
            f"there are no messages in language {language!r}", f"known are {', '.join(languages())}", language
        )
    found = {}
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        if not path.name.endswith(".toml"):
            continue
        try:
            found[path.name[:-5]] = _flat(tomllib.loads(path.read_text(encoding="utf-8")))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(
                f"damaged messages: {error}", "mend the file", f"messages/{language}/{path.name}"
            ) from error
    return MappingProxyType(found)


@cache
def languages() -> tuple[str, ...]:
    """List the languages that have messages."""
    folder = resources.files("shteg.report") / "messages"
    return tuple(sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("_")))


def check_messages() -> tuple[Problem, ...]:
    """Compare the catalogues: same files, keys and placeholders in every language, one text per key.

    Only names of columns (`column.…`) may differ between stages; `column_name` asks the stage of the table first.
    """
    problems: list[Problem] = []
    files = {language: catalog_files(language) for language in languages()}
    names = sorted(set().union(*files.values()))
    for name in names:
        keys = sorted(set().union(*(files[language].get(name, {}) for language in files)))
        for key in keys:
            forms = {
                language: sorted(set(PLACEHOLDER.findall(found[name][key])))
                for language, found in files.items()
                if key in found.get(name, {})
            }
            for language in files.keys() - forms.keys():
                hint = f"translate it from {', '.join(forms)}"
                problems.append(Problem(f"messages/{language}/{name}.toml", 0, 0, f"no message {key}", hint))
            if len({tuple(form) for form in forms.values()}) > 1:
                hint = "; ".join(f"{language}: {', '.join(form) or 'none'}" for language, form in sorted(forms.items()))
                problems.append(Problem(f"messages/*/{name}.toml", 0, 0, f"placeholders of {key} differ", hint))
    for language, found in files.items():
        problems.extend(_two_texts(language, found))
    return tuple(sorted(problems))


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


def _flat(tree: Mapping[str, object], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, found in tree.items():
        if isinstance(found, Mapping):
            flat |= _flat(found, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(found)
    return flat
