"""From a case folder to a case: read every file, apply the corrections, check, and only then build."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, cast

from shteg.errors import CaseError, Problem
from shteg.evidence.book.living import told_by_cell
from shteg.evidence.case import Case, Wave, filed
from shteg.evidence.checks import commitments as commitment_checks
from shteg.evidence.checks import ledger as ledger_checks
from shteg.evidence.checks import model, pictures, references, rows, wave_tables, waves, words
from shteg.evidence.checks.contradictions import decisions, documents, ladder, objections, steps, surveys
from shteg.evidence.checks.rows import count_problems, figure_problems
from shteg.evidence.files.case_languages import FOLDERS as LANGUAGE_FOLDERS
from shteg.evidence.files.case_languages import read_languages, unused_words
from shteg.evidence.files.csv_tables import CsvTable, Row, read_csv, validate_rows
from shteg.evidence.files.data_address import data_name
from shteg.evidence.files.draft import Draft
from shteg.evidence.files.explain_invalid import quoted, suggest
from shteg.evidence.files.folder import CaseFolder
from shteg.evidence.files.toml_tables import read_toml
from shteg.evidence.records.base import Correction, Corrections, Labels, Sources, is_file_name, is_id
from shteg.evidence.records.case import CaseHeader, Pathways, Recommendations, Steps
from shteg.evidence.records.commitments import LifeCycles
from shteg.evidence.records.declarations import FileSpec, Record
from shteg.evidence.records.editions import EarlierEditions, Errata
from shteg.evidence.records.facts import Items
from shteg.evidence.records.files import ALLOWED, FILES, TABLES, WAVE_FILES
from shteg.evidence.records.images import Images
from shteg.evidence.records.model import Comparisons, Scenario, Scenarios, Variables
from shteg.evidence.records.surveys import (
    Methodology,
    PopulationMargin,
    PublishedFigure,
    Questionnaire,
    Questions,
    Schemes,
    WaveDesign,
)

R = TypeVar("R", bound=Record)
_CHECKED = (
    *(rows, references, words, model, waves, decisions, objections, documents, ladder, steps, surveys),
    *(ledger_checks, commitment_checks, pictures, wave_tables),
)
CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = tuple(one for room in _CHECKED for one in room.CHECKS)


_CORRECTIONS = "corrections.toml"
COMMITMENTS = "commitments"
"""Folder of the files of the tracker."""


def read_case(folder: Path) -> Case:
    """Read and check a case folder.

    Parameters
    ----------
    folder : Path
        The folder that holds case.toml.

    Returns
    -------
    Case
        With the corrections applied.

    Raises
    ------
    CaseError
        The folder has problems; all of them are listed with file, line, column and hint.
    """
    draft, corrected = _read(folder)
    if draft.folder.problems:
        raise CaseError(told_by_cell(draft.folder.problems, draft.folder.root))
    return _build(draft, corrected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What could be read of a case folder, and everything wrong with it.

    `problems` are in file and line order. `waves` are those whose own files are valid and whose data file exists:
    what stands in it is for the survey room to check. `subgroups` are the parts that labels.toml names. `texts` maps
    language and name to Markdown as written, as far as `languages` has it; `not_yet` are languages that a text lacks by
    the word of the case.
    """

    problems: tuple[Problem, ...]
    waves: tuple[Wave, ...] = ()
    subgroups: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    not_yet: Mapping[str, Sequence[str]] = field(default_factory=dict)


def check_case(folder: Path) -> tuple[Problem, ...]:
    """Give every problem of a case folder, in file and line order; () if there is none."""
    return inspect_case(folder).problems


def inspect_case(folder: Path) -> Inspection:
    """Read a case folder as far as it goes, so that what is right can be checked further."""
    draft, _ = _read(folder)
    named = draft.raw("labels.toml", "labels", "subgroup")
    return Inspection(
        problems=tuple(sorted(told_by_cell(draft.folder.problems, draft.folder.root))),
        waves=tuple(_wave(draft, wave) for wave in draft.waves if _is_valid(draft, wave)),
        subgroups=frozenset(named) if isinstance(named, dict) else frozenset(),
        languages=draft.languages,
        texts={language: draft.texts[language] for language in draft.languages if language in draft.texts},
        not_yet=draft.not_yet,
    )


def _is_valid(draft: Draft, wave: str) -> bool:
    files = [draft.tomls.get(spec.path.replace("<wave>", wave)) for spec in WAVE_FILES]
    if any(file is None or file.record is None for file in files):
        return False
    path = f"surveys/{wave}/{data_name(str(draft.raw(f'surveys/{wave}/design.toml', 'data')))}"
    return any(name == path or name.startswith(f"{path}/") for name in draft.folder.hashes)


def _read(folder: Path) -> tuple[Draft, tuple[Correction, ...]]:
    draft = read_draft(folder)
    if not draft.folder.root.is_dir():
        return draft, ()
    pictures.read_pictures(draft)
    _report_words(draft)
    _report_strangers(draft.folder)
    corrected = apply_corrections(draft)
    for table in draft.tables.values():
        validate_rows(draft.folder, table)
    for check in CHECKS:
        draft.folder.problems.extend(check(draft))
    draft.folder.problems = sorted(set(draft.folder.problems))
    return draft, corrected


def read_draft(folder: Path, also: str = "") -> Draft:
    """Read the files of a case as far as they can be parsed, without a check of what they say.

    Parameters
    ----------
    folder : Path
        The case folder.
    also : str, optional
        A language whose texts are read, whether it is one of the case or not.
    """
    draft = Draft(CaseFolder(folder.resolve()), also=also)
    if not draft.folder.root.is_dir():
        draft.folder.report(folder.name, 0, 0, "there is no such folder", "give the folder that holds case.toml")
        return draft
    draft.messages, draft.words = read_languages(draft.folder)
    _read_tables(draft)
    waves.read_waves(draft)
    _read_texts(draft, also)
    return draft


def _read_tables(draft: Draft) -> None:
    for spec in FILES:
        if draft.folder.exists(spec.path):
            _read_table(draft, spec)
        elif spec.required:
            hint = "every case has one; `shteg new` makes a case to start from"
            draft.folder.report(spec.path, 0, 0, "the file is missing", hint)


def _read_table(draft: Draft, spec: FileSpec) -> None:
    if spec.kind == "toml":
        draft.read_toml(spec.path, spec.record)
    else:
        draft.read_csv(spec)


def _read_texts(draft: Draft, also: str = "") -> None:
    folder, languages = draft.folder, draft.languages
    if not folder.exists("text") or not folder.is_folder("text", "texts stand in text/<language>/"):
        return
    for language in folder.names("text"):
        begun = language in draft.words or language in draft.messages
        if language not in languages and language != also and begun:
            continue  # not one of the case yet: it is being translated
        if languages and language not in (*languages, also):
            hint = suggest(language, languages, "add it to `languages` in case.toml")
            folder.report(f"text/{language}", 0, 0, f"`{language}` is not a language of this case", hint)
        elif folder.is_folder(f"text/{language}", "texts stand in text/<language>/"):
            draft.texts[language] = {}
            for name in folder.names(f"text/{language}"):
                path = f"text/{language}/{name}"
                if not name.endswith(".md") or not is_id(name):
                    problem = "only Markdown files (.md) stand here, named by letters, digits, '-' and '_'"
                    folder.report(path, 0, 0, problem, "rename or move the file")
                elif not is_file_name(name):
                    hint = "choose another: Windows keeps this one for a device"
                    folder.report(path, 0, 0, f"`{name}` cannot name a text", hint)
                elif (text := folder.read_text(path)) is not None:
                    draft.texts[language][name.removesuffix(".md")] = text.replace("\r\n", "\n")


def _report_words(draft: Draft) -> None:
    """Report words that belong to no file; those of a language that is not one of the case wait for it."""
    files = (*draft.tomls, *draft.tables)
    for language in draft.languages:
        if language in draft.words:
            draft.folder.problems += unused_words(draft.words[language], files)


def _report_strangers(folder: CaseFolder) -> None:
    known = [spec.path for spec in FILES if "/" not in spec.path]
    for name in folder.names():
        if name not in ("surveys", "text", "images", COMMITMENTS, *LANGUAGE_FOLDERS, *known, *ALLOWED):
            hint = suggest(name, known, "remove it; notes go into NOTES.md")
            folder.report(name, 0, 0, "this is not a file of a case", hint)
    if folder.exists(COMMITMENTS) and folder.is_folder(COMMITMENTS, "the files of the tracker stand in it"):
        inside = [spec.path.partition("/")[2] for spec in FILES if spec.path.startswith(f"{COMMITMENTS}/")]
        for name in folder.names(COMMITMENTS):
            if name not in inside:
                hint = suggest(name, inside, "remove it; notes go into NOTES.md")
                folder.report(f"{COMMITMENTS}/{name}", 0, 0, "this is not a file of a case", hint)


def _build(draft: Draft, corrected: tuple[Correction, ...]) -> Case:
    def toml(record: type[R]) -> R | None:
        (path,) = (spec.path for spec in FILES if spec.record is record)
        return cast(R, draft.tomls[path].record) if path in draft.tomls else None

    def needed(record: type[R]) -> R:
        return cast(R, toml(record))  # a case without it has a problem, and is not built

    compared, variables, scenarios = toml(Comparisons), toml(Variables), toml(Scenarios)
    images, cycles, earlier, errata = toml(Images), toml(LifeCycles), toml(EarlierEditions), toml(Errata)
    questions, schemes, labels = toml(Questions), toml(Schemes), toml(Labels)
    return Case(
        root=draft.folder.root,
        header=needed(CaseHeader).model_copy(update={"languages": draft.languages}),
        sources=needed(Sources).sources,
        steps=needed(Steps).steps,
        pathways=needed(Pathways),
        recommendations=needed(Recommendations),
        items=needed(Items).items,
        variables=variables.variables if variables else {},
        comparison_organisations=compared.organisations if compared else {},
        comparison_steps=compared.steps if compared else (),
        scenarios=scenarios.scenarios if scenarios else {},
        questions=questions.questions if questions else {},
        other_populations=questions.other_populations if questions else (),
        subjects=questions.subjects if questions else {},
        schemes=schemes.schemes if schemes else {},
        labels=labels.labels if labels else {},
        tracker=needed(CaseHeader).tracker,
        life_cycles=cycles.life_cycles if cycles else {},
        waves=tuple(_wave(draft, wave) for wave in draft.waves),
        corrected=corrected,
        texts={language: draft.texts[language] for language in draft.languages if language in draft.texts},
        images=images.images if images else {},
        earlier=earlier.editions if earlier else {},
        errata=errata.errata if errata else (),
        files=dict(sorted(draft.folder.hashes.items())),
        lines={file: tuple(row.line for row in table.rows) for file, table in draft.tables.items()},
        **filed({spec.table: _rows(draft, spec) for spec in TABLES}),
    )


def _rows(draft: Draft, spec: FileSpec) -> tuple[Any, ...]:
    return tuple(row.record for row in draft.tables[spec.path].rows) if spec.path in draft.tables else ()


def _wave(draft: Draft, wave: str) -> Wave:
    design, questionnaire, methodology = (draft.tomls[spec.path.replace("<wave>", wave)].record for spec in WAVE_FILES)
    design = cast(WaveDesign, design)
    return Wave(
        id=wave,
        design=design,
        questionnaire=cast(Questionnaire, questionnaire),
        methodology=cast(Methodology, methodology),
        data_path=draft.folder.root / "surveys" / wave / data_name(design.data),
        targets=None if design.weights is None else waves.read_targets(draft, wave, design.weights),
    )


def read_figures(path: Path) -> tuple[PublishedFigure, ...]:
    """Read published survey figures from a CSV in the form of `surveys/published.csv`.

    Raises
    ------
    CaseError
        The file has problems; all of them are listed with line, column and hint.
    """
    return cast(tuple[PublishedFigure, ...], _read_alone(path, "surveys/published.csv"))


def read_population(path: Path) -> tuple[PopulationMargin, ...]:
    """Read population margins from a CSV in the form of `surveys/population.csv`; raises as `read_figures`."""
    return cast(tuple[PopulationMargin, ...], _read_alone(path, "surveys/population.csv"))


def read_scenarios(path: Path) -> Mapping[str, Scenario]:
    """Read scenarios from a TOML file in the form of `scenarios.toml`; raises as `read_figures`.

    Whether the measures and parameters that it names exist is for the model to say.
    """
    if not path.is_file():
        raise CaseError(
            [Problem(str(path), 0, 0, "there is no such file", "give a TOML in the form of scenarios.toml")]
        )
    folder = CaseFolder(path.resolve().parent)
    file = read_toml(folder, path.name, Scenarios)
    if folder.problems or file is None or not isinstance(file.record, Scenarios):
        raise CaseError(folder.problems)
    return file.record.scenarios


def _read_alone(path: Path, form: str) -> tuple[Record, ...]:
    if not path.is_file():
        raise CaseError([Problem(str(path), 0, 0, "there is no such file", f"give a CSV in the form of {form}")])
    (spec,) = (one for one in TABLES if one.path == form)
    folder = CaseFolder(path.resolve().parent)
    table = read_csv(folder, replace(spec, path=path.name))
    if table is not None:
        validate_rows(folder, table)
        folder.problems.extend([*count_problems(table), *figure_problems(table)])
    if folder.problems or table is None:
        raise CaseError(folder.problems)
    return tuple(row.record for row in table.rows if row.record is not None)


def apply_corrections(draft: Draft) -> tuple[Correction, ...]:
    """Replace the wrong cells in the raw tables of a draft; report every correction that does not fit.

    A correction fits if its `row` finds exactly one row and the cell holds `expect`.
    """
    file = draft.tomls.get(_CORRECTIONS)
    if file is None or not isinstance(file.record, Corrections):
        return ()
    applied = []
    for number, correction in enumerate(file.record.corrections):
        failed = _apply(draft, correction)
        if failed is None:
            applied.append(correction)
        else:
            key, problem, hint = failed
            path: tuple[str | int, ...] = ("corrections", number, key)
            draft.folder.problems.append(draft.at_key(_CORRECTIONS, path, problem, hint))
    return tuple(applied)


def _apply(draft: Draft, correction: Correction) -> tuple[str, str, str] | None:
    if correction.expect == correction.replace:
        return "replace", "the correction replaces a value by itself", "write the right value, or delete the correction"
    table = draft.tables.get(correction.file)
    if table is None:
        known = sorted(draft.tables)
        return "file", f"`{correction.file}` is not a table of this case", suggest(correction.file, known, "correct it")
    for column in (*correction.row, correction.column):
        if column not in table.header:
            key = "column" if column == correction.column else "row"
            hint = suggest(column, table.header, "correct the name")
            return key, f"`{column}` is not a column of {table.name}", hint
    rows = _matching(table, correction)
    if len(rows) != 1:
        found = "no row" if not rows else f"{len(rows)} rows"
        hint = "name the columns that identify one row, with their values" if correction.row else "fill in `row`"
        return "row", f"the correction matches {found} of {table.name}", hint
    return _replace(rows[0], correction)


def _matching(table: CsvTable, correction: Correction) -> list[Row]:
    if not correction.row:
        return []
    wanted = {name: value.strip() for name, value in correction.row.items()}
    return [row for row in table.rows if all(row.cells[name].strip() == value for name, value in wanted.items())]


def _replace(row: Row, correction: Correction) -> tuple[str, str, str] | None:
    stands = row.cells[correction.column].strip()
    where = f"{correction.file}, line {row.line}, column `{correction.column}`"
    if stands == correction.expect:
        row.cells[correction.column] = correction.replace
        return None
    if stands == correction.replace:
        problem = f"{where} already holds {quoted(stands)}: the source has mended itself"
        return "expect", problem, "delete this correction"
    problem = (
        f"{where} holds {quoted(stands)}, not {quoted(correction.expect)}: the source has mended or changed itself"
    )
    return "expect", problem, "look at the source again, then delete the correction or renew `expect`"
