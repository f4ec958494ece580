"""Bases, intervals and logits of published figures."""

from types import SimpleNamespace

import numpy as np
import pytest

from shteg.survey.inference.intervals import wilson_interval
from shteg.survey.published.published import (
    ASSUMED_SAMPLE_SIZE,
    lexicon_args,
    logit_of,
    population_stem,
    read_figures,
    slug,
    unique,
    value_id,
)
from tests.survey.factories import design, figure

EXACT = 1e-12  # closed forms in doubles


def test_the_base_is_printed_or_on_record_or_usual_or_assumed() -> None:
    figures = [
        figure(60, n=1000),
        figure(60, happened_on="2021-10", wave="A21"),
        figure(60, happened_on="2019-10"),
        figure(60, series="Beta"),
        figure(60, "hill"),
        figure(60, "hill", happened_on="2020-10", n=90),
    ]
    designs = [design("Alpha", "A21", 1200, "2021"), design("Alpha", "A20", None, "2020")]
    readings = read_figures(figures, designs)
    assert [(one.n, one.base) for one in readings] == [
        (1000, "printed"),
        (1200, "design"),
        (1100, "series"),
        (ASSUMED_SAMPLE_SIZE, "assumed"),
        (None, "unknown"),
        (90, "printed"),
    ]
    assert [one.low is not None for one in readings] == [True, True, False, False, False, True]


def test_the_interval_is_wilsons_with_the_assumed_design_effect() -> None:
    (reading,) = read_figures([figure(60, n=900)], [], design_effect=1.5)
    z2, m = 1.959963984540054**2, 600
    centre = (0.6 + z2 / (2 * m)) / (1 + z2 / m)
    half = np.sqrt(z2 * 0.24 / m + z2**2 / (4 * m**2)) / (1 + z2 / m)
    assert (reading.low, reading.high) == pytest.approx((centre - half, centre + half), rel=EXACT)


def test_nobody_of_43_may_still_be_seven_per_cent() -> None:
    assert wilson_interval(0, 43, 0.95) == pytest.approx((0, 1 - 0.05 ** (1 / 43)), abs=EXACT)
    assert 0.066 < wilson_interval(0, 43, 0.95)[1] < 0.068
    assert wilson_interval(1, 43, 0.95)[1] == 1


def test_the_logit_is_finite_at_the_ends_and_holds_rounding() -> None:
    nobody, half = read_figures([figure(0, n=100), figure(50, n=100)], [], design_effect=1)
    logit, variance = logit_of(nobody, 1)
    assert logit == pytest.approx(np.log(0.5 / 100.5), rel=EXACT)
    assert variance > 1 / 0.5 + 1 / 100.5
    logit, variance = logit_of(half, 1)
    assert logit == 0
    rounding = 0.01**2 / 12 * (101**2 / 50.5**2) ** 2
    assert variance == pytest.approx(2 / 50.5 + rounding, rel=EXACT)


def test_a_figure_without_a_base_has_no_logit() -> None:
    (reading,) = read_figures([figure(50, "hill")], [])
    with pytest.raises(ValueError, match="has no base"):
        logit_of(reading, 1.5)


def test_names_become_ids() -> None:
    assert slug("trust_guard") == "trust-guard"
    assert slug("Përgjigje, po!") == "pergjigje-po"
    assert slug("…") == "x"
    assert value_id("survey.Trust KSF.2015.all") == "survey.Trust-KSF.2015.all"
    taken: set[str] = set()
    assert [unique("a", taken), unique("a", taken), unique("a", taken)] == ["a", "a-2", "a-3"]
    assert population_stem("Ruritania, 18+") == "Ruritania"


def test_only_words_of_the_lexicon_become_lexicon_ids() -> None:
    words = SimpleNamespace(questions={"join": None}, schemes={}, labels={"answer": {"in favour": None}})
    args = lexicon_args(words, question="join", answer="in favour", series="Alpha")  # type: ignore[arg-type]
    assert args == {"question": "question:join", "answer": "answer:in favour", "series": "Alpha"}
