"""Languages of a publication that another process writes while this one writes the first ones."""

from __future__ import annotations

import json
import logging
import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from shteg.errors import ShtegError
from shteg.publish.language import Place, nothing_collected, write_language
from shteg.report import open_edition

LOG = logging.getLogger(__name__)
_KEEPING = logging.getLogger("shteg.keeping")
"""What is told of kept drawings; both processes may find the same."""
_START = """
import json, sys
try:
    sys.path[:] = json.loads(sys.argv[1])
    from shteg.publish.beside import main
    main(sys.argv[2])
except KeyboardInterrupt:
    sys.exit(130)
"""


def languages_beside(languages: Sequence[str], threads: int | None) -> tuple[str, ...]:
    """Give the languages that go beside: the second half; none where one process is asked for or all that there is."""
    if threads == 1 or (os.cpu_count() or 1) < 2:
        return ()
    return tuple(languages[(len(languages) + 1) // 2 :])


@contextmanager
def writing_beside(edition: Path, languages: Sequence[str], place: Place) -> Iterator[Side]:
    """Write languages in a process of its own while the body of the `with` writes the others.

    Parameters
    ----------
    edition : Path
        Folder of the edition.
    languages : sequence of str
        Those to write beside; with none of them no process is started.
    place : Place
        Where the publication goes.

    Yields
    ------
    Side
        Gives what was written, when it is asked for. The process ends with the block, however that ends.
    """
    request = {
        "edition": str(edition.absolute()),
        "languages": list(languages),
        "out": str(place.out.absolute()),
        "edition_path": place.edition_path,
        "cache": str(place.cache.absolute()) if place.cache else None,
    }
    command = [sys.executable, "-c", _START, json.dumps(sys.path), json.dumps(request)]
    side = Side(place.out, _start(command) if languages else None)
    _KEEPING.addFilter(side.hear)
    try:
        yield side
    finally:
        _KEEPING.removeFilter(side.hear)
        side.end()


def _start(command: list[str]) -> subprocess.Popen[bytes] | None:
    try:
        return subprocess.Popen(command, stdout=subprocess.PIPE)
    except OSError as error:
        LOG.warning("no process can be started beside this one (%s): every language is written here", error)
        return None


class Side:
    """The process beside: how far it is, and what it wrote."""

    def __init__(self, out: Path, child: subprocess.Popen[bytes] | None) -> None:
        self._out, self._child = out, child
        self._said: SimpleQueue[bytes | None] = SimpleQueue()
        self._over = child is None
        self._heard: set[str] = set()
        self._written: list[Path] = []
        self._error: ShtegError | None = None
        self._warnings: list[str] = []
        if child is not None:
            Thread(target=self._listen, args=(child,), daemon=True).start()

    def _listen(self, child: subprocess.Popen[bytes]) -> None:
        """Read what it says in a thread, so that it never has to wait."""
        assert child.stdout is not None
        with suppress(ValueError):  # closed while it was read: the build has ended early
            for line in child.stdout:
                self._said.put(line)
        self._said.put(None)

    def hear(self, record: logging.LogRecord) -> bool:
        """Note what this process itself has told of kept drawings."""
        self._heard.add(record.getMessage())
        return True

    def news(self) -> int:
        """Give how many steps it has done since it was last asked."""
        steps = 0
        while not self._over and not self._said.empty():
            steps += self._take(self._said.get())
        return steps

    def wait(self) -> Iterator[int]:
        """Give the steps it does until it has ended."""
        while not self._over:
            yield self._take(self._said.get())

    def _take(self, line: bytes | None) -> int:
        if line is None:
            self._over = True
            return 0
        said = json.loads(line)
        self._written += [self._out / path for path in said.get("written", ())]
        if "warning" in said:
            self._warnings.append(said["warning"])
        if "error" in said:
            self._error = pickle.loads(bytes.fromhex(said["error"]))
        return int(said.get("step", 0))

    def written(self) -> list[Path] | None:
        """Give what it wrote, once `wait` is through; None if it was not started or ended without that.

        Raises
        ------
        ShtegError
            What it found wrong with the edition.
        """
        for warning in self._warnings:
            if warning not in self._heard:
                LOG.warning("%s", warning)
        if self._error is not None:
            raise self._error
        if self._child is None:
            return None
        if self._child.wait() != 0:
            LOG.warning("the process that wrote languages beside this one ended early: they are written here")
            return None
        return self._written

    def end(self) -> None:
        """End the process, which has nothing to do any more."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            assert self._child.stdout is not None
            self._child.stdout.close()


class _Told(logging.Handler):
    """Pass warnings on to the process that started this one."""

    def emit(self, record: logging.LogRecord) -> None:
        _say(warning=record.getMessage())


def _say(**said: Any) -> None:
    print(json.dumps(said), flush=True)  # noqa: T201


def main(request: str) -> None:
    """Write the languages that a request names; runs in the process beside.

    Parameters
    ----------
    request : str
        JSON that `writing_beside` made.
    """
    asked = json.loads(request)
    logging.getLogger("shteg").addHandler(_Told(logging.WARNING))
    cache = Path(asked["cache"]) if asked["cache"] else None
    place = Place(out=Path(asked["out"]), edition_path=asked["edition_path"], cache=cache)
    try:
        with nothing_collected():
            edition = open_edition(Path(asked["edition"]))
            for language in asked["languages"]:
                written = write_language(edition, language, place, lambda: _say(step=1))
                _say(written=[path.relative_to(place.out).as_posix() for path in written])
    except ShtegError as error:
        _say(error=pickle.dumps(error).hex())
