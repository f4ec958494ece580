"""A case as it is read: everything in it, corrected, and as it could be known on an earlier day."""

import hashlib
import pickle
import shutil
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from shteg.errors import CaseError
from shteg.evidence import Case, check_case, find_case, read_case
from tests.evidence.demo_copy import DEMO, copy_demo_in_two_languages, replace_once


@pytest.fixture(scope="module")
def demo() -> Case:
    return read_case(DEMO)


def test_every_part_of_the_demo_case_is_read(demo: Case) -> None:
    empty = [one.name for one in fields(demo) if not getattr(demo, one.name) and one.name != "tables"]
    assert empty == []


def test_the_demo_case_has_what_a_tutorial_needs(demo: Case) -> None:
    assert demo.header.languages == ("en", "sq", "sr")
    assert {step.rule for step in demo.steps} >= {"all", "two_thirds", "sponsors"}
    assert any(item.repeats for item in demo.items.values())
    assert len({row.country for row in demo.ladder}) >= 12
    assert len({measure.area for measure in demo.recommendations.measures}) == 2
    assert {frozenset(texts) for texts in demo.texts.values()} == {frozenset({"announcement", "report"})}
    assert demo.waves[0].data_path == (DEMO / "surveys/2025/respondents.csv").resolve()
    assert any(not row.verified for row in demo.acts)


def test_files_are_hashed(demo: Case) -> None:
    on_disk = {path.relative_to(DEMO).as_posix() for path in DEMO.rglob("*") if path.is_file()}
    assert set(demo.files) == on_disk
    assert list(demo.files) == sorted(demo.files)
    assert demo.files["acts.csv"] == hashlib.sha256((DEMO / "acts.csv").read_bytes()).hexdigest()


def test_a_correction_is_applied_and_recorded(demo: Case) -> None:
    dates = [str(row.happened_on) for row in demo.ladder if (row.country, row.event) == ("XBC", "association")]
    assert dates == ["1998-05-12"]
    assert [one.expect for one in demo.corrected] == ["1989-05-12"]
    assert "1989-05-12" in (DEMO / "ladder.csv").read_text(encoding="utf-8")


def test_reading_twice_gives_the_same(demo: Case) -> None:
    assert read_case(DEMO) == demo


def test_a_case_survives_pickling(demo: Case) -> None:
    assert pickle.loads(pickle.dumps(demo)) == demo


def test_an_error_of_a_case_survives_pickling(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="problems in the case") as caught:
        read_case(tmp_path)
    assert pickle.loads(pickle.dumps(caught.value)).problems == caught.value.problems


EARLIER = date(2022, 12, 31)


def test_as_of_keeps_what_was_public_and_nothing_else(demo: Case) -> None:
    earlier = demo.as_of(EARLIER)
    assert earlier.header.as_of == EARLIER
    assert all(row.public_from <= EARLIER for row in earlier.acts)
    assert 0 < len(earlier.acts) < len(demo.acts)
    assert earlier.as_of(EARLIER) == earlier


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("acts.csv", "XAG,embassy,yes,2020-01-01,{known},,shore-news,C2"),
        ("ladder.csv", "XBG,association,2020-01-01,{known},,register,A1"),
        ("ratifications.csv", "XAI,XAH,parliament,2016-09-01,{known},gazette,A1"),
        ("readings.csv", "quota-law,1,2020-01-01,{known},,reform-report,B1"),
        ("chronicle.csv", "late,Late,Vonë,dispute,world,0,,2020-01-01,{known},shore-news,C2"),
        ("partnerships.csv", "late,XAC,training,Late,Vonë,,2020-01-01,{known},shore-news,C2"),
        ("surveys/published.csv", "late,TVB,T,joining,in favour,all,all,50,,0,,,,,2020-01-01,{known},shore-news,C2"),
    ],
)
def test_what_became_known_later_changes_nothing_before(tmp_path: Path, file: str, row: str) -> None:
    case = copy_demo_in_two_languages(tmp_path)
    demo = read_case(case)
    with (case / file).open("a", encoding="utf-8") as table:
        table.write(row.format(known="2023-01-01") + "\n")
    later = read_case(case)
    name = file.removeprefix("surveys/").removesuffix(".csv")
    assert len(getattr(later, name)) == len(getattr(demo, name)) + 1
    assert getattr(later.as_of(EARLIER), name) == getattr(demo.as_of(EARLIER), name)
    assert len(getattr(later.as_of(date(2023, 1, 1)), name)) == len(getattr(demo.as_of(date(2023, 1, 1)), name)) + 1


@pytest.mark.parametrize(
    ("file", "row"),
    [
        ("covariates.csv", "XBG,2018,{known},harbour-order,1,,register,A1"),
        ("governments.csv", "XAB,2020-01-01,{known},,shore-news,C2"),
        ("comparisons.csv", "XBH,observer,2020-01-01,{known},,register,A1"),
        ("objections.csv", "lake-compact,XBH,XAB,plan,2020-01-01,,,law,{known},,,register,A1"),
        ("membership_votes.csv", "observer-vote,XBH,XAB,2020-01-01,{known},support,,register,A1"),
        ("dyads.csv", "XBH,XAB,neighbour,2020-01-01,,{known},,register,A1"),
    ],
)
def test_what_the_models_take_counts_from_the_day_it_was_known(tmp_path: Path, file: str, row: str) -> None:
    case = copy_demo_in_two_languages(tmp_path)
    demo = read_case(case)
    with (case / file).open("a", encoding="utf-8") as table:
        table.write(row.format(known="2023-01-01") + "\n")
    later = read_case(case)
    name = {"comparisons.csv": "comparison_events"}.get(file, file.removesuffix(".csv"))
    assert getattr(later.as_of(EARLIER), name) == getattr(demo.as_of(EARLIER), name)
    day = date(2023, 1, 1)
    assert len(getattr(later.as_of(day), name)) == len(getattr(demo.as_of(day), name)) + 1


def test_spells_are_open_and_members_absent_before_their_day(demo: Case) -> None:
    earlier = demo.as_of(date(2010, 1, 1))
    open_then = [(one.candidate, one.member, one.ended, one.ending) for one in earlier.own_objections]
    assert open_then == [("XBA", "XAF", None, None), ("XBC", "XAG", None, None)]
    assert [one.ending for one in demo.own_objections][1:3] == ["settled", "government"]
    assert {one.member for one in demo.members} - {one.member for one in earlier.members} == {"XAH", "XAI"}
    seeking = {one.country: one for one in earlier.seeking if one.country in ("XAA", "XAG", "XAH")}
    assert set(seeking) == {"XAG", "XAH"}
    assert seeking["XAH"].sought_to is None
    assert str(seeking["XAG"].sought_to) == "2004-11-20"


def test_a_month_is_public_on_its_last_day(demo: Case) -> None:
    in_september = [row for row in demo.acts if str(row.happened_on) == "2009-09"]
    assert len(in_september) == 1
    assert in_september[0] not in demo.as_of(date(2009, 9, 29)).acts
    assert in_september[0] in demo.as_of(date(2009, 9, 30)).acts


def test_verified_only_leaves_out_what_nobody_has_read(demo: Case) -> None:
    verified = demo.verified_only()
    assert all(row.grade[1] != "6" for row in (*verified.acts, *verified.ladder))
    assert len(verified.acts) == len(demo.acts) - sum(row.grade[1] == "6" for row in demo.acts)


def test_rows_keep_the_order_of_the_file(demo: Case) -> None:
    lines = (DEMO / "acts.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert [row.actor for row in demo.acts] == [line[:3] for line in lines]


def test_optional_files_may_be_missing(tmp_path: Path) -> None:
    case = copy_demo_in_two_languages(tmp_path)
    for name in ("chronicle.csv", "programmes.csv", "partnerships.csv", "seeking.csv", "readings.csv"):
        (case / name).unlink()
    shutil.rmtree(case / "commitments")  # they rest on the chronicle and on programmes
    assert read_case(case).chronicle == ()


def test_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    case = copy_demo_in_two_languages(tmp_path)
    before = read_case(case).members
    lines = [line.split(",") for line in (case / "members.csv").read_text(encoding="utf-8").splitlines()]
    (case / "members.csv").write_text("\n".join(",".join(reversed(line)) for line in lines), encoding="utf-8")
    assert read_case(case).members == before


def test_lines_are_counted_through_quoted_line_breaks(tmp_path: Path) -> None:
    case = copy_demo_in_two_languages(tmp_path)
    replace_once(case, "acts.csv", "The day is not printed", '"The day\nis not\nprinted"')
    replace_once(case, "acts.csv", "XAF,recognition,yes,2010-01-14", "XAF,recognition,yes,2010-14-14")
    (problem,) = check_case(case)
    assert (problem.file, problem.line, problem.column) == ("acts.csv", 8, 4)


def test_an_unreadable_list_causes_no_echo(tmp_path: Path) -> None:
    case = copy_demo_in_two_languages(tmp_path)
    (case / "sources.toml").write_text("[sources\n", encoding="utf-8")
    assert [one.file for one in check_case(case)] == ["sources.toml"]


def test_a_list_that_lost_its_file_is_reported_once(tmp_path: Path) -> None:
    case = copy_demo_in_two_languages(tmp_path)
    (case / "surveys/questions.toml").unlink()
    assert [(one.file, one.line) for one in check_case(case)] == [("surveys/questions.toml", 0)]


def test_verified_only_leaves_no_unverified_fact_in_any_table() -> None:
    case = read_case(find_case("kosovo-nato"))
    tables = ("acts", "chronicle", "requirements", "programmes", "partnerships", "published", "designs", "population")
    assert any(not row.verified for row in case.requirements)
    for name in tables:
        assert all(row.verified for row in getattr(case.verified_only(), name)), name
