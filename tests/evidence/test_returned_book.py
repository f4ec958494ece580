"""A workbook of a case and back: nothing changes by itself, each planted edit is found by sheet and cell."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

from shteg.errors import CaseError, UsageError
from shteg.evidence import check_case, find_case, read_case
from shteg.evidence.book.grids import read_book
from shteg.evidence.book.writing import write_book
from shteg.evidence.reading import read_draft
from shteg.evidence.returned import Returned, return_book, write_returned
from tests.evidence.book_edits import EditedBook
from tests.evidence.demo_copy import copy_demo

CASES = Path(__file__).resolve().parents[2] / "cases"
TABLES = ("acts", "ladder", "ratifications", "chronicle", "requirements", "programmes", "partnerships", "members")


def write(case: Path, out: Path) -> Path:
    write_book(read_draft(case), out, lambda key: [key])
    return out


@pytest.fixture(scope="module")
def demo_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(CASES / "demo", tmp_path_factory.mktemp("book") / "demo.xlsx")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return copy_demo(tmp_path)


@pytest.fixture
def book(demo_book: Path, tmp_path: Path) -> EditedBook:
    return EditedBook(Path(shutil.copy(demo_book, tmp_path / "demo.xlsx")))


def bring(book: EditedBook, case: Path) -> Returned:
    return return_book(book.save(), case, check_case, case.parent)


def contents(case: Path) -> dict[str, bytes]:
    return {path.relative_to(case).as_posix(): path.read_bytes() for path in case.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["demo", "kosovo-coe", "kosovo-nato"])
def test_the_workbook_of_a_shipped_case_comes_back_without_a_change(name: str, tmp_path: Path) -> None:
    book = write(CASES / name, tmp_path / "case.xlsx")
    returned = return_book(book, CASES / name, lambda folder: (), tmp_path)
    assert (returned.changes, returned.files, returned.notes) == ((), (), ())


def _without(program: str) -> NoReturn:
    """Skip, or fail where it is required (as CI does)."""
    if os.environ.get("SHTEG_REQUIRE_OFFICE") == "1":
        pytest.fail(f"SHTEG_REQUIRE_OFFICE=1, and {program} is not installed")
    pytest.skip(f"{program} is not installed")


def test_saved_by_another_program_it_comes_back_without_a_change(demo_book: Path, case: Path, tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        _without("LibreOffice (soffice)")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    out = tmp_path / "saved"
    convert = ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out)]
    subprocess.run(
        [office, "--headless", profile, *convert, str(demo_book)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    if not (out / "demo.xlsx").is_file():
        _without("Calc of LibreOffice (libreoffice-calc)")
    assert return_book(out / "demo.xlsx", case, check_case, tmp_path).changes == ()


TEXTS = {
    "acts": ("note", "A note"), "ladder": ("note", "A note"), "ratifications": ("grade", "B2"),
    "chronicle": ("direction_reason", "Otherwise"), "requirements": ("indicator_en", "An indicator"),
    "programmes": ("note", "A note"), "partnerships": ("note", "A note"), "members": ("grade", "B2"),
}  # fmt: skip
DAYS = {
    "acts": "happened_on", "ladder": "happened_on", "ratifications": "happened_on", "chronicle": "happened_on",
    "requirements": "status_on", "partnerships": "happened_on", "members": "member_since",
}  # fmt: skip
NUMBERS = {"requirements": "target", "programmes": "typical_years", "readings": "value", "covariates": "value",
           "surveys published": "percent", "surveys population": "count"}  # fmt: skip


def only_change(returned: Returned, sheet: str, cell: str) -> str:
    """Check that one cell was changed, and give what it became."""
    (change,) = returned.changes
    assert (change.kind, change.sheet, change.cell) == ("changed", sheet, cell)
    return change.after


def lines_apart(case: Path, returned: Returned) -> list[tuple[str, str]]:
    """Write the changes and give the lines that differ, before and after."""
    before = {one.file: (case / one.file).read_text(encoding="utf-8").splitlines() for one in returned.files}
    write_returned(returned, case)
    return [
        (old, new)
        for file, lines in before.items()
        for old, new in zip(lines, (case / file).read_text(encoding="utf-8").splitlines(), strict=True)
        if old != new
    ]


@pytest.mark.parametrize("sheet", TEXTS)
def test_a_changed_text_changes_its_line_alone(sheet: str, book: EditedBook, case: Path) -> None:
    column, text = TEXTS[sheet]
    cell = book.text(sheet, 3, book.column(sheet, column), text)
    returned = bring(book, case)
    assert only_change(returned, sheet, cell) == text
    assert len(lines_apart(case, returned)) == 1


@pytest.mark.parametrize("sheet", DAYS)
@pytest.mark.parametrize("written", ["serial", "local"])
def test_a_day_is_taken_as_a_date_of_excel_and_as_local_text(
    written: str, sheet: str, book: EditedBook, case: Path
) -> None:
    column = book.column(sheet, DAYS[sheet])
    row = next(at for (at, where), code in book.cells[sheet].items() if where == column and at > 1 and "20" in code)
    if written == "local":
        cell = book.text(sheet, row, column, "21.05.2024")
    else:
        style = next(one for one in range(1, 9) if _is_day(book, one))
        cell = book.set(sheet, row, column, f'<c PLACE s="{style}"><v>45433</v></c>')
    returned = return_book(book.save(), case, lambda folder: (), case.parent)
    assert only_change(returned, sheet, cell) == "2024-05-21"
    assert len(lines_apart(case, returned)) == 1


def _is_day(book: EditedBook, style: int) -> bool:
    from shteg.workbooks.parts import open_book

    with zipfile.ZipFile(book.path) as archive:
        styles = open_book(book.path, archive).styles
    return style < len(styles) and styles[style] == "date"


@pytest.mark.parametrize("sheet", NUMBERS)
@pytest.mark.parametrize("written", ["number", "text"])
def test_a_number_is_taken_as_number_and_as_text_with_a_comma(
    written: str, sheet: str, book: EditedBook, case: Path
) -> None:
    column = book.column(sheet, NUMBERS[sheet])
    row = next(at for (at, where) in book.cells[sheet] if where == column and at > 1)
    cell = book.number(sheet, row, column, 7.5) if written == "number" else book.text(sheet, row, column, "7,5")
    returned = return_book(book.save(), case, lambda folder: (), case.parent)
    assert only_change(returned, sheet, cell) == "7.5"
    assert len(lines_apart(case, returned)) == 1


@pytest.mark.parametrize("sheet", ["acts", "ladder", "ratifications", "chronicle", "partnerships", "readings"])
def test_a_removed_row_goes_alone(sheet: str, book: EditedBook, case: Path) -> None:
    file = case / f"{sheet}.csv"
    lines = file.read_bytes().splitlines(keepends=True)
    book.remove_row(sheet, 3)
    returned = return_book(book.save(), case, lambda folder: (), case.parent)
    (change,) = returned.changes
    assert (change.kind, change.sheet) == ("removed", sheet)
    write_returned(returned, case)
    assert file.read_bytes() == b"".join([*lines[:2], *lines[3:]])


@pytest.mark.parametrize("sheet", ["acts", "ladder", "ratifications", "readings"])
def test_an_added_row_stands_where_it_was_written(sheet: str, book: EditedBook, case: Path) -> None:
    before = (case / f"{sheet}.csv").read_bytes()
    row = book.copy_row(sheet, 2, {"happened_on": "2024-02-03"})
    returned = return_book(book.save(), case, lambda folder: (), case.parent)
    (change,) = returned.changes
    assert (change.kind, change.sheet, change.cell) == ("added", sheet, f"A{row}")
    write_returned(returned, case)
    after = (case / f"{sheet}.csv").read_bytes()
    assert after.startswith(before)
    assert b"2024-02-03" in after.removeprefix(before)


@pytest.mark.parametrize("sheet", ["acts", "ladder", "ratifications", "chronicle"])
def test_a_moved_row_keeps_its_bytes(sheet: str, book: EditedBook, case: Path) -> None:
    file = case / f"{sheet}.csv"
    lines = file.read_bytes().splitlines(keepends=True)
    book.swap_rows(sheet, 2, 3)
    returned = bring(book, case)
    (change,) = returned.changes
    assert (change.kind, change.sheet) == ("moved", sheet)
    write_returned(returned, case)
    assert file.read_bytes() == b"".join([lines[0], lines[2], lines[1], *lines[3:]])


Plant = Callable[[EditedBook, str], str]


def _formula(book: EditedBook, sheet: str) -> str:
    return book.formula(sheet, 3, 2)


def _merged(book: EditedBook, sheet: str) -> str:
    book.merge(sheet, "A3:B3")
    return "A3:B3"


def _source(book: EditedBook, sheet: str) -> str:
    return book.text(sheet, 3, book.column(sheet, "source"), "no-such-source")


def _grade(book: EditedBook, sheet: str) -> str:
    return book.text(sheet, 4, book.column(sheet, "grade"), "Z9")


def _header(book: EditedBook, sheet: str) -> str:
    return book.text(sheet, 1, book.column(sheet, "grade"), "grades")


def _outside(book: EditedBook, sheet: str) -> str:
    return book.text(sheet, 3, 40, "a remark")


def _error(book: EditedBook, sheet: str) -> str:
    return book.set(sheet, 3, 2, '<c PLACE t="e"><v>#N/A</v></c>')


REFUSED: dict[str, Plant] = {
    "formula": _formula, "merged": _merged, "unknown id": _source, "grade": _grade, "header": _header,
    "outside": _outside, "error value": _error,
}  # fmt: skip


@pytest.mark.parametrize("sheet", TABLES)
@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_wrong_is_refused_by_sheet_and_cell_and_nothing_is_written(
    kind: str, sheet: str, book: EditedBook, case: Path
) -> None:
    before = contents(case)
    cell = REFUSED[kind](book, sheet)
    with pytest.raises(CaseError) as error:
        bring(book, case)
    assert any(one.file == f"edited.xlsx, sheet {sheet!r}, cell {cell}" for one in error.value.problems), str(
        error.value
    )
    assert all(one.hint for one in error.value.problems)
    assert contents(case) == before


@pytest.mark.parametrize("day", ["05/06/2009", "31.02.2009", "2009-13", "May 2009"])
def test_a_day_that_may_be_two_or_none_is_refused(day: str, book: EditedBook, case: Path) -> None:
    cell = book.text("acts", 3, book.column("acts", "happened_on"), day)
    with pytest.raises(CaseError) as error:
        bring(book, case)
    assert {one.file for one in error.value.problems} == {f"edited.xlsx, sheet 'acts', cell {cell}"}


def test_a_sheet_that_is_missing_or_renamed_is_refused_by_its_name(book: EditedBook, case: Path) -> None:
    book.rename_sheet("acts", "Sheet1")
    book.remove_sheet("ladder")
    with pytest.raises(CaseError) as error:
        bring(book, case)
    text = str(error.value)
    assert "the sheet 'acts' with acts.csv is missing" in text
    assert "name the sheet 'Sheet1' 'acts' again" in text
    assert "the sheet 'ladder' with ladder.csv is missing" in text


KEYS = {
    "case.toml": ("minimum_base", 25, "minimum_base = 25"),
    "pathways.toml": ("consent.slope.value", 1.5, "slope = { value = 1.5,"),
    "steps.toml": ("steps[1].title.en", "A first step", "A first step"),
    "items.toml": ("items.recognition.title.en", "Recognises", "Recognises"),
    "surveys 2025 questionnaire.toml": ("items.joining.title.en", "Join?", 'en = "Join?"'),
}


@pytest.mark.parametrize("sheet", KEYS)
def test_a_changed_key_changes_its_line_alone(sheet: str, book: EditedBook, case: Path) -> None:
    key, value, written = KEYS[sheet]
    row = book.row(sheet, key)
    cell = book.text(sheet, row, 2, value) if isinstance(value, str) else book.number(sheet, row, 2, value)
    returned = return_book(book.save(), case, lambda folder: (), case.parent)
    assert only_change(returned, sheet, cell) == str(value)
    ((_, after),) = lines_apart(case, returned)
    assert written in after


def test_a_new_source_is_a_row_and_a_wrong_key_is_named(book: EditedBook, case: Path) -> None:
    row = book.add_row("sources.toml", {"id": "new-paper", "title": "Paper", "publisher": "A house", "grade": "B2"})
    before = (case / "sources.toml").read_text(encoding="utf-8")
    returned = bring(book, case)
    assert {one.cell[1:] for one in returned.changes} == {str(row)}
    write_returned(returned, case)
    after = (case / "sources.toml").read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n"))
    assert after.removeprefix(before).startswith('\n[sources.new-paper]\ntitle = "Paper"\n')
    book.text("case.toml", book.row("case.toml", "seed"), 1, "sede")
    with pytest.raises(CaseError, match=r"sheet 'case\.toml', cell B"):
        return_book(book.save(), copy_demo(case.parent / "again"), check_case, case.parent)


def test_what_changed_in_the_folder_meanwhile_is_kept_unless_it_is_the_same_cell(book: EditedBook, case: Path) -> None:
    acts = case / "acts.csv"
    text = acts.read_text(encoding="utf-8")
    acts.write_text(
        text.replace("XAC,recognition,yes,2009-05-22,,,", "XAC,recognition,yes,2009-05-22,,theirs,"), encoding="utf-8"
    )
    note = book.column("acts", "note")
    book.text("acts", 2, note, "mine")
    returned = bring(book, case)
    write_returned(returned, case)
    after = acts.read_text(encoding="utf-8")
    assert "theirs" in after
    assert "mine" in after
    cell = book.text("acts", 3, note, "mine too")
    with pytest.raises(CaseError, match=rf"cell {cell}: acts.csv was changed here .*“theirs” now"):
        bring(book, case)


def test_drop_downs_notes_frozen_headers_and_marked_tables_are_there(book: EditedBook) -> None:
    part = book.parts[book.part_of["acts"]].decode("utf-8")
    assert "<pane " in part
    assert 'state="frozen"' in part
    assert part.count("<dataValidation ") == 5  # actor, item, value, source, grade
    assert "tableParts" in part
    assert "'_lists'!$" in part
    comments = b"".join(raw for name, raw in book.parts.items() if name.startswith("xl/comments"))
    assert b"Country code of the state that acted." in comments
    assert sum(name.startswith("xl/tables/") for name in book.parts) == len(book.part_of) - 3
    lists = "".join(code for (row, _), code in book.cells["_lists"].items() if row > 1)
    assert "F6" in lists
    assert "ministry-list" in lists


def test_it_is_no_workbook_of_this_case(book: EditedBook, case: Path, tmp_path: Path) -> None:
    other = write(CASES / "kosovo-coe", tmp_path / "other.xlsx")
    with pytest.raises(UsageError, match="is of the case"):
        return_book(other, case, check_case, tmp_path)
    broken = tmp_path / "broken.xlsx"
    for content in (b"", b"PK\x03\x04 nothing", b"id;name\n", book.path.read_bytes()[:5000]):
        broken.write_bytes(content)
        with pytest.raises(UsageError):
            read_book(broken)


def test_without_what_it_keeps_of_the_case_it_is_refused_once(demo_book: Path, case: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.xlsx"
    with zipfile.ZipFile(demo_book) as old, zipfile.ZipFile(bare, "w") as new:
        for one in old.namelist():
            text = old.read(one)
            new.writestr(one, text.replace(b'name="_base"', b'name="Sheet9"') if one == "xl/workbook.xml" else text)
    with pytest.raises(UsageError, match="'_base' is missing") as raised:
        return_book(bare, case, check_case, tmp_path)
    assert "new folder" in raised.value.hint


def test_a_case_lives_as_a_workbook(demo_book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    edited = EditedBook(Path(shutil.copy(demo_book, tmp_path / "demo.xlsx")))
    beside = tmp_path / "demo.files"
    for folder in ("text", "images", "messages", "words"):
        shutil.copytree(CASES / "demo" / folder, beside / folder)
    wave = beside / "surveys" / "2025"
    wave.mkdir(parents=True)
    shutil.copy(CASES / "demo" / "surveys" / "2025" / "respondents.csv", wave)
    assert check_case(find_case(tmp_path / "demo.xlsx")) == ()
    assert read_case(find_case(tmp_path / "demo.xlsx")).files == read_case(CASES / "demo").files
    with pytest.raises(UsageError, match="lives as a workbook"):
        find_case(tmp_path / "demo.xlsx", to_write=True)
    cell = edited.text("acts", 3, edited.column("acts", "source"), "no-such-source")
    edited.save("demo.xlsx")
    (problem,) = check_case(find_case(tmp_path / "demo.xlsx"))
    assert problem.file == f"demo.xlsx, sheet 'acts', cell {cell}"
