"""The last edition stays whole, whatever happens."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from shteg.edition import folder as module
from shteg.edition.folder import MARKER, check_target, replace_folder
from shteg.edition.folders.lock import locked
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
    with pytest.raises(EditionError, match="name another"):
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


FILES = 12
WRITER = (
    "import sys, time; from pathlib import Path; from shteg.edition.folder import replace_folder\n"
    "target, text, pause = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])\n"
    "print('ready', flush=True)\n"
    "with replace_folder(target, waiting=lambda process: print('waits for', process, flush=True)) as work:\n"
    f"    for number in range({FILES}):\n"
    "        (work / f'{number}.html').write_text(text)\n"
    "        time.sleep(pause)\n"
    "print('done', flush=True)\n"
)


FORKER = (
    "import json, os, signal, sys, time\nimport shteg.edition.folder, shteg.edition.folders.lock, shteg.keeping\n"
    "for line in sys.stdin:\n"
    "    code, words, kill_after = json.loads(line)\n"
    "    child = os.fork()\n"
    "    if child == 0:\n"
    "        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)\n"
    "        sys.argv = ['-c', *words]\n"
    "        try:\n            exec(code, {})\n        finally:\n            os._exit(0)\n"
    "    if kill_after >= 0:\n"
    "        time.sleep(kill_after)\n        os.kill(child, signal.SIGKILL)\n"
    "    print(os.waitpid(child, 0)[1], flush=True)\n"
)


class Forker:
    """A process that has loaded what the writers need, and forks one for each call: a start takes no second."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", FORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, target: Path, text: str, *, pause: float = 0, code: str = WRITER, kill_after: float = -1) -> int:
        """Run a writer to its end, or to the moment at which it is killed; give how it ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([code, [str(target), text, str(pause)], kill_after]) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def forker() -> Iterator[Forker]:
    forker = Forker()
    yield forker
    forker.process.communicate()


def start_writer(target: Path, text: str, pause: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(target), text, str(pause)], stdout=subprocess.PIPE, text=True
    )


def texts(target: Path) -> set[str]:
    """Give the texts of an edition; a half one has too few files."""
    found = [path.read_text() for path in target.glob("*.html")]
    assert len(found) == FILES
    assert (target / MARKER).is_file()
    return set(found)


def test_killed_at_any_moment_an_edition_is_whole(tmp_path: Path, forker: Forker) -> None:
    target, random = tmp_path / "site", Random(3)
    forker.run(target, "0")
    last = "0"
    killed = 0
    for turn in range(1, 61):
        killed += forker.run(target, str(turn), pause=0.002, kill_after=random.random() * 0.05) == signal.SIGKILL
        (found,) = texts(target)
        assert found in (last, str(turn))
        last = found
    assert killed > 10
    forker.run(target, "end")
    assert texts(target) == {"end"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("at_once", [True, False], ids=["exchange", "renames"])
@pytest.mark.parametrize("moment", range(1, 21))
def test_killed_between_two_steps_the_next_run_finds_it_whole(
    tmp_path: Path, forker: Forker, moment: int, at_once: bool
) -> None:
    target = tmp_path / "site"
    forker.run(target, "old")
    die = (
        "import os, shutil, signal, pathlib\n"
        f"left = [{moment}]\n"
        "def dying(real):\n"
        "    def step(*words, **options):\n"
        "        left[0] -= 1\n"
        "        if left[0] == 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        return real(*words, **options)\n"
        "    return step\n"
        "import shteg.edition.folder as folder, shteg.edition.folders.lock as lock, shteg.keeping as keeping\n"
        f"folder.exchange = dying(folder.exchange if {at_once} else lambda one, two: False)\n"
        "pathlib.Path.rename = dying(pathlib.Path.rename)\n"
        "os.unlink = dying(os.unlink); os.rmdir = dying(os.rmdir); pathlib.Path.mkdir = dying(pathlib.Path.mkdir)\n"
    )
    ended = forker.run(target, "new", code=die + WRITER)
    assert ended == (signal.SIGKILL if moment < 18 else ended)
    if target.exists():
        assert texts(target) in ({"old"}, {"new"})
    else:
        assert not at_once
    forker.run(target, "x", code=WRITER.replace("    for", "    raise ValueError\n    for"))  # brings it back, too
    assert texts(target) in ({"old"}, {"new"})
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_two_writers_of_one_folder_wait_for_each_other(tmp_path: Path) -> None:
    target = tmp_path / "site"
    started = [start_writer(target, text, 0.1) for text in ("one", "two", "three")]
    outs = [process.communicate()[0].split() for process in started]
    assert [process.returncode for process in started] == [0, 0, 0]
    assert all(out[-1] == "done" for out in outs)
    numbers = {str(process.pid) for process in started} | {"None"}
    assert all(set(out) <= numbers | {"ready", "waits", "for", "done"} for out in outs)
    assert sum("waits" in out for out in outs) >= 1
    assert len(texts(target)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_lock_of_a_dead_process_stops_nobody(tmp_path: Path) -> None:
    target = tmp_path / "site"
    (tmp_path / ".site.lock").write_text("1\n")
    make(target, "one")
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_one_that_waits_is_told_the_process(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from shteg.edition.folders.lock import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True); sys.stdin.read()\n"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    holder.stdout.readline()
    told: list[int | None] = []

    def waiting(process: int | None) -> None:
        told.append(process)
        assert holder.stdin is not None
        holder.stdin.close()

    with locked(tmp_path / "lock", waiting):
        assert holder.wait() == 0
    holder.stdout.close()
    assert told == [holder.pid]
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_followed_and_stays(tmp_path: Path) -> None:
    make(tmp_path / "v1", "one")
    link = tmp_path / "current"
    link.symlink_to("v1")
    for text in ("two", "three"):
        make(link, text)
        assert link.is_symlink()
        assert (tmp_path / "v1" / "page.html").read_text() == text
    assert sorted(path.name for path in tmp_path.iterdir()) == ["current", "v1"]


def test_a_link_on_the_way_is_followed(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "home").symlink_to("disk")
    make(tmp_path / "home" / "site", "one")
    assert (tmp_path / "disk" / "site" / "page.html").read_text() == "one"
    assert (tmp_path / "home").is_symlink()


def dangling(folder: Path) -> Path:
    (folder / "link").symlink_to("nowhere")
    return folder / "link"


def to_a_file(folder: Path) -> Path:
    (folder / "file").write_text("mine")
    (folder / "link").symlink_to("file")
    return folder / "link"


def to_a_folder_of_the_user(folder: Path) -> Path:
    (folder / "papers").mkdir()
    (folder / "papers" / "thesis.txt").write_text("mine")
    (folder / "link").symlink_to("papers")
    return folder / "link"


def circle(folder: Path) -> Path:
    (folder / "link").symlink_to("other")
    (folder / "other").symlink_to("link")
    return folder / "link"


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "a dangling link": (dangling, "leads to"),
    "a link to a file": (to_a_file, "a file"),
    "a link to a folder of the user": (to_a_folder_of_the_user, "not made by shteg"),
    "links in a circle": (circle, "circle|leads to"),
    "the case": (lambda folder: folder / "case", "would be replaced"),
    "a folder in the case": (lambda folder: folder / "case" / "site", "lies in"),
    "deep in the case": (lambda folder: folder / "case" / "surveys" / "a" / "site", "lies in"),
    "a folder in the case by a roundabout way": (lambda folder: folder / "x" / ".." / "case" / "s", "lies in"),
    "the folder that holds the case": (lambda folder: folder, "would be replaced"),
    "the folder one is in": (lambda folder: folder / "here", "you are in"),
    "the folder that holds it": (lambda folder: folder / "here" / "..", "you are in|would be replaced"),
    "the root": (lambda folder: Path("/"), "you are in|would be replaced"),
    "the home folder": (lambda folder: Path.home(), "would be replaced"),
}


@pytest.mark.parametrize("what", sorted(REFUSED))
def test_refused_before_anything_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    make_target, words = REFUSED[what]
    for name in ("case", "here", "me"):
        (tmp_path / name).mkdir()
        (tmp_path / name / MARKER).touch()
    (tmp_path / MARKER).touch()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    target = make_target(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(EditionError, match=words):
        check_target(target, keep=[tmp_path / "case"])
    with pytest.raises(EditionError, match="name another"), replace_folder(target, keep=[tmp_path / "case"]):
        pass
    assert sorted(tmp_path.rglob("*")) == before


def test_an_error_at_any_step_leaves_an_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "site"
    make(target, "old")
    monkeypatch.setattr(module, "exchange", lambda one, two: False)
    real = Path.rename
    for failing in (1, 2, 3):
        left = [failing]

        def rename(path: Path, to: Path, left: list[int] = left) -> Path:
            left[0] -= 1
            if left[0] == 0:
                raise OSError(5, "Input/output error")
            return real(path, to)

        monkeypatch.setattr(Path, "rename", rename)
        with pytest.raises(OSError, match="Input/output"):
            make(target, f"new {failing}")
        monkeypatch.setattr(Path, "rename", real)
        assert (target / "page.html").read_text() in ("old", "new 3")
        assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_an_error_that_names_no_file_names_the_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space") as caught, replace_folder(tmp_path / "site"):
        raise OSError(28, os.strerror(28))
    assert caught.value.filename == str(tmp_path / "site")


def test_a_case_may_hold_what_shteg_made(tmp_path: Path) -> None:
    from shteg.evidence import check_case, find_case

    case = tmp_path / "case"
    shutil.copytree(find_case("demo"), case)
    make(case / "site", "one")
    (case / ".site.building").mkdir()
    assert check_case(case) == ()
    (case / "mine").mkdir()
    assert [problem.file for problem in check_case(case)] == ["mine"]
