"""What stands before the studio: who may ask, how much, how many at once, how long; and what every answer carries."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

NAMES = ("127.0.0.1", "localhost", "[::1]")
"""Names of this machine, as a browser writes them; any other is refused, so that no foreign name leads here."""
TOKEN_HEADER = "x-shteg-token"
LARGEST_BODY = 24 * 2**20
"""Bytes of a request: a table of the largest size as JSON."""
AT_ONCE, WAITING = 48, 400
"""Requests that are worked on, and those that may wait for their turn."""
BODY_SECONDS, SEND_SECONDS = 20.0, 30.0
"""How long a client may take to send a request, and to take a part of the answer."""
EVENTS = "/studio/events"
MOST_EVENTS = 16
"""Streams of news that may be open."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cache-control", b"no-store"),
)
SAFE = frozenset(("GET", "HEAD"))


class TooLargeError(Exception):
    """The body is larger than allowed."""


class TooSlowError(Exception):
    """The client takes too long to send its request."""


@dataclass(eq=False)
class Guard:
    """An ASGI application before another one.

    Attributes
    ----------
    app : ASGIApp
        What it guards.
    port : int
        Under which it is served.
    token : str
        Which every request must carry that is more than reading.
    """

    app: ASGIApp
    port: int
    token: str
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    _waiting: int = 0
    _streams: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return
        refused = self._refused(scope)
        if refused is not None:
            await _answer(send, *refused)
        elif scope["path"] == EVENTS:
            await self._stream(scope, receive, send)
        elif self._waiting >= WAITING:
            await _answer(send, 503, "too many requests at once; try again", retry=True)
        else:
            self._waiting += 1
            try:
                async with self._turns:
                    await self._run(scope, receive, send)
            finally:
                self._waiting -= 1

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._streams >= MOST_EVENTS:
            await _answer(send, 503, "too many pages listen for news; close some", retry=True)
            return
        self._streams += 1
        try:
            await self._run(scope, receive, send)
        finally:
            self._streams -= 1

    async def _run(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def sending(message: Message) -> None:
            nonlocal began
            if message["type"] == "http.response.start":
                began = True
                own = {name for name, _ in message["headers"]}
                message = {**message, "headers": [*message["headers"], *(one for one in HEADERS if one[0] not in own)]}
            await asyncio.wait_for(send(message), SEND_SECONDS)

        try:
            await self.app(scope, _limited(scope, receive), sending)
        except (TooLargeError, TooSlowError) as error:
            if began:
                raise
            large = isinstance(error, TooLargeError)
            told = "the request is too large" if large else "the request took too long to arrive"
            await _answer(send, 413 if large else 408, told)
        except TimeoutError:  # the client no longer takes what it is sent
            return

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        """Say why a request is not to be answered; None if it is."""
        headers = _headers(scope["headers"])
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or headers["host"] not in self._own_hosts():
            return 421, "this is not the name of the studio; open the address that `shteg serve` printed"
        site, mode = headers.get("sec-fetch-site", ""), headers.get("sec-fetch-mode", "")
        if site in ("cross-site", "same-site") and not (mode == "navigate" and scope["method"] in SAFE):
            return 403, "another page asks for this; open the studio itself"
        origin = headers.get("origin")
        if origin is not None and origin not in {f"http://{host}" for host in self._own_hosts()}:
            return 403, "another page asks for this; open the studio itself"
        if scope["method"] in SAFE:
            return None
        if scope["method"] != "POST":
            return 405, "only GET, HEAD and POST are understood"
        given = headers.get(TOKEN_HEADER, "")
        if not secrets.compare_digest(given.encode(), self.token.encode()):
            return 403, "the token of the studio is missing or of an earlier start; load the studio again"
        if headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return 415, "send JSON"
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            return 413, "the request is too large"
        return None

    def _own_hosts(self) -> set[str]:
        named = {f"{name}:{self.port}" for name in NAMES}
        return named | set(NAMES) if self.port == 80 else named


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}


def _limited(scope: Scope, receive: Receive) -> Receive:
    """Let a body come in no more bytes and no more time than allowed."""
    taken = 0
    whole = scope["method"] in SAFE
    until = asyncio.get_running_loop().time() + BODY_SECONDS

    async def limited() -> Message:
        nonlocal taken, whole
        if whole:
            return await receive()
        left = until - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(receive(), max(left, 0.01))
        except TimeoutError as error:
            raise TooSlowError from error
        if message["type"] == "http.request":
            taken += len(message.get("body", b""))
            if taken > LARGEST_BODY:
                raise TooLargeError
            whole = not message.get("more_body", False)
        return message

    return limited


async def _answer(send: Send, status: int, told: str, *, retry: bool = False) -> None:
    body = told.encode() + b"\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()), *HEADERS]
    if retry:
        headers.append((b"retry-after", b"1"))
    if status in (408, 413):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
