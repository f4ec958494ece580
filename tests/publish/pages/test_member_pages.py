"""Pages of members: what an act says in words, ranks only where they can be told apart, everybody has a page."""

import re
from pathlib import Path

import pytest

from shteg.publish.html.naming import member_slug
from shteg.publish.pages.example import worked_example
from shteg.publish.printed import Voice
from shteg.publish.records.member import acts_of, said_by
from shteg.report import EditionView

LANGUAGES = ("en", "sq")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_member_has_a_page_that_leads_to_its_neighbours(site: Path, edition: EditionView, language: str) -> None:
    for row in edition.rows("evidence.members"):
        page = (site / language / f"{member_slug(row['member'])}.html").read_text(encoding="utf-8")
        assert 'href="members.html"' in page
        assert re.search(r'class="onward".*href="member-[a-z]+\.html"', page, re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_act_is_told_in_words_and_in_order(demo_view: EditionView, language: str) -> None:
    voice = Voice(edition=demo_view, language=language)
    for rows in acts_of(demo_view).values():
        assert [str(row["happened_on"]) for row in rows] == sorted(str(row["happened_on"]) for row in rows)
        for row in rows:
            said = str(said_by(voice, row))
            assert said
            words = f"said:{row['item']}.{row['value']}"
            assert words not in demo_view.lexicon or said == voice.named(words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_rank_is_given_that_cannot_be_told_apart(site: Path, edition: EditionView, language: str) -> None:
    places = {row["member"]: row for row in edition.rows("stance.members")}
    assert any(row["rank_low"] < row["rank_high"] for row in places.values())
    for code, row in places.items():
        page = (site / language / f"{member_slug(code)}.html").read_text(encoding="utf-8")
        printed = re.findall(r'data-cell="stance\.members/\d+/(rank_\w+)"', page)
        assert printed == (["rank_low"] if row["rank_low"] == row["rank_high"] else ["rank_low", "rank_high"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_binds_every_figure(demo_view: EditionView, language: str) -> None:
    found = worked_example(Voice(edition=demo_view, language=language))
    assert found is not None
    assert len(found["stages"]) >= 3
    for stage in found["stages"]:
        bare = re.sub(r"<data\b.*?</data>", "", str(stage["text"]))
        assert re.search(r'data-id="', str(stage["text"]))
        assert not re.search(r"\d", re.sub(r"<[^>]+>|\b20\d\d\b", "", bare)), stage["text"]
