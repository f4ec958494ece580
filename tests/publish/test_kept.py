"""Finished languages: found again byte for byte where nothing changed, and not believed where anything did."""

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

import pytest

from shteg.cli.build import LIBRARIES
from shteg.errors import ParityError, Problem
from shteg.publish import KeptLanguages, publish_site, site
from shteg.publish import kept as module
from tests.test_dependencies import PROJECT, declared

FILES = {"index.html": b"<p>a</p>", "values/index.js": b"window.SHTEG_VALUES = {};\n", "report.pdf": b"%PDF\n\x00"}
ALL = ["en", "sq", "sr"]


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def written_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The languages that are written and not taken from what is kept; they are small ones."""
    found: list[str] = []

    def write_language(edition: object, language: str, place: object, tell: Callable[[], None]) -> list[Path]:
        folder = place.out / language  # type: ignore[attr-defined]
        for name, raw in FILES.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(raw + language.encode())
        found.append(language)
        tell()
        return [folder / "index.html", folder / "report.pdf"]

    monkeypatch.setattr(site, "write_language", write_language)
    return found


def test_the_same_publication_is_found_again(demo_edition: Path, kept: Path, tmp_path: Path) -> None:
    finished = KeptLanguages(tmp_path / "finished", "this code")
    pages = {}
    for name in ("made", "found"):
        told: list[tuple[str, int, int]] = []
        pages[name] = publish_site(
            demo_edition,
            tmp_path / name,
            cache=kept / "drawings",
            kept=finished,
            progress=lambda *one, told=told: told.append(one),  # type: ignore[misc]
            gate=None if name == "made" else lambda: pytest.fail("all languages have passed the gate"),
        )
        assert told[-1][1] == told[-1][2]
    assert digests(tmp_path / "made") == digests(tmp_path / "found")
    assert [path.relative_to(tmp_path / "made") for path in pages["made"]] == [
        path.relative_to(tmp_path / "found") for path in pages["found"]
    ]
    assert len(list((tmp_path / "finished").iterdir())) == 3


def test_a_changed_edition_and_other_code_are_written_anew(
    edition_folder: Path, changed: Callable[..., Path], written_here: list[str], tmp_path: Path
) -> None:
    def publish(folder: Path, name: str, made_by: str = "this code") -> list[str]:
        written_here.clear()
        publish_site(folder, tmp_path / name, threads=1, kept=KeptLanguages(tmp_path / "finished", made_by))
        return list(written_here)

    assert publish(edition_folder, "first") == ALL
    assert publish(edition_folder, "again") == []
    assert publish(edition_folder, "code", "other code") == ALL
    assert publish(changed("case", publisher={"en": "Other", "sq": "Tjetër", "sr": "Drugi"}), "changed") == ALL
    assert digests(tmp_path / "first" / "sq") == digests(tmp_path / "again" / "sq")


def test_what_failed_the_gate_is_not_kept(edition_folder: Path, written_here: list[str], tmp_path: Path) -> None:
    finished = KeptLanguages(tmp_path / "finished", "this code")

    def gate() -> None:
        raise ParityError([Problem("text/en/report.md", 1, 0, "wrong", "mend it")])

    with pytest.raises(ParityError, match="wrong"):
        publish_site(edition_folder, tmp_path / "site", threads=1, kept=finished, gate=gate)
    assert not (tmp_path / "finished").exists()


@pytest.mark.parametrize("spoil", ["bit", "short", "sealed"])
def test_a_damaged_language_is_told_and_written_anew(
    spoil: str, edition_folder: Path, written_here: list[str], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    finished = KeptLanguages(tmp_path / "finished", "this code")
    publish_site(edition_folder, tmp_path / "first", threads=1, kept=finished)
    one = min((tmp_path / "finished").iterdir())
    raw = one.read_bytes()
    if spoil == "sealed":
        module.keep(one, b"not what it should be")
    else:
        one.write_bytes(raw[:-1] if spoil == "short" else raw[:-1] + bytes([raw[-1] ^ 1]))
    written_here.clear()
    with caplog.at_level(logging.WARNING):
        publish_site(edition_folder, tmp_path / "second", threads=1, kept=finished)
    assert len(written_here) == 1
    assert "was changed or damaged" in caplog.text
    assert digests(tmp_path / "first") == digests(tmp_path / "second")


def test_the_longest_unused_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    finished, folder = KeptLanguages(tmp_path / "finished", "this code"), tmp_path / "en"
    folder.mkdir()
    (folder / "index.html").write_bytes(b"a")
    for at, key in enumerate("abcd"):
        finished.put(key, folder, [folder / "index.html"])
        place = finished._place(key)
        module.os.utime(place, (at, at))
        if key == "c":
            assert finished.find("a") is not None  # used again: its time is now
    assert {path.stem for path in (tmp_path / "finished").iterdir()} == {"a", "c", "d"}


def test_every_library_that_is_needed_is_part_of_the_key() -> None:
    needed = declared(PROJECT["dependencies"])
    of_no_page = {"click", "rich", "threadpoolctl", "starlette", "uvicorn"}  # terminal, threads, the studio
    assert needed - of_no_page <= set(LIBRARIES)
