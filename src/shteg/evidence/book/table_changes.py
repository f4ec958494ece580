"""What was changed on the sheet of a CSV table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shteg.evidence.book.forms import meant, show
from shteg.evidence.book.rows import match_rows, moved
from shteg.evidence.book.sheets import columns_of_table
from shteg.evidence.book.sides import Side, Taken
from shteg.evidence.edits.csv_edits import RawTable, read_raw, rearranged
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.records.declarations import columns_of
from shteg.workbooks.cells import place_name
from shteg.workbooks.written import clean_text


class TableSide(Side):
    """A CSV table."""

    def take(self) -> Taken:
        """Give what the sheet changes in the table; raises what cannot be taken, by sheet and cell."""
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
        there = set(theirs) - {theirs[one] for one in at_now.values()}
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
