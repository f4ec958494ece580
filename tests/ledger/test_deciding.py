"""What the evidence decides: sure dates only, silence only where somebody looked later, the contrary is corrected."""

from dataclasses import replace
from datetime import date

import pytest

from shteg.evidence.case import Case
from shteg.evidence.extent import evidence_extent
from shteg.ledger.deciding import resolution_lines, settle_by_evidence
from tests.ledger.cases import closed, line, with_event, with_ledger

DAY = date(2026, 6, 30)


def verdict(case: Case) -> tuple[str | None, str | None]:
    (found,) = settle_by_evidence(case)
    return found.verdict.outcome, found.verdict.undecided


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2024-12-31", ("yes", None)),
        ("2024", ("yes", None)),
        ("2025-01-01", ("no", None)),
        ("2024-12/2025-01", (None, "imprecise")),
    ],
)
def test_a_step_counts_where_all_its_days_do(when: str, expected: tuple[str | None, str | None]) -> None:
    assert verdict(with_event(with_ledger([line(2024)]), when)) == expected


def test_a_sure_event_outweighs_an_imprecise_one_and_other_events_do_not_count() -> None:
    case = with_event(with_event(with_ledger([line(2024)]), "2024/2025"), "2023-05-01")
    assert verdict(case) == ("yes", None)
    assert verdict(with_event(with_ledger([line(2024)]), "2023-05-01", event="plan")) == ("no", None)


def test_yes_may_come_early_and_no_only_once_the_day_has_passed() -> None:
    assert verdict(with_event(with_ledger([line(2030)]), "2025-03-03")) == ("yes", None)
    assert verdict(with_ledger([line(2030)])) == (None, "not_due")
    assert verdict(with_ledger([line(2025)], day=date(2025, 12, 31))) == (None, "not_due")


def test_silence_is_no_only_where_the_evidence_runs_past_the_day() -> None:
    case = with_ledger([line(2025)])
    extent = evidence_extent(case)
    assert extent is not None
    assert date(2025, 12, 31) < extent.day <= DAY
    assert verdict(case) == ("no", None)
    older = replace(case.as_of(date(2025, 12, 31)), header=case.header)  # moved on, and nobody looked
    assert verdict(older) == (None, "evidence_ends")


def test_a_step_that_no_event_records_is_closed_by_hand() -> None:
    assert verdict(with_ledger([line(2024, step="contributor", events="")])) == (None, "by_hand")


def test_a_step_that_no_event_records_is_no_without_what_comes_first() -> None:
    case = with_ledger([line(2024, step="ratified", events="", needs="protocol")])
    assert verdict(case) == ("no", None)
    assert verdict(with_event(case, "2025-01-01", event="protocol")) == ("no", None)
    assert verdict(with_event(case, "2024-12-31", event="protocol")) == (None, "by_hand")
    assert verdict(with_event(case, "2024/2025", event="protocol")) == (None, "by_hand")


def test_lines_are_written_of_what_the_ledger_does_not_say_yet() -> None:
    one = line(2024)
    case = with_ledger([one])
    (written,) = resolution_lines(case, settle_by_evidence(case))
    assert (written["id"], written["outcome"], written["corrects"]) == ("r1", "no", "")
    assert written["source"] in case.sources
    assert written["decided_on"] == DAY.isoformat()
    for outcome in ("no", "void"):  # closed already, or closed by hand
        done = with_ledger([one], [closed(one, outcome)])
        assert resolution_lines(done, settle_by_evidence(done)) == []


def test_what_was_closed_otherwise_is_corrected() -> None:
    one = line(2024)
    case = with_event(with_ledger([one], [closed(one, "no")]), "2024-07-01")
    (written,) = resolution_lines(case, settle_by_evidence(case))
    assert (written["id"], written["outcome"], written["corrects"]) == ("r2", "yes", "r1")
    assert written["happened_on"] == "2024-07-01"
    reopened = with_ledger([one], [closed(one, "void"), closed(one, "open", number=2, corrects="r1")])
    (again,) = resolution_lines(reopened, settle_by_evidence(reopened))
    assert (again["outcome"], again["corrects"]) == ("no", "r2")
