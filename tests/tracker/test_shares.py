"""Arithmetic of the tracker, whatever the events: shares are shares, the day rules, order and lines to come do not."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shteg.evidence.records.commitments import Commitment, CommitmentEvent
from shteg.tracker import Followed, count_shares, follow_commitments
from shteg.tracker.stage import track_commitments
from tests.tracker.cases import DAY, commitment, event, with_commitments

STAGES = ("not_started", "drafted", "adopted", "applied", "reversed")
AXES = ("official", "evidence", "assessment")
NAMES = ("a", "b", "c", "d")
ROUNDING = 1e-12


@st.composite
def dates(draw: st.DrawFn) -> str:
    day = date(2020, 1, 2) + timedelta(days=draw(st.integers(0, 2300)))
    return day.isoformat()[: draw(st.sampled_from((4, 7, 10)))]


@st.composite
def events(draw: st.DrawFn) -> list[CommitmentEvent]:
    found: list[CommitmentEvent] = []
    for number in range(1, draw(st.integers(0, 12)) + 1):
        told = {"commitment": draw(st.sampled_from(NAMES)), "axis": draw(st.sampled_from(AXES))}
        open_lines = [one for one in found if one.withdraws is None]
        if open_lines and draw(st.integers(0, 4)) == 0:
            meant = draw(st.sampled_from(open_lines))
            told = {"commitment": meant.commitment, "axis": meant.axis}
            found.append(event(number, None, draw(dates()), withdraws=meant.id, **told))
        else:
            found.append(event(number, draw(st.sampled_from(STAGES)), draw(dates()), **told))
    return found


def four(*, due: str | None = None) -> list[Commitment]:
    kinds = ("pledge", "requirement", "recommendation", "measure")
    areas, who = ("readiness", "diplomacy"), ("government", "parliament")
    return [
        commitment(name, kind=kinds[at], area=areas[at % 2], addressee=who[at // 2], due=due)
        for at, name in enumerate(NAMES)
    ]


def follow(lines: list[CommitmentEvent], day: date = DAY) -> tuple[Followed, ...]:
    return follow_commitments(with_commitments(four(due="2024-05"), lines, day=day))


def told(followed: tuple[Followed, ...]) -> list[tuple[object, ...]]:
    return [(one.commitment.id, one.status, one.weight, one.timeliness, one.freshness, one.disagree, one.done_on)
            for one in sorted(followed, key=lambda one: one.commitment.id)]  # fmt: skip


@given(events())
def test_shares_are_shares_and_the_completed_one_is_never_above_the_weighted_one(lines: list[CommitmentEvent]) -> None:
    followed = follow(lines)
    for share in count_shares(followed):
        assert 0 <= share.completed_share <= share.weighted_share + ROUNDING
        assert share.weighted_share <= 1
        parts = ("no_evidence", "not_started", "early", "advanced", "complete", "reversed")
        assert sum(getattr(share, name) for name in parts) == share.commitments
    for one in followed:
        assert 0 <= one.weight <= 1
        assert (one.status == "complete") <= (one.weight == 1)
        assert (one.status == "no_evidence") == (one.axis is None)


@given(events())
def test_groups_add_up_to_the_whole(lines: list[CommitmentEvent]) -> None:
    shares = count_shares(follow(lines))
    (whole,) = (one for one in shares if one.scope == "all")
    for scope in ("kind", "area", "addressee"):
        parts = [one for one in shares if one.scope == scope]
        assert sum(one.commitments for one in parts) == whole.commitments
        assert sum(one.overdue for one in parts) == whole.overdue
        for name in ("completed_share", "weighted_share"):
            mean = sum(getattr(one, name) * one.commitments for one in parts) / whole.commitments
            assert mean == pytest.approx(getattr(whole, name), abs=ROUNDING)


@given(events(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(lines: list[CommitmentEvent], chance: object) -> None:
    mixed = list(lines)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert told(follow(mixed)) == told(follow(lines))
    case = with_commitments(four(), lines)
    turned = replace(case, commitments=case.commitments[::-1], commitment_events=tuple(mixed))
    one, other = (track_commitments(each) for each in (case, turned))
    assert {v.id: v.number for v in one.values} == {v.id: v.number for v in other.values}


@given(events(), st.sampled_from(STAGES), st.sampled_from(AXES), st.integers(1, 900), st.booleans())
def test_an_event_that_becomes_known_after_the_day_changes_nothing(
    lines: list[CommitmentEvent], stage: str, axis: str, later: int, known_late: bool
) -> None:
    day = (DAY + timedelta(days=later)).isoformat()
    when = {"on": "2023-03-03", "known_on": day} if known_late else {"on": day}
    more = event(len(lines) + 1, stage, axis=axis, **when)
    assert told(follow([*lines, more])) == told(follow(lines))
    withdrawing = [event(len(lines) + 1, None, day, withdraws=lines[0].id, axis=lines[0].axis,
                         commitment=lines[0].commitment)] if lines else []  # fmt: skip
    assert told(follow([*lines, *withdrawing])) == told(follow(lines))


@given(events())
def test_a_reversal_lowers_and_completion_fills(lines: list[CommitmentEvent]) -> None:
    before = {one.commitment.id: one for one in follow(lines)}["a"]
    last = max((one for one in lines), key=lambda one: one.id, default=None)
    number = (last.id if last else 0) + 1
    down = {one.commitment.id: one for one in follow([*lines, event(number, "reversed", DAY.isoformat())])}["a"]
    assert down.status == "reversed"
    assert down.weight == 0 <= before.weight
    assert down.done_on is None
    up = {one.commitment.id: one for one in follow([*lines, event(number, "applied", DAY.isoformat())])}["a"]
    assert (up.status, up.weight) == ("complete", 1.0)


@given(events(), st.integers(0, 11))
def test_withdrawing_an_event_is_as_if_it_had_never_been(lines: list[CommitmentEvent], at: int) -> None:
    plain = [one for one in lines if one.withdraws is None]
    if not plain:
        return
    meant = plain[at % len(plain)]
    line = event(99, None, meant.happened_on.first.isoformat(), withdraws=meant.id, axis=meant.axis,
                 commitment=meant.commitment, known_on=DAY.isoformat())  # fmt: skip
    assert told(follow([*plain, line])) == told(follow([one for one in plain if one is not meant]))


@given(events())
def test_the_course_ends_where_the_shares_stand(lines: list[CommitmentEvent]) -> None:
    found = track_commitments(with_commitments(four(), lines))
    course = found.tables["course"].frame
    whole = found.tables["shares"].frame.row(0, named=True)
    last = course.row(-1, named=True)
    for name in ("commitments", "completed_share", "weighted_share"):
        assert last[name] == whole[name]
    assert course["year"].to_list() == list(range(2020, 2027))
