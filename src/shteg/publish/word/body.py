"""From the tree of a text to the paragraphs and tables of a Word document; every figure in a control of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from shteg.publish.html.text import NAME_WITH_ENDING
from shteg.publish.printed import Voice
from shteg.publish.word.cells import pieces
from shteg.publish.word.embedded import TAG, Bound, Entry, bookmark_of
from shteg.publish.word.package import Relations
from shteg.publish.word.tables import table, table_row
from shteg.publish.word.xml import NO_BREAK_HYPHEN, PLAIN, Look, control, escape, paragraph, run
from shteg.publish.word.xml import field as computed
from shteg.report import Document, TableView
from shteg.report.marks import mark_signs
from shteg.report.text.addresses import followed_address
from shteg.report.text.tree import (
    CitationRun,
    DirectionRun,
    Emphasis,
    LineBreak,
    Link,
    ListBody,
    MeasureRun,
    NumberRun,
    Run,
    Strong,
    Text,
    ValueRun,
)

REFERENCE = "reference_"
"""Start of the bookmark of a reference: its number follows."""


@dataclass(slots=True, kw_only=True)
class Body:
    """Collects the paragraphs of one document, what is bound in them, and what the package must hold for them.

    Attributes
    ----------
    voice : Voice
        The language.
    document : Document
        A resolved text.
    """

    voice: Voice
    document: Document
    relations: Relations = field(default_factory=Relations)
    parts: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    bound: list[Bound] = field(default_factory=list)
    lists: list[bool] = field(default_factory=list)
    signs: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    now: str = ""
    """The block that is being written."""
    _bookmarks: int = 0
    _controls: int = 0
    _places: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbers = self.document.numbers()
        self._places = {block.id: bookmark_of(block.id, at) for at, block in enumerate(self.document.blocks)}

    # --- what is emitted ----------------------------------------------------------------------------------------------

    def add(self, part: str, what: str) -> None:
        """Add a paragraph or table that the publisher makes; `what` names it for whoever changes it."""
        self.parts.append(part)
        self.entries.append(Entry(what=what, place=self.now))

    def add_silently(self, part: str) -> None:
        """Add what nobody reads again: the contents, an empty paragraph."""
        self.parts.append(part)

    def bookmarked(self, name: str, inside: str) -> str:
        """Put a bookmark around runs."""
        self._bookmarks += 1
        start = f'<w:bookmarkStart w:id="{self._bookmarks}" w:name="{escape(name)}"/>'
        return f'{start}{inside}<w:bookmarkEnd w:id="{self._bookmarks}"/>'

    def place(self, block_id: str) -> str:
        """Name the bookmark of a block of this text."""
        return self._places[block_id]

    def add_block(self, block_id: str, paragraphs: list[str], first: int) -> None:
        """Add the paragraphs of a block of the text.

        Parameters
        ----------
        block_id : str
            Its id.
        paragraphs : list of str
            At least one; the first holds its bookmark.
        first : int
            Number of the first bound thing in it.
        """
        self.parts.extend(paragraphs)
        self.entries.extend(Entry(block=block_id, first=first) for _ in paragraphs)

    # --- words --------------------------------------------------------------------------------------------------------

    def runs(self, runs: Iterable[Run], look: Look = PLAIN) -> str:
        """Write the runs of a text."""
        return "".join(self._run(one, look) for one in runs)

    def _run(self, one: Run, look: Look) -> str:
        match one:
            case Text(text):
                return run(NAME_WITH_ENDING.sub(lambda found: found[0].replace("-", NO_BREAK_HYPHEN), text), look)
            case LineBreak():
                return run("\n", look)
            case Strong(runs):
                return self.runs(runs, look.but(bold=True))
            case Emphasis(runs):
                return self.runs(runs, look.but(italic=True))
            case Link(href, runs):
                return self._link(href, runs, look)
            case ValueRun(value_id, style, text):
                return self.held(Bound(kind="value", key=value_id, text=text, style=style), look)
            case DirectionRun(from_id, to_id, text):
                return self.held(Bound(kind="direction", key=f"{from_id}:{to_id}", text=text), look)
            case MeasureRun(measure_id, text):
                return self.held(Bound(kind="measure", key=measure_id, text=text), look.but(italic=True))
            case CitationRun():
                return self._citation(one, look)
            case NumberRun(block_id, text):
                return self.held(Bound(kind="place", key=block_id, text=text), look)

    def _link(self, href: str, runs: tuple[Run, ...], look: Look) -> str:
        where = self.target(href)
        if not where:
            return self.runs(runs, look)
        return f"<w:hyperlink {where}>{self.runs(runs, look.but(style='Hyperlink'))}</w:hyperlink>"

    def target(self, href: str) -> str:
        """Write where a link leads: out, or to a block of this text; empty for a page of the site."""
        if followed_address(href):
            return f'r:id="{self.relations.address(href)}" w:history="1"'
        block_id = href.removeprefix("#")
        if block_id != href and block_id in self._places:
            return f'w:anchor="{self._places[block_id]}" w:history="1"'
        return ""

    def _citation(self, one: CitationRun, look: Look) -> str:
        raised = look.but(raised=True)
        links = "".join(
            f'<w:hyperlink w:anchor="{REFERENCE}{number}" w:history="1">{run(f"[{number}]", raised)}</w:hyperlink>'
            for number in one.numbers
        )
        text = "".join(f"[{number}]" for number in one.numbers)
        return self._control(Bound(kind="citation", key=";".join(one.source_ids), text=text), links)

    def held(self, one: Bound, look: Look = PLAIN) -> str:
        """Write what is bound in a control, with the signs that stand beside a number."""
        signs = mark_signs(self.voice.edition.value(one.key)) if one.kind == "value" and one.style != "interval" else ""
        self.signs |= set(signs)
        known = Bound(kind=one.kind, key=one.key, text=one.text, style=one.style, signs=signs)
        return self._control(known, run(one.text, look) + run(signs, look.but(style="ShtegSigns")))

    def _control(self, one: Bound, inside: str) -> str:
        self._controls += 1
        self.bound.append(one)
        return control(inside, tag=f"{TAG}{len(self.bound) - 1}", title=one.key, number=self._controls)

    def said(self, text: str, look: Look = PLAIN) -> str:
        """Write a text that may know its figures, or markup of the publisher."""
        return "".join(run(one, look) if isinstance(one, str) else self.held(one, look) for one in pieces(text))

    # --- lists and tables ---------------------------------------------------------------------------------------------

    def list_items(self, body: ListBody, depth: int = 0) -> list[tuple[str, str, str]]:
        """Write the items of a list: style, `w:numPr`, runs of each, those of lists inside in reading order."""
        self.lists.append(body.ordered)
        number = len(self.lists)
        style = "ListNumber" if body.ordered else "ListBullet"
        found = []
        for item in body.items:
            numbering = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
            found.append((style, numbering, self.runs(item.runs)))
            if item.sublist is not None:
                found += self.list_items(item.sublist, depth + 1)
        return found

    def caption(self, kind: str, words: str, text: str, *, above: bool = False) -> str:
        """Write a caption with a number that the program counts.

        Parameters
        ----------
        kind : str
            What is counted: `figure` or `table`.
        words : str
            What such things are called in the language.
        text : str
            Runs that follow.
        above : bool
            It stays with what stands below it.

        Returns
        -------
        str
        """
        bold = Look(bold=True)
        number = computed(f"SEQ {kind.capitalize()} \\* ARABIC", str(self.numbers[self.now]), bold)
        start = run(f"{words} ", bold) + number + run(". ", bold)
        return paragraph("Caption", start + text, keep_next=above)

    def table(self, view: TableView, rows: int) -> str:
        """Write a table with a repeated header, numbers flush right; rows beyond `rows` are left out."""
        header = self._row([run(cell) for cell in view.headers], view.numeric, head=True)
        body = "".join(self._row([self.said(cell) for cell in row], view.numeric) for row in view.rows[:rows])
        return table(header + body, len(view.headers), caption=view.caption)

    def _row(self, cells: list[str], numeric: tuple[bool, ...], *, head: bool = False) -> str:
        return table_row(cells, numeric, head=head)
