"""Checks of words: every text, label and country that readers see has its words in each language of the case."""

from collections.abc import Iterator

from shteg.countries import country_name, is_country
from shteg.errors import Problem, UsageError
from shteg.evidence.files.case_languages import spoken
from shteg.evidence.files.draft import Draft, texts_in
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.records.base import Localised
from shteg.evidence.records.declarations import CountryCode, Labelled
from shteg.languages import Language, lacking, package_languages


def check_labels(draft: Draft) -> Iterator[Problem]:
    """Find words that labels.toml does not name; each word is reported where it first stands."""
    if draft.keys_of("labels.toml", "labels") is None:
        return  # the file could not be parsed, or has no [labels]: reported elsewhere
    for table, column, labelled in draft.marked(Labelled):
        kind = labelled.kind
        found = draft.raw("labels.toml", "labels", kind)
        named = frozenset(found) if isinstance(found, dict) else frozenset()
        seen: set[str] = set()
        for row in table.rows:
            word = row.cells.get(column, "").strip()
            if not word or word in seen or word in named or _needs_none(word, kind):
                continue
            seen.add(word)
            hint = suggest(word, named, f'add `"{word}" = {{ en = "…", sq = "…" }}` under [labels.{kind}]')
            yield table.at(row, column, f"`{word}` has no name in labels.toml", hint)


def _needs_none(word: str, kind: str) -> bool:
    """Tell whether a word is a number, or a country, whose name is known."""
    return word.replace(".", "", 1).replace("-", "", 1).isdigit() or (kind == "partner" and is_country(word))


def check_languages(draft: Draft) -> Iterator[Problem]:
    """Find texts that lack a language of the case, or have one that the case does not know."""
    languages = draft.languages
    for file, found in draft.walk() if languages else ():
        if found.form is not Localised or not isinstance(found.value, dict):
            continue
        name = str(found.path[-1]) if found.path else ""
        for language in languages:
            if language not in found.value:
                problem = f"`{name}` is missing in the language `{language}`"
                hint = f'add {language} = "…"'
                if language in draft.words:
                    hint += f", or give it in words/{language}.toml"
                yield draft.at_key(file, found.path, problem, hint)
        for language in found.value:
            if language not in languages:
                problem = f"`{language}` is not a language of this case"
                yield draft.at_key(file, (*found.path, language), problem, suggest(language, languages, "remove it"))


def check_case_languages(draft: Draft) -> Iterator[Problem]:
    """Find languages of the case that nobody knows, in which no page can be printed, or that are named twice."""
    named = texts_in(draft.raw("case.toml", "languages"))
    for number, code in named:
        language, path = spoken(code, draft.messages), ("languages", number)
        if not is_language(code):
            problem = f"`{code}` is not a language that CLDR knows"
            yield draft.at_key("case.toml", path, problem, 'write its code, for example "en" or "sq"')
        elif not language.known:
            problem = f"pages cannot be printed in `{code}`: shteg has no messages in it"
            hint = f"it may be: {', '.join(package_languages())}; `shteg messages {code} --write` begins another"
            yield draft.at_key("case.toml", path, problem, hint)
        elif any(other == code for place, other in named if place < number):
            yield draft.at_key("case.toml", path, f"`{code}` is named twice", "name it once")
        else:
            for problem, hint in lacking(language):
                yield Problem(f"messages/{code}.toml", 0, 0, problem, hint)


def check_texts(draft: Draft) -> Iterator[Problem]:
    """Find texts that exist in one language and lack another."""
    languages = draft.languages
    names = sorted({name for of_language in draft.texts.values() for name in of_language})
    yield from _check_not_yet(draft, names)
    for name in names:
        have = [language for language in languages if name in draft.texts.get(language, {})]
        for language in languages:
            if language in draft.not_yet.get(name, ()):
                continue
            missing = f"text/{language}/{name}.md"
            if language not in have and have and not draft.folder.exists(missing):
                problem = f"the text is missing in `{language}`; it exists in {', '.join(f'`{one}`' for one in have)}"
                yield Problem(missing, 0, 0, problem, "translate it, or say so: `not_yet` in case.toml")


def _check_not_yet(draft: Draft, names: list[str]) -> Iterator[Problem]:
    """Find texts said to be missing that are no texts of the case, that are there, or that exist in no language."""
    for name, missing in draft.not_yet.items():
        if name not in names:
            problem, hint = f"`{name}` is no text of this case", suggest(name, names, "remove it")
            yield draft.at_key("case.toml", ("not_yet", name), problem, hint)
        for number, language in enumerate(missing):
            path = ("not_yet", name, number)
            if language not in draft.languages:
                hint = suggest(language, draft.languages, "remove it")
                yield draft.at_key("case.toml", path, f"`{language}` is not a language of this case", hint)
            elif name in draft.texts.get(language, {}):
                problem = f"the text `{name}` exists in `{language}`"
                yield draft.at_key("case.toml", path, problem, "take the language out of `not_yet`")


def check_country_names(draft: Draft) -> Iterator[Problem]:
    """Find country codes that have no name: neither in case.toml, nor in members.csv, nor in CLDR."""
    named = draft.keys_of("case.toml", "names")
    members = draft.column("members.csv", "member")
    if "case.toml" not in draft.tomls or members is None:
        return
    said = set((named or frozenset()) | members)
    hint = "name it in case.toml under [names.{0}], in each language"

    def nameless(code: object) -> bool:
        if not isinstance(code, str) or code in said or not is_country(code) or not _nameless(code, draft.languages):
            return False
        said.add(code)
        return True

    for key in ("aspirant", "disputant"):
        if nameless(code := draft.raw("case.toml", key)):
            yield draft.at_key("case.toml", (key,), f"the country `{code}` has no name", hint.format(code))
    for table, column, _ in draft.marked(CountryCode):
        for row in table.rows:
            if nameless(code := row.cells[column].strip()):
                yield table.at(row, column, f"the country `{code}` has no name", hint.format(code))


def _nameless(code: str, languages: tuple[Language, ...]) -> bool:
    try:
        return not all(country_name(code, one.grammar.locale) for one in languages if is_language(one))
    except UsageError:
        return True


def is_language(code: str) -> bool:
    """Tell whether CLDR knows a language, so that numbers, dates and countries can be written in it."""
    from babel.localedata import exists

    return code.isascii() and code.isalpha() and code.islower() and bool(exists(code))


def check_footnote_marks(draft: Draft) -> Iterator[Problem]:
    """Find marks of the note in languages that the case does not have, and marks without a note."""
    marks = draft.raw("case.toml", "footnote_marks")
    for language in marks if isinstance(marks, dict) and draft.languages else ():
        place = ("footnote_marks", language)
        if language not in draft.languages:
            problem = f"`{language}` is not a language of this case"
            yield draft.at_key("case.toml", place, problem, suggest(language, draft.languages, "remove it"))
        elif draft.raw("case.toml", "footnote") is None:
            yield draft.at_key("case.toml", place, "there is no `footnote` to mark", "write the note, or remove this")


def check_pictures_of_the_header(draft: Draft) -> Iterator[Problem]:
    """Find a cover or a logo in a case without pictures; where there are some, the id is looked for among them."""
    for key in ("cover", "logo"):
        if draft.raw("case.toml", key) is not None and not draft.folder.exists("images.toml"):
            problem = f"`{key}` names a picture, and the case has no images.toml"
            yield draft.at_key("case.toml", (key,), problem, "enter the picture in images.toml, or remove the key")


CHECKS = (
    check_labels,
    check_languages,
    check_case_languages,
    check_footnote_marks,
    check_pictures_of_the_header,
    check_texts,
    check_country_names,
)
