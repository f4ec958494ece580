"""Where forecasts stand, and how they fare: closed forms, each forecast once, kinds apart, on its day."""

import math
from datetime import date

import pytest

from shteg.estimates import StageResult
from shteg.evaluation.scores import FLOOR
from shteg.ledger.scores import ALL, LedgerScore, score_ledger
from shteg.ledger.stage import settle_ledger
from shteg.ledger.standing import standing_forecasts
from tests.ledger.cases import closed, line, with_ledger


def standing_of(*args: object, **named: object) -> list[str]:
    return [one.status for one in standing_forecasts(with_ledger(*args, **named))]  # type: ignore[arg-type]


def score_of(*args: object, kind: str = "real", step: str = ALL) -> LedgerScore:
    scores = score_ledger(standing_forecasts(with_ledger(*args)))  # type: ignore[arg-type]
    (found,) = (row for row in scores if (row.kind, row.step) == (kind, step))
    return found


def test_a_forecast_is_overdue_from_the_day_after_its_last() -> None:
    one = line(2024)
    assert standing_of([one], day=date(2024, 12, 31)) == ["open"]
    assert standing_of([one], day=date(2025, 1, 1)) == ["overdue"]
    assert standing_of([one], [closed(one, "void")], day=date(2025, 1, 1)) == ["void"]


def test_scores_are_those_of_the_formulas() -> None:
    yes, no, void, late = line(2021, probability=0.8), line(2022, probability=0.4), line(2023), line(2024)
    resolutions = [
        closed(yes, "yes", happened_on="2021-05"),
        closed(no, "no", number=2),
        closed(void, "void", number=3),
    ]
    score = score_of([yes, no, void, late], resolutions)
    assert score.log == pytest.approx((math.log(0.8) + math.log(0.6)) / 2, abs=1e-12)
    assert score.brier == pytest.approx((0.2**2 + 0.4**2) / 2, abs=1e-12)
    assert score.resolved_share == 3 / 4
    assert (score.scored, score.happened, score.void, score.overdue, score.questions) == (2, 1, 1, 1, 2)


def test_a_nought_that_comes_true_costs_no_more_than_the_floor_of_the_trial() -> None:
    sure = line(2021, probability=0)
    score = score_of([sure], [closed(sure, "yes", happened_on="2021-05-05")])
    assert score.log == pytest.approx(math.log(FLOOR))
    assert score.brier == 1


def test_what_comes_true_early_waits_for_its_day() -> None:
    early, same_day = line(2030, probability=0.2), line(2021, probability=0.5)
    resolutions = [closed(early, "yes", happened_on="2025-01-01"), closed(same_day, "no", number=2)]
    score = score_of([early, same_day], resolutions)
    assert (score.early, score.scored, score.brier) == (1, 1, 0.25)
    assert score.resolved_share == 1


def test_a_correction_scores_again_and_counts_once() -> None:
    one = line(2021, probability=0.9)
    first = closed(one, "no")
    assert score_of([one], [first]).brier == pytest.approx(0.81)
    second = closed(one, "yes", number=2, happened_on="2021-12-31", corrects="r1")
    score = score_of([one], [first, second])
    assert (score.scored, score.happened) == (1, 1)
    assert score.brier == pytest.approx(0.01)
    third = closed(one, "open", number=3, corrects="r2")
    reopened = score_of([one], [first, second, third])
    assert (reopened.scored, reopened.overdue, reopened.brier, reopened.resolved_share) == (0, 1, None, 0)


def test_real_and_reconstructed_ones_are_never_mixed() -> None:
    real = line(2021, probability=0.9)
    made = line(2021, edition="two", kind="reconstructed", probability=0.1)
    resolutions = [closed(real, "no"), closed(made, "no", number=2)]
    assert score_of([real, made], resolutions).brier == pytest.approx(0.81)
    assert score_of([real, made], resolutions, kind="reconstructed").brier == pytest.approx(0.01)
    assert {row.kind for row in score_ledger(standing_forecasts(with_ledger([made])))} == {"reconstructed"}


@pytest.mark.parametrize(("kind", "counts"), [("real", [True, False]), ("reconstructed", [False, True])])
def test_of_one_day_one_edition_counts(kind: str, counts: list[bool]) -> None:
    first, second = line(2021, kind=kind), line(2021, edition="two", kind=kind, probability=0.5)
    other_day = line(2021, edition="three", kind=kind, made_on="2020-02-01")
    found = standing_forecasts(with_ledger([first, second, other_day]))
    assert [one.counted for one in found] == [*counts, True]
    score = score_of([first, second, other_day], kind=kind)
    assert (score.registered, score.counted, score.overdue) == (3, 2, 2)


def test_the_stage_says_what_is_owed_first_and_nothing_of_an_empty_ledger() -> None:
    done, late, ahead = line(2021), line(2022), line(2030)
    result: StageResult = settle_ledger(with_ledger([ahead, done, late], [closed(done, "no")]))
    assert result.tables["forecasts"].frame["status"].to_list() == ["overdue", "open", "no"]
    values = {value.id: value for value in result.values}
    assert values["ledger.real.overdue"].number == 1
    assert values["ledger.real.brier"].source_ids == ("register",)
    assert values["ledger.real.resolved-share"].number == 0.5
    assert settle_ledger(with_ledger([])).tables == {}
    assert not [one for one in settle_ledger(with_ledger([ahead])).values if one.id.endswith(("brier", "log", "share"))]


def test_as_of_an_earlier_day_what_was_written_later_is_not_there() -> None:
    old, new = line(2021), line(2030, edition="two", made_on="2024-01-01")
    case = with_ledger([old, new], [closed(old, "no", on="2022-03-01")])
    before, after = case.as_of(date(2022, 2, 1)), case.as_of(date(2022, 3, 1))
    assert [one.status for one in standing_forecasts(before)] == ["overdue"]
    assert [one.status for one in standing_forecasts(after)] == ["no"]
    assert case.verified_only().ledger == case.ledger
    assert case.verified_only().resolutions == case.resolutions
