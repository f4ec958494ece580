"""Spark Connect cannot map chunks: that is said, and no error of the virtual machine is shown. Needs no Spark."""

import sys
from types import ModuleType
from typing import Any

import pytest

from shteg.errors import UsageError
from shteg.spark import SparkExecutor


class _Builder:
    def __init__(self, session: Any) -> None:
        self.session = session

    def master(self, name: str) -> "_Builder":
        return self

    appName = config = lambda self, *words: self  # noqa: N815 - the names are Spark's

    def getOrCreate(self) -> Any:
        return self.session


class Refusing:
    """A session as pyspark.sql.connect has it."""

    error: Exception
    stopped = False

    @property
    def sparkContext(self) -> Any:
        raise self.error

    def stop(self) -> None:
        self.stopped = True


class Without:
    """A session that has no such attribute at all."""

    stopped = False

    def stop(self) -> None:
        self.stopped = True


def pretend(monkeypatch: pytest.MonkeyPatch, session: Any, running: Any = None) -> None:
    sql = ModuleType("pyspark.sql")
    sql.SparkSession = type(  # type: ignore[attr-defined]
        "SparkSession", (), {"builder": _Builder(session), "getActiveSession": staticmethod(lambda: running)}
    )
    monkeypatch.setitem(sys.modules, "pyspark", ModuleType("pyspark"))
    monkeypatch.setitem(sys.modules, "pyspark.sql", sql)


def refusing(error: Exception) -> Refusing:
    session = Refusing()
    session.error = error
    return session


@pytest.mark.parametrize(
    "session",
    [
        refusing(AttributeError("[JVM_ATTRIBUTE_NOT_SUPPORTED] Attribute `sparkContext` is not supported")),
        refusing(NotImplementedError("sparkContext() is not implemented.")),
        refusing(RuntimeError("serverless")),
        Without(),
    ],
    ids=["attribute", "not implemented", "serverless", "without"],
)
def test_a_session_without_a_context_is_refused(monkeypatch: pytest.MonkeyPatch, session: Any) -> None:
    pretend(monkeypatch, session)
    with pytest.raises(UsageError, match=r"Spark Connect.*\n.*threads"):
        SparkExecutor("local[2]")
    assert session.stopped
    running = Without()
    pretend(monkeypatch, None, running)
    with pytest.raises(UsageError, match="Spark Connect"):
        SparkExecutor("local[2]")
    assert not running.stopped  # it is not ours


def test_an_address_of_spark_connect_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, None)
    with pytest.raises(UsageError, match=r"sc://localhost:15002.*Spark Connect"):
        SparkExecutor("sc://localhost:15002")
