"""Pages, feeds and data of commitments: what the edition has, in the words of each language, and nothing else."""

import csv
import io
import json
import re
import shutil
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from shteg.publish.citable.tracker import last_day
from shteg.publish.html.figures import Figures, template_environment
from shteg.publish.html.frame import frame
from shteg.publish.html.page import Material
from shteg.publish.language import all_pages
from shteg.publish.pages.commitments.addressee import addressee_pages
from shteg.publish.pages.texts import read_texts
from shteg.publish.printed import Voice
from shteg.publish.records.tracker import SIGNS, tracked_by
from shteg.report import EditionView, open_edition
from shteg.report.language.messages import message

ATOM = "{http://www.w3.org/2005/Atom}"
LANGUAGES = ("en", "sq", "sr")
ADDRESSEES = ("parliament", "interior-ministry", "government", "lake-guard", "foreign-ministry")


def read(site: Path, language: str, name: str) -> str:
    return (site / language / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_commitment_stands_on_the_page_with_its_status(site: Path, edition: EditionView, language: str) -> None:
    page = read(site, language, "tracker.html")
    rows = edition.rows("tracker.commitments")
    assert len(rows) == 13
    voice = Voice(edition=edition, language=language)
    for row in rows:
        title = voice.named(f"commitment:{row['commitment']}")
        found = re.search(
            rf'<a href="tracker-[a-z-]+\.html#commitment-{row["commitment"]}">([^<]*)</a>(.*?)</tr>', page, re.S
        )
        assert found, row
        assert found[1] == str(Voice.figured(voice, title))
        assert f"</span> {voice.text('tracker.status.' + row['status'])}</span>" in found[2]
        disagrees = voice.t("tracker.disagree") in found[2] or voice.t("tracker.claimed") in found[2]
        assert disagrees == row["disagree"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_shares_stand_side_by_side(site: Path, language: str) -> None:
    page = read(site, language, "tracker.html")
    ids = re.findall(r'data-id="(tracker\.[a-z_.-]+)"', page)
    assert ids.index("tracker.weighted-share") == ids.index("tracker.completed-share") + 1
    cells = re.findall(r'data-cell="tracker\.shares/(\d+)/(completed|weighted)_share"', page)
    assert [one for one, _ in cells[::2]] == [one for one, _ in cells[1::2]]
    assert {name for _, name in cells[::2]} == {"completed"}


def test_a_page_for_each_addressee_and_each_named_in_the_list(site: Path, edition: EditionView) -> None:
    assert [page.slug for page in addressee_pages(edition)] == [f"tracker-{one}" for one in ADDRESSEES]
    page = read(site, "en", "tracker.html")
    for one in ADDRESSEES:
        for suffix in ("html", "xml", "csv", "json"):
            assert f'href="tracker-{one}.{suffix}"' in page
            assert (site / "en" / f"tracker-{one}.{suffix}").is_file()


def test_the_recommendations_lead_to_their_commitments(site: Path, edition: EditionView) -> None:
    page = read(site, "en", "recommendations.html")
    for kind in ("measure", "requirement"):
        for rows in tracked_by(edition, kind).values():
            assert f'href="tracker-{rows[0]["addressee"]}.html#commitment-{rows[0]["commitment"]}"' in page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("addressee", ADDRESSEES)
def test_the_feed_is_atom_and_has_every_event_once(
    site: Path, edition: EditionView, language: str, addressee: str
) -> None:
    root = ET.fromstring(read(site, language, f"tracker-{addressee}.xml"))
    entries = root.findall(f"{ATOM}entry")
    mine = {row["commitment"] for row in edition.rows("tracker.commitments") if row["addressee"] == addressee}
    events = [row for row in edition.rows("tracker.happenings") if row["commitment"] in mine]
    assert len(entries) == len(mine) + len(events)
    ids = [one.findtext(f"{ATOM}id") for one in entries]
    assert len(set(ids)) == len(ids)
    days = [datetime.fromisoformat(one.findtext(f"{ATOM}updated") or "") for one in entries]
    assert days == sorted(days, reverse=True)
    assert root.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
    for one in (root, *entries):
        assert one.findtext(f"{ATOM}title")
        assert one.find(f"{ATOM}link") is not None


def test_an_entry_keeps_its_id_and_no_two_languages_share_one(site: Path) -> None:
    found = {
        language: set(re.findall(r"urn:uuid:[0-9a-f-]{36}", read(site, language, "tracker-government.xml")))
        for language in LANGUAGES
    }
    assert not found["en"] & found["sq"]
    assert len(found["en"]) == len(found["sr"])


@pytest.mark.parametrize("addressee", ADDRESSEES)
def test_csv_and_json_say_the_same(site: Path, edition: EditionView, addressee: str) -> None:
    whole = json.loads(read(site, "sq", f"tracker-{addressee}.json"))
    table = list(csv.DictReader(io.StringIO(read(site, "sq", f"tracker-{addressee}.csv").removeprefix("\ufeff"))))
    rows = [row for row in edition.rows("tracker.commitments") if row["addressee"] == addressee]
    assert [one["commitment"] for one in whole["commitments"]] == [row["commitment"] for row in rows]
    assert len(table) == sum(max(len(one["events"]), 1) for one in whole["commitments"])
    for one in whole["commitments"]:
        lines = [line for line in table if line["commitment"] == one["commitment"]]
        assert {line["status"] for line in lines} == {one["status"]}
        assert [line["event_source"] for line in lines if line["event_source"]] == [
            event["source"] for event in one["events"]
        ]


def test_days_of_feeds_are_days() -> None:
    assert [last_day(one) for one in ("2024", "2024-05", "2024-05-06", "2020-09/2020-10")] == [
        "2024-01-01", "2024-05-01", "2024-05-06", "2020-10-01",
    ]  # fmt: skip


def test_an_edition_without_commitments_has_no_such_page(edition_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "edition"
    shutil.copytree(edition_folder, folder)
    for path in (folder / "tables").glob("tracker.*"):
        path.unlink()
    slugs = {page.slug for page in all_pages(open_edition(folder))}
    assert not [slug for slug in slugs if slug.startswith("tracker")]


def test_every_status_has_a_mark_of_its_own(english: Voice) -> None:
    assert len(set(SIGNS.values())) == len(SIGNS)
    for status in SIGNS:
        assert message("en", f"tracker.status.{status}")


def test_without_verdicts_no_page_gives_one(edition_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "edition"
    shutil.copytree(edition_folder, folder)
    verdicts = ("status", "weight", "axis", "disagree", "timeliness", "freshness", "done_on")
    path = folder / "tables" / "tracker.commitments.parquet"
    pl.read_parquet(path).with_columns(pl.lit(None).alias(name) for name in verdicts).write_parquet(path)
    for name in ("shares", "course"):
        (folder / "tables" / f"tracker.{name}.parquet").unlink()
    quiet = open_edition(folder)
    voice = Voice(edition=quiet, language="en")
    material = Material(
        voice=voice, figures=Figures(voice=voice, cache=None), texts=read_texts(voice), edition_path="edition"
    )
    listed = [page for page in all_pages(quiet) if page.slug.startswith("tracker")]
    assert len(listed) == 6
    words = [voice.text(f"tracker.status.{status}") for status in SIGNS]
    words += [voice.text("tracker.time.overdue"), voice.t("tracker.disagree"), voice.t("tracker.claimed")]
    for page in listed:
        context = {"charts": {}, "shared_address": "", **frame(page, material, listed), **page.context(material)}
        text = template_environment(None).get_template(f"{page.kind}.html.j2").render(context)
        main = text.split("<main")[1].split("</main>")[0]
        assert not [word for word in words if f">{word}<" in main or f"</span> {word}<" in main], page.slug
        assert "%" not in re.sub(r"<[^>]*>", "", main)
