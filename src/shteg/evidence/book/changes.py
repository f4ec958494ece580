"""What was changed in a workbook of a case, as the smallest change to each file; where two people met, it is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from shteg.errors import Problem, UsageError
from shteg.evidence.book.forms import (
    Form,
    Leaves,
    form_at,
    is_grid,
    leaves_of,
    meant,
    read_path,
    show,
    tree_of,
    value_of,
    write_path,
)
from shteg.evidence.book.grids import Book, Grid
from shteg.evidence.book.rows import match_rows, moved
from shteg.evidence.book.sheets import ENTRY, KEY, VALUE, columns_of_grid, columns_of_table, spec_of
from shteg.evidence.edits.csv_edits import RawTable, read_raw, rearranged
from shteg.evidence.edits.toml_edits import edit_toml
from shteg.evidence.files.csv_scan import scan_csv
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.toml_positions import Path, find_keys
from shteg.evidence.records.declarations import FileSpec, columns_of
from shteg.workbooks.cells import place_name
from shteg.workbooks.written import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: of a cell, or a row or key that was added, removed or moved; `row` names the row or key."""

    file: str
    kind: str
    row: str
    column: str = ""
    before: str = ""
    after: str = ""
    sheet: str = ""
    cell: str = ""


@dataclass(slots=True, kw_only=True)
class Taken:
    """A file with its changes: `after` is the whole file; `cells` names the cell of a place in it (line, column)."""

    file: str
    before: bytes | None
    after: bytes
    changes: list[Change] = field(default_factory=list)
    rows: list[int | None] = field(default_factory=list)
    paths: dict[Path, str] = field(default_factory=dict)


class Refusal(Exception):
    """A sheet cannot be taken: `problem` says why and where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


def take_changes(
    book: Book, languages: Sequence[str], today: Callable[[str], bytes | None]
) -> tuple[list[Taken], list[Problem]]:
    """Compare every sheet with the file as it was written, and bring what differs to the file of today.

    Parameters
    ----------
    book : Book
        The workbook.
    languages : sequence of str
        Of the case.
    today : callable
        Gives what stands in a file of the case now; None if there is none.

    Returns
    -------
    taken, problems
        The files of all sheets, changed or not; what is refused, by sheet and cell.
    """
    taken, problems = [], []
    for file, grid in book.grids.items():
        spec = spec_of(file)
        assert spec is not None  # only files with a spec have a grid
        side = _Table if spec.kind == "csv" else _Keys
        try:
            taken.append(side(book, grid, spec, languages, today(file)).take())
        except Refusal as refusal:
            problems.append(refusal.problem)
        except (UsageError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            hint = error.hint if isinstance(error, UsageError) else "run `shteg check` on the case"
            problem = error.problem if isinstance(error, UsageError) else f"{file} cannot be read: {error}"
            problems.append(Problem(book.at(grid.sheet, ""), 0, 0, problem, hint))
    return taken, problems


class _Side:
    """What the two kinds of file share."""

    def __init__(self, book: Book, grid: Grid, spec: FileSpec, languages: Sequence[str], now: bytes | None) -> None:
        self.book, self.grid, self.spec, self.languages = book, grid, spec, languages
        self.base = book.base.get(spec.path)
        self.now = now

    def refuse(self, cell: str, problem: str, hint: str) -> Refusal:
        return Refusal(Problem(self.book.at(self.grid.sheet, cell), 0, 0, problem, hint))

    def conflict(self, cell: str, theirs: str) -> Refusal:
        problem = f"{self.spec.path} was changed here since the workbook was written: it says “{theirs}” now"
        hint = "write the workbook anew with `shteg case to-xlsx`, and make this change in it"
        return self.refuse(cell, problem, hint)

    def change(self, kind: str, row: str, cell: str, column: str = "", before: str = "", after: str = "") -> Change:
        return Change(
            file=self.spec.path, kind=kind, row=row, column=column, before=before, after=after,
            sheet=self.grid.sheet, cell=cell,
        )  # fmt: skip


class _Table(_Side):
    """A CSV table."""

    def take(self) -> Taken:
        if self.base is None:
            return self._new()
        self.table = base = read_raw(self.base)
        header = [clean_text(one) for one in base.header]
        added = self._check_header(header)
        names = [*base.header, *added]
        self.columns = columns_of_table(self.spec, names, self.languages)
        old = self._shown(base)
        old = [(*row, *[""] * len(added)) for row in old]
        lines = list(self.grid.rows)
        new = [tuple(self._code(line, one) for one in (*header, *added)) for line in lines]
        key = [header.index(one) for one in self.spec.key if one in header]
        pairs = match_rows(old, new, key)
        taken = Taken(file=self.spec.path, before=self.now, after=self.now or b"")
        self._list(taken, old, new, lines, pairs, names)
        for one in added:
            taken.changes.append(self.change("added", "header", self.grid.place(1, one), column=one))
        if not taken.changes:
            taken.after = self.now if self.now is not None else self.base
            taken.rows = [line for _, line in sorted(zip(pairs, lines, strict=True), key=lambda one: one[0] or 0)]
            taken.rows = taken.rows if self.now in (None, self.base) else []
            return taken
        self._write(taken, old, new, lines, pairs, added)
        return taken

    def _new(self) -> Taken:
        known = columns_of(self.spec.record, self.languages)
        for name, column in self.grid.header.items():
            if name not in known:
                problem = f"`{name}` is not a column of {self.spec.path}"
                raise self.refuse(place_name(1, column), problem, suggest(name, known, "remove it"))
        if self.now is not None:
            raise self.refuse("", f"{self.spec.path} stands in the case already", "write the workbook anew")
        names = tuple(self.grid.header)
        table = read_raw((",".join(names) + "\n").encode("utf-8"))
        self.columns = columns_of_table(self.spec, names, self.languages)
        rows = [
            tuple(self._meant(self._code(line, name), at) for at, name in enumerate(names)) for line in self.grid.rows
        ]
        after = rearranged(table, rows, {})
        changes = [
            self.change("added", " ".join(row[:3]), f"A{line}") for line, row in zip(self.grid.rows, rows, strict=True)
        ]
        return Taken(file=self.spec.path, before=None, after=after, changes=changes, rows=list(self.grid.rows))

    def _code(self, line: int, name: str) -> str:
        return self.grid.rows[line].get(self.grid.header[name], "")

    def _meant(self, code: str, column: int) -> str:
        return meant(code, self.columns[column].form.kind)

    def _shown(self, table: RawTable) -> list[tuple[str, ...]]:
        kinds = [one.form.kind for one in self.columns]
        return [
            tuple(show(cell, kind).code for cell, kind in zip(table.pieces[one].cells, kinds, strict=False))
            for one in table.rows
        ]

    def _check_header(self, header: list[str]) -> list[str]:
        """Refuse a column that is missing or not known; give the known ones that are new."""
        known = columns_of(self.spec.record, self.languages)
        there = self.grid.header
        strange = [name for name in there if name not in header and name not in known]
        missing = [name for name in header if name not in there]
        if strange:
            hint = (
                f"write `{missing[0]}` again" if len(missing) == 1 else suggest(strange[0], known, "delete the column")
            )
            raise self.refuse(
                place_name(1, there[strange[0]]), f"`{strange[0]}` is not a column of {self.spec.path}", hint
            )
        if missing:
            raise self.refuse("", f"the column `{missing[0]}` is missing", "write the workbook anew, or add the column")
        return [name for name in there if name not in header]

    def _name(self, row: tuple[str, ...]) -> str:
        names = [clean_text(one) for one in self.table.header]
        return " ".join(row[names.index(one)] for one in self.spec.key if one in names) or row[0]

    def _list(
        self, taken: Taken, old: list[tuple[str, ...]], new: list[tuple[str, ...]], lines: list[int],
        pairs: list[int | None], names: list[str],
    ) -> None:  # fmt: skip
        wandered = moved([one for one in pairs if one is not None])
        for row, line, pair in zip(new, lines, pairs, strict=True):
            if pair is None:
                taken.changes.append(
                    self.change("added", self._name(row), f"A{line}", after=", ".join(filter(None, row)))
                )
                continue
            if pair in wandered:
                taken.changes.append(self.change("moved", self._name(row), f"A{line}"))
            for at, (before, after) in enumerate(zip(old[pair], row, strict=True)):
                if before != after:
                    place = self.grid.place(line, clean_text(names[at]))
                    told = self._meant(after, at)
                    taken.changes.append(self.change("changed", self._name(old[pair]), place, names[at], before, told))
        for number in sorted(set(range(len(old))) - {one for one in pairs if one is not None}):
            row = old[number]
            taken.changes.append(self.change("removed", self._name(row), "", before=", ".join(filter(None, row))))

    def _write(
        self, taken: Taken, old: list[tuple[str, ...]], new: list[tuple[str, ...]], lines: list[int],
        pairs: list[int | None], added: list[str],
    ) -> None:  # fmt: skip
        if self.now is None:
            raise self.refuse("", f"{self.spec.path} is no longer in the case", "write the workbook anew")
        table = read_raw(_with_columns(self.now, added))
        own = [clean_text(one) for one in table.header]
        wanted = [clean_text(one.header) for one in self.columns]
        if sorted(own) != sorted(wanted):
            raise self.refuse("A1", f"the columns of {self.spec.path} are others than in the workbook", "write it anew")
        theirs_all = self._theirs(table, own, wanted)
        key = [wanted.index(one) for one in self.spec.key if one in wanted]
        at_now = {b: d for d, b in enumerate(match_rows(old, theirs_all, key)) if b is not None}
        cells: dict[tuple[int, int], str] = {}
        gone: set[int] = set()
        for number in set(range(len(old))) - {one for one in pairs if one is not None}:
            if number in at_now:
                theirs = theirs_all[at_now[number]]
                if theirs != old[number]:
                    raise self.conflict("", ", ".join(filter(None, theirs)))
                gone.add(at_now[number])
        for row, line, pair in zip(new, lines, pairs, strict=True):
            if pair is None:
                continue
            for at, (before, after) in enumerate(zip(old[pair], row, strict=True)):
                if before == after:
                    continue
                place = self.grid.place(line, wanted[at])
                if pair not in at_now:
                    raise self.conflict(place, "(the row was removed)")
                theirs_cell = theirs_all[at_now[pair]][at]
                if theirs_cell not in (before, after):
                    raise self.conflict(place, theirs_cell)
                if theirs_cell != after:
                    cells[at_now[pair], own.index(wanted[at])] = self._local(
                        table, own.index(wanted[at]), self._meant(after, at)
                    )
        order = self._order(table, new, lines, pairs, at_now, gone, theirs_all, own, wanted)
        taken.after = rearranged(table, [one for one, _ in order], cells)
        taken.rows = [line for _, line in order]

    def _theirs(self, table: RawTable, own: list[str], wanted: list[str]) -> list[tuple[str, ...]]:
        kinds = [one.form.kind for one in self.columns]
        at = [own.index(one) for one in wanted]
        found = []
        for one in table.rows:
            texts = table.pieces[one].cells
            found.append(tuple(show(texts[place], kind).code for place, kind in zip(at, kinds, strict=True)))
        return found

    def _local(self, table: RawTable, column: int, text: str) -> str:
        """Write a number with a comma where the column has commas."""
        name = clean_text(table.header[column])
        kind = next(one.form.kind for one in self.columns if clean_text(one.header) == name)
        if kind != "number" or table.separator == ",":
            return text
        commas = any("," in table.pieces[one].cells[column] for one in table.rows)
        return text.replace(".", ",") if commas else text

    def _order(
        self, table: RawTable, new: list[tuple[str, ...]], lines: list[int], pairs: list[int | None],
        at_now: Mapping[int, int], gone: set[int], theirs: list[tuple[str, ...]], own: list[str], wanted: list[str],
    ) -> list[tuple[int | tuple[str, ...], int | None]]:  # fmt: skip
        """Give the rows of the file in their order, each with its row of the sheet."""
        sheet: list[tuple[int | tuple[str, ...], int | None]] = []
        there = set(theirs) - set(theirs[one] for one in at_now.values())
        for row, line, pair in zip(new, lines, pairs, strict=True):
            if pair is not None:
                if pair in at_now:
                    sheet.append((at_now[pair], line))
            elif row not in there:
                texts = {name: self._meant(code, at) for at, (name, code) in enumerate(zip(wanted, row, strict=True))}
                sheet.append((tuple(self._local(table, at, texts[name]) for at, name in enumerate(own)), line))
        known = {one for one, _ in sheet if isinstance(one, int)}
        if not moved([one for one in pairs if one is not None]):
            return _merged([one for one in range(len(table.rows)) if one not in gone], sheet)
        for number in range(len(table.rows)):
            if number not in known and number not in gone:
                at = next((place for place, (one, _) in enumerate(sheet) if one == number - 1), len(sheet) - 1)
                sheet.insert(at + 1, (number, None))
        return sheet


def _merged(
    rows: list[int], sheet: list[tuple[int | tuple[str, ...], int | None]]
) -> list[tuple[int | tuple[str, ...], int | None]]:
    """Put new rows behind the row that stands above them on the sheet; all others stay in the order of the file."""
    behind: dict[int, list[tuple[int | tuple[str, ...], int | None]]] = {}
    line_of: dict[int, int | None] = {}
    last = -1
    for one, line in sheet:
        if isinstance(one, int):
            last, line_of[one] = one, line
        else:
            behind.setdefault(last, []).append((one, line))
    out = list(behind.get(-1, ()))
    for row in rows:
        out += [(row, line_of.get(row)), *behind.get(row, ())]
    return out


def _with_columns(raw: bytes, names: Sequence[str]) -> bytes:
    """Give a table with further columns, empty, at its right edge."""
    if not names:
        return raw
    table = read_raw(raw)
    header = table.before.rstrip("\r\n")
    end = table.before[len(header) :]
    more = "".join(table.separator + one for one in names)
    pieces = tuple(
        replace(piece, fields=(*piece.fields, *[""] * len(names))) if number in table.rows else piece
        for number, piece in enumerate(table.pieces)
    )
    return replace(table, before=header + more + end, pieces=pieces).bytes()


class _Keys(_Side):
    """A TOML file, with a row for each key or for each entry."""

    def take(self) -> Taken:
        if self.base is None and self.now is not None:
            raise self.refuse("", f"{self.spec.path} stands in the case already", "write the workbook anew")
        base = leaves_of(tomllib.loads(self.base.decode("utf-8-sig"))) if self.base else {}
        wanted, places = self._wanted(base)
        taken = Taken(file=self.spec.path, before=self.now, after=self.now or b"", paths=places)
        for path, value in wanted.items():
            if path not in base or not _equal(base[path], value):
                kind, before = ("changed", _told(base[path])) if path in base else ("added", "")
                taken.changes.append(self.change(kind, write_path(path), places[path], "", before, _told(value)))
        for path in base:
            if path not in wanted:
                taken.changes.append(self.change("removed", write_path(path), "", before=_told(base[path])))
        if not taken.changes:
            taken.after = self.now if self.now is not None else self.base or b""
            return taken
        if self.now is None and self.base is not None:
            raise self.refuse("", f"{self.spec.path} is no longer in the case", "write the workbook anew")
        now = leaves_of(tomllib.loads(self.now.decode("utf-8-sig"))) if self.now else {}
        self._refuse_conflicts(base, wanted, now, places)
        result = {path: value for path, value in now.items() if path in wanted or path not in base}
        for path, value in wanted.items():
            if path not in base or not _equal(base[path], value):
                result[path] = value
        taken.after = edit_toml(self.now or b"", tree_of(_without_empty(result)))
        return taken

    def _refuse_conflicts(self, base: Leaves, wanted: Leaves, now: Leaves, places: Mapping[Path, str]) -> None:
        if self.now == self.base:
            return
        sizes, theirs = _lengths(base), _lengths(now)
        for path in dict.fromkeys((*wanted, *base)):
            mine = wanted.get(path)
            if path in wanted and path in base and _equal(base[path], wanted[path]):
                continue
            lists = [path[:at] for at, part in enumerate(path) if isinstance(part, int)]
            other = next((one for one in lists if sizes.get(one, 0) != theirs.get(one, 0)), None)
            if other is not None:
                raise self.conflict(places.get(path, ""), f"{theirs.get(other, 0)} entries in {write_path(other)}")
            if now.get(path) != base.get(path) and now.get(path) != mine:
                raise self.conflict(places.get(path, ""), _told(now.get(path, "(removed)")))

    def _wanted(self, base: Leaves) -> tuple[Leaves, dict[Path, str]]:
        """Give what the sheet wants the file to hold, and the cell of each value."""
        rows = self._by_key() if KEY in self.grid.header and VALUE in self.grid.header else self._by_entry()
        wanted: Leaves = {}
        places: dict[Path, str] = {}
        for path, form, code, cell in rows:
            if path in wanted:
                problem = f"the key `{write_path(path)}` stands here twice, above in cell {places[path]}"
                raise self.refuse(cell, problem, "delete one of the two rows")
            before = base.get(path)
            same = path in base and show(before, form.kind).code == code
            wanted[path], places[path] = before if same else value_of(code, form, before), cell
        for path in wanted:
            above = next((path[:at] for at in range(1, len(path)) if path[:at] in wanted), None)
            if above is not None and wanted[above] not in ([], {}):
                problem = f"`{write_path(above)}` holds a value and cannot hold `{write_path(path)}`"
                raise self.refuse(places[path], problem, "delete one of the two rows")
        return wanted, places

    def _by_key(self) -> list[tuple[Path, Form, str, str]]:
        found = []
        for line, cells in self.grid.rows.items():
            key, value = cells.get(self.grid.header[KEY], ""), cells.get(self.grid.header[VALUE])
            cell = self.grid.place(line, VALUE)
            if not key and value is None:
                continue
            path = read_path(key)
            if path is None or isinstance(path[0], int):
                problem = f"“{key}” is no key" if key else "the value has no key"
                hint = "write keys with points between them, such as title.en or authors[1].name.en"
                raise self.refuse(self.grid.place(line, KEY), problem, hint)
            if value is None:
                hint = "write a value, or delete the whole row to take the key out of the file"
                raise self.refuse(cell, f"`{key}` has no value", hint)
            found.append((path, form_at(self.spec.record, path), value, cell))
        return found

    def _by_entry(self) -> list[tuple[Path, Form, str, str]]:
        only = is_grid(self.spec.record)
        columns = {one.header: one for one in columns_of_grid(self.spec, self.languages)} if only else {}
        strange = next((name for name in self.grid.header if name not in columns), "")
        if strange or ENTRY not in self.grid.header:
            name = strange or ENTRY
            place = place_name(1, self.grid.header.get(name, 1))
            wanted = list(columns) or [KEY, VALUE]
            problem = f"`{name}` is not a column of this sheet" if strange else "the column `id` is missing"
            raise self.refuse(place, problem, suggest(name, wanted, "name the columns as they were"))
        found = []
        for line, cells in self.grid.rows.items():
            entry = cells.get(self.grid.header[ENTRY], "")
            if not entry:
                raise self.refuse(self.grid.place(line, ENTRY), "the row has no id", "write one, or delete the row")
            for name, column in self.grid.header.items():
                code = cells.get(column)
                if name != ENTRY and code is not None:
                    one = columns[name]
                    found.append(((only, entry, *one.keys), one.form, code, place_name(line, column)))
        missing = [name for name in columns if name not in self.grid.header]
        if missing and self.base:
            raise self.refuse("", f"the column `{missing[0]}` is missing", "write the workbook anew, or add the column")
        return found


def _without_empty(leaves: Leaves) -> Leaves:
    """Leave out an empty list or table in which something stands now."""
    above = {path[:at] for path in leaves for at in range(1, len(path))}
    return {path: value for path, value in leaves.items() if path not in above}


def _equal(one: object, other: object) -> bool:
    return type(one) is type(other) and one == other


def _told(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _lengths(leaves: Leaves) -> dict[Path, int]:
    found: dict[Path, int] = {}
    for path in leaves:
        for at, part in enumerate(path):
            if isinstance(part, int):
                found[path[:at]] = max(found.get(path[:at], 0), part + 1)
    return found


def cells_of(taken: Taken, grid: Grid) -> dict[tuple[int, int], str]:
    """Give the cell of the sheet for every place (line, column) of a file that was taken from it."""
    text = taken.after.decode("utf-8-sig")
    found: dict[tuple[int, int], str] = {}
    if taken.file.endswith(".csv"):
        scan = scan_csv(text.encode("utf-8"))
        names = [clean_text(one) for one in scan.header]
        for column, name in enumerate(names, 1):
            if name in grid.header:
                found[scan.header_line, column] = place_name(1, grid.header[name])
        for line, row in zip(scan.lines.tolist(), taken.rows, strict=False):
            for column, name in enumerate(names, 1):
                if row is not None and name in grid.header:
                    found[line, column] = place_name(row, grid.header[name])
        return found
    for path, place in sorted(find_keys(text.replace("\r\n", "\n")).items(), key=lambda one: len(one[0])):
        cell = taken.paths.get(path) or next((one for at, one in taken.paths.items() if at[: len(path)] == path), "")
        if cell:
            found[place] = cell
    return found
