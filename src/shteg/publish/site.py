"""The whole publication from one edition: pages and documents in every language, written, re-read, compared."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.resources import files
from os.path import relpath
from pathlib import Path
from pkgutil import iter_modules

from shteg.publish import pages as folder_of_pages
from shteg.publish.html.figures import Figures, template_environment
from shteg.publish.html.frame import choice, frame
from shteg.publish.html.page import Material, Page
from shteg.publish.html.provenance import provenance_script
from shteg.publish.html.reread import quoted_ids, require_allowed_addresses, require_same_values
from shteg.publish.pages.opinion import question_pages
from shteg.publish.pages.reference import VALUES_PAGE, values_pages
from shteg.publish.pages.texts import read_texts
from shteg.publish.pages.without_text import plain_document
from shteg.publish.paper.pdf import write_documents
from shteg.publish.printed import Voice
from shteg.report import EditionView, open_edition

Progress = Callable[[str, int, int], None]


def _found_pages() -> Iterator[Page]:
    for module in iter_modules(folder_of_pages.__path__):
        yield from getattr(import_module(f"{folder_of_pages.__name__}.{module.name}"), "PAGES", ())


ALL_PAGES: tuple[Page, ...] = tuple(sorted(_found_pages(), key=lambda page: page.place))
"""The pages of the navigation in order: whatever the files of `pages/` list as `PAGES`."""
PAGES: tuple[str, ...] = (*(page.slug for page in ALL_PAGES), VALUES_PAGE.slug)
"""The slugs that every publication has, but for those pages that an edition lacks the figures for; beside them a page
for each question and for each kind of values."""
ASSETS = ("site.css", "site.js", "theme.js")


def publish_site(
    edition_folder: Path | EditionView, out: Path, *, cache: Path | None = None, progress: Progress | None = None
) -> tuple[Path, ...]:
    """Write the site and the documents of an edition.

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
    edition_path = _place_edition(edition.folder, out)
    _copy_assets(out)
    first = out / "index.html"
    first.write_text(template_environment().get_template("choice.html.j2").render(choice(edition)), encoding="utf-8")
    written = [first]
    navigation = tuple(page for page in ALL_PAGES if page.shown(edition))
    steps = _Steps(progress, len(edition.languages) * (len(navigation) + len(question_pages(edition)) + 2))
    for language in edition.languages:
        voice = Voice(edition, language)
        figures = Figures(voice=voice, cache=cache)
        material = Material(voice=voice, figures=figures, texts=read_texts(voice), edition_path=edition_path)
        written += _write_language(material, navigation, out / language, steps)
    steps.tell()
    return tuple(sorted(written))


def _place_edition(edition_folder: Path, out: Path) -> str:
    inside = edition_folder.absolute().is_relative_to(out.absolute())
    if not inside:
        shutil.copytree(edition_folder, out / "edition", dirs_exist_ok=True)
        edition_folder = out / "edition"
    return Path(relpath(edition_folder.absolute(), (out / "language").absolute())).as_posix()


def _copy_assets(out: Path) -> None:
    (out / "assets").mkdir(exist_ok=True)
    for name in ASSETS:
        (out / "assets" / name).write_bytes(files("shteg.publish").joinpath("assets", name).read_bytes())


@dataclass(slots=True)
class _Steps:
    """Tells what is done."""

    progress: Progress | None
    all: int
    done: int = 0

    def tell(self) -> None:
        if self.progress:
            self.progress("publish", self.done, self.all)
        self.done += 1


def _write_language(material: Material, navigation: tuple[Page, ...], folder: Path, steps: _Steps) -> list[Path]:
    """Write all pages and documents of one language; the lists of values last, of what the others print."""
    folder.mkdir(exist_ok=True)
    voice, written = material.voice, []
    for page in (*navigation, *question_pages(voice.edition)):
        steps.tell()
        path, quoted = _write_page(page, material, navigation, folder)
        written.append(path)
        material = replace(material, printed=material.printed | quoted)
    steps.tell()
    written += [_write_page(page, material, navigation, folder)[0] for page in values_pages(material.printed)]
    require_same_values(written, voice)
    require_allowed_addresses(written)
    steps.tell()
    papers = {"report": plain_document(voice)} if voice.edition.without_text else material.texts
    return [*written, *write_documents(voice, papers, material.figures, folder)]


def _write_page(
    page: Page, material: Material, navigation: tuple[Page, ...], folder: Path
) -> tuple[Path, frozenset[str]]:
    """Write a page with the provenance of what it prints; give its path and the ids of the values on it."""
    charts = {name: material.figures.some(page.slug, *ids) for name, ids in page.charts.items()}
    context = {"charts": charts, **frame(page, material, navigation), **page.context(material)}
    text = template_environment().get_template(f"{page.kind}.html.j2").render(context)
    quoted = frozenset(quoted_ids(text))
    path = folder / f"{page.slug}.html"
    path.write_text(text, encoding="utf-8")
    script = folder / "values" / f"{page.slug}.js"
    script.parent.mkdir(exist_ok=True)
    script.write_text(provenance_script(material.voice, quoted), encoding="utf-8")
    return path, quoted
