"""The shipped case: each area of recommendations is followed, and nothing is further than its evidence says."""

from functools import cache

from shteg.evidence import find_case, read_case
from shteg.evidence.case import Case
from shteg.tracker import Followed, follow_commitments

AREAS = {"diplomacy", "defence-reform", "programmes", "partnerships"}


@cache
def case() -> Case:
    return read_case(find_case("kosovo-nato"))


@cache
def followed() -> dict[str, Followed]:
    return {one.commitment.id: one for one in follow_commitments(case())}


def test_each_area_of_the_announcement_has_its_commitments() -> None:
    for kind in ("recommendation", "measure", "pledge"):
        assert {one.commitment.area for one in followed().values() if one.commitment.kind == kind} == AREAS
    own = {one.commitment.measure for one in followed().values()} - {None}
    assert own == {measure.id for measure in case().recommendations.measures}


def test_no_event_repeats_a_fact_of_another_table() -> None:
    """Lines of their own would repeat what requirements, readings and chronicle say already: there is none yet."""
    assert not case().commitment_events
    for one in followed().values():
        for told in one.happenings:
            assert told.origin in ("reading", "status", "chronicle")
            assert told.happened_on.last >= one.commitment.made_on.first


def test_a_claim_is_not_taken_for_evidence() -> None:
    one = followed()["ksf-active-strength"]
    assert one.axes["official"].status == "complete"
    assert (one.status, one.disagree) == ("advanced", True)


def test_what_is_complete_rests_on_a_document_or_is_marked() -> None:
    complete = {name: one.verified for name, one in followed().items() if one.status == "complete"}
    assert complete == {"north-kfor-consent": True, "kuwait-mission": True, "cyber-law": False}
    read = {one.commitment.id for one in follow_commitments(case().verified_only())}
    assert "cyber-law" not in read


def test_what_is_new_has_no_evidence_rather_than_progress() -> None:
    assert {one.status for one in followed().values() if one.commitment.kind == "measure"} == {"no_evidence"}
    assert followed()["kcss-non-recognisers"].status == "no_evidence"
    assert followed()["pfp-bid"].status == "not_started"
