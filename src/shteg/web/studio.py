"""What the studio knows: the case on the disk, its last edition, its pages, its problems, what is being computed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from shteg.edition import Options
from shteg.errors import ShtegError
from shteg.languages import Given, as_language
from shteg.publish.on_demand import LiveSite
from shteg.report import EditionView, open_edition
from shteg.report.renewed import forget_languages
from shteg.web import builder, scenario
from shteg.web.builder import setting_of
from shteg.web.case_files import CaseFiles
from shteg.web.child import ENDED, Child, Said, remove_later
from shteg.web.turns import Turns
from shteg.web.watch import PAUSE, Watch

Made = TypeVar("Made")
_TEXT = re.compile(r"text/([^/]+)/([^/]+)\.md")
_OF_ALL = re.compile(r"/(?:search/index\.js|values(?:-[^/]+)?\.html|values/values(?:-[^/]+)?\.js)$")
"""Files that are made of what all pages print."""
MOST_PROBLEMS = 500
"""Problems that are sent; the rest is counted."""
TRIES = 3
"""How often a process that ended by itself is started again before a change of the case is waited for."""


@dataclass
class Progress:
    """How far the work on the newest state of the case is."""

    building: bool = True
    stage: str = ""
    done: int = 0
    total: int = 0


@dataclass
class Found:
    """What was found wrong: in the case, and with the last build."""

    problems: list[dict[str, Any]] = field(default_factory=list)
    whole: bool = False
    failed: str = ""


class Studio:
    """One case, served: everything changes in the thread of the event loop, but for what is made in others.

    Parameters
    ----------
    files : CaseFiles
        The case.
    work : Path
        A folder for what is made, removed at the end by whoever made it.
    options : Options
        Of the build; without a cache, results are kept in `work`.
    """

    def __init__(self, files: CaseFiles, work: Path, options: Options) -> None:
        self.files, self.work = files, work
        self.cache = options.cache or work / "cache"
        self.options = replace(options, cache=self.cache)
        self.version = 0
        self.progress, self.found = Progress(), Found()
        self.edition: EditionView | None = None
        self.edition_name = ""
        self.stale: tuple[str, ...] = ()
        self.drafts: dict[str, str] = {}
        self.scenario: dict[str, Any] = {"state": "none"}
        self._site: LiveSite | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._news = asyncio.Condition()
        self._serial = 0
        self._sites, self._builds, self._scenarios = count(1), count(1), count(1)
        self._build, self._asked = 0, 0
        self._ended_early = 0
        self._pages = Turns("pages")  # pages of one edition are made one after the other
        self._checks = Turns("checks")
        setting = setting_of(files.root, work, self.options, self.cache)
        self._builder = Child(builder.MODULE, setting, self._from_thread(self._built))
        self._simulator = Child(scenario.MODULE, setting, self._from_thread(self._simulated))
        self._watch = Watch(files.root)
        self.stopped = False

    # --- life ---------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Build, and watch the case until the task is cancelled."""
        self._loop = asyncio.get_running_loop()
        self._start_build()
        while True:
            await asyncio.sleep(PAUSE)
            changed = await asyncio.to_thread(self._watch.changed)
            if changed:
                await self._case_changed(changed)

    def end(self) -> None:
        """Let every stream of news end, because the server is about to."""
        self.stopped = True
        self.tell()

    def stop(self) -> None:
        """End everything that runs beside the server, at once."""
        self.stopped = True
        self._builder.stop()
        self._simulator.stop()

    # --- what is told -------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Give all that a browser shows beside the pages."""
        shown = self.found.problems[:MOST_PROBLEMS]
        return {
            "version": self.version,
            "edition": self.edition_name,
            "pages": self._site is not None,
            "building": self.progress.building,
            "stage": self.progress.stage,
            "done": self.progress.done,
            "total": self.progress.total,
            "stale": list(self.stale),
            "problems": shown,
            "more": len(self.found.problems) - len(shown),
            "checked": self.found.whole,
            "failed": self.found.failed,
            "locked": self.files.locked,
            "drafts": sorted(self.drafts),
            "undo": self.files.undoable[:20],
            "scenario": self.scenario,
        }

    @property
    def serial(self) -> int:
        """A number that grows with every news."""
        return self._serial

    async def news_after(self, serial: int) -> None:
        """Wait until there are news."""
        async with self._news:
            await self._news.wait_for(lambda: self._serial > serial)

    def tell(self) -> None:
        """Wake everybody who waits for news; called in the thread of the loop."""
        self._serial += 1
        assert self._loop is not None
        self._loop.create_task(self._wake())

    async def _wake(self) -> None:
        async with self._news:
            self._news.notify_all()

    # --- pages --------------------------------------------------------------------------------------------------------

    async def page(self, path: str) -> bytes | None:
        """Give a file of the publication as the case now stands, made if need be; raises as `LiveSite.file`."""
        site = self._site
        if site is None:
            return None
        language = path.partition("/")[0]
        if _OF_ALL.search(path) and language in site.edition.languages:
            for slug in await self.in_thread(lambda: site.slugs(language)):  # one by one: other pages come in between
                await self.in_thread(partial(site.file, f"{language}/{slug}.html"))
        return await self.in_thread(lambda: _content(site.file(path)))

    @property
    def shown(self) -> EditionView | None:
        """The edition with the texts that the pages now show."""
        return self._site.edition if self._site is not None else None

    async def in_thread(self, make: Callable[[], Made]) -> Made:
        """Do something with the edition in the thread that makes pages."""
        return await self._pages.run(make)

    async def checked(self, make: Callable[[], Made]) -> Made:
        """Do something with files of the case in a thread of its own."""
        return await self._checks.run(make)

    async def draft(self, file: str, text: str | None) -> None:
        """Show a text that is not saved; None shows what stands on the disk again."""
        before = self.drafts.get(file)
        if text is None:
            self.drafts.pop(file, None)
        else:
            self.drafts[file] = text
        if before != text:
            await self._renew_site()

    async def _renew_site(self) -> None:
        """Make the pages anew, from the last edition and the texts as they now stand, drafts before the disk."""
        edition = self.edition
        if edition is None:
            return
        drafts, place = dict(self.drafts), self.work / f"site-{next(self._sites)}"

        def make() -> LiveSite:
            texts = _texts_now(self.files.root, edition, drafts)
            view = edition if texts == edition.texts else _with_texts(edition, texts)
            return LiveSite(view, place, self.cache / "drawings")

        site = await self.in_thread(make)
        if edition is not self.edition:  # another edition has come meanwhile, with a site of its own
            return
        old, self._site = self._site, site
        self.version += 1
        self.tell()
        if old is not None:
            self._pages.later(partial(remove_later, old.out))

    # --- building -----------------------------------------------------------------------------------------------------

    async def _case_changed(self, changed: frozenset[str]) -> None:
        self._ended_early = 0
        if all(_TEXT.fullmatch(file) for file in changed):
            await self._renew_site()  # first what is waited for
        self._start_build()

    def _start_build(self) -> None:
        self._build = next(self._builds)
        self.progress = Progress(stage="evidence", total=1)
        self._builder.ask(number=self._build)
        self.tell()

    def _from_thread(self, hear: Callable[[Said], None]) -> Callable[[Said], None]:
        def heard(said: Said) -> None:
            if self._loop is not None and not self.stopped:
                self._loop.call_soon_threadsafe(hear, said)

        return heard

    def _built(self, said: Said) -> None:
        """Take what the builder says."""
        kind = said["kind"]
        if kind == ENDED:
            self._builder_ended()
        elif said["number"] != self._build:
            if kind == "edition":
                remove_later(Path(said["folder"]))
        elif kind == "progress":
            self.progress = Progress(True, said["stage"], said["done"], said["total"])
            self.tell()
        elif kind == "read":
            if not self.found.whole:  # what was wrong with the files is mended
                self.found = Found()
        elif kind == "edition":
            assert self._loop is not None
            self._loop.create_task(self._open(Path(said["folder"]), tuple(said["stale"]), said["edition"], self._build))
        elif kind == "problems":
            self.found = Found(list(said["problems"]), bool(said["whole"]))
            self.progress.building = False
            self.tell()
        elif kind == "failed":
            self.found = Found(self.found.problems, self.found.whole, said["problem"])
            self.progress.building = False
            self.tell()

    def _builder_ended(self) -> None:
        """Start a builder that was killed again; one that ends again and again waits for a change of the case."""
        self._ended_early += 1
        if self._ended_early < TRIES:
            self._start_build()
            return
        self.found = Found(self.found.problems, self.found.whole, "the process that builds ended by itself")
        self.progress.building = False
        self.tell()

    async def _open(self, folder: Path, stale: tuple[str, ...], name: str, number: int) -> None:
        before = self.edition

        def open_it() -> EditionView:
            found = open_edition(folder)
            if before is None or _given(before) != _given(found):
                forget_languages()
            return found

        try:
            edition = await self.in_thread(open_it)
        except ShtegError as error:
            self.found = Found(self.found.problems, self.found.whole, str(error))
            self.tell()
            return
        if number < self._asked:
            return
        self._asked = number
        old, self.edition, self.edition_name, self.stale = self.edition, edition, name, stale
        await self._renew_site()
        if old is not None:
            self._pages.later(partial(remove_later, old.folder))

    # --- scenarios ----------------------------------------------------------------------------------------------------

    def start_scenario(self, asked: Mapping[str, Any]) -> int:
        """Compute a scenario in place of the one that is being computed, and give its number."""
        if self.scenario["state"] == "running":
            self._simulator.stop()
        number = next(self._scenarios)
        self.scenario = {"state": "running", "number": number, "done": 0, "total": 0}
        self._simulator.ask(number=number, **asked)
        self.tell()
        return number

    def cancel_scenario(self) -> bool:
        """End the computation; False if none runs."""
        if self.scenario["state"] != "running":
            return False
        self._simulator.stop()
        self.scenario = {"state": "cancelled", "number": self.scenario["number"]}
        self.tell()
        return True

    def _simulated(self, said: Said) -> None:
        running = self.scenario["state"] == "running"
        if said["kind"] == ENDED:
            if running:
                self.scenario = {"state": "failed", "problem": "the process ended by itself", "hint": ""}
                self.tell()
        elif running and said["number"] == self.scenario["number"]:
            self.scenario = {"state": said["kind"], **{name: one for name, one in said.items() if name != "kind"}}
            self.tell()


def _given(edition: EditionView) -> list[Given]:
    """Give what the case says in each of its languages."""
    return [as_language(one).given for one in edition.languages]


def _content(path: Path | None) -> bytes | None:
    return path.read_bytes() if path is not None else None


def _texts_now(root: Path, edition: EditionView, drafts: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    """Read the texts of the edition's languages as they stand, drafts in their place; of an edition without texts none.

    A file that cannot be read keeps what the edition has: the problem is told by the build.
    """
    if edition.without_text:
        return edition.texts
    found: dict[str, Mapping[str, str]] = {}
    for language in edition.languages:
        texts: dict[str, str] = {}
        for path in sorted((root / "text" / language).glob("*.md")):
            file = f"text/{language}/{path.name}"
            try:
                text = drafts[file] if file in drafts else path.read_text(encoding="utf-8-sig")
            except (OSError, ValueError):
                text = edition.texts[language].get(path.stem, "")
            if text.strip():
                texts[path.stem] = text.replace("\r\n", "\n")
        found[language] = MappingProxyType(texts)
    return MappingProxyType(found)


def _with_texts(edition: EditionView, texts: Mapping[str, Mapping[str, str]]) -> EditionView:
    """Give the edition with other texts; its tables are not read again."""
    view = replace(edition, texts=texts)
    view._frames.update(edition._frames)
    return view
