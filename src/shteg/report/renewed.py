"""What is kept in memory by the code of a language, forgotten: for a program in which that language changes."""

from __future__ import annotations

from shteg.report.language.written_words import scripts_of
from shteg.report.text.read import read_document


def forget_languages() -> None:
    """Forget what was made of languages so far, because the messages of a case have changed."""
    read_document.cache_clear()
    scripts_of.cache_clear()
