"""From a case folder to a case: read every file, apply the corrections, check, and only then build."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from shteg.errors import CaseError, Problem
from shteg.evidence.case import Case, Wave
from shteg.evidence.checks import comparisons as checks_comparisons
from shteg.evidence.checks import labels as checks_labels
from shteg.evidence.checks import model as checks_model
from shteg.evidence.checks import numbers as checks_numbers
from shteg.evidence.checks import path as checks_path
from shteg.evidence.checks import references as checks_references
from shteg.evidence.checks import rows as checks_rows
from shteg.evidence.checks import waves as checks_waves
from shteg.evidence.checks.contradictions import acts as checks_contradictions_acts
from shteg.evidence.checks.contradictions import blocks as checks_contradictions_blocks
from shteg.evidence.checks.contradictions import ladder as checks_contradictions_ladder
from shteg.evidence.checks.contradictions import population as checks_contradictions_population
from shteg.evidence.checks.contradictions import ratifications as checks_contradictions_ratifications
from shteg.evidence.checks.contradictions import reforms as checks_contradictions_reforms
from shteg.evidence.checks.contradictions import sources as checks_contradictions_sources
from shteg.evidence.checks.contradictions import steps as checks_contradictions_steps
from shteg.evidence.checks.contradictions import surveys as checks_contradictions_surveys
from shteg.evidence.checks.contradictions import waves as checks_contradictions_waves
from shteg.evidence.files.corrections import apply_corrections
from shteg.evidence.files.csv_tables import read_csv, validate_rows
from shteg.evidence.files.draft import Draft
from shteg.evidence.files.explain_invalid import suggest
from shteg.evidence.files.folder import CaseFolder
from shteg.evidence.files.schema import ALLOWED, FILES, WAVE_FILES, FileSpec
from shteg.evidence.files.toml_tables import read_toml
from shteg.evidence.records.base import Correction, Labels, Record, Sources, is_id
from shteg.evidence.records.case import CaseHeader, Pathways, Recommendations, Steps
from shteg.evidence.records.facts import Items
from shteg.evidence.records.model import Comparisons, Scenarios, Variables
from shteg.evidence.records.surveys import Methodology, Questionnaire, Questions, Schemes, WaveDesign

R = TypeVar("R", bound=Record)

CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    checks_rows.check_duplicates,
    checks_rows.check_row_sources,
    checks_rows.check_dates,
    checks_rows.check_seeking,
    checks_rows.check_blocks,
    checks_rows.check_country_names,
    checks_references.check_table_references,
    checks_references.check_partners,
    checks_references.check_requirement_areas,
    checks_references.check_ladder_events,
    checks_references.check_toml_sources,
    checks_references.check_languages,
    checks_references.check_case_languages,
    checks_references.check_texts,
    checks_references.check_case_countries,
    checks_path.check_ids,
    checks_path.check_lists,
    checks_path.check_cycles,
    checks_path.check_rules,
    checks_comparisons.check_comparisons,
    checks_comparisons.check_scenarios,
    checks_path.check_effects,
    checks_path.check_report_years,
    checks_model.check_worlds,
    checks_model.check_parameters,
    checks_model.check_operations,
    checks_model.check_step_times,
    checks_labels.check_labels,
    checks_waves.check_answers,
    checks_waves.check_columns,
    checks_numbers.check_figures,
    checks_numbers.check_counts,
    checks_numbers.check_covariates,
    checks_contradictions_acts.check_acts,
    checks_contradictions_acts.check_governments,
    checks_contradictions_acts.check_ties,
    checks_contradictions_acts.check_values,
    checks_contradictions_blocks.check_open_blocks,
    checks_contradictions_blocks.check_blocked_steps,
    checks_contradictions_ladder.check_ladder,
    checks_contradictions_ladder.check_other_ladders,
    checks_contradictions_ladder.check_membership,
    checks_contradictions_ladder.check_spells,
    checks_contradictions_ladder.check_departures,
    checks_contradictions_population.check_counts_of_day,
    checks_contradictions_population.check_asked,
    checks_contradictions_population.check_subgroups,
    checks_contradictions_population.check_margins,
    checks_contradictions_ratifications.check_ratifications,
    checks_contradictions_reforms.check_requirements,
    checks_contradictions_sources.check_documents,
    checks_contradictions_sources.check_grades,
    checks_contradictions_sources.check_rows_after_reading,
    checks_contradictions_steps.check_rungs,
    checks_contradictions_steps.check_counted_events,
    checks_contradictions_steps.check_beginnings,
    checks_contradictions_steps.check_routes,
    checks_contradictions_steps.check_starts,
    checks_contradictions_steps.check_days,
    checks_contradictions_steps.check_settlement,
    checks_contradictions_surveys.check_fieldwork,
    checks_contradictions_surveys.check_same_figures,
    checks_contradictions_surveys.check_parts,
    checks_contradictions_surveys.check_questions,
    checks_contradictions_waves.check_options,
)


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
        raise CaseError(draft.folder.problems)
    return _build(draft, corrected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What could be read of a case folder, and everything wrong with it.

    `problems` are in file and line order. `waves` are those whose own files are valid and whose data file exists:
    what stands in it is for the survey room to check. `subgroups` are the parts that labels.toml names. `texts` maps
    language and name to Markdown as written, as far as `languages` has it.
    """

    problems: tuple[Problem, ...]
    waves: tuple[Wave, ...] = ()
    subgroups: frozenset[str] = frozenset()
    languages: tuple[str, ...] = ()
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def check_case(folder: Path) -> tuple[Problem, ...]:
    """Give every problem of a case folder, in file and line order; () if there is none."""
    return inspect_case(folder).problems


def inspect_case(folder: Path) -> Inspection:
    """Read a case folder as far as it goes, so that what is right can be checked further."""
    draft, _ = _read(folder)
    named = draft.raw("labels.toml", "labels", "subgroup")
    return Inspection(
        problems=tuple(sorted(draft.folder.problems)),
        waves=tuple(_wave(draft, wave) for wave in draft.waves if _is_valid(draft, wave)),
        subgroups=frozenset(named) if isinstance(named, dict) else frozenset(),
        languages=draft.languages,
        texts={language: draft.texts[language] for language in draft.languages if language in draft.texts},
    )


def _is_valid(draft: Draft, wave: str) -> bool:
    files = [draft.tomls.get(spec.path.replace("<wave>", wave)) for spec in WAVE_FILES]
    if any(file is None or file.record is None for file in files):
        return False
    return f"surveys/{wave}/{draft.raw(f'surveys/{wave}/design.toml', 'data')}" in draft.folder.hashes


def _read(folder: Path) -> tuple[Draft, tuple[Correction, ...]]:
    draft = Draft(CaseFolder(folder.resolve()))
    if not draft.folder.root.is_dir():
        draft.folder.report(folder.name, 0, 0, "there is no such folder", "give the folder that holds case.toml")
        return draft, ()
    _read_tables(draft)
    checks_waves.read_waves(draft)
    _read_texts(draft)
    _report_strangers(draft.folder)
    corrected = apply_corrections(draft)
    for table in draft.tables.values():
        validate_rows(draft.folder, table)
    for check in CHECKS:
        draft.folder.problems.extend(check(draft))
    draft.folder.problems = sorted(set(draft.folder.problems))
    return draft, corrected


def _read_tables(draft: Draft) -> None:
    for spec in FILES:
        if draft.folder.exists(spec.path):
            _read_table(draft, spec)
        elif spec.required:
            hint = "every case has one; `shteg new` makes a case to start from"
            draft.folder.report(spec.path, 0, 0, "the file is missing", hint)


def _read_table(draft: Draft, spec: FileSpec) -> None:
    assert spec.record is not None  # only texts and microdata have none
    if spec.kind == "toml":
        file = read_toml(draft.folder, spec.path, spec.record)
        if file is not None:
            draft.tomls[spec.path] = file
    else:
        table = read_csv(draft.folder, spec)
        if table is not None:
            draft.tables[spec.path] = table


def _read_texts(draft: Draft) -> None:
    folder, languages = draft.folder, draft.languages
    if not folder.exists("text") or not folder.is_folder("text", "texts stand in text/<language>/"):
        return
    for language in folder.names("text"):
        if languages and language not in languages:
            hint = suggest(language, languages, "add it to `languages` in case.toml")
            folder.report(f"text/{language}", 0, 0, f"`{language}` is not a language of this case", hint)
        elif folder.is_folder(f"text/{language}", "texts stand in text/<language>/"):
            draft.texts[language] = {}
            for name in folder.names(f"text/{language}"):
                path = f"text/{language}/{name}"
                if not name.endswith(".md") or not is_id(name):
                    problem = "only Markdown files (.md) stand here, named by letters, digits, '-' and '_'"
                    folder.report(path, 0, 0, problem, "rename or move the file")
                elif (text := folder.read_text(path)) is not None:
                    draft.texts[language][name.removesuffix(".md")] = text.replace("\r\n", "\n")


def _report_strangers(folder: CaseFolder) -> None:
    known = [spec.path for spec in FILES if "/" not in spec.path]
    for name in folder.names():
        if name not in ("surveys", "text", *known, *ALLOWED):
            hint = suggest(name, known, "remove it; notes go into NOTES.md")
            folder.report(name, 0, 0, "this is not a file of a case", hint)


def _build(draft: Draft, corrected: tuple[Correction, ...]) -> Case:
    def table(file: str, record: type[R]) -> R:
        return cast(R, draft.tomls[file].record)

    def rows(file: str) -> tuple[Any, ...]:
        return tuple(row.record for row in draft.tables[file].rows) if file in draft.tables else ()

    def has(file: str) -> bool:
        return file in draft.tomls

    questions, schemes = "surveys/questions.toml", "surveys/schemes.toml"
    compared = table("comparisons.toml", Comparisons) if has("comparisons.toml") else None
    return Case(
        root=draft.folder.root,
        header=table("case.toml", CaseHeader),
        sources=table("sources.toml", Sources).sources,
        members=rows("members.csv"),
        countries=rows("countries.csv"),
        steps=table("steps.toml", Steps).steps,
        pathways=table("pathways.toml", Pathways),
        recommendations=table("recommendations.toml", Recommendations),
        items=table("items.toml", Items).items,
        acts=rows("acts.csv"),
        ladder=rows("ladder.csv"),
        seeking=rows("seeking.csv"),
        ratifications=rows("ratifications.csv"),
        chronicle=rows("chronicle.csv"),
        requirements=rows("requirements.csv"),
        readings=rows("readings.csv"),
        programmes=rows("programmes.csv"),
        partnerships=rows("partnerships.csv"),
        variables=table("variables.toml", Variables).variables if has("variables.toml") else {},
        covariates=rows("covariates.csv"),
        governments=rows("governments.csv"),
        blocks=rows("blocks.csv"),
        comparison_organisations=compared.organisations if compared else {},
        comparison_steps=compared.steps if compared else (),
        comparison_events=rows("comparisons.csv"),
        scenarios=table("scenarios.toml", Scenarios).scenarios if has("scenarios.toml") else {},
        published=rows("surveys/published.csv"),
        questions=table(questions, Questions).questions if has(questions) else {},
        designs=rows("surveys/designs.csv"),
        population=rows("surveys/population.csv"),
        schemes=table(schemes, Schemes).schemes if has(schemes) else {},
        labels=table("labels.toml", Labels).labels if has("labels.toml") else {},
        waves=tuple(_wave(draft, wave) for wave in draft.waves),
        corrected=corrected,
        texts={language: draft.texts[language] for language in draft.languages if language in draft.texts},
        files=dict(sorted(draft.folder.hashes.items())),
        lines={file: tuple(row.line for row in table.rows) for file, table in draft.tables.items()},
    )


def _wave(draft: Draft, wave: str) -> Wave:
    design, questionnaire, methodology = (draft.tomls[spec.path.replace("<wave>", wave)].record for spec in WAVE_FILES)
    design = cast(WaveDesign, design)
    return Wave(
        id=wave,
        design=design,
        questionnaire=cast(Questionnaire, questionnaire),
        methodology=cast(Methodology, methodology),
        data_path=draft.folder.root / "surveys" / wave / design.data,
    )
