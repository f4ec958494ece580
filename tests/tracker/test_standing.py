"""Where a commitment stands: what decides its status, when it was done, what was withdrawn, what other tables say."""

from dataclasses import replace
from datetime import date

import pytest

from shteg.evidence.records.commitments import ChronicleLink, ReadingLink
from shteg.evidence.records.dates import DateInterval
from shteg.tracker import STATUSES, follow_commitments
from shteg.tracker.stage import track_commitments
from tests.tracker.cases import commitment, demo, event, stands, with_commitments


@pytest.mark.parametrize(
    ("stages", "status", "weight"),
    [
        ((), "no_evidence", 0.0),
        (("not_started",), "not_started", 0.0),
        (("drafted",), "early", 0.25),
        (("drafted", "adopted"), "advanced", 0.6),
        (("drafted", "adopted", "applied"), "complete", 1.0),
        (("applied", "reversed"), "reversed", 0.0),
        (("applied", "drafted"), "reversed", 0.25),
        (("drafted", "not_started"), "reversed", 0.0),
        (("applied", "drafted", "applied"), "complete", 1.0),
        (("applied", "reversed", "drafted"), "early", 0.25),
    ],
)
def test_the_last_event_says_the_status_and_a_fall_is_a_reversal(
    stages: tuple[str, ...], status: str, weight: float
) -> None:
    one = stands(*(event(at, stage, f"202{at}-01-01") for at, stage in enumerate(stages, start=1)))
    assert (one.status, one.weight) == (status, weight)
    assert set(STATUSES) >= {status}


def test_the_word_of_those_who_owe_it_decides_nothing() -> None:
    claimed = event(1, "applied", axis="official")
    one = stands(claimed)
    assert (one.status, one.weight, one.disagree) == ("no_evidence", 0.0, True)
    one = stands(claimed, event(2, "drafted", axis="assessment"))
    assert (one.status, one.axis, one.disagree) == ("early", "assessment", True)
    one = stands(claimed, event(2, "drafted", axis="assessment"), event(3, "applied"))
    assert (one.status, one.axis, one.disagree) == ("complete", "evidence", True)
    assert not stands(claimed, event(2, "applied")).disagree


def test_a_withdrawn_event_stays_in_sight_and_does_not_count() -> None:
    events = (event(1, "drafted", "2021"), event(2, "applied", "2022-02-06"))
    withdrawal = event(3, None, "2022-02-06", known_on="2023-05-01", withdraws=2)
    one = stands(*events, withdrawal)
    assert (one.status, [each.withdrawn_by for each in one.happenings]) == ("early", [None, 3])
    before = stands(*events, withdrawal, day=date(2023, 4, 30))
    assert before.status == "complete", "on that day nobody knew that it was wrong"


@pytest.mark.parametrize(
    ("due", "done", "told"),
    [
        (None, "2022-03-01", "no_date"), ("2027", None, "ahead"), ("2026-06", None, "ahead"),
        ("2026-05", None, "overdue"), ("2022-03", "2022-03-31", "in_time"), ("2022-03", "2022-04-01", "late"),
        ("2022-03", "2022", "unclear"),
    ],
)  # fmt: skip
def test_timeliness_compares_intervals(due: str | None, done: str | None, told: str) -> None:
    events = [event(1, "applied", done)] if done else [event(1, "drafted", "2021")]
    one = stands(*events, due=due)
    assert one.timeliness == told


def test_what_was_done_again_after_a_reversal_is_done_on_the_later_day() -> None:
    stages = ("applied", "reversed", "adopted", "applied")
    one = stands(*(event(at, stage, f"202{at}-01-01") for at, stage in enumerate(stages, start=1)))
    assert (one.status, one.done_on) == ("complete", DateInterval.parse("2024-01-01"))


def test_freshness_counts_from_the_last_event_of_any_axis() -> None:
    old, recent = event(1, "drafted", "2024-01-01"), event(2, "adopted", "2026-01-01", axis="official")
    assert stands().freshness == "none"
    assert stands(old).freshness == "stale"
    one = stands(old, recent)
    assert (one.freshness, one.last_on, one.age_days) == ("fresh", DateInterval.parse("2026-01-01"), 180)


def test_readings_count_by_their_part_of_the_way_and_the_baseline_does_not() -> None:
    followed = with_commitments([commitment(requirement="trained-crews", made_on="2023-06-01")])
    (one,) = follow_commitments(followed)
    (last,) = one.happenings  # the reading of 2022 lies before the commitment
    assert (last.origin, last.value, last.weight) == ("reading", 7.0, pytest.approx(7 / 12))
    assert (one.status, one.due_from) == ("advanced", "requirement")


def test_a_reading_may_be_the_word_of_those_who_owe_it() -> None:
    case = with_commitments([commitment(requirement="trained-crews", made_on="2021")])
    claimed = ReadingLink.model_validate({"commitment": "a", "happened_on": "2025-12", "axis": "official"})
    (one,) = follow_commitments(replace(case, commitment_readings=(claimed,)))
    assert {axis: reached.status for axis, reached in one.axes.items()} == {"official": "advanced", "evidence": "early"}
    assert (one.status, one.disagree) == ("early", True)


@pytest.mark.parametrize(
    ("requirement", "axis", "stage"),
    [
        ("quota-law", "evidence", "drafted"), ("radio-standard", "official", "applied"),
        ("rescue-plan", "evidence", "applied"), ("hatcheries", None, None),
    ],
)  # fmt: skip
def test_the_status_of_a_requirement_says_no_more_than_it_must(
    requirement: str, axis: str | None, stage: str | None
) -> None:
    """In progress is the first stage, claimed is the official word, not met of a number says nothing."""
    case = with_commitments([commitment(requirement=requirement)])
    (one,) = follow_commitments(replace(case, readings=()))
    assert [(each.axis, each.stage) for each in one.happenings] == ([(axis, stage)] if axis else [])


def test_an_event_of_the_chronicle_brings_its_own_date_and_source() -> None:
    link = ChronicleLink.model_validate(
        {"commitment": "a", "event": "quota-draft", "axis": "evidence", "stage": "drafted"}
    )
    (one,) = follow_commitments(with_commitments([commitment()], links=[link]))
    (told,) = one.happenings
    row = next(each for each in demo().chronicle if each.id == "quota-draft")
    assert (told.happened_on, told.source, told.grade) == (row.happened_on, row.source, row.grade)


def test_what_a_commitment_names_may_not_be_there_yet() -> None:
    case = with_commitments([commitment(measure="fisheries-law"), commitment("b", measure="not-there")])
    assert [one.commitment.id for one in follow_commitments(case)] == ["a"]


def test_without_verdicts_there_is_no_status_no_share_and_no_assessment() -> None:
    case = with_commitments([commitment()], [event(1, "adopted"), event(2, "drafted", axis="assessment")])
    quiet = track_commitments(replace(case, tracker=case.tracker.model_copy(update={"verdicts": False})))
    assert set(quiet.tables) == {"commitments", "happenings"}
    row = quiet.tables["commitments"].frame.row(0, named=True)
    told = [row[name] for name in ("status", "weight", "timeliness", "freshness", "disagree", "evidence_status")]
    assert told == [None] * 6
    assert (row["evidence_stage"], row["assessment_stage"]) == ("adopted", None)
    assert {value.id for value in quiet.values} == {"tracker.count", "tracker.with-events"}
    loud = track_commitments(case)
    assert {"shares", "course"} <= set(loud.tables)


def test_a_case_without_commitments_has_nothing_of_this() -> None:
    found = track_commitments(demo())
    assert not found.tables
    assert not found.values


def test_past_days_and_read_sources_are_respected() -> None:
    case = with_commitments(
        [commitment(), commitment("b", made_on="2024-01-01")],
        [
            event(1, "drafted", "2021"),
            event(2, "applied", "2023", grade="A6"),
            event(3, "adopted", "2022", source="recalled", grade="F6"),
        ],
    )
    early = case.as_of(date(2022, 6, 30))
    assert [one.commitment.id for one in follow_commitments(early)] == ["a"]
    assert [one.id for one in early.commitment_events] == [1]
    read = follow_commitments(case.verified_only())
    assert (read[0].status, len(read[0].happenings)) == ("early", 1)
    whole = follow_commitments(case)[0]
    assert (whole.status, whole.verified) == ("complete", False)
