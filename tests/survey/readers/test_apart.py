"""Binary files are read in a process of their own: whatever happens to it, the file is named and nothing else ends."""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from shteg.errors import DesignError
from shteg.survey.readers import apart, read_responses
from shteg.survey.readers.transport import NO_ROOM, NOT_SET_UP, OUT_OF_MEMORY

SRC = Path(apart.__file__).parents[3]


@pytest.fixture
def wave(tmp_path: Path) -> Path:
    pl.DataFrame({"q": [1, 2, 1], "t": ["a", "ë", None]}).write_parquet(tmp_path / "a.parquet")
    return tmp_path / "a.parquet"


def start_instead(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the reading process do something else."""
    monkeypatch.setattr(apart, "_START", code)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", r"a.parquet: the file is damaged.*\(-11\)"),
        ("import os; os.abort()", r"damaged.*\(-6\)"),
        ("raise SystemExit(1)", "damaged"),
        (f"import os; os._exit({OUT_OF_MEMORY})", "takes more than .* GiB of memory"),
        ("import sys, os; sys.stderr.write('memory allocation of 9 bytes failed'); os.abort()", "of memory"),
        (f"import os; os._exit({NOT_SET_UP})", "cannot be loaded"),
        (f"import os; os._exit({NO_ROOM})", r"no room for a temporary copy[\s\S]*free room"),
    ],
)
def test_the_end_of_the_process_is_an_error_that_names_the_file(
    wave: Path, monkeypatch: pytest.MonkeyPatch, code: str, said: str
) -> None:
    start_instead(monkeypatch, code)
    with pytest.raises(DesignError, match=said):
        read_responses(wave)


def test_an_endless_loop_ends(wave: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start_instead(monkeypatch, "while True: pass")
    monkeypatch.setattr(apart, "SECONDS", 0.5)
    begun = time.monotonic()
    with pytest.raises(DesignError, match=r"could not be read in \d seconds"):
        read_responses(wave)
    assert time.monotonic() - begun < 20


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="issue 9: only Linux bounds the memory of a process")
def test_a_file_that_asks_for_too_much_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pl.select(pl.repeat("the same answer", 20_000_000).alias("q")).write_parquet(tmp_path / "big.parquet")
    assert (tmp_path / "big.parquet").stat().st_size < 2**20
    monkeypatch.setattr(apart, "LEAST_MEMORY", 2**29)
    with pytest.raises(DesignError, match=r"big.parquet: reading the file takes more than"):
        read_responses(tmp_path / "big.parquet")


def test_no_room_for_the_result(wave: Path) -> None:
    def bound() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))

    code = f"from shteg.survey.readers import read_responses\nread_responses({str(wave)!r})"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], env=_environment(), capture_output=True, text=True, preexec_fn=bound
    )
    assert "no room for a temporary copy of the data" in done.stderr


def test_the_process_ends_with_the_one_that_waits_for_it(wave: Path) -> None:
    note = wave.with_name("pid")
    code = f"""
from shteg.survey.readers import apart, read_responses
apart._START = '''
import os, threading, time
from pathlib import Path
import json, sys
sys.path[:] = json.loads(sys.argv[1])
import types
package = json.loads(sys.argv[2])
for name, folder in (("shteg.survey", "survey"), ("shteg.survey.readers", "survey/readers")):
    module = types.ModuleType(name); module.__path__ = [package + "/" + folder]; sys.modules[name] = module
from shteg.survey.readers import reader_process
reader_process._answer = lambda out, request: time.sleep(600)
Path({str(note)!r}).write_text(str(os.getpid()))
reader_process.main(json.loads(sys.argv[3]))
'''
read_responses({str(wave)!r})
"""
    parent = subprocess.Popen([sys.executable, "-c", code], env=_environment(), stderr=subprocess.DEVNULL)
    try:
        _wait_for(lambda: note.is_file() and note.read_text() != "")
        child = int(note.read_text())
        time.sleep(1.0)  # so that it waits at the pipe
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        _wait_for(lambda: not _runs(child))
    finally:
        parent.kill()
        parent.wait()


def test_reading_loads_no_engine(wave: Path) -> None:
    code = apart._START.replace(
        "main(request)", "import os; os._exit(any(m in sys.modules for m in ('numba', 'scipy', 'pydantic')))"
    )
    words = [json.dumps(one) for one in ([str(SRC), *sys.path], str(SRC / "shteg"), {})]
    done = subprocess.run([sys.executable, "-P", "-c", code, *words], check=False)
    assert done.returncode == 0


def test_a_module_beside_the_file_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pl.DataFrame({"q": [1]}).write_parquet(tmp_path / "a.parquet")
    (tmp_path / "polars.py").write_text("raise SystemExit('run')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_responses("a.parquet").frame["q"].to_list() == ["1"]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SRC)}


def _wait_for(true: object, seconds: float = 60.0) -> None:
    late = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < late
        time.sleep(0.05)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z" if Path("/proc").is_dir() else True
