from shteg.stance.acts import choose_reference, collect_responses
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


def test_latest_act_counts_and_absence_without_a_level_is_missing():
    responses = collect_responses(small_case())
    assert responses.items == ("vote",)
    assert responses.level.tolist() == [[1], [0], [-1]]  # level 1 of the case has no member: closed up
    assert responses.case_levels == ((0, 2),)
    assert [act.value for act in responses.acts_in_use()] == ["support", "oppose"]


def test_of_acts_dated_alike_the_later_row_counts():
    acts = (act("ALB", "vote", "oppose"), act("ALB", "vote", "support"), act("BEL", "vote", "oppose"))
    assert collect_responses(small_case(acts=acts)).level.tolist() == [[1], [0], [-1]]


def test_every_item_that_is_not_used_says_why():
    status = {use.item: use.status for use in collect_responses(small_case()).uses}
    assert status == {"vote": "used", "echo": "repeats", "troops": "no_levels", "same": "one_level"}
    empty = collect_responses(small_case(acts=()))
    assert {use.status for use in empty.uses} == {"no_acts", "repeats", "no_levels"}


def test_acts_of_others_are_no_rows():
    without = small_case(acts=small_case().acts[:-1])
    assert collect_responses(small_case()).level.tolist() == collect_responses(without).level.tolist()


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
