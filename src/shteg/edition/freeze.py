"""Write an edition: tables, values, words, texts, manifest and data package, the same bytes for the same inputs."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl

from shteg import __version__
from shteg.edition.cache import content_hash, to_json, value_to_dict
from shteg.edition.inputs import INPUTS, pack_inputs
from shteg.edition.lexicon import build_lexicon
from shteg.edition.stages import Results, library_versions, package_hash
from shteg.errors import EditionError
from shteg.estimates import StageResult, Table, Value
from shteg.evidence.case import Case
from shteg.evidence.files.picture_notes import without_notes
from shteg.evidence.files.pictures import look_at
from shteg.evidence.records.files import LEDGER
from shteg.languages import as_language
from shteg.languages.catalogue import TABLE
from shteg.spreadsheets import RULE, inert, inert_frame

PROFILES = "https://datapackage.org/profiles/2.0"


def freeze_edition(
    case: Case,
    evidence: StageResult,
    results: Results,
    folder: Path,
    options: Mapping[str, str],
    told: Mapping[str, Any] = MappingProxyType({}),
    more: Sequence[StageResult] = (),
) -> Path:
    """Write everything that publishing may read into `folder` and give it back.

    Parameters
    ----------
    case : Case
        As of the edition's day.
    evidence : StageResult
        The case's own tables and values.
    results : Results
        What the stages found.
    folder : Path
        The folder to make; it must not exist.
    options : mapping of str
        What filtered the case: goes into the manifest.
    told : mapping
        Goes into the manifest besides: what the day of the edition leaves out (`left_out`, `left_out_imprecise`: rows
        by table) and what it passes over (`passed_over`), what it is called (`name`).
    more : sequence of StageResult
        Results of no stage: what has changed since an earlier edition.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    EditionError
        Two stages give the same value id, or a value names a source that the case does not have.
    """
    folder.mkdir(parents=True)
    stages = (evidence, *results.by_stage.values(), *more)
    values = _all_values(case, stages)
    _write(folder / "case.json", case.header.model_dump(mode="json"))
    _write(folder / "lexicon.json", build_lexicon(case))
    _write(folder / "values.json", [value_to_dict(value) for value in values])
    _write(folder / "sources.json", {name: source.model_dump(mode="json") for name, source in case.sources.items()})
    _write(folder / "steps.json", [step.model_dump(mode="json") for step in case.steps])
    _write(folder / "recommendations.json", case.recommendations.model_dump(mode="json"))
    subject = {name: key for key, one in case.subjects.items() for name in one.questions}
    questions = {name: one.model_dump(mode="json") for name, one in case.questions.items()}
    _write(folder / "questions.json", {name: one | {"subject": subject.get(name)} for name, one in questions.items()})
    _write_messages(case, folder / "messages")
    for language, texts in sorted(case.texts.items()):
        (folder / "text" / language).mkdir(parents=True)
        for name, text in sorted(texts.items()):
            (folder / "text" / language / f"{name}.md").write_text(text, encoding="utf-8")
    _write_images(case, folder)
    _write(folder / "errata.json", [one.model_dump(mode="json") for one in case.errata])
    _write(folder / "editions.json", {name: one.model_dump(mode="json") for name, one in case.earlier.items()})
    (folder / INPUTS).write_bytes(pack_inputs(case))
    tables = [(f"{stage.stage}.{table.name}", table) for stage in stages for table in stage.tables.values()]
    _write_tables(tables, folder / "tables")
    _write(folder / "datapackage.json", _data_package(case, tables))
    _write(folder / "manifest.json", _manifest(case, results, options, folder) | dict(told))
    return folder


def _write_messages(case: Case, folder: Path) -> None:
    """Write the messages that the case gives: publishing reads the edition, and nothing of the case."""
    given = {language: as_language(language).given for language in case.header.languages}
    for language, one in given.items():
        if one.messages or one.table:
            folder.mkdir(exist_ok=True)
            _write(folder / f"{language}.json", {**one.messages, TABLE: one.table})


def _write_images(case: Case, folder: Path) -> None:
    """Copy the pictures of the case without notes on their making, and say of each what it is: `images.json`."""
    described = {}
    for name, picture in sorted(case.images.items()):
        raw = (case.root / picture.file).read_bytes()
        look, _ = look_at(raw)
        if look is None or hashlib.sha256(raw).hexdigest() != case.files[picture.file]:
            raise EditionError("the file has changed since the case was read", "build again", picture.file)
        place = folder / picture.file
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(without_notes(raw))
        described[name] = picture.model_dump(mode="json") | {
            "kind": look.kind,
            "width": look.width,
            "height": look.height,
        }
    _write(folder / "images.json", described)


def _write(path: Path, thing: Any) -> None:
    path.write_text(to_json(thing), encoding="utf-8")


def _all_values(case: Case, stages: Iterable[StageResult]) -> list[Value]:
    values: dict[str, Value] = {}
    for stage in stages:
        for value in stage.values:
            if value.id in values:
                raise EditionError(
                    f"two stages give the value {value.id}", "rename one of them", f"stage {stage.stage}"
                )
            unknown = sorted(set(value.source_ids) - set(case.sources))
            if unknown:
                raise EditionError(
                    f"the value {value.id} names sources the case does not have: {', '.join(unknown)}",
                    "enter them in sources.toml",
                    f"stage {stage.stage}",
                )
            values[value.id] = value
    return [values[name] for name in sorted(values)]


def _write_tables(tables: Iterable[tuple[str, Table]], folder: Path) -> None:
    folder.mkdir()
    for name, table in tables:
        nested = [column for column, kind in table.frame.schema.items() if kind.is_nested()]
        if nested:
            raise EditionError(
                f"columns {nested} hold lists", "a cell of a result table holds one thing", f"table {name}"
            )
        table.frame.write_parquet(folder / f"{name}.parquet", compression="zstd", statistics=False)
        inert_frame(table.frame).write_csv(folder / f"{name}.csv")


_FIELD_TYPES: tuple[tuple[type[pl.DataType] | type, str], ...] = ((pl.Boolean, "boolean"), (pl.String, "string"))


def _field_type(kind: pl.DataType) -> str:
    if kind.is_integer():
        return "integer"
    if kind.is_float():
        return "number"
    for candidate, name in _FIELD_TYPES:
        if kind == candidate:
            return name
    raise EditionError(
        f"a column of type {kind} has no place in a data package", "write it as text or number", "tables"
    )


def _data_package(case: Case, tables: Iterable[tuple[str, Table]]) -> dict[str, Any]:
    """Describe the tables as a Data Package, version 2."""
    header = case.header
    return {
        "$schema": f"{PROFILES}/datapackage.json",
        "name": header.id,
        "title": header.title[header.languages[0]],
        "description": RULE,
        "version": header.as_of.isoformat(),
        "licenses": [{"name": header.licence}],
        "contributors": [{"title": author.name[header.languages[0]], "roles": ["author"]} for author in header.authors],
        "sources": [_source(source.title, source.address) for _, source in sorted(case.sources.items())],
        "resources": [_resource(name, table) for name, table in tables],
    }


def _source(title: str, address: str | None) -> dict[str, str]:
    """Describe a source; an address that is none of the web stays in `sources.json`."""
    return {"title": title, **({"path": address} if address and address.startswith(("https://", "http://")) else {})}


def _resource(name: str, table: Table) -> dict[str, Any]:
    return {
        "$schema": f"{PROFILES}/dataresource.json",
        "name": name.lower(),
        "type": "table",
        "path": f"tables/{name}.csv",
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "$schema": f"{PROFILES}/tableschema.json",
            "fieldsMatch": "exact",
            "fields": [
                {
                    "name": inert(column.name),
                    "type": _field_type(table.frame.schema[column.name]),
                    "description": column.description,
                    **({"unit": column.unit} if column.unit else {}),
                }
                for column in table.columns
            ],
            "primaryKey": [inert(name) for name in table.key],
            "missingValues": [""],
        },
    }


def _manifest(case: Case, results: Results, options: Mapping[str, str], folder: Path) -> dict[str, Any]:
    written = sorted(path for path in folder.rglob("*") if path.is_file())
    files = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in written}
    return {
        "edition": edition_name(case, options),
        "case": case.header.id,
        "as_of": case.header.as_of.isoformat(),
        "seed": case.header.seed,
        "shteg": __version__,
        "code": package_hash()[:16],
        "libraries": library_versions(),
        "options": dict(sorted(options.items())),
        "inputs": dict(sorted(case.files.items())),
        "stages": dict(sorted(results.keys.items())),
        "corrections": [json.loads(one.model_dump_json()) for one in case.corrected],
        "files": files,
    }


def edition_name(case: Case, options: Mapping[str, str]) -> str:
    """Name an edition by what it is made of, never by its bytes: their last digits depend on the processor.

    What editions before it said is not part of it: to be written into the ledger makes it no other edition.
    """
    made_of = {"case": case.header.id, "shteg": __version__, "code": package_hash(), **library_versions()}
    parts = [f"{name}={part}" for name, part in sorted(made_of.items())]
    parts += [f"option {name}={setting}" for name, setting in sorted(options.items())]
    parts += [f"input {name}={sha}" for name, sha in sorted(case.files.items()) if name not in LEDGER]
    return content_hash(parts)[:12]
