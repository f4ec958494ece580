"""One rule for shares, and printed figures that do not depend on the last bits of a number."""

import math
from decimal import Decimal

import polars as pl
import pytest

from shteg.cli.forecast.command import _percent
from shteg.errors import UsageError
from shteg.estimates import Value
from shteg.report import EditionView, Words, direction_word, format_interval, format_share, format_value
from shteg.report.charts.parts import number_of, tidy
from shteg.report.language.cells import FORMS, Triple, form_of, format_cell
from shteg.report.language.explanations import render_explanations
from shteg.report.language.locale import exact, format_number, rounded
from shteg.report.language.marked import Marked, Placed
from shteg.report.language.precision import significant

NOISE = (1e-13, -1e-13, 4e-14, -4e-14, 0.0)
"""What two processors may differ by."""


def value(number: float, unit: str = "share", **more: object) -> Value:
    given = {"decimals": 0, "label": "computed", "label_key": "x", "source_ids": ("s",), "method": "m"} | more
    return Value(id="a.b", number=number, unit=unit, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("share", "open_decimals", "whole", "short"),
    [
        (0.0, "0%", "0%", "0%"),
        (0.0004, "less than 0.1%", "less than 1%", "<1%"),
        (0.0006, "0.1%", "less than 1%", "<1%"),
        (0.005, "0.5%", "1%", "1%"),
        (0.05, "5.0%", "5%", "5%"),
        (0.094, "9.4%", "9%", "9%"),
        (0.095, "10%", "10%", "10%"),
        (0.41, "41%", "41%", "41%"),
        (0.995, "more than 99%", "more than 99%", ">99%"),
        (1.0, "100%", "100%", "100%"),
    ],
)
def test_a_share_is_printed_by_one_rule(share: float, open_decimals: str, whole: str, short: str) -> None:
    assert format_share(share, "en") == open_decimals
    assert format_share(share, "en", decimals=0) == whole
    assert format_share(share, "en", decimals=0, short=True) == short
    assert format_value(value(share), "en") == whole


@pytest.mark.parametrize(
    ("share", "printed"), [(0.0, "<1%"), (0.004, "<1%"), (0.005, "1%"), (0.995, ">99%"), (1.0, ">99%")]
)
def test_the_command_line_prints_shares_by_the_same_rule(share: float, printed: str) -> None:
    assert _percent(share, "en") == printed
    assert _percent(share, "en") == format_share(share, "en", decimals=0, modelled=True, short=True)


def test_sentences_print_shares_by_the_same_rule() -> None:
    row = {"key": "text.no-share-fits", "fills": "{}"}
    assert render_explanations([row], "en", {}, {})
    from shteg.report.language.explanations import _part

    assert _part("share:0.0004", "en", {}, {}, "share.0", 0) == "less than 0.1%"
    assert _part("share:0.0004", "sq", {}, {}, "share.0", 0) == "më pak se 0,1%"
    assert _part("share:0.996", "en", {}, {}, "share.0", 0) == "more than 99%"


HALVES = (0.285, 0.005, 0.0015, 0.5, 0.095, 0.125, 0.994999999999999, 1.0, 0.0, 0.0005, 0.9995, 0.415)


@pytest.mark.parametrize("share", HALVES)
@pytest.mark.parametrize("language", ["en", "sq"])
def test_the_last_bits_of_a_number_change_no_figure(share: float, language: str) -> None:
    for decimals in (0, 1, 2):
        assert len({format_share(share + noise, language, decimals=decimals) for noise in NOISE}) == 1
    assert len({format_share(share + noise, language) for noise in NOISE}) == 1
    for form in FORMS.keys() - {"none"}:
        for scale in (1.0, 10.0, 20.0):
            texts = {format_cell(share * scale + noise * scale, form, language) for noise in NOISE}
            assert len(texts) == 1, (form, share, texts)
    more = {"low": share, "high": 1.0, "level": 0.9, "label": "estimated"}
    assert (
        len(
            {
                format_interval(value(share, **(more | {"low": share + noise})), language)
                for noise in NOISE
                if share + noise < 1
            }
        )
        == 1
    )


@pytest.mark.parametrize("noise", NOISE)
def test_nothing_is_nothing_whatever_its_last_bits(noise: float) -> None:
    assert format_value(value(0.0 + noise, label="observed"), "en") == "0%"
    assert format_value(value(0.3 + noise, low=0.0 + noise, high=0.5, level=0.9), "en", style="range") == "30% (0–50%)"
    start, end = (
        value(0.5, low=0.4, high=0.6, level=0.95),
        value(0.6 + noise, low=0.6 + noise, high=0.6 + noise, level=0.95),
    )
    assert direction_word(start, end, "en") == "did not change"
    assert number_of(value(0.1 + 0.2 + noise)) == 0.3
    assert tidy([{"a": 0.1234565 + noise}]) == [{"a": 0.123457}]


def test_the_decimal_meant() -> None:
    assert exact(0.1 + 0.2) == Decimal("0.3")
    assert exact(1e-17) == 0
    assert exact(1e300) == Decimal("1e300")
    assert rounded(1e300, 2) == Decimal("1e300")
    assert format_number(1e30, "en").count(",") == 10
    assert significant(1.23456789, 6) == (Decimal("1.23457"), 5)
    assert significant(1.5, 6) == (Decimal("1.5"), 1)
    assert math.isclose(float(exact(123456.789012)), 123456.789012)


@pytest.mark.parametrize(
    ("number", "form", "en", "sq"),
    [
        (0.0004, "share", "<0.1%", "<0,1%"),
        (0.0, "share", "<0.1%", "<0,1%"),
        (0.0, "end", "0%", "0%"),
        (0.2, "share", "20%", "20%"),
        (0.0123, "points", "1.2", "1,2"),
        (1234, "count", "1,234", "1\u00a0234"),
        (3.25, "tenth", "3.3", "3,3"),
        (0.25, "plain", "0.25", "0,25"),
        (0.123456, "plain", "0.1235", "0,1235"),
        (20.0, "cell", "20", "20"),
        (0.5, "cell", "0.500", "0,500"),
        (1.005, "cell", "1.01", "1,01"),
        (-0.256, "signed", "\u22120.26", "\u22120,26"),
        (0.3, "signed", "+0.30", "+0,30"),
        (-0.001, "signed", ">\u22120.01", ">\u22120,01"),
        (0.001, "signed", "<+0.01", "<+0,01"),
        (0.0, "signed", "0.00", "0,00"),
        (0.0004, "points", "<0.1", "<0,1"),
        (-0.0004, "points", ">\u22120.1", ">\u22120,1"),
        (0.0, "points", "0.0", "0,0"),
        (0.0, "none", "none", "asnj\u00eb"),
        (0.004, "percent", "<1%", "<1%"),
        (0.0004, "3", "<0.001", "<0,001"),
        (0.9996, "share-1", ">99.9%", ">99,9%"),
        (0.0, "end-1", "<0.1", "<0,1"),
        (2026, "year", "2026", "2026"),
    ],
)
def test_numbers_of_tables(number: float, form: str, en: str, sq: str) -> None:
    assert format_cell(number, form, "en") == en
    assert format_cell(number, form, "sq") == sq


def test_forms_of_columns() -> None:
    assert form_of("start_year", 2020) == "year"
    assert form_of("n", 2020) == "count"
    assert form_of("rate", 0.5) == "cell"
    with pytest.raises(UsageError, match="no form 'x'"):
        format_cell(1.0, "x", "en")


@pytest.mark.parametrize(
    ("number", "low", "high", "kind", "en"),
    [
        (0.068, 0.0002, 0.25, "share", "6.8% <0.1–25.0%"),
        (0.19, 0.0002, 0.52, "share", "19% <1–52%"),
        (0.997, 0.981, 0.9999, "share", ">99% 98 to >99%"),
        (0.998, 0.997, 0.999, "share", "99.8% 99.7–99.9%"),
        (0.00003, 0.00001, 0.00004, "share", "<0.1% "),
        (0.0, 0.0, 0.0, "points", "none "),
        (0.0, 0.0, 0.027, "points", "0.0 0.0–2.7"),
        (0.006, -0.0001, 0.027, "points", "0.6 >\u22120.1 to 2.7"),
        (0.25, 0.1, 0.375, "plain", "0.250 0.100–0.375"),
    ],
)
def test_a_number_of_a_table_and_its_interval_have_one_precision(
    number: float, low: float, high: float, kind: Triple, en: str, demo_view: EditionView
) -> None:
    frame = pl.DataFrame({"n": [number], "low": [low], "high": [high]})
    demo_view._frames["made.up"] = frame
    shown, interval = Words(demo_view, "en").placed_triple("made.up", 0, ("n", "low", "high"), kind)
    assert f"{shown} {interval}" == en
    for part in Marked(shown, interval).parts:
        if isinstance(part, Placed):  # what the gate prints once more
            assert format_cell(part.number, part.form, "en") == part
    del demo_view._frames["made.up"]


def test_none_is_said_of_nothing_else() -> None:
    with pytest.raises(UsageError, match="is not none"):
        format_cell(0.001, "none", "en")
