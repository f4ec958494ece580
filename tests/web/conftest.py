"""A studio on a port of this machine, as `shteg serve` starts it, with a case of its own."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shteg.evidence import find_case

START = "from shteg.cli import main; main()"
PATIENCE = 90.0
"""Seconds in which a studio must have its first edition, on a machine that does other things too."""


class Running:
    """A studio in a process of its own."""

    def __init__(self, case: str | Path, *options: str, place: Path, kept: Path) -> None:
        command = [sys.executable, "-c", START, "serve", str(case), "--port", "0", "--no-open", "--cache", str(kept)]
        environment = os.environ | {"TMPDIR": str(place), "PYTHONPATH": os.pathsep.join(sys.path)}
        self.place = place
        self.log = place / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *options], stdout=subprocess.PIPE, stderr=log, env=environment, text=True
            )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.said)
        assert found, (self.said, self.log.read_text())
        self.port = int(found[1])
        self.case = Path(case)
        self.token = self._token()

    def _token(self) -> str:
        found = re.search(r'name="shteg-token" content="([^"]+)"', self.get("/")[1].decode())
        assert found
        return found[1]

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes, dict[str, str]]:
        """Send one request and give status, body and headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Get an address."""
        status, body, _ = self.ask("GET", path, None, headers)
        return status, body

    def post(self, path: str, told: Any, **changed: str | None) -> tuple[int, Any]:
        """Send JSON as the page of the studio does, with headers changed or (None) left out."""
        headers: dict[str, str | None] = {
            "X-Shteg-Token": self.token,
            "Content-Type": "application/json",
            "Origin": f"http://127.0.0.1:{self.port}",
            "Sec-Fetch-Site": "same-origin",
        }
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        kept = {name: value for name, value in headers.items() if value is not None}
        status, answer, _ = self.ask("POST", path, body, kept)
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, answer.decode()

    def state(self) -> dict[str, Any]:
        """Give what the studio says of itself."""
        return dict(json.loads(self.get("/studio/state")[1]))

    def wait(self, until: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE) -> dict[str, Any]:
        """Wait until the state is as wanted."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            state = self.state()
            if until(state):
                return state
            time.sleep(0.05)
        raise AssertionError(f"still {state} after {seconds} s; {self.log.read_text()}")

    def ready(self) -> dict[str, Any]:
        """Wait until everything is computed and checked."""
        return self.wait(lambda state: bool(state["pages"] and not state["building"] and state["checked"]))

    def seconds_until(self, holds: Callable[[], bool], most: float) -> float:
        """Measure how long it takes until something holds."""
        begin = time.monotonic()
        while time.monotonic() - begin < most:
            if holds():
                return time.monotonic() - begin
            time.sleep(0.02)
        raise AssertionError(f"not within {most} s; {self.state()}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> float:
        """Tell it to end, and give the seconds that it took."""
        begin = time.monotonic()
        self.process.send_signal(how)
        self.process.wait(20)
        return time.monotonic() - begin

    def close(self) -> None:
        """End it however that goes."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def copy_of_demo(place: Path) -> Path:
    """Copy the made-up case to where it may be written."""
    folder = place / "case"
    shutil.copytree(find_case("demo"), folder)
    return folder


@pytest.fixture
def started(tmp_path: Path, kept: Path) -> Iterator[Callable[..., Running]]:
    """Give a function that starts a studio; it ends with the test."""
    running: list[Running] = []

    def start(case: str | Path | None = None, *options: str) -> Running:
        work = tmp_path / f"tmp-{len(running)}"
        work.mkdir()
        one = Running(case or copy_of_demo(tmp_path), *options, place=work, kept=kept)
        running.append(one)
        return one

    yield start
    for one in running:
        one.close()


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory, kept: Path, demo_edition: Path) -> Iterator[Running]:
    """A studio for all tests of a file, each of which leaves the case as it was."""
    place = tmp_path_factory.mktemp("studio")
    one = Running(copy_of_demo(place), place=place, kept=kept)
    one.ready()
    yield one
    one.close()
