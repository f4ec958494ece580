"""The studio on a port of this machine: bound to loopback alone, patient with nobody, gone when it is told to."""

from __future__ import annotations

import asyncio
import errno
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from shteg.errors import UsageError

LOOPBACK, LOOPBACK_6 = "127.0.0.1", "::1"
HEADER_SECONDS = 10.0
"""How long a client may take to send the head of a request."""
MOST_CONNECTIONS = 600
LARGEST_HEAD = 32 * 1024
_FULL = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


def open_port(port: int, *, six: bool = False) -> socket.socket:
    """Take a port of the loopback interface.

    Parameters
    ----------
    port : int
        0 takes any that is free.
    six : bool
        Of IPv6 (`::1`) instead of `127.0.0.1`.

    Raises
    ------
    UsageError
        It is taken, or may not be.
    """
    one = socket.socket(socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((LOOPBACK_6 if six else LOOPBACK, port))
        one.listen(256)
    except OSError as error:
        one.close()
        if error.errno == errno.EADDRINUSE:
            hint = "end the program that has it, or give another one with --port (0 takes any that is free)"
            raise UsageError(f"the port {port} is taken", hint, "--port") from error
        if error.errno in (errno.EACCES, errno.EPERM):
            raise UsageError(f"the port {port} may not be used", "give one above 1023", "--port") from error
        if error.errno in (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT):
            raise UsageError("this machine has no such loopback address", "leave --ipv6 out", "--ipv6") from error
        raise
    return one


class PatientProtocol(H11Protocol):
    """HTTP/1.1 that waits for a request no longer than allowed, and takes no more connections than allowed."""

    _slow: asyncio.TimerHandle | None = None
    _seen: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.write(_FULL)
            transport.close()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Stop waiting once a request is whole; begin again when the next one begins."""
        super().data_received(data)
        if self.cycle is not self._seen:
            self._seen = self.cycle
            self._stop_waiting()
        elif self._slow is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._slow = self.loop.call_later(HEADER_SECONDS, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._slow is not None:
            self._slow.cancel()
            self._slow = None

    def _too_slow(self) -> None:
        self._slow = None
        if not self.transport.is_closing():
            self.transport.abort()


class Server(uvicorn.Server):
    """A server that tells when it is to end, and ends without an error."""

    def __init__(self, app: ASGIApp, ending: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            http=PatientProtocol,
            ws="none",
            lifespan="on",
            loop="asyncio",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=LARGEST_HEAD,
        )
        super().__init__(config)
        self._ending = ending
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """End, because a signal says so; the second one ends at once."""
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True
        with suppress(RuntimeError):  # the loop is gone
            asyncio.get_running_loop().call_soon_threadsafe(self._ending)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear the signals to end, and leave nothing behind: to be told to end is the usual end."""
        known: dict[Any, Any] = {
            one: signal.signal(one, self.handle_exit)
            for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
            if (one := getattr(signal, name, None)) is not None and signal.getsignal(one) is not signal.SIG_IGN
        }
        try:
            yield
        finally:
            for one, before in known.items():
                signal.signal(one, before)
