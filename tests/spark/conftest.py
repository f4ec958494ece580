"""A Spark of the pip package on loopback: a session on this machine, and a master with one worker."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from threading import Thread

import pytest

REQUIRED = os.environ.get("SHTEG_REQUIRE_SPARK") == "1"
LINES_READ = 400


@pytest.fixture(scope="session")
def spark_home() -> Path:
    """Folder of PySpark; skips, or fails where Spark is required, if there is no PySpark or no Java."""
    spec = find_spec("pyspark")
    missing = [name for name, here in (("pyspark", spec), ("java", shutil.which("java"))) if not here]
    if missing:
        text = f"{' and '.join(missing)} not installed: pip install 'shteg[spark]', apt install openjdk-17-jre-headless"
        if REQUIRED:
            pytest.fail(text)
        pytest.skip(text)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


@pytest.fixture(scope="session")
def loopback(spark_home: Path) -> Iterator[dict[str, str]]:
    """Environment that keeps Spark on 127.0.0.1, set for this process too."""
    wanted = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "127.0.0.1", "SPARK_HOME": str(spark_home)}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    yield dict(os.environ)
    for name, value in before.items():
        os.environ.pop(name)
        if value is not None:
            os.environ[name] = value


@pytest.fixture(scope="session")
def standalone_master(
    spark_home: Path, loopback: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Address of a standalone master with one worker, on ports the system chose; both stopped afterwards."""
    work = tmp_path_factory.mktemp("spark")
    deploy = "org.apache.spark.deploy"
    on_loopback = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"]
    started: list[subprocess.Popen[str]] = []
    try:
        started.append(_start(spark_home, loopback, [f"{deploy}.master.Master", *on_loopback]))
        address = _wait_for(started[0], r"Starting Spark master at (spark://127\.0\.0\.1:\d+)")
        size = ["--cores", "2", "--memory", "1g", "--work-dir", str(work)]
        started.append(_start(spark_home, loopback, [f"{deploy}.worker.Worker", *on_loopback, *size, address]))
        _wait_for(started[1], r"(Successfully registered with master)")
        yield address
    finally:
        for process in reversed(started):
            os.killpg(process.pid, signal.SIGTERM)
            process.communicate(timeout=30)


@pytest.fixture(scope="session")
def connect_server(spark_home: Path, loopback: dict[str, str]) -> Iterator[str]:
    """Address of a server of Spark Connect on a port the system chose; stopped afterwards."""
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    submit = ["org.apache.spark.deploy.SparkSubmit", "--master", "local[2]", "--class", server]
    settings = {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": "0",
        "spark.ui.enabled": "false",
    }
    options = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    process = _start(spark_home, loopback | {"PYSPARK_PYTHON": sys.executable}, [*submit, *options, "spark-internal"])
    try:
        address = _wait_for(process, r"Spark Connect server started at: (127\.0\.0\.1:\d+)")
        assert process.stdout is not None
        reader = Thread(target=process.stdout.read)  # a full pipe would stop the server
        reader.start()
        yield f"sc://{address}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=30)
        reader.join(timeout=30)
        process.stdout.close()


def _start(home: Path, environment: dict[str, str], arguments: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(home / "bin" / "spark-class"), *arguments],
        env=environment | {"SPARK_NO_DAEMONIZE": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _wait_for(process: subprocess.Popen[str], pattern: str) -> str:
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if found := re.search(pattern, line):
            return found[1]
        if len(seen) == LINES_READ:
            break
    raise AssertionError("Spark did not say what it should:\n" + "".join(seen))
