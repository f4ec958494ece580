"""The scripts that make rows from downloaded files: each on a small input with a planted trap."""

import json
from pathlib import Path

import pytest
from tools.imports import capitals, governments, independence, partnership_council
from tools.imports.rows import Row, read_rows, replace_rows

KM = 1.0  # the distances are printed in whole kilometres


def _cabinet(country: str, start: str, cabinet: str, party: str, caretaker: str = "0") -> Row:
    return {"country": country, "start_date": start, "cabinet": cabinet, "caretaker": caretaker, "pm_party": party}


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _days(*cabinets: Row) -> list[str]:
    return [
        day.isoformat() for _, spells in governments.cabinet_spells(cabinets) for day in governments.changes(spells)
    ]


def test_a_caretaker_counts_from_half_a_year_on_and_the_last_of_the_file_does_not() -> None:
    first = _cabinet("AAA", "2007-01-01", "One", "A")
    short = _cabinet("AAA", "2010-01-01", "Two", "none", "1")
    again = _cabinet("AAA", "2010-06-29", "Three", "A")  # 179 days later
    assert _days(first, short, again) == []
    assert _days(first, short, {**again, "start_date": "2010-06-30"}) == ["2010-01-01", "2010-06-30"]
    assert _days(first, short) == []


def test_one_party_or_one_head_without_a_party_is_one_government() -> None:
    begun = _cabinet("LVA", "2007-12-20", "Godmanis II", "LPP/LC")
    merged = [
        _cabinet("LVA", "2009-02-26", "Dombrovskis I", "JL"),
        _cabinet("LVA", "2010-11-03", "Dombrovskis III", "V"),
    ]
    assert _days(begun, *merged) == ["2009-02-26"]
    heads = [_cabinet("ITA", day, name, "PC") for day, name in (("2018-06-01", "Conte I"), ("2019-09-05", "Conte II"))]
    draghi = _cabinet("ITA", "2021-02-13", "Draghi I", "PC")
    assert _days(_cabinet("ITA", "2008-05-08", "Berlusconi IV", "FI"), *heads, draghi) == ["2018-06-01", "2021-02-13"]


def test_nothing_before_the_first_act_counts() -> None:
    assert _days(_cabinet("AAA", "2005-01-01", "One", "A"), _cabinet("AAA", "2007-10-31", "Two", "B")) == []


LEADERS = """stateabb,leader,sdate,smonth,syear
ALB,Berisha,11,9,2005
ALB,Rama,15,9,2013
FRN,Sarkozy,16,5,2007
FRN,Hollande,15,5,2012
MAC,Zaev,31,5,2007
MAC,Spasovksi,3,1,2020
MAC,Zaev,19,8,2020
MNG,Luksic,29,12,2006
USA,G.W. Bush,21,1,2001
USA,Obama,20,1,2009
"""


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A case with what the scripts read and write."""
    _write(tmp_path / "members.csv", "member,source,grade\nALB,x,A1\nDEU,x,A1\nUSA,x,A1\n")
    rows = ["ALB,2013-09,,,recalled,F6", "ALB,2024-05,,,recalled,F6", "DEU,2025-05-06,,,page,B2"]
    _write(tmp_path / "governments.csv", "\n".join(["country,happened_on,known_on,note,source,grade", *rows]) + "\n")
    for folder, office in (("france", "state"), ("germany", "government"), ("italy", "government"), ("usa", "state")):
        record = {"positions": {f"head_of_{office}": {"current_holder": {"since": "2025-05-06"}}}}
        _write(tmp_path / f"data/countries/{folder}/current.json", json.dumps(record))
    _write(tmp_path / "leaders.csv", LEADERS)
    cabinets = "DEU,2005-11-22,Merkel,0,CDU\nDEU,2021-12-08,Scholz,0,SPD\nAUT,2009-01-01,Faymann,0,SPO\n"
    _write(tmp_path / "cabinets.csv", "country,start_date,cabinet,caretaker,pm_party\n" + cabinets)
    return tmp_path


def test_governments_replace_what_is_recalled_and_a_second_run_changes_nothing(case: Path) -> None:
    arguments = [str(case), str(case / "cabinets.csv"), str(case / "leaders.csv"), str(case / "data")]
    governments.main(arguments)
    after = [(row["country"], row["happened_on"], row["source"]) for row in read_rows(case / "governments.csv")]
    assert after == [
        ("ALB", "2013-09-15", "reign-2021"),
        ("ALB", "2024-05", "recalled"),  # after the end of the file of leaders
        ("DEU", "2021-12-08", "parlgov-2024"),
        ("DEU", "2025-05-06", "world-leaders-2026"),
        ("USA", "2009-01-20", "reign-2021"),
        ("USA", "2025-05-06", "world-leaders-2026"),
    ]
    written = (case / "governments.csv").read_bytes()
    governments.main(arguments)
    assert (case / "governments.csv").read_bytes() == written


def test_a_leader_without_a_listed_party_is_not_passed_over(case: Path) -> None:
    _write(case / "leaders.csv", LEADERS + "ALB,Nobody,1,1,2020\n")
    with pytest.raises(ValueError, match="ALB 2020-01-01: no party is listed for Nobody; add it"):
        list(governments.leader_spells(read_rows(case / "leaders.csv")))


def test_distance_on_the_great_circle() -> None:
    quarter = 10007.557  # km, from the equator to a pole of the mean sphere: π/2 × 6371.0088
    assert capitals.great_circle_km((0, 0), (90, 0)) == pytest.approx(quarter, abs=KM)
    assert capitals.great_circle_km((0, 170), (0, -100)) == pytest.approx(quarter, abs=KM)  # over the day line


def test_the_larger_city_of_the_name_is_the_capital_and_a_missing_one_is_told() -> None:
    countries = {"US": {"capital": "Washington", "iso3": "USA"}, "XK": {"capital": "Pristina", "iso3": "XKX"}}
    city = {"name": "Washington", "countrycode": "US", "latitude": 38.895, "longitude": -77.036, "population": 601723}
    village = {**city, "latitude": 40.2, "longitude": -80.2, "population": 13663}
    for cities in ({"1": city, "2": village}, {"1": village, "2": city}):
        assert capitals.capitals(countries, cities) == {"USA": (38.895, -77.036)}
    with pytest.raises(ValueError, match="no capital found for XKX; add"):
        capitals.distance_rows({"USA": (38.895, -77.036)}, "XKX", ["USA"], "2007")


def test_independence_is_the_day_of_the_declaration() -> None:
    entry = {
        "text": "18 November 1918 (from Soviet Russia); 4 May 1990 (declared from the Soviet Union); "
        "6 September 1991 (recognized by the Soviet Union)"
    }
    assert independence.declared_on("LVA", entry) == "1990-05-04"
    note = {"text": "1 March 1992 (from Yugoslavia)", "note": "<b>note:</b>\xa0independence declared on 3 March 1992"}
    assert independence.declared_on("BIH", note) == "1992-03-03"
    assert independence.declared_on("MNE", {"text": "3 June 2006 (from the State Union)"}) == "2006-06-03"
    with pytest.raises(ValueError, match="LVA: the entry does not say when"):
        independence.declared_on("LVA", {"text": "18 November 1918 (from Soviet Russia)"})


def test_who_left_the_partnership_does_not_found_the_council() -> None:
    def row(country: str, event: str, day: str) -> Row:
        return {"country": country, "event": event, "happened_on": day}

    ladder = [row("MLT", "pfp", "1995-04-26"), row("MLT", "withdrawal", "1996-10-27"), row("MLT", "pfp", "2008-04-03")]
    ladder += [row("CHE", "pfp", "1996-12-11"), row("HRV", "pfp", "2000-05-25")]
    assert partnership_council.founding_partners(ladder) == ["CHE", "TJK"]


def test_a_second_row_of_one_key_or_a_strange_column_is_an_error(tmp_path: Path) -> None:
    table = _write(tmp_path / "t.csv", "a,b,source\n1,x,s\n3,y,s\n")
    with pytest.raises(ValueError, match=r"two rows for 2 in t\.csv"):
        replace_rows(table, [{"a": "2"}, {"a": "2"}], key=("a",), goes=lambda row: False)
    with pytest.raises(ValueError, match=r"t\.csv has no column c; it has a, b, source"):
        replace_rows(table, [{"a": "2", "c": ""}], key=("a",), goes=lambda row: False)
    told = replace_rows(table, [{"a": "2", "b": "z"}, {"a": "3"}], key=("a",), goes=lambda row: row["a"] == "1")
    assert told.endswith("1 rows came, 1 went, 0 changed, 1 as they were")
    assert table.read_text() == "a,b,source\n2,z,\n3,y,s\n"
