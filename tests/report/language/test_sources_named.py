"""A source is named in the language of its title: a page must not call an English paraphrase Albanian."""

from types import SimpleNamespace
from typing import cast

import pytest

from shteg.report.edition_view import EditionView, SourceView
from shteg.report.language.words import Words

LEXICON = {
    "source:own": {"en": "Judgement of the authors", "sq": "Gjykim i autorëve"},
    "publisher:The team": {"en": "The team", "sq": "Ekipi"},
}
SOURCES = {
    "own": SourceView(title="Judgement of the authors", publisher="The team", grade="F6"),
    "paraphrase": SourceView(
        title="Report on a vote", publisher="Koha", grade="B2", language="sq", title_language="en"
    ),
    "original": SourceView(title="Raporti për votën", publisher="Koha", grade="B2", language="sq"),
}


def _words(language: str) -> Words:
    edition = SimpleNamespace(
        language_of=lambda code: code,
        lexicon=LEXICON,
        source=SOURCES.__getitem__,
        name_of=lambda key, language: LEXICON[key][language],
    )
    return Words(cast(EditionView, edition), language)


@pytest.mark.parametrize(("source", "titled_in"), [("paraphrase", "en"), ("original", "sq"), ("own", "sq")])
def test_the_language_of_a_title_is_that_of_its_words(source: str, titled_in: str) -> None:
    assert _words("sq").source_named(source).titled_in == titled_in


def test_what_the_house_wrote_is_named_in_the_language_of_the_page() -> None:
    found = _words("sq").source_named("own")
    assert (found.title, found.publisher) == ("Gjykim i autorëve", "Ekipi")
    assert _words("en").source_named("own").title == "Judgement of the authors"
    assert _words("sq").source_named("original").publisher == "Koha"
