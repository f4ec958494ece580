"""The index of the search: what can be found, and where each stem stands, as a script that opens from a disk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from os.path import commonprefix

from shteg.publish.lookup.stems import SHORTEST, endings, stems
from shteg.publish.printed import Voice, script_json

LONGEST = 180
"""Letters of a text that are shown below what was found."""
STRENGTHS = {"page": 8, "section": 5, "member": 8, "question": 8, "term": 8, "value": 4, "source": 3}
"""What can be found, in the order in which equals are shown (messages `publish.search.kind.…`), and what a word counts
in the title of each; in a text it counts one."""
KINDS = tuple(STRENGTHS)
COMMON, FEW = 0.25, 200
"""Share of all places above which a stem is common, where there are more than so few."""
WORDS = ("none", "one", "many", "some", "more")
_SECTION = re.compile(r'<section class="part" id="([\w.-]+)"[^>]*>(.*?)</section>', re.DOTALL)
_HEADING = re.compile(r"<h2[^>]*>(.*?)</h2>", re.DOTALL)
_PROSE = re.compile(r"<(p|li|dd|h3|blockquote)\b[^>]*>(.*?)</\1>", re.DOTALL)
_NOT_PROSE = re.compile(r"<(svg|script|table|math)\b.*?</\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something that can be found: its kind, where it is, what it is called, and what is said there.

    The address of a value or a source ends in its id.
    """

    kind: str
    address: str
    title: str
    text: str = ""


def sections_of(slug: str, title: str, page: str) -> Iterator[Found]:
    """Give the parts of a finished page that have a heading.

    Parameters
    ----------
    slug, title : str
        Of the page.
    page : str
        Its HTML.

    Yields
    ------
    Found
    """
    for anchor, body in _SECTION.findall(_NOT_PROSE.sub(" ", page)):
        heading = _HEADING.search(body)
        if heading:
            text = " ".join(plain(found[1]) for found in _PROSE.findall(body))
            name = f"{plain(heading[1])} · {title}"
            yield Found(kind="section", address=f"{slug}.html#{anchor}", title=name, text=text)


def plain(markup: str) -> str:
    """Give the words of a piece of HTML."""
    return " ".join(unescape(_TAG.sub("", markup)).split())


def write_index(voice: Voice, found: Iterable[Found]) -> str:
    """Write `window.SHTEG_SEARCH`: what can be found, and for each stem the places where it stands.

    A title is written as the number of letters that it shares with the one before, and the rest. A place is written as
    the step from the one before, in base 36, with a point behind it where the stem stands in the text only. A stem
    that stands in more than `COMMON` of all places tells nothing apart, and is listed as such.

    Parameters
    ----------
    voice : Voice
        The language.
    found : iterable of Found
        Everything, in any order.

    Returns
    -------
    str
        A classic script.
    """
    order = {kind: place for place, kind in enumerate(KINDS)}
    listed = sorted(found, key=lambda one: (order[one.kind], voice.sort_key(one.title), one.address))
    places: dict[str, dict[int, bool]] = {}
    for number, one in enumerate(listed):
        titled = set(stems(one.title, voice.language))
        for stem in titled.union(stems(one.text, voice.language)):
            places.setdefault(stem, {})[number] = stem in titled
    common = sorted(stem for stem, where in places.items() if len(where) > COMMON * len(listed) and len(listed) > FEW)
    things, before = [], ""
    for one in listed:
        things.append(_thing(one, order[one.kind], before))
        before = one.title
    book = {
        "kinds": [voice.t(f"search.kind.{kind}") for kind in KINDS],
        "strengths": [STRENGTHS[kind] for kind in KINDS],
        "things": things,
        "stems": {stem: _packed(places[stem]) for stem in sorted(places.keys() - set(common))},
        "common": common,
        **{kind: order[kind] for kind in ("value", "source")},
        "lists": list(map(list, zip(*voice.value_lists(), strict=True))),
        "endings": endings(voice.language),
        "shortest": SHORTEST,
        "words": {name: voice.t(f"search.{name}", number="{number}") for name in WORDS},
    }
    return f"window.SHTEG_SEARCH = {script_json(book)};\n"


def _thing(one: Found, kind: int, before: str) -> list[str | int]:
    """Write kind, title, address and text; a value and a source are written by their id."""
    shared = len(commonprefix((one.title, before)))  # noqa: RUF071  # of letters
    address = one.address.partition("#")[2] if one.kind in ("value", "source") else one.address
    text = [_shortened(one.text)] if one.text else []
    return [kind, shared, one.title[shared:], address, *text]


def _packed(places: dict[int, bool]) -> str:
    parts, last = [], 0
    for place in sorted(places):
        parts.append(_base36(place - last) + ("" if places[place] else "."))
        last = place
    return " ".join(parts)


def _base36(number: int) -> str:
    signs = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = ""
    while True:
        number, rest = divmod(number, 36)
        text = signs[rest] + text
        if not number:
            return text


def _shortened(text: str) -> str:
    """Cut a text at the end of a word."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
