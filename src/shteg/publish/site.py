"""The whole publication from one edition: pages and documents in every language, written, re-read, compared."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.resources import files
from os.path import relpath
from pathlib import Path

from shteg.publish.beside import languages_beside, writing_beside
from shteg.publish.citable.files import site_files
from shteg.publish.html.figures import template_environment
from shteg.publish.html.frame import choice
from shteg.publish.kept import KeptLanguages
from shteg.publish.language import ALL_PAGES, Place, all_pages, count_steps, nothing_collected, write_language
from shteg.publish.pages.explorer.scripts import package_script
from shteg.publish.pages.reference import VALUES_PAGE
from shteg.publish.printed import Voice
from shteg.report import EditionView, open_edition
from shteg.report.history_view import require_errata

Progress = Callable[[str, int, int], None]

PAGES: tuple[str, ...] = (*(page.slug for page in ALL_PAGES), VALUES_PAGE.slug)
"""The slugs that every publication has, but for those pages that an edition lacks the figures for; beside them a page
for each question and for each kind of values."""
PACKAGE = "assets/explorer-package.js"
"""What the page of switches works with, which differs from edition to edition."""
EMBED = "embed-"
"""How the slugs of pages begin that stand in frames of other pages."""
ASSETS = {"site.css": "style", "site.js": "script", "explorer.js": "explorer"}
"""Files that a browser asks for, and the folder of `assets/` whose files make each, in the order of their names."""


def publish_site(
    edition_folder: Path | EditionView,
    out: Path,
    *,
    cache: Path | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
    gate: Callable[[], None] | None = None,
    kept: KeptLanguages | None = None,
) -> tuple[Path, ...]:
    """Write the site and the documents of an edition; half of its languages in a process beside this one.

    Parameters
    ----------
    edition_folder : Path or EditionView
        What `shteg build` froze, opened or not; if it does not lie in `out`, it is copied to `out/edition` for the
        downloads.
    out : Path
        An empty folder to write to.
    cache : Path, optional
        Folder for drawings made before.
    progress : callable, optional
        Called with a word, the number of steps done and of all steps.
    threads : int, optional
        With 1, or on a machine with one processor, nothing runs beside. Never changes a byte.
    gate : callable, optional
        Called before this process writes the first language; an error that it raises ends the work. Not called where
        every language is kept: it has passed then.
    kept : KeptLanguages, optional
        Where finished languages are kept between builds.

    Returns
    -------
    tuple of Path
        Every page and document written, sorted.

    Raises
    ------
    EditionError
        The edition is incomplete.
    PublishError
        Something cannot be drawn, or a finished file does not print the edition's figures.
    """
    edition = edition_folder if isinstance(edition_folder, EditionView) else open_edition(edition_folder)
    out.mkdir(parents=True, exist_ok=True)
    place = Place(out=out, edition_path=_place_edition(edition.folder, out), cache=cache)
    keys = _keys(edition, place, kept)
    found = {language: one for language, key in keys.items() if kept and (one := kept.find(key))}
    missing = [language for language in edition.languages if language not in found]
    others = languages_beside(missing, threads)
    written: dict[str, list[Path]] = {}
    steps = _Steps(progress, len(missing) * count_steps(edition))
    with writing_beside(edition.folder, others, place) as side, nothing_collected():
        if gate is not None and missing:
            gate()
        require_errata(edition)
        copy_assets(out)
        first = write_choice(edition, out, cache)
        for language, one in found.items():
            written[language] = one.write(out / language)

        def tell() -> None:
            steps.tell(side.news() + 1)

        for language in missing:
            if language not in others:
                written[language] = write_language(edition, language, place, tell)
        for done in side.wait():
            steps.tell(done)
        beside = side.written()
        if beside is None:  # not started, or ended early
            beside = [path for language in others for path in write_language(edition, language, place, tell)]
        written |= {language: [path for path in beside if path.is_relative_to(out / language)] for language in others}
    if kept is not None and missing:
        with ThreadPoolExecutor(2) as hands:  # compressing lets the other go on
            for done_with in [hands.submit(kept.put, keys[one], out / one, written[one]) for one in missing]:
                done_with.result()
    write_site_files(edition, out)
    steps.end()
    return tuple(sorted([first, *(path for paths in written.values() for path in paths)]))


def _keys(edition: EditionView, place: Place, kept: KeptLanguages | None) -> Mapping[str, str]:
    """Give the key of each language; none where nothing is kept."""
    if kept is None:
        return {}
    return {one: kept.key(edition.folder, one, place.edition_path) for one in edition.languages}


def write_choice(edition: EditionView, out: Path, cache: Path | None) -> Path:
    """Write the first page, where a reader chooses the language.

    Parameters
    ----------
    edition : EditionView
    out : Path
        The folder of the site.
    cache : Path, optional
        Folder for compiled templates.

    Returns
    -------
    Path
        Of the page.
    """
    first = out / "index.html"
    text = template_environment(cache).get_template("choice.html.j2").render(choice(edition))
    first.write_text(text, encoding="utf-8")
    return first


def write_site_files(edition: EditionView, out: Path) -> None:
    """Write the files that belong to no language: catalogue, codebooks, and what an address asks for."""
    voices = [Voice(edition, language) for language in edition.languages]
    slugs = [page.slug for page in all_pages(edition) if not page.slug.startswith(EMBED)]
    place = edition.folder if edition.folder.absolute().is_relative_to(out.absolute()) else out / "edition"
    path = Path(relpath(place.absolute(), out.absolute())).as_posix()
    found = dict(site_files(voices, slugs, path))
    if package := package_script(edition):
        found[PACKAGE] = package.encode("utf-8")
    for name, content in found.items():
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_bytes(content)


def _place_edition(edition_folder: Path, out: Path) -> str:
    inside = edition_folder.absolute().is_relative_to(out.absolute())
    if not inside:
        shutil.copytree(edition_folder, out / "edition", dirs_exist_ok=True)
        edition_folder = out / "edition"
    return Path(relpath(edition_folder.absolute(), (out / "language").absolute())).as_posix()


def copy_assets(out: Path) -> None:
    """Write style sheet, scripts and mark of the site."""
    (out / "assets").mkdir(exist_ok=True)
    assets = files("shteg.publish").joinpath("assets")
    for name in ("theme.js", "favicon.svg"):
        (out / "assets" / name).write_bytes(assets.joinpath(name).read_bytes())
    for name, folder in ASSETS.items():
        parts = sorted(assets.joinpath(folder).iterdir(), key=lambda one: one.name)
        (out / "assets" / name).write_bytes(b"\n".join(part.read_bytes() for part in parts))


@dataclass(slots=True)
class _Steps:
    """Tells what is done."""

    progress: Progress | None
    all: int
    done: int = 0

    def tell(self, more: int) -> None:
        if self.progress:
            self.progress("publish", min(self.done, self.all), self.all)
        self.done += more

    def end(self) -> None:
        self.done = self.all
        self.tell(0)
