"""Changing a workbook as Excel does, in its XML: cells, rows, sheets."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

from shteg.workbooks.cells import column_name, read_cells
from shteg.workbooks.parts import open_book


class EditedBook:
    """The parts of a workbook, changed in memory and written beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with zipfile.ZipFile(path) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
            book = open_book(path, archive)
            self.part_of = {sheet.name: sheet.part for sheet in book.sheets}
            self.cells = {}
            for sheet in book.sheets:
                found = read_cells(book, sheet, sheet.name)
                self.cells[sheet.name] = {
                    (row, column): code
                    for column, rows in found.rows.items()
                    for row, code in zip(rows, found.codes[column], strict=True)
                }

    def column(self, sheet: str, header: str) -> int:
        return next(column for (row, column), code in self.cells[sheet].items() if row == 1 and code == header)

    def row(self, sheet: str, text: str, column: int = 1) -> int:
        return next(row for (row, at), code in self.cells[sheet].items() if at == column and code == text)

    def last(self, sheet: str) -> int:
        return max(row for row, _ in self.cells[sheet])

    def _change(self, sheet: str, change: Callable[[str], str]) -> None:
        part = self.part_of[sheet]
        text = self.parts[part].decode("utf-8")
        made = change(text)
        assert made != text, "nothing was changed"
        self.parts[part] = made.encode("utf-8")

    def set(self, sheet: str, row: int, column: int, xml: str) -> str:
        """Put a cell in place of the one that stands there, or into the row; give its name."""
        place = f"{column_name(column)}{row}"
        cell = re.compile(rf'<c r="{place}"(?: [^>]*)?(?:/>|>.*?</c>)', re.DOTALL)
        made = xml.replace("PLACE", f'r="{place}"')

        def change(text: str) -> str:
            text = cell.sub("", text)
            if not re.search(rf'<row r="{row}"', text):
                return text.replace("</sheetData>", f'<row r="{row}">{made}</row></sheetData>')
            found = re.search(rf'<row r="{row}"[^>]*?(/>|>(.*?)</row>)', text, re.DOTALL)
            assert found is not None
            inner = re.findall(r"<c .*?(?:/>|</c>)", found[2] or "", re.DOTALL)
            inner = re.findall(r"<c [^>]*?/>|<c [^>]*?>.*?</c>", found[2] or "", re.DOTALL)
            inner.append(made)
            inner.sort(key=lambda one: _number(re.search(r'r="([A-Z]+)', one)[1]))  # type: ignore[index]
            return text[: found.start()] + f'<row r="{row}">{"".join(inner)}</row>' + text[found.end() :]

        self._change(sheet, change)
        return place

    def text(self, sheet: str, row: int, column: int, text: str) -> str:
        return self.set(sheet, row, column, f'<c PLACE t="inlineStr"><is><t>{escape(text)}</t></is></c>')

    def number(self, sheet: str, row: int, column: int, number: float) -> str:
        return self.set(sheet, row, column, f"<c PLACE><v>{number}</v></c>")

    def formula(self, sheet: str, row: int, column: int) -> str:
        return self.set(sheet, row, column, "<c PLACE><f>A1&amp;A2</f><v>3</v></c>")

    def merge(self, sheet: str, ref: str) -> None:
        self._change(
            sheet,
            lambda text: text.replace(
                "</sheetData>", f'</sheetData><mergeCells count="1"><mergeCell ref="{ref}"/></mergeCells>'
            ),
        )

    def remove_row(self, sheet: str, row: int) -> None:
        self._change(sheet, lambda text: re.sub(rf'<row r="{row}"[^>]*?(/>|>.*?</row>)', "", text, flags=re.DOTALL))

    def swap_rows(self, sheet: str, one: int, other: int) -> None:
        """Let two rows change their places."""
        first, second = (
            {column: code for (row, column), code in self.cells[sheet].items() if row == number}
            for number in (one, other)
        )
        for column in {*first, *second}:
            for row, cells in ((one, second), (other, first)):
                if column in cells:
                    self.text(sheet, row, column, cells[column])
                else:
                    self.set(sheet, row, column, "<c PLACE/>")

    def add_row(self, sheet: str, texts: dict[str, str]) -> int:
        row = self.last(sheet) + 1
        for header, text in texts.items():
            self.text(sheet, row, self.column(sheet, header), text)
        return row

    def copy_row(self, sheet: str, source: int, changes: dict[str, str]) -> int:
        row = self.last(sheet) + 1
        new = {self.column(sheet, name): text for name, text in changes.items()}
        for (at, column), code in self.cells[sheet].items():
            if at == source and column not in new:
                self.text(sheet, row, column, code)
        for column, text in new.items():
            self.text(sheet, row, column, text)
        return row

    def rename_sheet(self, sheet: str, name: str) -> None:
        text = self.parts["xl/workbook.xml"].decode("utf-8")
        self.parts["xl/workbook.xml"] = text.replace(f'name="{sheet}"', f'name="{name}"').encode("utf-8")

    def remove_sheet(self, sheet: str) -> None:
        text = self.parts["xl/workbook.xml"].decode("utf-8")
        self.parts["xl/workbook.xml"] = re.sub(rf'<sheet name="{re.escape(sheet)}"[^>]*/>', "", text).encode("utf-8")

    def save(self, name: str = "edited.xlsx") -> Path:
        path = self.path.with_name(name)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for part, content in self.parts.items():
                archive.writestr(part, content)
        return path


def _number(letters: str) -> int:
    found = 0
    for letter in letters:
        found = found * 26 + ord(letter) - 64
    return found
