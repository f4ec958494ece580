"""Earlier sites beside the newest one: each at its own address, with a notice that leads to what took its place."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from markupsafe import Markup, escape

from shteg.errors import UsageError
from shteg.publish.html.naming import site_address
from shteg.publish.printed import Voice
from shteg.report import EditionView
from shteg.report.history_view import EarlierView, earlier_editions
from shteg.report.language.editions import edition_name

FOLDER = "editions"
"""Where earlier sites stand, each under its id."""
EMBEDDED = "embed-"
"""Pages that stand in frames of other sites carry no notice."""
_CANONICAL = re.compile(r'<link rel="canonical" href="[^"]*">\n?')
_BODY = re.compile(r"<body[^>]*>\n?(?:<a class=\"skip\"[^\n]*\n)?")
_HEAD_END = "</head>"


def find_archived(places: Mapping[str, str | None], case: Path, archive: Path | None) -> dict[str, Path]:
    """Find the sites of earlier editions.

    Parameters
    ----------
    places : mapping of str to str
        By id of the edition, the folder that `editions.toml` names, seen from the case folder, or None.
    case : Path
        The case folder.
    archive : Path, optional
        A folder that holds sites under the ids of their editions; it goes before `places`.

    Returns
    -------
    dict of str to Path
        Of those that are kept.

    Raises
    ------
    UsageError
        A folder is named, and no site lies there.
    """
    found: dict[str, Path] = {}
    for name, said in places.items():
        given = archive / name if archive is not None and (archive / name).is_dir() else None
        place = given or (case / said if said else None)
        if place is None:
            continue
        if not (place / "index.html").is_file():
            raise UsageError(
                f"there is no site of the edition {name} in {place}",
                "name the folder that `shteg build` wrote, or take `folder` out of editions.toml",
                f"editions.toml, {name}",
            )
        found[name] = place
    return found


def archive_sites(edition: EditionView, out: Path, places: Mapping[str, Path]) -> tuple[Path, ...]:
    """Copy the sites of earlier editions into the newest one.

    Parameters
    ----------
    edition : EditionView
        The newest, whose pages stand in `out`.
    out : Path
        Folder of its site.
    places : mapping of str to Path
        By id of the edition as `editions.toml` has it, the folder of its site.

    Returns
    -------
    tuple of Path
        The pages written. A page says in its language that a later edition has taken its place, and leads to the same
        page of that, or to its first page; its canonical address is that of the newest page. Links in a site are not
        followed, and what it had archived itself stays behind.
    """
    known = {one.id: one for one in earlier_editions(edition)}
    written: list[Path] = []
    for name, place in sorted(places.items()):
        target = out / FOLDER / name
        for source in sorted(_files_of(place)):
            inside = source.relative_to(place)
            copy = target / inside
            copy.parent.mkdir(parents=True, exist_ok=True)
            if source.suffix == ".html":
                page = source.read_text(encoding="utf-8")
                copy.write_text(_marked(page, edition, out, known[name], inside), encoding="utf-8")
                written.append(copy)
            else:
                shutil.copyfile(source, copy)
    return tuple(written)


def _files_of(place: Path) -> list[Path]:
    """List the files of a site without those that it had archived, hidden ones, and links."""
    return [
        path
        for path in place.rglob("*")
        if path.is_file()
        and not any(one.is_symlink() or one.name.startswith(".") for one in (path, *_parents(path, place)))
        and path.relative_to(place).parts[0] != FOLDER
    ]


def _parents(path: Path, place: Path) -> list[Path]:
    return [one for one in path.parents if one != place and one.is_relative_to(place)]


def _marked(page: str, edition: EditionView, out: Path, earlier: EarlierView, inside: Path) -> str:
    """Put the notice and the canonical address into a page of an earlier edition."""
    language = inside.parts[0] if inside.parts[0] in edition.languages and len(inside.parts) == 2 else ""
    newest = inside.as_posix() if (out / inside).is_file() else f"{language}/index.html" if language else "index.html"
    address = site_address(edition)
    page = _CANONICAL.sub("", page)
    if address:
        link = Markup('<link rel="canonical" href="{}/{}">\n').format(address, newest)
        page = page.replace(_HEAD_END, f"{link}{_HEAD_END}", 1)
    if inside.name.startswith(EMBEDDED):
        return page
    up = "../" * (len(inside.parts) + 1)
    spoken = [language] if language else list(edition.languages)
    lines = [_notice(Voice(edition, one), earlier, up + newest, bool(language)) for one in spoken]
    label = escape(edition_name(earlier.spoken, edition.language_of(spoken[0])))
    notice = f'<aside class="frame" aria-label="{label}">\n{"".join(lines)}</aside>\n'
    found = _BODY.search(page)
    return page[: found.end()] + notice + page[found.end() :] if found else page


def _notice(voice: Voice, earlier: EarlierView, link: str, alone: bool) -> str:
    name = edition_name(earlier.spoken, voice.language)
    newest = edition_name(voice.edition.manifest.name, voice.language)
    spoken = Markup("") if alone else Markup(' lang="{}"').format(voice.edition.language_of(voice.language).tag)
    words = voice.t("editions.banner", name=name)
    return str(
        Markup('<p class="warning"{}>{} <a href="{}">{}</a></p>\n').format(
            spoken, words, link, voice.t("editions.banner.link", name=newest)
        )
    )
