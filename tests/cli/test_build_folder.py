"""Where `shteg build` writes, with a stand-in for the stages and the pages: the folder is what is tested."""

import errno
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shteg.cli.app import main
from shteg.evidence import find_case


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(find_case("demo"), tmp_path / "case")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("shteg.report.require_parity", lambda *_: None)
    monkeypatch.setattr("shteg.report.open_edition", lambda folder: folder)
    monkeypatch.setattr("shteg.publish.archive.archive_sites", lambda *_: None)
    monkeypatch.setattr("shteg.changes.since.day_compared", lambda *_: None)
    pretend(monkeypatch, "one")
    return tmp_path


def pretend(monkeypatch: pytest.MonkeyPatch, name: str, at_the_end: Callable[[], None] = lambda: None) -> None:
    """Let a build write an edition of this name and one page, and then do something."""

    def build(case: Any, folder: Path, *words: Any, **options: Any) -> Path:
        folder.mkdir()
        manifest = {"edition": name, "case": "demo", "as_of": "2026-06-30"}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return folder

    def publish(edition: Path, out: Path, **options: Any) -> list[Path]:
        (out / "index.html").write_text(name, encoding="utf-8")
        at_the_end()
        return [out / "index.html"]

    monkeypatch.setattr("shteg.cli.build.build_edition", build)
    monkeypatch.setattr("shteg.publish.publish_site", publish)


def build(words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(["build", *words.split()])
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out, err


def test_in_the_case_it_goes_beside_the_case(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place / "case")
    for _ in range(2):
        code, said, _ = build(".", capsys)
        assert code == 0
        assert (place / "case-site" / "index.html").as_uri() in said
    assert sorted(path.name for path in place.iterdir()) == ["case", "case-site"]


def test_elsewhere_it_goes_into_site(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build("case", capsys)[0] == 0
    assert (place / "site" / "index.html").read_text() == "one"


def test_a_link_stays(place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert build("demo --out v1", capsys)[0] == 0
    (place / "current").symlink_to("v1")
    pretend(monkeypatch, "two")
    code, said, _ = build("demo --out current", capsys)
    assert code == 0
    assert "Edition two" in said
    assert (place / "current").is_symlink()
    assert (place / "v1" / "index.html").read_text() == "two"
    assert sorted(path.name for path in place.iterdir()) == ["case", "current", "v1"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EIO])
def test_what_the_machine_refuses_leaves_the_last_edition(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int
) -> None:
    assert build("demo", capsys)[0] == 0

    def fail() -> None:
        raise OSError(number, os.strerror(number))

    pretend(monkeypatch, "two", fail)
    code, _, said = build("demo", capsys)
    assert code == 2
    assert said.startswith("site: ")
    assert "Hint: " in said
    assert (place / "site" / "index.html").read_text() == "one"
    assert sorted(path.name for path in place.iterdir()) == ["case", "site"]


def test_stopped_by_the_user_it_leaves_the_last_edition(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert build("demo", capsys)[0] == 0

    def stop() -> None:
        raise KeyboardInterrupt

    pretend(monkeypatch, "two", stop)
    code, _, said = build("demo", capsys)
    assert (code, said.strip()) == (130, "Stopped. The last edition is as it was.")
    assert (place / "site" / "index.html").read_text() == "one"
    assert sorted(path.name for path in place.iterdir()) == ["case", "site"]


def test_another_build_is_named_and_waited_for(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import threading

    from shteg.edition.folders.lock import locked

    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(place / ".site.lock"):
            held.set()
            free.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(30)
    monkeypatch.setattr("shteg.edition.folders.lock.time.sleep", lambda seconds: free.set())
    code, said, told = build("demo", capsys)
    holder.join()
    assert code == 0
    assert f"another shteg (process {os.getpid()}) is making this folder; waiting" in told
    assert "Edition one" in said


def test_json_names_the_edition_that_was_made(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said, _ = build("case --json --out there/site", capsys)
    assert code == 0
    assert json.loads(said) == {"out": "there/site", "edition": "one", "case": "demo", "pages": ["index.html"]}
