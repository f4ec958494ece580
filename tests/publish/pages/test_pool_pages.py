"""What the pages say of the published forecast follows from the numbers, by rule, in both languages."""

from dataclasses import replace

import pytest

from shteg.publish.pages.pool import alone_notes, differences, frequencies, parts_table, weights_table
from shteg.publish.pages.skill import verdict_text
from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.charts.pool import difference, sentence, shown_year

VERDICTS = {
    "better": ("was better than the base rate", "doli më i mirë se norma bazë"),
    "unclear": (
        "cannot be told apart from the base rate",
        "nuk dallohet me siguri nga norma bazë",
    ),
    "worse": ("did worse than the base rate", "doli më i dobët se norma bazë"),
}
TRIED = {
    "held": ("came true as often", "u vërtetuan aq shpesh"),
    "failed": ("should not be used alone", "nuk duhet përdorur e vetme"),
    "untried": ("nobody knows how good the figure is", "askush nuk e di sa e mirë është"),
}


def with_verdict(view: EditionView, verdict: str) -> EditionView:
    """The edition as if the trial had come out otherwise."""
    ends = {"better": (0.3, 0.1, 0.5), "unclear": (0.1, -0.1, 0.3), "worse": (-0.3, -0.5, -0.1)}
    skill, low, high = ends[verdict]
    changed = {
        "skill.pool.verdict": {"number": verdict},
        "skill.ladder.pool.all": {"number": skill, "low": low, "high": high},
    }
    values = {name: replace(one, **changed.get(name, {})) for name, one in view.values.items()}
    return replace(view, values=values)


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize(("at", "language"), [(0, "en"), (1, "sq")])
def test_the_verdict_is_told_by_rule(demo_view: EditionView, verdict: str, at: int, language: str) -> None:
    voice = Voice(with_verdict(demo_view, verdict), language)
    text = verdict_text(voice).striptags()
    assert VERDICTS[verdict][at] in text
    for other in set(VERDICTS) - {verdict}:
        assert VERDICTS[other][at] not in text


@pytest.mark.parametrize(("at", "language"), [(0, "en"), (1, "sq")])
def test_a_model_that_stands_alone_says_how_it_fared(demo_view: EditionView, at: int, language: str) -> None:
    voice = Voice(demo_view, language)
    year = shown_year(demo_view)
    row = difference(demo_view, "contributor", year)
    assert row is not None
    assert row["spread"] == "alone"
    for tried, words in TRIED.items():
        assert words[at] in sentence(voice, {**row, "tried": tried})
    [note] = alone_notes(voice)
    assert TRIED[row["tried"]][at] in note.striptags()


@pytest.mark.parametrize("language", ["en", "sq"])
def test_the_parts_stand_beside_the_pool_with_their_weights(demo_view: EditionView, language: str) -> None:
    voice = Voice(demo_view, language)
    told = [one.striptags() for one in differences(voice)]
    assert len(told) == 2
    pooled = demo_view.values["forecast.association.2036"]
    assert str(voice.show(pooled, "range")) in told[0]
    parts, weights = parts_table(voice), weights_table(voice)
    assert parts is not None
    assert weights is not None
    assert len(parts.headers) == 6  # the step, four parts, the pool
    assert len(weights.headers) == 5
    failed = [row for row in demo_view.rows("pool.parts") if row["tried"] == "failed" and row["year"] == 2036]
    assert bool(parts.note) == bool(failed)
    for row in failed:
        assert voice.text(f"pool.part.{row['model']}") in parts.note
    assert "pool" not in {part for row in weights.rows for part in row}


def test_the_forecast_is_told_as_a_frequency_the_gate_knows(demo_view: EditionView) -> None:
    text = str(frequencies(Voice(demo_view, "en")))
    assert 'data-style="frequency"' in text
    assert 'data-id="forecast.association.2036"' in text
    assert (
        str(frequencies(Voice(demo_view, "sq"))).count("rreth")
        + str(frequencies(Voice(demo_view, "sq"))).count("se 1 në 100")
        == 2
    )
