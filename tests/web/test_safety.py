"""Who may ask the studio for what, how much and how often; what it does when it is asked too much, or killed."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from shteg.keeping import is_running
from tests.web.conftest import START, Running, copy_of_demo
from tests.web.test_live import snapshot

Start = Callable[..., Running]
TOO_MUCH = 25 * 2**20
"""Bytes: more than the largest body."""


def raw(port: int, sent: bytes, seconds: float = 10.0) -> bytes:
    """Send bytes and give what comes back until the other side closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as one:
        one.sendall(sent)
        found = b""
        while part := one.recv(65536):
            found += part
        return found


def test_only_the_names_of_this_machine_are_answered(studio: Running) -> None:
    for host in (
        "evil.example",
        f"evil.example:{studio.port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.2",
        "localhost.evil",
    ):
        assert studio.ask("GET", "/studio/state", None, {"Host": host})[0] == 421, host
    for name in ("127.0.0.1", "localhost"):
        assert studio.ask("GET", "/studio/state", None, {"Host": f"{name}:{studio.port}"})[0] == 200
    assert raw(studio.port, b"GET / HTTP/1.1\r\n\r\n").startswith(b"HTTP/1.1 400")
    twice = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nHost: evil\r\nConnection: close\r\n\r\n"
    assert raw(studio.port, twice.encode()).split()[1] in (b"400", b"421")


def test_it_listens_on_loopback_only(studio: Running) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: only asks which address this machine would use
        own = probe.getsockname()[0]
    if own.startswith("127."):
        pytest.fail("this machine has no address but loopback: the test would prove nothing")
    with pytest.raises(OSError, match=r"refused|timed out|unreachable"):
        socket.create_connection((own, studio.port), timeout=3)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://127.0.0.1"}, 403),
        ({"Sec_Fetch_Site": "cross-site"}, 403),
        ({"Sec_Fetch_Site": "same-site"}, 403),
        ({"X_Shteg_Token": None}, 403),
        ({"X_Shteg_Token": "guess"}, 403),
        ({"Content_Type": "text/plain"}, 415),
        ({"Content_Type": "application/x-www-form-urlencoded"}, 415),
        ({"Host": "evil.example"}, 421),
    ],
)
def test_nothing_is_written_for_another_page(studio: Running, changed: dict[str, str | None], status: int) -> None:
    before = snapshot(studio.case)
    table = json.loads(studio.get("/studio/table?file=acts.csv")[1])
    told = {"file": "acts.csv", "mark": table["mark"], "cells": [[0, 0, "XAC"]]}
    keys = {name.replace("_", "-") if name != "X_Shteg_Token" else name: text for name, text in changed.items()}
    assert studio.post("/studio/table/save", told, **keys)[0] == status
    assert snapshot(studio.case) == before


def test_another_page_reads_nothing_either(studio: Running) -> None:
    for path in ("/studio/state", "/site/en/values/index.js", "/site/edition/values.json", "/studio/assets/desk.js"):
        status, _, headers = studio.ask(
            "GET", path, None, {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
        )
        assert status == 403, path
        assert headers["cross-origin-resource-policy"] == "same-origin"
    own = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    status, _, headers = studio.ask("GET", "/", None, own)
    assert status == 200, "a link may lead here"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"])
def test_other_methods_are_not_understood(studio: Running, method: str) -> None:
    assert studio.ask(method, "/studio/table/save", b"{}")[0] in (400, 405)


def test_bodies_are_bounded(studio: Running) -> None:
    before = snapshot(studio.case)
    status, _ = studio.post("/studio/table/check", b"x", Content_Length=str(TOO_MUCH))
    assert status == 413
    head = (
        f"POST /studio/text/save HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nX-Shteg-Token: {studio.token}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", studio.port), timeout=30) as one:
        one.sendall(head.encode())
        block = b"100000\r\n" + b"x" * 2**20 + b"\r\n"
        answer = b""
        try:
            for _ in range(40):
                one.sendall(block)
            answer = one.recv(4096)
        except OSError:
            answer = answer or b"closed"
    assert b" 413 " in answer or answer == b"closed"
    long = b"GET /" + b"a" * 200_000 + f" HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\n\r\n".encode()
    with suppress(ConnectionError):  # closed before all of it was sent
        assert b" 400 " in raw(studio.port, long)
    assert snapshot(studio.case) == before
    assert studio.get("/studio/state")[0] == 200


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'{"file": 1}', b'{"file": "acts.csv"}', b"\xff"])
def test_what_cannot_be_understood_is_refused_with_a_hint(studio: Running, body: bytes) -> None:
    before = snapshot(studio.case)
    for path in (
        "/studio/table/save",
        "/studio/table/check",
        "/studio/text/save",
        "/studio/text/check",
        "/studio/scenario",
    ):
        status, told = studio.post(path, body)
        assert status in (400, 409, 422), (path, status)
        assert told["problem"]
        assert told["hint"]
    assert snapshot(studio.case) == before


@pytest.mark.parametrize("file", ["../case.toml", "/etc/passwd", "ledger.csv", "images/logo.png", ".git/config", ""])
def test_only_files_of_the_case_are_written(studio: Running, file: str) -> None:
    before = snapshot(studio.case.parent)
    mark = "new"
    for path, told in (
        ("/studio/table/save", {"file": file, "mark": mark, "added": [[-1, ["x"]]]}),
        ("/studio/text/save", {"file": file, "mark": mark, "text": "x"}),
    ):
        assert studio.post(path, told)[0] in (403, 422)
    assert snapshot(studio.case.parent) == before


def test_two_hundred_at_once_are_all_answered_rightly(studio: Running) -> None:
    before = snapshot(studio.case)
    paths = ["/studio/state", "/site/en/index.html", "/site/sq/members.html", "/site/edition/values.json", "/"]
    wanted = {path: studio.get(path)[1] for path in paths}

    def one(number: int) -> tuple[int, bool]:
        path = paths[number % len(paths)]
        status, body, headers = studio.ask("GET", path)
        right = body == wanted[path] if path != "/studio/state" else bool(json.loads(body)["pages"])
        return status, right if status == 200 else "retry-after" in headers

    begin = time.monotonic()
    with ThreadPoolExecutor(200) as threads:
        found = list(threads.map(one, range(1000)))
    assert all(right for _, right in found)
    assert {status for status, _ in found} <= {200, 503}
    assert sum(status == 200 for status, _ in found) >= 200
    assert time.monotonic() - begin < 60
    assert snapshot(studio.case) == before


def test_slow_clients_hold_nobody_up(studio: Running) -> None:
    slow = [socket.create_connection(("127.0.0.1", studio.port)) for _ in range(100)]
    try:
        for one in slow:
            one.sendall(b"GET / HTTP/1.1\r\nHost: ")
        begin = time.monotonic()
        assert studio.get("/studio/state")[0] == 200
        assert time.monotonic() - begin < 2
        slow[0].settimeout(30)
        assert slow[0].recv(100) == b"", "a request that does not come is not waited for for ever"
        assert time.monotonic() - begin < 25
    finally:
        for one in slow:
            one.close()
    assert studio.get("/studio/state")[0] == 200


def test_streams_of_news_are_few_and_more_are_told_to_come_again(studio: Running) -> None:
    open_ = []
    try:
        statuses = []
        for _ in range(24):
            connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=10)
            connection.request("GET", "/studio/events")
            answer = connection.getresponse()
            open_.append(connection)
            statuses.append(answer.status)
            if answer.status == 503:
                assert answer.getheader("retry-after")
        assert statuses[:10] == [200] * 10
        assert 503 in statuses
        assert studio.get("/studio/state")[0] == 200
    finally:
        for connection in open_:
            connection.close()
    studio.seconds_until(lambda: _events(studio) == 200, 10)


def _events(studio: Running) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", studio.port, timeout=10)
    try:
        connection.request("GET", "/studio/events")
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_while_it_computes_and_leaves_nothing(started: Start, how: signal.Signals) -> None:
    one = started()
    one.ready()
    connection = http.client.HTTPConnection("127.0.0.1", one.port, timeout=10)
    connection.request("GET", "/studio/events")
    connection.getresponse()
    acts = one.case / "acts.csv"
    acts.write_bytes(b"".join(acts.read_bytes().splitlines(keepends=True)[:-2]))
    one.wait(lambda state: bool(state["building"] and state["stage"] in ("stance", "pathways", "evaluation")))
    saved = snapshot(one.case)
    children = _children(one.process.pid)
    assert children
    seconds = one.stop(how)
    connection.close()
    assert one.process.returncode == 0, one.log.read_text()
    assert seconds < 2
    assert [child for child in children if is_running(child) and not _is_zombie(child)] == []
    assert [path.name for path in one.place.iterdir()] == ["log"]
    assert snapshot(one.case) == saved
    assert "Traceback" not in one.log.read_text()


def _children(process: int) -> list[int]:
    """Give all processes below one."""
    found: set[int] = set()
    for thread in list(Path(f"/proc/{process}/task").iterdir()):
        with suppress(FileNotFoundError):  # a thread may end while they are read
            found |= {int(child) for child in (thread / "children").read_text().split()}
    return [*found, *(grand for child in found for grand in _children(child))]


def _is_zombie(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_killed_in_the_middle_it_loses_nothing_saved_and_its_children_end(started: Start) -> None:
    one = started()
    one.ready()
    table = json.loads(one.get("/studio/table?file=acts.csv")[1])
    grade = [column["name"] for column in table["columns"]].index("grade")
    told = {"file": "acts.csv", "mark": table["mark"], "cells": [[1, grade, "C3"]]}
    assert one.post("/studio/table/save", told)[0] == 200
    saved = snapshot(one.case)
    one.wait(lambda state: bool(state["building"]))
    children = _children(one.process.pid)
    one.stop(signal.SIGKILL)
    end = time.monotonic() + 10
    while time.monotonic() < end and any(is_running(child) and not _is_zombie(child) for child in children):
        time.sleep(0.1)
    assert [child for child in children if is_running(child) and not _is_zombie(child)] == []
    assert snapshot(one.case) == saved
    assert saved["acts.csv"].splitlines()[table["lines"][1] - 1].endswith(b"C3") or b"C3" in saved["acts.csv"]
    again = started(one.case)
    assert json.loads(again.get("/studio/table?file=acts.csv")[1])["rows"][1][grade] == "C3"


def test_a_builder_that_is_killed_is_started_again(started: Start) -> None:
    one = started()
    one.ready()
    (builder,) = [child for child in _children(one.process.pid) if "shteg.web.builder" in _command(child)]
    os.kill(builder, signal.SIGKILL)
    one.wait(lambda state: not state["building"] and state["checked"] and not state["failed"])
    one.seconds_until(lambda: any("shteg.web.builder" in _command(child) for child in _children(one.process.pid)), 20)
    assert one.get("/site/en/index.html")[0] == 200


def _command(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text()
    except OSError:
        return ""


def test_many_writers_at_once_lose_nothing(started: Start) -> None:
    one = started()
    one.ready()
    table = json.loads(one.get("/studio/table?file=acts.csv")[1])
    grade = [column["name"] for column in table["columns"]].index("grade")
    statuses: list[int] = []
    lock = threading.Lock()

    def save(row: int) -> None:
        told = {"file": "acts.csv", "mark": table["mark"], "cells": [[row, grade, "D4"]]}
        status, _ = one.post("/studio/table/save", told)
        with lock:
            statuses.append(status)

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(save, range(12)))
    assert sorted(statuses) == [200] + [409] * 11, "the first one is saved; each other is told that the file changed"
    now = json.loads(one.get("/studio/table?file=acts.csv")[1])
    assert sum(now["rows"][row][grade] == "D4" != table["rows"][row][grade] for row in range(12)) == 1


def test_a_shipped_case_is_shown_and_not_written(started: Start) -> None:
    one = started("demo")
    one.ready()
    assert "shteg new" in one.state()["locked"]
    table = json.loads(one.get("/studio/table?file=acts.csv")[1])
    assert "shteg new" in table["locked"]
    status, told = one.post("/studio/table/save", {"file": "acts.csv", "mark": table["mark"], "cells": [[0, 0, "XAC"]]})
    assert (status, "shteg new" in told["hint"]) == (403, True)
    assert one.stop() < 2


def test_a_port_that_is_taken_is_said_with_a_hint(tmp_path: Path) -> None:
    case = copy_of_demo(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-c", START, "serve", str(case), "--port", str(port), "--no-open"],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        )
    assert done.returncode == 2
    assert f"the port {port} is taken" in done.stderr
    assert "--port" in done.stderr


def test_a_case_that_cannot_be_read_is_served_with_its_problems(started: Start, tmp_path: Path) -> None:
    case = copy_of_demo(tmp_path)
    header = (case / "case.toml").read_text(encoding="utf-8")
    (case / "case.toml").write_text(header + "\nbroken = = 1\n", encoding="utf-8")
    one = started(case)
    state = one.wait(lambda state: bool(state["problems"]))
    assert any(problem["file"] == "case.toml" and problem["line"] for problem in state["problems"])
    status, body = one.get("/site/en/index.html")
    assert (status, b"case.toml" in body) == (503, True)
    told = json.loads(one.get("/studio/text?file=case.toml")[1])
    fixed = {"file": "case.toml", "mark": told["mark"], "text": header}
    assert one.post("/studio/text/save", fixed)[0] == 200
    assert one.ready()["problems"] == []
    assert one.get("/site/en/index.html")[0] == 200
