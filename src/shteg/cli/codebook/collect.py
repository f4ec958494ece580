"""A wave or a data file as a codebook: its variables with counts and weighted shares as far as tables may show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from shteg.cli.wave.data_file import read_form
from shteg.cli.wave.load import domain_names, find_wave, load_waves, read_wave_of
from shteg.cli.wave.names import DataOptions, Loaded, Request
from shteg.evidence.case import Case, Wave
from shteg.publish.codebooks.content import Category, Codebook, Measure, Role, Texts, Variable
from shteg.publish.codebooks.ddi import METHOD
from shteg.survey import Design
from shteg.survey.readers import Responses, read_responses
from shteg.survey.tables import PrintedTable, Source, TableItem, Tables, tabulate

MOST_CODES = 30
"""A column with more different values, none of them labelled, holds numbers or texts."""
UNWEIGHTED = "\x00unweighted"
"""Source of the counts beside that of the weighted shares."""

Printed = Mapping[str, Sequence[PrintedTable]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A wave or a data file before it is counted."""

    loaded: Loaded
    responses: Responses
    items: tuple[TableItem, ...]
    roles: Mapping[str, Role]
    wave: tuple[Case, Wave] | None

    @property
    def weighted(self) -> bool:
        """True where the shares are weighted."""
        return "weight" in self.roles.values()


def find_variables(name: str, options: DataOptions) -> Found:
    """Read a wave or a data file, and find which of its columns have codes that may be listed.

    Parameters
    ----------
    name : str
        CASE/WAVE, the folder of a wave, or a data file.
    options : DataOptions
        How a data file is read.

    Returns
    -------
    Found

    Raises
    ------
    ShtegError
        There is no such wave or file, or it cannot be read.
    """
    wave = find_wave(name)
    if isinstance(wave, tuple):
        return _of_wave(name, options, *read_wave_of(*wave))
    responses = read_responses(name, encoding=options.encoding, form=read_form(options))
    roles = _roles(options.stratum, options.psu, options.weights)
    if options.questionnaire is not None:
        names: list[str] = []
    else:
        names = [column for column in responses.frame.columns if column not in roles and _listable(responses, column)]
    means = [_typed(column) for column in _number(responses, names)] if options.questionnaire is None else []
    request = Request(items=[_typed(one) for one in names], means=means, by=())
    loaded = load_waves([name], options, request)
    items = tuple(item for item in loaded.items if item.form != "number")
    return Found(loaded=loaded, responses=responses, items=items, roles=roles, wave=None)


def _typed(name: str) -> str:
    """Write a name so that the command line takes it whole."""
    return '"' + name.replace('"', '""') + '"'


def _number(responses: Responses, names: Sequence[str]) -> list[str]:
    """A file without a single column of codes is loaded by any of its columns."""
    return [] if names else responses.frame.columns[:1]


def _roles(stratum: str | None, psu: str | None, weights: Sequence[str]) -> dict[str, Role]:
    found: dict[str, Role] = {}
    for column, role in ((stratum, "stratum"), (psu, "psu"), *((one, "weight") for one in weights)):
        if column:
            found[column] = role  # type: ignore[assignment]
    return found


def _of_wave(name: str, options: DataOptions, case: Case, wave: Wave) -> Found:
    loaded = load_waves([name], options, Request(items=(), means=(), by=()))
    plan = wave.design
    roles = _roles(plan.stratum, plan.psu, options.weights or ((plan.weight,) if plan.weight else ()))
    codes = domain_names(case, wave, list(loaded.items))
    asked = {item.column for item in loaded.items}
    answers = loaded.sources[0].design.data
    domains = []
    for column, title in plan.domains.items():
        if column not in asked and column in answers.columns:
            occurring = sorted({one for one in answers[column].drop_nulls().to_list() if one})
            words = codes.get(column, {})
            listed = [*(one for one in words if one in occurring), *(one for one in occurring if one not in words)]
            options_of = {one: words.get(one, dict.fromkeys(case.header.languages, one)) for one in listed}
            domains.append(TableItem(column=column, title=title.root, options=options_of))
    responses = read_responses(wave.data, encoding=plan.encoding, form=wave.questionnaire)
    return Found(loaded=loaded, responses=responses, items=(*loaded.items, *domains), roles=roles, wave=(case, wave))


def _listable(responses: Responses, column: str) -> bool:
    """Tell whether the codes of a column are answers to a question: they are labelled, or few."""
    values = responses.frame[column].drop_nulls()
    kinds = set(values.unique().to_list()) - set(responses.missing.get(column, ()))
    labels = responses.value_labels.get(column, {}).keys() - set(responses.missing.get(column, ()))
    if not kinds and not labels:
        return False
    return kinds <= labels or (0 < len(kinds) <= MOST_CODES)


def count_variables(found: Found, earlier: Printed) -> Tables:
    """Tabulate every variable that has codes, once with its weight and once without, hiding what tables hide.

    Parameters
    ----------
    found : Found
    earlier : mapping
        What was printed of the sample before.

    Returns
    -------
    Tables
    """
    source = found.loaded.sources[0]
    sources = [source]
    if found.weighted:
        plain = Design.from_frame(source.design.data)
        sources.append(Source(id=UNWEIGHTED, title=source.title, design=plain, sample=source.sample))
    return tabulate(
        sources, found.items, rules=found.loaded.rules, minimum_base=found.loaded.minimum_base, earlier=earlier
    )


def make_codebook(found: Found, tables: Tables | None, languages: Sequence[str], name: str) -> Codebook:
    """Put a codebook together.

    Parameters
    ----------
    found : Found
    tables : Tables or None
        Of its variables with codes; None where it has none.
    languages : sequence of str
        Of the texts.
    name : str
        What the wave or the file is called where it has no title.

    Returns
    -------
    Codebook
    """
    counted = {} if tables is None else _counted(tables, found.loaded.minimum_base)
    variables = tuple(_variable(found, column, counted.get(column), languages) for column in _columns(found))
    if found.wave is None:
        title = tuple((language, name) for language in languages)
        return Codebook(id=name, title=title, weighted=found.weighted, variables=variables)
    return _study(*found.wave, found, variables, languages)


def _columns(found: Found) -> list[str]:
    """List the variables: the questions as they were asked, then what else the file holds, in its order."""
    asked = [item.column for item in found.items]
    boxes = {
        column
        for item in found.items
        if item.form == "multiple"
        for column in found.responses.frame.columns
        if any(column == f"{item.column}{mark}{code}" for mark in "/._" for code in item.options or {})
    }
    if found.wave is not None:
        return [*asked, *(one for one in found.roles if one not in asked)]
    rest = [column for column in found.responses.frame.columns if column not in boxes and column not in asked]
    order = {column: at for at, column in enumerate(found.responses.frame.columns)}
    return sorted([*asked, *rest], key=lambda one: order.get(one, len(order)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counted:
    """The counts and shares of a variable that may be shown, by code, and whether the codes themselves may not be."""

    shares: Mapping[str, float | None]
    counts: Mapping[str, int | None]
    base: int | None
    hidden: bool
    rare: bool


def _counted(tables: Tables, minimum_base: int) -> dict[str, _Counted]:
    found = {}
    shown = tables.frame.filter((pl.col("row_kind") == "option") & (pl.col("domain_variable") == "all"))
    first, last = tables.sources[0].id, tables.sources[-1].id
    for item in tables.items:
        rows = shown.filter(pl.col("item") == item.column)
        weighted = rows.filter(pl.col("source") == first).to_dicts()
        plain = {row["option"]: row for row in rows.filter(pl.col("source") == last).to_dicts()}
        hidden = {row["option"] for row in (*weighted, *plain.values()) if row["suppressed"]}
        base = next((row["n"] for row in plain.values() if row["n"] is not None), None)
        rare = _rare(item, plain, minimum_base)
        few = rare or base is None or base < minimum_base
        found[item.column] = _Counted(
            shares={row["option"]: None if few or row["option"] in hidden else row["estimate"] for row in weighted},
            counts={code: None if few or code in hidden else _people(row) for code, row in plain.items()},
            base=None if base is None or base < minimum_base or hidden else int(base),
            hidden=few or bool(hidden),
            rare=rare,
        )
    return found


def _people(row: Mapping[str, float | None]) -> int | None:
    """Give the respondents of a cell: its unweighted share of the base."""
    share, base = row["estimate"], row["n"]
    return None if share is None or base is None else round(share * base)


def _rare(item: TableItem, plain: Mapping[str, Mapping[str, float | None]], minimum_base: int) -> bool:
    """Tell whether codes that nobody labelled stand for few persons: they may be names, or places where one lives."""
    own = [code for code, words in (item.options or {}).items() if set(words.values()) == {code}]
    if len(own) < len(item.options or {}):
        return False
    counts = [_people(plain[code]) for code in own if code in plain]
    return any(count is not None and 0 < count < minimum_base for count in counts)


def _variable(found: Found, column: str, counted: _Counted | None, languages: Sequence[str]) -> Variable:
    item = next((one for one in found.items if one.column == column), None)
    role = found.roles.get(column, "")
    if item is None or counted is None:
        label = found.responses.labels.get(column, "")
        texts = tuple((one, label) for one in languages if label)
        return Variable(name=column, label=texts, measure=_measure_of(found.responses, column), role=role)
    categories = [] if counted.rare else _categories(found, item, counted, languages)
    return Variable(
        name=column,
        label=_texts(item.title, languages),
        wording=_texts(item.wording, languages),
        measure="multiple" if item.form == "multiple" else "ordinal" if item.ordered else "nominal",
        role=role,
        valid=counted.base,
        categories=tuple(categories),
        hidden=counted.hidden,
    )


def _measure_of(responses: Responses, column: str) -> Measure:
    if column not in responses.frame.columns:
        return "text"
    values = responses.frame[column].drop_nulls()
    numbers = values.cast(pl.Float64, strict=False)
    return "scale" if values.len() and numbers.null_count() == 0 else "text"


def _categories(found: Found, item: TableItem, counted: _Counted, languages: Sequence[str]) -> list[Category]:
    missing = set(item.missing)
    listed = {code: words for code, words in (item.options or {}).items() if code not in missing}
    made = [
        Category(
            code=code,
            label=_texts(words, languages),
            count=counted.counts.get(code),
            share=counted.shares.get(code),
        )
        for code, words in listed.items()
    ]
    labels = found.responses.value_labels.get(item.column, {})
    for code in (one for one in (item.options or {}) if one in missing):
        made.append(Category(code=code, label=_texts((item.options or {})[code], languages), missing=True))
    for code in item.missing:
        if code not in (item.options or {}):
            label = labels.get(code, "")
            made.append(Category(code=code, label=tuple((one, label) for one in languages if label), missing=True))
    return [_with_missing(found, item, one, counted) if one.missing else one for one in made]


def _with_missing(found: Found, item: TableItem, one: Category, counted: _Counted) -> Category:
    """Count a code that is no answer, where the answers of the variable may be counted."""
    frame = found.responses.frame
    if counted.hidden or item.form == "multiple" or item.column not in frame.columns:
        return one
    return replace(one, count=int((frame[item.column] == one.code).sum()))


def _texts(words: Mapping[str, str], languages: Sequence[str]) -> Texts:
    return tuple((language, words[language]) for language in languages if words.get(language))


def _study(case: Case, wave: Wave, found: Found, variables: tuple[Variable, ...], languages: Sequence[str]) -> Codebook:
    told = wave.methodology
    source = case.sources.get(wave.design.source)
    publisher = case.header.publisher.root

    def said(name: str) -> Texts:
        return _texts(getattr(told, name).root, languages)

    return Codebook(
        id=f"{case.header.id}-{wave.id}",
        title=_texts(wave.design.title.root, languages),
        authors=said("conductor")[:1],
        producer=_texts(publisher, languages)[:1],
        funders=said("sponsor"),
        source=("", "") if source is None else (source.language or "", f"{source.title}. {source.publisher}."),
        abstract=said("instrument"),
        dates=said("dates"),
        population=said("population"),
        method=tuple((tag, said(name)) for name, tag in METHOD.items()),
        precision=said("size_and_precision"),
        weighted=found.weighted,
        variables=variables,
    )
