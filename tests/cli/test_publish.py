"""`shteg publish`: a folder or a zip that holds the whole publication, and replaces nothing that shteg did not make."""

import json
import shutil
import zipfile
from pathlib import Path

import pytest

from shteg.publish import publish_site
from shteg.publish.parcel import COMMENT, EARLIEST, is_parcel, write_parcel
from tests.cli.in_process import assert_plain_error, run


@pytest.fixture(scope="module")
def built(demo_edition: Path, kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site as `shteg build` leaves it."""
    site = tmp_path_factory.mktemp("built") / "site"
    shutil.copytree(demo_edition, site / "edition")
    publish_site(site / "edition", site, cache=kept / "drawings")
    (site / ".shteg").write_text("made by shteg; replaced at every build\n", encoding="utf-8")
    return site


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_holds_all_and_is_replaced_by_the_next(built: Path, tmp_path: Path) -> None:
    done = run("publish", "--site", built, "--to", tmp_path / "public", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    found = files_of(tmp_path / "public")
    assert found == files_of(built) | {".nojekyll": b""}
    assert (told["files"], told["edition"]) == (
        len(found),
        json.loads(found["edition/manifest.json"])["edition"],
    )
    (tmp_path / "public" / "left-over.html").write_text("of an earlier edition", encoding="utf-8")
    assert run("publish", "--site", built, "--to", tmp_path / "public").returncode == 0
    assert files_of(tmp_path / "public") == found


def test_a_zip_has_one_folder_and_the_same_bytes_twice(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    target = tmp_path / "roadmap-2026.zip"
    done = run("publish", "--site", built, "--to", target)
    assert done.returncode == 0, done.stderr
    first = target.read_bytes()
    assert run("publish", "--site", built, "--to", target).returncode == 0
    assert target.read_bytes() == first
    with zipfile.ZipFile(target) as parcel:
        assert parcel.comment == COMMENT
        assert parcel.testzip() is None
        entries = parcel.infolist()
        assert {one.filename.partition("/")[0] for one in entries} == {"roadmap-2026"}
        assert {one.date_time for one in entries} == {EARLIEST}
        parcel.extractall(tmp_path / "out")
    assert files_of(tmp_path / "out" / "roadmap-2026") == files_of(built) | {".nojekyll": b""}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767225600")
    assert run("publish", "--site", built, "--to", target).returncode == 0
    with zipfile.ZipFile(target) as parcel:
        assert {one.date_time for one in parcel.infolist()} == {(2026, 1, 1, 0, 0, 0)}


def test_it_builds_if_it_is_told_to(tmp_path: Path, kept: Path, demo_edition: Path) -> None:
    done = run("publish", "demo", "--to", tmp_path / "public", "--cache", kept, "--json")
    assert done.returncode == 0, done.stderr
    own = json.loads((demo_edition / "manifest.json").read_text(encoding="utf-8"))["edition"]
    assert json.loads(done.stdout)["edition"] == own
    assert (tmp_path / "public" / "sq" / "index.html").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["public"]


@pytest.mark.parametrize("name", ["mine", "mine.zip"])
def test_what_shteg_did_not_make_stays(built: Path, tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    if name.endswith(".zip"):
        with zipfile.ZipFile(place, "w") as parcel:
            parcel.writestr("letter.txt", "mine")
    else:
        place.mkdir()
        (place / "letter.txt").write_text("mine", encoding="utf-8")
    before = files_of(tmp_path)
    assert_plain_error(run("publish", "--site", built, "--to", place), "not made by shteg")
    assert files_of(tmp_path) == before


def test_a_repository_is_never_replaced(built: Path, tmp_path: Path) -> None:
    run("publish", "--site", built, "--to", tmp_path / "public")
    (tmp_path / "public" / ".git").mkdir()
    (tmp_path / "public" / ".git" / "HEAD").write_text("ref", encoding="utf-8")
    assert_plain_error(run("publish", "--site", built, "--to", tmp_path / "public"), "repository", "inside of it")
    assert (tmp_path / "public" / ".git" / "HEAD").is_file()


def test_an_edition_that_was_changed_is_not_published(built: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(built, site)
    with (site / "edition" / "values.json").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert_plain_error(run("publish", "--site", site, "--to", tmp_path / "public"), "values.json", "build it again")
    assert not (tmp_path / "public").exists()
    (tmp_path / "empty").mkdir()
    assert_plain_error(run("publish", "--site", tmp_path / "empty", "--to", tmp_path / "public"), "no publication")


def test_a_zip_that_fails_leaves_the_last_one(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "one.zip"
    write_parcel(built, target)
    before = target.read_bytes()

    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", fail)
    with pytest.raises(OSError, match="No space"):
        write_parcel(built, target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["one.zip"]
    assert is_parcel(target)
    assert not is_parcel(tmp_path)
