"""The page of the studio, and what is added to the pages of the publication while they are served."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from pathlib import PurePosixPath
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from shteg.errors import ShtegError
from shteg.languages import as_language, package_languages
from shteg.publish.html.naming import language_name
from shteg.publish.html.policy import CONTENT_POLICY
from shteg.report.language.messages import catalog, message
from shteg.web.studio import Studio

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)
"""The Content-Security-Policy of everything that is served as a page; pages of the publication bring their own too."""
SCRIPTS = ("desk.js", "texts.js", "grid.js", "scenario.js")
ASSETS = {
    "theme.js": "text/javascript",
    "live.js": "text/javascript",
    **dict.fromkeys(SCRIPTS, "text/javascript"),
    "studio.css": "text/css",
    "favicon.svg": "image/svg+xml",
}
"""Files that the page of the studio asks for, and their kinds."""
OF_PUBLICATION = frozenset(("theme.js", "favicon.svg"))
FRONT_TEXT, FRONT_SLUG = "announcement", "index"
_SCRIPT = b'<script src="/studio/assets/live.js"></script>\n'
_PREFIX = "studio."
_LANGUAGE = re.compile(r"[A-Za-z-]{2,16}")


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("shteg.web", "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def asset(name: str) -> bytes:
    """Give a file of `ASSETS`."""
    room = "shteg.publish" if name in OF_PUBLICATION else "shteg.web"
    return files(room).joinpath("assets", name).read_bytes()


def languages_of(studio: Studio) -> tuple[str, ...]:
    """Give the languages of the case, or of the program while there is no edition."""
    return studio.edition.languages if studio.edition is not None else package_languages()


def words(studio: Studio, language: str) -> dict[str, str]:
    """Give every message of the studio in a language, by its key without `studio.`."""
    spoken = studio.edition.language_of(language) if studio.edition is not None else as_language(language)
    return {key.removeprefix(_PREFIX): text for key, text in catalog(spoken).items() if key.startswith(_PREFIX)}


def studio_page(studio: Studio, token: str, asked: str) -> str:
    """Write the page of the studio.

    Parameters
    ----------
    studio : Studio
    token : str
        For the scripts of the page.
    asked : str
        The language asked for; the first one if the case has no such.

    Returns
    -------
    str
        HTML.
    """
    languages = languages_of(studio)
    language = next((one for one in languages if one == asked), languages[0])
    title = studio.files.root.name
    if studio.edition is not None:
        title = studio.edition.case.title[language]
    said = words(studio, language)
    told = {
        "words": said,
        "language": str(language),
        "texts": text_pages(studio),
        "reading": _reading(studio, language),
    }
    return (
        _templates()
        .get_template("studio.html.j2")
        .render(
            w=said,
            language=as_language(language),
            languages=[
                {"code": str(one), "tag": as_language(one).tag, "name": language_name(one)} for one in languages
            ],
            title=title,
            token=token,
            told=_script_json(told),
            scripts=SCRIPTS,
            policy=POLICY,
        )
    )


def text_pages(studio: Studio) -> dict[str, str]:
    """Give for each text of the case the page of the publication on which it stands."""
    found = {}
    for one in studio.files.listed():
        if one["kind"] == "text":
            path = PurePosixPath(one["file"])
            slug = FRONT_SLUG if path.stem == FRONT_TEXT else path.stem
            found[one["file"]] = f"/site/{path.parts[1]}/{slug}.html"
    return found


def _reading(studio: Studio, language: str) -> str:
    spoken = studio.edition.language_of(language) if studio.edition is not None else as_language(language)
    return str(message(spoken, "cli.forecast.reading"))


def served(raw: bytes) -> bytes:
    """Give a page of the publication as it is served: it hears of changes, and may ask the studio for them."""
    own = str(escape(CONTENT_POLICY)).encode()
    wider = str(escape(CONTENT_POLICY + "; connect-src 'self'")).encode()
    page = raw.replace(own, wider, 1)
    head, mark, rest = page.rpartition(b"</body>")
    return head + _SCRIPT + mark + rest if mark else page + _SCRIPT


def wait_page(studio: Studio, path: str) -> str:
    """Write what stands in place of a page until there is an edition: what is waited for, or what is in the way."""
    found = [] if studio.progress.building else studio.found.problems
    lines = [
        (f"{one['file']}:{one['line']}" if one["line"] else one["file"], one["problem"], one["hint"]) for one in found
    ]
    return _notice(studio, path, "broken" if lines else "wait", lines)


def error_page(studio: Studio, path: str, error: ShtegError) -> str:
    """Write what stands in place of a page that cannot be made.

    Parameters
    ----------
    studio : Studio
    path : str
        Of the page, below the site.
    error : ShtegError
        Why it cannot be made.

    Returns
    -------
    str
        HTML.
    """
    found: list[Any] = list(getattr(error, "problems", ()))
    lines = [(str(one).partition(": ")[0], one.problem, one.hint) for one in found]
    return _notice(studio, path, "broken", lines or [(error.where, error.problem, error.hint)])


def _notice(studio: Studio, path: str, key: str, lines: list[tuple[str, str, str]]) -> str:
    languages = languages_of(studio)
    code = path.partition("/")[0]
    language = next((one for one in languages if one == code), languages[0])
    said = words(studio, language)
    return (
        _templates()
        .get_template("notice.html.j2")
        .render(w=said, language=as_language(language), told=said[key], lines=lines)
    )


def _script_json(told: Any) -> Markup:
    """Write JSON so that nothing in it ends the element around it."""
    text = json.dumps(told, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
