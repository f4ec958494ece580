"""Counts that a page prints are counted again from the edition."""

from pathlib import Path

import pytest

from shteg.errors import UsageError
from shteg.publish.html.reread import require_same_values
from shteg.publish.printed import Voice
from shteg.report import EditionView, PrintedCount, check_published_counts
from shteg.report.language.counts import count_of

EVENTS = "evidence.chronicle"


def test_rows_are_counted_by_words_and_numbers(demo_view: EditionView) -> None:
    rows = demo_view.rows(EVENTS)
    forward = [row for row in rows if row["direction"] > 0 and row["actor"] == "aspirant"]
    assert forward
    assert count_of(demo_view, EVENTS, ("actor=aspirant", "direction>0")) == len(forward)
    assert count_of(demo_view, EVENTS, ()) == len(rows)
    assert count_of(demo_view, EVENTS, ("actor!=aspirant",)) == sum(row["actor"] != "aspirant" for row in rows)


def test_values_are_counted_by_their_number(demo_view: EditionView) -> None:
    kind = "values/value.stance.support"
    likely = count_of(demo_view, kind, ("number>=0.5",))
    assert likely + count_of(demo_view, kind, ("number<0.5",)) == count_of(demo_view, kind, ())
    assert count_of(demo_view, kind, ()) == len(demo_view.select("value.stance.support")) > 0


@pytest.mark.parametrize("condition", ["nobody=1", "direction", "direction ~ 1", ""])
def test_a_condition_on_nothing_is_refused(demo_view: EditionView, condition: str) -> None:
    with pytest.raises(UsageError, match="is no condition on"):
        count_of(demo_view, EVENTS, (condition,))


def test_a_count_that_differs_is_found(demo_view: EditionView) -> None:
    voice = Voice(demo_view, "en")
    right = voice.counted(EVENTS, "direction<0")
    printed = PrintedCount(right.things, right.where, str(right), "path.html")
    assert check_published_counts({"en": [printed]}, demo_view) == ()
    wrong = PrintedCount(right.things, right.where, str(right.number + 1), "path.html")
    (problem,) = check_published_counts({"en": [wrong]}, demo_view)
    assert problem.file == "path.html"
    assert "direction<0" in problem.problem


def test_a_page_is_read_again(demo_view: EditionView, tmp_path: Path) -> None:
    from shteg.errors import PublishError

    voice = Voice(demo_view, "en")
    element = str(voice.figured(voice.counted(EVENTS, "direction>0")))
    page = tmp_path / "page.html"
    page.write_text(f"<p>{element}</p>", encoding="utf-8")
    require_same_values([page], voice)
    page.write_text(f"<p>{element.replace('>4<', '>5<')}</p>", encoding="utf-8")
    with pytest.raises(PublishError, match="the edition says '4'"):
        require_same_values([page], voice)
