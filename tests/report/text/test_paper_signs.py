"""A sign that no font of the PDF has is named with file, line and column before anything is printed."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shteg.report import EditionView, check_texts, check_written_texts, open_edition
from shteg.report.text.paper_signs import clusters, unprintable
from tests.report.conftest import EN, SQ

MISSING = ("中", "文", "😀", "👍🏽", "🇦🇱", "ก", "한", "\U00020000", "a\u20dd", "\ue000", "\uf8ff")
"""Ideograms, emoji, a flag, Thai, Hangul, a letter with a mark that no font joins to it, private use."""
PRINTED = ("ë", "Ç", "ß", "ǩ", "ж", "ω", "ع", "ש", "e\u0301", "x\u0302", "€", "→", "≤", "“", "–", "½", "№", "™")


@pytest.mark.parametrize("sign", MISSING)
def test_a_sign_without_a_glyph(sign: str) -> None:
    assert unprintable([f"word {sign} word"]) == {sign}


def test_signs_with_a_glyph() -> None:
    assert unprintable([" ".join(PRINTED)]) == frozenset()


def test_a_letter_and_its_marks_are_one_sign() -> None:
    assert [sign for _, sign in clusters("e\u0301a 👍🏽🇦🇱")] == ["e\u0301", "a", " ", "👍🏽", "🇦🇱"]
    assert [at for at, _ in clusters("e\u0301a")] == [0, 2]


@pytest.mark.parametrize("sign", MISSING)
def test_the_check_names_file_line_column_and_sign(sign: str, make_edition: Callable[..., EditionView]) -> None:
    text = SQ.replace("asgjë nuk lëviz", f"asgjë {sign} nuk lëviz")
    found = check_texts(make_edition(sq=text))
    line = next(number for number, one in enumerate(text.splitlines(), 1) if sign in one)
    column = text.splitlines()[line - 1].index(sign) + 1
    assert {(one.file, one.line, one.column) for one in found} == {("text/sq/report.md", line, column)}
    assert all(f"U+{ord(sign[-1]):04X}" in one.problem and one.hint for one in found)


def test_every_place_in_every_language_is_named_at_once(make_edition: Callable[..., EditionView]) -> None:
    en = (
        EN.replace("nothing moves", "nothing 中 moves")
        .replace("The door", "The 😀 door")
        .replace("The road", "The 文 road")
    )
    found = check_texts(make_edition(en=en, sq=SQ.replace("asgjë nuk", "asgjë 😀 nuk")))
    places = {(one.file[5:7], one.line) for one in found}
    wanted = {(language, number) for language, text in (("en", en), ("sq", SQ.replace("asgjë nuk", "asgjë 😀 nuk")))
              for number, one in enumerate(text.splitlines(), 1) if {"中", "😀", "文"} & set(one)}  # fmt: skip
    assert places == wanted


def test_a_sign_written_as_an_entity_or_an_escape_is_found(make_edition: Callable[..., EditionView]) -> None:
    sq = SQ.replace("asgjë nuk", "asgjë &#x4e2d; nuk").replace('"Rruga e', '"\\u4e2d Rruga e')
    found = [one for one in check_texts(make_edition(sq=sq)) if "of the publication" not in one.problem]
    assert {one.line for one in found} == {2, SQ.splitlines().index("  - Pa këtë, asgjë nuk lëviz. {#list}") + 1}
    assert all(unicodedata.name("中") in one.problem for one in found)


def changed(folder: Path, file: str, change: Callable[[Any], None]) -> EditionView:
    path = folder / f"{file}.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    return open_edition(folder)


def _set(*keys: Any, text: str = "A 中 b") -> Callable[[Any], None]:
    def change(content: Any) -> None:
        for key in keys[:-1]:
            content = content[key]
        content[keys[-1]] = text

    return change


@pytest.mark.parametrize(
    ("file", "keys", "named"),
    [
        ("case", ("title", "sq"), "case.toml: title"),
        ("case", ("publisher", "sq"), "case.toml: publisher"),
        ("case", ("authors", 0, "name", "sq"), "case.toml: authors.1.name"),
        ("sources", ("barometer-2025", "title"), "sources.toml: sources.barometer-2025.title"),
        ("sources", ("register", "publisher"), "sources.toml: sources.register.publisher"),
        ("recommendations", ("measures", 0, "text", "sq"), "recommendations.toml: measures.settlement-talks.text"),
        ("recommendations", ("areas", 0, "title", "sq"), "recommendations.toml: areas.diplomacy.title"),
        ("lexicon", ("step:member", "sq"), "text/sq/report.md: figure forecast-path"),
    ],
)
def test_words_of_the_case_that_reach_the_pdf(folder: Path, file: str, keys: tuple[Any, ...], named: str) -> None:
    found = check_texts(changed(folder, file, _set(*keys)))
    assert any(str(one).startswith(named) and "'中'" in one.problem for one in found), found


def test_texts_are_checked_before_anything_is_computed() -> None:
    texts = {
        "en": {"report": EN},
        "sq": {"report": SQ.replace("asgjë nuk", "asgjë 中 nuk").replace("> Dera", "> [x](//a) Dera")},
    }
    found = check_written_texts(texts, ("en", "sq"))
    assert [one.line > 1 and one.file for one in found] == ["text/sq/report.md"] * 2
    assert check_written_texts({"en": {"report": EN}, "sq": {"report": SQ}}, ("en", "sq")) == ()
    (missing,) = check_written_texts({"en": {"report": EN}}, ("en", "sq"))
    assert missing.problem == "the text is not yet in this language"


def test_a_source_that_no_text_cites_may_be_in_any_script(folder: Path) -> None:
    def add(sources: dict[str, Any]) -> None:
        sources["other"] = sources["register"] | {"title": "中文"}

    assert check_texts(changed(folder, "sources", add)) == ()


def test_a_text_without_a_pdf_may_hold_any_sign(make_edition: Callable[..., EditionView]) -> None:
    en, sq = EN.replace("nothing", "nothing 中"), SQ.replace("asgjë", "asgjë 中")
    assert check_texts(make_edition(en, sq, "method")) == ()
