"""A stage that no other needs, computed in a process beside this one while the others run here."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from logging import getLogger
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any, Protocol

from shteg.edition.cache import StageCache
from shteg.edition.stage_table import STAGES, Call, Stage
from shteg.errors import ShtegError
from shteg.estimates import StageResult
from shteg.evidence.case import Case

LOG = getLogger(__name__)
_START = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from shteg.edition.side import main
main(sys.argv[2])
"""


class _Progress(Protocol):
    def __call__(self, stage: str, done: int, total: int) -> None: ...


@contextmanager
def beside(
    stages: Sequence[Stage],
    parts: Mapping[str, Case],
    keys: Mapping[str, str],
    cache: StageCache,
    threads: int | None,
    progress: _Progress | None,
) -> Iterator[Side]:
    """Compute a stage in a process of its own while the body of the `with` runs the others.

    Parameters
    ----------
    stages : sequence of Stage
        All stages of this build; the first that is marked `beside` and not kept goes beside the others.
    parts, keys : mapping of str to Case, mapping of str to str
        What each stage reads, and the key of its result.
    cache : StageCache
        Where results are kept; without a folder the process hands its result over in one that is removed.
    threads : int, optional
        With 1, or on a machine with one processor, nothing runs beside.
    progress : callable, optional
        Told `(stage, done, total)`, only from the thread of the caller.

    Yields
    ------
    Side
        Gives the result, once, when it is asked for; empty where nothing runs beside.
    """
    left = [stage for stage in stages if not cache.holds(stage.name, keys[stage.name])]
    chosen = next((stage for stage in left if stage.beside), None)
    if chosen is None or len(left) < 2 or threads == 1 or (os.cpu_count() or 1) < 2:
        yield Side(None, progress)
        return
    with tempfile.TemporaryDirectory(prefix="shteg-") as work:
        folder = cache.folder or Path(work) / "results"
        request = Path(work) / "request"
        request.write_bytes(
            pickle.dumps(
                (
                    *(chosen.name, parts[chosen.name], keys[chosen.name], folder.resolve(), threads),
                    [stage.name for stage in left if stage.prepare],
                )
            )
        )
        child = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(sys.path), str(request)], stdout=subprocess.PIPE
        )
        try:
            yield Side(_Running(chosen.name, keys[chosen.name], StageCache(folder), child), progress)
        finally:
            child.kill()
            child.wait()
            assert child.stdout is not None
            child.stdout.close()


class Side:
    """The stage beside the others: how far it is, and its result."""

    def __init__(self, running: _Running | None, progress: _Progress | None) -> None:
        self._running, self._progress = running, progress

    def tell(self) -> None:
        """Pass on how far the stage is, if it has said something new."""
        if self._running is not None and self._progress is not None:
            for done, total in self._running.news():
                self._progress(self._running.stage, done, total)

    def result(self, stage: str) -> StageResult | None:
        """Wait for the result of a stage; None if it is not the one beside, or its process ended without one.

        Raises
        ------
        ShtegError
            What the stage found wrong with the case.
        """
        if self._running is None or self._running.stage != stage:
            return None
        running, self._running = self._running, None
        for done, total in running.all_news():
            if self._progress is not None:
                self._progress(stage, done, total)
        return running.result()


class _Running:
    """A process that computes one stage: reads what it says in a thread, so that it never has to wait."""

    def __init__(self, stage: str, key: str, cache: StageCache, child: subprocess.Popen[bytes]) -> None:
        self.stage = stage
        self._key, self._cache, self._child = key, cache, child
        self._said: SimpleQueue[bytes | None] = SimpleQueue()
        self._over = False
        self._error: ShtegError | None = None
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._child.stdout is not None
        with suppress(ValueError):  # closed while it was read: the build has ended early
            for line in self._child.stdout:
                self._said.put(line)
        self._said.put(None)

    def news(self) -> Iterator[tuple[int, int]]:
        while not self._over and not self._said.empty():
            yield from self._take(self._said.get())

    def all_news(self) -> Iterator[tuple[int, int]]:
        while not self._over:
            yield from self._take(self._said.get())

    def _take(self, line: bytes | None) -> Iterator[tuple[int, int]]:
        if line is None:
            self._over = True
            return
        said = json.loads(line)
        if "error" in said:
            self._error = pickle.loads(bytes.fromhex(said["error"]))
        else:
            yield said["done"], said["total"]

    def result(self) -> StageResult | None:
        if self._error is not None:
            raise self._error
        if self._child.wait() != 0:
            LOG.warning("the process that computed %s beside the others ended early: it is computed again", self.stage)
            return None
        return self._cache.load(self.stage, self._key)


def main(request: str) -> None:
    """Compute the stage that a request names and keep its result; runs in the process beside.

    Parameters
    ----------
    request : str
        A file that `beside` wrote: stage, part of the case, key, folder of results, threads, stages to prepare.
    """
    stage, part, key, folder, threads, prepared = pickle.loads(Path(request).read_bytes())

    def say(**said: Any) -> None:
        print(json.dumps(said), flush=True)  # noqa: T201

    run = next(one.run for one in STAGES if one.name == stage)
    try:
        for one in STAGES:
            if one.prepare and one.name in prepared:
                one.prepare()
        result = run(Call(part, {}, threads, lambda done, total: say(done=done, total=total + 1), "raise"))
    except ShtegError as error:
        say(error=pickle.dumps(error).hex())
        return
    except KeyboardInterrupt:
        sys.exit(130)
    StageCache(folder).store(result, key)
