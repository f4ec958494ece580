"""The last edition stays whole, whatever happens."""

from pathlib import Path

import pytest

from shteg.edition.folder import MARKER, replace_folder
from shteg.errors import EditionError


def make(target: Path, text: str) -> None:
    with replace_folder(target) as work:
        (work / "page.html").write_text(text)


def test_a_finished_folder_takes_the_place_of_the_last(tmp_path: Path) -> None:
    target = tmp_path / "site"
    make(target, "one")
    make(target, "two")
    assert (target / "page.html").read_text() == "two"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_crash_leaves_the_last_edition_whole(tmp_path: Path) -> None:
    target = tmp_path / "site"
    make(target, "one")

    def crash() -> None:
        with replace_folder(target) as work:
            (work / "page.html").write_text("half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        crash()
    assert (target / "page.html").read_text() == "one"
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_a_crash_between_the_two_renames_is_mended(tmp_path: Path) -> None:
    target = tmp_path / "site"
    make(target, "one")
    target.rename(tmp_path / ".site.last")
    with pytest.raises(RuntimeError, match="again"), replace_folder(target):
        raise RuntimeError("again")
    assert (target / "page.html").read_text() == "one"


def test_a_folder_of_the_user_is_never_replaced(tmp_path: Path) -> None:
    target = tmp_path / "papers"
    target.mkdir()
    (target / "thesis.txt").write_text("years of work")
    with pytest.raises(EditionError, match="--out"):
        make(target, "x")
    assert (target / "thesis.txt").read_text() == "years of work"


def test_an_empty_folder_may_be_used(tmp_path: Path) -> None:
    target = tmp_path / "site"
    target.mkdir()
    make(target, "one")
    assert (target / MARKER).is_file()


def test_a_file_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "site"
    target.write_text("mine")
    with pytest.raises(EditionError, match="not made by shteg"):
        make(target, "x")
    assert target.read_text() == "mine"
