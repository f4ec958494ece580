"""Printed values: rounding, units, bounds, intervals, words, directions, in both languages."""

from typing import Any

import pytest

from shteg.errors import UsageError
from shteg.estimates import Value
from shteg.report import direction_word, format_interval, format_value
from shteg.report.language.locale import collation_key, exact, format_date, format_number, format_percent, rounded
from shteg.report.language.number_words import find_number_words, number_words

NBSP = "\u00a0"


def make(number: float | str, unit: Any, **more: Any) -> Value:
    fields: dict[str, Any] = {
        "id": "a.b",
        "number": number,
        "unit": unit,
        "decimals": 0,
        "label": "computed",
        "label_key": "x",
        "source_ids": ("s",),
        "method": "m",
    }
    return Value(**(fields | more))


@pytest.mark.parametrize(
    ("number", "decimals", "printed"),
    [(0.285, 2, "0.29"), (2.5, 0, "3"), (-2.5, 0, "-3"), (1.005, 2, "1.01"), (0.1 + 0.2, 1, "0.3"), (-0.2, 0, "0")],
)
def test_rounding_is_half_away_from_zero_on_the_decimal_meant(number: float, decimals: int, printed: str) -> None:
    assert str(rounded(number, decimals)) == printed


def test_the_share_0_285_is_29_percent() -> None:
    assert format_percent(0.285, "en") == "29%"
    assert exact(0.285) * 100 == rounded(28.5, 1)


@pytest.mark.parametrize(
    ("value", "style", "en", "sq"),
    [
        (make(0.41, "share"), "number", "41%", "41%"),
        (make(0.415, "share", decimals=1), "number", "41.5%", "41,5%"),
        (make(0.41, "share"), "plain", "41", "41"),
        (make(0.41, "share", low=0.35, high=0.47, level=0.9), "range", "41% (35–47%)", "41% (35–47%)"),
        (make(0.41, "share"), "words", "forty-one per cent", "dyzet e një për qind"),
        (make(0.003, "share"), "number", "less than 1%", "më pak se 1%"),
        (make(0.0004, "share", decimals=1), "number", "less than 0.1%", "më pak se 0,1%"),
        (make(0.997, "share"), "number", "more than 99%", "më shumë se 99%"),
        (make(0.0, "share", label="observed"), "number", "0%", "0%"),
        (make(1.0, "share", label="observed"), "number", "100%", "100%"),
        (make(0.0, "share", label="estimated"), "number", "less than 1%", "më pak se 1%"),
        (make(1.0, "share", label="assumed"), "number", "more than 99%", "më shumë se 99%"),
        (make(0.04, "points"), "number", "4\u00a0percentage points", "4\u00a0pikë përqindjeje"),
        (make(0.01, "points"), "number", "1\u00a0percentage point", "1\u00a0pikë përqindjeje"),
        (make(-0.02, "points"), "number", "−2\u00a0percentage points", "−2\u00a0pikë përqindjeje"),
        (make(0.001, "points"), "number", "less than 1\u00a0percentage point", "më pak se 1\u00a0pikë përqindjeje"),
        (make(1, "days"), "number", "1\u00a0day", "1\u00a0ditë"),
        (make(3, "days"), "words", "three days", "tri ditë"),
        (make(3, "months"), "words", "three months", "tre muaj"),
        (make(1234, "days"), "number", "1,234\u00a0days", f"1{NBSP}234{NBSP}ditë"),
        (make(1, "years"), "number", "1\u00a0year", "1\u00a0vit"),
        (make(2.5, "years", decimals=1), "number", "2.5\u00a0years", "2,5\u00a0vjet"),
        (make(2031.0, "year", low=2028.0, high=2040.0, level=0.9), "range", "2031 (2028–2040)", "2031 (2028–2040)"),
        (make("2026-11-23", "date"), "number", "23\u00a0November 2026", "23\u00a0nëntor 2026"),
        (make("1999-06", "date"), "number", "June 1999", "qershor 1999"),
        (make(0.005, "share", low=0.0, high=0.01, level=1.0), "range", "0–1%", "0–1%"),
        (make(0.016, "share", decimals=1, low=0.016, high=0.016, level=0.9), "range", "1.6%", "1,6%"),
        (make("> 2051", "text"), "range", "after 2051", "pas vitit 2051"),
        (make(-1.25, "score", decimals=1), "number", "−1.3", "−1,3"),
        (make(4, "count"), "Words", "Four", "Katër"),
        (make(3, "count"), "words", "three", "tre"),
        (make(3, "count"), "words-f", "three", "tri"),
    ],
)
def test_printed_value(value: Value, style: Any, en: str, sq: str) -> None:
    assert format_value(value, "en", style=style) == en
    assert format_value(value, "sq", style=style) == sq


def test_interval_ends_that_would_print_alike_gain_decimals() -> None:
    assert format_interval(make(0.001, "share", low=0.0, high=0.002, level=0.9), "sq") == "0,0–0,2%"
    assert format_interval(make(3e-7, "share", decimals=1, low=0.0, high=4e-6, level=0.9), "sq") == "<0,1%"
    assert format_interval(make(0.04, "points", low=-0.01, high=0.07, level=0.9), "en") == "−1 to 7"
    assert format_interval(make(0.5, "share", low=0.5, high=0.5, level=0.9), "en") == "50%"


ASSUMED: dict[str, Any] = {"label": "assumed", "level": 0.9}


@pytest.mark.parametrize(
    ("value", "number", "interval"),
    [
        (make(0.046, "share", decimals=1, low=0.00001, high=0.183, **ASSUMED), "4.6%", "<0.1–18.3%"),
        (make(0.046, "share", decimals=1, low=0.0, high=0.183, **ASSUMED), "4.6%", "<0.1–18.3%"),
        (make(0.002, "share", low=0.001, high=0.004, **ASSUMED), "0.2%", "0.1–0.4%"),
        (make(0.998, "share", low=0.997, high=1.0, **ASSUMED), "99.8%", "99.7 to >99.9%"),
        (make(0.998, "share", low=0.2, high=1.0, **ASSUMED), "more than 99%", "20 to >99%"),
        (make(0.0001, "share", decimals=1, low=0.0, high=0.0003, **ASSUMED), "less than 0.1%", "<0.1%"),
        (make(0.0, "points", decimals=1, low=0.0, high=0.0, **ASSUMED), "none", "none"),
        (make(0.00003, "points", decimals=1, low=0.00002, high=0.00004, **ASSUMED), "less than 0.1", "<0.1"),
        (make(0.006, "points", decimals=1, low=-0.0001, high=0.027, **ASSUMED), "0.6", ">−0.1 to 2.7"),
        (make(0.001, "ratio", decimals=2, low=0.0001, high=0.18, **ASSUMED), "less than 0.01", "<0.01–0.18"),
        (make(3.6, "years", decimals=1, low=3.56, high=3.64, **ASSUMED), "3.60", "3.56–3.64"),
    ],
)
def test_a_number_and_its_interval_have_one_precision_and_no_zero_that_is_none(
    value: Value, number: str, interval: str
) -> None:
    unit = "plain" if value.unit != "share" else "number"
    assert format_value(value, "en", style=unit) == number
    assert format_interval(value, "en") == interval
    if number not in ("none", "less than 0.1%", "less than 0.1"):
        assert format_value(value, "en", style="range").endswith(f" ({interval})")
    else:
        assert "(" not in format_value(value, "en", style="range")


@pytest.mark.parametrize(
    ("number", "low", "high", "en", "sq"),
    [
        (0.034, 0.001, 0.106, "would rise by 3.4\u00a0percentage points", "do të rritej me 3,4\u00a0pikë përqindjeje"),
        (-0.034, -0.106, -0.001, "would fall by 3.4\u00a0percentage points", "do të ulej me 3,4\u00a0pikë përqindjeje"),
        (0.0, 0.0, 0.0, "would not change", "nuk do të ndryshonte"),
        (0.004, -0.01, 0.02, "would not clearly rise or fall", "as nuk do të rritej, as nuk do të ulej qartë"),
        (
            0.0001,
            0.0,
            0.02,
            "would rise by less than 0.1\u00a0percentage points",
            "do të rritej me më pak se 0,1\u00a0pikë",
        ),
        (-0.01, None, None, "would fall by 1.0\u00a0percentage points", "do të ulej me 1,0\u00a0pikë përqindjeje"),
    ],
)
def test_what_a_change_does_is_said_by_rule(
    number: float, low: float | None, high: float | None, en: str, sq: str
) -> None:
    level = None if low is None else 0.9
    value = make(number, "points", decimals=1, low=low, high=high, level=level, label="assumed")
    assert format_value(value, "en", style="change") == en
    assert format_value(value, "sq", style="change").startswith(sq)
    if low is not None:
        interval = format_interval(value, "en")
        assert format_value(value, "en", style="change-range") == (f"{en} ({interval})" if interval != "none" else en)


@pytest.mark.parametrize(
    ("value", "style", "hint"),
    [
        (make(0.5, "share"), "range", r"without \|range"),
        (make(0.415, "share", decimals=1), "words", r"without \|words"),
        (make("2026", "date"), "words", r"without \|words"),
        (make(2031, "year"), "words", r"without \|words"),
        (make(1_000_000, "count"), "words", "0 to 999999"),
        (make(0.5, "share"), "change", r"without \|change"),
        (make(0.5, "points"), "change-range", r"without \|range"),
    ],
)
def test_a_style_that_does_not_fit_is_refused(value: Value, style: Any, hint: str) -> None:
    with pytest.raises(UsageError, match=hint):
        format_value(value, "en", style=style)


def test_text_values_come_from_the_lexicon() -> None:
    lexicon = {"step:entry": {"en": "Entry", "sq": "Hyrja"}}
    assert format_value(make("step:entry", "text"), "sq", lexicon=lexicon) == "Hyrja"


@pytest.mark.parametrize(
    ("start", "end", "word"),
    [
        (make(0.5, "share"), make(0.6, "share"), "rose"),
        (make(0.6, "share"), make(0.5, "share"), "fell"),
        (make(0.501, "share"), make(0.502, "share"), "did not change"),
        (make(0.5, "share", low=0.4, high=0.6, level=0.95), make(0.6, "share"), "did not change"),
        (
            make(0.5, "share", low=0.45, high=0.55, level=0.95),
            make(0.58, "share", low=0.53, high=0.63, level=0.95),
            "rose",
        ),
        (
            make(0.5, "share", low=0.44, high=0.56, level=0.95),
            make(0.58, "share", low=0.52, high=0.64, level=0.95),
            "did not change",
        ),
    ],
)
def test_direction_counts_only_what_exceeds_the_uncertainty(start: Value, end: Value, word: str) -> None:
    assert direction_word(start, end, "en") == word
    assert direction_word(start, end, "sq") == {
        "rose": "u rrit",
        "fell": "ra",
        "did not change": "nuk ndryshoi",
    }[word]  # fmt: skip


def test_direction_of_different_units_is_refused() -> None:
    with pytest.raises(UsageError, match="one unit"):
        direction_word(make(0.5, "share"), make(5, "days"), "en")


@pytest.mark.parametrize(
    ("number", "en", "sq"),
    [
        (0, "zero", "zero"),
        (12, "twelve", "dymbëdhjetë"),
        (20, "twenty", "njëzet"),
        (23, "twenty-three", "njëzet e tre"),
        (100, "one hundred", "njëqind"),
        (494, "four hundred and ninety-four", "katërqind e nëntëdhjetë e katër"),
        (2024, "two thousand and twenty-four", "dy mijë e njëzet e katër"),
    ],
)
def test_number_words(number: int, en: str, sq: str) -> None:
    assert number_words(number, "en") == en
    assert number_words(number, "sq") == sq


def test_every_number_word_is_found_again_except_the_free_ones() -> None:
    for language in ("en", "sq"):
        for number in [*range(2, 101), 200, 1000]:
            assert find_number_words(f"… {number_words(number, language)} …", language), (language, number)
    assert find_number_words("No one knows which one.", "en") == []
    assert find_number_words("Një vend në një rrugë.", "sq") == []


def test_numbers_dates_and_order_of_names() -> None:
    assert format_number(1234567.5, "sq", 1) == f"1{NBSP}234{NBSP}567,5"
    assert format_date("2026", "sq") == "2026"
    with pytest.raises(UsageError, match="2026-11-23"):
        format_date("31 February", "en")
    names = ["Zvicra", "Çekia", "Danimarka", "Xhorxhia", "Cipro", "Rumania", "Dhërmi"]
    expected = ["Cipro", "Çekia", "Danimarka", "Dhërmi", "Rumania", "Xhorxhia", "Zvicra"]
    assert sorted(names, key=lambda name: collation_key(name, "sq")) == expected
