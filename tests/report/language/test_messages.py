"""The catalogues of messages: complete, equal, and strict when filled."""

import pytest

from shteg.errors import EditionError, UsageError
from shteg.languages import Given, Language
from shteg.report.language import messages
from shteg.report.language.messages import check_messages, column_name, look_up, message

LEXICON = {"country:ESP": {"en": "Spain", "sq": "Spanja"}, "series:Shore poll": {"en": "Shore", "sq": "Bregu"}}


def test_all_languages_have_the_same_messages() -> None:
    assert check_messages() == ()


def test_a_message_is_filled_from_the_lexicon() -> None:
    text = message("sq", "list.and", {"head": "country:ESP", "last": "series:Shore poll"}, LEXICON)
    assert text == "Spanja dhe Bregu"


def test_a_word_is_looked_up_under_the_name_of_its_placeholder() -> None:
    lexicon = {"head:yes": {"en": "yes", "sq": "po"}}
    assert message("sq", "list.and", {"head": "yes", "last": "yes"}, lexicon) == "po dhe yes"


def test_text_with_a_colon_is_no_lexicon_id() -> None:
    assert look_up("Note: this", "en", LEXICON) == "Note: this"
    assert look_up("time:12", "en", LEXICON) == "time:12"


def test_what_is_missing_is_named() -> None:
    with pytest.raises(UsageError, match=r"did you mean list\.and"):
        message("en", "list.amd")
    with pytest.raises(UsageError, match="arguments given: head"):
        message("en", "list.and", {"head": "x"})
    with pytest.raises(EditionError, match="name it in the case"):
        message("en", "list.and", {"head": "country:XXX", "last": "x"}, LEXICON)
    with pytest.raises(UsageError, match="known are en, sq"):
        message("xx", "list.and")


def test_a_column_is_named_in_the_words_of_its_stage() -> None:
    texts = {"column.share": "Share of members", "column.share@beta": "Share of worlds"}
    xx = Language("xx", Given(messages=texts))
    assert column_name(xx, "beta.blockers", "share") == "Share of worlds"
    assert column_name(xx, "gamma.rates", "share") == "Share of members"
    assert column_name(xx, "gamma.rates", "std_error") == "std error"
    assert column_name("en", "accession.x", "low") != column_name("en", "evaluation.x", "low")


def test_catalogues_that_differ_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "en": {"a": {"x": "{n} steps", "y": "Y", "column.share": "A"}, "b": {"x": "{n} rungs", "column.share": "B"}},
        "sq": {"a": {"x": "{m} hapa", "column.share": "A", "z": ""}, "b": {"x": "{m} hapa", "column.share": "B"}},
    }
    monkeypatch.setattr(messages, "catalog_files", lambda language: files[language])
    found = "\n".join(str(problem) for problem in check_messages())
    assert "messages/sq/a.toml: no message y" in found
    assert "placeholders of x differ" in found
    assert "messages/en/b.toml: x differs from the text in a.toml" in found
    assert "z is empty" in found
    assert "column.share" not in found


def test_a_country_is_named_as_a_sentence_names_it() -> None:
    lexicon = {
        "country:NLD": {"en": "Netherlands"},
        "in-sentence:NLD": {"en": "the Netherlands"},
        "country:ESP": {"en": "Spain"},
    }
    assert (
        message("en", "list.and", {"head": "country:ESP", "last": "country:NLD"}, lexicon)
        == "Spain and the Netherlands"
    )
    assert look_up("country:NLD", "en", lexicon) == "Netherlands"


def test_no_message_has_a_straight_apostrophe_or_straight_quotation_marks() -> None:
    for language in messages.languages():
        for key, text in messages.catalog(language).items():
            assert "'" not in text, key
            assert '"' not in text, key
