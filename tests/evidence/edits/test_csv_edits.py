"""A change of a table changes the bytes that it means, and no other."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.errors import UsageError
from shteg.evidence.edits.csv_edits import Edits, apply_edits, read_raw

RAW = b'\xef\xbb\xbfid;name;note\r\nA;"One; two";x\r\n;;\r\nB;"say ""no""";\r\n\r\nC;plain;"two\r\nlines"'
"""Byte order mark, semicolons, quotation marks, an empty row, an empty line, a cell of two lines, no last line end."""


def test_a_table_that_is_not_changed_is_the_same_bytes() -> None:
    table = read_raw(RAW)
    assert table.bytes() == RAW
    assert apply_edits(table, Edits()) == RAW
    assert table.header == ("id", "name", "note")
    assert [table.pieces[one].cells for one in table.rows] == [
        ["A", "One; two", "x"],
        ["B", 'say "no"', ""],
        ["C", "plain", "two\r\nlines"],
    ]


def test_one_cell_changes_one_cell() -> None:
    changed = apply_edits(read_raw(RAW), Edits(cells={(1, 2): "why"}))
    assert changed == RAW.replace(b'"say ""no""";\r\n', b'"say ""no""";why\r\n')


def test_a_cell_keeps_its_quotation_marks_and_gets_them_where_it_needs_them() -> None:
    table = read_raw(b'a,b\n"x",y\n')
    assert apply_edits(table, Edits(cells={(0, 0): "z"})) == b'a,b\n"z",y\n'
    assert apply_edits(table, Edits(cells={(0, 1): "1,5"})) == b'a,b\n"x","1,5"\n'
    assert apply_edits(table, Edits(cells={(0, 1): 'a"b'})) == b'a,b\n"x","a""b"\n'
    assert apply_edits(table, Edits(cells={(0, 0): ""})) == b"a,b\n,y\n"


def test_a_cell_written_as_it_was_stays_as_it_was() -> None:
    raw = b'a,b\n"x" ,y\n'
    assert apply_edits(read_raw(b'a,b\n"x",y\n'), Edits(cells={(0, 0): "x"})) == b'a,b\n"x",y\n'
    with pytest.raises(UsageError, match="cannot be shown as a grid"):
        read_raw(raw)


def test_rows_come_and_go_where_they_are_asked_for() -> None:
    table = read_raw(RAW)
    changed = apply_edits(table, Edits(removed=frozenset([1]), added=[(-1, ("0", "first", "")), (2, ("D", "x;y", ""))]))
    assert changed == (
        b"\xef\xbb\xbfid;name;note\r\n0;first;\r\n" + b'A;"One; two";x\r\n;;\r\n\r\nC;plain;"two\r\nlines"\r\nD;"x;y";'
    )


def test_what_does_not_exist_is_not_changed() -> None:
    table = read_raw(b"a,b\n1,2\n")
    for edits in (
        Edits(cells={(1, 0): "x"}),
        Edits(cells={(0, 2): "x"}),
        Edits(removed=frozenset([1])),
        Edits(added=[(3, ("1", "2"))]),
        Edits(added=[(0, ("1",))]),
        Edits(cells={(0, 0): "x" * 200_000}),
    ):
        with pytest.raises(UsageError, match=r"load the table again|shorten it"):
            apply_edits(table, edits)


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b'a,b\n"x,y\n', b"a,b\n1\n"])
def test_a_table_without_certain_form_is_no_grid(raw: bytes) -> None:
    with pytest.raises(UsageError, match=r"grid|UTF-8"):
        read_raw(raw)


FILLED = st.text("abc,;\"' äë\n", min_size=1, max_size=8).filter(lambda text: text.strip(',;"\t \n') != "")


@given(
    rows=st.lists(st.lists(FILLED, min_size=2, max_size=2), min_size=1, max_size=6),
    data=st.data(),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_any_change_reads_back_as_meant_and_leaves_other_rows(
    rows: list[list[str]], data: st.DataObject, end: str, quoting: int
) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([["first", "second"], *rows])
    raw = text.getvalue().encode()
    table = read_raw(raw)
    row = data.draw(st.integers(0, len(rows) - 1))
    new = data.draw(FILLED)
    changed = apply_edits(table, Edits(cells={(row, 1): new}))
    wanted = [["first", "second"], *rows]
    wanted[row + 1] = [rows[row][0], new]
    assert list(csv.reader(io.StringIO(changed.decode(), newline=""))) == wanted
    again = read_raw(changed)
    same = [number for number in range(len(rows)) if number != row]
    assert [again.pieces[again.rows[one]].fields for one in same] == [
        table.pieces[table.rows[one]].fields for one in same
    ]
