"""Which file of a case stands on which sheet of a workbook, and in which columns."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shteg.evidence.book.forms import Form, form_of_field, is_grid
from shteg.evidence.files.schema import strip_optional
from shteg.evidence.records.base import Localised
from shteg.evidence.records.declarations import FileSpec, columns_of
from shteg.evidence.records.files import FILES, WAVE_FILES

FRONT, LISTS, BASE = "shteg", "_lists", "_base"
"""The sheet that explains, the hidden one with the lists of choices, the hidden one with the files as they were."""
KEY, VALUE, MEANING = "key", "value", "meaning"
ENTRY = "id"
LONGEST_NAME = 31
"""Letters of the name of a sheet, as Excel allows."""


def spec_of(file: str) -> FileSpec | None:
    """Give what a file of a case is, with its own path; None for one that stands on no sheet."""
    for spec in FILES:
        if spec.path == file:
            return spec
    for spec in WAVE_FILES:
        found = re.fullmatch(re.escape(spec.path).replace("<wave>", "([^/]+)"), file)
        if found:
            return replace(spec, path=file)
    return None


def sheet_names(files: Iterable[str]) -> dict[str, str]:
    """Name the sheet of each file: its path with blanks for slashes, tables without `.csv`; long ones cut off."""
    names: dict[str, str] = {}
    for file in files:
        whole = file.removesuffix(".csv").replace("/", " ")
        name, number = whole[:LONGEST_NAME], 1
        while name.lower() in {one.lower() for one in names.values()}:
            number += 1
            name = f"{whole[: LONGEST_NAME - 1 - len(str(number))]}~{number}"
        names[file] = name
    return names


def file_of_name(name: str, waves: Sequence[str] = ()) -> str | None:
    """Give the file that a sheet of this name holds, where no list of the workbook says it."""
    paths = [one.path for one in FILES]
    paths += [one.path.replace("<wave>", wave) for one in WAVE_FILES for wave in waves]
    if found := re.fullmatch(r"surveys (\S+) (\w+)\.toml", name):
        paths += [one.path.replace("<wave>", found[1]) for one in WAVE_FILES]
    return next((file for file, sheet in sheet_names(paths).items() if sheet.lower() == name.strip().lower()), None)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its header, what its cells are, and (of a row for each entry) the keys below the entry."""

    header: str
    form: Form
    keys: tuple[str, ...] = ()


def columns_of_table(spec: FileSpec, header: Sequence[str], languages: Sequence[str]) -> tuple[Column, ...]:
    """Give the columns of a CSV table as they stand in it; one that the record does not know is text.

    Parameters
    ----------
    spec : FileSpec
        The table.
    header : sequence of str
        Names of its columns.
    languages : sequence of str
        Of the case.

    Returns
    -------
    tuple of Column
    """
    known = columns_of(spec.record, languages)
    found = []
    for name in header:
        field, language = known.get(name, ("", None))
        form = form_of_field(spec.record, field) if field else Form(str)
        found.append(Column(name, Form(str, form.meaning, (), form.required) if language else form))
    return tuple(found)


def columns_of_grid(spec: FileSpec, languages: Sequence[str]) -> tuple[Column, ...]:
    """Give the columns of a TOML file with a row for each entry: its id, then every field, each language apart."""
    inner = form_of_field(spec.record, is_grid(spec.record)).type
    entry = strip_optional(inner.__args__[1])
    found = [Column(ENTRY, Form(str, f"Id of the entry, under `{is_grid(spec.record)}` of {spec.path}.", (), True))]
    for name in entry.model_fields:
        form = form_of_field(entry, name)
        if form.type is Localised:
            text = Form(str, form.meaning)
            found += [Column(f"{name}.{one}", text, (name, one)) for one in languages]
        else:
            found.append(Column(name, form, (name,)))
    return tuple(found)


KEYS = (
    Column(
        KEY, Form(str, "Where the value stands in the file: keys with points between them, [2] the second of a list.")
    ),
    Column(VALUE, Form(str, "The value. A new key is a new row; a row that is deleted takes its key out of the file.")),
    Column(MEANING, Form(str, "What it is. This column is not read.")),
)
