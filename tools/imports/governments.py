"""Days on which a head of government of another party took office, from ParlGov, REIGN and world-leaders-current.

    python -m tools.imports.governments cases/kosovo-nato parlgov_cabinets.csv leaderlist_3_21.csv WORLD_LEADERS/data

`README.md` beside this file says where the three come from. One convention: the day on which a cabinet or leader begins
in the file (ParlGov: nomination or election of the prime minister, not the oath). Cabinets that follow one another
under one party, or under one head without a party, are one government. Caretakers count from `CARETAKER_DAYS` on; the
last of the file, whose end it does not say, does not. Rows of other sources, and recalled ones after a file's end,
stay.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path

from tools.imports.rows import Row, read_rows, replace_rows

FIRST_DAY = date(2007, 11, 1)
"""Before this day no act of the case happened."""
CARETAKER_DAYS = 180
"""A caretaker of half a year has time to take a stand."""
PARLGOV, REIGN, WORLD_LEADERS = "parlgov-2024", "reign-2021", "world-leaders-2026"
GRADES = {PARLGOV: "B2", REIGN: "B3", WORLD_LEADERS: "C3"}
WITHOUT_PARTY = {("ITA", "PC")}
"""Codes, besides `none`, by which the file says that a prime minister has no party."""
SAME_PARTY = {("BEL", "CD+NVA"): "CVP|CD&V", ("HUN", "Fi+KDNP"): "Fi-MPSz", ("LVA", "JL"): "V"}
"""Parties that the file writes in two ways, because of an alliance or a merger."""
REIGN_CODES = {"ALB": "ALB", "FRN": "FRA", "MAC": "MKD", "MNG": "MNE", "USA": "USA"}
"""States that the list of cabinets lacks, or whose president speaks for them abroad."""
PRESIDENTS = {"FRA", "USA"}
REIGN_PARTIES = {
    "ALB": {"Berisha": "PD", "Rama": "PS"},
    "FRA": {"Sarkozy": "UMP", "Hollande": "PS", "Macron": "LREM"},
    "MKD": {"Gruevski": "VMRO", "Dimitriev": "VMRO", "Zaev": "SDSM", "Spasovksi": "SDSM"},
    "MNE": {
        "Dukanovic": "DPS", "Sturanovic": "DPS", "Luksic": "DPS", "Dusko Markovic": "DPS",
        "Zdravko Krivokapic": "none",
    },
    "USA": {"G.W. Bush": "R", "Obama": "D", "Trump": "R", "Biden": "D"},
}  # fmt: skip
"""Parties of leaders, which REIGN does not name: from memory; only whether two are the same matters."""
OFFICES = {
    "france": ("FRA", "head_of_state"),
    "germany": ("DEU", "head_of_government"),
    "italy": ("ITA", "head_of_government"),
    "usa": ("USA", "head_of_state"),
}
"""Folder of a state in world-leaders-current, its code, and the office that counts."""

Spell = tuple[str, date, bool]
"""A party, the day on which it began to govern, and whether it did so as a caretaker only."""


def party_of(cabinet: Mapping[str, str]) -> str:
    """Give the party of a prime minister, or the name of one without."""
    country, party = cabinet["country"], cabinet["pm_party"]
    if party == "none" or (country, party) in WITHOUT_PARTY:
        return "head " + re.sub(r"\s+[IVX]+\s*$", "", cabinet["cabinet"])
    return SAME_PARTY.get((country, party), party)


def changes(spells: Sequence[Spell]) -> Iterator[date]:
    """Yield the days on which another party began to govern; short caretakers are passed over."""
    ends = [began for _, began, _ in spells[1:]]
    lasting = [
        (party, began)
        for (party, began, caretaker), end in zip(spells, [*ends, None], strict=True)
        if not caretaker or (end is not None and (end - began).days >= CARETAKER_DAYS)
    ]
    before = ""
    for party, began in lasting:
        if before and party != before and began >= FIRST_DAY:
            yield began
        before = party


def cabinet_spells(cabinets: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, list[Spell]]]:
    """Yield each state with the governments of the file of cabinets."""
    ordered = sorted(cabinets, key=lambda one: (one["country"], one["start_date"]))
    for country, of_country in groupby(ordered, key=lambda one: one["country"]):
        runs = [(party, list(run)) for party, run in groupby(of_country, key=party_of)]
        yield (
            country,
            [
                (party, date.fromisoformat(run[0]["start_date"]), all(one["caretaker"] == "1" for one in run))
                for party, run in runs
            ],
        )


def leader_spells(leaders: Sequence[Mapping[str, str]]) -> Iterator[tuple[str, list[Spell]]]:
    """Yield each state of `REIGN_CODES` with its leaders; one whose party is not listed is an error."""
    for code, country in REIGN_CODES.items():
        began = {
            date(int(row["syear"]), int(row["smonth"]), int(row["sdate"])): row["leader"]
            for row in leaders
            if row["stateabb"] == code
        }
        last_before = max(day for day in began if day < FIRST_DAY)
        spells: list[Spell] = []
        for day, leader in sorted(began.items()):
            if day < last_before:
                continue
            if leader not in REIGN_PARTIES[country]:
                raise ValueError(f"{country} {day}: no party is listed for {leader}; add it to REIGN_PARTIES")
            spells.append((REIGN_PARTIES[country][leader], day, False))
        yield country, spells


def leaders_in_office(data: Path) -> Iterator[tuple[str, date]]:
    """Yield state and day since when the leader of the day of the snapshot is in office."""
    for folder, (country, office) in OFFICES.items():
        record = json.loads((data / "countries" / folder / "current.json").read_text(encoding="utf-8"))
        since = record["positions"][office]["current_holder"]["since"]
        if since is None:
            raise ValueError(f"{folder}/current.json does not say since when its {office} is in office")
        yield country, date.fromisoformat(since)


def government_rows(
    cabinets: Sequence[Mapping[str, str]],
    leaders: Sequence[Mapping[str, str]],
    in_office: Sequence[tuple[str, date]],
    members: frozenset[str],
) -> list[Row]:
    """Make the rows of governments.csv.

    Parameters
    ----------
    cabinets, leaders : sequence of rows
        The files of ParlGov and of REIGN.
    in_office : sequence of (str, date)
        Present leaders and since when; they add only what the other two do not have.
    members : frozenset of str
        Country codes of the members of the organisation.

    Returns
    -------
    list of rows
        By state and day, with source and grade; presidents say so in the note.

    Raises
    ------
    ValueError
        A leader of `leaders` has no party in `REIGN_PARTIES`.
    """
    found: dict[tuple[str, date], str] = {}
    of_leaders = [(country, day) for country, spells in leader_spells(leaders) for day in changes(spells)]
    of_cabinets = [
        (country, day)
        for country, spells in cabinet_spells(cabinets)
        if country not in REIGN_CODES.values()
        for day in changes(spells)
    ]
    for source, days in ((PARLGOV, of_cabinets), (REIGN, of_leaders), (WORLD_LEADERS, in_office)):
        for at in days:
            found.setdefault(at, source)
    return [
        {
            "country": country,
            "happened_on": began.isoformat(),
            "note": "President" if country in PRESIDENTS else "",
            "source": source,
            "grade": GRADES[source],
        }
        for (country, began), source in sorted(found.items())
        if country in members
    ]


def main(arguments: Sequence[str]) -> None:
    """Write governments.csv of a case."""
    case, cabinets_file, leaders_file, data = (Path(one) for one in arguments)
    cabinets, leaders = read_rows(cabinets_file), read_rows(leaders_file, encoding="mac_roman")
    members = frozenset(row["member"] for row in read_rows(case / "members.csv"))
    made = government_rows(cabinets, leaders, list(leaders_in_office(data)), members)
    ends = {one["country"]: max(other["start_date"] for other in cabinets) for one in cabinets}
    last_leader = max((int(one["syear"]), int(one["smonth"]), int(one["sdate"])) for one in leaders)
    ends |= dict.fromkeys(REIGN_CODES.values(), date(*last_leader).isoformat())

    def goes(row: Row) -> bool:
        told = row["source"] == "recalled" and row["happened_on"] <= ends.get(row["country"], "")
        return told or row["source"] in GRADES

    print(replace_rows(case / "governments.csv", made, key=("country", "happened_on"), goes=goes))


if __name__ == "__main__":
    main(sys.argv[1:])
