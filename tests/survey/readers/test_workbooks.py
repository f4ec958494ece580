"""Workbooks as programs write them: both forms of the standard, and what lies outside of the table."""

import datetime as dt
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import xlsxwriter

from shteg.errors import DesignError
from shteg.survey.readers import read_responses
from shteg.survey.readers.apart import rows_apart
from shteg.workbooks.parts import kind_of_format

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STRICT = {
    MAIN: "http://purl.oclc.org/ooxml/spreadsheetml/main",
    OFFICE: "http://purl.oclc.org/ooxml/officeDocument/relationships",
}
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>q</t></is></c></row>'
HEADER_AND_TWO = HEADER + "<row><c><v>1</v></c></row><row><c><v>2</v></c></row>"


def make(path: Path, fill: Callable[[xlsxwriter.Workbook], None], **options: bool) -> Path:
    book = xlsxwriter.Workbook(str(path / "a.xlsx"), options)
    fill(book)
    book.close()
    return path / "a.xlsx"


def pack(path: Path, rows: str, *, after: str = "", parts: Mapping[str, str] = {}, book: str = "xl/book2.xml") -> Path:
    """Write a workbook part by part; the workbook itself does not lie where it usually does."""
    folder = book.rpartition("/")[0]
    written = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
        f'Target="/{book}"/></Relationships>',
        book: f'<workbook xmlns="{MAIN}" xmlns:k="{OFFICE}"><sheets><sheet name="x" sheetId="1" k:id="r9"/></sheets>'
        "</workbook>",
        f"{folder}/_rels/{book.rpartition('/')[2]}.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r9" '
        f'Type="{OFFICE}/worksheet" Target="sheets/one.xml"/></Relationships>',
        f"{folder}/sheets/one.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData>{after}</worksheet>',
        **parts,
    }
    with zipfile.ZipFile(path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in written.items():
            archive.writestr(name, text)
    return path / "a.xlsx"


def make_strict(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode("utf-8") for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            for old, new in STRICT.items():
                text = text.replace(old, new)
            archive.writestr(name, text)


def two_columns(book: xlsxwriter.Workbook) -> None:
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["q", "r"])
    sheet.write_row(1, 0, [1, "a"])
    sheet.write_row(2, 0, [2, "ë"])


TWO_COLUMNS = {"q": ["1", "2"], "r": ["a", "ë"]}


def test_the_strict_form_is_read_as_the_transitional_one(tmp_path: Path) -> None:
    path = make(tmp_path, two_columns)
    make_strict(path)
    assert read_responses(path).frame.to_dict(as_series=False) == TWO_COLUMNS


def test_a_formula_in_the_strict_form_is_refused(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        two_columns(book)
        book.worksheets()[0].write_formula("B3", "=A3*2", None, 4)

    path = make(tmp_path, fill)
    make_strict(path)
    with pytest.raises(DesignError, match=r"cell B3: the cell holds a formula \(=A3\*2\)"):
        read_responses(path)


@pytest.mark.parametrize("book", ["xl/workbook.xml", "xl/book2.xml", "deep/down/b.xml"])
def test_parts_are_found_by_their_links(tmp_path: Path, book: str) -> None:
    path = pack(tmp_path, HEADER_AND_TWO, book=book)
    assert read_responses(path).frame.to_dict(as_series=False) == {"q": ["1", "2"]}


def test_the_table_begins_where_something_stands(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(2, 1, ["q", "r"])
        sheet.write_row(3, 1, [1, "a"])
        sheet.write_row(6, 1, [2, "ë"])
        sheet.write_blank(1_048_575, 16_383, None, book.add_format({"bold": True}))

    found = read_responses(make(tmp_path, fill))
    assert found.frame.to_dict(as_series=False) == TWO_COLUMNS
    assert found.lines is not None
    assert found.lines.tolist() == [4, 7]
    assert "2 empty rows" in found.notes[0]


def test_a_title_above_the_names(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "A survey")
        for row, cells in enumerate([["q", "r", "s"], [1, 2, 3]], 2):
            sheet.write_row(row, 0, cells)

    with pytest.raises(DesignError, match="row 1 does not name the columns; the names seem to stand in row 3"):
        read_responses(make(tmp_path, fill))


def test_a_stray_cell_in_the_last_corner(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        two_columns(book)
        book.worksheets()[0].write(1_048_575, 16_383, "x")

    with pytest.raises(DesignError, match="cell XFD1048576 holds “x”"):
        read_responses(make(tmp_path, fill))


@pytest.mark.parametrize("place", ["A2:A3", "A1:B1", "B2:B3"])
def test_merged_cells_are_refused(tmp_path: Path, place: str) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        two_columns(book)
        book.worksheets()[0].merge_range(place, "x")

    with pytest.raises(DesignError, match=f"the cells {place} are merged"):
        read_responses(make(tmp_path, fill))


def test_merged_cells_outside_of_the_table_do_not_matter(tmp_path: Path) -> None:
    path = pack(tmp_path, HEADER_AND_TWO, after='<mergeCells><mergeCell ref="H8:J9"/></mergeCells>')
    assert read_responses(path).frame.height == 2


@pytest.mark.parametrize("state", ["hide", "very_hidden"])
def test_hidden_sheets(tmp_path: Path, state: str) -> None:
    def notes_hidden(book: xlsxwriter.Workbook) -> None:
        two_columns(book)
        hidden = book.add_worksheet("codes")
        hidden.write(0, 0, "x")
        getattr(hidden, state)()

    def data_hidden(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("front").activate()
        sheet = book.add_worksheet("data")
        sheet.write_column(0, 0, ["q", 1])
        getattr(sheet, state)()

    assert read_responses(make(tmp_path, notes_hidden)).frame.to_dict(as_series=False) == TWO_COLUMNS
    with pytest.raises(DesignError, match=r"the sheet 'data' is hidden[\s\S]*unhide it"):
        read_responses(make(tmp_path, data_hidden))


def test_a_chart_on_a_sheet_of_its_own(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        two_columns(book)
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=Sheet1!$A$2:$A$3"})
        book.add_chartsheet("picture").set_chart(chart)

    assert read_responses(make(tmp_path, fill)).frame.to_dict(as_series=False) == TWO_COLUMNS


@pytest.mark.parametrize("since_1904", [False, True])
def test_days_times_lengths_and_money(tmp_path: Path, since_1904: bool) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()

        def form(code: str) -> object:
            return book.add_format({"num_format": code})

        sheet.write_row(0, 0, ["day", "time", "both", "length", "money", "truth"])
        sheet.write_datetime(1, 0, dt.date(2009, 5, 21), form("dd.mm.yyyy"))
        sheet.write_datetime(1, 1, dt.time(10, 0), form("hh:mm"))
        sheet.write_datetime(1, 2, dt.datetime(2009, 5, 21, 13, 45), form("yyyy-mm-dd hh:mm"))  # noqa: DTZ001
        sheet.write_number(1, 3, 90061 / 86400, form("[h]:mm:ss"))
        sheet.write_number(1, 4, 5.5, form('#,##0.00 "days"'))
        sheet.write_boolean(1, 5, True)

    row = read_responses(make(tmp_path, fill, date_1904=since_1904)).frame.row(0)
    assert row == ("2009-05-21", "10:00:00", "2009-05-21T13:45:00", "90061", "5.5", "1")


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", ""), ("0.00E+00", ""), ("[Red]0;[Blue]-0", ""), ('0 "days"', ""), ("0\\d", ""), ("_-* #,##0", ""),
        ("[$-409]d mmm yyyy", "date"), ("m/d/yy h:mm", "date"), ("[mm]:ss", "length"), ("[h]", "length"),
    ],
)  # fmt: skip
def test_what_a_format_shows(code: str, kind: str) -> None:
    assert kind_of_format(164, code) == kind


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (HEADER + '<row r="2"><c r="A2" t="e"><v>#N/A</v></c></row>',
         "cell A2: the cell holds the error value #N/A"),
        (HEADER + '<row r="2"><c r="A2"><v>383441234567890112</v></c></row>',
         "column A, row 2: 383441234567890112 is too large[\\s\\S]*as text"),
        (HEADER + '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>',
         "the cell A2 stands twice"),
        ('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', "damaged"),
        ('<row r="1"><c r="XFE1"><v>7</v></c></row>', "there is no cell"),
        ('<row r="1"><c r="A1"><v>x</v></c></row>', "damaged"),
        ("<row", "damaged"),
    ],
)  # fmt: skip
def test_cells_that_are_refused(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        read_responses(pack(tmp_path, rows))


def test_texts_in_pieces_and_escaped(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c t="s"><v>0</v></c></row><row r="2"><c t="inlineStr"><is><r><t>a</t></r><r><t>b_x0041_</t></r>'
        '<rPh><t>no</t></rPh></is></c></row><row r="3"><c t="d"><v>2009-05-21T00:00:00</v></c></row>'
    )
    texts = f'<sst xmlns="{MAIN}"><si><r><t>q</t></r><r><t>1</t></r><rPh sb="0" eb="1"><t>no</t></rPh></si></sst>'
    links = (
        f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r9" Type="{OFFICE}/worksheet" Target="/xl/sheets/one.xml"/>'
        f'<Relationship Id="r8" Type="{OFFICE}/sharedStrings" Target="texts.xml"/></Relationships>'
    )
    path = pack(tmp_path, rows, parts={"xl/texts.xml": texts, "xl/_rels/book2.xml.rels": links})
    assert read_responses(path).frame.to_dict(as_series=False) == {"q1": ["abA", "2009-05-21"]}


def test_a_workbook_that_unpacks_to_far_more_than_it_is(tmp_path: Path) -> None:
    path = pack(tmp_path, HEADER_AND_TWO + "<!--" + " " * 2**27 + "-->")
    assert path.stat().st_size < 2**20
    with pytest.raises(DesignError, match="unpacks to"):
        read_responses(path)


def test_entities_are_refused(tmp_path: Path) -> None:
    sheet = f'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet xmlns="{MAIN}"><sheetData>{HEADER_AND_TWO}</sheetData>'
    sheet += "</worksheet>"
    with pytest.raises(DesignError, match="document type"):
        read_responses(pack(tmp_path, "", parts={"xl/sheets/one.xml": sheet}))


def test_sheets_of_a_form_are_given_as_they_stand(tmp_path: Path) -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        survey = book.add_worksheet("survey")
        survey.write_row(0, 0, ["type", "name"])
        survey.write_row(2, 1, ["q"])
        book.add_worksheet("choices").hide()

    assert rows_apart(make(tmp_path, fill)) == {"survey": [["type", "name"], [], [None, "q"]], "choices": []}
