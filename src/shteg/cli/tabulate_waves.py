"""What `shteg tabulate` is asked to tabulate: waves of cases, wave folders and data files as sources and items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shteg.errors import DesignError, UsageError
from shteg.evidence import find_case, read_case
from shteg.evidence.case import Case, Wave
from shteg.evidence.records_surveys import Questionnaire
from shteg.report.messages import languages as known_languages
from shteg.survey import Design, read_wave
from shteg.survey.designs.design import LonelyPsu
from shteg.survey.readers import Responses, read_questionnaire, read_responses
from shteg.survey.tables import QualityRules, Source, TableItem

MINIMUM_BASE = 20
"""Of a data file without a case; cases have their own (`minimum_base`)."""

Words = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """Options that say what a data file does not."""

    stratum: str | None
    psu: str | None
    weights: tuple[str, ...]
    lonely_psu: str
    questionnaire: Path | None
    minimum_base: int | None


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """Everything that `tabulate` and the writers need; `about` are keys of the notes with their texts by language."""

    sources: tuple[Source, ...]
    items: tuple[TableItem, ...]
    titles: Mapping[str, Words]
    domains: Mapping[str, Mapping[str, Words]]
    rules: QualityRules
    minimum_base: int
    languages: tuple[str, ...]
    about: tuple[tuple[str, Words], ...] = ()
    file: str = ""
    weights: tuple[str, ...] = ()


def load_waves(names: Sequence[str], options: DataOptions, items: Sequence[str], means: Sequence[str]) -> Loaded:
    """Read all waves; those after the first must hold the same items.

    Raises
    ------
    ShtegError
        There is no such wave, file, item or column; the design does not fit.
    """
    loaded = [_load(name, options, items, means) for name in names]
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
    if items and len(shared) < len(first.items):
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
    """Give the languages to write, all of the case unless one is named.

    Raises
    ------
    UsageError
        The case has no such language.
    """
    if language is None:
        return loaded.languages
    if language not in loaded.languages:
        hint = "choose one of " + ", ".join(loaded.languages)
        raise UsageError(f"there is no language {language!r}", hint, "--language")
    return (language,)


def _load(name: str, options: DataOptions, items: Sequence[str], means: Sequence[str]) -> Loaded:
    path = Path(name)
    if path.is_file():
        return _load_file(path, options, items, means)
    if (path / "design.toml").is_file():
        path = path.resolve()
        return _load_wave(path.parent.parent, path.name, options, items, means)
    case, mark, wave = name.rpartition("/")
    if not mark or not case or not wave:
        hint = "give CASE/WAVE (for example demo/2025), the folder of a wave, or a data file"
        raise UsageError(f"there is no wave or data file {name!r}", hint, "WAVE")
    return _load_wave(find_case(case), wave, options, items, means)


def _load_wave(folder: Path, name: str, options: DataOptions, items: Sequence[str], means: Sequence[str]) -> Loaded:
    case = read_case(folder)
    wave = next((one for one in case.waves if one.id == name), None)
    if wave is None:
        hint = "the waves are " + (", ".join(one.id for one in case.waves) or "none: the case holds no microdata")
        raise UsageError(f"the case {case.header.id} has no wave {name!r}", hint, "WAVE")
    for option in ("stratum", "psu", "questionnaire"):
        if getattr(options, option):
            raise UsageError("design.toml and questionnaire.toml say this", "leave the option out", f"--{option}")
    form = questionnaire_items(wave.questionnaire)
    chosen = [*(_choose(form, items) if items or not means else ()), *_numbers(means)]
    methodology = wave.methodology
    return Loaded(
        sources=_weighted(wave, options.weights),
        items=tuple(chosen),
        titles={variable: title.root for variable, title in wave.design.domains.items()},
        domains=_domain_names(case, wave, form),
        rules=wave.design.quality,
        minimum_base=max(case.header.minimum_base, options.minimum_base or 1),
        languages=tuple(case.header.languages),
        about=tuple((f"methodology.{key}", getattr(methodology, key).root) for key in type(methodology).model_fields),
    )


def _weighted(wave: Wave, weights: Sequence[str]) -> tuple[Source, ...]:
    """The wave under its own weight, or under each of those named."""
    title = wave.design.title.root
    if not weights:
        return (Source(id=wave.id, title=title, design=read_wave(wave), sample=wave.id),)
    sources = []
    for weight in weights:
        design = read_wave(replace(wave, design=wave.design.model_copy(update={"weight": weight})))
        named = title if len(weights) == 1 else {code: f"{text}, {weight}" for code, text in title.items()}
        sources.append(Source(id=f"{wave.id}:{weight}", title=named, design=design, sample=wave.id))
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


def questionnaire_items(questionnaire: Questionnaire) -> list[TableItem]:
    """Turn the questions of a wave into items of tables."""
    return [
        TableItem(
            column=name,
            title=item.title.root,
            wording=item.wording.root,
            form="multiple" if item.multiple else "single",
            options={code: label.root for code, label in item.options.items()},
            missing=item.missing,
            ordered=item.ordered,
            scores=item.scores,
        )
        for name, item in questionnaire.items.items()
    ]


def _choose(form: Sequence[TableItem], names: Sequence[str]) -> list[TableItem]:
    from difflib import get_close_matches

    known = {item.column: item for item in form}
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else "the items are " + ", ".join(known)
            raise UsageError(f"the questionnaire has no item {name!r}", hint, "--items")
    return [known[name] for name in names] if names else list(form)


def _numbers(names: Sequence[str]) -> list[TableItem]:
    return [TableItem(column=name, title={}, form="number") for name in names]


def _load_file(path: Path, options: DataOptions, items: Sequence[str], means: Sequence[str]) -> Loaded:
    responses = read_responses(path)
    weights = options.weights or ("",)
    sources = []
    for weight in weights:
        name = path.stem if len(weights) == 1 else weight
        design = _design(responses, options, weight or None)
        title = dict.fromkeys(known_languages(), name)
        sources.append(Source(id=name, title=title, design=design, sample=path.stem))
    form: list[TableItem] = []
    if options.questionnaire is not None:
        form = questionnaire_items(read_questionnaire(options.questionnaire))
        codes = tuple(next(iter(form)).title)
        tongues = tuple(code for code in known_languages() if code in codes)
        if not tongues:
            hint = "give labels in one of " + ", ".join(known_languages())
            raise UsageError(f"tables cannot be written in {', '.join(codes)}", hint, options.questionnaire.name)
    else:
        tongues = known_languages()
        form = _labelled_items(responses, items)
    if not items and not means and options.questionnaire is None:
        hint = "name them with --items and --means; the columns are " + ", ".join(responses.frame.columns[:12]) + " …"
        raise UsageError("a data file does not say which columns are items", hint, "--items")
    chosen = _choose(form, items) if items or not means else []
    both = {variable: _each(text) for variable, text in responses.labels.items()}
    named = {item.column: replace(item, title=both.get(item.column, {})) for item in _numbers(means)}
    return Loaded(
        sources=tuple(sources),
        items=(*chosen, *named.values()),
        titles=both,
        domains={c: {code: _each(text) for code, text in names.items()} for c, names in responses.value_labels.items()},
        rules=QualityRules(),
        minimum_base=options.minimum_base or MINIMUM_BASE,
        languages=tongues,
        file=path.name,
        weights=options.weights,
    )


def _design(responses: Responses, options: DataOptions, weight: str | None) -> Design:
    lonely: LonelyPsu = options.lonely_psu  # type: ignore[assignment]
    try:
        return Design.from_frame(
            responses.frame, stratum=options.stratum, psu=options.psu, weight=weight, lonely_psu=lonely
        )
    except DesignError as error:
        where = ", ".join(part for part in (responses.name, error.where) if part)
        raise DesignError(error.problem, error.hint, where) from error


def _labelled_items(responses: Responses, names: Sequence[str]) -> list[TableItem]:
    """Items from what the file says: labels of variables and values, user-missing codes; codes without a label last."""
    found = []
    for name in names:
        if name not in responses.frame.columns:
            continue
        labels = responses.value_labels.get(name, {})
        missing = responses.missing.get(name, ())
        column = responses.frame[name].str.strip_chars()
        occurring = [code for code in column.drop_nulls().unique().to_list() if code]
        bare = sorted((code for code in occurring if code not in labels), key=_code_order)
        options = {code: _each(labels.get(code, code)) for code in (*labels, *bare)}
        title = _each(responses.labels.get(name, name))
        found.append(TableItem(column=name, title=title, options=options, missing=missing))
    return found


def _code_order(code: str) -> tuple[int, float, str]:
    try:
        return (0, float(code), code)
    except ValueError:
        return (1, 0.0, code)


def _each(text: str) -> Words:
    """A text of the data file, which says nothing of its language, in every language."""
    return dict.fromkeys(known_languages(), text)
