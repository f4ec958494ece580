"""The catalogues of messages: complete, equal, and strict when filled."""

import pytest

from shteg.errors import EditionError, UsageError
from shteg.report.messages import check_messages, look_up, message
from shteg.report.text_lint import _FORMATS

LEXICON = {"country:ESP": {"en": "Spain", "sq": "Spanja"}, "series:Shore poll": {"en": "Shore", "sq": "Bregu"}}


def test_all_languages_have_the_same_messages() -> None:
    assert check_messages() == ()


def test_a_message_is_filled_from_the_lexicon() -> None:
    text = message("sq", "list.and", {"head": "country:ESP", "last": "series:Shore poll"}, LEXICON)
    assert text == "Spanja dhe Bregu"


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


def test_formats_are_known_for_every_language_of_the_catalogues() -> None:
    assert set(_FORMATS) == {"en", "sq"}
