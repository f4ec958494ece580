"""What was changed on the sheet of a TOML file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping

from shteg.evidence.book.forms import (
    Form,
    Leaves,
    form_at,
    is_grid,
    leaves_of,
    read_path,
    show,
    tree_of,
    value_of,
    write_path,
)
from shteg.evidence.book.sheets import ENTRY, KEY, VALUE, columns_of_grid
from shteg.evidence.book.sides import Side, Taken
from shteg.evidence.edits.toml_edits import edit_toml
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.toml_positions import Path
from shteg.workbooks.cells import place_name


class KeySide(Side):
    """A TOML file, with a row for each key or for each entry."""

    def take(self) -> Taken:
        """Give what the sheet changes in the file; raises what cannot be taken, by sheet and cell."""
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
        found: list[tuple[Path, Form, str, str]] = []
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
        found: list[tuple[Path, Form, str, str]] = []
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
