"""What `shteg tabulate` is asked to tabulate: waves of cases, wave folders and data files as sources and items."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click
import polars as pl

from shteg.cli.tabulate.log import content_sample
from shteg.cli.tabulate.names import (
    MINIMUM_BASE,
    DataOptions,
    Loaded,
    Request,
    Words,
    number_items,
    questionnaire_items,
    read_numbers_and_groupings,
    require_names,
    split_names,
)
from shteg.errors import DesignError, UsageError
from shteg.evidence import find_case, read_case
from shteg.evidence.case import Case, Wave
from shteg.evidence.records.surveys import Questionnaire, WaveItem
from shteg.hints import list_names
from shteg.report.language.messages import languages as known_languages
from shteg.survey import Design
from shteg.survey.code_texts import sort_codes
from shteg.survey.designs.design import LonelyPsu
from shteg.survey.readers import FormQuestionnaire, Responses, read_questionnaire, read_responses
from shteg.survey.readers.missing_codes import declared_missing, refuse_conflicts, substantive_answers
from shteg.survey.tables import Grouping, QualityRules, Source, TableItem
from shteg.survey.waves.read_wave import read_wave_answers, wave_design

SIGN = "$"
"""SPSS writes it before the name of a set."""


def load_waves(names: Sequence[str], options: DataOptions, request: Request) -> Loaded:
    """Read all waves; those after the first must hold the same items.

    Parameters
    ----------
    names : sequence of str
        Waves of a case as CASE:WAVE, wave folders, or data files; at least one.
    options : DataOptions
        How a data file is read.
    request : Request
        Items, means and groupings by their names, as typed.

    Returns
    -------
    Loaded
        All waves as sources, with the items that they share and the strictest of their rules.

    Raises
    ------
    UsageError
        The waves share no item, or not one that was asked for.
    ShtegError
        There is no such wave, file, item or column; the design does not fit.
    """
    loaded = [_load(name, options, request) for name in names]
    first = loaded[0]
    sources = [source for one in loaded for source in one.sources]
    if len({source.id for source in sources}) < len(sources):
        sources = [
            replace(source, id=f"{name}:{source.id}")
            for name, one in zip(names, loaded, strict=True)
            for source in one.sources
        ]
    shared = [item for item in first.items if all(item.column in {i.column for i in one.items} for one in loaded[1:])]
    if not shared:
        raise UsageError("the waves have no item in common", "tabulate them one by one", ", ".join(names))
    if request.items and len(shared) < len(first.items):
        lost = next(item.column for item in first.items if item not in shared)
        raise UsageError(f"the item {lost!r} is not in all waves", "leave it out, or tabulate one wave", "--items")
    return replace(
        first,
        sources=tuple(sources),
        items=tuple(shared),
        rules=_strictest([one.rules for one in loaded]),
        minimum_base=max(one.minimum_base for one in loaded),
        languages=tuple(code for code in first.languages if all(code in one.languages for one in loaded)),
    )


def _strictest(rules: Sequence[QualityRules]) -> QualityRules:
    """The rules that hold where several waves stand in one table."""
    merged: dict[str, object] = {}
    for name in QualityRules.model_fields:
        values = [getattr(one, name) for one in rules]
        if name.endswith("relative_error"):
            merged[name] = min((one for one in values if one is not None), default=None)
        else:
            merged[name] = max(values)
    return QualityRules.model_validate(merged)


def choose_languages(loaded: Loaded, language: str | None) -> tuple[str, ...]:
    """Give the languages to write, all of the case unless one is named, which it must have."""
    if language is None:
        return loaded.languages
    found = tuple(one for one in loaded.languages if one == language)
    if not found:
        hint = "choose one of " + ", ".join(loaded.languages)
        raise UsageError(f"there is no language {language!r}", hint, "--language")
    return found


def _load(name: str, options: DataOptions, request: Request) -> Loaded:
    path = Path(name)
    if path.is_file():
        return _load_file(path, options, request)
    if (path / "design.toml").is_file():
        path = path.resolve()
        return _load_wave(path.parent.parent, path.name, options, request)
    case, mark, wave = name.rpartition("/")
    if not mark or not case or not wave:
        hint = "give CASE/WAVE (for example demo/2025), the folder of a wave, or a data file"
        raise UsageError(f"there is no wave or data file {name!r}", hint, "WAVE")
    return _load_wave(find_case(case), wave, options, request)


def _load_wave(folder: Path, name: str, options: DataOptions, request: Request) -> Loaded:
    case = read_case(folder)
    wave = next((one for one in case.waves if one.id == name), None)
    if wave is None:
        hint = "the waves are " + (", ".join(one.id for one in case.waves) or "none: the case holds no microdata")
        raise UsageError(f"the case {case.header.id} has no wave {name!r}", hint, "WAVE")
    for option in ("stratum", "psu", "questionnaire", "encoding", "nest"):
        if getattr(options, option):
            raise UsageError("design.toml and questionnaire.toml say this", "leave the option out", f"--{option}")
    known = {item.column: item for item in questionnaire_items(wave.questionnaire)}
    names = split_names(request.items, known, "--items")
    require_names(names, known, "the questionnaire", "--items", kind="item")
    sources = _weighted(wave, options.weights)
    columns, owner = sources[0].design.data.columns, f"the file {wave.design.data}"
    means, by = read_numbers_and_groupings(request, columns, owner)
    titles = {variable: title.root for variable, title in wave.design.domains.items()}
    missing = declared_missing(wave.questionnaire.items)
    domains = _domain_names(case, wave, list(known.values()))
    methodology = wave.methodology
    return Loaded(
        sources=sources,
        items=(*(known[name] for name in names or (() if means else known)), *number_items(means, missing)),
        groupings=tuple(Grouping(variables=names, titles=titles, domains=domains, missing=missing) for names in by),
        rules=wave.design.quality,
        minimum_base=max(case.header.minimum_base, options.minimum_base or 1),
        languages=tuple(case.header.languages),
        about=tuple((f"methodology.{key}", getattr(methodology, key).root) for key in type(methodology).model_fields),
    )


def _weighted(wave: Wave, weights: Sequence[str]) -> tuple[Source, ...]:
    """The wave under its own weight, or under each of those named."""
    title = wave.design.title.root
    answers, sample = read_wave_answers(wave), content_sample(wave.data_path)
    if not weights:
        return (Source(id=wave.id, title=title, design=wave_design(wave, answers), sample=sample),)
    require_names(weights, answers.columns, f"the file {wave.design.data}", "--weight")
    sources = []
    for weight in weights:
        plan = wave.design.model_copy(update={"weight": weight})
        design = wave_design(replace(wave, design=plan), answers)
        named = title if len(weights) == 1 else {code: f"{text}, {weight}" for code, text in title.items()}
        sources.append(Source(id=f"{wave.id}:{weight}", title=named, design=design, sample=sample))
    return tuple(sources)


def _domain_names(case: Case, wave: Wave, form: Sequence[TableItem]) -> dict[str, Mapping[str, Words]]:
    """Names of the codes of grouping variables: design.toml, options of an item, or labels.toml (subgroup)."""
    words: dict[str, Words] = {code: label.root for code, label in case.labels.get("subgroup", {}).items()}
    codes = {
        column: {**words, **{code: label.root for code, label in names.items()}}
        for column, names in wave.design.codes.items()
    }
    options = {item.column: dict(item.options or {}) for item in form}
    return {**dict.fromkeys(wave.design.domains, words), **options, **codes}


def set_names(responses: Responses) -> dict[str, str]:
    """Give the names by which each set may be asked for, without and with the dollar sign; columns go before sets."""
    names = {typed: name for name in responses.sets for typed in (name, SIGN + name.lstrip(SIGN), name.lstrip(SIGN))}
    return {typed: name for typed, name in names.items() if typed not in responses.frame.columns}


def set_of(responses: Responses, column: str) -> str:
    """Give the name of the set to which a column belongs, blank if to none."""
    return next((name for name, one in responses.sets.items() if column in one.columns), "")


def set_columns(responses: Responses, answers: pl.DataFrame) -> list[pl.Series]:
    """Give the columns that the sets add to the data: 0 and 1 for each box of one kind, joined codes for the other."""
    added = []
    for name, declared in responses.sets.items():
        if declared.kind == "dichotomy":
            added += [_box(answers[column], declared.counted).alias(f"{name}/{column}") for column in declared.columns]
        else:
            texts = [answers[column].str.strip_chars() for column in declared.columns]
            joined = pl.DataFrame(texts).select(pl.concat_str(pl.all(), separator=" ", ignore_nulls=True))
            added.append(joined.to_series().alias(name))
    return [series for series in added if series.name not in answers.columns]


def _set_item(responses: Responses, answers: pl.DataFrame, name: str, each: Callable[[str], Words]) -> TableItem:
    """Turn a set into an item with several answers; `each` gives a text of the file in every language."""
    declared = responses.sets[name]
    title = each(declared.label or name)
    if declared.kind == "dichotomy":
        options = {column: each(responses.labels.get(column, column)) for column in declared.columns}
        return TableItem(column=name, title=title, form="multiple", options=options)
    occurring = {
        code for column in declared.columns for code in answers[column].str.strip_chars().unique().to_list() if code
    }
    spaced = next((code for code in sorted(occurring) if " " in code), None)
    if spaced is not None:
        hint = "tabulate its columns one by one with --items"
        raise UsageError(f"the set {name!r} has the code {spaced!r}, which holds a blank", hint, "--items")
    labels: dict[str, str] = {}
    for column in declared.columns:
        labels |= responses.value_labels.get(column, {})
    missing = {code for column in declared.columns for code in responses.missing.get(column, ())}
    known = [code for code in labels if code not in missing]
    codes = known if occurring <= set(known) else sort_codes(occurring | set(known))
    options = {code: each(labels.get(code, code)) for code in codes}
    return TableItem(column=name, title=title, form="multiple", options=options)


def _box(column: pl.Series, counted: str | None) -> pl.Series:
    """Give 1 where the counted code stands, 0 where another does, null where nothing does."""
    return (column.str.strip_chars() == counted).cast(pl.Int8).cast(pl.String)


def _load_file(path: Path, options: DataOptions, request: Request) -> Loaded:
    """Read a data file with the design and the questionnaire that the options name: a source for each weight."""
    responses = read_responses(path, encoding=options.encoding)
    for note in responses.notes:
        click.echo(f"Note: {note}", err=True)
    owner = f"the file {responses.name}"
    columns = responses.frame.columns
    asked = options.questionnaire
    form = None if asked is None else read_questionnaire(asked, language=options.language)
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
        sources=_sources(path, responses.name, answers, options),
        items=(*items, *numbers),
        groupings=tuple(Grouping(variables=names, titles=titles, domains=domains, missing=missing) for names in by),
        rules=QualityRules(),
        minimum_base=options.minimum_base or MINIMUM_BASE,
        languages=_languages(options.questionnaire, form),
        file=path.name,
        weights=options.weights,
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
            item = _set_item(responses, answers, sets[name], _each_language)
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
    return [known[name] for name in names or (() if request.means else known)]


def _asked_codes(item: WaveItem) -> dict[str, Words]:
    """Give the options of a question that are answers, in its order."""
    return {code: label.root for code, label in item.options.items() if code not in item.missing}


def _labelled_item(responses: Responses, answers: pl.DataFrame, name: str) -> TableItem:
    """An item from what the file says: its labels, its codes, and those that it declares missing."""
    missing = responses.missing.get(name, ())
    return TableItem(
        column=name,
        title=_each_language(responses.labels.get(name, name)),
        options=_label_codes(responses, answers, name),
        missing=missing,
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


def _sources(path: Path, name: str, answers: pl.DataFrame, options: DataOptions) -> tuple[Source, ...]:
    sources, sample = [], content_sample(path)
    for weight in options.weights or ("",):
        called = weight if len(options.weights) > 1 else path.stem
        design = _design(answers, name, options, weight or None)
        sources.append(Source(id=called, title=_each_language(called), design=design, sample=sample))
    return tuple(sources)


def _design(answers: pl.DataFrame, name: str, options: DataOptions, weight: str | None) -> Design:
    lonely: LonelyPsu = options.lonely_psu  # type: ignore[assignment]
    try:
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
