"""Pictures of a case: reading the files that images.toml names, and checks of what they are and where they stand."""

import re
from collections.abc import Iterator

from shteg.errors import Problem
from shteg.evidence.files.draft import Draft, unknown
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.folder import is_inside
from shteg.evidence.files.pictures import SUFFIXES, look_at
from shteg.evidence.records.files import ALLOWED

_FILE, _FOLDER = "images.toml", "images"
_SHOWN = re.compile(r"\{\{\s*image\.([\w.-]+)\s*\}\}")


def read_pictures(draft: Draft) -> None:
    """Read the files that images.toml names, and report those under images/ that it does not name."""
    folder = draft.folder
    named = {path: one["file"] for path, one in draft.tables_of(_FILE, "images") if isinstance(one.get("file"), str)}
    for path, file in named.items():
        if problem := _read(draft, file):
            folder.problems.append(draft.at_key(_FILE, (*path, "file"), *problem))
    if not folder.exists(_FOLDER) or not folder.is_folder(_FOLDER, "pictures stand in images/"):
        return
    for name in folder.names(_FOLDER):
        place = f"{_FOLDER}/{name}"
        if place not in named.values() and name not in ALLOWED:
            hint = suggest(place, sorted(named.values()), "enter it, with licence and source, or remove it")
            folder.report(place, 0, 0, "images.toml does not name this file", hint)


def _read(draft: Draft, file: str) -> tuple[str, str] | None:
    """Read one file; give what is wrong with it, and how to mend it."""
    if not is_inside(file) or not file.startswith(f"{_FOLDER}/") or file.count("/") != 1 or not file.isascii():
        return f"`{file}` is no file of images/", "put the file into images/ and write images/name.jpg"
    if not draft.folder.exists(file):
        return f"the file `{file}` does not exist", "add it, or correct the name"
    raw = draft.folder.read_picture(file)
    if raw is None:
        return None  # told by the folder
    look, problem = look_at(raw)
    if look is None:
        return problem, "save it as JPEG or PNG, or as a plain SVG (in Inkscape: “Plain SVG”)"
    if not file.lower().endswith(SUFFIXES[look.kind]):
        return f"the file is a {look.kind.upper()}, its name says otherwise", f"name it …{SUFFIXES[look.kind][0]}"
    return None


def check_shown(draft: Draft) -> Iterator[Problem]:
    """Find pictures that a text shows and images.toml does not have."""
    known = draft.keys_of(_FILE, "images")
    for language, texts in sorted(draft.texts.items()):
        for name, text in sorted(texts.items()):
            for number, line in enumerate(text.split("\n"), 1):
                for found in _SHOWN.finditer(line):
                    if failed := unknown(found[1], known, "image", _FILE):
                        yield Problem(f"text/{language}/{name}.md", number, found.start(1) + 1, *failed)


CHECKS = (check_shown,)
