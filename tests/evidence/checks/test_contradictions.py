"""What cannot be together is refused, in the line where it stands: one row for each kind, planted in the made-up case."""
# ruff: noqa: E501  (the contradictions are a table: one row each)

from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.evidence import check_case, shipped_cases
from tests.evidence.demo_copy import copy_english_and_albanian, line_of, replace_once

# fmt: off
ADDED = [
    # (what, file, a line added to its end, what the problem says)
    ("recognition yes and no on the same day", "acts.csv", "XAB,recognition,no,2009-05-21,,,ministry-list,B2", "both on 2009-05-21"),
    ("two votes on one day", "membership_votes.csv", "observer-vote,XAA,XAC,2015-10-09,,oppose,,assembly-record,A1", "already"),
    ("yes and no in the same month", "acts.csv", "XAB,embassy,no,2010-02,,,shore-news,C2", "both on 2010-02"),
    ("the aspirant recognises itself", "acts.csv", "XAA,recognition,yes,2010-01-01,,,ministry-list,B2", "toward itself"),
    ("an act toward no state yet", "acts.csv", "XAB,recognition,yes,2001-01-01,,,ministry-list,B2", "XAA is independent since 2009-05-20"),
    ("an act of no state yet", "acts.csv", "XBH,statement,support,2001-01-01,,,ministry-list,B2", "XBH is independent since 2002-05-20"),
    ("values told apart by marks", "acts.csv", "XAC,joint-patrol,not-asked,2024-06,,,patrol-roll,A2", "differ in their marks only"),
    ("a tie with itself", "partnerships.csv", "own-tie,XAA,agreement,A tie,Një lidhje,,2023,,shore-news,C2", "no partner of itself"),
    ("the aspirant reached accession, and is no member", "ladder.csv", "XAA,accession,2020-01-01,,,register,A1", "not in members.csv"),
    ("another country acceded, and is no member", "ladder.csv", "XBC,accession,2020-01-01,,,register,A1", "not in members.csv"),
    ("a country accedes twice", "ladder.csv", "XAE,accession,2003-01-01,,,register,A1", "has not left it since"),
    ("a country is associated twice", "ladder.csv", "XBE,association,2015-01-01,,,register,A1", "has not left it since"),
    ("a step before it existed", "ladder.csv", "XBB,plan,1999-01-01,,,register,A1", "the step exists since 2000-03"),
    ("a step before the country existed", "ladder.csv", "XBG,association,1991-05,,,register,A1", "it is independent since 1992"),
    ("a step long before anything existed", "ladder.csv", "XBA,accession,1850-01-01,,,register,A1", "the step exists since"),
    ("what comes first, later", "ladder.csv", "XBE,plan,2014-01-01,,,register,A1", "before `association`"),
    ("a member that is associated", "ladder.csv", "XAB,association,2004-01-01,,,register,A1", "is a member since 1994-04-01"),
    ("a comparison step before it existed", "comparisons.csv", "XAH,league-plan,1990-01-01,,,register,A1", "the step exists since 1995-06-01"),
    ("a comparison step twice", "comparisons.csv", "XAF,observer,1995-04-02,,,register,A1", "has not left it since"),
    ("a spell before independence", "seeking.csv", "XBG,1990,1991,recalled,F6", "is independent since 1992"),
    ("a member that seeks", "seeking.csv", "XAI,2019-01,,register,A1", "is a member since"),
    ("a member ratifies its own accession", "ratifications.csv", "XAE,XAE,deposit,2000-12-11,,gazette,A1", "its own accession"),
    ("ratified before the protocol", "ratifications.csv", "XAF,XAG,deposit,2003-01-11,,gazette,A1", "before XAF took `protocol`"),
    ("ratified by no member yet", "ratifications.csv", "XAE,XAF,deposit,2000-12-11,,gazette,A1", "is a member since 2004-07-01"),
    ("ratified after the accession", "ratifications.csv", "XAG,XAF,deposit,2005-02-11,,gazette,A1", "had joined on 2004-11-20"),
    ("a vote after the deposit", "ratifications.csv", "XBD,XAB,parliament,2025-06-11,,gazette,A1", "after the deposit"),
    ("two open objections of one member to one step", "objections.csv", "lake-compact,XAA,XAH,association,2014-01-01,,,border,,,,register,A1", "already, by the row in line"),
    ("two objections that overlap", "objections.csv", "lake-compact,XBA,XAF,plan,2008-01-01,2009-01-01,settled,border,,,,register,A1", "already, by the row in line"),
    ("an objection to itself", "objections.csv", "lake-compact,XAI,XAI,plan,2008-01-01,2009-01-01,settled,law,,,,register,A1", "objects to itself"),
    ("an objection by no member yet", "objections.csv", "lake-compact,XBC,XAI,plan,2004-01-01,2004-06-01,dropped,law,,,,register,A1", "is a member of `lake-compact` from 2018-02-27"),
    ("an objection to a step that was taken", "objections.csv", "lake-compact,XBD,XAB,plan,2013-01-01,2013-06-01,dropped,law,,,,register,A1", "took `plan` on 2012-04-18"),
    ("an open objection to a step that was taken", "objections.csv", "lake-compact,XBD,XAB,plan,2010-01-01,,,law,,,,register,A1", "is still open"),
    ("an objection before the step existed", "objections.csv", "lake-compact,XBC,XAB,plan,1999-01-01,1999-06-01,dropped,law,,,,register,A1", "exists since 2000-03"),
    ("an objection to a member", "objections.csv", "lake-compact,XAE,XAB,ratified,2003-01-01,2003-06-01,dropped,law,,,,register,A1", "joined on 2001-09-15"),
    ("an objection known before it began", "objections.csv", "lake-compact,XBC,XAB,protocol,2010-01-01,2010-06-01,dropped,law,2009-01-01,,,register,A1", "lies before began"),
    ("an objection that ends before it began", "objections.csv", "lake-compact,XBC,XAB,protocol,2010-01-02,2010-01-01,dropped,law,,,,register,A1", "before it begins"),
    ("an objection that ended nobody says how", "objections.csv", "lake-compact,XBC,XAB,protocol,2010-01-02,2010-02-01,,law,,,,register,A1", "does not say how"),
    ("an open objection that ended", "objections.csv", "lake-compact,XBC,XAB,protocol,2010-01-02,,settled,law,,,,register,A1", "`ended` is empty"),
    ("an objection in an organisation without a ladder", "objections.csv", "lake-union,XBC,XAB,protocol,2010-01-02,,,law,,,,register,A1", "`lake-union` has no ladder"),
    ("an objection to a step of another organisation", "objections.csv", "river-league,XBC,XAF,protocol,2010-01-02,,,law,,,,register,A1", "is no step of `river-league`"),
    ("an objection by no member of another organisation", "objections.csv", "river-league,XBC,XAB,league-plan,2010-01-02,,,law,,,,register,A1", "XAB is no member of `river-league`"),
    ("an objection by one that has left", "objections.csv", "river-league,XBC,XAJ,league-plan,2018-01-02,,,law,,,,register,A1", "is a member of `river-league` from 1990-01-15 to 2016-12-31"),
    ("a vote on its own membership", "membership_votes.csv", "observer-vote,XAB,XAB,2012-01-01,,support,,register,A1", "on its own membership"),
    ("a relation that holds already", "dyads.csv", "XAA,XAB,neighbour,2012,,,,register,A1", "holds already, by the row in line"),
    ("a relation with itself", "dyads.csv", "XAB,XAB,neighbour,2012,,,,register,A1", "is paired with itself"),
    ("the same figure twice with other percentages", "surveys/published.csv", "again,TVB,TVB2,joining,in favour,all,all,64,,0,1004,3.1,Torvale 18+,,2019-10,2019-12,barometer-2023,B2", "the same figure, of one source"),
    ("the same figure twice with other bases", "surveys/published.csv", "again,TVB,TVB2,joining,in favour,all,all,71,,0,900,3.1,Torvale 18+,,2019-10,2019-12,barometer-2023,B2", "the same figure, of one source"),
    ("parts with more respondents than the whole", "surveys/published.csv", "more,TVB,TVB4,joining,in favour,community,other,50,,0,300,,Torvale 18+,,2023-10,2023-12-05,barometer-2023,B2", "1312 respondents"),
    ("a row on what came after its source was read", "ladder.csv", "XBF,plan,2026-06-29,,,register,A1", "after the source was read on 2026-06-20"),
    ("a row graded better than its source", "acts.csv", "XAB,joint-patrol,yes,2025-05,,,shore-news,A1", "more reliable than the source"),
    ("a judged row of a source that nobody read", "acts.csv", "XAC,joint-patrol,yes,2025-05,,,recalled,F3", "nobody has read the source"),
    ("an aspirant that reached a step below accession twice", "ladder.csv", "XBH,association,2018-01-24,,,register,A1", "has not left it since"),
    ("a government before its country", "governments.csv", "XAI,1980-06-14,,,shore-news,C2", "is independent since 1993-01-01"),
    ("a ratification of what was not signed", "ratifications.csv", "XBC,XAB,deposit,2020-01-01,,gazette,A1", "has not taken `protocol`"),
    ("known after its source was read", "ladder.csv", "XBH,plan,2018-01-24,2026-06-25,,register,A1", "it was known 2026-06-25, after the source was read"),
    ("a base larger than the population", "surveys/published.csv", "big,TVB,TVB1,joining,in favour,all,all,64,,0,600000,3.1,Torvale 18+,,2018-10,2018-12,barometer-2023,B2", "and the population 540000"),
    ("a met reform that fell back", "readings.csv", "rescue-plan,0,2024,,,reform-report,B1", ""),
]
CHANGED = [
    # (what, file, old, new, what the problem says)
    ("the protocol after all ratifications", "ladder.csv", "XBD,protocol,2024-09-30", "XBD,protocol,2026-01-10", ("ratifications.csv", "before XBD took `protocol`")),
    ("a member that joined on another day than the ladder says", "members.csv", "2001-09-15", "2003-09-15", "ladder.csv says 2001-09-15"),
    ("a vote that stands among the acts", "acts.csv", "XAB,statement,support,2022-03-03,,,shore-news,C2", "XAB,observer-vote,support,2015-10-09,,,assembly-record,A1", ("membership_votes.csv", "would count twice")),
    ("a member before it was independent", "members.csv", "2018-02-27,", "1992-02-27,", "is independent since 1993-01-01"),
    ("a member of the Union before it was independent", "members.csv", "2018-02-27,", "2018-02-27,1990", "is independent since 1993-01-01"),
    ("two members of one name", "members.csv", "XAC,Brenmark,", "XAC,Aldora,", "and so is XAB"),
    ("a comparison step before the one that comes first", "comparisons.csv", "XAI,observer,1999-06", "XAI,observer,2009-06", "before `league-observer` on 2009-06"),
    ("a step by a country that did not seek", "seeking.csv", "XBD,2006-09,,", "XBD,2006-09,2010-01-01,", ("ladder.csv", "when it did not seek membership")),
    ("a status before the start", "requirements.csv", "in_progress,2025-10-30", "in_progress,2010-10-30", "before the start on 2015"),
    ("a status after its source was read", "requirements.csv", "in_progress,2025-10-30", "in_progress,2026-06-29", "it is of 2026-06-29, after"),
    ("a sample larger than the population", "surveys/designs.csv", ",1012,", ",1012000,", "and the population 540000"),
    ("a count of a year to come", "surveys/population.csv", "264600,2024", "264600,2034", "after the day of the case"),
    ("a part that is everyone", "surveys/published.csv", "community,Lake community,88", "community,all,88", "it is a part by `community`"),
    ("everyone that is a part", "surveys/published.csv", "community,Lake community,88", "all,Lake community,88", "it is a part by `all`"),
    ("a percentage and a mean in one row", "surveys/published.csv", "favour,all,all,71,,0", "favour,all,all,71,3,0", "a percentage and a mean"),
    ("a margin of error below zero", "surveys/designs.csv", "second census,3.1", "second census,-3.1", "`margin_of_error` is"),
    ("a margin of error of 900", "surveys/designs.csv", "second census,3.1", "second census,900 %", "`margin_of_error` is"),
    ("a year of the report twice", "pathways.toml", "report_years = [", "report_years = [2036, 2036, ", "is named twice"),
    ("an event named twice", "steps.toml", 'events = ["protocol"]', 'events = ["protocol", "protocol"]', "`protocol` is named twice"),
    ("two steps on one rung", "steps.toml", "rung = 2", "rung = 1", "stand on the same rung"),
    ("rungs that run down", "steps.toml", "rung = 1\n", "rung = 9\n", "comes first, on 9"),
    ("an event that two steps count", "steps.toml", 'events = ["plan"]', 'events = ["plan", "protocol"]', "counts for `plan` already"),
    ("fieldwork that ends before it begins", "surveys/designs.csv", "2023-10-28", "2001-10-28", "before it begins"),
    ("a sample below the printed bases", "surveys/designs.csv", ",1012,", ",500,", ("surveys/published.csv", "500 were asked")),
    ("a figure of another time than its fieldwork", "surveys/designs.csv", "2023-10-02,2023-10-28", "2022-10-02,2022-10-28", ("surveys/published.csv", "the fieldwork of TVB4 was")),
    ("a part larger than the whole", "surveys/published.csv", ",810,", ",1010,", "1212 respondents"),
    ("a part larger than the whole by itself", "surveys/published.csv", ",810,", ",5000,", "5000 for Lake community"),
    ("a total below every part", "surveys/published.csv", "favour,all,all,78,", "favour,all,all,20,", "outside every part"),
    ("a total above every part", "surveys/published.csv", "favour,all,all,78,", "favour,all,all,95,", "outside every part"),
    ("a wave after the day of the case", "surveys/2025/design.toml", '"2025-10"', '"2031-10"', "after the day of the case"),
    ("a source read before it was published", "sources.toml", "read_on = 2026-06-20", "read_on = 1901-01-01", "before it was published"),
    ("a source published after the day of the case", "sources.toml", 'published_on = "2026-03"', "published_on = 2031-01-01", "after the day of the case"),
    ("a step that exists in times to come", "steps.toml", "existed_from = 1996-05-02", "existed_from = 2027-05-02", "after the day of the case"),
    ("a table graded better than its source", "steps.toml", 'source = "register"\ngrade = "B2"', 'source = "shore-news"\ngrade = "B2"', "more reliable than the source"),
    ("a scenario that sets no parameter of the model", "scenarios.toml", '"settlement.rate"', '"no.such"', "is not in the model"),
    ("a scenario that changes nothing", "scenarios.toml", 'measures = [{ id = "fisheries-law", intensity = 0.5 }, { id = "patrol-standards", intensity = 0.5 }]', "", "takes no measure and sets no parameter"),
    ("a measure taken twice", "scenarios.toml", '{ id = "patrol-standards", intensity = 0.5 }', '{ id = "fisheries-law", intensity = 0.4 }', "named twice"),
    ("a missing code that is no option", "surveys/2025/questionnaire.toml", 'missing = ["refused"]', 'missing = ["refusd"]', "is not an option"),
    ("a favourable code that is missing", "surveys/2025/questionnaire.toml", 'favourable = ["in_favour"]', 'favourable = ["in_favour", "refused"]', "left out of the base"),
    ("an item without an answer", "surveys/2025/questionnaire.toml", 'favourable = ["yes"]\nmissing = ["refused"]', 'missing = ["refused", "yes", "no"]', "no answer is left"),
    ("a net of what is no option", "surveys/2025/questionnaire.toml", "[items.trust_guard.options]", '[items.trust_guard.nets.trusting]\ntitle = { en = "Trusting", sq = "Besojnë" }\ncodes = ["fully", "ratherr"]\n\n[items.trust_guard.options]', "`ratherr` is not an option"),
    ("a net of what is missing", "surveys/2025/questionnaire.toml", "[items.trust_guard.options]", '[items.trust_guard.nets.trusting]\ntitle = { en = "Trusting", sq = "Besojnë" }\ncodes = ["fully", "refused"]\n\n[items.trust_guard.options]', "left out of the base"),
    ("a last answer that is no option", "surveys/2025/questionnaire.toml", 'favourable = ["yes"]', 'favourable = ["yes"]\nlast = ["other"]', "`other` is not an option"),
    ("a battery of what is not asked", "surveys/2025/questionnaire.toml", "[items.joining]", '[batteries.all]\ntitle = { en = "All", sq = "Të gjitha" }\nitems = ["joining", "joinin"]\n\n[items.joining]', "`joinin` is no question"),
    ("a battery of other options", "surveys/2025/questionnaire.toml", "[items.joining]", '[batteries.all]\ntitle = { en = "All", sq = "Të gjitha" }\nitems = ["joining", "trust_guard"]\n\n[items.joining]', "has other options than `joining`"),
    ("a wave with the units of one that is not there", "surveys/2025/design.toml", 'psu = "psu"', 'psu = "psu"\nsame_psus = ["2023"]', "`2023` is no other wave"),
    ("a code named twice", "surveys/2025/questionnaire.toml", 'favourable = ["fully", "rather"]', 'favourable = ["fully", "rather", "fully"]', "named twice"),
    ("a requirement met far below its target", "requirements.csv", "not_met,2026-02-11", "met,2026-02-11", "is met, and its latest value is 5 of 10"),
    ("a requirement not met above its target", "readings.csv", "hatcheries,5,", "hatcheries,12,", ("requirements.csv", "is not met, and")),
    ("a target set for before the start", "requirements.csv", "10,2030,not_met", "10,2010,not_met", "before the start on 2015"),
    ("a variable on one step twice", "variables.toml", '["association", "plan"]', '["association", "association"]', "named twice"),
    ("a measure due in the past", "recommendations.toml", 'deadline = "2027-06"', "deadline = 2020-01-01", "lies before the day of the case"),
    ("a measure beyond the simulation", "recommendations.toml", "start_years = 1.0", "start_years = 30.0", "looks 20 years ahead"),
    ("a scenario beyond the simulation", "scenarios.toml", "start_years = 0.0", "start_years = 30.0", "looks 20 years ahead"),
    ("an answer that no figure has", "surveys/questions.toml", 'favourable = ["trust"]', 'favourable = ["trusts"]', "answer `trusts` is not in the figures"),
    ("a question printed with none", "surveys/questions.toml", 'favourable = ["trust"]', 'favourable = ["trust"]\nprinted_with = ["joinin"]', "question `joinin`"),
    ("a question printed with itself", "surveys/questions.toml", 'favourable = ["trust"]', 'favourable = ["trust"]\nprinted_with = ["trust-guard"]', "names itself"),
    ("a break of no series", "surveys/questions.toml", 'favourable = ["trust"]', 'favourable = ["trust"]\nbreaks = { TBV = ["2020"] }', "series `TBV`"),
    ("a settlement of nobody", "pathways.toml", 'moves = ["XAH", "XAI"]', "moves = []", "moves no member"),
    ("a comparison step twice", "comparisons.toml", 'id = "league-plan"', 'id = "league-observer"', "stands already in line"),
    ("a comparison step that waits for itself", "comparisons.toml", 'prerequisites = ["league-observer"]', 'prerequisites = ["league-plan"]', "waits for itself"),
    ("times borrowed from a step without events", "steps.toml", 'events = ["protocol"]', 'fitted_from = "ratified"', "has no `events` of its own"),
    ("a correction by the same value", "corrections.toml", 'replace = "1998-05-12"', 'replace = "1989-05-12"', "by itself"),
]
# fmt: on


@pytest.mark.parametrize(("file", "line", "says"), [one[1:] for one in ADDED], ids=[one[0] for one in ADDED])
def test_a_row_that_contradicts_is_reported_in_its_line(tmp_path: Path, file: str, line: str, says: str) -> None:
    case = copy_english_and_albanian(tmp_path)
    path = case / file
    text = path.read_text(encoding="utf-8")
    path.write_text(text + line + "\n", encoding="utf-8")
    problems = check_case(case)
    if not says:  # an older status, and a reading since: told in the other table
        assert [one.file for one in problems] == ["requirements.csv"]
        return
    said = [one for one in problems if one.file == file and says in one.problem]
    assert said, problems
    assert text.count("\n") + 1 in {one.line for one in said} or file.startswith(
        ("ladder", "objections", "comp", "surveys")
    )
    assert all(one.hint and one.column for one in said)


@pytest.mark.parametrize(("file", "old", "new", "says"), [one[1:] for one in CHANGED], ids=[one[0] for one in CHANGED])
def test_a_change_that_contradicts_is_reported(
    tmp_path: Path, file: str, old: str, new: str, says: str | tuple[str, str]
) -> None:
    case = copy_english_and_albanian(tmp_path)
    line = line_of(case, file, old)
    replace_once(case, file, old, new)
    problems = check_case(case)
    where, words = (file, says) if isinstance(says, str) else says
    said = [one for one in problems if one.file == where and words in one.problem]
    assert said, problems
    assert where != file or abs(min(one.line for one in said) - line) <= 30
    assert all(one.hint and one.line for one in said)


def test_a_step_that_began_nobody_knows_when(tmp_path: Path) -> None:
    case = copy_english_and_albanian(tmp_path)
    replace_once(
        case, "steps.toml", 'events = ["association"]\nexisted_from = 1996-05-02\n', 'events = ["association"]\n'
    )
    assert check_case(case) == ()
    replace_once(case, "countries.csv", "XBF,1971,", "XBF,,")
    (one,) = check_case(case)
    assert (one.file, one.problem) == ("steps.toml", "nothing says from when XBF could have taken `association`")


def _edit(file: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda case: replace_once(case, file, old, new)


@pytest.mark.parametrize(
    "edits",
    [
        # a return after a withdrawal, a member that was expelled, another source with another figure: the world can be so
        [_edit("ladder.csv", "XBF,association,2009-08", "XBF,association,2005-08,,,shore-news,C2\nXBF,withdrawal,2007-01,,,shore-news,C2\nXBF,association,2009-08")],
        [_edit("ladder.csv", "XBF,association", "XBF,accession,2012-08,,,shore-news,C2\nXBF,expulsion,2013-01,,,shore-news,C2\nXBF,association")],
        [_edit("surveys/published.csv", "joining.tvb.2021.all", "joining.press,TVB,TVB2,joining,in favour,all,all,70,,0,,,Torvale 18+,,2019-10,2019-12,shore-news,C3\njoining.tvb.2021.all")],
        [_edit("acts.csv", "XAB,embassy", "XAB,recognition,no,2019-05-21,,,ministry-list,B2\nXAB,embassy")],
    ],
)  # fmt: skip
def test_what_can_be_is_not_reported(tmp_path: Path, edits: list[Callable[[Path], None]]) -> None:
    case = copy_english_and_albanian(tmp_path)
    for edit in edits:
        edit(case)
    problems = [one for one in check_case(case) if "no name in labels" not in one.problem]
    assert problems == []


@pytest.mark.parametrize("name", sorted(shipped_cases()))
def test_the_shipped_cases_hold_no_contradiction(name: str) -> None:
    assert check_case(shipped_cases()[name]) == ()


def test_a_member_that_left_for_good(tmp_path: Path) -> None:
    case = copy_english_and_albanian(tmp_path)
    replace_once(
        case, "labels.toml", "[labels.event]", '[labels.event]\nexpulsion = { en = "expulsion", sq = "përjashtim" }'
    )
    path = case / "ladder.csv"
    path.write_text(path.read_text(encoding="utf-8") + "XAE,expulsion,2013-01-01,,,register,A1\n", encoding="utf-8")
    (one,) = check_case(case)
    assert (one.file, one.column) == ("members.csv", 1)
    assert "left by `expulsion` on 2013-01-01" in one.problem
