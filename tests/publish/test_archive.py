"""Earlier sites beside the newest: found, copied without what does not belong, marked; names; errata held."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.errors import EditionError, UsageError
from shteg.publish.archive import archive_sites, find_archived
from shteg.publish.citable.feeds import atom
from shteg.publish.html.naming import citation
from shteg.publish.printed import Voice
from shteg.report import EditionView, open_edition
from shteg.report.history_view import errata, require_errata
from shteg.report.language.editions import edition_name
from tests.abroad import read_json, write_json


def test_a_folder_without_a_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no site of the edition spring in .*\nHint: name the folder"):
        find_archived({"spring": "old"}, tmp_path, None)
    assert find_archived({"spring": None}, tmp_path, None) == {}


def test_the_archive_goes_before_the_folder_that_the_case_names(tmp_path: Path) -> None:
    for name in ("old", "archive/spring"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "index.html").write_text("", encoding="utf-8")
    assert find_archived({"spring": "old"}, tmp_path, None) == {"spring": tmp_path / "old"}
    archive = tmp_path / "archive"
    assert find_archived({"spring": "old"}, tmp_path, archive) == {"spring": archive / "spring"}


def test_links_and_what_an_earlier_site_had_archived_stay_behind(
    site: Path, edition: EditionView, tmp_path: Path
) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    shutil.copytree(site, old)
    (old / "editions" / "winter").mkdir(parents=True)
    (old / "editions" / "winter" / "index.html").write_text("", encoding="utf-8")
    (old / "secret.html").symlink_to("/etc/hostname")
    new.mkdir()
    written = archive_sites(edition, new, {"spring-2026": old})
    place = new / "editions" / "spring-2026"
    assert (place / "edition" / "values.json").read_bytes() == (old / "edition" / "values.json").read_bytes()
    assert not (place / "editions").exists()
    assert not (place / "secret.html").exists()
    assert place / "en" / "index.html" in written
    page = (place / "sq" / "index.html").read_text(encoding="utf-8")
    assert page.count('<aside class="frame"') == 1
    assert "Ky është një botim i mëparshëm, mars 2026." in page
    assert 'href="../../../sq/index.html"' in page
    embedded = (place / "en" / "embed-blockers.html").read_text(encoding="utf-8")
    assert '<aside class="frame"' not in embedded


def test_editions_are_called_by_their_month(english: Voice, changed: Callable[..., Path]) -> None:
    assert edition_name({"month": "2026-11", "number": 1}, "en") == "November 2026"
    assert edition_name({"month": "2026-11", "number": 2}, "sq") == "nëntor 2026, nr. 2"
    assert edition_name({"month": "2022-01", "number": 1, "reconstructed": True}, "en") == "January 2022, reconstructed"
    name = english.edition.manifest.edition
    assert f"Edition June 2026 ({name})." in citation(english)
    folder = changed("manifest")
    write_json(folder, "manifest", read_json(folder, "manifest") | {"name": {}})
    older = open_edition(folder)  # of before there were such names
    assert f"Edition {name}." in citation(Voice(older, "en"))


def test_the_feed_has_earlier_editions_and_errata(english: Voice) -> None:
    feed = atom(english)
    assert "Erratum: Boats in the joint patrol" in feed
    assert "Printed: 4. Right: 3." in feed
    assert "errata.html#erratum-patrol-count" in feed
    assert "(March 2026)" in feed


def test_an_erratum_that_is_not_what_is_printed_stops_the_build(
    changed: Callable[..., Path], edition_folder: Path
) -> None:
    folder = changed("manifest")
    rows = read_json(edition_folder, "errata")
    assert [one.value for one in errata(open_edition(folder))] == ["acts.joint-patrol.no"]
    write_json(folder, "errata", [rows[0] | {"right": {**rows[0]["right"], "sq": "5"}}])
    with pytest.raises(EditionError, match=r"patrol-count: `right` says “5” in language sq, and .* “3”\nHint: write 3"):
        require_errata(open_edition(folder))
    write_json(folder, "errata", [rows[0] | {"value": "no.such"}])
    with pytest.raises(EditionError, match=r"the edition has no value no.such\nHint: correct `value`"):
        require_errata(open_edition(folder))
