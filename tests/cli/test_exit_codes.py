"""3 means a bug in shteg: it is never the answer to bad input, a full disk or a folder without permission."""

import errno
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from shteg.cli.app import main
from shteg.cli.machine_errors import REASONS, explain_machine_error
from shteg.evidence import find_case
from shteg.keeping import warn_damaged

LONG = "x" * 300
JUNK = b"\x00\xff\xfe\x01PK\x03\x04 not what the name says \xc3\x28" * 3


@pytest.fixture(scope="module")
def bad_things(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a case, a file, junk under every name, and links; every test leaves it as it is."""
    place = tmp_path_factory.mktemp("bad")
    shutil.copytree(find_case("demo"), place / "case")
    (place / "file").write_text("mine")
    (place / "papers").mkdir()
    (place / "papers" / "thesis.txt").write_text("mine")
    (place / "nowhere").symlink_to("missing")
    for name in ("empty", "me", "broken", "folder/case.toml", "cut"):
        (place / name).mkdir(parents=True)
    for suffix in ("sav", "zsav", "dta", "csv", "xlsx", "parquet", "toml"):
        (place / f"junk.{suffix}").write_bytes(JUNK)
        (place / f"empty.{suffix}").write_bytes(b"")
    (place / "broken" / "case.toml").write_bytes(JUNK)
    (place / "cut" / "case.toml").write_text("[case\nid = ")
    return place


@pytest.fixture
def place(bad_things: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """That folder, to be in."""
    monkeypatch.chdir(bad_things)
    monkeypatch.setenv("XDG_CACHE_HOME", str(bad_things / "kept"))
    monkeypatch.setenv("HOME", str(bad_things / "me"))
    return bad_things


BAD = [
    "",
    "bild",
    "--nonsense",
    "check missing",
    "check file",
    "check empty",
    "check broken",
    "check folder",
    "check cut",
    "check demo --threads 0",
    "check demo --as-of yesterday",
    "check nowhere",
    "build missing",
    "build empty",
    "build broken",
    "build cut",
    "build demo --out file",
    "build demo --out file/site",
    "build demo --out papers",
    "build demo --out nowhere",
    f"build demo --out {LONG}",
    "build demo --out /proc/site",
    "build demo --out /dev/null",
    "build demo --out /dev/null/site",
    "build demo --out /",
    "build demo --out ~",
    "build demo --out .",
    "build demo --out ..",
    "build case --out case",
    "build case --out case/site",
    "build case --out case/surveys/site",
    "build demo --as-of 2024-02-31",
    "build demo --threads many",
    "coherence missing",
    "coherence junk.csv",
    "coherence empty.csv",
    "coherence demo --population missing.csv",
    "coherence demo --language xx",
    "forecast missing",
    "forecast demo --paths missing/p.parquet",
    "forecast demo --paths file/p.parquet",
    "forecast demo --paths empty",
    "forecast demo --paths nowhere",
    f"forecast demo --paths {LONG}/p.parquet",
    "forecast demo --worlds 3",
    "forecast demo --set x",
    "forecast demo --with no-such-measure",
    "forecast demo --scenario missing.toml",
    "forecast demo --scenario junk.toml",
    "forecast demo --scenario empty.toml",
    "forecast demo --language xx",
    "backtest missing",
    "backtest demo --origins soon",
    "backtest demo --origins 2000-",
    "backtest demo --horizons 0",
    "backtest demo --horizons x",
    "backtest demo --without XYZ",
    "backtest demo --language xx",
    "new case",
    "new file",
    "new a/b",
    "new ..",
    f"new {LONG}",
    "new lake --in file",
    "new lake --in /proc",
    "new lake --in nowhere",
    "tabulate",
    "tabulate missing.csv",
    "tabulate empty",
    "tabulate demo/1066",
    "tabulate demo/2025 --items no-such-item",
    "tabulate demo/2025 --out file/x.csv",
    "tabulate demo/2025 --out x.pdf",
    "tabulate demo/2025 --out nowhere",
    "tabulate demo/2025 --out /proc/x.csv",
    f"tabulate demo/2025 --out {LONG}.csv",
    "tabulate demo/2025 --language xx",
    *(f"tabulate {name}.{suffix}" for name in ("junk", "empty") for suffix in ("csv", "xlsx", "parquet", "dta")),
]


def call(words: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    with pytest.raises(SystemExit) as left:
        main(words)
    out, err = capsys.readouterr()
    return int(left.value.code or 0), out + err


@pytest.mark.parametrize("line", BAD)
def test_bad_input_is_told_and_is_no_bug(line: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [str(place / "me") if word == "~" else word for word in line.split()]
    before = {path for path in place.rglob("*") if not path.is_relative_to(place / "kept")}
    code, said = call(words, capsys)
    assert code in (1, 2), said
    assert said.strip()
    assert "This is a bug" not in said
    assert "Traceback" not in said
    assert not re.search(r"\.(building|lock|writing)\b", said)
    assert {path for path in place.rglob("*") if not path.is_relative_to(place / "kept")} == before


@pytest.mark.parametrize("number", sorted(REASONS), ids=lambda number: errno.errorcode[number])
@pytest.mark.parametrize("wrapped", [False, True])
def test_what_the_machine_refuses_is_told_with_place_and_hint(
    number: int, wrapped: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        if wrapped:
            raise RuntimeError(f"cannot write: {os.strerror(number)} (os error {number})")
        raise OSError(number, os.strerror(number), "/disk/.site.building/page.html")

    monkeypatch.setattr("shteg.cli.check.find_case", fail)
    code, said = call(["check", "demo"], capsys)
    assert code == 2
    assert REASONS[number][0] in said
    assert "Hint: " in said
    assert wrapped or "/disk/site/page.html: " in said


def test_the_cause_of_an_error_is_looked_at() -> None:
    outer = ValueError("the workbook could not be closed")
    outer.__cause__ = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x")
    assert "the disk is full" in (explain_machine_error(outer) or "")
    assert explain_machine_error(ValueError("no")) is None
    assert "memory" in (explain_machine_error(MemoryError()) or "")


def test_a_missing_file_of_shteg_itself_is_a_bug() -> None:
    import shteg

    inside = str(Path(shteg.__file__).parent / "report" / "messages" / "xx.toml")
    assert explain_machine_error(FileNotFoundError(errno.ENOENT, "No such file", inside)) is None


class PanicException(BaseException):
    """As a library in Rust ends when it finds a fault in itself."""


@pytest.mark.parametrize(
    ("error", "code", "told"),
    [
        (PanicException("index out of bounds"), 3, "This is a bug in shteg: PanicException"),
        (KeyboardInterrupt(), 130, "Stopped.\n"),
        (EOFError("the file is cut off"), 3, "This is a bug in shteg: EOFError"),
        (click.Abort(), 130, "Stopped.\n"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 0, ""),
        (RecursionError("too deep"), 3, "This is a bug in shteg: RecursionError"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_other_ends(
    error: BaseException, code: int, told: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("shteg.cli.check.find_case", fail)
    monkeypatch.setattr("shteg.cli.app._close_output", lambda: None)
    found, said = call(["check", "demo"], capfd)
    assert found == code
    assert "last edition" not in said
    assert told.strip() in said


def test_only_a_stopped_build_speaks_of_the_last_edition(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("shteg.cli.build.find_case", fail)
    assert call(["--debug", "build", "demo"], capsys) == (130, "\nStopped. The last edition is as it was.\n")


def test_a_warning_of_what_is_kept_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    call(["--version"], capsys)
    warn_damaged(Path("kept"))
    assert capsys.readouterr().err.startswith("Warning: kept: the kept result was changed or damaged")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="issue 9: only Linux has a device that is always full")
def test_an_output_that_is_full_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from shteg.cli import main; main()", "--help"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "the disk is full" in done.stderr
    assert "Traceback" not in done.stderr


LIMITED: dict[str, list[str]] = {
    "new": ["new", "lake"],
    "tabulate": ["tabulate", "demo/2025", "--out", "tables.csv"],
    "tabulate workbook": ["tabulate", "demo/2025", "--out", "tables.xlsx"],
    "tabulate parquet": ["tabulate", "demo/2025", "--out", "tables.parquet"],
}


@pytest.mark.skipif(os.name == "nt", reason="issue 9: limits of file size are set through the system's own calls")
@pytest.mark.parametrize("what", sorted(LIMITED))
def test_a_file_that_grows_too_large_leaves_nothing(what: str, tmp_path: Path) -> None:
    code = (
        "import resource, shteg.cli.tabulate.output as tables, shteg.keeping as keeping\n"
        "def limited(real):\n"
        "    def run(*words, **options):\n"
        "        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500))\n"  # compiled code is kept by then
        "        return real(*words, **options)\n"
        "    return run\n"
        "tables.write_tables = limited(tables.write_tables)\n"
        "import shteg.cli.start.new as new; new.begin_case = limited(new.begin_case)\n"
        "from shteg.cli import main; main()"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "kept"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, *LIMITED[what]],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert "larger than this system allows" in done.stderr
    assert [path for path in tmp_path.iterdir() if path.name != "kept"] == []


@pytest.mark.parametrize("wait", [0.0, 0.4, 0.9])
def test_a_killed_new_leaves_nothing_for_long(tmp_path: Path, wait: float) -> None:
    command = [sys.executable, "-c", "from shteg.cli import main; main()", "new", "lake"]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if not (tmp_path / "lake").exists():
        subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / "lake" / "case.toml").is_file()
    assert [path.name for path in tmp_path.iterdir()] == ["lake"]


DEFAULTS: dict[str, tuple[str, str, Callable[[Path], Path]]] = {
    "elsewhere": ("", "case", lambda place: Path("site")),
    "in the case": ("case", ".", lambda place: place / "case-site"),
    "below in the case": ("case/surveys", "..", lambda place: place / "case-site"),
    "beside it": ("empty", "../case", lambda place: Path("site")),
}


@pytest.mark.parametrize("where", sorted(DEFAULTS))
def test_the_default_folder_never_lies_in_the_case(where: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shteg.cli.build import _default_out
    from shteg.edition import check_target

    here, case, expected = DEFAULTS[where]
    monkeypatch.chdir(place / here)
    out = _default_out(Path(case))
    assert out == expected(place)
    check_target(out, keep=[Path(case)])
