"""What a language needs: each message of the package, each plural form of CLDR; nothing borrowed, nothing unknown."""

from decimal import Decimal

import pytest

from shteg.languages import (
    Given,
    Language,
    check_given,
    lacking,
    missing_messages,
    package_languages,
    unused_messages,
    wanted_messages,
)
from shteg.languages.grammar import plural_categories
from shteg.report.foreign_formats import wrong_formats
from shteg.report.language.locale import collation_key, format_date, format_number, plural
from shteg.report.language.messages import message


def given(**table: object) -> Given:
    return Given(messages={"list.and": "{head} ir {last}"}, table=table)


def test_the_languages_of_the_package_lack_nothing() -> None:
    assert {language: missing_messages(Language(language)) for language in package_languages()} == dict.fromkeys(
        package_languages(), ()
    )


@pytest.mark.parametrize(
    ("locale", "forms"),
    [("en", ("one", "other")), ("sr_Latn", ("one", "few", "other")), ("lt", ("one", "few", "many", "other")),
     ("ar", ("zero", "one", "two", "few", "many", "other")), ("ja", ("other",))],
)  # fmt: skip
def test_each_language_needs_the_plural_forms_that_it_counts_with(locale: str, forms: tuple[str, ...]) -> None:
    assert plural_categories(locale) == forms
    wanted = [key for key in wanted_messages(locale) if key.startswith("unit.years.")]
    assert wanted == [f"unit.years.{form}" for form in forms]


def test_what_is_missing_is_counted_and_named_and_never_borrowed() -> None:
    bare = Language("lt", given())
    ((problem, hint),) = lacking(bare)
    assert problem.startswith(f"{len(wanted_messages('lt')) - 1} messages are missing in language `lt`: ")
    assert problem.count(", ") == 9
    assert "shteg messages lt" in hint
    with pytest.raises(Exception, match=r"no message label\.observed"):
        message(bare, "label.observed")


@pytest.mark.parametrize(
    ("messages", "table", "told"),
    [
        ({"list.adn": "x"}, {}, "did you mean `list.and`"),
        ({"list.and": "{head}"}, {}, "placeholders of `list.and` are {head}, not {head}, {last}"),
        ({"list.and": " "}, {}, "is empty"),
        ({}, {"letter": "a b"}, "`letter` is not a key"),
        ({}, {"letters": "a b a"}, "each letter once"),
        ({}, {"locale": "en_GB"}, "no CLDR locale of the language lt"),
        ({}, {"locale": "qqq"}, "no CLDR locale"),
        ({}, {"dates": {"week": "w"}}, "patterns of day, month and year only"),
        ({}, {"numbers": {"units": ["a"]}}, "must be a list of 20 to 100 words"),
        ({}, {"numbers": {"thousand": {"one": "x", "two": "y"}}}, "lacks the form `few`"),
        ({}, {"numbers": {"thousand": {"two": "y"}}}, "has no form `two` in this language"),
    ],
)
def test_what_does_not_fit_is_told(messages: dict[str, str], table: dict[str, object], told: str) -> None:
    found = list(check_given("lt", Given(messages=messages, table=table)))
    assert any(told in f"{problem} {hint}" for _, problem, hint in found), found


def test_a_plural_form_may_name_the_number_that_the_package_leaves_out() -> None:
    key = "tables.cause.ungrouped.one"
    text = wanted_messages("lt")[key].text
    assert "{n}" not in text
    assert not list(check_given("lt", Given(messages={key: f"{text} {{n}}"})))
    assert not list(check_given("lt", Given(messages={key: text})))


def test_two_cases_print_their_own_words_for_one_language() -> None:
    one, two = (Language("lt", Given(messages={"list.and": f"{{head}} {word} {{last}}"})) for word in ("ir", "bei"))
    assert one == two == "lt"
    said = [message(language, "list.and", {"head": "a", "last": "b"}) for language in (one, two, one)]
    assert said == ["a ir b", "a bei b", "a ir b"]
    assert unused_messages(one) == ()


def test_numbers_dates_and_names_are_written_as_the_language_says() -> None:
    letters = Language("sr", given(locale="sr_Latn", letters="a b c č ć d dž đ e", dates={"day": "d. MMMM y"}))
    assert sorted(["džep", "đak", "dan", "ćup", "čas", "car"], key=lambda text: collation_key(text, letters)) == [
        "car", "čas", "ćup", "dan", "džep", "đak"
    ]  # fmt: skip
    assert format_date("2026-06-10", letters) == "10. jun 2026"
    assert format_number(1234.5, letters, 1) == "1.234,5"
    assert [Language("en").tag, letters.tag] == ["en", "sr-Latn"]
    assert [plural(number, letters) for number in map(Decimal, (1, 2, 5, 11, 21, 22))] == [
        "one", "few", "other", "other", "one", "few"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "wrong", "right"),
    [
        ("sr", ("3.5", "1,000", "1\u00a0000", "1st", "1990s"), ("3,5", "1.000", "10.6.1999", "1999.")),
        ("sq", ("3.5", "1,000", "2nd"), ("3,5", "1\u00a0000", "10.6.1999")),
        ("en", ("3,5", "1.000", "1\u00a0000", "10.6.1999"), ("3.5", "1,000", "1st", "1990s")),
    ],
)
def test_formats_of_other_languages_are_found(language: str, wrong: tuple[str, ...], right: tuple[str, ...]) -> None:
    written = Language(language, given(locale="sr_Latn") if language == "sr" else Given())

    def found(text: str) -> bool:
        return any(one.pattern.search(text) for one in wrong_formats(written, ("en", "sq")))

    assert [text for text in wrong if not found(f"x {text} x")] == []
    assert [text for text in right if found(f"x {text} x")] == []
