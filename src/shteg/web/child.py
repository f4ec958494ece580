"""A process beside the server that does what takes long: asked and answering in lines of JSON, ended at once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

Said = Mapping[str, Any]
_START = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from importlib import import_module
import_module(sys.argv[2]).main(sys.argv[3])
"""
ENDED = "ended"
"""Kind of the line that stands for the end of a process."""


class Child:
    """One process: started when it is first asked, killed with all that it started.

    Parameters
    ----------
    module : str
        Whose `main` the process runs.
    setting : mapping
        What it is told at the start, as JSON.
    heard : callable
        Given every line that it says, in a thread of its own, and `{"kind": "ended"}` when it is gone without having
        been asked to.
    """

    def __init__(self, module: str, setting: Mapping[str, Any], heard: Callable[[Said], None]) -> None:
        self._command = [sys.executable, "-c", _START, json.dumps(sys.path), module, json.dumps(setting)]
        self._heard = heard
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ask(self, **asked: Any) -> None:
        """Hand a request over; a process that is gone is started again."""
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._process = self._start()
            assert self._process.stdin is not None
            with suppress(OSError):  # it is just ending: the end is told by the listener
                self._process.stdin.write(json.dumps(asked).encode() + b"\n")
                self._process.stdin.flush()

    def stop(self) -> None:
        """End the process and all that it started, at once."""
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            _kill(process)

    @property
    def number(self) -> int | None:
        """The number of the process, while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def _start(self) -> subprocess.Popen[bytes]:
        alone: dict[str, Any] = {"start_new_session": True} if os.name != "nt" else {}
        process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **alone)
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                if self._process is process:
                    with suppress(ValueError):  # cut off while it was killed
                        self._heard(json.loads(line))
        process.wait()
        with self._lock:
            mine = self._process is process
            if mine:
                self._process = None
        if mine:
            _kill(process)
            self._heard({"kind": ENDED})


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process and its group, and wait until it is gone."""
    with suppress(OSError):  # gone already
        if os.name != "nt":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    if process.stdin is not None:
        with suppress(OSError):
            process.stdin.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)


class Requests:
    """The other end, in the process: requests as they come; the newest one tells an older that it is out of date."""

    def __init__(self) -> None:
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)  # whatever a library prints is no line of the protocol
        self._waiting: list[Said] = []
        self._come = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def __iter__(self) -> Iterator[Said]:
        """Give the newest request, again and again; older ones are passed over."""
        while True:
            with self._come:
                self._come.wait_for(lambda: self._waiting)
                asked = self._waiting[-1]
                self._waiting.clear()
            yield asked

    @property
    def newer(self) -> bool:
        """Tell whether another request has come."""
        return bool(self._waiting)

    def say(self, **said: Any) -> None:
        """Answer with a line."""
        self._out.write(json.dumps(said) + "\n")
        self._out.flush()

    def _read(self) -> None:
        for line in sys.stdin.buffer:
            with self._come:
                self._waiting.append(json.loads(line))
                self._come.notify_all()
        _end()  # the server is gone


def _end() -> None:
    """End this process and those that it started."""
    if os.name != "nt" and os.getpgid(0) == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def remove_later(folder: Path) -> None:
    """Remove a folder in a thread: nobody waits for it."""
    from shteg.keeping import remove

    threading.Thread(target=remove, args=(folder,), daemon=True).start()
