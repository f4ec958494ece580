"""CSV files of a wave: every row as long as the header, every line accounted for."""

from pathlib import Path

import pytest

from shteg.errors import DataError, DesignError, UsageError
from shteg.survey.readers import read_responses


def write(folder: Path, content: bytes) -> Path:
    (folder / "a.csv").write_bytes(content)
    return folder / "a.csv"


def test_rows_too_short_and_too_long_are_all_listed(tmp_path: Path) -> None:
    rows = [b"id,h,q,sex"] + [b"%d,1,2,f" % number for number in range(60)]
    rows[10], rows[20], rows[60] = b"9,1,f", b"19,1,2,f,", b"59,1"
    with pytest.raises(DataError) as refused:
        read_responses(write(tmp_path, b"\n".join(rows)))
    assert [(one.line, one.problem) for one in refused.value.problems] == [
        (11, "the row has 3 fields, the header has 4"),
        (21, "the row has 5 fields, the header has 4"),
        (61, "the row has 2 fields, the header has 4"),
    ]
    assert "a.csv:21:4: the row has 5 fields" in str(refused.value)


def test_a_file_full_of_short_rows_lists_some_and_counts_the_rest(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        read_responses(write(tmp_path, b"a,b\n1,2\n" + b"1\n" * 1000))
    assert (len(refused.value.problems), refused.value.more) == (50, 950)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends_and_blank_lines(tmp_path: Path, end: bytes) -> None:
    found = read_responses(write(tmp_path, end.join([b"", b"q,w", b"1,2", b"", b"3,4", b"  ", b"", b""])))
    assert found.frame.to_dict(as_series=False) == {"q": ["1", "3"], "w": ["2", "4"]}
    assert found.lines is not None
    assert found.lines.tolist() == [3, 5]
    assert found.notes == ()


def test_blank_columns_and_rows_of_a_spreadsheet(tmp_path: Path) -> None:
    found = read_responses(write(tmp_path, b"q;;w;;\n1;;2;;\n;;;;\n3;;;;\n;;;;\n;;;;\n"))
    assert found.frame.to_dict(as_series=False) == {"q": ["1", "3"], "w": ["2", None]}
    assert found.notes == ("a.csv: rows in which nothing stands were left out (lines 3, 5, 6)",)
    with pytest.raises(DesignError, match="header, column 2: the column has no name"):
        read_responses(write(tmp_path, b"q;;w\n1;;2\n1;5;2\n"))


def test_quoted_fields_over_several_lines(tmp_path: Path) -> None:
    found = read_responses(write(tmp_path, b'q,t\r\n1,"a\r\nb,""c"""\r\n2,""\r\n'))
    assert found.frame.to_dict(as_series=False) == {"q": ["1", "2"], "t": ['a\nb,"c"', None]}
    assert found.lines is not None
    assert found.lines.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'q,t\n1,"a\n2,b\n', "line 2: a quotation mark is opened in this row and never closed"),
        (b'q,t\n1,5" pipe\n', "line 2: a quotation mark stands inside a field"),
        (b'q,t\n1,"a" b\n', "line 2: text follows a closing quotation mark"),
        (b"q,t\r1,\x00\r", "line 2: the file holds a zero byte"),
        (b"q,t\r\r1,\xeb\r", r"not UTF-8 \(line 3\)"),
        ("q,t\n1,pavarësinë\n".encode().decode("cp1252").encode(), "line 2: “pavarÃ«sinÃ«”.*it was “pavarësinë”"),
        (b"q;t,u\n1\n", "the row has 1 field"),
    ],
)
def test_what_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        read_responses(write(tmp_path, content))


def test_an_encoding_that_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, "q,t\n1,Peć\n".encode("cp1250"))
    assert read_responses(str(path), encoding="windows-1250").frame["t"].to_list() == ["Peć"]
    assert read_responses(write(tmp_path, "q,t\n1,Peć\n".encode("utf-16")), encoding="utf-16").frame.height == 1
    with pytest.raises(UsageError, match="no encoding 'windows-125'"):
        read_responses(path, encoding="windows-125")
    with pytest.raises(UsageError, match="no encoding 'rot13'"):
        read_responses(path, encoding="rot13")
    with pytest.raises(DesignError, match="not text in ascii"):
        read_responses(write(tmp_path, "q,t\n1,Peć\n".encode()), encoding="ascii")


def test_a_path_may_be_a_text_and_must_be_a_path(tmp_path: Path) -> None:
    assert read_responses(str(write(tmp_path, b"q\n1\n\n2\n"))).frame["q"].to_list() == ["1", "2"]
    with pytest.raises(UsageError, match="int is no name of a file"):
        read_responses(5)  # type: ignore[arg-type]
    with pytest.raises(DesignError, match="a folder"):
        read_responses(tmp_path)
