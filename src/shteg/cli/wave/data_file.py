"""A data file with its design given by options, as sources and items."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click
import polars as pl

from shteg.cli.wave.content import answers_sample, content_sample
from shteg.cli.wave.names import (
    MINIMUM_BASE,
    DataOptions,
    Loaded,
    Request,
    Words,
    battery_grids,
    number_items,
    questionnaire_items,
    read_numbers_and_groupings,
    require_names,
    split_names,
)
from shteg.cli.wave.sets import set_item, set_names, set_of
from shteg.errors import DesignError, UsageError
from shteg.evidence.files.data_address import is_address, is_database, read_address
from shteg.evidence.records.surveys import Questionnaire, WaveItem, WaveReplicates
from shteg.hints import counted, list_names
from shteg.report.language.messages import languages as known_languages
from shteg.survey import Design
from shteg.survey.code_texts import sort_codes
from shteg.survey.designs.design import LonelyPsu
from shteg.survey.inference.linear import AnyDesign
from shteg.survey.readers import FormQuestionnaire, Responses, read_questionnaire, read_responses
from shteg.survey.readers.missing_codes import box_columns, declared_missing, refuse_conflicts, substantive_answers
from shteg.survey.readers.partitions import is_pattern
from shteg.survey.readers.sets import set_columns
from shteg.survey.tables import Grid, Grouping, QualityRules, Source, TableItem, Units
from shteg.survey.waves.read_wave import replicated


def is_data_file(name: str) -> bool:
    """Tell whether a name is a data file, a database, or a folder or pattern of Parquet files."""
    path = Path(name)
    if path.is_dir():
        return not (path / "design.toml").is_file() and any(path.rglob("*.parquet"))
    return path.is_file() or is_address(name) or is_pattern(name)


def load_file(named: Path | str, options: DataOptions, request: Request) -> Loaded:
    """Read a data file with the design and the questionnaire that the options name: a source for each weight.

    Parameters
    ----------
    named : Path or str
        The data file, or another source for which `is_data_file` holds.
    options : DataOptions
        Its design, its questionnaire, its encoding.
    request : Request
        Items, means and groupings by their names, as typed.

    Returns
    -------
    Loaded
        A source for each weight, and the items that were asked for.

    Raises
    ------
    UsageError
        A name is not a column, a set or an item of the questionnaire.
    ShtegError
        The file or the questionnaire cannot be read, or the design does not fit.
    """
    name = str(named)
    form = read_form(options)
    responses = read_responses(name, encoding=options.encoding, form=form)
    for note in responses.notes:
        click.echo(f"Note: {note}", err=True)
    options, request = _renamed(responses, options, request)
    owner = f"the file {responses.name}"
    columns = responses.frame.columns
    if isinstance(form, FormQuestionnaire):  # it cannot say what is missing
        for note in form.notes:
            click.echo(f"Note: {note}", err=True)
    elif form is not None:
        refuse_conflicts(responses, form)
    for option, names in (("--stratum", options.stratum), ("--psu", options.psu)):
        require_names([names] if names else [], columns, owner, option)
    require_names(options.weights, columns, owner, "--weight")
    means, by = read_numbers_and_groupings(request, columns, owner)
    answers = substantive_answers(responses)
    answers = answers.with_columns(set_columns(responses, answers))
    items = _items(responses, answers, form, request, owner)
    missing = declared_missing(form.items) if form else {}
    titles = {variable: _each_language(text) for variable, text in responses.labels.items()}
    domains = {name: _label_codes(responses, answers, name) for names in by for name in names}
    if form is not None:
        titles |= {name: item.title.root for name, item in form.items.items()}
        domains |= {name: _asked_codes(form.items[name]) for name in domains if name in form.items}
    numbers = [replace(item, title=titles.get(item.column, {})) for item in number_items(means, missing)]
    return Loaded(
        sources=_sources(name, responses.name, answers, options),
        items=(*items, *numbers),
        groupings=tuple(Grouping(variables=names, titles=titles, domains=domains, missing=missing) for names in by),
        rules=QualityRules(),
        minimum_base=options.minimum_base or MINIMUM_BASE,
        languages=_languages(options.questionnaire, form),
        file=responses.name,
        weights=options.weights,
        grids=_heading_grids(responses) if form is None else battery_grids(form),
    )


def _renamed(responses: Responses, options: DataOptions, request: Request) -> tuple[DataOptions, Request]:
    """Take columns that were asked for by what stands in the file (`person/sex`) for what they are called here."""
    names = responses.renamed

    def called(texts: Sequence[str]) -> tuple[str, ...]:
        return tuple(f'"{names[text]}"' if text in names else text for text in texts)

    return (
        replace(
            options,
            stratum=names.get(options.stratum or "", options.stratum),
            psu=names.get(options.psu or "", options.psu),
            weights=tuple(names.get(one, one) for one in options.weights),
        ),
        Request(items=called(request.items), means=called(request.means), by=called(request.by)),
    )


def read_form(options: DataOptions) -> Questionnaire | None:
    """Read the questionnaire that an option names, None without it.

    Parameters
    ----------
    options : DataOptions

    Returns
    -------
    Questionnaire or None

    Raises
    ------
    DesignError
        It cannot be read.
    """
    named = options.questionnaire
    return None if named is None else read_questionnaire(named, language=options.language)


def _heading_grids(responses: Responses) -> tuple[Grid, ...]:
    """Give the batteries that the headings of a file show (arrays of LimeSurvey)."""
    return tuple(
        Grid(name=name, items=items, title=_each_language(responses.labels.get(name, name)))
        for name, items in responses.batteries.items()
    )


def _items(
    responses: Responses, answers: pl.DataFrame, form: Questionnaire | None, request: Request, owner: str
) -> list[TableItem]:
    if form is not None:
        return _asked_items(responses, form, request)
    columns, sets = responses.frame.columns, set_names(responses)
    if not request.items and not request.means:
        hint = (
            f"name them with --items and --means; {list_names(columns, 'the columns are', 'it has no columns at all')}"
        )
        raise UsageError("a data file does not say which columns are items", hint, "--items")
    names = split_names(request.items, (*columns, *sets), "--items")
    require_names(names, (*columns, *sets), owner, "--items")
    items: list[TableItem] = []
    for name in names:
        if name in sets:
            item = set_item(responses, answers, sets[name], _each_language)
        else:
            item = _labelled_item(responses, answers, name)
            if whole := set_of(responses, name):
                click.echo(f"Note: {name} belongs to the set {whole}: --items {whole} gives one table of it", err=True)
        items.append(item)
    return items


def _asked_items(responses: Responses, form: Questionnaire, request: Request) -> list[TableItem]:
    known = {item.column: item for item in questionnaire_items(form)}
    names = split_names(request.items, known, "--items")
    for name in names:
        if name in responses.frame.columns and name not in known:
            hint = "ask for its mean with --means, or leave out --questionnaire to use the labels of the file"
            raise UsageError(f"the questionnaire says nothing of the column {name!r}", hint, "--items")
    require_names(names, known, "the questionnaire", "--items", kind="item")
    return [known[name] for name in names or (() if request.means else _answered(responses, form, known))]


def _answered(responses: Responses, form: Questionnaire, known: Mapping[str, TableItem]) -> list[str]:
    """Give the items; of a form that is one of a field tool, those to which the file has a column."""
    columns = responses.frame.columns
    there = [
        name
        for name, item in known.items()
        if name in columns or (item.form == "multiple" and box_columns(name, list(item.options or {}), columns))
    ]
    if not isinstance(form, FormQuestionnaire) or not there or len(there) == len(known):
        return list(known)
    lacking = [name for name in known if name not in there]
    count = counted(len(lacking), "question")
    click.echo(f"Note: {responses.name} has no column for {count} of the form: {', '.join(lacking)}", err=True)
    return there


def _asked_codes(item: WaveItem) -> dict[str, Words]:
    """Give the options of a question that are answers, in its order."""
    return {code: label.root for code, label in item.options.items() if code not in item.missing}


def _labelled_item(responses: Responses, answers: pl.DataFrame, name: str) -> TableItem:
    """An item from what the file says: its labels, its codes, and those that it declares missing."""
    missing = responses.missing.get(name, ())
    options = _label_codes(responses, answers, name)
    battery = next((items for items in responses.batteries.values() if name in items), ())
    if battery:  # the questions of a battery have the same options, whether somebody gave them or not
        every = {code: text for one in battery for code, text in _label_codes(responses, answers, one).items()}
        options = {code: every[code] for code in sort_codes(every)}
    return TableItem(
        column=name, title=_each_language(responses.labels.get(name, name)), options=options, missing=missing
    )


def _label_codes(responses: Responses, answers: pl.DataFrame, name: str) -> dict[str, Words]:
    """Give the codes of a column with their labels, those declared missing left out; one without stands for itself.

    The order is that of the labels if they name every code that occurs; else that of the codes (numbers by value).
    """
    missing = set(responses.missing.get(name, ()))
    labels = {code: text for code, text in responses.value_labels.get(name, {}).items() if code not in missing}
    occurring = {code for code in answers[name].str.strip_chars().drop_nulls().unique().to_list() if code}
    codes = list(labels) if occurring <= labels.keys() else sort_codes(occurring | labels.keys())
    return {code: _each_language(labels.get(code, code)) for code in codes}


def _sources(source: str, name: str, answers: pl.DataFrame, options: DataOptions) -> tuple[Source, ...]:
    sources: list[Source] = []
    sample = answers_sample(answers) if is_database(source) else content_sample(Path(source))
    for weight in options.weights or ("",):
        called = weight if len(options.weights) > 1 else _title(source, name)
        design = _design(answers, name, options, weight or None)
        units = Units(stratum=options.stratum, psu=options.psu, nest=options.nest)
        sources.append(
            Source(
                id=called,
                title=_each_language(called),
                design=design,
                sample=sample,
                wave=source,
                weighting=weight,
                units=units,
            )
        )
    return tuple(sources)


def _title(source: str, name: str) -> str:
    """What a source is called in a table: the table of a database, or the name of the file."""
    if is_address(source):
        address = read_address(source)
        return address.table or (Path(name).stem if not address.in_memory else "query")
    return Path(name).stem


def _design(answers: pl.DataFrame, name: str, options: DataOptions, weight: str | None) -> AnyDesign:
    lonely: LonelyPsu = options.lonely_psu  # type: ignore[assignment]
    try:
        if options.replicates is not None:
            told = WaveReplicates.model_validate(
                {"prefix": options.replicates, "type": options.replicate_type or "JK1"}
            )
            return replicated(told, answers, weight, options.stratum or options.psu)
        return Design.from_frame(
            answers, stratum=options.stratum, psu=options.psu, weight=weight, nest=options.nest, lonely_psu=lonely
        )
    except DesignError as error:
        error.where = ", ".join(part for part in (name, error.where) if part)
        raise


def _languages(path: Path | None, form: Questionnaire | None) -> tuple[str, ...]:
    if form is None or path is None:
        return known_languages()
    codes: Collection[str] = {code for item in form.items.values() for code in item.title.root}
    tongues = tuple(code for code in known_languages() if code in codes)
    if not tongues:
        hint = "give labels in one of " + ", ".join(known_languages())
        raise UsageError(f"tables cannot be written in {', '.join(codes)}", hint, path.name)
    return tongues


def _each_language(text: str) -> Words:
    """Give a text of a data file, which is in no language in particular, in every language of print."""
    return dict.fromkeys(known_languages(), text)
