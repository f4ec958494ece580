"""Tables on disk: numbers as numbers, texts inert, nothing in one language only, the same bytes twice."""

import csv
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from shteg.report.language.messages import catalog, check_messages
from shteg.survey.tables import Tables, Wording, tabulate, write_csv, write_html, write_parquet, write_xlsx
from tests.survey.tables.wave import EN, SQ, both, by, frame, source, trust

HOSTILE = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "<script>alert(1)</script>", "\t=1", "a & b", "’ë “ç”")


def hostile_tables() -> Tables:
    names = dict(zip(("fully", "rather", "little", "none"), HOSTILE, strict=False))
    data = frame().with_columns(pl.col("region").replace(dict(zip("nesw", HOSTILE[4:], strict=True))))
    item = trust(options={**{code: {"en": text, "sq": text} for code, text in names.items()}, "dk": both("dk")})
    return tabulate([source(data)], [item], [by("region"), by("sex")], letters="holm", minimum_base=20)


def xlsx(tables: Tables, path: Path, words: Wording = EN) -> Path:
    return write_xlsx(tables, path, words, title="=Title", about=[("=head", "=HYPERLINK(1)")])


def test_a_workbook_holds_no_formula_and_no_merged_cell(tmp_path: Path) -> None:
    path = xlsx(hostile_tables(), tmp_path / "t.xlsx")
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            text = archive.read(name).decode("utf-8", "replace")
            assert "<f>" not in text, name
            assert "mergeCell" not in text, name
    sheets = CalamineWorkbook.from_path(path)
    assert sheets.sheet_names == ["Contents", "Notes", "trust"]
    labels = {row[0] for row in sheets.get_sheet_by_name("trust").to_python()}
    assert labels >= {text.strip("\t") if not text.startswith("\t") else text for text in HOSTILE[:4]}


def test_numbers_in_a_workbook_are_the_estimates(tmp_path: Path) -> None:
    tables = hostile_tables()
    rows = CalamineWorkbook.from_path(xlsx(tables, tmp_path / "t.xlsx")).get_sheet_by_name("trust").to_python()
    first = next(row for row in rows if row[:2] == ["=1+1", "Estimate"])
    cells = tables.frame.filter(pl.col("option") == "fully")
    expected = [":" if hidden else value for value, hidden in cells.select("estimate", "suppressed").rows()]
    for cell, value in zip(first[2:], expected, strict=True):
        assert cell == (value if value == ":" else pytest.approx(value, rel=1e-15))  # Excel stores 16 digits


def test_the_same_tables_are_the_same_bytes(tmp_path: Path) -> None:
    for name, write in (
        ("xlsx", lambda tables, path: xlsx(tables, path)),
        ("html", lambda tables, path: write_html(tables, path, EN, title="t")),
        ("csv", lambda tables, path: write_csv(tables, path, [EN, SQ])),
        ("parquet", lambda tables, path: write_parquet(tables, path, [EN, SQ])),
    ):
        files = [write(hostile_tables(), tmp_path / f"{i}.{name}") for i in range(2)]
        assert files[0].read_bytes() == files[1].read_bytes(), name


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_a_page_is_escaped_and_its_headings_have_a_scope(tmp_path: Path) -> None:
    text = write_html(hostile_tables(), tmp_path / "t.html", SQ, title="<b>").read_text(encoding="utf-8")
    page = Page()
    page.feed(text)
    tags = [tag for tag, _ in page.tags]
    assert "script" not in tags
    assert "b" not in tags
    assert "<script" not in text
    assert '<html lang="sq">' in text
    assert all(attributes.get("scope") for tag, attributes in page.tags if tag == "th")
    assert tags.count("caption") == tags.count("table") == 1
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_csv_guards_texts_and_leaves_numbers_alone(tmp_path: Path) -> None:
    tables = hostile_tables()
    with write_csv(tables, tmp_path / "t.csv", [EN, SQ]).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["row_label_en"] for row in rows} >= {"'" + text for text in HOSTILE[:4]}
    numbers = [row["estimate"] for row in rows if row["estimate"]]
    assert [float(one) for one in numbers] == tables.frame["estimate"].drop_nulls().to_list()


def test_parquet_keeps_texts_and_has_labels_in_each_language(tmp_path: Path) -> None:
    found = pl.read_parquet(write_parquet(hostile_tables(), tmp_path / "t.parquet", [EN, SQ]))
    assert set(HOSTILE[:4]) <= set(found["row_label_en"])
    assert set(found["item_label_sq"]) == {"Trust (sq)"}
    assert "Dy përgjigjet e sipërme" in set(found["row_label_sq"])


def test_an_albanian_workbook_holds_no_english_message(tmp_path: Path) -> None:
    assert [problem for problem in check_messages() if problem.file.endswith("/tables.toml")] == []
    texts = set(re.findall(r"<t[^>]*>([^<]*)</t>", xml_texts(xlsx(hostile_tables(), tmp_path / "t.xlsx", SQ))))
    english, albanian = (
        {text for key, text in catalog(language).items() if key.startswith("tables.")} for language in ("en", "sq")
    )
    assert texts & albanian
    assert not texts & (english - albanian)


def xml_texts(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("xl/sharedStrings.xml").decode("utf-8")
