"""Pages of questions: words as they were asked, other populations apart, files that hold what the page shows."""

import csv
import io
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from shteg.publish.pages.question import figures_by_question, of_other_populations, question_context
from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.sheets import Sheet, sheet_csv, sheet_workbook

QUESTION = "joining"
CELL = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def context(view: EditionView, language: str) -> dict:  # type: ignore[type-arg]
    rows = figures_by_question(view)[QUESTION]
    return question_context(Voice(edition=view, language=language), QUESTION, rows)


@pytest.mark.parametrize("language", ["en", "sq"])
def test_other_populations_stand_in_no_table_of_this_one(demo_view: EditionView, language: str) -> None:
    found, voice = context(demo_view, language), Voice(edition=demo_view, language=language)
    others = [row for row in figures_by_question(demo_view)[QUESTION] if row["id"] in of_other_populations(demo_view)]
    names = {voice.word("subgroup", row["subgroup"]) for row in others}
    assert names
    here = {str(cell) for table in (found["total"], *found["groups"]) for row in table.rows for cell in row}
    assert not names & here
    assert {row[2] for row in found["elsewhere"].rows} == names
    assert found["elsewhere_text"]
    for row in others:
        assert voice.named(f"question:{QUESTION}") in voice.what(demo_view.value(f"survey.{row['id']}"))


def test_no_chart_and_no_trend_holds_another_population(demo_view: EditionView) -> None:
    others = {f"survey.{one}" for one in of_other_populations(demo_view)}
    kinds = {demo_view.value(one).label_key for one in others}
    assert all(kind.endswith(".elsewhere") for kind in kinds)
    assert not [value.id for value in demo_view.values.values() if value.label_key in kinds and value.id not in others]


def test_the_words_asked_are_told_from_their_translation(demo_view: EditionView) -> None:
    (own,) = context(demo_view, "en")["wordings"]
    asked, translated = context(demo_view, "sq")["wordings"]
    assert (own["language"], asked["language"], translated["language"]) == ("", "en", "")
    assert asked["text"] == own["text"] != translated["text"]
    assert "përkthyer" in translated["kind"]


def test_the_files_of_a_question_hold_its_figures(site: Path) -> None:
    for language in ("en", "sq"):
        folder = site / language / "data"
        rows = list(csv.reader(io.StringIO((folder / f"question-{QUESTION}.csv").read_text(encoding="utf-8-sig"))))
        with zipfile.ZipFile(folder / f"question-{QUESTION}.xlsx") as book:
            sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        numbers = [one.findtext(f"{CELL}v") for one in sheet.iter(f"{CELL}c") if one.get("t") is None]
        shown = [cell for row in rows[1:] for cell in (row[6], row[7], row[8]) if cell]
        assert sorted(float(one) for one in numbers if one) == sorted(map(float, shown))
        assert not sheet.findall(f".//{CELL}f")  # no formula


def test_a_workbook_is_the_same_bytes_and_runs_nothing() -> None:
    sheet = Sheet(name="a/b", title="=1+1", headers=("=x", "y"), rows=(("=cmd|' /C calc'!A0", 1.5), ("+1", None)))
    first, second = (sheet_workbook([sheet], "2026-06-30") for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
        assert b'quotePrefix="1"' in book.read("xl/styles.xml")
    assert "'=cmd" in sheet_csv(sheet).decode("utf-8-sig")
