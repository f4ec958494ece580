"""CSV tables of a case as spreadsheets and people save them: read where they can mean one thing, refused otherwise."""

from pathlib import Path

import pytest

from shteg.errors import Problem
from shteg.evidence import check_case, read_case
from shteg.evidence.files.csv_scan import read_header, scan_csv
from shteg.evidence.files.twice_encoded import find_twice_encoded
from shteg.evidence.records.dates import read_local_day
from tests.evidence.demo_copy import copy_demo


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return copy_demo(tmp_path)


def problems_in(case: Path, file: str) -> list[Problem]:
    return [one for one in check_case(case) if one.file == file]


def rewrite(case: Path, file: str, *, separator: str = ",", dates: str = "", end: str = "\n", more: str = "") -> None:
    """Save a table without quoted fields as a spreadsheet of another country does."""
    lines = (case / file).read_text(encoding="utf-8").splitlines()
    assert not any('"' in line for line in lines)
    rows = [line.split(",") for line in lines]
    if dates:
        rows = [[dates.format(*cell.split("-")) if _is_day(cell) else cell for cell in row] for row in rows]
    (case / file).write_bytes(end.join([separator.join(row) + more for row in rows] + [""]).encode("utf-8"))


def _is_day(cell: str) -> bool:
    return len(cell) == 10 and cell[4] == cell[7] == "-"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_saved_elsewhere_is_the_same_table(case: Path, separator: str, end: str) -> None:
    before = read_case(case).members
    rewrite(case, "members.csv", separator=separator, dates="{2}.{1}.{0}", end=end)
    assert read_case(case).members == before


def test_blank_columns_and_rows_at_the_end_are_nothing(case: Path) -> None:
    before = read_case(case).members
    rewrite(case, "members.csv", separator=";", more=";;")
    text = (case / "members.csv").read_text(encoding="utf-8")
    width = text.splitlines()[0].count(";")
    (case / "members.csv").write_text(text + (";" * width + "\n") * 3 + "\n\n", encoding="utf-8")
    assert read_case(case).members == before


def test_a_value_under_no_name_is_a_problem(case: Path) -> None:
    rewrite(case, "members.csv", more=",")
    text = (case / "members.csv").read_text(encoding="utf-8")
    lines = text.splitlines()
    (case / "members.csv").write_text("\n".join([*lines[:2], lines[2] + "x", *lines[3:]]), encoding="utf-8")
    assert "no name" in problems_in(case, "members.csv")[0].problem


def test_decimal_commas_are_read_where_semicolons_separate(case: Path) -> None:
    figures = case / "surveys/published.csv"
    before = [one.percent for one in read_case(case).published]
    lines = figures.read_text(encoding="utf-8").splitlines()
    header = lines[0].split(",")
    rows = [line.split(",") for line in lines]
    at = header.index("percent")
    for row in rows[1:]:
        row[at] = (row[at] if "." in row[at] else f"{row[at]}.0").replace(".", ",") if row[at] else ""
    figures.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    found = problems_in(case, "surveys/published.csv")
    assert not found
    assert [one.percent for one in read_case(case).published] == before
    rows[1][at] = "35.5"
    figures.write_text("\n".join(";".join(row) for row in rows), encoding="utf-8")
    assert any("decimal comma" in one.problem for one in problems_in(case, "surveys/published.csv"))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("21.05.2009", "2009-05-21"), ("1.2.2009", "2009-02-01"), ("21.05.2009.", "2009-05-21"),
        ("21. 5. 2009", "2009-05-21"), ("21/05/2009", "2009-05-21"), ("05/21/2009", "2009-05-21"),
        ("05/05/2009", "2009-05-05"), ("2009-05-21", "None"), ("2009", "None"), ("21.05.09", "None"),
        ("2019-08-21/2019-09-01", "None"),
    ],
)  # fmt: skip
def test_local_days_that_can_be_read_one_way(text: str, day: str) -> None:
    assert str(read_local_day(text)) == day


@pytest.mark.parametrize(
    ("text", "said"), [("05/06/2009", "2009-05-06 or 2009-06-05"), ("31.02.2009", "exists"), ("13/13/2009", "exists")]
)
def test_local_days_that_cannot(case: Path, text: str, said: str) -> None:
    rewrite(case, "members.csv")
    table = (case / "members.csv").read_text(encoding="utf-8")
    day = next(cell for cell in table.replace("\n", ",").split(",") if _is_day(cell))
    (case / "members.csv").write_text(table.replace(day, text, 1), encoding="utf-8")
    (found,) = problems_in(case, "members.csv")
    assert said in found.problem
    assert "YYYY-MM-DD" in found.hint
    assert found.line > 1


@pytest.mark.parametrize("codec", ["cp1252", "cp1250", "cp1254", "mac_roman", "latin-1"])
@pytest.mark.parametrize("word", ["pavarësinë", "Çamëria", "PAVARËSIA", "Peć", "Đakovica", "Çështja"])
def test_text_read_twice_is_found(word: str, codec: str) -> None:
    try:
        wrong = word.encode("utf-8").decode(codec)
    except UnicodeDecodeError:
        wrong = "".join(bytes([b]).decode(codec, "replace").replace("\ufffd", chr(b)) for b in word.encode("utf-8"))
    found = find_twice_encoded(f"a,b\n1,për {wrong}\n")
    assert found is not None
    assert found.meant == word


@pytest.mark.parametrize(
    "text",
    ["Shqipëria, Kosovë, ç Ç Ë", "“CAFÉ” «CAFÉ» CAFÉ…", "TÄMÄ” »JÄ« „JÄ“ Åland", "AMANHû IRMÔ", "Đakovica Peć Şişli",
     "Ελλάδα, Приштина, √2 × 3 – 4", "50 % – Ö, É»"],
)  # fmt: skip
def test_text_that_is_right_is_left_alone(text: str) -> None:
    assert find_twice_encoded(text) is None


def test_a_table_read_twice_is_refused_with_its_line(case: Path) -> None:
    path = case / "partnerships.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Four boats", "Four boats pavarÃ«sinÃ«"), encoding="utf-8")
    (found,) = problems_in(case, "partnerships.csv")
    assert "pavarësinë" in found.problem
    assert found.line > 1


def test_the_scan_keeps_lines_right_and_lists_every_defect() -> None:
    scan = scan_csv(b'\r\na,b\r\n1,2\r\r\n\n"x\ny",4\n5\n6,7,8\n,\n9,"0"\n')
    assert scan.lines.tolist() == [3, 6, 8, 9, 11]
    assert [(one.line, one.problem) for one in scan.defects] == [
        (8, "the row has 1 field, the header has 2"),
        (9, "the row has 3 fields, the header has 2"),
    ]
    assert scan.blank == (10,)


@pytest.mark.parametrize(
    ("row", "line", "said"),
    [
        ('1,a"b', 2, "stands inside a field"),
        ('1,"a"b', 2, "text follows a closing quotation mark"),
        ('1,"ab', 2, "never closed"),
        ('1,"ab\n2,"c"', 2, "never closed"),
        ('1,"a""b"\n2,c"', 3, "stands inside a field"),
    ],
)
def test_quotation_marks_out_of_place(row: str, line: int, said: str) -> None:
    first = scan_csv(f"n,t\n{row}\n3,x\n".encode()).defects[0]
    assert (first.line, said in first.problem) == (line, True), first


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("a,b\n1,2\n", ","), ("a;b\n1;2,5\n", ";"), ("a\tb\n1\t2\n", "\t"), ("a;x,b\n1,2\n", ","),
        ("a,x;b\n1;2\n", ";"), ("sep=;\na;b\n1;2\n", ";"), ("a\n1\n", ","), ('"a;b",c\n1,2\n', ","),
    ],
)  # fmt: skip
def test_the_header_tells_the_separator(text: str, separator: str) -> None:
    scan = scan_csv(text.encode())
    assert (scan.separator, scan.defects) == (separator, ())


def test_a_header_is_read_from_the_beginning_of_a_file() -> None:
    assert read_header("\ufeffid;mosha ë\r1;".encode()) == ("id", "mosha ë")
    assert read_header("id,ë\n1,".encode("cp1252"), "cp1252") == ("id", "ë")
    assert read_header("id,ë\n".encode("cp1252")) is None


def test_a_wave_names_its_encoding(case: Path) -> None:
    design = case / "surveys/2025/design.toml"
    text = design.read_text(encoding="utf-8")
    design.write_text(text.replace('data = "', 'encoding = "windows-1250"\ndata = "', 1), encoding="utf-8")
    assert check_case(case) == ()
    design.write_text(text.replace('data = "', 'encoding = "windows-125"\ndata = "', 1), encoding="utf-8")
    (found,) = problems_in(case, "surveys/2025/design.toml")
    assert "no text encoding" in found.problem
    assert "windows-1250" in found.hint
