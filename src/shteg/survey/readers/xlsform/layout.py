"""Where the questions of a form stand: their groups, tables with the same answers, matrices of KoboToolbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shteg.evidence.records.base import Localised, is_id
from shteg.evidence.records.surveys import Battery
from shteg.survey.readers.field.asked import Asked, Words
from shteg.survey.readers.xlsform.choices import Labels
from shteg.survey.readers.xlsform.sheets import Sheet, is_yes
from shteg.survey.readers.xlsform.survey import Border, Plain, Select, read_type

MATRIX, MATRIX_LIST = "kobomatrix", "kobo--matrix_list"
_ITEM, _COLUMN = "kobo--matrix_item", "kobo--matrix_column"
"""Cells that a question made out of a matrix has: its row, and the column to which it belongs."""
_TABLE, _ROW_OF_TABLE = "table-list", "list-nolabel"

Read = tuple[Words, Mapping[str, Words]]
"""Labels of a question, and of its options by code."""


def expand_matrices(sheet: Sheet, choices: Sheet | None) -> Sheet:
    """Write each cell of a matrix of KoboToolbox as a question, as its server does: `matrix_row_column`.

    Parameters
    ----------
    sheet : Sheet
        The survey.
    choices : Sheet or None
        Where the rows of a matrix stand.

    Returns
    -------
    Sheet
        The same where the form has no matrix.
    """
    if MATRIX_LIST not in sheet.columns or choices is None:
        return sheet
    rows: list[tuple[int, Mapping[str, str]]] = []
    matrix: Mapping[str, str] | None = None
    inside: list[tuple[int, Mapping[str, str]]] = []
    for row, cells in sheet.rows:
        kind = read_type(cells.get("type", ""))
        border = isinstance(kind, Border) and kind.group == MATRIX
        if border and isinstance(kind, Border) and kind.opens and cells.get(MATRIX_LIST):
            matrix = cells
            rows.append((row, cells))
        elif border and matrix is not None:
            rows += _cells_of(matrix, inside, choices)
            rows.append((row, cells))
            matrix, inside = None, []
        elif matrix is not None:
            inside.append((row, cells))
        else:
            rows.append((row, cells))
    return replace(sheet, rows=(*rows, *inside))


def _cells_of(
    matrix: Mapping[str, str], columns: Sequence[tuple[int, Mapping[str, str]]], choices: Sheet
) -> Iterator[tuple[int, Mapping[str, str]]]:
    items = [cells for _, cells in choices.rows if cells.get("list_name") == matrix[MATRIX_LIST] and cells.get("name")]
    for item in items:
        for row, cells in columns:
            if not cells.get("name"):
                yield row, cells
                continue
            labels = {
                column: f"{item.get(column, item['name'])}: {text}"
                for column, text in cells.items()
                if column.startswith("label")
            }
            shown = {f"{_COLUMN}::{column}": text for column, text in cells.items() if column.startswith("label")}
            name = f"{matrix.get('name', '')}_{item['name']}_{cells['name']}"
            yield row, {**cells, **labels, **shown, "name": name, _ITEM: item["name"], _COLUMN: cells["name"]}


@dataclass(slots=True)
class _Group:
    """A group that is open, with its questions with one answer, in order, each with its list and appearance."""

    cells: Mapping[str, str]
    kind: str = ""
    runs: list[tuple[str, str, list[str]]] = field(default_factory=list)
    heading: Words = field(default_factory=dict)


@dataclass(slots=True)
class Layout:
    """The questions of a form where they stand, and its tables."""

    asked: list[Asked] = field(default_factory=list)
    batteries: dict[str, Battery] = field(default_factory=dict)


def lay_out(sheet: Sheet, labels: Labels, read: Mapping[str, Read]) -> Layout:
    """Go through a form.

    Parameters
    ----------
    sheet : Sheet
        The survey, its matrices expanded.
    labels : Labels
        Its languages.
    read : mapping
        Name → labels of each closed question and of its options.

    Returns
    -------
    Layout
    """
    found, columns = Layout(), labels.columns[sheet.where]
    groups: list[_Group] = []
    for _, cells in sheet.rows:
        kind = None if is_yes(cells.get("disabled", "")) else read_type(cells.get("type", ""))
        if isinstance(kind, Border) and kind.opens:
            groups.append(_Group(cells, kind.group))
        elif isinstance(kind, Border):
            _close(found, groups.pop(), columns, labels, read)
        elif isinstance(kind, Plain | Select) and cells.get("name"):
            found.asked.append(_asked(cells, kind, groups, columns, read))
            if groups and isinstance(kind, Select):
                _note_table(groups[-1], cells, kind, columns, read)
    return found


def _asked(
    cells: Mapping[str, str],
    kind: Plain | Select,
    groups: Sequence[_Group],
    columns: Mapping[str, str],
    read: Mapping[str, Read],
) -> Asked:
    name = cells["name"]
    around = [(one.cells.get("name", ""), _texts(one.cells, columns)) for one in groups if one.cells.get("name")]
    titles = _texts(cells, columns)
    if item := cells.get(_ITEM):
        around.append((name.removesuffix(f"_{cells[_COLUMN]}"), {}))
        titles = {code: f"{item}-{cells.get(f'{_COLUMN}::{column}', '')}" for code, column in columns.items()}
    return Asked(
        name=name,
        titles=titles,
        groups=tuple(around),
        options=read[name][1] if name in read else {},
        multiple=isinstance(kind, Select) and kind.multiple,
        repeated=any(one.kind == "repeat" for one in groups),
    )


def _texts(cells: Mapping[str, str], columns: Mapping[str, str]) -> Words:
    return {code: cells[column] for code, column in columns.items() if cells.get(column)}


def _note_table(
    group: _Group, cells: Mapping[str, str], kind: Select, columns: Mapping[str, str], read: Mapping[str, Read]
) -> None:
    """Take a question for a row of a table: all of a `table-list` and of a matrix, elsewhere those without labels."""
    looks = cells.get("appearance", "").lower().split()
    if "label" in looks:
        group.heading = group.heading or _texts(cells, columns)
    whole = _TABLE in group.cells.get("appearance", "").lower().split()
    name = cells["name"]
    if kind.multiple or name not in read or not (whole or _ROW_OF_TABLE in looks or cells.get(_ITEM)):
        return
    key = (kind.list_name, cells.get(_COLUMN, ""))
    run = next((names for *same, names in group.runs if tuple(same) == key), None)
    if run is None:
        group.runs.append((*key, [name]))
    else:
        run.append(name)


def _close(found: Layout, group: _Group, columns: Mapping[str, str], labels: Labels, read: Mapping[str, Read]) -> None:
    runs = [(column, names) for _, column, names in group.runs if len(names) > 1]
    for column, names in runs:
        group_name = group.cells.get("name", "")
        name = "_".join(part for part in (group_name, column) if part) if column or len(runs) == 1 else names[0]
        if not is_id(name) or name in found.batteries:
            name = f"{names[0]}-table"
        title = labels.complete(_title(group, column, columns, labels, name))
        items = tuple(one for one in names if read[one][1] == read[names[0]][1])
        if len(items) > 1 and title:
            found.batteries[name] = Battery(title=Localised(title), items=items)


def _title(group: _Group, column: str, columns: Mapping[str, str], labels: Labels, name: str) -> dict[str, str]:
    """The label of the group, else of the row that shows the answers, else its name; in every language."""
    told = {**_texts(group.cells, columns)} or {**group.heading}
    first = next(iter(told.values()), name)
    title = {code: told.get(code, first) for code in labels.languages}
    return {code: f"{text} ({column})" for code, text in title.items()} if column else title
