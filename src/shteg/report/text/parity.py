"""The gate: do the language editions say the same, with every figure bound to a value?

Compared block by block: ids and their order, kinds and shape, the keys of values, directions, citations, measures,
figures and tables. Looked for in each text: figures and number words that are bound to nothing, number and date formats
of another language, words in another language, keys that the edition does not hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from shteg.errors import ParityError, Problem
from shteg.report.case_words import check_case_words
from shteg.report.edition_view import EditionView
from shteg.report.header_view import FunderView, ReviewerView
from shteg.report.language.messages import check_languages
from shteg.report.text.addresses import ADDRESS_HINT, contact_link, followed_address, web_address
from shteg.report.text.front_page import check_front_page
from shteg.report.text.lint import author_words, declared_numbers, lint_document
from shteg.report.text.paper_signs import PAPER_TEXTS, check_paper_signs, check_written_signs
from shteg.report.text.read import read_document
from shteg.report.text.resolve import read_resolved
from shteg.report.text.spoken import Listener
from shteg.report.text.tree import (
    Block,
    CitationRun,
    Condition,
    DirectionRun,
    Document,
    Figure,
    Grid,
    Heading,
    Image,
    Lead,
    ListBody,
    MeasureRun,
    Paragraph,
    Quote,
    Run,
    TableRef,
    Text,
    ValueRun,
    cells_of,
    leaves,
    plain_text,
    runs_of,
)

TITLED = "report"
"""The text that bears the title of the publication; the announcement has the finding as its headline."""
SAME_WORDS = 3
SAME_LETTERS = 15
"""Author's words that are the same in two languages, this many and this long, have not been translated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockKeys:
    """What one block is bound to, each sorted, repeats kept: two languages may order them differently."""

    values: tuple[str, ...]
    directions: tuple[str, ...]
    citations: tuple[str, ...]
    measures: tuple[str, ...]
    figures: tuple[str, ...]
    tables: tuple[str, ...]
    images: tuple[str, ...]


def block_keys(block: Block) -> BlockKeys:
    """List the keys of a block by type."""
    runs = [run for run in leaves(runs_of(block.content)) if not isinstance(run, Text)]
    content = block.content
    return BlockKeys(
        values=tuple(sorted(run.value_id for run in runs if isinstance(run, ValueRun))),
        directions=tuple(sorted(f"{run.from_id}:{run.to_id}" for run in runs if isinstance(run, DirectionRun))),
        citations=tuple(sorted(one for run in runs if isinstance(run, CitationRun) for one in run.source_ids)),
        measures=tuple(sorted(run.measure_id for run in runs if isinstance(run, MeasureRun))),
        figures=(content.chart_id,) if isinstance(content, Figure) else (),
        tables=(content.name,) if isinstance(content, TableRef) else (),
        images=(content.image_id,) if isinstance(content, Image) else (),
    )


def check_texts(edition: EditionView, kept: Path | None = None) -> tuple[Problem, ...]:
    """Find everything that keeps the texts of an edition from being published.

    Parameters
    ----------
    edition : EditionView
        With the texts.
    kept : Path, optional
        Folder in which is kept what language each block was found to be in.

    Returns
    -------
    tuple of Problem
        Sorted by file and line; empty if the texts may be published.
    """
    silent = check_languages(edition.languages)
    if silent:
        return silent
    problems: list[Problem] = [*check_case_words(edition), *_check_addresses(edition), *_check_titles(edition)]
    listener = Listener(edition.languages, kept and kept / f"{edition.case.id}.languages")
    problems.extend(check_written_texts(edition.texts, edition.languages, listener, edition.case.not_yet))
    listener.keep()
    for language in edition.languages:
        for name in edition.texts[language]:
            resolved, unresolved = read_resolved(edition, language, name)
            problems.extend(unresolved)
            problems.extend(check_paper_signs(edition, [resolved]))
    return tuple(sorted(set(problems)))


def check_written_texts(
    texts: Mapping[str, Mapping[str, str]],
    languages: Sequence[str],
    listener: Listener | None = None,
    not_yet: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> tuple[Problem, ...]:
    """Find what is wrong in texts as they are written, before anything is computed.

    Parameters
    ----------
    texts : mapping
        `texts[language][name]` is the Markdown of one text.
    languages : sequence of str
        The languages of the case, in its order.
    listener : Listener, optional
        Tells these languages apart; one that keeps nothing if left out.
    not_yet : mapping
        Languages in which a text does not exist yet, by its name: there it is not asked for.

    Returns
    -------
    tuple of Problem
        All that `check_texts` finds without the values of an edition, sorted by file and line.
    """
    listener = listener or Listener(languages)
    problems: list[Problem] = []
    for name in sorted(set().union(*(texts.get(language, {}) for language in languages))):
        documents: dict[str, Document] = {}
        for language in languages:
            file = f"text/{language}/{name}.md"
            text = texts.get(language, {}).get(name)
            if text is None and language in not_yet.get(name, ()):
                continue
            if text is None:
                known = next(one for one in languages if name in texts.get(one, {}))
                hint = f"translate text/{known}/{name}.md"
                problems.append(Problem(file, 0, 0, "the text is not yet in this language", hint))
                continue
            documents[language], found = read_document(text, language=language, name=name, file=file)
            problems.extend(found)
            problems.extend(lint_document(documents[language], languages, listener))
            problems.extend(check_front_page(documents[language]))
            if name in PAPER_TEXTS:
                problems.extend(check_written_signs(documents[language], text))
        problems.extend(compare_documents(documents))
    return tuple(sorted(set(problems)))


def _check_titles(edition: EditionView) -> Iterator[Problem]:
    """Find a report that is called otherwise than the publication: pages, PDF and citation have one title."""
    for language in edition.languages:
        if TITLED in edition.texts.get(language, {}):
            document, _ = read_resolved(edition, language, TITLED)
            title = edition.case.title.get(language)
            if title and str(document.title) != title:
                problem = f"the title {str(document.title)!r} is not that of the publication, {title!r}"
                yield _problem(document, document.title_line, problem, "write the title that case.toml gives")


def _check_addresses(edition: EditionView) -> list[Problem]:
    """Find addresses of the case that no page may link to."""
    case = edition.case
    found = [("case.toml", "address", case.address, web_address), ("case.toml", "contact", case.contact, contact_link)]
    found += [
        ("case.toml", f"authors.{number}.email", author.email, contact_link)
        for number, author in enumerate(case.authors, 1)
    ]
    found += [
        ("case.toml", f"authors.{number}.address", author.address, followed_address)
        for number, author in enumerate(case.authors, 1)
    ]
    people: dict[str, Sequence[ReviewerView | FunderView]] = {"reviewers": case.reviewers, "funders": case.funders}
    found += [
        ("case.toml", f"{key}.{number}.address", one.address, followed_address)
        for key, named in people.items()
        for number, one in enumerate(named, 1)
    ]
    found += [
        ("sources.toml", f"sources.{name}.address", one.address, web_address) for name, one in edition.sources.items()
    ]
    return [
        Problem(file, 0, 0, f"{key}: {address!r} is no address that a page may link to", ADDRESS_HINT)
        for file, key, address, allowed in found
        if address and not allowed(address)
    ]


def require_parity(edition: EditionView, kept: Path | None = None) -> None:
    """Raise ParityError with every problem that `check_texts` finds."""
    problems = check_texts(edition, kept)
    if problems:
        raise ParityError(problems)


def compare_documents(documents: Mapping[str, Document]) -> list[Problem]:
    """Compare one text between its languages; the first language is the one that the others are held against."""
    if len(documents) < 2:
        return []
    first, *others = documents.values()
    return [problem for other in others for problem in _compare_pair(first, other)]


def _compare_pair(first: Document, other: Document) -> list[Problem]:
    problems = _compare_order(first, other)
    by_id = {block.id: block for block in first.blocks if block.id}
    for block in other.blocks:
        if block.id in by_id:
            problems.extend(_compare_block(first, by_id[block.id], other, block))
    if _untranslated(first.title, other.title):
        problems.append(_problem(other, 1, f"the title has the same words as {first.file}", "translate it"))
    problems.extend(_compare_front(first, other))
    return problems


def _compare_front(first: Document, other: Document) -> list[Problem]:
    """Compare what the front matter binds: the figures of title and description, conditions, leads, figures."""
    listed = {
        "values of the title": (_bound(first.title_runs), _bound(other.title_runs), other.title_line),
        "values of the description": (
            _bound(first.description_runs),
            _bound(other.description_runs),
            other.description_line,
        ),
        "conditions under holds": _front_list([one.text for one in first.holds], other.holds, other.title_line),
        "leads": _front_list([one.value_id for one in first.leads], other.leads, other.title_line),
        "figures of the front page": (list(first.figures), list(other.figures), other.figures_line),
    }
    problems = []
    for what, (expected, found, line) in listed.items():
        if expected != found:
            said = _difference(Counter(expected), Counter(found)) or "another order"
            problem = f"the {what} differ from {first.file}: {said}"
            problems.append(_problem(other, line, problem, "write the same in every language"))
    for one, two in zip(first.leads, other.leads, strict=False):
        if one.value_id == two.value_id and (
            _bound(one.caption) != _bound(two.caption) or bool(one.caption) != bool(two.caption)
        ):
            problem = f"the caption of {two.value_id} differs from {first.file}:{one.line}: other values, or no words"
            problems.append(_problem(other, two.line, problem, "say the same in every language"))
        elif _untranslated(plain_text(one.caption), plain_text(two.caption)):
            problem = f"the caption of {two.value_id} has the same words as {first.file}:{one.line}"
            problems.append(_problem(other, two.line, problem, "translate it"))
    return problems


def _bound(runs: Sequence[Run]) -> list[str]:
    """List what words are bound to, sorted: two languages may order it differently."""
    found = [run.value_id for run in runs if isinstance(run, ValueRun)]
    return sorted(found + [f"{run.from_id}:{run.to_id}" for run in runs if isinstance(run, DirectionRun)])


def _front_list(
    expected: list[str], found: Sequence[Condition | Lead], otherwise: int
) -> tuple[list[str], list[str], int]:
    """Give two lists of the front matter and the line on which they begin to differ."""
    named = [one.text if isinstance(one, Condition) else one.value_id for one in found]
    lines = (one.line for one, name, wanted in zip(found, named, expected, strict=False) if name != wanted)
    return expected, named, next(lines, found[-1].line if found else otherwise)


def _problem(document: Document, line: int, problem: str, hint: str) -> Problem:
    return Problem(document.file, line, 0, problem, hint)


def _compare_order(first: Document, other: Document) -> list[Problem]:
    problems = []
    lines = {document.language: {block.id: block.line for block in document.blocks} for document in (first, other)}
    for here, there in ((first, other), (other, first)):
        known = list(lines[there.language])
        for block in here.blocks:
            if block.id and block.id not in lines[there.language]:
                near = get_close_matches(block.id, [one for one in known if one not in lines[here.language]], 1)
                hint = f"rename {near[0]}?" if near else f"translate {here.file}:{block.line}"
                line = _line_before(here, block, lines[there.language])
                problems.append(_problem(there, line, f"block {block.id!r} is missing in this language", hint))
    shared = [block.id for block in first.blocks if block.id in lines[other.language]]
    found = [block.id for block in other.blocks if block.id in lines[first.language]]
    for expected, got in zip(shared, found, strict=False):
        if expected != got:
            line = lines[other.language][got]
            problem = f"block {got!r} stands where {first.file} has {expected!r}"
            problems.append(_problem(other, line, problem, "keep the order of the blocks the same"))
            break
    return problems


def _line_before(here: Document, block: Block, lines: Mapping[str, int]) -> int:
    """Find the line of the nearest block before the missing one that the other language has."""
    line = 0
    for one in here.blocks:
        if one is block:
            return line
        line = lines.get(one.id, line)
    return line


def _compare_block(first: Document, one: Block, other: Document, two: Block) -> list[Problem]:
    place = f"{first.file}:{one.line}"
    if _shape(one) != _shape(two):
        problem = f"block {two.id!r} is a {_shape(two)}, in {place} a {_shape(one)}"
        return [_problem(other, two.line, problem, "give both the same form")]
    parts = zip(_parts(one), _parts(two), strict=True)
    return [problem for (_, a), (name, b) in parts for problem in _compare_keys(first, a, other, b, name)]


def _parts(block: Block) -> Iterator[tuple[str, Block]]:
    """Give what is compared each by itself: the cells of a written table, else the block; with its name."""
    if isinstance(block.content, Grid):
        for place, runs in cells_of(block.content):
            yield f"block {block.id!r}, {place}", replace(block, content=Paragraph(runs))
    else:
        yield f"block {block.id!r}", block


def _compare_keys(first: Document, one: Block, other: Document, two: Block, place: str) -> list[Problem]:
    where = f"{first.file}:{one.line}"
    problems = []
    ours, theirs = block_keys(two), block_keys(one)
    for kind in BlockKeys.__slots__:
        if getattr(ours, kind) == getattr(theirs, kind):
            continue
        found, expected = Counter(getattr(ours, kind)), Counter(getattr(theirs, kind))
        if found != expected:
            problem = f"{place}: the {kind} differ from {where}: {_difference(expected, found)}"
            problems.append(_problem(other, two.line, problem, "bind both to the same keys"))
    words = [author_words(block) for block in (one, two)]
    numbers = [Counter(declared_numbers(written)) for written in words]
    if numbers[0] != numbers[1]:
        problem = f"{place}: the declared numbers differ from {where}: {_difference(*numbers)}"
        problems.append(_problem(other, two.line, problem, "write the same years and numbers in every language"))
    if _untranslated(*words):
        problem = f"{place} has the same words as {where}"
        problems.append(_problem(other, two.line, problem, "translate it"))
    return problems


def _difference(expected: Counter[str], found: Counter[str]) -> str:
    missing, extra = sorted((expected - found).elements()), sorted((found - expected).elements())
    parts = [f"missing {', '.join(missing)}"] if missing else []
    return "; ".join([*parts, *([f"only here {', '.join(extra)}"] if extra else [])])


def _shape(block: Block) -> str:
    """Describe what must be alike: kind, level of a heading, items of a list, paragraphs of a quote."""
    match block.content:
        case Heading(level):
            return f"heading of level {level}"
        case ListBody() as body:
            return _list_shape(body)
        case Quote(paragraphs):
            return f"quote of {len(paragraphs)} paragraphs"
        case Grid(headers, rows, numeric):
            flush = (
                f", flush right {', '.join(str(at) for at, one in enumerate(numeric, 1) if one)}"
                if any(numeric)
                else ""
            )
            return f"table of {len(headers)} columns and {len(rows)} rows{flush}"
    return block.kind


def _list_shape(body: ListBody) -> str:
    inner = [_list_shape(item.sublist) if item.sublist else "" for item in body.items]
    shape = f"{'numbered ' if body.ordered else ''}list of {len(body.items)} items"
    return shape + (f" ({'; '.join(inner)})" if any(inner) else "")


def _untranslated(one: str, two: str) -> bool:
    words: Sequence[str] = one.split()
    same = " ".join(words).casefold() == " ".join(two.split()).casefold()
    return same and len(words) >= SAME_WORDS and sum(letter.isalpha() for letter in one) >= SAME_LETTERS
