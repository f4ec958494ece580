"""The whole publication from one edition: pages and documents in every language, written, re-read, compared."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from os.path import relpath
from pathlib import Path

from shteg.publish.beside import languages_beside, writing_beside
from shteg.publish.citable.files import site_files
from shteg.publish.html.figures import template_environment
from shteg.publish.html.frame import choice
from shteg.publish.language import ALL_PAGES, Place, all_pages, count_steps, nothing_collected, write_language
from shteg.publish.pages.reference import VALUES_PAGE
from shteg.publish.printed import Voice
from shteg.report import EditionView, open_edition

Progress = Callable[[str, int, int], None]

PAGES: tuple[str, ...] = (*(page.slug for page in ALL_PAGES), VALUES_PAGE.slug)
"""The slugs that every publication has, but for those pages that an edition lacks the figures for; beside them a page
for each question and for each kind of values."""
EMBED = "embed-"
"""How the slugs of pages begin that stand in frames of other pages."""
ASSETS = {"site.css": "style", "site.js": "script"}
"""Files that a browser asks for, and the folder of `assets/` whose files make each, in the order of their names."""


def publish_site(
    edition_folder: Path | EditionView,
    out: Path,
    *,
    cache: Path | None = None,
    progress: Progress | None = None,
    threads: int | None = None,
    gate: Callable[[], None] | None = None,
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
        Called before this process writes the first language; an error that it raises ends the work.

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
    others = languages_beside(edition.languages, threads)
    with writing_beside(edition.folder, others, place) as side, nothing_collected():
        if gate is not None:
            gate()
        copy_assets(out)
        written = [write_choice(edition, out, cache)]
        steps = _Steps(progress, len(edition.languages) * count_steps(edition))

        def tell() -> None:
            steps.tell(side.news() + 1)

        for language in edition.languages:
            if language not in others:
                written += write_language(edition, language, place, tell)
        for done in side.wait():
            steps.tell(done)
        beside = side.written()
        if beside is None:  # not started, or ended early
            beside = [path for language in others for path in write_language(edition, language, place, tell)]
        written += beside
    write_site_files(edition, out)
    steps.end()
    return tuple(sorted(written))


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
    for name, content in site_files(voices, slugs, path).items():
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
