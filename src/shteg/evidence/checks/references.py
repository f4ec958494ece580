"""Checks across files: what one file names must stand in another, by what the records declare."""

from collections.abc import Iterator, Sequence
from typing import get_args, get_origin

from shteg.countries import is_country
from shteg.errors import Problem
from shteg.evidence.files.csv_tables import CsvTable
from shteg.evidence.files.draft import Draft, Known, texts_in, unknown
from shteg.evidence.files.schema import strip_optional
from shteg.evidence.files.toml_positions import Path
from shteg.evidence.records.declarations import Record, Refers, marked
from shteg.evidence.records.files import FILES
from shteg.hints import nearest

ALMOST = 0.85
"""So alike are two labels of which one is a slip of the other."""
_REQUIRED = frozenset(spec.path for spec in FILES if spec.required)


def check_table_references(draft: Draft) -> Iterator[Problem]:
    """Find cells that name a source, member, item, requirement, question … which does not exist."""
    for table, column, refers in draft.marked(Refers):
        missing = [file for file, _ in refers.files if not draft.folder.exists(file)]
        if not missing or (refers.optional and refers.files[0][0] not in missing):
            yield from check_column(draft, table, column, draft.known(refers), refers.what, refers.where)
        elif not refers.optional and missing[0] not in _REQUIRED:  # that a required one is missing is said already
            hint = f"add {missing[0]}; see docs/case-format.md"
            yield Problem(missing[0], 0, 0, f"the file is missing: {table.name} needs it", hint)


def check_column(draft: Draft, table: CsvTable, column: str, known: Known, what: str, where: str) -> Iterator[Problem]:
    """Find the cells of a column that are not among the known ids; empty cells are left to the record.

    Parameters
    ----------
    draft : Draft
        The case.
    table : CsvTable
        One of its tables.
    column : str
        A column that it has.
    known : frozenset of str or None
        The ids there are; None finds nothing.
    what, where : str
        The word for such an id, and the file in which it must stand.

    Yields
    ------
    Problem
    """
    for row in table.rows:
        word = row.cells.get(column, "").strip()
        if word and (failed := unknown(word, known, what, where)):
            yield table.at(row, column, *failed)


def check_toml_references(draft: Draft) -> Iterator[Problem]:
    """Find keys and lists of TOML files that name what does not exist, or one thing twice."""
    for file, found in draft.walk():
        refers = found.mark(Refers)
        if refers is None:
            continue
        known = draft.known(refers)
        if refers.keys:
            names = list(found.value) if isinstance(found.value, dict) else []
            yield from _check_names(draft, file, [((*found.path, one), one) for one in names], known, refers)
        elif isinstance(found.value, list):
            entries = [((*found.path, number), one) for number, one in texts_in(found.value)]
            yield from _check_names(draft, file, entries, known, refers)
        elif isinstance(found.value, str) and found.value:
            yield from _check_names(draft, file, [(found.path, found.value)], known, refers)


def _check_names(
    draft: Draft, file: str, names: Sequence[tuple[Path, str]], known: Known, refers: Refers
) -> Iterator[Problem]:
    seen: set[str] = set()
    for path, word in names:
        if failed := unknown(word, known, refers.what, refers.where):
            yield draft.at_key(file, path, *failed)
        elif word in seen:
            yield draft.at_key(file, path, f"{refers.what} `{word}` is named twice", "name it once")
        seen.add(word)


def check_ids(draft: Draft) -> Iterator[Problem]:
    """Find ids that two entries of the same list share, and entries that name one thing twice."""
    for file, found in draft.walk():
        record = strip_optional(get_args(found.form)[0]) if get_origin(found.form) is tuple else None
        if not isinstance(record, type) or not issubclass(record, Record) or not isinstance(found.value, list):
            continue
        first: dict[str, Path] = {}
        for number, entry in enumerate(found.value):
            identifier = entry.get("id") if isinstance(entry, dict) else None
            path: Path = (*found.path, number, "id")
            if isinstance(identifier, str) and first.setdefault(identifier, path) != path:
                if refers := marked(record, Refers).get("id"):
                    problem, hint = f"{refers.what} `{identifier}` is named twice", "name it once"
                else:
                    line, _ = draft.tomls[file].place(first[identifier])
                    problem = f"the id `{identifier}` stands already in line {line}"
                    hint = "give one of the two another id"
                yield draft.at_key(file, path, problem, hint)


def check_partners(draft: Draft) -> Iterator[Problem]:
    """Find partners that look like a country code and are none."""
    table = draft.tables.get("partnerships.csv")
    for row in table.rows if table else ():
        code = row.cells.get("partner", "").strip()
        if len(code) == 3 and code.isalpha() and code.isupper() and not is_country(code):
            assert table is not None
            hint = "use the ISO 3166-1 alpha-3 code of a country, or a lower-case id for a body"
            yield table.at(row, "partner", f"`{code}` is not a country code", hint)


def check_ladder_events(draft: Draft) -> Iterator[Problem]:
    """Find events of the ladder that no step counts, though one is spelt almost the same."""
    table = draft.tables.get("ladder.csv")
    steps = draft.tables_of("steps.toml", "steps")
    counted = {event for _, step in steps for _, event in texts_in(step.get("events"))}
    for row in table.rows if table else ():
        event = row.cells.get("event", "").strip()
        if event not in counted and (near := nearest(event, counted, ALMOST)):
            assert table is not None
            problem = f"no step counts the event `{event}`"
            yield table.at(row, "event", problem, f"did you mean `{near}`?")


def check_case_countries(draft: Draft) -> Iterator[Problem]:
    """Find an aspirant that is already a member, or disputes with itself."""
    members = draft.column("members.csv", "member")
    aspirant, disputant = draft.aspirant, draft.raw("case.toml", "disputant")
    if aspirant and members and aspirant in members:
        problem = f"the aspirant `{aspirant}` is in members.csv"
        yield draft.at_key("case.toml", ("aspirant",), problem, "a member does not decide on its own accession")
    if aspirant is not None and aspirant == disputant:
        hint = "name the other state, or remove `disputant`"
        yield draft.at_key("case.toml", ("disputant",), "aspirant and disputant are the same country", hint)


CHECKS = (
    check_table_references,
    check_toml_references,
    check_ids,
    check_partners,
    check_ladder_events,
    check_case_countries,
)
