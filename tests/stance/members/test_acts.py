from shteg.stance.members.acts import absence_as_level, choose_reference, collect_responses
from tests.stance.case_builder import act, item, make_case, member

VOTE = {"oppose": 0, "abstain": 1, "support": 2}


def small_case(**parts):
    given = {
        "members": (member("ALB"), member("BEL"), member("ESP")),
        "items": {"vote": item(VOTE), "echo": item(VOTE, repeats="vote"), "troops": item(), "same": item({"yes": 1})},
        "acts": (
            act("ALB", "vote", "support", "2020-05"),
            act("BEL", "vote", "oppose", "2021-01-01"),
            act("BEL", "vote", "support", "2019"),
            act("ESP", "vote", "absent"),
            act("ALB", "echo", "support"),
            act("BEL", "echo", "oppose"),
            act("ALB", "troops", "13"),
            act("ALB", "same", "yes"),
            act("BEL", "same", "yes"),
            act("AUT", "vote", "oppose"),
        ),
    }
    return make_case(**{**given, **parts})


def counted(responses):
    return [(one.member, one.level, one.act.value, str(one.act.happened_on)) for one in responses.responses]


def test_every_act_that_differs_counts_and_absence_without_a_level_is_missing():
    responses = collect_responses(small_case())
    assert responses.items == ("vote",)
    assert responses.case_levels == ((0, 1, 2),)  # all that the case declares, also one that nobody used
    assert counted(responses) == [
        ("ALB", 2, "support", "2020-05"),
        ("BEL", 2, "support", "2019"),
        ("BEL", 0, "oppose", "2021-01-01"),
    ]
    assert responses.latest["BEL", "vote"].value == "oppose"


def test_a_standing_state_reported_again_is_no_new_act():
    items = {"state": item({"no": 0, "yes": 1})}
    days = {"2010": "no", "2012": "no", "2014": "yes", "2016": "yes", "2018": "no"}
    acts = (act("ALB", "state", "yes"), *(act("BEL", "state", value, day) for day, value in days.items()))
    responses = collect_responses(small_case(items=items, acts=acts))
    assert [one[3] for one in counted(responses) if one[0] == "BEL"] == ["2010", "2014", "2018"]


def test_order_of_the_file_means_nothing():
    acts = (*small_case().acts, act("ALB", "vote", "oppose", "2020-05", grade="A1"))
    straight, reversed_ = (collect_responses(small_case(acts=rows)) for rows in (acts, acts[::-1]))
    assert straight.responses == reversed_.responses
    assert straight.latest == reversed_.latest


def test_of_acts_dated_alike_the_better_grade_counts_then_the_more_reluctant():
    acts = (act("ALB", "vote", "support", grade="B2"), act("ALB", "vote", "abstain", grade="B3"))
    equal = (act("BEL", "vote", "abstain"), act("BEL", "vote", "oppose"))
    responses = collect_responses(small_case(acts=acts + equal))
    assert [one[:3] for one in counted(responses)] == [("ALB", 2, "support"), ("BEL", 0, "oppose")]


def test_absence_on_record_may_count_as_reluctance():
    case = small_case()
    raised = absence_as_level(case, collect_responses(case))
    assert counted(raised)[-1] == ("ESP", 1, "absent", "2020-01-01")
    answers = {"ALB": "yes", "BEL": "no", "ESP": "absent"}
    items = {"state": item({"no": 0, "yes": 1})}
    two = small_case(items=items, acts=tuple(act(code, "state", value) for code, value in answers.items()))
    raised = absence_as_level(two, collect_responses(two))
    assert raised.case_levels == ((0, 0, 1),)
    assert [one[:2] for one in counted(raised)] == [("ALB", 2), ("BEL", 0), ("ESP", 1)]


def test_every_item_that_is_not_used_says_why():
    status = {use.item: use.status for use in collect_responses(small_case()).uses}
    assert status == {"vote": "used", "echo": "repeats", "troops": "no_levels", "same": "one_level"}
    empty = collect_responses(small_case(acts=()))
    assert {use.status for use in empty.uses} == {"no_acts", "repeats", "no_levels"}


def test_acts_of_others_are_no_rows():
    without = small_case(acts=small_case().acts[:-1])
    assert collect_responses(small_case()).responses == collect_responses(without).responses


def test_reference_item_is_the_most_recent_broad_status_item():
    answers = {"ALB": "support", "BEL": "oppose", "ESP": "oppose"}
    days = {"old": "2008-01-01", "recent": "2023-01-01", "narrow": "2025-01-01", "troops": "2025-01-01"}
    acts = tuple(
        act(code, name, answer, day)
        for name, day in days.items()
        for code, answer in answers.items()
        if (name, code) != ("narrow", "ESP")
    )
    items = {name: item(VOTE) for name in ("old", "recent", "narrow")} | {"troops": item(VOTE, kind="military")}
    case = small_case(acts=acts, items=items)
    assert choose_reference(case, collect_responses(case)) == "recent"
    assert choose_reference(small_case(acts=()), collect_responses(small_case(acts=()))) is None
