"""Numbers in words come out as before they were data, as num2words spells Serbian, and are found again in texts."""

import json
from pathlib import Path

import pytest

from shteg.errors import UsageError
from shteg.evidence import find_case, read_case
from shteg.languages import Given, Language
from shteg.report.language.number_words import find_number_words, number_words

TABLE = json.loads((Path(__file__).parent / "number_words.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def spoken() -> dict[str, str]:
    """The languages of the made-up case: two of the package, one of the case alone."""
    return {str(one): one for one in read_case(find_case("demo")).header.languages}


@pytest.mark.parametrize("kind", list(TABLE["words"]))
def test_numbers_are_spelled_as_the_table_has_them(kind: str, spoken: dict[str, str]) -> None:
    language, _, feminine = kind.partition("-")
    found = [number_words(number, spoken[language], feminine=bool(feminine)) for number in TABLE["numbers"]]
    assert found == TABLE["words"][kind]


def test_every_spelled_number_is_found_in_a_text(spoken: dict[str, str]) -> None:
    for kind, words in TABLE["words"].items():
        language = kind.partition("-")[0]
        free = spoken[language].grammar.numbers.free  # type: ignore[attr-defined]
        for word in words:
            assert find_number_words(f"x {word} x", spoken[language]) or set(word.split()) <= free, (kind, word)
    assert find_number_words("Jedan od njih, i dvaput DVE godine; dvesta, ne dvestagodišnji.", spoken["sr"]) == [
        "dvaput", "DVE", "dvesta"
    ]  # fmt: skip


def test_a_language_without_number_words_spells_nothing() -> None:
    bare = Language("lt", Given(messages={"list.and": "{head} ir {last}"}))
    assert find_number_words("du, trys", bare) == []
    with pytest.raises(UsageError, match=r"\[language\.numbers\]"):
        number_words(3, bare)
    with pytest.raises(UsageError, match="only whole numbers from 0 to 999999"):
        number_words(1_000_000, "en")
