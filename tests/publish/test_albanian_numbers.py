"""No page of one language prints a number as another language writes it."""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from shteg.publish import publish_site
from shteg.publish.printed import Voice
from shteg.report import EditionView, open_edition
from tests.abroad import read_json, write_json

ENGLISH_NUMBER = re.compile(r"(?<![\w.,/-])\d+\.\d+(?![\w.]*\w)|(?<![\w.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
"""A decimal point, or a comma between thousands (the edition has no number above one with three decimals)."""
NO_NUMBERS = ("10.5555/", "CC-BY-4.0", "0.1.0", "schema")
"""A licence, a version."""
DETAILS = {"base": 1300, "design_effect": 1.5, "exposure_years": 124.38, "events": 14, "n_acts": 1200, "n": "1000"}


class Words(HTMLParser):
    """Collect the words of a page, not its scripts, and the texts of attributes that are read aloud."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._skip = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skip += tag in ("script", "style")
        self.found += [text or "" for name, text in attrs if name in ("aria-label", "alt", "title", "content")]

    def handle_endtag(self, tag: str) -> None:
        self._skip -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.found.append(data)


@pytest.fixture(scope="module")
def numbers_site(edition_folder: Path, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish an edition in which every value has decimals, thousands and details."""
    folder = tmp_path_factory.mktemp("numbers") / "edition"
    shutil.copytree(edition_folder, folder)
    values: list[dict[str, Any]] = read_json(folder, "values")
    for one in values:
        one["details"] = DETAILS | one["details"]
        decimals = 1 if one["label"] == "observed" else 2  # a panel adds one or two, which makes three of none
        one["decimals"] = decimals if one["unit"] in ("share", "score", "ratio", "years") else 0
        if one["unit"] in ("count", "days"):
            one["number"] += 1234
    write_json(folder, "values", values)
    for path in folder.glob("text/*/announcement.md"):  # what it claims is not true of these figures
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"^holds = \[.*?^\]\n", "", text, flags=re.MULTILINE | re.DOTALL), encoding="utf-8")
    write_json(folder, "errata", [])  # they name figures as they were
    told = {"left_out": {"acts": 1234}, "left_out_imprecise": {"acts": 1111}}
    write_json(folder, "manifest", read_json(folder, "manifest") | told)
    for text in (folder / "text").glob("*/*.md"):  # spelled-out numbers have no decimals
        text.write_text(re.sub(r"\|[Ww]ords(-f)?", "", text.read_text(encoding="utf-8")), encoding="utf-8")
    publish_site(folder, folder.parent / "site", cache=kept / "drawings")
    return folder.parent / "site"


def test_the_pattern_finds_english_numbers() -> None:
    for text in ("1.5", "12.25 vjet", "(1.5–2.5)", "1,234 ditë", "12,345,678"):
        assert ENGLISH_NUMBER.search(text), text
    for text in ("1,5", "1\u00a0234", "12.06.1999", "survey.a.2022", "v1.2.3", "a1.5", "24,1"):
        assert not ENGLISH_NUMBER.search(text), text


def test_no_albanian_page_prints_an_english_number(numbers_site: Path) -> None:
    pages = sorted((numbers_site / "sq").glob("*.html"))
    assert len(pages) > 15
    for page in pages:
        for text in Words(page.read_text(encoding="utf-8")).found:
            if not any(one in text for one in NO_NUMBERS):
                assert not ENGLISH_NUMBER.findall(text), f"{page.name}: {text[:200]}"


def test_no_albanian_panel_prints_an_english_number(numbers_site: Path) -> None:
    seen = 0
    for script in sorted((numbers_site / "sq" / "values").glob("*.js")):
        book = json.loads(script.read_text(encoding="utf-8").removeprefix("window.SHTEG_VALUES = ").removesuffix(";\n"))
        for value_id, one in book["values"].items():
            texts = [one["n"], one.get("i", ""), one["w"], *(text for _, text in one.get("d", ()))]
            seen += len(one.get("d", ()))
            assert not [text for text in texts if ENGLISH_NUMBER.search(text)], f"{script.name}: {value_id}: {texts}"
    assert seen > 100


@pytest.mark.parametrize(
    ("name", "detail", "en", "sq"),
    [
        ("design_effect", 1.5, "1.5", "1,5"),
        ("design_effect", 1.23456789, "1.23457", "1,23457"),
        ("design_effect", 2.0, "2", "2"),
        ("exposure_years", 124.38, "124.4", "124,4"),
        ("base", 1300, "1,300", "1\u00a0300"),
        ("wording", "A 1.5 b", "A 1.5 b", "A 1.5 b"),
        ("weight_scheme", "census-2024", "Second census", "Regjistrimi i dytë"),
        ("fieldwork", "2022", "2022", "2022"),
    ],
)
def test_a_detail_is_printed_as_the_language_writes_it(
    edition: EditionView, name: str, detail: str | float, en: str, sq: str
) -> None:
    for language, printed in (("en", en), ("sq", sq)):
        assert Voice(edition=edition, language=language).detail(name, detail) == printed


def test_counts_in_sentences_of_the_publisher_have_their_thousands(edition_folder: Path) -> None:
    voice = Voice(edition=open_edition(edition_folder), language="sq")
    assert "1\u00a0234" in voice.t("opinion.coherence.sentences", count=1234)
