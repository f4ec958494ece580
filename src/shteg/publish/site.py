"""The whole publication from one edition: pages and documents in every language, written, re-read, compared."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import files
from os.path import relpath
from pathlib import Path
from typing import Any

from jinja2 import Environment
from markupsafe import Markup

from shteg.errors import PublishError
from shteg.publish.html.figures import Figures, template_environment
from shteg.publish.html.json_ld import structured_data
from shteg.publish.html.naming import DOCUMENTS, author_names, citation, document_name, language_name
from shteg.publish.html.policy import CONTENT_POLICY
from shteg.publish.html.provenance import provenance_script
from shteg.publish.html.reread import require_allowed_addresses, require_same_values
from shteg.publish.pages.members import members_context
from shteg.publish.pages.opinion import figures_by_question, opinion_context, question_context, question_slug
from shteg.publish.pages.path import path_context
from shteg.publish.pages.recommendations import recommendations_context
from shteg.publish.pages.reference import (
    data_context,
    kind_title,
    list_of_values,
    method_context,
    sources_context,
    values_by_kind,
    values_context,
)
from shteg.publish.pages.skill import LEADS, skill_context
from shteg.publish.pages.texts import index_context, method_parts, read_texts, report_context
from shteg.publish.pages.without_text import NAME, document_names, notice, plain_document
from shteg.publish.paper.pdf import write_documents
from shteg.publish.printed import Voice
from shteg.report import EditionView, open_edition
from shteg.report.text.addresses import ADDRESS_HINT, web_address

Progress = Callable[[str, int, int], None]

MAIN_PAGES = ("index", "report", "path", "members", "opinion", "recommendations", "skill", "method", "sources", "data")
"""Slugs in the order of the navigation."""
PAGES = (*MAIN_PAGES, "values")
"""The slugs that every publication has, that of opinion if there are surveys; beside them a page for each question and
for each kind of values."""
QUESTION, VALUES = "question-", "values-"
"""How the slugs of these pages begin."""
ASSETS = ("site.css", "site.js", "theme.js")


def publish_site(
    edition_folder: Path, out: Path, *, cache: Path | None = None, progress: Progress | None = None
) -> tuple[Path, ...]:
    """Write the site and the documents of an edition.

    Parameters
    ----------
    edition_folder : Path
        What `shteg build` froze; if it does not lie in `out`, it is copied to `out/edition` for the downloads.
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
    edition = open_edition(edition_folder)
    out.mkdir(parents=True, exist_ok=True)
    edition_path = _place_edition(edition_folder, out)
    _copy_assets(out)
    slugs = (*main_pages(edition), *question_slugs(edition))
    site = _Site(edition=edition, out=out, edition_path=edition_path, cache=cache, progress=progress, slugs=slugs)
    written = [site.choice()]
    for language in edition.languages:
        written += site.language(language)
    site.tell()
    return tuple(sorted(written))


def main_pages(edition: EditionView) -> tuple[str, ...]:
    """Name the pages of the navigation: all, but opinion and skill only where there are such figures."""
    surveyed = any(one.startswith(("survey.", "coherence.")) for one in edition.values)
    absent = {"opinion"} if not surveyed else set()
    absent |= {"skill"} if LEADS not in edition.values else set()
    absent |= {"report"} if edition.without_text else set()
    return tuple(one for one in MAIN_PAGES if one not in absent)


def question_slugs(edition: EditionView) -> tuple[str, ...]:
    """Name the pages of the questions, in the order of the list that leads to them."""
    voice = Voice(edition=edition, language=edition.languages[0])
    return tuple(question_slug(question) for question in figures_by_question(voice))


def site_address(edition: EditionView) -> str:
    """Give the address that the publication is to have, without a slash at its end; empty if it has none.

    Raises
    ------
    PublishError
        The address is not http or https.
    """
    given = str(edition.case.get("address") or "").strip()
    if given and not web_address(given):
        raise PublishError(f"{given!r} is no address of a site", ADDRESS_HINT, "address in case.toml")
    return given.rstrip("/")


def template_of(slug: str) -> str:
    """Name the template that makes a page."""
    if slug.startswith(QUESTION):
        return "question"
    return "values_list" if slug.startswith(VALUES) else slug


def _place_edition(edition_folder: Path, out: Path) -> str:
    inside = edition_folder.absolute().is_relative_to(out.absolute())
    if not inside:
        shutil.copytree(edition_folder, out / "edition", dirs_exist_ok=True)
        edition_folder = out / "edition"
    return Path(relpath(edition_folder.absolute(), (out / "en").absolute())).as_posix()


def _copy_assets(out: Path) -> None:
    (out / "assets").mkdir(exist_ok=True)
    for name in ASSETS:
        (out / "assets" / name).write_bytes(files("shteg.publish").joinpath("assets", name).read_bytes())


@dataclass(slots=True, kw_only=True, eq=False)
class _Site:
    edition: EditionView
    out: Path
    edition_path: str
    cache: Path | None
    progress: Progress | None
    slugs: tuple[str, ...]
    done: int = 0
    environment: Environment = field(default_factory=template_environment)

    def tell(self) -> None:
        if self.progress:
            self.progress("publish", self.done, len(self.edition.languages) * (len(self.slugs) + 2))
        self.done += 1

    def choice(self) -> Path:
        """Write the first page, where a reader chooses the language."""
        voices = [Voice(edition=self.edition, language=language) for language in self.edition.languages]
        languages = [
            {
                "code": voice.language,
                "name": language_name(voice.language),
                "title": voice.own(self.edition.case["title"]),
                "publisher": voice.own(self.edition.case["publisher"]),
                "authors": author_names(voice),
                "as_of": voice.date(str(self.edition.case["as_of"])),
                "choose": voice.t("choose"),
                "no_text": notice(voice),
            }
            for voice in voices
        ]
        page = self.out / "index.html"
        page.write_text(
            self.environment.get_template("choice.html.j2").render(languages=languages, policy=CONTENT_POLICY),
            encoding="utf-8",
        )
        return page

    def language(self, language: str) -> list[Path]:
        """Write all pages and documents of one language."""
        voice = Voice(edition=self.edition, language=language)
        folder = self.out / language
        folder.mkdir(exist_ok=True)
        figures = Figures(voice=voice, cache=self.cache)
        texts = read_texts(voice)
        documents = [
            {"name": document_name(self.edition, name, language), "words": words, "language": language}
            for name, words in self.documents(voice)
        ]
        written = []

        def write(slug: str) -> None:
            voice.on_page.clear()
            context = self.shared(voice, slug, texts, documents) | self.own(voice, slug, texts, figures)
            page = folder / f"{slug}.html"
            template = self.environment.get_template(f"{template_of(slug)}.html.j2")
            page.write_text(template.render(context), encoding="utf-8")
            written.append(page)
            script = folder / "values" / f"{slug}.js"
            script.parent.mkdir(exist_ok=True)
            script.write_text(provenance_script(voice, voice.on_page), encoding="utf-8")

        for slug in self.slugs:
            self.tell()
            write(slug)
        self.tell()
        for slug in ("values", *values_by_kind(voice)):  # last, because they list what the others quote
            write(slug)
        require_same_values(written, voice)
        require_allowed_addresses(written)
        self.tell()
        papers = {NAME: plain_document(voice)} if self.edition.without_text else texts
        written += write_documents(voice, papers, figures, folder)
        return written

    def documents(self, voice: Voice) -> list[tuple[str, str]]:
        """List the texts that come as PDF in a language, with what the link says."""
        kind = "no-text.document" if self.edition.without_text else ""
        names = document_names(self.edition, voice.language, DOCUMENTS)
        return [(name, voice.t(kind or f"document.{name}")) for name in names]

    def shared(self, voice: Voice, slug: str, texts: Any, documents: Any) -> dict[str, Any]:
        """Give what every page needs."""
        case, language = self.edition.case, voice.language
        address = site_address(self.edition)
        announcement = texts.get("announcement")
        titles = {"index": announcement.title if announcement else voice.own(case["title"])}
        if "report" in texts:
            titles["report"] = texts["report"].title
        decks = {name: texts[text].description for name, text in TEXT_OF_PAGE.items() if text in texts}
        kind = template_of(slug)
        if kind == "question":
            titles[slug] = voice.named(slug.replace(QUESTION, "question:", 1))
        elif kind == "values_list":
            titles[slug] = kind_title(voice, slug)
        title = titles[slug] if slug in titles else voice.t(f"page.{kind}")
        deck = decks[slug] if slug in decks else "" if slug in TEXT_OF_PAGE else voice.t(f"deck.{kind}")
        return {
            "language": language,
            "slug": slug,
            "t": voice.t,
            "policy": CONTENT_POLICY,
            "no_text": notice(voice),
            "site_title": voice.own(case["title"]),
            "page_title": title,
            "kicker": voice.own(case["title"]) if slug != "index" else voice.own(case["publisher"]),
            "deck": deck,
            "description": deck or title,
            "author_names": author_names(voice),
            "publisher": voice.own(case["publisher"]),
            "as_of": voice.date(str(case["as_of"])),
            "edition_id": str(self.edition.manifest.get("edition", "")),
            "licence": case["licence"],
            "footnote": voice.own(case.get("footnote")),
            "canonical": f"{address}/{language}/{slug}.html" if address else "",
            "pages": [{"slug": name, "name": self.page_name(voice, name)} for name in main_pages(self.edition)],
            "within": "opinion" if slug.startswith(QUESTION) else "",
            "languages": [{"code": code, "name": language_name(code)} for code in self.edition.languages],
            "documents": documents,
            "json_ld": Markup(structured_data(voice, slug, title, deck, address)),
        }

    def page_name(self, voice: Voice, slug: str) -> str:
        """Name a page of the navigation."""
        return voice.t("no-text.start" if slug == "index" and self.edition.without_text else f"page.{slug}")

    def own(self, voice: Voice, slug: str, texts: Any, figures: Figures) -> dict[str, Any]:
        """Give what one page needs."""
        match slug:
            case "index":
                return index_context(voice, texts, figures)
            case "report":
                return report_context(voice, texts, figures)
            case "path":
                charts = {
                    "forecast": figures.some(slug, "forecast-path"),
                    "blockers": figures.some(slug, "blockers"),
                    "ladder": figures.some(slug, "ladder-times", "ratification"),
                    "chronicle": figures.some(slug, "chronicle"),
                }
                return path_context(voice) | {"charts": charts}
            case "members":
                return members_context(voice) | {"charts": figures.some(slug, "members-stance")}
            case "opinion":
                charts = {
                    "trends": figures.some(slug, "opinion-trends"),
                    "coherence": figures.some(slug, "coherence"),
                }
                return opinion_context(voice) | {"charts": charts}
            case "recommendations":
                return recommendations_context(voice) | {"charts": figures.some(slug, "effects")}
            case "skill":
                charts = {"skill": figures.some(slug, "skill"), "reliability": figures.some(slug, "reliability")}
                return skill_context(voice) | {"charts": charts}
            case "method":
                return method_context(voice) | {"parts": method_parts(voice, texts, figures)}
            case "sources":
                return sources_context(voice)
            case "data":
                return data_context(voice, self.edition_path) | {
                    "has_values": bool(voice.quoted),
                    "citation": citation(voice),
                    "all_documents": self.all_documents(),
                }
            case "values":
                return values_context(voice)
            case _ if slug.startswith(QUESTION):
                return question_context(voice, slug.removeprefix(QUESTION))
            case _ if slug.startswith(VALUES):
                return list_of_values(voice, slug)
        raise PublishError(f"there is no page {slug}", f"pages are {', '.join(PAGES)}", slug)

    def all_documents(self) -> list[dict[str, str]]:
        """List the documents of all languages, seen from a page."""
        found = []
        for language in self.edition.languages:
            voice = Voice(edition=self.edition, language=language)
            found += [
                {
                    "name": f"../{language}/{document_name(self.edition, name, language)}",
                    "words": f"{words} ({language_name(language)})",
                    "language": language,
                }
                for name, words in self.documents(voice)
            ]
        return found


TEXT_OF_PAGE = {"index": "announcement", "report": "report"}
