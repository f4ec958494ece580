"""The formulas behind the figures: signs from `methods/<page>.toml`, words from the messages, drawn as MathML."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from shteg.errors import PublishError
from shteg.keeping import keep, recall, version_of
from shteg.report import Words

_COMMAND = re.compile(r"\\[A-Za-z]+")
_WORD = re.compile(r"\\text\{([^{}]*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Symbol:
    """A sign: how it is drawn, its key in the messages, and how docs/methods writes it (empty where it does not)."""

    latex: str
    key: str
    sign: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """A formula: id, the anchor in docs/methods that it belongs to, LaTeX, and its signs in reading order."""

    id: str
    anchor: str
    latex: str
    symbols: tuple[Symbol, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaPage:
    """The formulas of one page of docs/methods."""

    name: str
    document: str
    formulas: tuple[Formula, ...]

    @property
    def slug(self) -> str:
        """Name its page on the site."""
        return f"formulas-{self.name}"


@cache
def formula_pages() -> dict[str, FormulaPage]:
    """Give the pages of formulas, by their name, in the order of the names."""
    folder = files("shteg.publish").joinpath("methods")
    found = {}
    for path in sorted(folder.iterdir(), key=lambda one: one.name):
        if path.name.endswith(".toml"):
            page = tomllib.loads(path.read_text(encoding="utf-8"))
            name = path.name.removesuffix(".toml")
            formulas = tuple(
                Formula(**one | {"symbols": tuple(Symbol(**symbol) for symbol in one["symbols"])})
                for one in page["formulas"]
            )
            found[name] = FormulaPage(name=name, document=page["document"], formulas=formulas)
    return found


def place_of_formula(method: str) -> str:
    """Give the address of the formula that a value's method (`<page>#<anchor>`) names; empty where there is none."""
    name, _, anchor = method.partition("#")
    page = formula_pages().get(name)
    if page is None:
        return ""
    first = next((one.id for one in page.formulas if one.anchor == anchor), "")
    return f"{page.slug}.html#formula-{first}" if first else f"{page.slug}.html"


def worded(latex: str, words: Words) -> str:
    """Put the words of a language into a formula, in the place of those in `\\text{…}`."""
    return _WORD.sub(lambda found: rf"\text{{{words.text('formula.word.' + found[1].replace(' ', '-'))}}}", latex)


def mathml(latex: str, kept: Path | None = None, *, block: bool = False) -> str:
    """Draw LaTeX as MathML; what was drawn before is taken from the folder of those kept.

    Parameters
    ----------
    latex : str
        Its words stand in the language of the page already.
    kept : Path, optional
        Folder for what was drawn before.
    block : bool
        In a line of its own.

    Returns
    -------
    str
        A `math` element.

    Raises
    ------
    PublishError
        It is no formula.
    """
    mark = hashlib.sha256(repr((latex, block, version_of("latex2mathml"))).encode()).hexdigest()
    place = kept / f"{mark}.mathml" if kept else None
    found = recall(place) if place else None
    if found is None:
        found = _draw(latex, block).encode("utf-8")
        if place:
            keep(place, found)
    return found.decode("utf-8")


def _draw(latex: str, block: bool) -> str:
    from latex2mathml.converter import convert

    try:
        drawn: str = convert(latex, display="block" if block else "inline").replace(' style="false"', "")
    except Exception as error:  # its errors share no base class
        raise PublishError(
            f"the formula {latex!r} cannot be drawn ({error!r})", "mend publish/methods/", latex
        ) from error
    if left := _COMMAND.search(drawn):  # what it does not know, it prints as it stands
        raise PublishError(
            f"the formula {latex!r} cannot be drawn: {left[0]} is no command of latex2mathml",
            "mend publish/methods/",
            latex,
        )
    return drawn
