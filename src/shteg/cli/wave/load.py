"""What a command is asked for: waves of cases, wave folders and data files, as sources and items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from shteg.cli.wave.content import content_sample
from shteg.cli.wave.data_file import is_data_file, load_file
from shteg.cli.wave.names import (
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
from shteg.errors import UsageError
from shteg.evidence import find_case, read_case
from shteg.evidence.case import Case, Wave
from shteg.survey.readers.files import READERS
from shteg.survey.readers.missing_codes import declared_missing
from shteg.survey.tables import Grouping, QualityRules, Source, TableItem, Units
from shteg.survey.waves.read_wave import read_wave_answers, wave_design


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
            replace(source, id=f"{name}:{source.id}", title=_told_apart(source, name))
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


def _told_apart(source: Source, name: str) -> Words:
    """A title with the name of the data file where several hold the same weights."""
    path = Path(name)
    return {code: f"{path.stem}, {text}" for code, text in source.title.items()} if path.is_file() else source.title


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


def find_wave(name: str) -> Path | str | tuple[Path, str]:
    """Find what a name means: a data file, or a wave of a case by the case's folder and the wave's id.

    Parameters
    ----------
    name : str
        A data file, the folder of a wave, or CASE/WAVE.

    Returns
    -------
    Path, str or (Path, str)
        A text stands for a database, or a folder or pattern of Parquet files.

    Raises
    ------
    UsageError
        It means nothing; or there is no such case.
    """
    path = Path(name)
    if path.is_file():
        return path
    if is_data_file(name):
        return name
    if (path / "design.toml").is_file():
        path = path.resolve()
        return path.parent.parent, path.name
    if path.suffix.lower() in READERS:
        raise UsageError(f"there is no data file {name!r}", "check its name and its folder", "WAVE")
    case, mark, wave = name.rpartition("/")
    if not mark or not case or not wave:
        hint = "give CASE/WAVE (for example demo/2025), the folder of a wave, or a data file"
        raise UsageError(f"there is no wave or data file {name!r}", hint, "WAVE")
    return find_case(case), wave


def read_wave_of(folder: Path, name: str) -> tuple[Case, Wave]:
    """Read a case and take a wave out of it.

    Parameters
    ----------
    folder : Path
        Of the case.
    name : str
        Id of the wave.

    Returns
    -------
    case, wave : Case, Wave

    Raises
    ------
    UsageError
        The case has no such wave.
    """
    case = read_case(folder)
    wave = next((one for one in case.waves if one.id == name), None)
    if wave is None:
        hint = "the waves are " + (", ".join(one.id for one in case.waves) or "none: the case holds no microdata")
        raise UsageError(f"the case {case.header.id} has no wave {name!r}", hint, "WAVE")
    return case, wave


def _load(name: str, options: DataOptions, request: Request) -> Loaded:
    found = find_wave(name)
    return load_file(found, options, request) if isinstance(found, Path | str) else _load_wave(*found, options, request)


def _load_wave(folder: Path, name: str, options: DataOptions, request: Request) -> Loaded:
    case, wave = read_wave_of(folder, name)
    for option in ("stratum", "psu", "questionnaire", "encoding", "nest", "replicates", "replicate_type"):
        if getattr(options, option):
            raise UsageError(
                "design.toml and questionnaire.toml say this", "leave the option out", f"--{option.replace('_', '-')}"
            )
    known = {item.column: item for item in questionnaire_items(wave.questionnaire)}
    names = split_names(request.items, known, "--items")
    require_names(names, known, "the questionnaire", "--items", kind="item")
    sources = _weighted(wave, options.weights)
    columns, owner = sources[0].design.data.columns, f"the file {wave.design.data}"
    means, by = read_numbers_and_groupings(request, columns, owner)
    titles = {variable: title.root for variable, title in wave.design.domains.items()}
    missing = declared_missing(wave.questionnaire.items)
    domains = domain_names(case, wave, list(known.values()))
    methodology = wave.methodology
    return Loaded(
        sources=sources,
        items=(*(known[name] for name in names or (() if means else known)), *number_items(means, missing)),
        groupings=tuple(Grouping(variables=names, titles=titles, domains=domains, missing=missing) for names in by),
        rules=wave.design.quality,
        minimum_base=max(case.header.minimum_base, options.minimum_base or 1),
        languages=tuple(case.header.languages),
        grids=battery_grids(wave.questionnaire),
        about=tuple((f"methodology.{key}", getattr(methodology, key).root) for key in type(methodology).model_fields),
    )


def _tell(note: str) -> None:
    click.echo(f"Note: {note}", err=True)


def _weighted(wave: Wave, weights: Sequence[str]) -> tuple[Source, ...]:
    """The wave under its own weight, or under each of those named."""
    title = wave.design.title.root
    answers, sample = read_wave_answers(wave, _tell), content_sample(wave.data_path)
    units = Units(stratum=wave.design.stratum, psu=wave.design.psu)
    alone = Source(
        id=wave.id,
        title=title,
        design=wave_design(wave, answers),
        sample=sample,
        wave=wave.id,
        units=units,
        same_psus=wave.design.same_psus,
    )
    if not weights:
        return (alone,)
    require_names(weights, answers.columns, f"the file {wave.design.data}", "--weight")
    sources = []
    for weight in weights:
        plan = wave.design.model_copy(update={"weight": weight, "weights": None})
        design = wave_design(replace(wave, design=plan), answers)
        named = title if len(weights) == 1 else {code: f"{text}, {weight}" for code, text in title.items()}
        sources.append(replace(alone, id=f"{wave.id}:{weight}", title=named, design=design, weighting=weight))
    return tuple(sources)


def domain_names(case: Case, wave: Wave, form: Sequence[TableItem]) -> dict[str, Mapping[str, Words]]:
    """Give the names of the codes of grouping variables: design.toml, options of an item, or labels.toml (subgroup).

    Parameters
    ----------
    case : Case
    wave : Wave
    form : sequence of TableItem
        Questions of the wave.

    Returns
    -------
    dict
        Column → code → name by language.
    """
    words: dict[str, Words] = {code: label.root for code, label in case.labels.get("subgroup", {}).items()}
    codes = {
        column: {**words, **{code: label.root for code, label in names.items()}}
        for column, names in wave.design.codes.items()
    }
    options = {item.column: dict(item.options or {}) for item in form}
    return {**dict.fromkeys(wave.design.domains, words), **options, **codes}
