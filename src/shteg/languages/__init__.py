"""Which languages there are, and what each needs: messages, plural forms, letters, number words. Data, not code."""

from shteg.languages.catalogue import (
    Given,
    package_languages,
    read_given,
)
from shteg.languages.language import Language, as_language, read_language
from shteg.languages.wanted import Wanted, check_given, lacking, missing_messages, unused_messages, wanted_messages

__all__ = [
    "Given",
    "Language",
    "Wanted",
    "as_language",
    "check_given",
    "lacking",
    "missing_messages",
    "package_languages",
    "read_given",
    "read_language",
    "unused_messages",
    "wanted_messages",
]
