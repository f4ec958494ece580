"""Languages that a process beside writes: the same bytes, errors and warnings as in one, and nothing left over."""

import hashlib
import logging
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shteg.errors import ParityError, Problem, PublishError
from shteg.publish import beside, publish_site, site
from shteg.publish.beside import languages_beside

Started = list[subprocess.Popen[bytes]]


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Started:
    """The processes that were started, as on a machine with two processors."""
    found: Started = []
    start = subprocess.Popen

    def popen(*words: Any, **options: Any) -> subprocess.Popen[bytes]:
        found.append(start(*words, **options))
        return found[-1]

    monkeypatch.setattr(beside.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(beside.subprocess, "Popen", popen)
    return found


@pytest.fixture
def written_here(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The languages that this process writes."""
    found: list[str] = []
    write = site.write_language

    def write_language(edition: Any, language: str, *words: Any) -> list[Path]:
        found.append(language)
        return write(edition, language, *words)

    monkeypatch.setattr(site, "write_language", write_language)
    return found


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_second_half_of_the_languages_goes_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beside.os, "cpu_count", lambda: 2)
    asked = {one: languages_beside(one, None) for one in ("", "a", "ab", "abc", "abcd")}
    assert asked == {"": (), "a": (), "ab": ("b",), "abc": ("c",), "abcd": ("c", "d")}
    assert languages_beside("ab", 1) == ()
    monkeypatch.setattr(beside.os, "cpu_count", lambda: None)
    assert languages_beside("ab", None) == ()


def test_one_and_two_processes_write_the_same_bytes(
    edition_folder: Path, kept: Path, started: Started, written_here: list[str], tmp_path: Path
) -> None:
    told: dict[int, list[tuple[str, int, int]]] = {1: [], 2: []}
    pages = {}
    for threads in (1, 2):
        pages[threads] = publish_site(
            edition_folder,
            tmp_path / str(threads),
            cache=kept / "drawings",
            threads=threads,
            progress=lambda *one, to=told[threads]: to.append(one),
        )
        assert len(started) == threads - 1
        assert [page.relative_to(tmp_path / str(threads)) for page in pages[threads]] == [
            page.relative_to(tmp_path / "1") for page in pages[1]
        ]
    assert written_here == ["en", "sq", "sr", "en", "sq"]
    assert digests(tmp_path / "1") == digests(tmp_path / "2")
    assert told[1][-1] == told[2][-1]
    assert told[2][-1][1] == told[2][-1][2]
    done = [one for _, one, _ in told[2]]
    assert done == sorted(done)


@pytest.mark.parametrize("publisher", [{"en": "Institute"}, {"sq": "Instituti"}])
def test_an_error_is_that_of_the_first_language_that_has_one(
    publisher: dict[str, str], changed: Callable[..., Path], kept: Path, started: Started, tmp_path: Path
) -> None:
    folder, said = changed("case", publisher=publisher), []
    missing = ({"en", "sq"} - publisher.keys()).pop()
    for threads in (1, 2):
        with pytest.raises(PublishError, match=f"missing in language {missing}.*\n.*translate it") as error:
            publish_site(folder, tmp_path / str(threads), cache=kept / "drawings", threads=threads)
        said.append(str(error.value))
    assert said[0] == said[1]
    assert started[0].poll() is not None


@pytest.mark.parametrize(
    "error", [ParityError([Problem("text/en/report.md", 1, 0, "wrong", "mend it")]), KeyboardInterrupt()]
)
def test_what_the_gate_raises_ends_the_process_beside(
    error: BaseException, edition_folder: Path, started: Started, written_here: list[str], tmp_path: Path
) -> None:
    def gate() -> None:
        raise error

    with pytest.raises(type(error)):
        publish_site(edition_folder, tmp_path / "site", gate=gate)
    assert started[0].poll() is not None
    assert written_here == []


def test_what_ends_early_is_written_here(
    edition_folder: Path,
    abroad_site: Path,
    kept: Path,
    started: Started,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(beside, "_START", "import sys; sys.exit(3)")
    publish_site(edition_folder, tmp_path / "site", cache=kept / "drawings")
    assert started[0].poll() == 3
    assert digests(tmp_path / "site") == digests(abroad_site)
    assert ["ended early: they are written here" in one for one in caplog.messages] == [True]


def test_where_no_process_can_be_started_all_is_written_here(
    edition_folder: Path,
    abroad_site: Path,
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    def refuse(*words: Any, **options: Any) -> None:
        raise OSError("too many processes")

    monkeypatch.setattr(beside.os, "cpu_count", lambda: 2)
    monkeypatch.setattr(beside.subprocess, "Popen", refuse)
    publish_site(edition_folder, tmp_path / "site", cache=kept / "drawings")
    assert digests(tmp_path / "site") == digests(abroad_site)
    assert ["too many processes" in one for one in caplog.messages] == [True]


def test_a_warning_of_a_kept_drawing_is_told_once(
    edition_folder: Path, kept: Path, started: Started, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    drawings = tmp_path / "drawings"
    publish_site(edition_folder, tmp_path / "first", cache=drawings)
    broken = {one: one.read_bytes() + b" " for one in drawings.iterdir()}
    for kept_file, damage in broken.items():
        kept_file.write_bytes(damage)
    caplog.clear()
    publish_site(edition_folder, tmp_path / "second", cache=drawings)
    assert digests(tmp_path / "first") == digests(tmp_path / "second")
    damaged = [one for one in caplog.messages if "changed or damaged" in one]
    assert sorted(damaged) == sorted(set(damaged))
    made_anew = {one for one, damage in broken.items() if one.read_bytes() != damage}
    assert made_anew >= {one for one in broken if one.suffix in (".svg", ".drawing", ".png-drawing")}
    assert len(damaged) == len(made_anew)
    assert logging.getLogger("shteg.keeping").filters == []
