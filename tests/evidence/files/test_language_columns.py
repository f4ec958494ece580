"""A table has a column of each text in each language of the case, whatever the languages are."""

from pathlib import Path

from shteg.evidence.files.csv_tables import CsvTable, read_csv, validate_rows
from shteg.evidence.files.folder import CaseFolder
from shteg.evidence.records.facts import Member
from shteg.evidence.records.files import TABLES

(MEMBERS,) = (spec for spec in TABLES if spec.record is Member)
LANGUAGES = ("en", "mk", "sq")


def read_members(folder: Path, header: str, row: str) -> tuple[CsvTable | None, list[str]]:
    (folder / "members.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    case = CaseFolder(folder)
    table = read_csv(case, MEMBERS, LANGUAGES)
    if table is not None:
        validate_rows(case, table)
    return table, [f"{one.line}:{one.column} {one.problem}" for one in case.problems]


HEADER = "member,name_en,name_sq,name_mk,member_since,source,grade"


def test_a_third_language_is_a_third_column(tmp_path: Path) -> None:
    table, problems = read_members(tmp_path, HEADER, "XAB,Sea,Deti,Море,1990,register,A1")
    assert problems == []
    assert table is not None
    (row,) = table.rows
    assert isinstance(row.record, Member)
    assert row.record.name.root == {"en": "Sea", "sq": "Deti", "mk": "Море"}
    assert row.record == Member(
        member="XAB", name={"en": "Sea", "sq": "Deti", "mk": "Море"}, member_since="1990", source="register", grade="A1"
    )


def test_the_column_of_a_language_that_is_missing_empty_or_unknown_is_told(tmp_path: Path) -> None:
    _, problems = read_members(tmp_path, HEADER.replace(",name_mk", ""), "XAB,Sea,Deti,1990,register,A1")
    assert problems == ["1:0 the column `name_mk` is missing"]
    _, problems = read_members(tmp_path, HEADER, "XAB,Sea,Deti,,1990,register,A1")
    assert problems == ["2:4 `name_mk` is empty"]
    _, problems = read_members(tmp_path, HEADER + ",name_de", "XAB,Sea,Deti,Море,1990,register,A1,Meer")
    assert problems == ["1:8 `name_de` is not a column of this table"]
