"""The stage in a process beside: what it says is passed on, also once it has ended before the others."""

import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from shteg.edition.cache import StageCache
from shteg.edition.side import Side, _Running

SAYS = 'import json\nfor done in (1, 2): print(json.dumps({"done": done, "total": 3}))'
PATIENCE = 20.0
"""Seconds after which a test is lost: it asks for what is there already."""


@pytest.mark.parametrize("asked", [1, 2])
def test_news_end_where_the_process_has_ended(asked: int, tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SAYS], stdout=subprocess.PIPE) as child:
        running = _Running("evaluation", "0" * 64, StageCache(tmp_path), child)
        child.wait()
        told: list[tuple[str, int, int]] = []
        side = Side(running, lambda *one: told.append(one))

        def ask() -> None:
            for _ in range(asked):  # as each step of another stage does
                side.tell()
            side.result("evaluation")

        thread = Thread(target=ask, daemon=True)
        thread.start()
        thread.join(PATIENCE)
        assert not thread.is_alive(), "it asks without end"
    assert told == [("evaluation", 1, 3), ("evaluation", 2, 3)]
