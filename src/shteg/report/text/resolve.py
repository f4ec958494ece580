"""Fill the bound runs of a document with what is printed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache

from shteg.errors import ParityError, Problem, ShtegError
from shteg.report.charts.catalogue import available_charts
from shteg.report.edition_view import EditionView
from shteg.report.language.values import direction_word, format_value
from shteg.report.text.conditions import doubts
from shteg.report.text.leads import no_lead
from shteg.report.text.read import parse_document, read_document
from shteg.report.text.tree import (
    CitationRun,
    Content,
    DirectionRun,
    Document,
    Emphasis,
    Figure,
    Grid,
    Heading,
    Image,
    Lead,
    Link,
    ListBody,
    ListItem,
    MeasureRun,
    NumberRun,
    Paragraph,
    Quote,
    ResolvedDocument,
    Run,
    Strong,
    TableRef,
    ValueRun,
    marked_text,
)

PUBLISHER_FIGURES = ("members-map",)
"""Figures that the publisher draws itself (a map needs geometry, which no edition holds)."""


def resolve(document: Document, edition: EditionView) -> ResolvedDocument:
    """Give the document with the text of every value, direction, measure and citation.

    Raises
    ------
    ParityError
        Something named in the text is not in the edition; every such place is listed, with the nearest id.
    """
    resolved, problems = resolve_all(document, edition)
    if problems:
        raise ParityError(problems)
    return resolved


@lru_cache(maxsize=64)
def read_resolved(edition: EditionView, language: str, name: str) -> tuple[Document, tuple[Problem, ...]]:
    """Read and resolve a text of an edition, once.

    Parameters
    ----------
    edition : EditionView
        Where the text and its figures are.
    language, name : str
        Which text.

    Returns
    -------
    document : ResolvedDocument
        As far as it could be resolved.
    problems : tuple of Problem
        What could not be resolved; problems of its form are told by `read_document`.
    """
    file = f"text/{language}/{name}.md"
    document, _ = read_document(edition.texts[language][name], language=language, name=name, file=file)
    return resolve_all(document, edition)


def resolved_texts(edition: EditionView, language: str) -> dict[str, ResolvedDocument]:
    """Give every text of a language, resolved, by name.

    Raises
    ------
    ParityError
        The form of a text is wrong, or something named in it is not in the edition.
    """
    found = {}
    for name, text in edition.texts[language].items():
        parse_document(text, language=language, name=name, file=f"text/{language}/{name}.md")
        found[name], problems = read_resolved(edition, language, name)
        if problems:
            raise ParityError(problems)
    return found


def resolve_all(document: Document, edition: EditionView) -> tuple[ResolvedDocument, tuple[Problem, ...]]:
    """Resolve as far as possible and list what could not be."""
    work = _Resolver(
        document,
        edition,
        {one.id: one.title[document.language] for one in edition.measures if document.language in one.title},
        available_charts(edition),
        edition.language_of(document.language),
        document.numbers(),
    )
    title, description = work.runs(document.title_runs), work.runs(document.description_runs)
    leads = tuple(map(work.lead, document.leads))
    for chart_id in document.figures:
        work.known("figure", chart_id, (*work.charts, *PUBLISHER_FIGURES), document.figures_line)
    blocks = tuple(replace(block, content=work.content(block.content, block.line)) for block in document.blocks)
    work.hold()
    made = replace(
        document,
        title=marked_text(title) if title else document.title,
        description=marked_text(description) if description else document.description,
        title_runs=title,
        description_runs=description,
        leads=leads,
        blocks=blocks,
        source_ids=tuple(work.cited),
    )
    return made, tuple(work.problems)


@dataclass(slots=True)
class _Resolver:
    document: Document
    edition: EditionView
    measures: Mapping[str, str]
    charts: Collection[str]
    language: str
    numbers: Mapping[str, int]
    cited: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def report(self, line: int, problem: str, hint: str) -> None:
        self.problems.append(Problem(self.document.file, line, 0, problem, hint))

    def known(self, what: str, name: str, names: Collection[str], line: int) -> bool:
        if name in names:
            return True
        near = get_close_matches(name, names, 1, 0.5)
        hint = f"did you mean {near[0]}?" if near else f"this edition has {len(names)} of them"
        self.report(line, f"there is no {what} {name!r}", hint)
        return False

    def lead(self, lead: Lead) -> Lead:
        """Resolve a lead, and refuse what must not stand large and alone."""
        if self.known("value", lead.value_id, self.edition.values, lead.line):
            reason = no_lead(self.edition.values[lead.value_id])
            if reason:
                self.report(lead.line, f"{lead.value_id} cannot lead: {reason}", "name another value under leads")
        return replace(lead, caption=self.runs(lead.caption))

    def hold(self) -> None:
        """Report the conditions that this edition does not meet."""
        members = tuple(str(row["member"]) for row in self.edition.rows("evidence.members"))
        for condition in self.document.holds:
            for doubt in doubts(condition, self.edition.values, members):
                self.report(condition.line, doubt.problem, doubt.hint)

    def content(self, content: Content, line: int) -> Content:
        match content:
            case Heading() | Paragraph():
                return replace(content, runs=self.runs(content.runs))
            case ListBody():
                return self.list(content)
            case Quote(paragraphs):
                return Quote(tuple(self.runs(runs) for runs in paragraphs))
            case Figure(chart_id):
                self.known("figure", chart_id, (*self.charts, *PUBLISHER_FIGURES), line)
            case TableRef(name):
                self.known("table", name, self.edition.table_names, line)
            case Image(image_id):
                self.known("image", image_id, self.edition.images, line)
            case Grid(headers, rows, _, caption):
                caption = self.runs(caption)  # first: citations are numbered in reading order
                headers = tuple(map(self.runs, headers))
                return replace(
                    content, headers=headers, rows=tuple(tuple(map(self.runs, row)) for row in rows), caption=caption
                )
        return content

    def list(self, content: ListBody) -> ListBody:
        items = []
        for item in content.items:  # runs before sublist: citations are numbered in reading order
            runs = self.runs(item.runs)
            items.append(ListItem(runs, self.list(item.sublist) if item.sublist else None, item.line))
        return ListBody(content.ordered, tuple(items))

    def runs(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        return tuple(self.run(run) for run in runs)

    def run(self, run: Run) -> Run:
        match run:
            case Strong() | Emphasis():
                return replace(run, runs=self.runs(run.runs))
            case Link(href):
                return replace(run, runs=(*self.runs(run.runs), *self.number(href)))
            case ValueRun():
                return self.value(run)
            case DirectionRun():
                return self.direction(run)
            case MeasureRun(measure_id):
                if self.known("measure", measure_id, self.measures, run.line):
                    return replace(run, text=self.measures[measure_id])
            case CitationRun(source_ids):
                kept = [one for one in source_ids if self.known("source", one, self.edition.sources, run.line)]
                self.cited.extend(one for one in dict.fromkeys(kept) if one not in self.cited)
                return replace(run, numbers=tuple(self.cited.index(one) + 1 for one in kept))
        return run

    def number(self, href: str) -> tuple[NumberRun, ...]:
        """Give the number behind the words of a link to a figure or table of this text."""
        block_id = href.removeprefix("#") if href.startswith("#") else ""
        return (NumberRun(block_id, f"\u00a0{self.numbers[block_id]}"),) if block_id in self.numbers else ()

    def value(self, run: ValueRun) -> ValueRun:
        if not self.known("value", run.value_id, self.edition.values, run.line):
            return run
        value = self.edition.values[run.value_id]
        try:
            text = format_value(value, self.language, style=run.style, lexicon=self.edition.lexicon)
        except ShtegError as error:
            self.report(run.line, f"{run.value_id}: {error.problem}", error.hint)
            return run
        return replace(run, text=text)

    def direction(self, run: DirectionRun) -> DirectionRun:
        values = self.edition.values
        known = [self.known("value", one, values, run.line) for one in (run.from_id, run.to_id)]  # report both
        if not all(known):
            return run
        try:
            return replace(run, text=direction_word(values[run.from_id], values[run.to_id], self.language))
        except ShtegError as error:
            self.report(run.line, error.problem, error.hint)
            return run
