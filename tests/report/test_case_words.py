"""No language borrows another's words: what is missing is told, and is never printed in another language."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from shteg.errors import ShtegError
from shteg.report import EditionView, chart, check_texts, message, open_edition
from shteg.report.language.words import Words, said
from tests.abroad import read_json, write_json


def with_json(folder: Path, file: str, content: Any) -> EditionView:
    write_json(folder, file, content)
    return open_edition(folder)


@pytest.mark.parametrize("gone", [True, False])
def test_an_event_without_a_title_in_the_language_stops_the_chart(folder: Path, gone: bool) -> None:
    path = folder / "tables" / "evidence.chronicle.parquet"
    events = pl.read_parquet(path, memory_map=False)
    events = events.drop("title_sq") if gone else events.with_columns(title_sq=pl.lit(None, pl.String))
    events.write_parquet(path)
    edition = open_edition(folder)
    assert chart(edition, "chronicle", "en").table.rows[0][1] == events.sort("happened_on")["title_en"][0]
    with pytest.raises(ShtegError, match="not yet in language sq"):
        chart(edition, "chronicle", "sq")
    found = [one for one in check_texts(edition) if "not yet in language sq" in one.problem]
    assert len(found) == events.height
    assert {one.file for one in found} == {"chronicle.csv"}


def test_a_name_in_another_language_only_is_no_name(folder: Path) -> None:
    edition = with_json(folder, "lexicon", read_json(folder, "lexicon") | {"country:XAB": {"en": "Aldora"}})
    assert Words(edition, "en").named("country:XAB") == "Aldora"
    with pytest.raises(ShtegError, match="no country:XAB in language sq"):
        Words(edition, "sq").named("country:XAB")
    with pytest.raises(ShtegError, match="no country:XAB in language sq"):
        message("sq", "chart.blockers.title", {"step": "country:XAB"}, edition.lexicon)
    assert any("country:XAB: not yet in language sq" in one.problem for one in check_texts(edition))


def test_a_measure_without_a_title_in_the_language_is_told(folder: Path) -> None:
    plan = read_json(folder, "recommendations")
    del plan["measures"][0]["title"]["sq"]
    found = check_texts(with_json(folder, "recommendations", plan))
    assert any("measures.settlement-talks.title: not yet in language sq" in one.problem for one in found)


def test_what_a_row_says_in_no_language_is_nothing() -> None:
    row = {"title_en": "A", "title_sq": None, "note_en": None, "note_sq": None}
    assert said(row, "title", "en", ("en", "sq")) == "A"
    assert said(row, "note", "sq", ("en", "sq")) == ""
    with pytest.raises(ShtegError, match="not yet in language sq"):
        said(row, "title", "sq", ("en", "sq"))
    with pytest.raises(ShtegError, match="not yet in language de"):
        said(row, "note", "de", ("en", "de"))


@pytest.mark.parametrize("label", ["…", "–", "\u200b", " ", "?"])
def test_a_label_without_words_is_told(folder: Path, label: str) -> None:
    edition = with_json(folder, "lexicon", read_json(folder, "lexicon") | {"answer:yes": {"en": "yes", "sq": label}})
    (found,) = check_texts(edition)
    assert found.file == "labels.toml"
    assert found.problem.startswith("answer:yes: ")


def test_a_language_without_messages_is_told_and_nothing_else(folder: Path) -> None:
    case = read_json(folder, "case")
    (found,) = check_texts(with_json(folder, "case", case | {"languages": ["en", "sq", "fi"]}))
    assert found.problem == "pages cannot be printed in `fi`: there is no message in it"


@pytest.mark.parametrize(
    ("file", "keys", "address"),
    [("case", ("address",), "javascript:alert(1)"), ("case", ("address",), "//host"),
     ("sources", ("register", "address"), "file:///a"),
     ("sources", ("register", "address"), "data:text/html,a"), ("case", ("authors", 0, "address"), "vbscript:a")],
)  # fmt: skip
def test_addresses_of_the_case(folder: Path, file: str, keys: tuple[Any, ...], address: str) -> None:
    content = read_json(folder, file)
    place = content
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = address
    (found,) = check_texts(with_json(folder, file, content))
    assert "no address that a page may link to" in found.problem
    assert found.file == f"{file}.toml"


@pytest.mark.parametrize("language", ["en", "sq"])
def test_a_word_that_may_be_of_two_kinds_prints_by_name(demo_view: EditionView, language: str) -> None:
    words = Words(demo_view, language)
    for row in demo_view.rows("evidence.partnerships"):
        assert words.word("country", row["partner"], "partner") != row["partner"]
    assert words.word("country", "patrol-command") == "patrol-command"
    assert words.word("country", "nowhere", "partner") == "nowhere"
