"""Checks across files: what one file names must stand in another, and every text in every language."""

from collections.abc import Iterator

from pydantic import BaseModel

from shteg.countries import is_country
from shteg.errors import Problem
from shteg.evidence.checks.rows import check_column, is_language
from shteg.evidence.files.draft import Draft, Known, texts_in, unknown
from shteg.evidence.files.explain_invalid import nearest, suggest
from shteg.evidence.records.base import Localised
from shteg.evidence.records.case import PRINTED_LANGUAGES

TABLE_REFERENCES = (
    ("ratifications.csv", "member", "members.csv", "member", "member"),
    ("acts.csv", "item", "items.toml", "items", "item"),
    ("blocks.csv", "member", "members.csv", "member", "member"),
    ("covariates.csv", "variable", "variables.toml", "variables", "variable"),
    ("readings.csv", "requirement", "requirements.csv", "id", "requirement"),
    ("surveys/published.csv", "question", "surveys/questions.toml", "questions", "question"),
    ("surveys/population.csv", "scheme", "surveys/schemes.toml", "schemes", "scheme"),
)
"""File and column; file and column or table that must hold it; the word for it."""
WALKERS = (
    ("ladder.csv", "country"),
    ("seeking.csv", "country"),
    ("ratifications.csv", "candidate"),
    ("blocks.csv", "country"),
)


def check_table_references(draft: Draft) -> Iterator[Problem]:
    """Find rows that name a member, item, requirement, question or scheme which does not exist."""
    for file, column, other, key, what in TABLE_REFERENCES:
        table = draft.tables.get(file)
        if table is None:
            continue
        if not draft.folder.exists(other):
            yield Problem(other, 0, 0, f"the file is missing: {file} needs it", f"add {other}; see docs/case-format.md")
            continue
        known = draft.column(other, key) if other.endswith(".csv") else draft.keys_of(other, key)
        yield from check_column(draft, table, column, known, what, other)
    if draft.folder.exists("countries.csv"):
        countries, members = draft.column("countries.csv", "country"), draft.column("members.csv", "member")
        known = None if countries is None or members is None else countries | members
        for file, column in WALKERS:
            if file in draft.tables:
                where = "countries.csv or members.csv"
                yield from check_column(draft, draft.tables[file], column, known, "country", where)


def check_partners(draft: Draft) -> Iterator[Problem]:
    """Find partners that look like a country code and are none."""
    table = draft.tables.get("partnerships.csv")
    for row in table.rows if table else ():
        code = row.cells.get("partner", "").strip()
        if len(code) == 3 and code.isalpha() and code.isupper() and not is_country(code):
            assert table is not None
            hint = "use the ISO 3166-1 alpha-3 code of a country, or a lower-case id for a body"
            yield draft.at_cell(table, row, "partner", f"`{code}` is not a country code", hint)


def check_requirement_areas(draft: Draft) -> Iterator[Problem]:
    """Find requirements whose area has no title anywhere."""
    table = draft.tables.get("requirements.csv")
    areas, groups = draft.ids_of("pathways.toml", "areas"), draft.ids_of("recommendations.toml", "areas")
    if table is not None and areas is not None and groups is not None:
        where = "the areas of pathways.toml or recommendations.toml"
        yield from check_column(draft, table, "area", areas | groups, "area", where)


def check_ladder_events(draft: Draft) -> Iterator[Problem]:
    """Find events of the ladder that no step counts, though one is spelt almost the same."""
    table = draft.tables.get("ladder.csv")
    steps = draft.tables_of("steps.toml", "steps")
    counted = {event for _, step in steps for _, event in texts_in(step.get("events"))}
    for row in table.rows if table else ():
        event = row.cells.get("event", "").strip()
        if event not in counted and (near := nearest(event, counted)) and _almost(event, near):
            assert table is not None
            problem = f"no step counts the event `{event}`"
            yield draft.at_cell(table, row, "event", problem, f"did you mean `{near}`?")


def _almost(one: str, other: str) -> bool:
    from difflib import SequenceMatcher

    return SequenceMatcher(None, one, other).ratio() > 0.85


def check_toml_sources(draft: Draft) -> Iterator[Problem]:
    """Find parameters, steps, measures and others whose source is not in sources.toml."""
    known = draft.keys_of("sources.toml", "sources")
    for file, path, annotation, value in draft.walk():
        if not isinstance(annotation, type) or not issubclass(annotation, BaseModel) or not isinstance(value, dict):
            continue
        source = value.get("source")
        if "source" in annotation.model_fields and isinstance(source, str) and source:
            failed = unknown(source, known, "source", "sources.toml")
            if failed:
                yield draft.at_key(file, (*path, "source"), *failed)


def check_languages(draft: Draft) -> Iterator[Problem]:
    """Find texts that lack a language of the case, or have one that the case does not know."""
    languages = draft.languages
    if not languages:
        return
    for file, path, annotation, value in draft.walk():
        if annotation is not Localised or not isinstance(value, dict):
            continue
        name = str(path[-1]) if path else ""
        for language in languages:
            if language not in value:
                hint = f'add {language} = "…"'
                yield draft.at_key(file, path, f"`{name}` is missing in the language `{language}`", hint)
        for language in value:
            if language not in languages:
                problem = f"`{language}` is not a language of this case"
                yield draft.at_key(file, (*path, language), problem, suggest(language, languages, "remove it"))


def check_case_languages(draft: Draft) -> Iterator[Problem]:
    """Find languages of the case that nobody knows, in which no page can be printed, or that are named twice."""
    named = texts_in(draft.raw("case.toml", "languages"))
    for number, language in named:
        if not is_language(language):
            problem = f"`{language}` is not a language that CLDR knows"
            yield draft.at_key("case.toml", ("languages", number), problem, 'write its code, for example "en" or "sq"')
        elif language not in PRINTED_LANGUAGES:
            problem = f"pages cannot be printed in `{language}`: shteg has no messages in it"
            hint = f"it may be: {', '.join(PRINTED_LANGUAGES)}"
            yield draft.at_key("case.toml", ("languages", number), problem, hint)
        elif any(other == language for place, other in named if place < number):
            yield draft.at_key("case.toml", ("languages", number), f"`{language}` is named twice", "name it once")


def check_texts(draft: Draft) -> Iterator[Problem]:
    """Find texts that exist in one language and lack another."""
    languages = draft.languages
    names = sorted({name for of_language in draft.texts.values() for name in of_language})
    for name in names:
        have = [language for language in languages if name in draft.texts.get(language, {})]
        for language in languages:
            missing = f"text/{language}/{name}.md"
            if language not in have and have and not draft.folder.exists(missing):
                problem = f"the text is missing in `{language}`; it exists in {', '.join(f'`{one}`' for one in have)}"
                yield Problem(missing, 0, 0, problem, "translate it: nothing is published in one language only")


def check_case_countries(draft: Draft) -> Iterator[Problem]:
    """Find an aspirant that is already a member, or disputes with itself."""
    members: Known = draft.column("members.csv", "member")
    aspirant, disputant = draft.aspirant, draft.raw("case.toml", "disputant")
    if aspirant and members and aspirant in members:
        problem = f"the aspirant `{aspirant}` is in members.csv"
        yield draft.at_key("case.toml", ("aspirant",), problem, "a member does not decide on its own accession")
    if aspirant is not None and aspirant == disputant:
        hint = "name the other state, or remove `disputant`"
        yield draft.at_key("case.toml", ("disputant",), "aspirant and disputant are the same country", hint)
