"""One language of a publication: its pages and documents, written, re-read, compared."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

from shteg.publish import pages as folder_of_pages
from shteg.publish.citable.files import language_files
from shteg.publish.citable.shared import FRONT, shared_address, shared_file, shared_slug, shared_words
from shteg.publish.drawing.share import share_picture
from shteg.publish.html.figures import Figures, template_environment
from shteg.publish.html.frame import frame
from shteg.publish.html.page import Material, Page
from shteg.publish.html.provenance import provenance_script
from shteg.publish.html.reread import quoted_ids, require_allowed_addresses, require_same_values
from shteg.publish.lookup.index import write_index
from shteg.publish.lookup.terms import LINKED, link_terms
from shteg.publish.pages.about.found import Written, found_in
from shteg.publish.pages.reference import VALUES_PAGE, values_pages
from shteg.publish.pages.texts import read_texts
from shteg.publish.pages.without_text import plain_document
from shteg.publish.paper.brief import write_brief
from shteg.publish.paper.pdf import write_documents
from shteg.publish.printed import Voice, marks_key
from shteg.publish.word.write import write_word_documents
from shteg.report import EditionView

LAST_PLACE = 100
"""Where pages stand that are not in the navigation: behind those that are, in the order of their files."""


def _listed(name: str) -> Iterator[Any]:
    for module in walk_packages(folder_of_pages.__path__, f"{folder_of_pages.__name__}."):
        yield from getattr(import_module(module.name), name, ())


ALL_PAGES: tuple[Page, ...] = tuple(sorted(_listed("PAGES"), key=lambda page: page.place or LAST_PLACE))
"""The pages that have a name of their own, in order: whatever the files of `pages/` list as `PAGES`."""
MAKERS: tuple[Callable[[EditionView], tuple[Page, ...]], ...] = tuple(_listed("MAKERS"))
"""What gives the pages of which an edition has one for each question, member, …: listed as `MAKERS`."""


MARKS = "<!-- marks -->"
"""Where a page says what the marks beside its numbers mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a publication is written.

    Attributes
    ----------
    out : Path
        Its folder.
    edition_path : str
        Where the edition lies, seen from a page.
    cache : Path or None
        Folder for drawings made before.
    """

    out: Path
    edition_path: str
    cache: Path | None


@contextmanager
def nothing_collected() -> Iterator[None]:
    """Collect no garbage while pages are made: they leave next to none, and looking for it takes its time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def count_steps(edition: EditionView) -> int:
    """Give how often `write_language` tells of what is done."""
    return len(all_pages(edition)) + 2


def all_pages(edition: EditionView) -> tuple[Page, ...]:
    """Give every page of an edition but the lists of values, in the order in which they are written."""
    own = tuple(page for page in ALL_PAGES if page.shown(edition))
    return (*own, *(page for maker in MAKERS for page in maker(edition)))


def listed_pages(pages: Sequence[Page]) -> tuple[Page, ...]:
    """Give those pages of an edition that the navigation or the footer lists, in order."""
    return tuple(page for page in (*pages, VALUES_PAGE) if page.place or page.group)


def write_language(edition: EditionView, language: str, place: Place, tell: Callable[[], None]) -> list[Path]:
    """Write all pages and documents of one language; the lists of values last, of what the others print.

    Parameters
    ----------
    edition : EditionView
        What is published.
    language : str
        One of its languages.
    place : Place
        Where the folder of the language goes.
    tell : callable
        Called before each page, and before and after the pages of values.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    PublishError
        Something cannot be drawn, or a finished file does not print the edition's figures.
    """
    voice = Voice(edition, language)
    figures = Figures(voice=voice, cache=place.cache)
    material = Material(voice=voice, figures=figures, texts=read_texts(voice), edition_path=place.edition_path)
    pages, folder = all_pages(edition), place.out / language
    found: list[Written] = []
    listed = listed_pages(pages)
    folder.mkdir(exist_ok=True)
    for page in pages:
        tell()
        done, quoted = write_page(page, material, listed, folder)
        found.append(done)
        material = replace(material, printed=material.printed | quoted)
    tell()
    found += [write_page(page, material, listed, folder)[0] for page in values_pages(voice, material.printed)]
    written = [folder / f"{one.slug}.html" for one in found]
    for name, content in language_files(voice).items():
        (folder / name).write_bytes(content)
    require_same_values(written, voice)
    require_allowed_addresses(written)
    (folder / "search").mkdir(exist_ok=True)
    index = write_index(voice, found_in(voice, found))
    (folder / "search" / "index.js").write_text(index, encoding="utf-8")
    tell()
    papers = {"report": plain_document(voice)} if edition.without_text else material.texts
    words = write_word_documents(voice, papers, figures, folder)
    brief = write_brief(voice, material.texts, figures, folder)
    return [*written, *write_documents(voice, papers, figures, folder), *brief, *words]


def write_page(
    page: Page, material: Material, listed: tuple[Page, ...], folder: Path
) -> tuple[Written, frozenset[str]]:
    """Write a page with the provenance of what it prints.

    Parameters
    ----------
    page : Page
        The page.
    material : Material
        The language, its texts and figures.
    listed : tuple of Page
        Those that have a place in the navigation or the footer.
    folder : Path
        Where the page goes.

    Returns
    -------
    written : Written
        What was written.
    quoted : frozenset of str
        Ids of the values that it prints.
    """
    charts = {name: material.figures.some(page.slug, *ids) for name, ids in page.charts.items()}
    shared = shared_address(material.voice, page)
    context = {"charts": charts, "shared_address": shared, **frame(page, material, listed), **page.context(material)}
    text = template_environment(material.figures.cache).get_template(f"{page.kind}.html.j2").render(context)
    if page.kind in LINKED:
        text = link_terms(text, material.voice)
    text = text.replace(MARKS, marks_key(material.voice, text), 1)
    quoted = frozenset(quoted_ids(text))
    (folder / f"{page.slug}.html").write_text(text, encoding="utf-8")
    script = folder / "values" / f"{page.slug}.js"
    script.parent.mkdir(exist_ok=True)
    script.write_text(provenance_script(material.voice, quoted), encoding="utf-8")
    for name, make in page.beside(material).items() if page.beside else ():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(make())
    title, deck = str(context["page_title"]), str(context["description"])
    if page.slug == FRONT or (shared and page.slug == shared_slug(page)):
        place = folder / shared_file(page.slug)
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(share_picture(shared_words(material.voice, title, deck), material.figures.cache))
    return Written(slug=page.slug, kind=page.kind, title=title, deck=deck, text=text), quoted
