"""The addresses of the studio: its page, the pages of the publication, the case as JSON."""

from __future__ import annotations

import asyncio
import json
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from shteg.errors import CaseError, Problem, ShtegError, UsageError
from shteg.evidence import read_case
from shteg.evidence.edits.csv_edits import apply_edits, read_raw
from shteg.evidence.edits.text_edits import changed_text, difference, shown_text
from shteg.report import check_texts
from shteg.web.case_files import ConflictError, ReadOnlyError, kind_of, mark_of
from shteg.web.grids import describe_columns, read_edits, row_problems
from shteg.web.page import ASSETS, POLICY, asset, error_page, served, studio_page, wait_page
from shteg.web.scenario import describe_choices
from shteg.web.shadow import Shadow
from shteg.web.studio import Studio

PING = 15.0
"""Seconds after which a stream without news says that it is still there."""
TYPES = {".js": "text/javascript", ".jsonld": "application/ld+json", ".parquet": "application/vnd.apache.parquet"}
"""Kinds of files that Python's list lacks or names otherwise."""
Answer = Callable[[Request], Awaitable[Response]]


def make_app(studio: Studio, token: str) -> Starlette:
    """Make the application of a studio.

    Parameters
    ----------
    studio : Studio
        What it shows; it runs as long as the application.
    token : str
        Which the page gives to its scripts, for what is more than reading.
    """
    work = _Work(studio, token)

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(studio.run())
        try:
            yield
        finally:
            studio.stop()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    reading: dict[str, Answer] = {
        "/": work.page,
        "/site": work.to_site,
        "/site/{path:path}": work.site,
        "/studio/assets/{name}": work.asset,
        "/studio/events": work.events,
        "/studio/state": work.state,
        "/studio/files": work.files,
        "/studio/table": work.table,
        "/studio/text": work.text,
        "/studio/choices": work.choices,
    }
    writing: dict[str, Answer] = {
        "/studio/table/check": work.check_table,
        "/studio/table/save": work.save_table,
        "/studio/text/check": work.check_text,
        "/studio/text/save": work.save_text,
        "/studio/text/drop": work.drop_draft,
        "/studio/undo": work.undo,
        "/studio/scenario": work.start_scenario,
        "/studio/scenario/cancel": work.cancel_scenario,
    }
    routes = [Route(path, _told(answer), methods=["GET"]) for path, answer in reading.items()]
    routes += [Route(path, _told(answer), methods=["POST"]) for path, answer in writing.items()]
    return Starlette(routes=routes, lifespan=life)


def _told(answer: Answer) -> Answer:
    """Turn errors into answers that say what is wrong and how to mend it."""

    async def told(request: Request) -> Response:
        try:
            return await answer(request)
        except ConflictError as error:
            return _error(409, error, difference=error.difference)
        except ReadOnlyError as error:
            return _error(403, error)
        except ShtegError as error:
            return _error(422, error)
        except (KeyError, TypeError, ValueError) as error:
            text = f"the request cannot be understood: {type(error).__name__}: {error}"
            return _error(400, UsageError(text, "load the studio again"))
        except OSError as error:
            hint = "look at the disk and at the permissions of the folder"
            return _error(507, UsageError(f"the machine refuses this: {error.strerror or error}", hint))

    return told


def _error(status: int, error: ShtegError, **more: Any) -> Response:
    told = {"problem": error.problem, "hint": error.hint, "where": error.where, **more}
    return JSONResponse(told, status_code=status)


class _Work:
    """What each address does."""

    def __init__(self, studio: Studio, token: str) -> None:
        self._studio, self._token = studio, token
        self._shadow = Shadow(studio.files.root, studio.work / "shadow")
        self._writing = asyncio.Lock()

    # --- pages --------------------------------------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        text = studio_page(self._studio, self._token, request.query_params.get("language", ""))
        return Response(text, media_type="text/html", headers={"content-security-policy": POLICY})

    async def to_site(self, request: Request) -> Response:
        return RedirectResponse("/site/index.html")

    async def site(self, request: Request) -> Response:
        path = request.path_params["path"] or "index.html"
        html = path.endswith(".html")
        headers = {"content-security-policy": POLICY} if html else {}
        try:
            raw = await self._studio.page(path)
        except ShtegError as error:
            if not html:
                raise
            text = error_page(self._studio, path, error)
            return Response(text, status_code=500, media_type="text/html", headers=headers)
        if raw is None and self._studio.edition is None and html:
            return Response(wait_page(self._studio, path), status_code=503, media_type="text/html", headers=headers)
        if raw is None:
            return Response("there is no such file in the publication\n", status_code=404, media_type="text/plain")
        if html:
            return Response(served(raw), media_type="text/html", headers=headers)
        suffix = path[path.rfind(".") :]
        return Response(
            raw, media_type=TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
        )

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            return Response("there is no such file\n", status_code=404, media_type="text/plain")
        return Response(asset(name), media_type=ASSETS[name])

    # --- news ---------------------------------------------------------------------------------------------------------

    async def state(self, request: Request) -> Response:
        return JSONResponse(self._studio.state())

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._news(), media_type="text/event-stream")

    async def _news(self) -> AsyncIterator[str]:
        studio, serial = self._studio, -1
        yield "retry: 1000\n\n"
        while not studio.stopped:
            if studio.serial > serial:
                serial = studio.serial
                yield f"data: {json.dumps(studio.state())}\n\n"
                await asyncio.sleep(0.05)  # progress comes often: once is enough
            try:
                await asyncio.wait_for(studio.news_after(serial), PING)
            except TimeoutError:
                yield ": still here\n\n"

    # --- files --------------------------------------------------------------------------------------------------------

    async def files(self, request: Request) -> Response:
        return JSONResponse({"files": await self._studio.checked(self._studio.files.listed)})

    async def table(self, request: Request) -> Response:
        file = request.query_params["file"]
        return JSONResponse(await self._studio.checked(lambda: self._table(file)))

    def _table(self, file: str) -> dict[str, Any]:
        _require(file, "table")
        raw = self._studio.files.read(file)
        table = read_raw(raw)
        return {
            "file": file,
            "mark": mark_of(raw),
            "columns": describe_columns(self._studio.files.root, file, table.header),
            "rows": [table.pieces[piece].cells for piece in table.rows],
            "lines": [table.pieces[piece].line for piece in table.rows],
            "problems": row_problems(table, file, self._known_problems()),
            "locked": self._locked(file),
        }

    def _known_problems(self) -> list[Problem]:
        return [Problem(**one) for one in self._studio.found.problems]

    def _locked(self, file: str) -> str:
        try:
            self._studio.files.require_writable(file)
        except ShtegError as error:
            return f"{error.problem}: {error.hint}"
        return ""

    async def check_table(self, request: Request) -> Response:
        asked = await request.json()
        return JSONResponse(await self._studio.checked(lambda: self._check_table(asked)))

    def _check_table(self, asked: dict[str, Any]) -> dict[str, Any]:
        file, content = self._edited(asked)
        found = self._shadow.problems({file: content})
        elsewhere = [asdict(one) for one in found if one.file != file]
        return {"problems": row_problems(read_raw(content), file, found), "elsewhere": elsewhere}

    def _edited(self, asked: dict[str, Any]) -> tuple[str, bytes]:
        file = str(asked["file"])
        _require(file, "table")
        before = self._studio.files.require_unchanged(file, str(asked["mark"]))
        return file, apply_edits(read_raw(before or b""), read_edits(asked))

    async def save_table(self, request: Request) -> Response:
        asked = await request.json()

        def save() -> dict[str, Any]:
            self._studio.files.require_writable(str(asked["file"]))
            file, content = self._edited(asked)
            before = self._studio.files.now(file) or b""
            self._studio.files.save(file, str(asked["mark"]), content)
            return {**self._table(file), "difference": difference(before, content, file)}

        return await self._changing(save)

    async def text(self, request: Request) -> Response:
        file = request.query_params["file"]

        def read() -> dict[str, Any]:
            _require(file, "text", "toml")
            raw = self._studio.files.read(file)
            found = [asdict(one) for one in self._known_problems() if one.file == file]
            draft = self._studio.drafts.get(file)
            told = {"file": file, "mark": mark_of(raw), "text": shown_text(raw), "draft": draft, "problems": found}
            return told | {"locked": self._locked(file)}

        return JSONResponse(await self._studio.checked(read))

    async def check_text(self, request: Request) -> Response:
        """Show a text that is not saved on the pages, and say what is wrong with it."""
        asked = await request.json()
        file, text = str(asked["file"]), _text_of(asked)
        _require(file, "text", "toml")
        before = self._studio.files.require_unchanged(file, str(asked["mark"]))
        content = changed_text(before or b"", text)
        if kind_of(file) == "text":
            await self._studio.draft(file, text if content != before else None)
        found = await self._studio.checked(lambda: self._text_problems(file, content))
        name = f"/{PurePosixPath(file).name}" if kind_of(file) == "text" else file
        ours = [one for one in found if one.file == file]
        others = [one for one in found if one.file != file and one.file.endswith(name)]  # the text in other languages
        return JSONResponse({"problems": [asdict(one) for one in (*ours, *others)]})

    def _text_problems(self, file: str, content: bytes) -> tuple[Problem, ...]:
        found = self._shadow.problems({file: content})
        view = self._studio.shown
        if kind_of(file) != "text" or view is None or view.without_text:
            return found
        try:
            return tuple({*found, *check_texts(view, self._studio.cache / "languages")})
        except CaseError as error:
            return error.problems

    async def drop_draft(self, request: Request) -> Response:
        await self._studio.draft(str((await request.json())["file"]), None)
        return JSONResponse({})

    async def save_text(self, request: Request) -> Response:
        asked = await request.json()
        file, text = str(asked["file"]), _text_of(asked)

        def save() -> dict[str, Any]:
            _require(file, "text", "toml")
            files = self._studio.files
            files.require_writable(file)
            before = files.require_unchanged(file, str(asked["mark"])) or b""
            content = changed_text(before, text)
            return {"mark": files.save(file, str(asked["mark"]), content), "text": shown_text(content)}

        answer = await self._changing(save)
        await self._studio.draft(file, None)
        return answer

    async def undo(self, request: Request) -> Response:
        await request.json()
        return await self._changing(lambda: {"file": self._studio.files.undo().file})

    async def _changing(self, change: Callable[[], dict[str, Any]]) -> Response:
        """Write one thing after the other; what was begun is ended, even if the browser has gone."""
        async with self._writing:
            told = await asyncio.shield(self._studio.checked(change))
        self._studio.tell()
        return JSONResponse(told)

    # --- scenarios ----------------------------------------------------------------------------------------------------

    async def choices(self, request: Request) -> Response:
        studio, language = self._studio, request.query_params.get("language", "")

        def read() -> dict[str, Any]:
            case = studio.options.filter(read_case(studio.files.root))
            named = [str(one) for one in case.header.languages]
            return describe_choices(case, language if language in named else named[0])

        return JSONResponse(await studio.checked(read))

    async def start_scenario(self, request: Request) -> Response:
        asked = await request.json()
        if self._studio.edition is None or set(self._studio.stale) & {"stance", "accession", "consent", "pathways"}:
            raise ConflictError(
                "the forecast of the case itself is still being computed", "wait until it is there", "", ""
            )
        settings = {str(name): float(number) for name, number in dict(asked["settings"]).items()}
        number = self._studio.start_scenario(
            {
                "language": str(asked["language"]),
                "measures": [str(one) for one in list(asked["measures"])],
                "scenario": str(asked["scenario"]),
                "settings": settings,
            }
        )
        return JSONResponse({"number": number}, status_code=202)

    async def cancel_scenario(self, request: Request) -> Response:
        await request.json()
        return JSONResponse({"cancelled": self._studio.cancel_scenario()})


def _require(file: str, *kinds: str) -> None:
    if kind_of(file) not in kinds:
        raise UsageError("this is not a file of a case that can be shown here", "choose one from the list", file)


def _text_of(asked: dict[str, Any]) -> str:
    text = asked["text"]
    if not isinstance(text, str) or "\0" in text:
        raise ValueError("a text is expected")
    return text
