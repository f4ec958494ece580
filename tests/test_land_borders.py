"""Land borders out of a made-up atlas: whose outlines share an arc, and since when both are states."""

import csv
import json
from pathlib import Path
from typing import Any

from tools.land_borders import land_borders, main

CASE = Path(__file__).parents[1] / "cases" / "kosovo-nato"


def country(number: str, name: str, arcs: Any) -> dict[str, Any]:
    return {"type": "Polygon", "id": number, "properties": {"name": name}, "arcs": arcs}


# Albania and Montenegro share arc 1, once in each direction; Kosovo has no number and an island; Malta shares nothing
ATLAS: dict[str, Any] = {"objects": {"countries": {"geometries": [
    country("008", "Albania", [[0, 1]]),
    country("499", "Montenegro", [[~1, 2]]),
    country("", "Kosovo", [[[3, ~2]], [[5]]]),
    country("470", "Malta", [[4]]),
    {"type": "Polygon", "properties": {"name": "N. Cyprus"}, "arcs": [[0]]},
]}}}  # fmt: skip


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_who_shares_an_arc_is_a_neighbour_in_both_directions() -> None:
    assert land_borders(ATLAS) == {("ALB", "MNE"), ("MNE", "ALB"), ("MNE", "XKX"), ("XKX", "MNE")}


def test_rows_are_made_for_candidates_and_members_and_others_stay(tmp_path: Path) -> None:
    (tmp_path / "atlas.json").write_text(json.dumps(ATLAS))
    (tmp_path / "ladder.csv").write_text("country,event\nALB,pfp\nXKX,application\nMLT,pfp\n")
    (tmp_path / "members.csv").write_text("member\nALB\nMNE\n")
    (tmp_path / "countries.csv").write_text("country,independent_on\nALB,\nMNE,2006-06-03\nXKX,2008-02-17\n")
    head = "candidate,member,relation,since,until,known_on,note,source,grade\n"
    kept = 'XKX,GRC,non_recognition,2008-02-17,,,"a, b",some,B2\n'
    (tmp_path / "dyads.csv").write_text(head + kept + "XKX,ESP,neighbour,1987,,,,old,F6\n")
    main(tmp_path / "atlas.json", tmp_path)
    assert (tmp_path / "dyads.csv").read_text().startswith(head + kept)
    made = [(row["candidate"], row["member"], row["since"]) for row in read(tmp_path / "dyads.csv")[1:]]
    assert made == [("ALB", "MNE", "2006-06-03"), ("XKX", "MNE", "2008-02-17")]
    main(tmp_path / "atlas.json", tmp_path)
    assert len(read(tmp_path / "dyads.csv")) == 3  # twice is once


def test_the_shipped_borders_are_those_of_the_map() -> None:
    """A few that anyone can look up, and that every pair of candidates and members stands in both orders."""
    pairs = {(row["candidate"], row["member"]) for row in read(CASE / "dyads.csv") if row["relation"] == "neighbour"}
    assert {("XKX", "ALB"), ("XKX", "MKD"), ("MKD", "GRC"), ("UKR", "HUN"), ("HRV", "SVN"), ("TUR", "GRC")} <= pairs
    assert not {("XKX", "GRC"), ("XKX", "HRV"), ("CYP", "TUR"), ("MLT", "ITA"), ("ALB", "ITA"), ("SRB", "ALB")} & pairs
    both = {one for one, _ in pairs} & {other for _, other in pairs}
    assert all((other, one) in pairs for one, other in pairs if {one, other} <= both)
