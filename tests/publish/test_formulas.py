"""Formulas: every sign has its words in every language, as docs/methods has it, and everything can be drawn."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from shteg.errors import PublishError
from shteg.publish.formulas import formula_pages, mathml, place_of_formula, worded
from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.language.messages import has_message

DOCS = Path(__file__).parents[2] / "docs" / "methods"
WORD = re.compile(r"\\text\{([^{}]*)\}")


def test_there_are_formulas_of_every_room_that_computes() -> None:
    pages = formula_pages()
    assert sum(len(page.formulas) for page in pages.values()) >= 25
    assert {"survey", "stance", "consent", "ladder", "ratification", "pathways", "pool", "evaluation"} <= set(pages)


@pytest.mark.parametrize("language", ["en", "sq"])
def test_every_sign_and_word_of_a_formula_is_explained(language: str) -> None:
    lacking = []
    for name, page in formula_pages().items():
        for formula in page.formulas:
            keys = [f"formula.{name}.{formula.id}.{part}" for part in ("title", "text")]
            keys += [f"formula.symbol.{symbol.key}" for symbol in formula.symbols]
            keys += [f"formula.word.{word.replace(' ', '-')}" for word in WORD.findall(formula.latex)]
            lacking += [key for key in keys if not has_message(language, key)]
            assert formula.symbols, formula.id
    assert lacking == []


def test_every_sign_stands_in_its_formula_and_in_the_table_of_its_page() -> None:
    for page in formula_pages().values():
        text = (DOCS / f"{page.document}.md").read_text(encoding="utf-8")
        signs = {row.split("|")[1].strip() for row in text.splitlines() if row.startswith("|")}
        for formula in page.formulas:
            assert f'<a id="{formula.anchor}">' in text or f"## {formula.anchor.capitalize()}" in text, formula.id
            drawn = formula.latex.replace(" ", "").replace(r"\,", "")
            for symbol in formula.symbols:
                for part in symbol.latex.replace(" ", "").split(","):
                    letters = re.findall(r"\\?[A-Za-z]+", part)
                    assert all(letter in drawn for letter in letters), (formula.id, part)
                assert not symbol.sign or symbol.sign in signs, (formula.id, symbol.sign)


@pytest.mark.parametrize("language", ["en", "sq"])
def test_every_formula_is_drawn_in_the_words_of_the_language(demo_view: EditionView, language: str) -> None:
    voice = Voice(edition=demo_view, language=language)
    for page in formula_pages().values():
        for formula in page.formulas:
            drawn = mathml(worded(formula.latex, voice), block=True)
            root = ElementTree.fromstring(drawn)
            assert root.tag.endswith("math")
            assert "\\" not in "".join(root.itertext()), formula.id
            assert " style=" not in drawn  # the policy of the pages allows none


def test_a_command_that_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(PublishError, match=r"arg is no command of latex2mathml"):
        mathml(r"\arg\min_w x")


def test_the_method_of_a_value_leads_to_its_formula() -> None:
    assert place_of_formula("stance#model") == "formulas-stance.html#formula-response"
    assert place_of_formula("stance#elsewhere") == "formulas-stance.html"
    assert place_of_formula("evidence#rows") == ""
