"""Checks of the tables: rows twice, sources and countries unknown, dates after the day of the case."""

from collections.abc import Iterator

from shteg.countries import country_name, is_country
from shteg.errors import Problem, UsageError
from shteg.evidence.files.csv_tables import CsvTable, Row
from shteg.evidence.files.draft import Draft, Known, unknown
from shteg.evidence.records.dates import DateInterval
from shteg.evidence.records.facts import SeekingSpell

PAST_COLUMNS = (
    "happened_on",
    "known_on",
    "member_since",
    "eu_member_since",
    "independent_on",
    "sought_from",
    "sought_to",
    "blocked_from",
    "blocked_to",
    "baseline_on",
    "status_on",
    "ended_on",
)
"""Columns whose dates must not lie after the day of the case; targets and deadlines may."""
COUNTRY_COLUMNS = ("member", "country", "actor", "candidate", "partner")


def check_duplicates(draft: Draft) -> Iterator[Problem]:
    """Find rows whose key stands in the table already."""
    for table in draft.tables.values():
        key = [name for name in table.spec.key if name in table.header]
        first: dict[tuple[str, ...], Row] = {}
        for row in table.rows:
            identity = tuple(row.cells[name].strip() for name in key)
            seen = first.setdefault(identity, row)
            if seen is row or not key:
                continue
            if seen.cells == row.cells:
                problem, hint = f"the row stands already in line {seen.line}", "delete one of the two"
            else:
                named = ", ".join(f"{name} `{value}`" for name, value in zip(key, identity, strict=True))
                problem = f"{named} stands already in line {seen.line}"
                hint = "keep the row with the better source, or correct one of them"
            yield draft.at_cell(table, row, key[0], problem, hint)


def check_row_sources(draft: Draft) -> Iterator[Problem]:
    """Find rows whose source is not in sources.toml."""
    known = draft.keys_of("sources.toml", "sources")
    for table in draft.tables.values():
        if "source" in table.header:
            yield from check_column(draft, table, "source", known, "source", "sources.toml")


def check_column(draft: Draft, table: CsvTable, column: str, known: Known, what: str, where: str) -> Iterator[Problem]:
    """Find the cells of a column that are not among the known ids; empty cells are left to the record."""
    for row in table.rows:
        word = row.cells.get(column, "").strip()
        if word and (failed := unknown(word, known, what, where)):
            yield draft.at_cell(table, row, column, *failed)


def check_dates(draft: Draft) -> Iterator[Problem]:
    """Find dates after the day as of which the case stands."""
    as_of = draft.as_of
    if as_of is None:
        return
    for table in draft.tables.values():
        columns = [name for name in PAST_COLUMNS if name in table.header]
        for row in table.rows:
            for column in columns:
                value = getattr(row.record, column, None)
                if isinstance(value, DateInterval) and value.first > as_of:
                    problem = f"`{column}` {value} lies after the day of the case, {as_of}"
                    hint = "correct the date, or move `as_of` in case.toml"
                    yield draft.at_cell(table, row, column, problem, hint)


def check_seeking(draft: Draft) -> Iterator[Problem]:
    """Find spells that end before they begin, or overlap with another of the same country."""
    table = draft.tables.get("seeking.csv")
    spells: dict[str, list[tuple[SeekingSpell, Row]]] = {}
    for row in table.rows if table else ():
        if isinstance(row.record, SeekingSpell):
            spells.setdefault(row.record.country, []).append((row.record, row))
    for of_country in spells.values():
        of_country.sort(key=lambda pair: pair[0].sought_from)
        for number, (spell, row) in enumerate(of_country):
            assert table is not None
            if spell.sought_to is not None and spell.sought_to.last < spell.sought_from.first:
                problem = f"the spell ends {spell.sought_to} before it begins {spell.sought_from}"
                yield draft.at_cell(table, row, "sought_to", problem, "exchange or correct the dates")
            if number and _overlap(of_country[number - 1][0], spell):
                line = of_country[number - 1][1].line
                problem = f"the spell of {spell.country} overlaps with the one in line {line}"
                yield draft.at_cell(table, row, "sought_from", problem, "end the earlier spell first, or join the two")


def _overlap(earlier: SeekingSpell, later: SeekingSpell) -> bool:
    return earlier.sought_to is None or earlier.sought_to.first > later.sought_from.last


def check_blocks(draft: Draft) -> Iterator[Problem]:
    """Find blocks of a step that does not exist."""
    table = draft.tables.get("blocks.csv")
    if table is not None:
        yield from check_column(draft, table, "step", draft.ids_of("steps.toml", "steps"), "step", "steps.toml")


def check_country_names(draft: Draft) -> Iterator[Problem]:
    """Find country codes that have no name: neither in case.toml, nor in members.csv, nor in CLDR."""
    named = draft.keys_of("case.toml", "names")
    members = draft.column("members.csv", "member")
    if "case.toml" not in draft.tomls or members is None:
        return
    known = (named or frozenset()) | members
    hint = "name it in case.toml under [names.{0}], in each language"
    said: set[str] = set()
    for key in ("aspirant", "disputant"):
        code = draft.raw("case.toml", key)
        if isinstance(code, str) and is_country(code) and code not in known and _nameless(code, draft.languages):
            said.add(code)
            yield draft.at_key("case.toml", (key,), f"the country `{code}` has no name", hint.format(code))
    for table in draft.tables.values():
        for column in (name for name in COUNTRY_COLUMNS if name in table.header):
            for row in table.rows:
                code = row.cells[column].strip()
                if code not in known and code not in said and is_country(code) and _nameless(code, draft.languages):
                    said.add(code)
                    problem = f"the country `{code}` has no name"
                    yield draft.at_cell(table, row, column, problem, hint.format(code))


def _nameless(code: str, languages: tuple[str, ...]) -> bool:
    try:
        return not all(country_name(code, language) for language in languages if is_language(language))
    except UsageError:
        return True


def is_language(code: str) -> bool:
    """Tell whether CLDR knows a language, so that numbers, dates and countries can be written in it."""
    from babel.localedata import exists

    return code.isascii() and code.isalpha() and code.islower() and bool(exists(code))
