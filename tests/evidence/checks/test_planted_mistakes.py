"""Each mistake that a person can make in a case is reported with its file, its line, and a hint, never as a traceback."""
# ruff: noqa: E501  (the mistakes are a table: one row each)

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from shteg.errors import CaseError, Problem
from shteg.evidence import check_case, read_case
from tests.evidence.demo_copy import copy_demo, line_of, replace_once


@dataclass(frozen=True)
class Mistake:
    """In `file`, `old` becomes `new`; the problem stands in the line of `at` and says `says`, with a hint like `hint`."""

    name: str
    file: str
    old: str
    new: str
    at: str
    says: str
    hint: str
    reported_in: str = ""
    column: int = 0


# fmt: off
MISTAKES = [
    # case.toml
    Mistake("unknown key", "case.toml", "minimum_base", "minimal_base", "minimal_base", "not a key", "did you mean `minimum_base`"),
    Mistake("missing key", "case.toml", 'aspirant = "XAA"\n', "", "", "`aspirant` is missing", "add `aspirant`"),
    Mistake("number as text", "case.toml", "seed = 20260630", 'seed = "x"', "seed", "whole number", "for example 12"),
    Mistake("reversed seed", "case.toml", "seed = 20260630", "seed = -1", "seed", "“-1”", "at least 0"),
    Mistake("31 February", "case.toml", "2026-06-30", "2026-02-31", "as_of", "not a day that exists", "YYYY-MM-DD"),
    Mistake("key twice", "case.toml", "seed =", 'id = "a"\nseed =', 'id = "a"', "second time", "keep one"),
    Mistake("no TOML", "case.toml", 'id = "demo"', "id = demo", "id = demo", "not TOML", "quotation marks"),
    Mistake("language missing", "case.toml", 'sq = "Pakti"\n', "", "[organisation.short]", "language `sq`", 'add sq = "'),
    Mistake("language unknown", "case.toml", 'sq = "Pakti"', 'sg = "Pakti"', 'sg = "Pakti"', "`sg` is not", "it may be|mean"),
    Mistake("language that nobody knows", "case.toml", '["en", "sq", "sr"]', '["en", "sq", "xq"]', "languages", "`xq` is not a language", "its code"),
    Mistake("language twice", "case.toml", '["en", "sq", "sr"]', '["en", "sq", "en"]', "languages", "named twice", "name it once"),
    Mistake("partner without name", "partnerships.csv", "XBA,agreement", "XZZ,agreement", "ilmara", "`XZZ` has no name", "names.XZZ", column=2),
    Mistake("id with two points", "chronicle.csv", "quota-draft,", "quota..draft,", "quota..draft", "not an id", "for example", column=1),
    Mistake("code without name", "case.toml", "XAJ = {", "XAK = {", "disputant", "`XAJ` has no name", r"\[names.XAJ\]"),
    Mistake("not a country", "case.toml", '"XAJ"', '"ZZZZ"', "disputant", "not a country code", "alpha-3"),
    Mistake("aspirant is member", "case.toml", '"XAA"', '"XAB"', "aspirant", "in members.csv", "own accession"),
    Mistake("wrong digit of an ORCID", "case.toml", "0000-0000-0000-0001", "0000-0000-0000-0010", "orcid", "is not an ORCID", "correct|ORCID|write", column=0),
    Mistake("wrong digit of an ISBN", "case.toml", "978-0-00-000002-6", "978-0-00-000002-7", "isbn", "check digit does not fit", "correct|ISBN|write"),
    Mistake("address for a DOI", "case.toml", '"10.5555/', '"https://doi.org/10.5555/', "doi =", "is not a DOI", "correct|DOI|write"),
    Mistake("contact is no address", "case.toml", '"torvale@example.org"', '"write to us"', "contact =", "is not a mail address", "correct|mail|write"),
    Mistake("mail of an author", "case.toml", '"arta@example.org"', '"arta at example"', "email =", "is not a mail address", "correct|mail|write"),
    Mistake("cover of no picture", "case.toml", 'cover = "lake"', 'cover = "lakes"', "cover =", "image `lakes` is not in images.toml", "did you mean `lake`|it may be"),
    Mistake("mark in no language", "case.toml", "[footnote_marks]\nen = true", "[footnote_marks]\nem = true", "em = true", "`em` is not a language", "did you mean|it may be|remove"),
    Mistake("reviewer without name", "case.toml", 'name = { en = "Bardh Trillimi", sq = "Bardh Trillimi" }\n', "", "[[reviewers]]", "`name` is missing", "add "),
    # other TOML
    Mistake("source twice", "sources.toml", "[sources.gazette]", "[sources.register]", "", "second time", "keep one"),
    Mistake("bad grade", "sources.toml", 'grade = "A1"', 'grade = "A9"', 'grade = "A9"', "Admiralty grade", "letter A–F"),
    Mistake("rule unknown", "steps.toml", '"two_thirds"', '"two_third"', '"two_third"', "cannot be", "mean `two_thirds`"),
    Mistake("step twice", "steps.toml", 'id = "plan"', 'id = "association"', 'id = "association"\ntitle = { en = "Accession', "stands already in line", "another id"),
    Mistake("unknown step", "steps.toml", '["association"]\nrule', '["asociation"]\nrule', '["asociation"]', "is not in steps.toml", "did you mean `association`"),
    Mistake("circle", "steps.toml", 'existed_from = 1996-05-02\nrule', 'existed_from = 1996-05-02\nprerequisites = ["protocol"]\nrule', 'prerequisites = ["protocol"]', "waits for itself", "break the circle"),
    Mistake("sponsor no member", "steps.toml", '["XAB", "XAD"]', '["XAB", "XBB"]', '"XBB"', "member `XBB`", "members.csv|mean"),
    Mistake("no sponsors", "steps.toml", 'sponsors = ["XAB", "XAD"]\n', "", "rule", "none is named", "name them"),
    Mistake("rule cannot be met", "steps.toml", '["XAB", "XAD"]', str(["XAB"] * 9).replace("'", '"'), "rule", "needs 9 votes", "change the rule"),
    Mistake("unknown area of a step", "steps.toml", '["fisheries"]', '["fishery"]', '["fishery"]', "area `fishery`", "did you mean `fisheries`"),
    Mistake("low and high", "pathways.toml", "low = 2.0, high = 4.0", "low = 4.0, high = 2.0", "intercept", "does not hold", "low, then value"),
    Mistake("negative rate", "pathways.toml", "value = 0.05, low = 0.02", "value = 0.05, low = -0.02", "change_rate", "begins at -0.02", "cannot be negative"),
    Mistake("no time at all", "pathways.toml", "value = 1.0, low = 0.5, high = 2.0", "value = 1.0, low = 0.0, high = 2.0", "duration_years", "begins at 0.0", "more than 0"),
    Mistake("share above one", "pathways.toml", "high = 0.95", "high = 1.95", "follow", "ends at 1.95", "from 0 to 1"),
    Mistake("member multiplied", "recommendations.toml", '"consent.member.XAH", operation = "add"', '"consent.member.XAH", operation = "multiply"', "consent.member.XAH", "nothing to multiply", "logit scale"),
    Mistake("negative factor", "recommendations.toml", "value = 1.5, low = 1.1", "value = 1.5, low = -1.1", "settlement.rate", "may be -1.1", "cannot be negative"),
    Mistake("ratified by nobody", "steps.toml", 'rule = "all"\nstatehood_content = 1.0\nratified', 'rule = "none"\nstatehood_content = 1.0\nratified', 'rule = "none"', "ratified, and its rule", "give it a rule"),
    Mistake("step without time", "steps.toml", 'events = ["accession"]\n', "", '[[steps]]\nid = "member"', "how long the step `member`", "procedures"),
    Mistake("negative level", "items.toml", "oppose = 0, abstain", "oppose = -1, abstain", "oppose = -1", "“-1”", "at least 0"),
    Mistake("share out of range", "steps.toml", "content = 0.5", "content = 1.5", "content = 1.5", "“1.5”", "at most 1"),
    Mistake("settlement of no member", "pathways.toml", '["XAH", "XAI"]', '["XAH", "XBA"]', '"XBA"', "member `XBA`", "mean|add"),
    Mistake("procedure of no step", "pathways.toml", "contributor = {", "contributer = {", "contributer", "step `contributer`", "did you mean `contributor`"),
    Mistake("year beyond horizon", "pathways.toml", "2046]", "2066]", "report_years", "year 2066", "calendar years"),
    Mistake("label unknown", "pathways.toml", 'label = "assumed"', 'label = "asumed"', "asumed", "cannot be", "mean `assumed`"),
    Mistake("effect on nothing", "recommendations.toml", "settlement.rate", "settlement.speed", "settlement.speed", "is not in the model", "did you mean|docs/case-format"),
    Mistake("effect reversed", "recommendations.toml", "low = 1.1, high = 2.2", "low = 2.2, high = 1.1", "low = 2.2", "does not hold", "low, then value"),
    Mistake("unknown indicator", "recommendations.toml", '"quota-law"', '"quotalaw"', '"quotalaw"', "requirement `quotalaw`", "did you mean `quota-law`"),
    Mistake("unknown group", "recommendations.toml", 'area = "readiness"', 'area = "readyness"', "readyness", "area `readyness`", "did you mean `readiness`"),
    Mistake("source of a measure", "recommendations.toml", 'source = "editors"', 'source = "editor"', 'source = "editor"', "source `editor`", "did you mean `editors`"),
    Mistake("unknown repeated item", "items.toml", 'repeats = "recognition"', 'repeats = "recogniton"', "recogniton", "item `recogniton`", "did you mean `recognition`"),
    # CSV
    Mistake("31 February in a row", "acts.csv", "2012-11-30", "2012-02-31", "XAG,recognition", "not a day that exists", "YYYY-MM-DD", column=4),
    Mistake("unknown country", "acts.csv", "XAJ,statement", "ZZ9,statement", "ZZ9", "not a country code", "alpha-3", column=1),
    Mistake("unknown item", "acts.csv", "XAB,embassy", "XAB,embasy", "embasy", "item `embasy`", "did you mean `embassy`", column=2),
    Mistake("missing source", "acts.csv", ",ministry-list,B2", ",ministrylist,B2", "ministrylist", "source `ministrylist`", "did you mean `ministry-list`", column=7),
    Mistake("empty source", "members.csv", ",,register,A1", ",,,A1", "XAB", "`source` is empty", "fill in", column=6),
    Mistake("row twice", "acts.csv", "XAC,embassy,yes,2010-09-01,,,shore-news,C2\n", "XAC,embassy,yes,2010-09-01,,,shore-news,C2\n" * 2, "", "stands already in line", "delete one"),
    Mistake("id twice", "chronicle.csv", "quota-draft,", "observer-vote,", "observer-vote,The draft", "stands already in line", "better source", column=1),
    Mistake("column unknown", "acts.csv", "happened_on,", "happend_on,", "actor", "`happend_on` is not a column", "did you mean `happened_on`", column=4),
    Mistake("column missing", "chronicle.csv", "direction,", "direction_reason,", "id,", "`direction` is missing", "add `direction`"),
    Mistake("column twice", "countries.csv", "note,source", "source,source", "country", "stands here twice", "delete", column=4),
    Mistake("ragged row", "seeking.csv", "XBC,2003,,shore-news,C2", "XBC,2003,shore-news,C2", "XBC", "4 fields", "commas"),
    Mistake("semicolons", "readings.csv", "requirement,value,happened_on,known_on,note,source,grade", "requirement;value;happened_on", "requirement;", "separated by “;”", "with commas"),
    Mistake("quote left open", "ladder.csv", "The day is not printed", '"The day is not printed', "XAH,association", "never closed", "quotation mark"),
    Mistake("date of the future", "ladder.csv", "2024-09-30", "2027-09-30", "2027-09-30", "after the day of the case", "as_of", column=3),
    Mistake("known before it happened", "acts.csv", "2023-07-19,2023-08", "2023-07-19,2022-08", "2022-08", "lies before", "correct one of the two", column=5),
    Mistake("direction out of range", "chronicle.csv", "dispute,aspirant,-2", "dispute,aspirant,-5", "dispute,aspirant,-5", "“-5”", "at least -2", column=6),
    Mistake("number with a comma", "requirements.csv", "2,2015,10", '"2,5",2015,10', "hatcheries", "must be a number", "without a unit", column=7),
    Mistake("infinite number", "requirements.csv", "2,2015,10", "inf,2015,10", "hatcheries", "must be a finite number", "empty", column=7),
    Mistake("no number", "readings.csv", "catch-reports,1", "catch-reports,nan", "catch-reports,nan", "must be a finite number", "write", column=2),
    Mistake("status unknown", "requirements.csv", "not_met", "notmet", "hatcheries", "cannot be", "did you mean `not_met`"),
    Mistake("area unknown", "requirements.csv", "hatcheries,fisheries", "hatcheries,fishery", "hatcheries", "area `fishery`", "did you mean `fisheries`"),
    Mistake("reading of nothing", "readings.csv", "catch-reports,1", "catch-report,1", "catch-report,1", "requirement `catch-report`", "did you mean `catch-reports`"),
    Mistake("member unknown", "ratifications.csv", ",XAE,", ",XBE,", ",XBE,", "member `XBE`", "did you mean|members.csv", column=2),
    Mistake("country not listed", "ladder.csv", "XBF,association", "XBX,association", "XBX", "country `XBX` is not in", "mean|add"),
    Mistake("event misspelt", "ladder.csv", "XBH,association", "XBH,asociation", "XBH", "no step counts", "mean `association`"),
    Mistake("spell reversed", "seeking.csv", "XAE,1996-06,2001-09-15", "XAE,1996-06,1995-09-15", "XAE", "before it begins", "correct the dates"),
    Mistake("spells overlap", "seeking.csv", "1999,2006-04", "1999,2013-04", "XBA,2012-01", "overlaps", "end the earlier"),
    Mistake("control character", "partnerships.csv", "Four boats", "Four\x07boats", "brenmark-boats", r"U\+0007", "delete"),
    Mistake("objection of no member", "objections.csv", "XAA,XAH,", "XAA,XBH,", "XAA,XBH", "member `XBH`", "mean|members.csv", column=3),
    Mistake("objection to no step", "objections.csv", "XBA,XAF,plan", "XBA,XAF,plans", "XBA,XAF", "step `plans`", "did you mean `plan`", column=4),
    Mistake("objection reversed", "objections.csv", "2007-03-11,2012-08-20", "2007-03-11,2002-08-20", "XBA,XAF", "before it begins", "", column=0),
    Mistake("objection on no ground", "objections.csv", "pressure,law", "pressure,laws", "pressure,laws", "cannot be", "did you mean `law`"),
    Mistake("vote by no member", "membership_votes.csv", "XAA,XAB,", "XAA,XBH,", "XAA,XBH", "member `XBH`", "mean|members.csv", column=3),
    Mistake("relation of no kind", "dyads.csv", "XAH,dispute", "XAH,disputes", "disputes", "cannot be", "did you mean `dispute`"),
    Mistake("member of no organisation", "comparison_members.csv", "river-league,XAF", "river-leage,XAF", "river-leage", "organisation `river-leage`", "did you mean `river-league`"),
    Mistake("covariate of nothing", "covariates.csv", "2009,2010-05,harbour-order", "2009,2010-05,harbor-order", "harbor-order", "variable `harbor-order`", "did you mean `harbour-order`", column=4),
    Mistake("variable without a unit", "variables.toml", "scale = 20.0", "scale = 0.0", "scale = 0.0", "“0.0”", "more than 0|greater"),
    Mistake("variable on no step", "variables.toml", '["association", "plan"]', '["association", "plane"]', "plane", "step `plane`", "did you mean `plan`"),
    Mistake("parallel to nothing", "comparisons.toml", 'parallel_to = "plan"', 'parallel_to = "plam"', "plam", "step `plam`", "did you mean `plan`"),
    Mistake("body without a name", "comparisons.toml", 'organisation = "river-league"\nparallel_to = "plan"', 'organisation = "lake-league"\nparallel_to = "plan"', "lake-league", "organisation `lake-league`", "mean|add"),
    Mistake("event of no comparison", "comparisons.csv", "XAF,league-plan", "XAF,league-plam", "league-plam", "event `league-plam`", "did you mean `league-plan`", column=2),
    Mistake("measure of no scenario", "scenarios.toml", 'id = "settlement-talks"', 'id = "settlement-talk"', "settlement-talk", "measure `settlement-talk`", "did you mean `settlement-talks`"),
    Mistake("intensity too high", "scenarios.toml", 'id = "fisheries-law", intensity = 0.5', 'id = "fisheries-law", intensity = 5', "fisheries-law", "“5”", "at most 2"),
    # corrections
    Mistake("source mended itself", "ladder.csv", "1989-05-12", "1998-05-12", "expect", "the source has mended itself", "delete this correction", "corrections.toml"),
    Mistake("expect no longer fits", "ladder.csv", "1989-05-12", "1997-05-12", "expect", "“1997-05-12”, not “1989-05-12”", "renew `expect`", "corrections.toml"),
    Mistake("correction of no row", "corrections.toml", '"XBC"', '"XBZ"', "row", "matches no row", "identify one row"),
    Mistake("correction of no table", "corrections.toml", '"ladder.csv"', '"lader.csv"', "file", "not a table", "mean `ladder.csv`"),
    # surveys
    Mistake("unknown question", "surveys/published.csv", ",TVB2,joining,", ",TVB2,joinin,", "TVB2,joinin,", "question `joinin`", "did you mean `joining`", column=4),
    Mistake("percentage over 100", "surveys/published.csv", "favour,all,all,71", "favour,all,all,171", "171", "is 171", "0 and 100"),
    Mistake("figure without number", "surveys/published.csv", "favour,all,all,71", "favour,all,all,", "TVB2", "no number", "fill in"),
    Mistake("unknown scheme", "surveys/population.csv", "census-2012,community", "census-2011,community", "census-2011", "scheme `census-2011`", "did you mean `census-20"),
    Mistake("word without label", "surveys/population.csv", "sex,women", "sex,womem", "womem", "no name in labels", "mean `women`"),
    Mistake("data file missing", "surveys/2025/design.toml", "respondents.csv", "respondent.csv", "data", "does not exist", "did you mean `respondents.csv`"),
    Mistake("data out of the case", "surveys/2025/design.toml", "respondents.csv", "../../case.toml", "data", "not a file name", "beside design.toml"),
    Mistake("column not in the data", "surveys/2025/design.toml", 'psu = "psu"', 'psu = "pus"', "psu", "no column `pus`", "did you mean `psu`"),
    Mistake("favourable no option", "surveys/2025/questionnaire.toml", '["in_favour"]', '["in_favor"]', "in_favor", "not an option", "did you mean `in_favour`"),
]
# fmt: on


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.name)
def test_a_mistake_is_reported_where_it_stands(mistake: Mistake, tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    replace_once(case, mistake.file, mistake.old, mistake.new)
    problems = check_case(case)
    file = mistake.reported_in or mistake.file
    said = [one for one in problems if one.file == file and re.search(mistake.says, one.problem)]
    assert said, f"not reported; found {problems}"
    if mistake.at:
        assert line_of(case, file, mistake.at) in {one.line for one in said}, said
    assert all(one.line > 0 for one in said)
    assert any(re.search(mistake.hint, one.hint) for one in said), said
    assert mistake.column in {0, *(one.column for one in said)}, said


def test_the_demo_case_itself_has_no_problem(tmp_path: Path) -> None:
    assert check_case(copy_demo(tmp_path)) == ()


ALL_AT_ONCE = (
    "unknown key", "bad grade", "unknown step", "settlement of no member", "effect reversed", "unknown repeated item",
    "31 February in a row", "ragged row", "member unknown", "percentage over 100", "word without label",
    "correction of no table", "column not in the data", "favourable no option", "number with a comma", "spells overlap",
)  # fmt: skip


def test_many_mistakes_are_all_reported_at_once(tmp_path: Path) -> None:
    case = copy_demo(tmp_path)
    chosen = [one for one in MISTAKES if one.name in ALL_AT_ONCE]
    assert len(chosen) == len(ALL_AT_ONCE)
    for mistake in chosen:
        replace_once(case, mistake.file, mistake.old, mistake.new)
    with pytest.raises(CaseError, match="problems in the case") as caught:
        read_case(case)
    problems = caught.value.problems
    assert list(problems) == sorted(problems)
    for mistake in chosen:
        assert any(_fits(one, mistake) for one in problems), mistake.name


def _fits(problem: Problem, mistake: Mistake) -> bool:
    return (
        problem.file == (mistake.reported_in or mistake.file) and re.search(mistake.says, problem.problem) is not None
    )
