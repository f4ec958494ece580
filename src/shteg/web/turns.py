"""Work done one thing after the other in a thread that nobody waits for at the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

Made = TypeVar("Made")
_Task = tuple[Callable[[], Any], "asyncio.Future[Any] | None", "asyncio.AbstractEventLoop | None"]


class Turns:
    """A thread with a queue; what it is doing when the program ends is given up."""

    def __init__(self, name: str) -> None:
        self._waiting: SimpleQueue[_Task] = SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def run(self, make: Callable[[], Made]) -> Made:
        """Do something when its turn comes, and give what it gives; if nobody waits any more, it is passed over."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Made] = loop.create_future()
        self._waiting.put((make, future, loop))
        return await future

    def later(self, make: Callable[[], object]) -> None:
        """Do something when its turn comes; nobody waits for it."""
        self._waiting.put((make, None, None))

    def _work(self) -> None:
        while True:
            make, future, loop = self._waiting.get()
            if future is not None and future.cancelled():
                continue
            found, error = None, None
            try:
                found = make()
            except BaseException as wrong:  # noqa: BLE001 - handed over to whoever waits
                error = wrong
            if future is not None and loop is not None:
                with suppress(RuntimeError):  # the loop is closed: the program is ending
                    loop.call_soon_threadsafe(_hand_over, future, found, error)


def _hand_over(future: asyncio.Future[Any], found: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(found)
