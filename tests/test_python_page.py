"""The page for Python: every line runs, in order, and gives what the page says."""

import doctest
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "python.md"


def test_every_line_gives_what_the_page_says() -> None:
    for library in ("pandas", "pyarrow", "altair", "formulaic"):
        pytest.importorskip(library)
    text = PAGE.read_text(encoding="utf-8").replace("```pycon", "").replace("```", "")
    page = doctest.DocTestParser().get_doctest(text, {}, PAGE.name, str(PAGE), 0)
    said: list[str] = []
    found = doctest.DocTestRunner(verbose=False).run(page, out=said.append)
    assert found.attempted >= 40
    assert not found.failed, "".join(said)


def test_every_question_of_an_analyst_has_an_answer() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for word in (
        "design.where", "with_columns", "contrast(", "adjusted=", "estimate_correlations", "odds_ratios",
        "regression(design", "ordinal_regression", "multinomial_regression",
        ".margins(", ".effects(", "with_freedom", ".plot(", "to_pandas",
        "pyarrow.table", "interval",
    ):  # fmt: skip
        assert word in text, word
