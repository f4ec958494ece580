"""A publication whose files are made when they are asked for: the same bytes as `publish_site` writes, but for lists
of what all pages print, which wait until somebody wants them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from shteg.publish.citable.files import language_files
from shteg.publish.citable.shared import shared_file
from shteg.publish.html.figures import Figures
from shteg.publish.html.page import Material, Page
from shteg.publish.html.reread import require_allowed_addresses, require_same_values
from shteg.publish.language import all_pages, listed_pages, nothing_collected, write_page
from shteg.publish.lookup.index import write_index
from shteg.publish.pages.about.found import Written, found_in
from shteg.publish.pages.reference import VALUES_PAGE, values_pages
from shteg.publish.pages.texts import read_texts
from shteg.publish.pages.without_text import plain_document
from shteg.publish.paper.brief import write_brief
from shteg.publish.paper.pdf import write_documents
from shteg.publish.printed import Voice
from shteg.publish.site import PACKAGE, copy_assets, write_choice, write_site_files
from shteg.publish.word.write import write_word_documents
from shteg.report import EditionView

PAPERS = (".pdf", ".docx")
_ABOUT_ALL = "values-"
"""How the slugs of pages begin that list what the other pages print."""


@dataclass(slots=True)
class _Language:
    """What has been made of one language."""

    material: Material
    pages: dict[str, Page]
    listed: tuple[Page, ...]
    folder: Path
    written: dict[str, Written] = field(default_factory=dict)
    printed: frozenset[str] = frozenset()
    checked: set[str] = field(default_factory=set)


@dataclass(eq=False)
class LiveSite:
    """A publication of one edition in a folder that fills as it is read.

    Attributes
    ----------
    edition : EditionView
        What is published; it stays where it lies.
    out : Path
        An empty folder.
    cache : Path or None
        Folder for drawings made before.
    """

    edition: EditionView
    out: Path
    cache: Path | None = None
    _languages: dict[str, _Language] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        copy_assets(self.out)

    def file(self, path: str) -> Path | None:
        """Give a file of the publication, made if it is not there yet; None if the publication has no such file.

        Parameters
        ----------
        path : str
            As an address below the site: `en/members.html`.

        Raises
        ------
        ShtegError
            The page cannot be made, or prints other figures than the edition holds.
        """
        parts = PurePosixPath(path).parts
        if not parts or PurePosixPath(path).is_absolute() or ".." in parts or "\\" in path or "\0" in path:
            return None
        if parts[0] == "edition":
            return _within(self.edition.folder, "/".join(parts[1:]))
        with nothing_collected():
            if len(parts) > 1 and parts[0] in self.edition.languages:
                self._make(self._language(parts[0]), "/".join(parts[1:]))
            elif path == "index.html":
                write_choice(self.edition, self.out, self.cache)
            elif (parts[0] != "assets" or path == PACKAGE) and not (self.out / path).is_file():
                self.out.joinpath("ddi").mkdir(exist_ok=True)
                write_site_files(self.edition, self.out)
        return _within(self.out, path)

    def slugs(self, language: str) -> tuple[str, ...]:
        """Give the slugs of the pages of a language, in order, without the lists of values."""
        return tuple(self._language(language).pages)

    def _language(self, language: str) -> _Language:
        if language not in self._languages:
            voice = Voice(self.edition, language)
            figures = Figures(voice=voice, cache=self.cache)
            material = Material(voice=voice, figures=figures, texts=read_texts(voice), edition_path="../edition")
            pages = all_pages(self.edition)
            folder = self.out / language
            folder.mkdir(exist_ok=True)
            self._languages[language] = _Language(
                material=material, pages={page.slug: page for page in pages}, listed=listed_pages(pages), folder=folder
            )
        return self._languages[language]

    def _make(self, one: _Language, name: str) -> None:
        if (one.folder / name).is_file():
            return
        slug = PurePosixPath(name).stem
        if name.endswith(PAPERS):
            self._papers(one)
        elif name == "search/index.js":
            self._search(one)
        elif name in (f"{slug}.html", f"values/{slug}.js", shared_file(slug)):
            self._page(one, slug)
        else:
            self._beside(one, name)

    def _page(self, one: _Language, slug: str) -> None:
        if slug in one.pages:
            self._write(one, one.pages[slug])
        elif slug == VALUES_PAGE.slug or slug.startswith(_ABOUT_ALL):
            self._all(one)

    def _write(self, one: _Language, page: Page) -> None:
        if page.slug in one.written:
            return
        done, quoted = write_page(page, one.material, one.listed, one.folder)
        path = one.folder / f"{page.slug}.html"
        try:
            require_same_values([path], one.material.voice)
            require_allowed_addresses([path])
        except BaseException:
            path.unlink()
            raise
        one.written[page.slug] = done
        one.printed |= quoted

    def _all(self, one: _Language) -> list[Written]:
        """Make every page, and then the lists of the values that they print."""
        for page in one.pages.values():
            self._write(one, page)
        one.material = replace(one.material, printed=one.printed)
        lists = values_pages(one.material.voice, one.printed)
        for page in lists:
            self._write(one, page)
        return [one.written[page.slug] for page in (*one.pages.values(), *lists)]

    def _search(self, one: _Language) -> None:
        index = write_index(one.material.voice, found_in(one.material.voice, self._all(one)))
        (one.folder / "search").mkdir(exist_ok=True)
        (one.folder / "search" / "index.js").write_text(index, encoding="utf-8")

    def _papers(self, one: _Language) -> None:
        if "papers" in one.checked:
            return
        voice, figures, texts = one.material.voice, one.material.figures, one.material.texts
        papers = {"report": plain_document(voice)} if self.edition.without_text else texts
        write_word_documents(voice, papers, figures, one.folder)
        write_brief(voice, texts, figures, one.folder)
        write_documents(voice, papers, figures, one.folder)
        one.checked.add("papers")

    def _beside(self, one: _Language, name: str) -> None:
        """Make what goes with a page, or with the language as a whole."""
        if "language" not in one.checked:
            for own, content in language_files(one.material.voice).items():
                (one.folder / own).write_bytes(content)
            one.checked.add("language")
        for page in one.pages.values():
            if page.beside and name in page.beside(one.material):
                self._write(one, page)


def _within(folder: Path, relative: str) -> Path | None:
    """Give a file below a folder; None where nothing is, or the way leads out."""
    path = (folder / relative).resolve()
    return path if path.is_relative_to(folder.resolve()) and path.is_file() else None
