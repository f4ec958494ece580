"""The case with a two-thirds rule: complete, true to the votes on record, and simulated by its own rule."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from shteg.accession import estimate_accession
from shteg.estimates import Draws, StageResult
from shteg.evidence import Case, check_case, read_case
from shteg.evidence.records.base import Sourced
from shteg.evidence.votes import votes_needed
from shteg.pathways import simulate_pathways
from shteg.recommendations import list_targets

FOLDER = Path(__file__).parents[2] / "cases" / "kosovo-coe"
COUNTS = {
    "members": 46,
    "ladder": 99,
    "acts": 123,
    "membership_votes": 172,
    "chronicle": 31,
    "requirements": 12,
    "programmes": 5,
}
VOTES_OF_2023 = {"support": 33, "oppose": 7, "abstain": 5, "absent": 1}
SUPPORTER, OPPONENT = 3.0, -9.0
"""Stances at which a vote is as good as sure, with the parameters of this case."""


@pytest.fixture(scope="module")
def case() -> Case:
    return read_case(FOLDER)


def rows() -> Iterator[tuple[str, dict[str, str]]]:
    for path in sorted(FOLDER.rglob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield path.relative_to(FOLDER).as_posix(), row


def test_case_has_no_problem() -> None:
    assert check_case(FOLDER) == ()


@pytest.mark.parametrize(("name", "count"), sorted(COUNTS.items()))
def test_counts(case: Case, name: str, count: int) -> None:
    assert len(getattr(case, name)) == count


def test_every_row_has_source_and_grade(case: Case) -> None:
    for name in (
        "members",
        "countries",
        "seeking",
        "acts",
        "ladder",
        "chronicle",
        "requirements",
        "programmes",
        "steps",
    ):
        for record in getattr(case, name):
            assert isinstance(record, Sourced)
            assert record.source in case.sources, (name, record)
            assert (record.source == "recalled") <= (record.grade == "F6"), (name, record)


def test_every_source_is_used_and_stands_once(case: Case) -> None:
    texts = "\n".join(path.read_text() for path in [*FOLDER.glob("*.toml"), *FOLDER.rglob("*.md")])
    named = {row["source"] for _, row in rows()} | set(re.findall(r'source = "([^"]+)"', texts))
    named |= {one.strip().lstrip("@") for found in re.findall(r"\[(@[^\]]+)\]", texts) for one in found.split(";")}
    assert set(case.sources) <= named
    addresses = [one.address for one in case.sources.values() if one.address]
    assert len(addresses) == len(set(addresses))


def test_every_member_has_a_stance_on_recognition_and_a_vote_of_2023(case: Case) -> None:
    members = {one.member for one in case.members}
    votes = [one for one in case.public_acts if one.item == "coe_committee_of_ministers"]
    assert Counter(one.value for one in votes) == VOTES_OF_2023
    assert {one.actor for one in votes} == members
    recognition = {one.actor: one.value for one in case.acts if one.item == "recognition"}
    assert set(recognition) == members
    assert Counter(recognition.values()) == {"yes": 34, "no": 12}
    recognised_and_opposed = {one.actor for one in votes if one.value == "oppose" and recognition[one.actor] == "yes"}
    assert recognised_and_opposed == {"HUN"}


def test_votes_of_the_assembly(case: Case) -> None:
    """131 for, 29 against and 11 abstentions, of which the last two are on record by delegation."""
    for item, total in (("pace_2024_votes_against", 29), ("pace_2024_abstentions", 11)):
        assert sum(int(one.value) for one in case.acts if one.item == item) == total
    for language in case.header.languages:
        for name in ("announcement", "report"):
            text = (FOLDER / "text" / language / f"{name}.md").read_text(encoding="utf-8")
            assert re.search(r"\b131\b.*\b29\b.*\b11\b", text)


def test_ladder_follows_the_order_of_the_steps(case: Case) -> None:
    order = [event for step in case.steps for event in step.events]
    for country in {one.country for one in case.ladder}:
        dates = {one.event: one.happened_on for one in case.ladder if one.country == country and one.event in order}
        taken = [dates[event] for event in order if event in dates]
        assert all(before.first <= after.last for before, after in pairwise(taken)), country
    joined = {one.country for one in case.ladder if one.event == "accession"} - {"RUS"}
    assert joined <= {one.member for one in case.members}
    since = {one.member: one.member_since for one in case.members}
    assert all(
        one.happened_on == since[one.country]
        for one in case.ladder
        if one.country in joined and one.event == "accession"
    )


def test_both_languages_say_the_same(case: Case) -> None:
    names = [row[key] for _, row in rows() for key in row if key.endswith(("_en", "_sq"))]
    pairs = [(row[key], row[f"{key[:-3]}_sq"]) for _, row in rows() for key in row if key.endswith("_en")]
    assert names
    assert all(bool(english.strip()) == bool(albanian.strip()) for english, albanian in pairs)
    assert case.header.footnote == read_case(FOLDER.parent / "kosovo-nato").header.footnote


# --- the rule ---------------------------------------------------------------------------------------------------------


def test_two_thirds_of_46_are_31() -> None:
    assert votes_needed("two_thirds", 46) == 31
    assert votes_needed("two_thirds", 45) == 30
    assert votes_needed("majority", 46) == 24
    assert votes_needed("all", 46) == 46


def test_ranking_aims_at_the_invitation(case: Case) -> None:
    assert {one.step for one in list_targets(case)} == {"invitation", "member"}


def _small(case: Case) -> Case:
    return replace(case, pathways=case.pathways.model_copy(update={"draws": 40, "worlds_per_draw": 200}))


def _stances(case: Case, supporters: int) -> StageResult:
    """Give certain stances: so many sure supporters, the rest sure opponents."""
    draws = case.pathways.draws
    members = tuple(sorted(one.member for one in case.members))
    row = [SUPPORTER] * supporters + [OPPONENT] * (len(members) - supporters)
    theta = Draws(
        values=pl.DataFrame([row] * draws, orient="row").to_numpy(),
        units=members,
        measure="score",
        label="assumed",
        source_ids=("shteg-judgement",),
    )
    return StageResult(stage="stance", draws={"theta": theta})


@pytest.fixture(scope="module")
def by_supporters(case: Case) -> dict[int, dict[str, float]]:
    """The probability of an invitation by year, by how many members are sure to vote for it."""
    small = _small(case)
    accession = estimate_accession(small)
    found: dict[int, dict[str, float]] = {}
    for supporters in (25, 30, 31, 36, 46):
        result = simulate_pathways(small, _stances(small, supporters), accession, answers=False)
        start = "forecast.pathways.invitation."
        found[supporters] = {
            one.id.removeprefix(start): float(one.number) for one in result.values if one.id.startswith(start)
        }
    return found


def test_invitation_hangs_on_the_31st_vote(by_supporters: dict[int, dict[str, float]]) -> None:
    assert by_supporters[31]["2035"] > by_supporters[30]["2035"] > by_supporters[25]["2035"]


def test_more_votes_never_lower_the_probability(by_supporters: dict[int, dict[str, float]]) -> None:
    for year in ("2028", "2030", "2035", "2040"):
        shares = [by_supporters[one][year] for one in sorted(by_supporters)]
        assert shares == sorted(shares)


def test_nobody_is_needed_for_himself(by_supporters: dict[int, dict[str, float]]) -> None:
    """With ten sure opponents the invitation comes nearly as if there were none: no member has a veto."""
    assert by_supporters[36]["2040"] == pytest.approx(by_supporters[46]["2040"], abs=0.02)  # defections of a few
    assert by_supporters[46]["2040"] < 1  # conditions and procedure still take their time
